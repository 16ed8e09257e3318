"""Edits of an Excel workbook: cells are added in the XML of its sheets, and all else is copied.

A library that loads a workbook and saves it again loses what it does not know: charts, pictures, rules, comments of
newer kinds (D-202).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kg.publish.round_trip import workbook_parts, xml_rows
from kg.publish.round_trip.edits import Cells, SheetEdits, TableEdits
from kg.publish.round_trip.xml_rows import XmlCell, XmlRow, XmlTag
from kg.records.readers.tables.table import column_letter
from kg.records.readers.tables.workbooks import xlsx_parts
from kg.records.readers.tables.workbooks.merged_cells import MAX_COLUMNS, column_index
from kg.records.readers.tables.workbooks.package import Package

MAX_TEXT = 32_767
"""Maximum length of a cell in characters, as Excel has it."""

_DIGITS = "0123456789"
# What Excel takes for an escaped character (ECMA-376-1, 22.9.2.19).
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_AREA = re.compile(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?")


def write(path: Path, out: BinaryIO, edits: TableEdits) -> None:
    """Write a workbook with its edits.

    Args:
        path: the workbook.
        out: receives the edited one.
        edits: the cells to be added.

    Raises:
        SourceError: for a damaged or hostile file, or a sheet without room for the columns.
    """
    with workbook_parts.new_parts() as parts:
        with Package(path) as package:
            sheets = [sheet for sheet in xlsx_parts.workbook(package).sheets if sheet.part]
        for sheet in sheets:
            if sheet.kind == "worksheet" and (found := edits.sheet(sheet.name)) is not None:
                with Package(path) as package:
                    found.place(_width(package, sheet.part))
                workbook_parts.check_room(found, sheet.name, MAX_COLUMNS)
                with Package(path) as package:
                    _write_sheet(package, sheet.part, parts.open(sheet.part), found)
        workbook_parts.copy(path, out, parts)


def _width(package: Package, part: str) -> int:
    """Number of columns up to the last one with content."""
    widest = 0
    for piece in xml_rows.fragments(package.chunks(part), "row", frozenset()):
        if isinstance(piece, XmlRow):
            widest = max(widest, *(column + 1 for column, cell in _cells(piece) if cell.has_children), 0)
    return widest


def _cells(row: XmlRow) -> Iterator[tuple[int, XmlCell]]:
    """Cells of a row with the indexes of their columns."""
    column = -1
    for cell in row.cells:
        if cell.tag.local == "c":
            letters = (cell.tag.attribute("r") or "").rstrip(_DIGITS)
            column = column + 1 if not letters else column_index(letters) or 0
            yield column, cell


def _write_sheet(package: Package, part: str, out: BinaryIO, edits: SheetEdits) -> None:
    number = 0
    for piece in xml_rows.fragments(package.chunks(part), "row", frozenset({"dimension"})):
        if isinstance(piece, XmlTag):
            out.write(_wider_area(piece, max(edits.columns, default=0)))
        elif isinstance(piece, XmlRow):
            number = piece.tag.count("r") if piece.tag.attribute("r") else number + 1
            cells = edits.cells(number)
            out.write(piece.raw if cells is None else _edited(piece, number, cells, edits))
        else:
            out.write(piece)


def _edited(row: XmlRow, number: int, cells: Cells, edits: SheetEdits) -> bytes:
    """Row with its edits: own cells as they are, in order of their columns."""
    parts: list[tuple[int, bytes]] = []
    styles: dict[int, str | None] = {}
    style_of_last, behind = None, len(row.tag.raw)
    for column, cell in _cells(row):
        style = cell.tag.attribute("s")
        if column in cells:
            styles[column] = style
        else:
            parts.append((column, row.raw[behind : cell.end]))
            if cell.has_children and column not in edits.columns:
                style_of_last = style
        behind = cell.end
    for column, text in cells.items():
        style = styles.get(column, style_of_last if number == edits.header else None)
        if text or column in styles:
            parts.append((column, _cell(row.tag.prefix, f"{column_letter(column)}{number}", style, text)))
    parts.sort(key=lambda part: part[0])
    return xml_rows.with_attribute(row.head, "spans", None) + b"".join(raw for _, raw in parts) + row.rest(behind)


def _cell(prefix: str, place: str, style: str | None, text: str) -> bytes:
    head = f'<{prefix}c r="{place}"' + ("" if style is None else f' s="{style}"')
    if not text:
        return f"{head}/>".encode()
    shown = xml_rows.escaped(_ESCAPE.sub("_x005F_", xml_rows.one_line(text)[:MAX_TEXT]))
    return f'{head} t="inlineStr"><{prefix}is><{prefix}t>{shown}</{prefix}t></{prefix}is></{prefix}c>'.encode()


def _wider_area(tag: XmlTag, column: int) -> bytes:
    """Tag with the area of a sheet, which reaches to a column now."""
    area = _AREA.fullmatch(tag.attribute("ref") or "")
    if area is None:
        return tag.raw
    first, first_row, last, last_row = area[1], area[2], area[3] or area[1], area[4] or area[2]
    reached = max(column, column_index(last) or 0)
    return xml_rows.with_attribute(tag.raw, "ref", f"{first}{first_row}:{column_letter(reached)}{last_row}")
