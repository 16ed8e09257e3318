"""Row source of OpenDocument workbooks (ods), and of their form as one XML file (fods)."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from kg.errors import SourceError
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.table import Remark, Sheet, TableRow, column_letter, row_of
from kg.records.readers.tables.workbooks.findings import CellRemarks, chosen_sheets, guarded, hidden_columns, rejection
from kg.records.readers.tables.workbooks.merged_cells import MAX_COLUMNS, ONE_CELL, Area, MergedCells
from kg.records.readers.tables.workbooks.ods_cells import FORMULA, VALUE_TYPE, cell_text, plain_text
from kg.records.readers.tables.workbooks.ods_styles import TAGS, Styles
from kg.records.readers.tables.workbooks.package import CHUNK_BYTES, Package
from kg.records.readers.tables.workbooks.xml_stream import attribute, elements, local

MAX_REPEATED_CELLS = 5_000_000
"""Maximum number of cells with text that a sheet has by repetition alone."""
MAX_EMPTY_CELLS = 20_000_000
"""Maximum number of empty cells in front of others, in a sheet."""

_CONTENT = "content.xml"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_HIDDEN = frozenset({"collapse", "filter"})
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_ROW = f"{_TABLE}table-row"
_ROWS_REPEATED = f"{_TABLE}number-rows-repeated"
_REPEATED = f"{_TABLE}number-columns-repeated"
_STYLE = f"{_TABLE}style-name"
_SPANS = f"{_TABLE}number-columns-spanned", f"{_TABLE}number-rows-spanned"


def sheets(source: SourceFile) -> Iterator[Sheet | Remark]:
    """Yield the sheets of a workbook.

    Raises:
        OSError: where the file can't be opened.
    """
    faults: list[SourceError] = []
    try:
        with ExitStack() as stack:
            styles = Styles()
            with source.path.open("rb") as file:
                is_package = file.read(2) == b"PK"
            if is_package:
                package = stack.enter_context(Package(source.path))
                _refuse_encrypted(package)
                if package.has("styles.xml"):
                    for _ in styles.read(elements(package.chunks("styles.xml"), TAGS, "styles.xml")):
                        pass
                content: Iterable[bytes] = package.chunks(_CONTENT)
            else:
                file = stack.enter_context(source.path.open("rb"))
                content = iter(lambda: file.read(CHUNK_BYTES), b"")
            yield from _sheets(source, styles, content, faults)
    except SourceError as fault:
        faults.append(fault)
    yield from map(rejection, faults)


def _refuse_encrypted(package: Package) -> None:
    part = "META-INF/manifest.xml"
    if package.has(part):
        for _ in elements(package.chunks(part), ["encryption-data"], part):
            raise SourceError("the workbook can be read with a password alone", todo="a workbook without a password")


def _sheets(
    source: SourceFile, styles: Styles, content: Iterable[bytes], faults: list[SourceError]
) -> Iterator[Sheet | Remark]:
    """Sheets of the content, and what is to be told of those left out."""
    wanted = source.settings.sheet
    names: list[str] = []
    is_found = False
    found = elements(content, [*TAGS, "table-column", "table-row", "table"], _CONTENT)
    for (_, name, style), group in groupby(_of_tables(styles.read(found)), itemgetter(0)):
        if _is_copy(name):
            continue
        names.append(name)
        is_hidden = style in styles.hidden_tables
        if wanted:
            is_chosen = bool(chosen_sheets([(name, is_hidden)], wanted)[0]) and not is_found
            is_found = is_found or is_chosen
        else:
            chosen, remarks = chosen_sheets([(name, is_hidden)], "")
            is_chosen = bool(chosen)
            yield from remarks
        if is_chosen:
            yield _sheet(name, (element for _, element in group), styles, faults)
            if faults:
                return
    if wanted and not is_found:
        yield from chosen_sheets([(name, False) for name in names], wanted)[1]


def _is_copy(name: str) -> bool:
    """Whether a sheet is the copy of one in another file, to which a formula leads."""
    return name.startswith("'") and "'#" in name


def _of_tables(found: Iterable[Any]) -> Iterator[tuple[tuple[int, str, str], Any]]:
    """Columns and rows, each with number, name and style of its sheet; a sheet without any comes alone."""
    number, current, is_told = 0, None, False
    sheet = 0, "", ""
    for element in found:
        if is_told and element.getparent() is current:  # nearly every row
            yield sheet, element
            continue
        table = element if local(element) == "table" else next(element.iterancestors("{*}table"), None)
        if table is None or local(table.getparent() if table.getparent() is not None else table) != "spreadsheet":
            continue  # a copy of another program's cells, or a table in a drawing
        if table is not current:
            number, current = number + 1, table
            is_told = False
            sheet = number, attribute(table, "name"), attribute(table, "style-name")
        if element is not table or not is_told:
            is_told = True
            yield sheet, element


def _sheet(name: str, found: Iterator[Any], styles: Styles, faults: list[SourceError]) -> Sheet:
    columns: list[tuple[int, str]] = []
    hidden: list[str] = []
    first = None
    count = 0
    for element in found:
        if local(element) != "table-column":
            first = element
            break
        repeated = _count(element.get(_REPEATED))
        if attribute(element, "visibility") in _HIDDEN and count < MAX_COLUMNS:
            last = min(count + repeated, MAX_COLUMNS) - 1
            hidden.append(column_letter(count) + (f" to {column_letter(last)}" if last > count else ""))
        columns.append((repeated, attribute(element, "default-cell-style-name")))
        count += repeated
    remarks = (hidden_columns(", ".join(hidden[:20])),) if hidden else ()
    rows = _OdsRows(styles, _styles_by_column(columns)).read(chain([] if first is None else [first], found))
    return Sheet(name, guarded(rows, faults), None, remarks)


def _styles_by_column(columns: list[tuple[int, str]]) -> list[str]:
    made: list[str] = []
    for repeated, style in columns:
        made += [style] * min(repeated, MAX_COLUMNS - len(made))
    return made


@dataclass(slots=True)
class _OdsRows:
    """Reader of the rows of a sheet."""

    styles: Styles
    column_styles: list[str]
    _merged: MergedCells = field(default_factory=MergedCells)
    _repeated_cells: int = 0
    _empty_cells: int = 0
    _is_told: bool = False

    def read(self, rows: Iterator[Any]) -> Iterator[TableRow]:
        """Yield each row with a text of its own."""
        number = 1
        for row in rows:
            if row.tag != _ROW:
                continue
            repeated = _count(row.get(_ROWS_REPEATED))
            remarks = CellRemarks()
            cells = self._cells(row, number, remarks)
            if any(cells) or remarks:
                if attribute(row, "visibility") in _HIDDEN:
                    remarks.hidden_row()
                self._count_repeated((repeated - 1) * max(len(cells), 1))
                self._merged.fill(number, cells, remarks)
                found = tuple(cells), tuple(remarks)
                for each in range(number, number + repeated):
                    yield row_of((each, *found, None))
            number += repeated

    def _cells(self, row: Any, number: int, remarks: CellRemarks) -> list[str]:
        cells: list[str] = []
        column = 0
        row_style = attribute(row, "default-cell-style-name")
        for cell in row.iterchildren(*_CELLS):
            attributes = dict(cell.items())
            repeated = _count(attributes.get(_REPEATED))
            if VALUE_TYPE in attributes or FORMULA in attributes or len(cell):
                if column + repeated > MAX_COLUMNS:
                    remarks.add(None, "a cell stands beyond the last column; it is left out", "".join(cell.itertext()))
                    break
                text = plain_text(cell, attributes)
                if text is None:
                    style = attributes.get(_STYLE) or row_style
                    if not style and column < len(self.column_styles):
                        style = self.column_styles[column]
                    text = cell_text(cell, column, self.styles, style, remarks)
                if text:
                    self._put(cells, column, text, repeated)
                    width, height = map(_count, map(attributes.get, _SPANS))
                    if width > 1 or height > 1:
                        last = min(column + width, MAX_COLUMNS) - 1
                        self._open_merged(Area(number, number + height - 1, column, last), text, remarks)
            column += repeated
        return cells

    def _put(self, cells: list[str], column: int, text: str, repeated: int) -> None:
        if repeated == 1 and column == len(cells):
            cells.append(text)
            return
        self._count_repeated(repeated - 1)
        self._empty_cells += column - len(cells)
        if self._empty_cells > MAX_EMPTY_CELLS:
            raise SourceError(
                f"the rows of a sheet skip over {MAX_EMPTY_CELLS:,} cells; it is read no further",
                todo="a sheet whose cells stand side by side",
            )
        cells += [""] * (column - len(cells))
        cells += [text] * repeated

    def _count_repeated(self, count: int) -> None:
        self._repeated_cells += count
        if self._repeated_cells > MAX_REPEATED_CELLS:
            raise SourceError(
                f"a sheet repeats cells over {MAX_REPEATED_CELLS:,} times; it is read no further",
                todo="a sheet without cells that are filled to its end",
            )

    def _open_merged(self, area: Area, text: str, remarks: CellRemarks) -> None:
        self._merged.open(area, text)
        if not self._is_told:
            self._is_told = True
            remarks.add(
                area.first_column,
                "cells are merged in this sheet; each of them has the text of the first",
                str(area),
                ONE_CELL,
            )


def _count(text: str | None) -> int:
    """Count in an attribute; 1 where there is none."""
    if text is None:
        return 1
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
