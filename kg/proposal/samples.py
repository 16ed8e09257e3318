"""Samples of tables: headings, and rows from the whole of a bounded part of each sheet, read as a build reads them."""

from dataclasses import dataclass

from kg.records.inference.headings import GROUP, read
from kg.records.readers.base import SourceFile
from kg.records.readers.tables import headings as heading_rows
from kg.records.readers.tables.table import Remark, RowSource, Sheet, TableRow

MAX_ROWS = 20_000
"""Rows of a sheet that are passed through."""

FIRST_ROWS = 500
"""Rows at the beginning of a sheet that are all taken; of later ones every `STEP`th is."""
STEP = 20

MAX_SHEETS = 30
"""Sheets of a workbook, or tables of a database, that are looked into."""

_MAX_CELLS = 400_000
_MAX_CELL = 2_000


@dataclass(frozen=True, slots=True)
class TableSample:
    """Sample of a sheet.

    Attributes:
        sheet: its name; "" for the one table of another format.
        headings: the headings of its columns, "" for a column without one.
        rows: cells of some of its rows.
        number: the number of rows that were passed through.
        is_whole: whether there are no more.
        notes: findings of the row source on the whole sheet.
    """

    sheet: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    number: int
    is_whole: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileSample:
    """Samples of the sheets of a file.

    Attributes:
        tables: a sample for each sheet with headings and a row.
        faults: why the file, or a part of it, can't be read.
        notes: what else the row source tells of it.
        more_sheets: whether there are sheets that were not looked into.
    """

    tables: tuple[TableSample, ...]
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    more_sheets: bool = False


def sample(source: SourceFile, rows: RowSource) -> FileSample:
    """Return the samples of a file.

    Args:
        source: the file.
        rows: the row source of its format.

    Raises:
        OSError: the file can't be opened.
    """
    tables: list[TableSample] = []
    faults: list[str] = []
    notes: list[str] = []
    number = 0
    for sheet in rows(source):
        if isinstance(sheet, Remark):
            (faults if sheet.severity == "rejected" else notes).append(_text(sheet))
            continue
        number += 1
        if number > MAX_SHEETS:
            return FileSample(tuple(tables), tuple(faults), tuple(notes), more_sheets=True)
        if table := _table(source, sheet):
            tables.append(table)
    return FileSample(tuple(tables), tuple(faults), tuple(notes))


def _table(source: SourceFile, sheet: Sheet) -> TableSample | None:
    """Sample of a sheet; None for one without headings or without rows below them."""
    head = heading_rows.find(sheet, source.settings, _is_known)
    if head is None:
        return None
    names = tuple(head.names)
    own = {place for place, name in enumerate(names) if name.lower().startswith(heading_rows.OWN)}
    rows: list[tuple[str, ...]] = []
    number, cells, is_whole = 0, 0, True
    for row in head.rest:
        if _is_passed_over(row):
            continue
        number += 1
        if number > MAX_ROWS or cells > _MAX_CELLS:
            number, is_whole = number - 1, False
            break
        if number <= FIRST_ROWS or number % STEP == 0:
            rows.append(tuple("" if place in own else cell[:_MAX_CELL] for place, cell in enumerate(row.cells)))
            cells += max(len(row.cells), 1)
    width = max((len(row) for row in rows), default=0)
    names = (*names, *("" for _ in range(len(names), min(width, len(names) + 50))))
    kept = [place for place in range(len(names)) if place not in own]
    return (
        TableSample(
            sheet.name,
            tuple(names[place] for place in kept),
            tuple(tuple(row[place] if place < len(row) else "" for place in kept) for row in rows),
            number,
            is_whole,
            tuple(_text(remark) for remark in sheet.remarks),
        )
        if rows
        else None
    )


def _is_passed_over(row: TableRow) -> bool:
    """Whether a row is no record: one of kg's own, or one that its source refuses."""
    first = row.cells[0] if row.cells else ""
    return first.startswith(heading_rows.OWN_ROW) or any(remark.severity == "rejected" for remark in row.remarks)


def _is_known(text: str) -> bool:
    """Whether a text is a word of headings."""
    heading = read(text)
    return bool(heading.meanings) and heading.is_whole and GROUP not in text


def _text(remark: Remark) -> str:
    return f"{remark.message}; expected: {remark.expected}" if remark.expected else remark.message
