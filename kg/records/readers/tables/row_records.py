"""Records of the rows of a sheet: cells by their columns, leftovers under `extra`, an identity."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.errors import KeyFault
from kg.records import characters
from kg.records.model.keys import Record
from kg.records.problems import Severity, SourceProblem
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile
from kg.records.readers.tables.cells import CellWriter, finish_parts
from kg.records.readers.tables.columns import Column, ColumnPlan
from kg.records.readers.tables.headings import OWN
from kg.records.readers.tables.identity import RowIdentity
from kg.records.readers.tables.table import Remark, TableRow, column_letter

_MAX_TOLD_COLUMNS = 200
_SPECIAL = frozenset({"id", "kind"})
_LABELS = frozenset({"title", "name"})
_NO_ID = "made of title, date and reference, and changes with them"


@dataclass(frozen=True, slots=True)
class RowFields:
    """Columns of a row, for messages about values of its record.

    Attributes:
        columns: key of the model → its columns: (place, how messages call it).
        cells: the cells of the row.
    """

    columns: dict[str, tuple[tuple[int | None, str], ...]]
    cells: tuple[str, ...]

    def of(self, key: str, value: str) -> str:
        """Return what messages call the column of a value; all columns of its key, where the value does not tell."""
        columns = self.columns.get(key, ())
        start = value.removesuffix("…").strip()
        for place, label in columns:
            if place is not None and start and place < len(self.cells) and start in self.cells[place]:
                return label
        labels = [label for _, label in columns]
        return ", ".join(labels[:3]) + (" …" if len(labels) > 3 else "")


@dataclass(slots=True)
class _RowDraft:
    """Record of a row under way."""

    source: SourceFile
    at: str
    cells: tuple[str, ...]
    record: Record
    extra: list[Record] = field(default_factory=list)
    problems: list[SourceProblem] = field(default_factory=list)

    def report(self, label: str, value: str, expected: str, message: str, severity: Severity = "note") -> None:
        """Report a finding at a column, or at the row where the label is empty."""
        self.problems.append(self.source.problem(self.at, label, value, expected, message, severity=severity))

    def put_aside(self, column: Column, text: str, fault: str) -> None:
        """Keep a cell under its heading that its key can't take."""
        self.extra.append({"field": column.heading, "value": text})
        self.report(column.label, text, f"a value of {column.path}", f"{fault}; kept under extra", "repaired")


@dataclass(slots=True)
class _ManyNames:
    """Cells of a column that may hold several names: how many, and the first of them."""

    count: int
    row: int
    text: str


class RowReader:
    """Reader of the rows of a sheet.

    Attributes:
        count: how many records were read.
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
        self._source = source
        self._place = place
        self._headings = plan.headings
        self._identity = identity
        self._row_number = 0
        self._unread: Counter[int] = Counter()
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
        self._leftover = _leftover(plan)
        self._fields = _fields(plan)

    def read(self, row: TableRow) -> RawRecord | ReadFailure | None:
        """Return the record of a row, or why it has none; None for a row of kg's own."""
        cells = row.cells
        if cells and cells[0].startswith(OWN):
            return None
        self._row_number = row.number
        draft = _RowDraft(self._source, f"{self._place}row {row.number}", cells, {})
        if row.remarks:
            draft.problems = [self._remark(draft.at, remark) for remark in row.remarks]
            if rejected := next((each for each in draft.problems if each.severity == "rejected"), None):
                return ReadFailure(rejected, row.raw)
        joined = "\0".join(cells)
        if ("&" in joined or not joined.isascii()) and characters.mended(joined) != joined:
            self._mend(draft)
        draft.record["kind"] = self._kind(draft) if self._kinds else self._source.settings.kind
        self._fill(draft)
        self._keep_leftovers(draft)
        if fault := self._identify(draft):
            return ReadFailure(fault, row.raw)
        self.count += 1
        fields = RowFields(self._fields, draft.cells)
        return RawRecord(draft.record, draft.at, row.raw, tuple(draft.problems), fields)

    def _fill(self, draft: _RowDraft) -> None:
        """Put the cells under the keys of their columns."""
        record, cells = draft.record, draft.cells
        width = len(cells)
        for place, put, column in self._puts:
            if place < width and (text := cells[place].strip()) and (fault := put(record, text)):
                draft.put_aside(column, text, fault)
        for writer in self._made:
            self._put_made(writer, draft)
        finish_parts(record)

    def _put_made(self, writer: CellWriter, draft: _RowDraft) -> None:
        """Put a constant, where no cell has a value, or what a pattern makes of its columns."""
        column, cells = writer.column, draft.cells
        text = _text(column, cells)
        if column.template is not None and not text:
            draft.extra += [
                {"field": self._headings.name(place), "value": cell}
                for place in column.template.columns
                if place < len(cells) and (cell := cells[place].strip())
            ]
        if text and (fault := writer.put(draft.record, text)):
            draft.put_aside(column, text, fault)

    def _keep_leftovers(self, draft: _RowDraft) -> None:
        """Keep the cells that no key takes, those beyond the headings too."""
        cells, extra = draft.cells, draft.extra
        width = len(cells)
        for place, heading in self._leftover:
            if place < width and (text := cells[place].strip()):
                extra.append({"field": heading, "value": text})
                self._unread[place] += 1
        for place in range(len(self._headings.names), width):
            if text := cells[place].strip():
                extra.append({"field": f"column {column_letter(place)}", "value": text})
                self._unread[place] += 1
        if extra:
            draft.record.setdefault("extra", []).extend(extra)

    def _kind(self, draft: _RowDraft) -> str:
        """Kind of a row: by its column, else by the settings."""
        usual = self._source.settings.kind
        written, column = next(((text, each) for each in self._kinds if (text := _text(each, draft.cells))), ("", None))
        if column is None:
            return usual
        kind = self._identity.kind(written)
        if kind is None:
            message = f"is no kind of thing; the row is taken for a {usual}"
            draft.put_aside(column, written, message)
        return kind or usual

    def _identify(self, draft: _RowDraft) -> SourceProblem | None:
        """Put the id of a row; returns why it can have none."""
        record = draft.record
        written, column = next(((text, each) for each in self._ids if (text := _text(each, draft.cells))), ("", None))
        label = column.label if column else self._ids[0].label if self._ids else ""
        try:
            if column is not None:
                self._put_id(record, written, column)
                return None
            record["id"], before = self._identity.of_words(record)
        except KeyFault as fault:
            return self._source.problem(
                draft.at, label, written, "an id", f"{fault.what}; left out", severity="rejected"
            )
        if self._ids:
            draft.report(label, "", "an id", f"the row has no id; its address is {_NO_ID}")
        elif before:
            message = (
                f"{before:,} rows above say the same in title, date and reference; the address has a number behind"
            )
            draft.report("", record["id"], "a column of ids", message)
        return None

    def _put_id(self, record: Record, written: str, column: Column) -> None:
        record["id"] = self._identity.of_id(written, record["kind"])
        record["kind"] = record["id"].partition("/")[0]
        if column.template is None and self._source.own_reference(written) is None:
            record.setdefault("identifiers", []).append(written)

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
        for place, count in sorted(self._unread.items())[:_MAX_TOLD_COLUMNS]:
            name = self._headings.name(place)
            called = name or f"column {column_letter(place)}"
            reason = "no key takes this column" if name else "the column has no heading"
            message = f"{reason}; {count:,} cells are kept under extra as {called!r}"
            expected = "a line for it under [sources.columns] in kg.toml"
            yield self._source.problem(sheet, self._headings.label(place), "", expected, message)
        for label, cells in self._many_names.items():
            message = f"{cells.count:,} cells have a semicolon or a line break in them; each is read as one name"
            expected = 'one name a cell, or a separator in kg.toml: { key = "creator", separator = ";" }'
            yield self._source.problem(f"{self._place}row {cells.row}", label, cells.text, expected, message)
        if not self._ids and self.count:
            message = f"no column has ids; each address is {_NO_ID}"
            yield self._source.problem(sheet, "id", "", 'a column of numbers that stay: "No." = "id"', message)


def _leftover(plan: ColumnPlan) -> list[tuple[int, str]]:
    """Columns that no key takes, each with the field that `extra` calls it by."""
    taken = {column.index for column in plan.columns} | plan.left_out
    taken |= {place for column in plan.columns if column.template for place in column.template.columns}
    names = plan.headings.names
    return [(place, name or f"column {column_letter(place)}") for place, name in enumerate(names) if place not in taken]


def _fields(plan: ColumnPlan) -> dict[str, tuple[tuple[int | None, str], ...]]:
    """Key of the model → its columns, each with what messages call it."""
    fields: dict[str, tuple[tuple[int | None, str], ...]] = {}
    for column in plan.columns:
        for name in _LABELS if column.path.name in _LABELS else (column.path.name,):
            fields[name] = (*fields.get(name, ()), (column.index, column.label))
    return fields


def _text(column: Column, cells: tuple[str, ...]) -> str:
    """Text of a column in a row: of its pattern, its cell, or its constant."""
    if column.template is not None:
        return column.template.fill(cells)
    cell = cells[column.index].strip() if column.index is not None and column.index < len(cells) else ""
    return cell or column.constant
