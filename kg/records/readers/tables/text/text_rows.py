"""Row source of tables as text: CSV, TSV, and the same with other delimiters, streamed.

Python's own parser reads rows as long as they are well-formed (RFC 4180). Where a quotation mark is not closed, or
closed within a cell, the row is read line by line instead, so that no mark swallows the rows after it; that is told.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from kg.records.readers.base import SourceFile
from kg.records.readers.tables.table import Remark, Sheet, TableRow
from kg.records.readers.tables.text import dialects, encodings
from kg.records.readers.tables.text.dialects import Dialect
from kg.records.readers.tables.text.encodings import TextEncoding

MAX_ROW = 16 << 20
"""Maximum length of a row in characters; a longer one is left out."""

MAX_COLUMNS = 16_384
"""Maximum number of cells in a row, as in spreadsheet programs; a row with more is left out."""

_HEAD = 1 << 16
_FREE_RESCANS = 4 * MAX_ROW
"""Characters that may be read again after marks that were not closed, beside as many as were read once."""

_NO_TEXT = re.compile("[\udc80-\udcff]+")
_FORMULA = re.compile(r'="(.*)"')
_QUOTES = 'a cell in quotation marks, and a mark within it doubled: "He said ""no"""'


def sheets(source: SourceFile) -> Iterator[Sheet | Remark]:
    """Return the one table of a text file. Raises OSError for a file that can't be read."""
    settings = source.settings
    encoding = encodings.find(source.path, settings.encoding)
    with source.path.open("rb") as binary:
        file = io.TextIOWrapper(binary, encoding.name, encoding.errors, newline="")
        head = file.read(_HEAD)
    dialect = dialects.find(head, settings.delimiter, is_whole=len(head) < _HEAD)
    yield Sheet("", _TextRows(source, encoding, dialect).rows(), remarks=encoding.remarks)


class _RowTooLong(Exception):
    """Row over the bound; the lines taken so far stay with the feed."""


class _LineFeed:
    """Feed of lines to the parser, of which those of a row can be given back.

    Attributes:
        lines: the lines of the row under way.
        rescanned: characters that were given back so far.
        length: characters that were read so far.
    """

    def __init__(self, file: Any) -> None:
        self._file = file
        self._given_back: deque[str] = deque()
        self._size = 0
        self.lines: list[str] = []
        self.rescanned = self.length = 0

    def __iter__(self) -> "_LineFeed":
        return self

    def __next__(self) -> str:
        if self._given_back:
            line = self._given_back.popleft()
        else:
            line = self._file.readline(MAX_ROW + 1)
            self.length += len(line)
        if not line:
            raise StopIteration
        self.lines.append(line)
        self._size += len(line)
        if self._size > MAX_ROW:
            raise _RowTooLong
        return line

    def begin(self) -> None:
        """Begin a row."""
        self.lines = []
        self._size = 0

    def give_back(self) -> str:
        """Give back all lines of the row but the first, which is returned."""
        first, *others = self.lines
        self._given_back.extendleft(reversed(others))
        self.rescanned += sum(map(len, others))
        return first

    @property
    def is_spent(self) -> bool:
        """Whether so much was given back that lines are read one by one from now on."""
        return self.rescanned > self.length + _FREE_RESCANS

    def skip_line(self) -> int:
        """Pass over the rest of a line that is too long, and return its length."""
        skipped = 0
        while (piece := self._file.readline(1 << 20)) and not piece.endswith(("\n", "\r")):
            skipped += len(piece)
        return skipped + len(piece)


class _TextRows:
    """Rows of a text."""

    def __init__(self, source: SourceFile, encoding: TextEncoding, dialect: Dialect) -> None:
        self._source = source
        self._encoding = encoding
        self._dialect = dialect
        self._line = self._number = 0

    def rows(self) -> Iterator[TableRow]:
        """Read the rows; blank ones are counted and left out."""
        csv.field_size_limit(MAX_ROW + 1)
        with self._source.path.open("rb") as binary:
            file = io.TextIOWrapper(binary, self._encoding.name, self._encoding.errors, newline="")
            feed = _LineFeed(file)
            for _ in range(self._dialect.skipped):
                self._line += 1
                next(feed, "")
            yield from self._rows(feed)

    def _rows(self, feed: _LineFeed) -> Iterator[TableRow]:
        dialect = self._dialect
        reader = csv.reader(feed, delimiter=dialect.delimiter, quotechar=dialect.quote or None, strict=True,
                            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
                            doublequote=not dialect.escape, escapechar=dialect.escape or None)  # fmt: skip
        width = dialect.width
        while True:
            feed.begin()
            remarks: tuple[Remark, ...] = ()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _RowTooLong) as fault:
                cells, remarks = self._recovered(feed, fault)
            self._number += 1
            lines = feed.lines
            self._line += len(lines)
            if not any(cells) and not remarks:
                continue
            if feed.is_spent and len(lines) > 1:  # too many marks that nothing closes
                cells, remarks = self._literal(feed)
            written = lines[0] if len(lines) == 1 else "".join(lines)
            if len(cells) != width:
                remarks += self._width_remarks(cells)
            if not written.isascii() and (wrong := _NO_TEXT.search(written)):
                remarks += (self._encoding_remark(wrong[0]),)
                cells = [_NO_TEXT.sub(self._mended, cell) for cell in cells]
            if '="' in written:
                cells = [_FORMULA.sub(r"\1", cell) if cell.startswith('="') else cell for cell in cells]
            yield TableRow(self._number, tuple(cells), remarks, self._raw(written))

    def _recovered(self, feed: _LineFeed, fault: Exception) -> tuple[list[str], tuple[Remark, ...]]:
        """Cells of the first line of a row that is not well-formed, or is too long; the other lines are read again."""
        if len(feed.lines) == 1 and isinstance(fault, _RowTooLong):
            length = len(feed.lines[0]) + feed.skip_line()
            message = f"line {self._line + 1} has {length:,} characters, and at most {MAX_ROW:,} are read"
            return [], (Remark(message, feed.lines[0][:200], "a shorter row", severity="rejected"),)
        return self._literal(feed)

    def _literal(self, feed: _LineFeed) -> tuple[list[str], tuple[Remark, ...]]:
        is_open = len(feed.lines) > 1
        line = feed.give_back().rstrip("\r\n")
        feed.lines = [feed.lines[0]]
        cells = dialects.lenient_cells(line, self._dialect.delimiter, self._dialect.quote)
        what = "is not closed" if is_open else "stands within a cell"
        message = f"a quotation mark in line {self._line + 1} {what}; the line is read as it stands"
        return cells, (Remark(message, line[:200], _QUOTES),)

    def _width_remarks(self, cells: list[str]) -> tuple[Remark, ...]:
        count, width = len(cells), self._dialect.width
        if count > MAX_COLUMNS:
            message = f"has {count:,} cells, and at most {MAX_COLUMNS:,} are read"
            return (Remark(message, "", "fewer columns", severity="rejected"),)
        if count < width:
            message = f"has {count} cells where most rows have {width}; the others are taken for empty"
            return (Remark(message, self._dialect.delimiter.join(cells), f"{width} cells"),)
        if any(cell.strip() for cell in cells[width:]):
            message = f"has {count} cells where most rows have {width}"
            return (Remark(message, self._dialect.delimiter.join(cells), f"{width} cells"),)
        return ()

    def _encoding_remark(self, wrong: str) -> Remark:
        name = self._encoding.name.removesuffix("-sig")
        mended = _NO_TEXT.sub(self._mended, wrong)
        message = f"bytes that are no {name.upper()}; read as {mended!r} of cp1252"
        shown = " ".join(f"0x{ord(sign) - 0xDC00:02x}" for sign in wrong)
        return Remark(message, shown, name.upper(), severity="repaired")

    @staticmethod
    def _mended(wrong: re.Match[str]) -> str:
        return wrong[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")

    def _raw(self, written: str) -> bytes:
        if self._encoding.errors == "replace":
            return written.encode("utf-8", "replace")
        return written.encode(self._encoding.name.removesuffix("-sig"), "surrogateescape")
