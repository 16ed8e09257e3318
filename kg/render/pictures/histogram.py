"""Histogram of documents by time: the unit of its bars, their places and heights, its ticks and its scale.

Equal time takes equal room: a unit without documents has its place too. The template draws the bars; each is a link to
its documents, and a table has the same figures.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton

from kg.render.site.date_phrases import date_phrase, year_phrase
from kg.render.site.translations import locale

MAX_PLACES = {"month": 48, "year": 60, "decade": 60}
"""Unit → maximum number of places for bars; beyond it the next larger unit is taken, the largest without end."""

_MAX_TICKS = 8
_STEPS = {"month": (1, 2, 3, 6, 12, 24), "year": (1, 2, 5, 10, 20), "decade": (1, 2, 5, 10), "century": (1, 2, 5, 10)}
"""Unit → numbers of units from one tick to the next, the first that gives few enough ticks is taken."""

_MOST_LINES = 4
"""Lines of the scale."""

UnitCounts = Callable[[str], Mapping[int, int]]
"""Function from a unit to its counts: number of the unit (`kg.store.search.times`) → documents; none if not known."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Bar of a histogram.

    Attributes:
        label: its time in words.
        time: its time as a search has it, `1962-10`, `1960..1969`.
        start: its first month or year, as the prefix of an ISO date.
        count: number of documents.
        share: height in per cent of the highest bar.
        place: its place, from 0.
    """

    label: str
    time: str
    start: str
    count: int
    share: float
    place: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Mark on the line of time: its place, its label, and whether it may be left out where there is little room."""

    place: int
    label: str
    is_minor: bool


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """Line of the scale: its number, and its height in per cent of the highest bar."""

    number: int
    share: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Histogram.

    Attributes:
        unit: unit of time of a bar.
        places: number of places for bars, those without a bar included.
        bars: the bars, in order of time.
        ticks: marks on the line of time.
        lines: lines of the scale, from below.
        highest: the first of the highest bars; None without bars.
    """

    unit: str
    places: int
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[ScaleLine, ...]
    highest: Bar | None


def draw(counts: UnitCounts, years: tuple[int, int], language: str) -> Histogram:
    """Histogram over some years.

    Args:
        counts: the counts by unit.
        years: first and last year of the line of time.
        language: language of the labels.
    """
    unit, numbers = _unit(counts, years)
    first, last = min(numbers, default=0), max(numbers, default=-1)
    most = max(numbers.values(), default=1)
    bars = tuple(
        Bar(*_words(number, unit, language), count, round(100 * count / most, 1), number - first)
        for number, count in sorted(numbers.items())
    )
    return Histogram(
        unit,
        last - first + 1,
        bars,
        tuple(_ticks(first, last, unit, language)),
        tuple(ScaleLine(number, round(100 * number / most, 1)) for number in _scale(most)) if bars else (),
        max(bars, key=lambda bar: bar.count, default=None),
    )


def _unit(counts: UnitCounts, years: tuple[int, int]) -> tuple[str, dict[int, int]]:
    """The finest unit with few enough places, and its counts within the years."""
    first, last = years
    within = {
        "month": (first * 12, last * 12 + 11),
        "year": years,
        "decade": (first // 10, last // 10),
        "century": (first // 100, last // 100),
    }
    for unit, most in MAX_PLACES.items():
        low, high = within[unit]
        if unit == "month" and last - first > most // 12:
            continue
        found = {number: count for number, count in counts(unit).items() if low <= number <= high and count}
        if found and max(found) - min(found) < most:
            return unit, found
    low, high = within["century"]
    return "century", {number: count for number, count in counts("century").items() if low <= number <= high and count}


def _words(number: int, unit: str, language: str) -> tuple[str, str, str]:
    """Label of a unit, its time as a search has it, and its start."""
    if unit == "month":
        start = f"{year_text(number // 12)}-{number % 12 + 1:02}"
        return date_phrase(start, language), start, start
    if unit == "year":
        return year_phrase(number, language), year_text(number), year_text(number)
    years = 10 if unit == "decade" else 100
    first, last = number * years, number * years + years - 1
    edtf = f"{number:03}X" if unit == "decade" else f"{number:02}XX"
    label = date_phrase(edtf if number >= 0 else f"{year_text(first)}/{year_text(last)}", language)
    return label, f"{year_text(first)}..{year_text(last)}", year_text(first)


def year_text(year: int) -> str:
    """Year as a search has it: `1963`, `-0043`."""
    return f"{year:05}" if year < 0 else f"{year:04}"


def _ticks(first: int, last: int, unit: str, language: str) -> list[Tick]:
    """Marks at round numbers, and one at the beginning: a line of time says where it begins."""
    steps = _STEPS[unit]
    step = next((each for each in steps if (last - first) // each < _MAX_TICKS), steps[-1])
    # A round number next to the first one would have its label over it.
    round_ones = [number for number in range(first + step, last + 1) if number % step == 0]
    marked = [first, *round_ones] if first <= last else []
    return [Tick(number - first, _short(number, unit, language), place % 2 == 1) for place, number in enumerate(marked)]


def _short(number: int, unit: str, language: str) -> str:
    if unit != "month":
        return year_phrase(number * {"year": 1, "decade": 10, "century": 100}[unit], language)
    if number < 12:  # before the year 1, where Python's calendar begins
        return _words(number, unit, language)[0]
    return str(format_skeleton("yMMM", date(number // 12, number % 12 + 1, 1), locale=locale(language)))


def _scale(most: int) -> list[int]:
    """Numbers of a scale, in steps of 1, 2 or 5 times a power of ten.

    >>> _scale(3), _scale(27), _scale(1)
    ([1, 2, 3], [10, 20], [1])
    """
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if most // step <= _MOST_LINES - 1:
                return list(range(step, most + 1, step))
        power *= 10
