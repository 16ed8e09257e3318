"""Row source of tables as text: CSV, TSV, and the same with other delimiters, streamed.

Python's own parser reads rows as long as they are well-formed (RFC 4180). Where a quotation mark is not closed, or
closed within a cell, the first line of the row is read alone instead, so that no mark swallows the rows after it; that
is told.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kg.records.readers.base import SourceFile
from kg.records.readers.tables.csvw_metadata import description_of
from kg.records.readers.tables.table import Remark, Sheet, TableRow
from kg.records.readers.tables.text import dialects, encodings
from kg.records.readers.tables.text.dialects import Dialect
from kg.records.readers.tables.text.encodings import TextEncoding
from kg.records.readers.tables.text.line_feed import MAX_ROW, LineFeed, RowTooLong
from kg.records.readers.tables.text.line_pieces import LinePieces, Written

MAX_COLUMNS = 16_384
"""Maximum number of cells in a row, as in spreadsheet programs; a row with more is left out."""

_HEAD = 1 << 16
_NOT_DECODED = re.compile("[\udc80-\udcff]+")
_FORMULA = re.compile(r'="(.*)"')
_QUOTES = 'a cell in quotation marks, and a mark within it doubled: "He said ""no"""'
_ALL_OF_ASCII = bytes(range(128))

_Parsed = tuple[list[str], tuple[Remark, ...]]
"""Cells of a row, and what is to be told of them."""


def sheets(source: SourceFile) -> Iterator[Sheet | Remark]:
    """Return the one table of a text file. Raises OSError for a file that can't be read."""
    form = form_of(source)
    yield Sheet("", form.rows(), form.headings, form.encoding.remarks)


@dataclass(frozen=True, slots=True)
class TextForm:
    """Form of a table as text.

    Attributes:
        source: its file.
        encoding: its encoding.
        dialect: its dialect.
        headings: its headings, where the metadata beside it has them; else None.
    """

    source: SourceFile
    encoding: TextEncoding
    dialect: Dialect
    headings: tuple[str, ...] | None

    def rows(self) -> Iterator[TableRow]:
        """Read the rows; blank ones are counted and left out."""
        return _TextRows(self.source, self.encoding, self.dialect).rows()


def form_of(source: SourceFile) -> TextForm:
    """Return the form of a text file. Raises OSError for a file that can't be read."""
    settings, description = source.settings, description_of(source)
    encoding = encodings.find(source.path, settings.encoding or description.encoding)
    with source.path.open("rb") as binary:
        file = io.TextIOWrapper(binary, encoding.name, encoding.errors, newline="")
        head = file.read(_HEAD)
    is_whole = len(head) < _HEAD
    delimiter = settings.delimiter or description.delimiter
    dialect = dialects.find(head, delimiter, description.dialect, is_whole=is_whole)
    return TextForm(source, encoding, dialect, description.headings or None)


class _TextRows:
    """Rows of a text."""

    def __init__(self, source: SourceFile, encoding: TextEncoding, dialect: Dialect) -> None:
        self._source = source
        self._encoding = encoding
        self._dialect = dialect
        is_wide = encoding.errors == "replace"
        self._raw_codec = ("utf-8", "replace") if is_wide else (encoding.name.removesuffix("-sig"), "surrogateescape")
        self._is_like_ascii = _ALL_OF_ASCII.decode(self._raw_codec[0], "replace").encode() == _ALL_OF_ASCII
        self._line = self._number = 0

    def rows(self) -> Iterator[TableRow]:
        """Read the rows; blank ones are counted and left out."""
        csv.field_size_limit(MAX_ROW + 1)
        with self._source.path.open("rb") as binary:
            file = io.TextIOWrapper(binary, self._encoding.name, self._encoding.errors, newline="")
            feed = LineFeed(file)
            for _ in range(self._dialect.skipped):
                self._line += len(next(feed.stream(), "")) and 1
            feed.taken.clear()
            yield from self._rows(feed)

    def _rows(self, feed: LineFeed) -> Iterator[TableRow]:
        """Rows of pieces of lines, as long as these are well-formed; of single lines where they are not."""
        pieces = LinePieces(self._parser, self._dialect.width)
        while not feed.is_at_end:
            lines = feed.take_piece() if self._takes_pieces(feed) else []
            written = self._written(lines) if lines else None
            rows = pieces.rows(lines) if written else None
            if rows is None or written is None:
                feed.give_back_all(lines)
                yield from self._single_rows(feed)
            else:
                self._line += len(lines)
                first, self._number = self._number + 1, self._number + len(rows)
                yield from pieces.table_rows(rows, lines, first, written)

    def _takes_pieces(self, feed: LineFeed) -> bool:
        return not (self._dialect.comment or feed.is_spent or feed.has_pending)

    def _written(self, lines: list[str]) -> Written | None:
        """Function that gives the bytes of a row; None where something in the lines is to be read otherwise."""
        text = "".join(lines)
        if '="' in text:
            return None
        if text.isascii():
            return str.encode if self._is_like_ascii else self._bytes
        return None if self._has_faults(text) else self._bytes

    def _has_faults(self, text: str) -> bool:
        """Whether bytes of a text are not of its encoding."""
        try:
            text.encode()  # quicker than a search for what stands for such bytes
        except UnicodeEncodeError:
            return _NOT_DECODED.search(text) is not None
        return self._encoding.errors == "replace" and "\ufffd" in text

    def _bytes(self, text: str) -> bytes:
        """Bytes of a text as it stood in the file."""
        return text.encode(*self._raw_codec)

    def _single_rows(self, feed: LineFeed) -> Iterator[TableRow]:
        """Rows one by one, until all lines that were given back are read: at least one, if there is any."""
        taken, width = feed.taken, self._dialect.width
        parser = self._parser(self._stream(feed))
        while True:
            remarks: tuple[Remark, ...] = ()
            try:
                cells = next(parser)
            except StopIteration:
                return
            except (csv.Error, RowTooLong) as fault:
                cells, remarks = self._recovered(feed, fault)
                parser = self._single_lines(feed) if feed.is_spent else self._parser(self._stream(feed))
            self._number += 1
            if remarks or len(taken) > 1 or len(cells) != width:
                cells, remarks = self._checked(feed, cells, remarks)
            written = taken[0] if len(taken) == 1 else "".join(taken)
            self._line += len(taken)
            taken.clear()
            if (cells and cells[0].strip()) or remarks or any(map(str.strip, cells)):
                yield self._row(cells, written, remarks)
            if self._takes_pieces(feed):
                return

    def _row(self, cells: list[str], written: str, remarks: tuple[Remark, ...]) -> TableRow:
        """Row of which every sign was looked at."""
        if not written.isascii() and self._has_faults(written):
            cells, remarks = self._decoded(cells, written, remarks)
        if '="' in written:
            cells = [_FORMULA.sub(r"\1", cell) if cell.startswith('="') else cell for cell in cells]
        return TableRow(self._number, tuple(cells), remarks, self._bytes(written))

    def _stream(self, feed: LineFeed) -> Iterator[str]:
        """Lines from the next one of a feed on."""
        lines = feed.stream()
        return self._without_comments(feed, lines, self._dialect.comment) if self._dialect.comment else lines

    def _parser(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Parser of well-formed rows."""
        dialect = self._dialect
        options: dict[str, Any] = {"quoting": csv.QUOTE_NONE}
        if dialect.quote:
            options = {"quotechar": dialect.quote, "doublequote": not dialect.escape}
        return csv.reader(lines, delimiter=dialect.delimiter, escapechar=dialect.escape or None, strict=True, **options)

    def _without_comments(self, feed: LineFeed, lines: Iterator[str], comment: str) -> Iterator[str]:
        """Lines without those that begin as comments do, outside of cells of several lines."""
        for line in lines:
            if len(feed.taken) == 1 and line.startswith(comment):
                feed.taken.clear()
                self._line += 1
            else:
                yield line

    def _single_lines(self, feed: LineFeed) -> Iterator[list[str]]:
        """Rows of a line each, once too many marks were not closed."""
        for line in feed.stream():
            yield dialects.lenient_cells(line.rstrip("\r\n"), self._dialect.delimiter, self._dialect.quote)

    def _recovered(self, feed: LineFeed, fault: Exception) -> _Parsed:
        """Cells of the first line of a row that is not well-formed, or is too long; the others are read again."""
        taken = feed.taken
        if len(taken) == 1 and isinstance(fault, RowTooLong):
            length = len(taken[0]) + feed.skip_line()
            message = f"line {self._line + 1} has {length:,} characters, and at most {MAX_ROW:,} are read"
            remark = Remark(message, taken[0][:200], "a shorter row", severity="rejected")
            taken[0] = taken[0][:200]
            return [], (remark,)
        return self._first_line(feed)

    def _first_line(self, feed: LineFeed) -> _Parsed:
        what = "is not closed" if len(feed.taken) > 1 else "stands within a cell"
        line = feed.give_back().rstrip("\r\n")
        cells = dialects.lenient_cells(line, self._dialect.delimiter, self._dialect.quote)
        message = f"a quotation mark in line {self._line + 1} {what}; the line is read as it stands"
        return cells, (Remark(message, line[:200], _QUOTES),)

    def _checked(self, feed: LineFeed, cells: list[str], remarks: tuple[Remark, ...]) -> _Parsed:
        """Cells of a row of several lines or of another width than most, with what is to be told of that.

        A row of several lines whose first line alone is a whole row was made by a mark that was not meant to be open.
        """
        if len(feed.taken) > 1 and len(cells) != self._dialect.width:
            dialect = self._dialect
            first = dialects.lenient_cells(feed.taken[0].rstrip("\r\n"), dialect.delimiter, dialect.quote)
            if len(first) == dialect.width:
                cells, remarks = self._first_line(feed)
        if len(cells) == self._dialect.width or not any(map(str.strip, cells)):
            return cells, remarks
        return cells, remarks + self._width_remarks(cells)

    def _width_remarks(self, cells: list[str]) -> tuple[Remark, ...]:
        count, width = len(cells), self._dialect.width
        if count > MAX_COLUMNS:
            message = f"has {count:,} cells, and at most {MAX_COLUMNS:,} are read"
            return (Remark(message, "", "fewer columns", severity="rejected"),)
        value = self._dialect.delimiter.join(cells)[:1000]
        if count < width:
            message = f"has {count} cells where most rows have {width}; the others are taken for empty"
            return (Remark(message, value, f"{width} cells"),)
        if any(cell.strip() for cell in cells[width:]):
            return (Remark(f"has {count} cells where most rows have {width}", value, f"{width} cells"),)
        return ()

    def _decoded(self, cells: list[str], written: str, remarks: tuple[Remark, ...]) -> _Parsed:
        """Cells in which bytes outside the encoding are read as those of Windows, which is told."""
        name = self._encoding.name.removesuffix("-sig").upper()
        if self._encoding.errors == "replace":
            message = f"there are bytes that are no {name}; U+FFFD stands in their place"
            return cells, (*remarks, Remark(message, written, name, severity="repaired"))
        wrong = _NOT_DECODED.findall(written)[0]
        shown = " ".join(f"0x{ord(sign) - 0xDC00:02x}" for sign in wrong)
        message = f"there are bytes that are no {name}; read as {_of_windows(wrong)!r} of cp1252"
        cells = [_NOT_DECODED.sub(lambda found: _of_windows(found[0]), cell) for cell in cells]
        return cells, (*remarks, Remark(message, shown, name, severity="repaired"))


def _of_windows(wrong: str) -> str:
    """Characters of Windows for bytes that were not decoded."""
    return wrong.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
