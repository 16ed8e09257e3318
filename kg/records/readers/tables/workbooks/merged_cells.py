"""Merged cells: each of the range gets the text of its first one, in rows that have a text of their own.

A range is as wide as a file says, so the work is bounded.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.records.readers.tables.table import Remark, column_letter
from kg.records.readers.tables.workbooks.findings import CellRemarks

MAX_RANGES = 200_000
"""Maximum number of ranges of a sheet that are filled."""
MAX_FILLED_CELLS = 5_000_000
"""Maximum number of cells that are filled in a sheet."""
MAX_COLUMNS = 16_384
"""Number of columns of a sheet, in every program."""
_NAMED_RANGES = 3
ONE_CELL = "a cell of its own for each value"
"""What is expected in place of merged cells."""

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Area:
    """Range of cells: rows from 1 and columns from 0, the last ones included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    def __str__(self) -> str:
        start = f"{column_letter(self.first_column)}{self.first_row}"
        return f"{start}:{column_letter(self.last_column)}{self.last_row}"


def position(reference: str) -> tuple[int, int] | None:
    """Return row from 1 and column from 0 of a cell.

    >>> position("AA7"), position("XFE1"), position("7")
    ((7, 26), None, None)
    """
    match = _REFERENCE.fullmatch(reference)
    column = column_index(match[1]) if match else None
    return (int(match[2]), column) if match and column is not None else None


def column_index(letters: str) -> int | None:
    """Return the index of a column from 0 by its letters; None for what is none.

    >>> column_index("A"), column_index("XFD"), column_index("XFE"), column_index("")
    (0, 16383, None, None)
    """
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return None
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1 if number <= MAX_COLUMNS else None


def area(reference: str) -> Area | None:
    """Return a range of several cells by its reference, "A1:C1"; None for what is none, or one cell."""
    first, _, last = reference.partition(":")
    start, end = position(first), position(last)
    if start is None or end is None or start == end or start[0] > end[0] or start[1] > end[1]:
        return None
    return Area(start[0], end[0], start[1], end[1])


@dataclass(slots=True)
class MergedCells:
    """Merged cells of a sheet, which is read row by row.

    Attributes:
        areas: the ranges.
    """

    areas: list[Area] = field(default_factory=list)
    _waiting: list[Area] = field(default_factory=list)
    _active: list[tuple[Area, str]] = field(default_factory=list)
    _budget: int = field(default_factory=lambda: MAX_FILLED_CELLS)

    def start(self) -> None:
        """Begin with the first row."""
        self._waiting = sorted(
            self.areas[:MAX_RANGES], key=lambda each: (each.first_row, each.first_column), reverse=True
        )

    def remarks(self) -> Iterable[Remark]:
        """Yield what is to be told of the sheet."""
        if not self.areas:
            return
        first = sorted(self.areas, key=lambda each: (each.first_row, each.first_column))[:_NAMED_RANGES]
        names = ", ".join(map(str, first))
        count, rest = len(self.areas), ", …" if len(self.areas) > _NAMED_RANGES else ""
        what = f"{count:,} ranges of cells are merged" if count > 1 else "a range of cells is merged"
        yield Remark(f"{what}; each of their cells has the text of the first", f"{names}{rest}", ONE_CELL)
        if count > MAX_RANGES:
            yield Remark(f"only {MAX_RANGES:,} of {count:,} merged ranges are filled", expected="fewer merged cells")

    def open(self, each: Area, text: str) -> None:
        """Add a range at its first row, where a format has it there."""
        self._active.append((each, text))

    def fill(self, row: int, cells: list[str], remarks: CellRemarks) -> None:
        """Fill the cells of a row that has a text of its own.

        Args:
            row: its number; rows come in ascending order.
            cells: its cells.
            remarks: where it is told that a merged cell covers another text, or that there are too many.
        """
        while self._waiting and self._waiting[-1].first_row <= row:
            each = self._waiting.pop()
            text = cells[each.first_column] if each.first_row == row and each.first_column < len(cells) else ""
            self._active.append((each, text))
        if not self._active or self._budget < 0:
            return
        self._active = [pair for pair in self._active if pair[0].last_row >= row]
        for each, text in self._active:
            self._budget -= each.last_column - each.first_column + 1
            if self._budget < 0:
                remarks.unfilled()
                return
            if text:
                cells += [""] * (each.last_column + 1 - len(cells))
                for column in range(each.first_column, each.last_column + 1):
                    if cells[column] and cells[column] != text:
                        remarks.add(
                            column, "a merged cell covers this text, which is left out", cells[column], ONE_CELL
                        )
                    cells[column] = text
