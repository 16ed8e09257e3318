"""Row source of Excel workbooks (xlsx, xlsm), transitional and strict (ISO/IEC 29500).

No library gives the text that a person sees: they make floating point of numbers, or drop errors, formats and comments
(D-192). So the cells' own XML is read, row by row.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import Any

from kg.errors import SourceError
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.table import Remark, Sheet, TableRow, column_letter
from kg.records.readers.tables.workbooks.findings import CellRemarks, chosen_sheets, guarded, hidden_columns, rejection
from kg.records.readers.tables.workbooks.merged_cells import MAX_COLUMNS, column_index
from kg.records.readers.tables.workbooks.package import Package
from kg.records.readers.tables.workbooks.shared_strings import SharedStrings
from kg.records.readers.tables.workbooks.xlsx_cells import TRUE, CellTexts, whole_number
from kg.records.readers.tables.workbooks.xlsx_parts import (
    CellSurroundings,
    SheetEntry,
    Workbook,
    surroundings,
    workbook,
)
from kg.records.readers.tables.workbooks.xml_stream import attribute, elements, local

MAX_EMPTY_CELLS = 20_000_000
"""Maximum number of cells that a sheet's rows skip in front of a cell, together."""

_DIGITS = "0123456789"


def sheets(source: SourceFile) -> Iterator[Sheet | Remark]:
    """Yield the sheets of a workbook.

    Raises:
        OSError: where the file can't be opened.
    """
    faults: list[SourceError] = []
    try:
        with ExitStack() as stack:
            package = stack.enter_context(Package(source.path))
            parts = workbook(package)
            strings = stack.enter_context(SharedStrings(package, parts.shared_strings))
            chosen, remarks = chosen_sheets(
                [(each.name, each.is_hidden) for each in parts.sheets], source.settings.sheet
            )
            yield from remarks
            for index in chosen:
                yield from _sheet(package, parts, strings, parts.sheets[index], faults)
                if faults:
                    break
    except SourceError as fault:
        faults.append(fault)
    yield from map(rejection, faults)


def _sheet(
    package: Package, parts: Workbook, strings: SharedStrings, entry: SheetEntry, faults: list[SourceError]
) -> Iterator[Sheet | Remark]:
    if entry.kind != "worksheet":
        yield Remark(f"the sheet has no cells: it is a {entry.kind}, and is left out", entry.name)
        return
    if not entry.part:
        yield Remark(
            f"the file is damaged: the cells of the sheet {entry.name} are missing from it",
            expected="a workbook that its program opens: save it once more",
            severity="rejected",
        )
        return
    around = surroundings(package, entry.part)
    chunks = package.chunks(entry.part)
    events = elements(chunks, ["col", "row", "sheetData"], entry.part)
    hidden: list[tuple[int, int]] = []
    first = None
    for element in events:
        name = local(element)
        if name != "col":
            first = element
            break
        if attribute(element, "hidden").lower() in TRUE:
            hidden.append((whole_number(attribute(element, "min")), whole_number(attribute(element, "max"))))
    remarks = [*_hidden_columns(hidden), *around.merged.remarks()]
    around.merged.start()
    rows = _XlsxRows(CellTexts(parts.formats, strings), around)
    elements_of_rows = takewhile(
        lambda each: local(each) != "sheetData", chain([] if first is None else [first], events)
    )
    yield Sheet(entry.name, guarded(_to_end(rows.read(elements_of_rows), chunks), faults), None, tuple(remarks))


def _to_end(rows: Iterator[TableRow], chunks: Iterator[bytes]) -> Iterator[TableRow]:
    """Rows, and after them the rest of the part, whose check sum tells of damage."""
    yield from rows
    for _ in chunks:
        pass


def _hidden_columns(ranges: list[tuple[int, int]]) -> Iterator[Remark]:
    """Remark on hidden columns, which are read like others."""
    shown = [
        column_letter(first - 1) + (f" to {column_letter(min(last, MAX_COLUMNS) - 1)}" if last > first else "")
        for first, last in ranges
        if 0 < first <= MAX_COLUMNS
    ]
    if shown:
        yield hidden_columns(", ".join(shown[:20]))


@dataclass(slots=True)
class _XlsxRows:
    """Reader of the rows of a sheet."""

    texts: CellTexts
    around: CellSurroundings
    _columns: dict[str, int | None] = field(default_factory=dict)
    _empty_cells: int = 0

    def read(self, rows: Iterator[Any]) -> Iterator[TableRow]:
        """Yield each row with a text of its own."""
        number = 0
        for row in rows:
            number = whole_number(row.get("r") or "") or number + 1
            remarks = CellRemarks()
            cells = self._cells(row, remarks)
            self._add_surroundings(number, cells, remarks)
            if not any(cells) and not remarks:
                continue
            if attribute(row, "hidden") in TRUE:
                remarks.hidden_row()
            self.around.merged.fill(number, cells, remarks)
            yield TableRow(number, tuple(cells), tuple(remarks))

    def _cells(self, row: Any, remarks: CellRemarks) -> list[str]:
        """Texts of the cells of a row."""
        columns = self._columns
        cells: list[str] = []
        count = 0
        for cell in row:
            reference = cell.get("r")
            if reference:
                letters = reference.rstrip(_DIGITS)
                try:
                    column = columns[letters]
                except KeyError:
                    column = columns[letters] = column_index(letters)
            else:
                column = count
            if column is None or column >= MAX_COLUMNS:
                remarks.add(None, f"a cell stands beyond the last column, {reference}; it is left out", _value(cell))
                continue
            count = column + 1
            if not len(cell):  # # its truth says something else
                continue
            text = self.texts.text(cell, column, remarks)
            if not text:
                continue
            if column == len(cells):
                cells.append(text)
            elif column < len(cells):
                cells[column] = text
            else:
                self._skip(column - len(cells))
                cells += [""] * (column - len(cells))
                cells.append(text)
        return cells

    def _skip(self, count: int) -> None:
        self._empty_cells += count
        if self._empty_cells > MAX_EMPTY_CELLS:
            raise SourceError(
                f"the rows of a sheet skip over {MAX_EMPTY_CELLS:,} cells; it is read no further",
                todo="a sheet whose cells stand side by side",
            )

    def _add_surroundings(self, row: int, cells: list[str], remarks: CellRemarks) -> None:
        """Tell the comments and links of a row's cells."""
        for column, texts in self.around.comments.pop(row, {}).items():
            for text in texts:
                remarks.comment(column, text)
        for column, address in self.around.links.pop(row, {}).items():
            remarks.link(column, address, cells[column] if column < len(cells) else "")


def _value(cell: Any) -> str:
    return "".join(cell.itertext())
