"""Profile of a column: its heading, and what its cells have in common."""

from dataclasses import dataclass
from functools import cached_property

from kg.records.inference.cell_forms import SHORT, forms_of, mask
from kg.records.inference.cell_language import CellLanguage, language_of
from kg.records.inference.headings import ColumnHeading, read
from kg.records.inference.separators import Separation, separation, split

MAX_PROFILED = 300
"""Different cells of a column that are looked into."""

_PARTED_BY_COMMAS = frozenset({"subjects", "type", "language", "originalLanguage", "occupations", "functions"})
"""Meanings of words that a comma may part; between names and places it belongs to the name."""


@dataclass(frozen=True)
class ColumnProfile:
    """Profile of a column.

    Attributes:
        column: its heading as it stands in the table.
        cells: the texts of its cells in order, "" for an empty one.
        profiled: how many different cells are looked into.
    """

    column: str
    cells: tuple[str, ...]
    profiled: int = MAX_PROFILED

    @cached_property
    def heading(self) -> ColumnHeading:
        """Reading of the heading."""
        return read(self.column)

    @cached_property
    def filled(self) -> tuple[str, ...]:
        """Cells with a text."""
        return tuple(cell for cell in self.cells if cell)

    @cached_property
    def distinct(self) -> tuple[str, ...]:
        """Different cells, in the order of their first occurrence, as many as are looked into."""
        return tuple(dict.fromkeys(self.filled))[: self.profiled]

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Different values: cells, or their parts where a sign parts them."""
        if not self.separation:
            return self.distinct
        return tuple(dict.fromkeys(part for cell in self.distinct for part in split(cell, self.separation.sign)))

    @cached_property
    def separation(self) -> Separation | None:
        """Sign that parts the values of its cells."""
        comma_parts = bool(_PARTED_BY_COMMAS & set(self.heading.meanings[:1])) and not self.is_prose
        return separation(self.filled[: 2 * self.profiled], comma_parts=comma_parts)

    @cached_property
    def language(self) -> CellLanguage:
        """Language of its texts."""
        return language_of(self.distinct)

    @cached_property
    def is_unique(self) -> bool:
        """Whether each row has a cell with a text of its own."""
        return bool(self.cells) and all(self.cells) and len(set(self.cells)) == len(self.cells)

    @cached_property
    def recurs(self) -> bool:
        """Whether many of its cells have the text of another one."""
        return len(set(self.filled)) < 0.8 * len(self.filled)

    @cached_property
    def is_prose(self) -> bool:
        """Whether its cells are sentences rather than words and names."""
        longs = sum("long" in forms_of(cell) for cell in self.distinct)
        return self.average_length > SHORT or longs > 0.3 * len(self.distinct)

    @cached_property
    def average_length(self) -> float:
        """Average length of a filled cell in characters."""
        return sum(map(len, self.distinct)) / len(self.distinct) if self.distinct else 0.0

    @cached_property
    def shapes(self) -> int:
        """Number of different shapes of its cells, all numbers being equal."""
        return len({mask(cell) for cell in self.distinct})

    def share(self, *forms: str) -> float:
        """Return the share of its values that have one of some forms."""
        if not self.values:
            return 0.0
        return sum(bool(forms_of(value) & set(forms)) for value in self.values) / len(self.values)

    def lacking(self, *forms: str) -> list[str]:
        """Return the values that have none of some forms."""
        return [value for value in self.values if not forms_of(value) & set(forms)]
