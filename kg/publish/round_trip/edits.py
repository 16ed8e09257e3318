"""Edits of a table: the cells that are added to its rows, and where their columns stand.

The columns of kg stand behind all others (D-202), so that column letters in messages, formulas, filters and merged
cells of the archivist's own stay what they are. One that is there from an earlier export keeps its place.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

Cells = Mapping[int, str]
"""Index of a column from 0 → the text of its cell; "" for one that is emptied."""


class SheetEdits(Protocol):
    """Edits of a sheet, row by row."""

    @property
    def header(self) -> int:
        """Number of the row with the headings, from 1; 0 where the format itself knows them."""
        ...

    def place(self, width: int) -> None:
        """Place the columns, before any cells are asked for.

        Args:
            width: number of the columns up to the last cell with content, in any row.
        """
        ...

    @property
    def columns(self) -> Mapping[int, str]:
        """Index of each column of kg → its heading, once the columns are placed."""
        ...

    def cells(self, row: int) -> Cells | None:
        """Cells of a row, the headings too; None for a row that stays as it is. Rows are asked for in order."""
        ...


class TableEdits(Protocol):
    """Edits of a table, sheet by sheet."""

    def sheet(self, name: str) -> SheetEdits | None:
        """Edits of a sheet by its name, "" where the format has one table; None for one that stays as it is.

        Sheets are asked for in order.
        """
        ...


def places(there: Mapping[int, str], names: Sequence[str], width: int) -> dict[int, str]:
    """Return the headings of kg's columns by their places: where they stand already, else behind all others.

    A column of kg that is there and not among the names keeps its place too: its cells are emptied.

    Args:
        there: the columns of kg that are there.
        names: the headings of the columns to be written, `kg:KEY`.
        width: number of columns up to the last one with content or a heading.

    >>> places({1: "kg:id"}, ("kg:id", "kg:title"), 3)
    {1: 'kg:id', 3: 'kg:title'}
    """
    known = {name.lower() for name in there.values()}
    added = [name for name in names if name.lower() not in known]
    return {**there, **dict(enumerate(added, max([width, *(column + 1 for column in there)])))}
