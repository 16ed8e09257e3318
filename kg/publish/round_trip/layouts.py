"""Layouts of a table: for each sheet that gives records, its headings, the keys of its columns, the columns of kg."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.publish.round_trip.edits import places
from kg.publish.round_trip.text_table import width
from kg.records.readers import ROW_SOURCES
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.column_keys import ColumnKey
from kg.records.readers.tables.columns import ColumnPlan
from kg.records.readers.tables.csvw_metadata import description_of
from kg.records.readers.tables.headings import OWN
from kg.records.readers.tables.reader import plan_of
from kg.records.readers.tables.table import Remark

ID, PROBLEMS, VERSION = (f"{OWN}{name}" for name in ("id", "problems", "version"))
"""Headings of the columns that every export has: the reference, what is to be told, the version of the record."""


@dataclass(slots=True)
class SheetLayout:
    """Layout of a sheet.

    Attributes:
        name: its name, "" where the format has one table.
        plan: what becomes of its columns.
        rows_width: number of columns up to the last one with content, in any row.
        keys: heading of a column of kg → the key that it has.
        columns: index of each column of kg → its heading, once they are placed.
    """

    name: str
    plan: ColumnPlan
    rows_width: int
    keys: dict[str, ColumnKey] = field(default_factory=dict)
    columns: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        paths = (column.path for column in self.plan.columns)
        self.keys = {f"{OWN}{path}": path for path in paths if path.name not in {"id", "extra"}}

    @property
    def header(self) -> int:
        """Number of the row with the headings; 0 where the format knows them."""
        return self.plan.headings.row

    def place(self, columns: int) -> None:
        """Place the columns of kg behind so many others, and behind all headings."""
        there = {place: f"{OWN}{name}" for place, name in self.plan.readings.items()}
        behind = max(columns, self.rows_width, len(self.plan.headings.names))
        self.columns = places(there, (ID, *self.keys, PROBLEMS, VERSION), behind)


def layouts(file: SourceFile, format_: str, *, measured: bool) -> Iterator[SheetLayout]:
    """Yield the layouts of the sheets that give records.

    Args:
        file: the table.
        format_: its format.
        measured: whether the width of its rows is told, for which all are read.
    """
    wanted = file.settings.sheet.strip().casefold()
    description = description_of(file)
    for sheet in ROW_SOURCES[format_](file):
        if isinstance(sheet, Remark) or (wanted and sheet.name and sheet.name.strip().casefold() != wanted):
            continue
        planned = plan_of(file, sheet, description)
        if planned is not None and planned.has_label:
            yield SheetLayout(sheet.name, planned, width(planned.headings.rest) if measured else 0)
