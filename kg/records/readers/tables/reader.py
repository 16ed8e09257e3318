"""Reader of tables: the rows of each sheet, whatever the format, to records.

Each row is a record. Columns go to keys by the plan of the sheet (`columns`), cells to values by the writers of columns
(`cells`); what no key takes stays under its heading. Messages name sheet, row and column as people see them (D-188).
"""

from collections.abc import Iterator
from itertools import groupby

from kg.records.problems import SourceProblem
from kg.records.readers.base import ReaderItem, ReadFailure, SourceFile
from kg.records.readers.tables.columns import ColumnPlan, known_headings, plan
from kg.records.readers.tables.csvw_metadata import TableDescription, description_of
from kg.records.readers.tables.headings import OWN_ROW, find
from kg.records.readers.tables.identity import RowIdentity
from kg.records.readers.tables.row_records import RowReader
from kg.records.readers.tables.table import Remark, RowSource, Sheet, TableRow, column_letter, counted

_INIT = "a column for the title; `kg init {}` looks into the file and proposes one"
_MAX_LISTED = 12


def read(source: SourceFile, rows: RowSource) -> Iterator[ReaderItem]:
    """Read the records of every sheet of a file, or of the one that the settings name.

    Args:
        source: the file.
        rows: the row source of its format.
    """
    wanted = source.settings.sheet.strip().casefold()
    names: list[str] = []
    readers: list[_SheetReader] = []
    identity = RowIdentity(source)
    description = description_of(source)
    yield from description.problems
    for sheet in rows(source):
        if isinstance(sheet, Remark):
            yield _of_file(source, sheet)
            continue
        names.append(sheet.name)
        if wanted and sheet.name and sheet.name.strip().casefold() != wanted:
            continue
        readers.append(_SheetReader(source, sheet, identity, description))
        yield from readers[-1].items()
    # A sheet that is no table of records is a fault of the file, unless another sheet has some.
    has_records = any(reader.has_records for reader in readers)
    for problem in (each.refusal for each in readers if each.refusal):
        yield problem if has_records else ReadFailure(problem)
    if wanted and any(names) and not readers:
        message = "there is no such sheet; nothing of the file was read"
        expected = f"one of {', '.join(names[:_MAX_LISTED])}"
        shown = source.settings.sheet
        yield ReadFailure(source.problem("", "sheet", shown, expected, message, severity="rejected"))


def _of_file(source: SourceFile, remark: Remark) -> ReaderItem:
    problem = source.problem("", "", remark.value, remark.expected, remark.message, severity=remark.severity)
    return ReadFailure(problem) if remark.severity == "rejected" else problem


def plan_of(source: SourceFile, sheet: Sheet, described: TableDescription) -> ColumnPlan | None:
    """Return what becomes of the columns of a sheet; None where it has no headings.

    Args:
        source: the file.
        sheet: the sheet, of which no row has been read.
        described: the metadata beside the file.
    """
    settings = source.settings
    if described.header and settings.header is None:
        settings = settings.model_copy(update={"header": described.header})
    headings = find(sheet, settings, known_headings(settings, described))
    return None if headings is None else plan(headings, settings, described).with_lists(sheet.lists)


class _SheetReader:
    """Reader of a sheet.

    Attributes:
        has_records: whether a record was read.
        refusal: why the sheet has no records, where it is no table of them.
    """

    def __init__(self, source: SourceFile, sheet: Sheet, identity: RowIdentity, description: TableDescription) -> None:
        self.has_records = False
        self.refusal: SourceProblem | None = None
        self._source = source
        self._sheet = sheet
        self._identity = identity
        self._description = description
        self._at = f"sheet {sheet.name}" if sheet.name else ""
        self._place = f"{self._at}, " if sheet.name else ""

    def items(self) -> Iterator[ReaderItem]:
        """Read the sheet."""
        for remark in self._sheet.remarks:
            yield self._remark(remark)
        columns = plan_of(self._source, self._sheet, self._description)
        if columns is None:
            yield from self._without_headings()
            return
        yield from self._around(columns)
        if not columns.has_label:
            self.refusal = self._without_label(columns)
            return
        rows = RowReader(self._source, self._place, columns, self._identity)
        for row in columns.headings.rest:
            if item := rows.read(row):
                yield item
        self.has_records = rows.count > 0
        yield from rows.totals()
        if not rows.has_rows:
            yield self._source.problem(self._at, "", "", "a row for each record", "there is no row below the headings")

    def _remark(self, remark: Remark) -> ReaderItem:
        label = "" if remark.column is None else f"column {column_letter(remark.column)}"
        severity = remark.severity
        problem = self._source.problem(
            self._at, label, remark.value, remark.expected, remark.message, severity=severity
        )
        return ReadFailure(problem) if severity == "rejected" else problem

    def _around(self, columns: ColumnPlan) -> Iterator[SourceProblem]:
        """Notes on rows around the headings, and on columns that kg.toml names and the sheet lacks."""
        headings, problem = columns.headings, self._source.problem
        for row in headings.above:
            message = f"stands above the headings in row {headings.row}, and is no record"
            yield problem(f"{self._place}row {row.number}", "", _row_text(row), "the headings first", message)
        for row in headings.below:
            if not row.cells[0].startswith(OWN_ROW):
                message = "explains the columns, and is no record; `header` in kg.toml says which row has the headings"
                yield problem(f"{self._place}row {row.number}", "", _row_text(row), "a record", message)
        for name, nearest in columns.lacking:
            expected = f"a column of that heading; {nearest!r}, perhaps" if nearest else "a column of that heading"
            message = "kg.toml names this column, and the table has none of that heading"
            yield problem(self._at, "columns", name, expected, message)

    def _without_headings(self) -> Iterator[SourceProblem]:
        header = self._source.settings.header
        if header:
            message = f"there is no row {header}, which kg.toml calls the one with the headings"
            self.refusal = self._refused(str(header), "the number of the row with the headings", message)
        elif not self._sheet.name:
            yield self._source.problem("", "", "", "a row with headings, and rows below it", "the file is empty")

    def _without_label(self, columns: ColumnPlan) -> SourceProblem:
        """Problem of a sheet in which no column gives a title; each row would be refused for that."""
        count = sum(1 for _ in columns.headings.rest)
        message = (
            f"no column gives a title or name, so that this is no table of records; {counted(count, 'row')} left out"
        )
        headings = "; ".join(name for name in columns.headings.names if name)
        return self._refused(headings, _INIT.format(self._source.path.name), message)

    def _refused(self, value: str, expected: str, message: str) -> SourceProblem:
        return self._source.problem(self._at, "", value, expected, message, severity="rejected")


def _row_text(row: TableRow) -> str:
    """Texts of a row; cells that are merged have theirs once."""
    return "; ".join(text for text, _ in groupby(map(str.strip, row.cells)) if text)
