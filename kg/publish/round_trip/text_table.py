"""Edits of a table as text: cells are added to its rows, and every other byte stays as it is.

The row source of the reader tells which lines are a row and how many cells it has, so that both take a mark that is not
closed for the same. Bytes are carried as Latin-1, which has a character for each, so that no encoding is gone through
twice.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, TextIO

from kg.errors import SourceError
from kg.publish.round_trip.edits import Cells, SheetEdits
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.table import TableRow
from kg.records.readers.tables.text import text_rows
from kg.records.readers.tables.text.dialects import Dialect, written_cells
from kg.render.data.spreadsheet import cell as defused

_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""Byte order mark → the encoding behind it; a mark that another one begins with comes after that."""

_PIECE = 1 << 20
_WHITE = re.compile(r"\s+")
_ASCII = "".join(map(chr, range(128)))


class _Carried(NamedTuple):
    """Form of a table in the characters that carry its bytes.

    Attributes:
        bom: its byte order mark.
        encoding: its encoding.
        codec: the codec that carries it.
        delimiter: what stands between two cells.
        quote: the mark around a cell; empty for none.
    """

    bom: bytes
    encoding: str
    codec: str
    delimiter: str
    quote: str

    @property
    def errors(self) -> str:
        """How the codec takes what it can't read."""
        return "surrogatepass" if self.codec.startswith("utf") else "strict"

    def field(self, text: str, *, is_plain: bool) -> str:
        """Cell on one line, quoted where it has to be; characters that the encoding lacks as references to them.

        Args:
            text: the text.
            is_plain: whether a quotation mark would be misread in this row; then a blank stands in its place.
        """
        line = str(defused(_WHITE.sub(" ", text).strip()))
        field = line.encode(self.encoding, "xmlcharrefreplace").decode(self.codec, self.errors)
        if is_plain or not self.quote:
            for sign in (self.delimiter, self.quote, "\\"):
                field = field.replace(sign, " ") if sign else field
            return _WHITE.sub(" ", field).strip()
        if self.delimiter in field or self.quote in field:
            return f"{self.quote}{field.replace(self.quote, self.quote * 2)}{self.quote}"
        return field


def width(rows: Iterable[TableRow]) -> int:
    """Return the number of columns up to the last one that has content in any row."""
    widest = 0
    for row in rows:
        count = len(row.cells)
        while count > widest and not row.cells[count - 1].strip():
            count -= 1
        widest = max(widest, count)
    return widest


def write(source: SourceFile, out: BinaryIO, edits: SheetEdits) -> None:
    """Write a table with its edits.

    Args:
        source: the file.
        out: receives the edited table.
        edits: the cells to be added, their columns placed.

    Raises:
        SourceError: the table was changed while it was read, or has no row of headings.
    """
    form = text_rows.form_of(source)
    if form.headings is not None:
        what = "has no row of headings but in the metadata beside it, so that columns of kg would be taken for data"
        raise SourceError(what, where=source.name, todo="Put a row with the headings above the others.")
    with source.path.open("rb") as binary:
        carried = _carried(binary, form.encoding.name.removesuffix("-sig"), form.dialect)
        text = io.TextIOWrapper(binary, carried.codec, carried.errors, newline="")
        writer = _Writer(text, out, carried, form.dialect)
        out.write(carried.bom)
        writer.copy(form.dialect.skipped)
        number = 1
        for row in form.rows():
            writer.copy_blank(row.number - number)
            lines = len((row.raw or b"").splitlines()) or 1
            if (cells := edits.cells(row.number)) is None:
                writer.copy(lines)
            else:
                writer.edit(lines, row, cells)
            number = row.number + 1
        writer.copy(None)


def _carried(binary: BinaryIO, encoding: str, dialect: Dialect) -> _Carried:
    """Form of a file, which is open behind its byte order mark then."""
    head = binary.read(4)
    bom = next((mark for mark in _BOMS if head.startswith(mark)), b"")
    binary.seek(len(bom))
    encoding = _BOMS.get(bom, encoding)
    codec = "latin-1" if _ASCII.encode(encoding, "replace") == _ASCII.encode() else encoding
    errors = "surrogatepass" if codec.startswith("utf") else "strict"
    delimiter, quote = (
        each.encode(encoding, "replace").decode(codec, errors) for each in (dialect.delimiter, dialect.quote)
    )
    return _Carried(bom, encoding, codec, delimiter, quote)


@dataclass(slots=True)
class _Writer:
    """Writer of the lines of a table."""

    text: TextIO
    out: BinaryIO
    carried: _Carried
    dialect: Dialect
    _waiting: str = ""

    def copy_blank(self, rows: int) -> None:
        """Copy so many blank rows of a line each, and the comments before and behind them."""
        comment = self.dialect.comment
        while rows or comment:
            self._waiting = self._line()
            if comment and self._waiting.startswith(comment):
                self.copy(1)
            elif rows and self._waiting:
                self.copy(1)
                rows -= 1
            else:
                break

    def copy(self, lines: int | None) -> None:
        """Copy so many lines, or all that are left."""
        while lines is None or lines > 0:
            piece = self._line()
            if not piece:
                break
            self._write(piece)
            if lines is not None and piece.endswith(("\n", "\r")):
                lines -= 1

    def edit(self, lines: int, row: TableRow, cells: Cells) -> None:
        """Copy the lines of a row with its edits; what lacks before an added cell is empty."""
        written = "".join(self._whole_line() for _ in range(lines))
        body = written.rstrip("\r\n")
        fields = self._fields(body)
        if len(fields) != max(len(row.cells), 1):
            raise SourceError("changed while it was read, or is in a form that can't be edited", todo="Try again.")
        is_plain = self._is_odd(body)
        for column, text in sorted(cells.items()):
            field = self.carried.field(text, is_plain=is_plain)
            if column < len(fields):
                fields[column] = field
            else:
                fields += [""] * (column - len(fields))
                fields.append(field)
        self._write(self.carried.delimiter.join(fields) + written[len(body) :])

    def _fields(self, body: str) -> list[str]:
        """Cells of a row as they are written."""
        carried, escape = self.carried, self.dialect.escape
        if escape and escape in body:
            return _escaped_cells(body, carried.delimiter, carried.quote, escape)
        if not carried.quote or carried.quote not in body:
            return body.split(carried.delimiter)
        return written_cells(body, carried.delimiter, carried.quote)

    def _is_odd(self, body: str) -> bool:
        """Whether quotation marks of a row are not as they should be."""
        carried = self.carried
        if self.dialect.escape:
            return True
        if not carried.quote or carried.quote not in body:
            return False
        try:
            next(
                csv.reader(
                    io.StringIO(body, newline=""), delimiter=carried.delimiter, quotechar=carried.quote, strict=True
                )
            )
        except (csv.Error, StopIteration):
            return True
        return False

    def _line(self) -> str:
        """Next line with its end, or a piece of one that is long; empty at the end of the file."""
        if self._waiting:
            piece, self._waiting = self._waiting, ""
            return piece
        piece = self.text.readline(_PIECE)
        if len(piece) == _PIECE and piece.endswith("\r"):  # the end may go on with a line feed
            piece += self.text.readline(1)
        return piece

    def _whole_line(self) -> str:
        pieces = [self._line()]
        while pieces[-1] and not pieces[-1].endswith(("\n", "\r")):
            pieces.append(self._line())
        return "".join(pieces)

    def _write(self, text: str) -> None:
        self.out.write(text.encode(self.carried.codec, self.carried.errors))


def _escaped_cells(body: str, delimiter: str, quote: str, escape: str) -> list[str]:
    """Cells of a row as they are written, where a sign makes the next one a part of the text."""
    cells: list[str] = []
    begin, inside, is_escaped = 0, False, False
    for place, sign in enumerate(body):
        if is_escaped:
            is_escaped = False
        elif sign == escape:
            is_escaped = True
        elif sign == quote and (inside or place == begin):
            inside = not inside
        elif sign == delimiter and not inside:
            cells.append(body[begin:place])
            begin = place + 1
    return [*cells, body[begin:]]
