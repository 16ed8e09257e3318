"""Records of the rows of a sheet: cells by their columns, leftovers under `extra`, an identity."""

from collections.abc import Iterable, Iterator

from kg.errors import KeyFault
from kg.iris import PLAIN_KEY
from kg.records import characters
from kg.records.model.keys import Record
from kg.records.problems import SourceProblem
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile
from kg.records.readers.tables.cells import PARTS, CellWriter, finish_parts
from kg.records.readers.tables.column_totals import ColumnTotals, total_row
from kg.records.readers.tables.columns import Column, ColumnPlan
from kg.records.readers.tables.headings import OWN_ROW, VERSION, without_cells
from kg.records.readers.tables.identity import RowIdentity
from kg.records.readers.tables.row_code import MAX_COLUMNS, FillRecord, filling
from kg.records.readers.tables.row_draft import RowDraft
from kg.records.readers.tables.row_fields import RowFields, fields_of
from kg.records.readers.tables.table import VALUE_SEPARATOR, Remark, TableRow, column_letter

# Makes a tuple at once: the function of a named tuple takes as long as a parser for the row.
_new = tuple.__new__
_SPECIAL = frozenset({"id", "kind"})
_A_KIND = "record, agent, place, collection, archive or topic"
_NO_ID = "made of title, date and reference, and changes with them"


def _cell(row: TableRow, place: int | None) -> str:
    return row.cells[place].strip() if place is not None and place < len(row.cells) else ""


class RowReader:
    """Reader of the rows of a sheet.

    A row that is plain, as nearly all are, is read by the function that its columns make (`row_code`), any other one
    cell by cell; both give the same record.

    Attributes:
        count: how many records were read.
        has_rows: whether there was a row at all.
    """

    def __init__(self, source: SourceFile, place: str, plan: ColumnPlan, identity: RowIdentity) -> None:
        """Start.

        Args:
            source: the file.
            place: how messages begin the place of a row: empty, or `sheet Letters, `.
            plan: what becomes of each column.
            identity: the identities of the file's rows.
        """
        self.count = 0
        self.has_rows = False
        self._source = source
        self._place = place
        self._headings = plan.headings
        self._identity = identity
        self._totals = ColumnTotals(source, place, plan)
        self._draft = RowDraft(source)
        self._width = len(plan.headings.names)
        writers = [
            CellWriter(column, source, self._totals.add_many_names)
            for column in plan.columns
            if column.path.name not in _SPECIAL
        ]
        made = [writer for writer in writers if writer.column.template is not None or writer.column.constant]
        self._made = made
        plain = [writer for writer in writers if writer not in made and writer.column.index is not None]
        self._puts = [(writer.column.index or 0, writer.put, writer.column) for writer in plain]
        self._kind_of_all = source.settings.kind
        self._ids = [column for column in plan.columns if column.path.name == "id"]
        self._id = self._ids[0] if self._ids else None
        self._kinds = [column for column in plan.columns if column.path.name == "kind"]
        taken = {column.index for column in plan.columns}
        self._templates = [
            (column, template, [place for place in template.columns if place not in taken])
            for column in plan.columns
            if (template := column.template)
        ]
        self._leftover = _leftover(plan)
        self._own = frozenset(plan.readings)
        self._version = next((place for place, name in plan.readings.items() if name.lower() == VERSION), None)
        self._fields = fields_of(plan)
        self._fill_plain = self._filling([*plain, *made])

    def _filling(self, writers: list[CellWriter]) -> FillRecord | None:
        """Function for plain rows; None for a plan in which values of other columns or of kg's own come in."""
        ids = [each for each in self._ids if each.index is None or each.constant or each.nulls]
        if self._own or self._kinds or self._templates or ids or len(self._ids) > 1 or self._width > MAX_COLUMNS:
            return None
        return filling(writers, self._leftover, self._totals.unread, self._source.settings.kind)

    def read(self, rows: Iterable[TableRow]) -> Iterator[RawRecord | ReadFailure]:
        """Yield the record of each row, or why it has none; rows of kg's own have none.

        What every plain row needs is at hand in this one frame: a call for each step would take as long as the steps.
        """
        fill, width, kind, place = self._fill_plain, self._width, self._kind_of_all, self._place
        draft, totals, fields, column = self._draft, self._totals, self._fields, self._id
        prefix = self._source.prefix
        id_place = -1 if column is None or column.index is None else column.index
        for row in rows:
            number, cells, remarks, raw = row
            written = "/"
            if not remarks and len(cells) <= width and _is_plain(cells):
                padded = cells if len(cells) == width else cells + ("",) * (width - len(cells))
                written = padded[id_place].strip() if id_place >= 0 else ""
            if fill is None or "/" in written:
                if item := self._read_any(row):
                    yield item
                continue
            self.has_rows = True
            totals.row = number
            record: Record = {"kind": kind}
            at = f"{place}row {number}"
            draft.begin(at, cells, record)
            fill(padded, record, draft)
            fault = None
            if written and PLAIN_KEY.fullmatch(key := prefix + written):
                record["id"] = f"{kind}/{key}"
                record["identifiers"] = [*record["identifiers"], written] if "identifiers" in record else [written]
            else:
                fault = self._identify(draft, None, written, column if written else None)
            if fault:
                yield self._failure(fault, raw)
            else:
                if draft.extra:
                    record.setdefault("extra", []).extend(draft.extra)
                self.count += 1
                named = _new(RowFields, (fields, cells))
                yield _new(RawRecord, (record, at, raw, tuple(draft.problems), named, ""))

    def _read_any(self, row: TableRow) -> RawRecord | ReadFailure | None:
        """Record of a row, cell by cell."""
        number, cells, remarks, raw = row
        if cells and cells[0].startswith(OWN_ROW):
            return None
        version = _cell(row, self._version)
        if self._own:
            number, cells, remarks, raw = without_cells(row, self._own)
        self._totals.row = number
        self.has_rows = True
        draft = self._draft
        draft.begin(f"{self._place}row {number}", cells, {})
        if remarks:
            draft.problems = [self._remark(draft.at, remark) for remark in remarks]
            if rejected := next((each for each in draft.problems if each.severity == "rejected"), None):
                return self._failure(rejected, raw)
        # The bytes of a text tell at once that nothing in it is to be mended.
        if (raw is None or b"&" in raw or not raw.isascii()) and _is_faulty(cells):
            self._mend(draft)
        written, column = self._first(self._ids, cells)
        reference = self._source.own_reference(written) if "/" in written else None
        usual = self._kind(draft) if self._kinds else self._source.settings.kind
        draft.record["kind"] = reference.partition("/")[0] if reference else usual
        self._fill(draft)
        if self._templates:
            self._keep_templates(draft)
        if self._leftover or len(cells) > self._width:
            self._keep_leftovers(draft)
        fault = self._identify(draft, reference, written, column)
        if fault:
            return self._failure(fault, raw)
        if draft.extra:
            draft.record.setdefault("extra", []).extend(draft.extra)
        self.count += 1
        fields = RowFields(self._fields, draft.cells)
        return RawRecord(draft.record, draft.at, raw, tuple(draft.problems), fields, version)

    def _failure(self, problem: SourceProblem, raw: bytes | None) -> ReadFailure:
        """Row without a record, as it stood in the file."""
        at, cells = self._draft.at, self._draft.cells
        return ReadFailure(problem, RowFields(self._fields, cells).original(at) if raw is None else raw)

    def _fill(self, draft: RowDraft) -> None:
        """Put the cells under the keys of their columns."""
        record, cells = draft.record, draft.cells
        width = len(cells)
        for place, put, column in self._puts:
            if place < width and (text := cells[place].strip()) and (fault := put(record, text)):
                draft.put_aside(column, text, fault)
        for writer in self._made:
            self._put_made(writer, draft)
        if PARTS in record:
            finish_parts(record)

    def _put_made(self, writer: CellWriter, draft: RowDraft) -> None:
        """Put a constant, where no cell has a value, or what a pattern makes of its columns."""
        column, cells = writer.column, draft.cells
        text = _text(column, cells)
        if text and (fault := writer.put(draft.record, text)):
            draft.put_aside(column, text, fault)

    def _keep_templates(self, draft: RowDraft) -> None:
        """Keep what a pattern that can't be filled is made of, and a cell in whose place another value is made."""
        cells = draft.cells
        for column, template, places in self._templates:
            is_made = bool(template.fill(cells))
            own = () if column.index is None or column.index in template.columns else (column.index,)
            draft.extra += [
                {"field": self._headings.name(place), "value": text}
                for place in (own if is_made else places)
                if place < len(cells) and (text := cells[place].strip())
            ]

    def _keep_leftovers(self, draft: RowDraft) -> None:
        """Keep the cells that no key takes, those beyond the headings too."""
        cells, extra = draft.cells, draft.extra
        width = len(cells)
        for place, heading in self._leftover:
            if place < width and (text := cells[place].strip()):
                extra += [{"field": heading, "value": each} for each in text.split(VALUE_SEPARATOR) if each.strip()]
                self._totals.add_unread(place)
        for place in range(self._width, width):
            if text := cells[place].strip():
                extra.append({"field": f"column {column_letter(place)}", "value": text})
                self._totals.add_unread(place)

    @staticmethod
    def _first(columns: list[Column], cells: tuple[str, ...]) -> tuple[str, Column | None]:
        """First text of some columns in a row, with its column."""
        for column in columns:
            if text := _text(column, cells):
                return text, column
        return "", None

    def _kind(self, draft: RowDraft) -> str:
        """Kind of a row: by its column, else by the settings."""
        usual = self._source.settings.kind
        written, column = self._first(self._kinds, draft.cells)
        if column is None:
            return usual
        kind = self._identity.kind(written)
        if kind is None:
            draft.put_aside(column, written, f"is no kind of thing; the row is taken for a {usual}", _A_KIND)
        return kind or usual

    def _identify(
        self, draft: RowDraft, reference: str | None, written: str, column: Column | None
    ) -> SourceProblem | None:
        """Put the id of a row; returns why it can have none."""
        record = draft.record
        try:
            if column is None:
                self._identify_by_words(draft)
                return None
            record["id"] = reference or self._source.reference(record["kind"], written)
        except KeyFault as fault:
            first = column or self._id
            label = first.label if first else ""
            return self._source.problem(draft.at, label, written, "an id", fault.what, severity="rejected")
        own = [] if reference or column.template else [written]
        if len(self._ids) > 1:
            own += [text for each in self._ids if each is not column and (text := _text(each, draft.cells))]
        if own:
            record["identifiers"] = [*record.get("identifiers", ()), *own]
        return None

    def _identify_by_words(self, draft: RowDraft) -> None:
        """Put the id of a row that has none of its own. Raises KeyFault."""
        draft.record["id"], before = self._identity.of_words(draft.record)
        if self._id is not None:
            draft.report(self._id.label, "", "an id", f"the row has no id; its address is {_NO_ID}")
        elif before:
            message = "another row above says the same in title, date and reference; the address ends with a number"
            draft.report("", draft.record["id"], "a column of ids", message)

    def _mend(self, draft: RowDraft) -> None:
        """Read characters as what they mean, which is told."""
        for place, cell in enumerate(draft.cells):
            if characters.mended(cell) != cell:
                shown, label = characters.around_fault(cell), self._headings.label(place)
                draft.report(label, shown, characters.EXPECTED, characters.MESSAGE, "repaired")
        draft.cells = tuple(map(characters.mended, draft.cells))

    def _remark(self, at: str, remark: Remark) -> SourceProblem:
        label = "" if remark.column is None else self._headings.label(remark.column)
        return self._source.problem(at, label, remark.value, remark.expected, remark.message, severity=remark.severity)

    def totals(self) -> Iterator[SourceProblem]:
        """Return what is to be told of whole columns, once all rows were read."""
        yield from self._totals.problems()
        if self.count and (problem := total_row(self._draft, self._width)):
            yield problem
        if not self._ids and self.count:
            message = f"no column has ids; each address is {_NO_ID}"
            yield self._source.problem(
                self._place.rstrip(", "), "id", "", 'a column of numbers that stay: "No." = "id"', message
            )


def _is_plain(cells: tuple[str, ...]) -> bool:
    """Whether no character of a row is to be mended, no cell to be parted, and the row none of kg's own."""
    joined = "".join(cells)
    return (
        "&" not in joined
        and VALUE_SEPARATOR not in joined
        and (joined.isascii() or joined.isprintable())
        and not joined.startswith(OWN_ROW)
    )


def _is_faulty(cells: tuple[str, ...]) -> bool:
    """Whether characters of a row are not what they mean."""
    joined = "\0".join(cells)
    return ("&" in joined or not joined.isascii()) and characters.mended(joined) != joined


def _leftover(plan: ColumnPlan) -> list[tuple[int, str]]:
    """Columns that no key takes, each with the field that `extra` calls it by."""
    taken = {column.index for column in plan.columns} | plan.left_out
    taken |= {place for column in plan.columns if column.template for place in column.template.columns}
    names = plan.headings.names
    return [(place, name or f"column {column_letter(place)}") for place, name in enumerate(names) if place not in taken]


def _text(column: Column, cells: tuple[str, ...]) -> str:
    """Text of a column in a row: of its pattern, where that can be filled, of its cell, or its constant."""
    if column.template is not None and (made := column.template.fill(cells)):
        return made
    cell = cells[column.index].strip() if column.index is not None and column.index < len(cells) else ""
    return column.constant if not cell or cell in column.nulls else cell
