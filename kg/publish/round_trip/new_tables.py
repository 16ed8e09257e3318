"""New tables, for formats that are read and not written (D-204): a database as CSV, an old workbook as xlsx."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

import xlsxwriter

from kg.publish.round_trip.edits import SheetEdits, TableEdits
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.table import VALUE_SEPARATOR, RowSource, Sheet
from kg.render.data.spreadsheet import cell as defused

_TEXTS_ALONE = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_csv(source: SourceFile, rows: RowSource, out: BinaryIO, edits: TableEdits) -> None:
    """Write the one table of a file as CSV in UTF-8, with its edits.

    Args:
        source: the file.
        rows: the row source of its format.
        out: receives the table.
        edits: the cells to be added.
    """
    text = io.TextIOWrapper(out, "utf-8", newline="")
    writer = csv.writer(text)
    for sheet in rows(source):
        if isinstance(sheet, Sheet) and (found := edits.sheet(sheet.name)) is not None:
            for _, own, added in _rows(sheet, found):
                writer.writerow([*own, *map(defused, added)])
    text.flush()
    text.detach()


def write_xlsx(source: SourceFile, rows: RowSource, out: BinaryIO, edits: TableEdits) -> None:
    """Write the sheets of a file as xlsx, with their edits; formats of cells are not kept.

    Args:
        source: the file.
        rows: the row source of its format.
        out: receives the workbook.
        edits: the cells to be added.
    """
    with xlsxwriter.Workbook(out, _TEXTS_ALONE) as workbook:
        for sheet in rows(source):
            if isinstance(sheet, Sheet):
                written = workbook.add_worksheet(sheet.name)
                for number, own, added in _rows(sheet, edits.sheet(sheet.name)):
                    for column, cell in enumerate((*own, *added)):
                        if cell:
                            written.write_string(number - 1, column, cell)


def _rows(sheet: Sheet, edits: SheetEdits | None) -> Iterator[tuple[int, list[str], list[str]]]:
    """Number of each row, its own cells, and those that are added behind them."""
    if edits is not None:
        edits.place(0)
    if sheet.headings is not None:
        yield 0, *_divided(list(sheet.headings), edits, 0)
    for row in sheet.rows:
        yield row.number, *_divided([cell.replace(VALUE_SEPARATOR, "; ") for cell in row.cells], edits, row.number)


def _divided(own: list[str], edits: SheetEdits | None, number: int) -> tuple[list[str], list[str]]:
    added = edits.cells(number) if edits is not None else None
    if not added:
        return own, []
    first = min(added)
    own = [*own[:first], *[""] * (first - len(own))]
    return own, [added.get(column, "") for column in range(first, max(added) + 1)]
