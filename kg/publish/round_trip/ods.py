"""Edits of an OpenDocument workbook (ods, or fods as one XML file): cells are added in its XML, all else is copied."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kg.errors import SourceError
from kg.publish.round_trip import workbook_parts, xml_rows
from kg.publish.round_trip.edits import Cells, SheetEdits, TableEdits
from kg.publish.round_trip.xml_rows import XmlCell, XmlRow, XmlTag
from kg.records.readers.tables.workbooks.merged_cells import MAX_COLUMNS
from kg.records.readers.tables.workbooks.ods import MAX_REPEATED_CELLS
from kg.records.readers.tables.workbooks.package import CHUNK_BYTES, Package

_CONTENT = "content.xml"
_ROOTS = frozenset({"document-content", "document"})
_TAGS = _ROOTS | {"table"}
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_PER_COLUMN, _PER_ROW = "number-columns-repeated", "number-rows-repeated"
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"


@dataclass(frozen=True, slots=True)
class _Prefixes:
    """Prefixes of three namespaces, as the document writes them."""

    table: str
    office: str
    text: str


def write(path: Path, out: BinaryIO, edits: TableEdits) -> None:
    """Write a workbook with its edits.

    Args:
        path: the workbook.
        out: receives the edited one.
        edits: the cells to be added.

    Raises:
        SourceError: for a damaged or hostile file, or a sheet without room for the columns.
    """
    with path.open("rb") as file:
        is_package = file.read(2) == b"PK"
    if is_package:
        widths = _widths(_part(path))
        with workbook_parts.new_parts() as parts:
            _write_content(_part(path), parts.open(_CONTENT), widths, edits)
            workbook_parts.copy(path, out, parts)
    else:
        _write_content(_file(path), out, _widths(_file(path)), edits)


def _part(path: Path) -> Iterator[bytes]:
    with Package(path) as package:
        yield from package.chunks(_CONTENT)


def _file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(CHUNK_BYTES), b"")


def _widths(content: Iterator[bytes]) -> list[int]:
    """Number of columns up to the last one with content, of each sheet in order."""
    widths: list[int] = []
    for piece in xml_rows.fragments(content, "table-row", _TAGS):
        if isinstance(piece, XmlTag) and _is_sheet(piece):
            widths.append(0)
        elif isinstance(piece, XmlRow) and widths and _is_in_sheet(piece):
            filled = (first + count for first, count, cell in _cells(piece) if _has_content(cell))
            widths[-1] = max(widths[-1], *filled, 0)
    return widths


def _is_sheet(tag: XmlTag) -> bool:
    return tag.local == "table" and tag.around[-1:] == ("spreadsheet",)


def _is_in_sheet(row: XmlRow) -> bool:
    """Whether a row is that of a sheet, and not of a table in a drawing, say."""
    around = row.tag.around
    tables = [place for place, name in enumerate(around) if name == "table"]
    return bool(tables) and around[tables[-1] - 1] == "spreadsheet"


def _cells(row: XmlRow) -> Iterator[tuple[int, int, XmlCell]]:
    """Cells of a row, each with the index of its column and the number of columns that it stands for."""
    column = 0
    for cell in row.cells:
        if cell.tag.local in _CELLS:
            repeated = cell.tag.count(_PER_COLUMN)
            yield column, repeated, cell
            column += repeated


def _has_content(cell: XmlCell) -> bool:
    tag = cell.tag
    return cell.has_children or tag.attribute("value-type") is not None or tag.attribute("formula") is not None


def _write_content(content: Iterator[bytes], out: BinaryIO, widths: list[int], edits: TableEdits) -> None:
    prefixes: _Prefixes | None = None
    sheet: SheetEdits | None = None
    following = iter(widths)
    number = 1
    for piece in xml_rows.fragments(content, "table-row", _TAGS):
        if isinstance(piece, bytes):
            out.write(piece)
        elif isinstance(piece, XmlTag):
            out.write(piece.raw)
            if piece.local in _ROOTS:
                prefixes = _prefixes(piece.attributes)
            elif _is_sheet(piece):
                name, width, number = piece.attribute("name") or "", next(following), 1
                sheet = edits.sheet(name)
                if sheet is not None:
                    sheet.place(width)
                    workbook_parts.check_room(sheet, name, MAX_COLUMNS)
        elif not _is_in_sheet(piece):
            out.write(piece.raw)
        else:
            repeated = piece.tag.count(_PER_ROW)
            if sheet is None or prefixes is None or not any(_has_content(cell) for _, _, cell in _cells(piece)):
                out.write(piece.raw)
            else:
                out.writelines(_rows(piece, range(number, number + repeated), sheet, prefixes))
            number += repeated


def _prefixes(attributes: Mapping[str, str]) -> _Prefixes:
    by_namespace = {value: name for name, value in attributes.items() if name.startswith("xmlns:")}
    found = [by_namespace.get(_NAMESPACE.format(name)) for name in ("table", "office", "text")]
    if None in found:
        raise SourceError("its XML does not name its vocabularies at its root", todo="Save it once more.")
    return _Prefixes(*((name or "").partition(":")[2] for name in found))


def _rows(row: XmlRow, numbers: range, edits: SheetEdits, prefixes: _Prefixes) -> Iterator[bytes]:
    """Row, or the rows that it stands for, with their edits; those without stay one.

    Raises:
        SourceError: it stands for more rows with content than the reader takes.
    """
    if len(numbers) > MAX_REPEATED_CELLS:
        raise SourceError(f"a row with content is repeated {len(numbers):,} times", todo="Delete what is too much.")
    plain = 0
    for number in numbers:
        cells = edits.cells(number)
        if cells is None:
            plain += 1
            continue
        yield _times(row.raw, plain)
        plain = 0
        yield _times(_edited(row, cells, edits, prefixes, is_header=number == edits.header), 1)
    yield row.raw if plain == len(numbers) else _times(row.raw, plain)


def _times(row: bytes, count: int) -> bytes:
    """Row that stands for so many."""
    return xml_rows.with_attribute(row, _PER_ROW, count if count > 1 else None) if count else b""


def _edited(row: XmlRow, cells: Cells, edits: SheetEdits, prefixes: _Prefixes, *, is_header: bool) -> bytes:
    """Row with its edits; a cell that stands for several columns is divided."""
    parts: list[bytes] = []
    waiting = dict(sorted(cells.items()))
    behind, reached, style_of_last = len(row.tag.raw), 0, None
    for first, count, cell in _cells(row):
        raw, style = row.raw[cell.start : cell.end], cell.tag.attribute("style-name")
        parts.append(row.raw[behind : cell.start])
        behind, at, reached = cell.end, first, first + count
        if cell.tag.local == "table-cell":
            for column in [column for column in waiting if first <= column < reached]:
                parts += [_repeated(raw, column - at), _cell(prefixes, waiting.pop(column), style)]
                at = column + 1
        parts.append(raw if at == first else _repeated(raw, reached - at))
        if _has_content(cell) and first not in edits.columns:
            style_of_last = style
    for column, text in waiting.items():
        if column >= reached:
            parts += [_gap(prefixes, column - reached), _cell(prefixes, text, style_of_last if is_header else None)]
            reached = column + 1
    return row.head + b"".join(parts) + row.rest(behind)


def _repeated(raw: bytes, count: int) -> bytes:
    """Cell that stands for so many columns."""
    return xml_rows.with_attribute(raw, _PER_COLUMN, count if count > 1 else None) if count else b""


def _gap(prefixes: _Prefixes, count: int) -> bytes:
    """Empty cell for so many columns."""
    table = prefixes.table
    return f'<{table}:table-cell {table}:{_PER_COLUMN}="{count}"/>'.encode() if count else b""


def _cell(prefixes: _Prefixes, text: str, style: str | None) -> bytes:
    table, office = prefixes.table, prefixes.office
    head = f"<{table}:table-cell" + ("" if style is None else f' {table}:style-name="{style}"')
    if not text:
        return f"{head}/>".encode()
    shown = xml_rows.escaped(xml_rows.one_line(text))
    paragraph = f"<{prefixes.text}:p>{shown}</{prefixes.text}:p>"
    return f'{head} {office}:value-type="string">{paragraph}</{table}:table-cell>'.encode()
