"""Fields of a row for messages: the columns, by letter and heading, from which the values of a record come."""

from typing import NamedTuple

from kg.records.readers.tables.columns import ColumnPlan

_LABELS = ("title", "name")
"""Keys of a label, of which a table's column may be either."""


class RowFields(NamedTuple):
    """Columns of a row, for messages about values of its record; a tuple, since there are millions.

    Attributes:
        columns: key of the model → its columns: (place, how messages call it).
        cells: the cells of the row.
    """

    columns: dict[str, tuple[tuple[int | None, str], ...]]
    cells: tuple[str, ...]

    def of(self, key: str, value: str) -> str:
        """Return what messages call the column of a value; all columns of its key, where the value does not tell."""
        columns = self.columns.get(key, ())
        start = value.removesuffix("…").strip()
        for place, label in columns:
            if place is not None and start and place < len(self.cells) and start in self.cells[place]:
                return label
        labels = [label for _, label in columns]
        return ", ".join(labels[:3]) + (" …" if len(labels) > 3 else "")


def fields_of(plan: ColumnPlan) -> dict[str, tuple[tuple[int | None, str], ...]]:
    """Return key of the model → its columns, each with what messages call it."""
    fields: dict[str, tuple[tuple[int | None, str], ...]] = {}
    for column in plan.columns:
        for name in _LABELS if column.path.name in _LABELS else (column.path.name,):
            fields[name] = (*fields.get(name, ()), (column.index, column.label))
    return fields
