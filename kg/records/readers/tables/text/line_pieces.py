"""Rows of well-formed lines, many at once: parsed by Python's own parser without a look at each (D-206).

A piece of lines is given up as a whole where a row of it asks for more than that: a mark that is not closed, a cell too
many, bytes outside the encoding. Its lines are then read one by one (`text_rows`), with the same rows for those that
are as they should be.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from itertools import count, pairwise, repeat
from operator import itemgetter
from typing import Any

from kg.records.readers.tables.table import Remark, TableRow, row_of

_MAX_WAIT = 32
Written = Callable[[str], bytes]
"""Function that gives the bytes of a text as it stood in the file."""


class LinePieces:
    """Parser of pieces of lines.

    Attributes:
        width: how many cells a row has.
    """

    def __init__(self, parser: Callable[[Iterable[str]], Iterator[list[str]]], width: int) -> None:
        """Start.

        Args:
            parser: makes the strict parser of lines.
            width: how many cells a row has.
        """
        self.width = width
        self._parser = parser
        self._waits = self._wait = 0

    def rows(self, lines: list[str]) -> list[list[str]] | None:
        """Return the rows of lines, blank ones as empty lists; None where they are to be read one by one.

        After a piece was given up, some more are, since faults come in numbers: each try is a parse.
        """
        if self._waits:
            self._waits -= 1
            return None
        try:
            rows = list(self._parser(lines))
        except csv.Error:
            rows = []
        if rows and set(map(len, rows)) <= {self.width, 0}:
            self._wait = 0
            return rows
        self._waits = self._wait = min(2 * self._wait or 1, _MAX_WAIT)
        return None

    def table_rows(self, rows: list[list[str]], lines: list[str], number: int, written: Written) -> Iterator[TableRow]:
        """Return rows with a text, as a table has them.

        Args:
            rows: the rows.
            lines: their lines.
            number: the number of the first row.
            written: gives the bytes of a row.
        """
        texts = lines if len(rows) == len(lines) else self._texts(lines)
        numbers: Iterable[int] = count(number)
        if not all(rows) or not all(map(str.strip, map(itemgetter(0), rows))):
            numbers = [place for place, row in enumerate(rows, number) if any(map(str.strip, row))]
            texts = [texts[place - number] for place in numbers]
            rows = [rows[place - number] for place in numbers]
        remarks: Iterable[tuple[Remark, ...]] = repeat(())
        return map(row_of, zip(numbers, map(tuple, rows), remarks, map(written, texts)))  # noqa: B905  # some have no end

    def _texts(self, lines: list[str]) -> list[str]:
        """Text of each row, where some have several lines."""
        parser: Any = self._parser(lines)
        ends = [0, *(parser.line_num for _ in parser)]
        return ["".join(lines[start:end]) for start, end in pairwise(ends)]
