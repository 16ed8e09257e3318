"""New tables, for formats that are read and not written: a database as CSV, an old workbook as xlsx."""

import csv
import io
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from kg.publish.round_trip import xml_rows
from kg.publish.round_trip.edits import SheetEdits, TableEdits
from kg.publish.round_trip.xlsx import cell_text
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.table import VALUE_SEPARATOR, RowSource, Sheet, column_letter
from kg.render.data.spreadsheet import cell as defused

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


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
            for number, cells in _rows(sheet, found):
                own = len(cells) if found.header == number else min(found.columns, default=len(cells))
                writer.writerow([*cells[:own], *map(defused, cells[own:])])
    text.flush()
    text.detach()


def write_xlsx(source: SourceFile, rows: RowSource, out: BinaryIO, edits: TableEdits) -> None:
    """Write the sheets of a file as xlsx, with their edits; their formats are not kept.

    Args:
        source: the file.
        rows: the row source of its format.
        out: receives the workbook.
        edits: the cells to be added.
    """
    names: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for sheet in rows(source):
            if isinstance(sheet, Sheet):
                names.append(sheet.name or "Table")
                with package.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as part:
                    part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                    for number, cells in _rows(sheet, edits.sheet(sheet.name)):
                        part.write(_xlsx_row(number, cells))
                    part.write(b"</sheetData></worksheet>")
        _write_listing(package, names)


def _rows(sheet: Sheet, edits: SheetEdits | None) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row, with its edits."""
    if edits is not None:
        edits.place(0)
    if sheet.headings is not None:
        yield 0, _with(list(sheet.headings), edits, 0)
    for row in sheet.rows:
        yield row.number, _with([cell.replace(VALUE_SEPARATOR, "; ") for cell in row.cells], edits, row.number)


def _with(cells: list[str], edits: SheetEdits | None, number: int) -> list[str]:
    added = edits.cells(number) if edits is not None else None
    for column, text in sorted((added or {}).items()):
        cells += [""] * (column + 1 - len(cells))
        cells[column] = text
    return cells


def _xlsx_row(number: int, cells: list[str]) -> bytes:
    parts = [f'<row r="{number}">'.encode()]
    for column, text in enumerate(cells):
        if text:
            shown = xml_rows.escaped(cell_text(text))
            place = f"{column_letter(column)}{number}"
            parts.append(f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'.encode())
    return b"".join([*parts, b"</row>"])


def _write_listing(package: zipfile.ZipFile, names: list[str]) -> None:
    """Write the parts that list the sheets."""
    numbers = range(1, len(names) + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    package.writestr(
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
        f'vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType='
        f'"{_SHEET_TYPE}.sheet.main+xml"/>{types}</Types>',
    )
    package.writestr("_rels/.rels", _relations("officeDocument", ["xl/workbook.xml"]))
    package.writestr(
        "xl/_rels/workbook.xml.rels", _relations("worksheet", [f"worksheets/sheet{number}.xml" for number in numbers])
    )
    listed = "".join(
        f'<sheet name="{xml_rows.escaped(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    package.writestr(
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
    )


def _relations(kind: str, targets: list[str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, target in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
