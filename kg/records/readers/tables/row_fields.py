"""Fields of a row: the columns, by letter and heading, from which the values of a record come."""

import json
from dataclasses import dataclass
from typing import NamedTuple

from kg.records.readers.tables.columns import ColumnPlan
from kg.records.readers.tables.table import column_letter

MAX_ORIGINAL = 1 << 20
"""Maximum number of characters of a row that are kept where it is rejected."""

_LABELS = ("title", "name")
"""Keys of a label, of which a table's column may be either."""


@dataclass(frozen=True, slots=True)
class SheetFields:
    """Columns of a sheet, which all its rows share.

    Attributes:
        by_key: key of the model → its columns: (place, how messages call it).
        labels: how messages call each column.
    """

    by_key: dict[str, tuple[tuple[int | None, str], ...]]
    labels: tuple[str, ...]

    def label(self, place: int) -> str:
        """Return how messages call a column, one beyond the headings too."""
        return self.labels[place] if place < len(self.labels) else f"column {column_letter(place)}"


class RowFields(NamedTuple):
    """Columns of a row, for messages about values of its record; a tuple, since there are millions.

    Attributes:
        sheet: the columns of its sheet.
        cells: the cells of the row.
    """

    sheet: SheetFields
    cells: tuple[str, ...]

    def of(self, key: str, value: str) -> str:
        """Return what messages call the column of a value; all columns of its key, where the value does not tell."""
        columns = self.sheet.by_key.get(key, ())
        start = value.removesuffix("…").strip()
        for place, label in columns:
            if place is not None and start and place < len(self.cells) and start in self.cells[place]:
                return label
        labels = [label for _, label in columns]
        return ", ".join(labels[:3]) + (" …" if len(labels) > 3 else "")

    def original(self, at: str) -> bytes:
        """Return the row as a line of JSON: its place, and its cells under their columns (D-207).

        `{"at": "row 7", "cells": {"column A (No.)": "12"}}`; empty cells are left out.

        Args:
            at: the place of the row.
        """
        cells: dict[str, str] = {}
        left = MAX_ORIGINAL
        for place, cell in enumerate(self.cells):
            if cell and left > 0:
                cells[self.sheet.label(place)] = cell if len(cell) <= left else f"{cell[:left]}…"
                left -= len(cell)
        return json.dumps({"at": at, "cells": cells}).encode()


def fields_of(plan: ColumnPlan) -> SheetFields:
    """Return the columns of a sheet."""
    fields: dict[str, tuple[tuple[int | None, str], ...]] = {}
    for column in plan.columns:
        for name in _LABELS if column.path.name in _LABELS else (column.path.name,):
            fields[name] = (*fields.get(name, ()), (column.index, column.label))
    return SheetFields(fields, tuple(map(plan.headings.label, range(len(plan.headings.names)))))
