"""Totals of the columns of a sheet: what is told once of a column, after its last row; and a row that has totals."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from kg.records.problems import SourceProblem
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.columns import Column, ColumnPlan
from kg.records.readers.tables.row_draft import RowDraft
from kg.records.readers.tables.table import column_letter, counted

_MAX_TOLD_COLUMNS = 200
_TOTAL = re.compile(
    r"\W*(?:(?:grand |sub)?totals?|sum|suma|summe|gesamt(?:zahl)?|insgesamt|somme|total[ei]?|итого|всего|razem)"
    r"\b.{0,20}",
    re.IGNORECASE,
)
"""First cell of a row that adds up the rows above."""


@dataclass(slots=True)
class _ManyNames:
    """Cells of a column that may hold several names: how many, and the first of them."""

    count: int
    row: int
    text: str


class ColumnTotals:
    """Totals of the columns of a sheet.

    Attributes:
        row: the number of the row under way.
        unread: for each column the number of cells that no key takes; those beyond the headings grow it.
    """

    def __init__(self, source: SourceFile, place: str, plan: ColumnPlan) -> None:
        """Start.

        Args:
            source: the file.
            place: how messages begin the place of a row: empty, or `sheet Letters, `.
            plan: what becomes of each column.
        """
        self.row = 0
        self.unread = [0] * len(plan.headings.names)
        self._source = source
        self._place = place
        self._headings = plan.headings
        self._kept = plan.kept
        self._many_names: dict[str, _ManyNames] = {}

    def add_unread(self, place: int) -> None:
        """Count a cell that no key takes."""
        self.unread += [0] * (place + 1 - len(self.unread))
        self.unread[place] += 1

    def add_many_names(self, column: Column, text: str) -> None:
        """Count a cell that may hold several names."""
        self._many_names.setdefault(column.label, _ManyNames(0, self.row, text)).count += 1

    def problems(self) -> Iterator[SourceProblem]:
        """Return what is to be told of whole columns, once all rows were read."""
        sheet = self._place.rstrip(", ")
        unread = ((place, count) for place, count in enumerate(self.unread) if count and place not in self._kept)
        for place, count in islice(unread, _MAX_TOLD_COLUMNS):
            name = self._headings.name(place)
            called = name or f"column {column_letter(place)}"
            reason = "no key takes this column" if name else "the column has no heading"
            message = f"{reason}; {counted(count, 'cell')} kept under extra as {called!r}"
            expected = "a line for it under [sources.columns] in kg.toml"
            yield self._source.problem(sheet, self._headings.label(place), "", expected, message)
        for label, cells in self._many_names.items():
            message = (
                f"{counted(cells.count, 'cell')} read as one name each, though a semicolon or a line break is there"
            )
            expected = 'one name a cell, or a separator in kg.toml: { key = "creator", separator = ";" }'
            yield self._source.problem(f"{self._place}row {cells.row}", label, cells.text, expected, message)


def total_row(draft: RowDraft, width: int) -> SourceProblem | None:
    """Return what is to be told of the last row, if it adds up the others: its first cell says so, and most are empty.

    Args:
        draft: the row that was read last.
        width: how many columns there are.
    """
    filled = [text for cell in draft.cells if (text := cell.strip())]
    if not filled or len(filled) * 2 > width or not _TOTAL.fullmatch(filled[0]):
        return None
    message = "the last row looks like a total of those above; it is read as a record like these"
    expected = "a record; delete the row if it is none"
    return draft.source.problem(draft.at, "", draft.record["id"], expected, message)
