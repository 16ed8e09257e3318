"""Records of the rows of a sheet: cells by their columns, leftovers under `extra`, an identity."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from kg.errors import KeyFault
from kg.records import characters
from kg.records.model.keys import Record
from kg.records.problems import Severity, SourceProblem
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile
from kg.records.readers.tables.cells import PARTS, CellWriter, finish_parts
from kg.records.readers.tables.columns import Column, ColumnPlan
from kg.records.readers.tables.headings import OWN_ROW, VERSION, without_cells
from kg.records.readers.tables.identity import RowIdentity
from kg.records.readers.tables.row_fields import RowFields, fields_of
from kg.records.readers.tables.table import VALUE_SEPARATOR, Remark, TableRow, column_letter, counted

_MAX_TOLD_COLUMNS = 200
_SPECIAL = frozenset({"id", "kind"})
_TOTAL = re.compile(
    r"\W*(?:(?:grand |sub)?totals?|sum|suma|summe|gesamt(?:zahl)?|insgesamt|somme|total[ei]?|итого|всего|razem)"
    r"\b.{0,20}",
    re.IGNORECASE,
)
"""First cell of a row that adds up the rows above."""
_A_KIND = "record, agent, place, collection, archive or topic"
_NO_ID = "made of title, date and reference, and changes with them"


@dataclass(slots=True)
class _RowDraft:
    """Record of the row under way; one object for all rows, which come one after the other."""

    source: SourceFile
    at: str = ""
    cells: tuple[str, ...] = ()
    record: Record = field(default_factory=dict)
    extra: list[Record] = field(default_factory=list)
    problems: list[SourceProblem] = field(default_factory=list)

    def begin(self, at: str, cells: tuple[str, ...]) -> None:
        """Begin a row."""
        self.at, self.cells, self.record = at, cells, {}
        if self.extra:
            self.extra = []
        if self.problems:
            self.problems = []

    def report(self, label: str, value: str, expected: str, message: str, severity: Severity = "note") -> None:
        """Report a finding at a column, or at the row where the label is empty."""
        self.problems.append(self.source.problem(self.at, label, value, expected, message, severity=severity))

    def put_aside(self, column: Column, text: str, fault: str, expected: str = "") -> None:
        """Keep a cell under its heading that its key can't take."""
        self.extra.append({"field": column.heading, "value": text})
        expected = expected or f"a value of {column.path}"
        self.report(column.label, text, expected, f"{fault}; kept under extra", "repaired")


@dataclass(slots=True)
class _ManyNames:
    """Cells of a column that may hold several names: how many, and the first of them."""

    count: int
    row: int
    text: str


def _cell(row: TableRow, place: int | None) -> str:
    return row.cells[place].strip() if place is not None and place < len(row.cells) else ""


class RowReader:
    """Reader of the rows of a sheet.

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
        self._row_number = 0
        self._draft = _RowDraft(source)
        self._width = len(plan.headings.names)
        self._unread: Counter[int] = Counter()
        self._kept = plan.kept
        self._many_names: dict[str, _ManyNames] = {}
        writers = [
            CellWriter(column, source, self._count_many_names)
            for column in plan.columns
            if column.path.name not in _SPECIAL
        ]
        made = [writer for writer in writers if writer.column.template is not None or writer.column.constant]
        self._made = made
        self._puts = [
            (writer.column.index, writer.put, writer.column)
            for writer in writers
            if writer not in made and writer.column.index is not None
        ]
        self._ids = [column for column in plan.columns if column.path.name == "id"]
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

    def read(self, row: TableRow) -> RawRecord | ReadFailure | None:
        """Return the record of a row, or why it has none; None for a row of kg's own."""
        number, cells, remarks, raw = row
        if cells and cells[0].startswith(OWN_ROW):
            return None
        version = _cell(row, self._version)
        if self._own:
            number, cells, remarks, raw = without_cells(row, self._own)
        self._row_number = number
        self.has_rows = True
        draft = self._draft
        draft.begin(f"{self._place}row {number}", cells)
        if remarks:
            draft.problems = [self._remark(draft.at, remark) for remark in remarks]
            if rejected := next((each for each in draft.problems if each.severity == "rejected"), None):
                return ReadFailure(rejected, raw)
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
        if draft.extra:
            draft.record.setdefault("extra", []).extend(draft.extra)
        if fault := self._identify(draft, reference, written, column):
            return ReadFailure(fault, raw)
        self.count += 1
        fields = RowFields(self._fields, draft.cells)
        return RawRecord(draft.record, draft.at, raw, tuple(draft.problems), fields, version)

    def _fill(self, draft: _RowDraft) -> None:
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

    def _put_made(self, writer: CellWriter, draft: _RowDraft) -> None:
        """Put a constant, where no cell has a value, or what a pattern makes of its columns."""
        column, cells = writer.column, draft.cells
        text = _text(column, cells)
        if text and (fault := writer.put(draft.record, text)):
            draft.put_aside(column, text, fault)

    def _keep_templates(self, draft: _RowDraft) -> None:
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

    def _keep_leftovers(self, draft: _RowDraft) -> None:
        """Keep the cells that no key takes, those beyond the headings too."""
        cells, extra = draft.cells, draft.extra
        width = len(cells)
        for place, heading in self._leftover:
            if place < width and (text := cells[place].strip()):
                extra += [{"field": heading, "value": each} for each in text.split(VALUE_SEPARATOR) if each.strip()]
                self._unread[place] += 1
        for place in range(self._width, width):
            if text := cells[place].strip():
                extra.append({"field": f"column {column_letter(place)}", "value": text})
                self._unread[place] += 1

    @staticmethod
    def _first(columns: list[Column], cells: tuple[str, ...]) -> tuple[str, Column | None]:
        """First text of some columns in a row, with its column."""
        for column in columns:
            if text := _text(column, cells):
                return text, column
        return "", None

    def _kind(self, draft: _RowDraft) -> str:
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
        self, draft: _RowDraft, reference: str | None, written: str, column: Column | None
    ) -> SourceProblem | None:
        """Put the id of a row; returns why it can have none."""
        record = draft.record
        first = column or (self._ids[0] if self._ids else None)
        label = first.label if first else ""
        try:
            if column is not None:
                record["id"] = reference or self._source.reference(record["kind"], written)
                own = [] if reference or column.template else [written]
                own += [text for each in self._ids if each is not column and (text := _text(each, draft.cells))]
                if own:
                    record.setdefault("identifiers", []).extend(own)
                return None
            record["id"], before = self._identity.of_words(record)
        except KeyFault as fault:
            return self._source.problem(draft.at, label, written, "an id", fault.what, severity="rejected")
        if self._ids:
            draft.report(label, "", "an id", f"the row has no id; its address is {_NO_ID}")
        elif before:
            message = "another row above says the same in title, date and reference; the address ends with a number"
            draft.report("", record["id"], "a column of ids", message)
        return None

    def _mend(self, draft: _RowDraft) -> None:
        """Read characters as what they mean, which is told."""
        for place, cell in enumerate(draft.cells):
            if characters.mended(cell) != cell:
                shown, label = characters.around_fault(cell), self._headings.label(place)
                draft.report(label, shown, characters.EXPECTED, characters.MESSAGE, "repaired")
        draft.cells = tuple(map(characters.mended, draft.cells))

    def _remark(self, at: str, remark: Remark) -> SourceProblem:
        label = "" if remark.column is None else self._headings.label(remark.column)
        return self._source.problem(at, label, remark.value, remark.expected, remark.message, severity=remark.severity)

    def _count_many_names(self, column: Column, text: str) -> None:
        self._many_names.setdefault(column.label, _ManyNames(0, self._row_number, text)).count += 1

    def totals(self) -> Iterator[SourceProblem]:
        """Return what is to be told of whole columns, once all rows were read."""
        sheet = self._place.rstrip(", ")
        unread = ((place, count) for place, count in sorted(self._unread.items()) if place not in self._kept)
        for place, count in islice(unread, _MAX_TOLD_COLUMNS):
            name = self._headings.name(place)
            called = name or f"column {column_letter(place)}"
            reason = "no key takes this column" if name else "the column has no heading"
            message = f"{reason}; {counted(count, 'cell')} kept under extra as {called!r}"
            expected = "a line for it under [sources.columns] in kg.toml"
            yield self._source.problem(sheet, self._headings.label(place), "", expected, message)
        for label, cells in self._many_names.items():
            message = (
                f"{counted(cells.count, 'cell')} read as one name each, though a semicolon or a line break is there"
            )
            expected = 'one name a cell, or a separator in kg.toml: { key = "creator", separator = ";" }'
            yield self._source.problem(f"{self._place}row {cells.row}", label, cells.text, expected, message)
        if self.count and self._is_total():
            message = "the last row looks like a total of those above; it is read as a record like these"
            yield self._source.problem(
                self._draft.at, "", self._draft.record["id"], "a record; delete the row if it is none", message
            )
        if not self._ids and self.count:
            message = f"no column has ids; each address is {_NO_ID}"
            yield self._source.problem(sheet, "id", "", 'a column of numbers that stay: "No." = "id"', message)

    def _is_total(self) -> bool:
        """Whether the row that was read last adds up the others: its first cell says so, and most are empty."""
        filled = [text for cell in self._draft.cells if (text := cell.strip())]
        return bool(filled) and len(filled) * 2 <= self._width and _TOTAL.fullmatch(filled[0]) is not None


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
