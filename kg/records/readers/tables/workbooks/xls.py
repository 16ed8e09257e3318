"""Row source of Excel workbooks before 2007 (xls), by xlrd, which keeps formats, notes and merged cells."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import xlrd

from kg.errors import SourceError
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.table import Remark, Sheet, TableRow, column_letter
from kg.records.readers.tables.workbooks.findings import CellRemarks, chosen_sheets, guarded, hidden_columns, rejection
from kg.records.readers.tables.workbooks.formats.number_formats import GENERAL, NumberFormat
from kg.records.readers.tables.workbooks.merged_cells import Area, MergedCells
from kg.records.readers.tables.workbooks.package import CHUNK_BYTES

MAX_BYTES = 48 << 20
"""Maximum size of a file, which is held in memory with all its cells, at some ten times its size."""

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of a compound file: documents of Office before 2007, and later ones with a password."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WHOLE = "the workbook saved as xlsx by its program"
_UNICODE_VERSION = 80
"""Version of the format, times ten, from which on texts are Unicode."""


def sheets(source: SourceFile) -> Iterator[Sheet | Remark]:
    """Yield the sheets of a workbook.

    Raises:
        OSError: where the file can't be opened.
    """
    faults: list[SourceError] = []
    try:
        book = _open(source)
        try:
            yield from _sheets(source, book, faults)
        finally:
            book.release_resources()
    except SourceError as fault:
        faults.append(fault)
    yield from map(rejection, faults)


def _open(source: SourceFile) -> Any:
    """Open workbook. Raises SourceError, OSError."""
    size = source.path.stat().st_size
    with source.path.open("rb") as file:
        tail = b""
        while chunk := file.read(CHUNK_BYTES):
            if _ENCRYPTED in tail + chunk:
                raise SourceError(
                    "the workbook can be read with a password alone", todo="a workbook saved without a password"
                )
            tail = chunk[-len(_ENCRYPTED) :]
    if size > MAX_BYTES:
        raise SourceError(f"the workbook is larger than {MAX_BYTES >> 20} MB", todo=_WHOLE)
    encoding = source.settings.encoding or None
    try:
        return xlrd.open_workbook(
            str(source.path), StringIO(), on_demand=True, formatting_info=True, ragged_rows=True,
            encoding_override=encoding,
        )  # fmt: skip
    except OSError:
        raise
    except Exception as fault:  # noqa: BLE001  # xlrd raises whatever damaged bytes lead to
        if "encrypted" in str(fault):
            raise SourceError("the workbook can be read with a password alone", todo=_WHOLE) from None
        raise _damaged("its list of sheets", fault) from None


def _damaged(what: str, fault: Exception) -> SourceError:
    return SourceError(
        f"the file is damaged: {what} can't be read ({str(fault)[:80] or type(fault).__name__})", todo=_WHOLE
    )


def _sheets(source: SourceFile, book: Any, faults: list[SourceError]) -> Iterator[Sheet | Remark]:
    if book.biff_version < _UNICODE_VERSION and not book.codepage and not source.settings.encoding:
        yield Remark(
            "the workbook does not say in which encoding its texts are; they are read as ISO 8859-1",
            expected='encoding = "cp1251" in kg.toml, say',
        )
    formats = _Formats(book)
    names = book.sheet_names()
    hidden = _hidden_sheets(book, len(names))
    chosen, remarks = chosen_sheets(list(zip(names, hidden, strict=True)), source.settings.sheet)
    yield from remarks
    for index in chosen:
        try:
            sheet = book.sheet_by_index(index)
        except Exception as fault:  # noqa: BLE001  # xlrd raises whatever damaged bytes lead to
            faults.append(_damaged(f"the sheet {names[index]}", fault))
            return
        merged = MergedCells(
            [
                Area(top + 1, bottom, left, right - 1)
                for top, bottom, left, right in sheet.merged_cells
                if top < bottom and left < right and (bottom - top, right - left) != (1, 1)
            ]
        )
        remarks = [*_hidden_columns(sheet), *merged.remarks()]
        merged.start()
        yield Sheet(names[index], guarded(_XlsRows(book, sheet, formats, merged).read(), faults), None, tuple(remarks))
        book.unload_sheet(index)
        if faults:
            return


def _hidden_sheets(book: Any, count: int) -> list[bool]:
    """Whether each sheet is hidden; xlrd has this in the list of sheets, before it reads them."""
    visibility = list(getattr(book, "_sheet_visibility", []))
    return [bool(each) for each in (visibility + [0] * count)[:count]]


def _hidden_columns(sheet: Any) -> Iterator[Remark]:
    hidden = [
        column_letter(index) for index, each in sorted(sheet.colinfo_map.items()) if each.hidden and index < sheet.ncols
    ]
    if hidden:
        yield hidden_columns(", ".join(hidden[:20]))


@dataclass(slots=True)
class _Formats:
    """Number formats of a workbook, by the number of a cell's style."""

    book: Any
    _made: dict[int, NumberFormat] = field(default_factory=dict)

    def of(self, style: int) -> NumberFormat:
        made = self._made.get(style)
        if made is None:
            code = GENERAL
            with suppress(IndexError, KeyError, TypeError):
                code = self.book.format_map[self.book.xf_list[style].format_key].format_str
            made = self._made[style] = NumberFormat(code, self.book.datemode == 1)
        return made


@dataclass(slots=True)
class _XlsRows:
    """Reader of the rows of a sheet."""

    book: Any
    sheet: Any
    formats: _Formats
    merged: MergedCells

    def read(self) -> Iterator[TableRow]:
        """Yield each row with a text of its own."""
        notes: dict[int, dict[int, str]] = {}
        for (row, column), note in self.sheet.cell_note_map.items():
            notes.setdefault(row, {})[column] = note.text.strip()
        links: dict[int, dict[int, str]] = {}
        for (row, column), link in self.sheet.hyperlink_map.items():
            links.setdefault(row, {})[column] = link.url_or_path or ""
        for row in range(self.sheet.nrows):
            remarks = CellRemarks()
            try:
                cells = self._cells(row, remarks)
            except Exception as fault:  # noqa: BLE001  # as above
                raise _damaged(f"row {row + 1} of the sheet {self.sheet.name}", fault) from None
            for column, text in notes.get(row, {}).items():
                remarks.comment(column, text)
            for column, address in links.get(row, {}).items():
                if address:
                    remarks.link(column, str(address), cells[column] if column < len(cells) else "")
            if not any(cells) and not remarks:
                continue
            information = self.sheet.rowinfo_map.get(row)
            if information and information.hidden:
                remarks.hidden_row()
            self.merged.fill(row + 1, cells, remarks)
            yield TableRow(row + 1, tuple(cells), tuple(remarks))

    def _cells(self, row: int, remarks: CellRemarks) -> list[str]:
        values, kinds = self.sheet.row_values(row), self.sheet.row_types(row)
        cells: list[str] = []
        for column, (value, kind) in enumerate(zip(values, kinds, strict=True)):
            if kind in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
                cells.append(self._number(row, column, value, remarks))
            elif kind == xlrd.XL_CELL_TEXT:
                text = value.replace("\r\n", "\n").replace("\r", "\n")
                cells.append(self.formats.of(self.sheet.cell_xf_index(row, column)).of_text(text))
            elif kind == xlrd.XL_CELL_BOOLEAN:
                cells.append("TRUE" if value else "FALSE")
            elif kind == xlrd.XL_CELL_ERROR:
                text = xlrd.error_text_from_code.get(value, f"#ERROR {value}")
                remarks.error_value(column, text)
                cells.append(text)
            else:
                cells.append("")
        while cells and not cells[-1]:
            cells.pop()
        return cells

    def _number(self, row: int, column: int, value: float, remarks: CellRemarks) -> str:
        raw = str(int(value)) if value == int(value) and abs(value) < 10.0**16 else repr(value)
        cell = self.formats.of(self.sheet.cell_xf_index(row, column)).of_number(raw, is_computed=True)
        if cell is None:
            remarks.add(column, "is no number, as the file says it is; kept as it stands", raw)
            return raw
        remarks.of_cell_text(column, cell)
        return cell.text
