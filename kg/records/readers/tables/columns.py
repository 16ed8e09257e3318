"""Columns of a table and the keys that take them: by kg.toml, by CSVW metadata, or by their headings.

kg.toml goes first, then the metadata beside the file, then headings that are keys of the model. A column that no key
takes stays under its heading.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from kg.records.inference.headings import GROUP
from kg.records.readers.tables.column_keys import EXTRA, LEFT_OUT, ColumnKey, NoSuchPath, kind_fault, of_heading, parse
from kg.records.readers.tables.csvw_metadata import DescribedColumn, TableDescription
from kg.records.readers.tables.headings import OWN, Headings, folded
from kg.records.readers.tables.table import VALUE_SEPARATOR
from kg.source_settings import ColumnSettings, SourceSettings

KIND_HEADING = "kind"
"""Heading of a column that says for each row what it describes."""

_MAX_KEY = 100
"""Maximum length of a heading that is a key, in characters."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """Pattern of a value made of other columns.

    Attributes:
        texts: the texts between them, one more than columns.
        columns: the places of the columns.
    """

    texts: tuple[str, ...]
    columns: tuple[int, ...]

    def fill(self, cells: tuple[str, ...]) -> str:
        """Return the value of a row; empty where a column has nothing there."""
        filled = [self.texts[0]]
        for column, text in zip(self.columns, self.texts[1:], strict=True):
            cell = cells[column].strip() if column < len(cells) else ""
            if not cell:
                return ""
            filled += [cell, text]
        return "".join(filled)


@dataclass(frozen=True, slots=True)
class Column:
    """Column with a key, or a value that needs no column.

    Attributes:
        path: the key.
        label: how messages call it.
        heading: its heading, or its name in the settings.
        index: its place in the table; None for a constant or a pattern without a column of its own.
        occurrence: how many columns of the same key stand before it.
        separator: what stands between values in a cell; empty where a cell is one.
        constant: the value of a row whose cell is empty.
        template: the pattern of the value, or None.
        nulls: cells that say nothing, by the metadata.
        date_format: the form of its dates, by the settings or the metadata.
        target: what a reference made of a cell begins with, by the metadata.
    """

    path: ColumnKey
    label: str
    heading: str
    index: int | None
    occurrence: int = 0
    separator: str = ""
    constant: str = ""
    template: Template | None = None
    nulls: frozenset[str] = frozenset()
    date_format: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Plan of a table: what becomes of each column.

    Attributes:
        headings: the headings.
        columns: those with a key, in their order; constants and patterns behind them.
        left_out: the places of columns that are not read, by the settings or since they are kg's own.
        kept: the places of columns that the settings leave under their headings.
        readings: of columns of kg's own, `kg:KEY`: place → the key.
        lacking: names in the settings that no heading has, each with the nearest heading or an empty text.
    """

    headings: Headings
    columns: tuple[Column, ...]
    left_out: frozenset[int]
    kept: frozenset[int]
    readings: Mapping[int, str]
    lacking: tuple[tuple[str, str], ...]

    def with_lists(self, lists: frozenset[int]) -> "ColumnPlan":
        """Return the plan for a table in which the format itself makes lists of some columns' cells."""
        if not lists:
            return self
        columns = (
            replace(each, separator=VALUE_SEPARATOR) if each.index in lists and not each.separator else each
            for each in self.columns
        )
        return replace(self, columns=tuple(columns))

    @property
    def has_kind(self) -> bool:
        """Whether a column says what each row describes."""
        return any(column.path.name == KIND_HEADING for column in self.columns)

    @property
    def has_label(self) -> bool:
        """Whether a column gives the title or the name of what the rows describe."""
        return any(column.path.name in {"title", "name"} for column in self.columns)


def setting_faults(settings: SourceSettings) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the settings of a table: (setting, fault)."""
    if fault := kind_fault(settings.kind):
        yield "kind", fault
        return
    kind = "" if _has_kind_column(settings) else settings.kind
    for heading, column in settings.columns.items():
        if not heading.strip():
            yield "columns", 'a column needs a heading: "Title" = "title"'
            continue
        if heading.strip().lower().startswith(OWN):
            yield f'columns."{heading}"', f"headings that begin with {OWN} are those of kg, and no data"
        try:
            parse(column.key, kind)
        except NoSuchPath as fault:
            yield f'columns."{heading}"', str(fault)
        if "{" in column.pattern and not _PLACEHOLDER.search(column.pattern):
            yield f'columns."{heading}"', "the pattern names no column: write {Heading} in it"


def known_headings(settings: SourceSettings, described: TableDescription) -> Callable[[str], bool]:
    """Return whether a text is a heading that the settings or the metadata name, or a key of the model."""
    named = [name.strip() for name in (*settings.columns, *described.columns)]
    # Below the heading of a group, `Physical / Extent`, a cell has the heading of the column alone.
    spellings = {folded(each) for name in named for each in (name, name.rpartition(GROUP)[2])} - {""}
    patterns = [spelling for spelling in spellings if "*" in spelling]

    def is_known(text: str) -> bool:
        if text.startswith(OWN):
            return True
        spelling = folded(text)
        if spelling in spellings or any(_matches(pattern, spelling) for pattern in patterns):
            return bool(spelling)
        return len(text) <= _MAX_KEY and of_heading(text, settings.kind) is not None

    return is_known


def plan(headings: Headings, settings: SourceSettings, described: TableDescription) -> ColumnPlan:
    """Return what becomes of each column.

    Args:
        headings: the headings of the table.
        settings: the columns of kg.toml, which go first.
        described: the metadata beside the file.
    """
    return _Planner(headings, settings, described).plan()


class _Planner:
    """Planner of a table."""

    def __init__(self, headings: Headings, settings: SourceSettings, described: TableDescription) -> None:
        self._headings = headings
        self._kind = "" if _has_kind_column(settings) or _has_kind_heading(headings) else settings.kind
        self._settings = settings
        self._described = described.columns
        self._taken: dict[int, tuple[str, DescribedColumn]] = {}
        self._lacking: list[tuple[str, str]] = []
        self._alone: list[tuple[str, DescribedColumn]] = []
        self._counts: dict[ColumnKey, int] = {}

    def plan(self) -> ColumnPlan:
        names = self._headings.names
        readings = {place: name[len(OWN) :] for place, name in enumerate(names) if name.lower().startswith(OWN)}
        settings = {name: _as_described(column) for name, column in self._settings.columns.items()}
        self._take(settings, readings, is_told=True)
        self._take(self._described, readings, is_told=False)
        for place, name in enumerate(names):
            if place not in self._taken and place not in readings and (key := self._key_of(place, name)):
                self._taken[place] = name, DescribedColumn(key)
        left_out = {place for place, (_, column) in self._taken.items() if column.key.strip() == LEFT_OUT}
        columns = [
            self._column(name, column, place)
            for place, (name, column) in sorted(self._taken.items())
            if place not in left_out and column.key.strip() != EXTRA
        ]
        columns += [self._column(name, column, None) for name, column in self._alone]
        return ColumnPlan(
            self._headings,
            tuple(columns),
            frozenset(left_out | readings.keys()),
            frozenset(place for place, (_, column) in self._taken.items() if column.key.strip() == EXTRA),
            readings,
            tuple(self._lacking),
        )

    def _take(self, columns: Mapping[str, DescribedColumn], own: Mapping[int, str], *, is_told: bool) -> None:
        """Take the columns that settings name: whole names first, then patterns with `*`, the longest first."""
        for name, column in sorted(
            columns.items(), key=lambda item: len(item[0]) if "*" in item[0] else 1 << 20, reverse=True
        ):
            places = [place for place in _places(self._headings, name) if place not in self._taken and place not in own]
            for place in places:
                self._taken[place] = name, column
            if places:
                continue
            if column.default or column.pattern:
                self._alone.append((name, column))
            elif is_told:
                self._lacking.append((name, self._nearest(name)))

    def _key_of(self, place: int, name: str) -> str:
        """Key of the model that a heading is, or the machine name below it; as it is written in kg.toml."""
        found = of_heading(name, self._kind)
        for spelling in () if found else self._headings.spellings[place]:
            found = found or of_heading(spelling, self._kind)
        return str(found) if found else ""

    def _column(self, name: str, column: DescribedColumn, place: int | None) -> Column:
        path = parse(column.key)
        occurrence = self._counts.get(path, 0)
        self._counts[path] = occurrence + 1
        heading = name if place is None else self._headings.name(place) or name
        label = f"{name} in kg.toml" if place is None else self._headings.label(place)
        return Column(
            path,
            label,
            heading,
            place,
            occurrence,
            column.separator,
            column.default,
            self._template(column.pattern),
            column.nulls,
            column.date_format,
            column.target,
        )

    def _template(self, pattern: str) -> Template | None:
        """Pattern with the places of its columns; one that is not there is told."""
        if not pattern:
            return None
        parts = _PLACEHOLDER.split(pattern)
        columns: list[int] = []
        for name in parts[1::2]:
            places = _places(self._headings, name)
            if not places:
                self._lacking.append((name, self._nearest(name)))
            columns.append(places[0] if places else len(self._headings.names) + (1 << 20))
        return Template(tuple(parts[0::2]), tuple(columns))

    def _nearest(self, name: str) -> str:
        by_spelling = {folded(heading): heading for heading in reversed(self._headings.names) if heading}
        near = difflib.get_close_matches(folded(name)[:80], [each[:80] for each in by_spelling], 1, 0.6)
        return by_spelling.get(near[0], "") if near else ""


def _as_described(column: ColumnSettings) -> DescribedColumn:
    return DescribedColumn(column.key, column.separator, column.constant, column.pattern, date_format=column.format)


def _has_kind_column(settings: SourceSettings) -> bool:
    return any(column.key.strip() == KIND_HEADING for column in settings.columns.values())


def _has_kind_heading(headings: Headings) -> bool:
    return any(folded(name) == KIND_HEADING for name in headings.names)


def _places(headings: Headings, name: str) -> list[int]:
    """Places of the columns that a name of the settings means; every one of a heading that is repeated."""
    wanted = folded(name)
    exact = [place for place, heading in enumerate(headings.names) if heading == name.strip()]
    if exact and "*" not in name:
        return exact
    return [
        place
        for place, spellings in enumerate(headings.spellings)
        if any(_matches(wanted, spelling) for spelling in spellings)
    ]


@lru_cache(1 << 14)
def _matches(pattern: str, spelling: str) -> bool:
    """Whether a folded heading is the one of a pattern, in which `*` stands for anything, in linear time.

    >>> _matches("subject *", "subject 12"), _matches("*name", "first name"), _matches("a*b*c", "acb")
    (True, True, False)
    """
    first, *middle = pattern.split("*")
    if not middle:
        return pattern == spelling
    last = middle.pop()
    if not spelling.startswith(first) or not spelling.endswith(last) or len(spelling) < len(first) + len(last):
        return False
    rest = spelling[len(first) : len(spelling) - len(last)]
    for part in middle:
        _, found, rest = rest.partition(part) if part else ("", "*", rest)
        if not found:
            return False
    return True
