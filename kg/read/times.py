"""Times of searches: a time as people write it, the dates of a record that a time finds, the years that a list covers.

A time is read as the dates of records are (`kg.records.dates.phrases`), so that "february 1963", "Feb–Mar 1963" and
"5 апреля 1963" find what a record dates with the same words (D-143).
"""
# ruff: noqa: RUF002  # people write dashes

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.date_roles import Date, of_thing
from kg.day_numbers import day_number
from kg.errors import SearchRefused
from kg.records.dates import phrases
from kg.records.dates.early_dates import whole_interval
from kg.records.dates.edtf_strings import Interval
from kg.store.search import query_language
from kg.store.search.query_language import DayRange
from kg.store.search.times import UNDATED, days_of, unit_of

_ENDS = ".."
_MONTH = re.compile(r"-?\d{4}-\d\d")

FAR = 30
"""Years without a document from which on a list has a gap that its axis does not cross without need."""

_FEW = 0.25
"""Share of a list's documents up to which those beyond such a gap stand apart."""


def read_days(text: str) -> DayRange:
    """Read a time as it is asked for, in figures or in words. Raises SearchRefused.

    >>> read_days("february 1963"), read_days("Feb–Mar 1963") == read_days("1963-02..1963-03")
    (DayRange(first=19630201, last=19630228), True)
    >>> read_days("5 апреля 1963") == read_days("5 de abril de 1963"), read_days("March 1917..").first
    (True, 19170301)
    """
    try:
        return query_language.parse_days(text)
    except SearchRefused as refused:
        first, dots, last = (part.strip() for part in text.partition(_ENDS))
        found = _span_in_words(first, last) if dots else _in_words(text)
        if found.first > found.last or found == DayRange(-UNDATED, UNDATED):
            raise refused from None
        return found


def _span_in_words(first: str, last: str) -> DayRange:
    """Days from one date to another, either of which may be left open. Raises SearchRefused."""
    if first and last and phrases.is_before_christ(last) and not phrases.is_before_christ(first):
        return _in_words(f"{first} – {last}")  # "100..44 BC" says the era once
    return DayRange(_in_words(first).first if first else -UNDATED, _in_words(last).last if last else UNDATED)


def _in_words(text: str) -> DayRange:
    """Days of one date, in words or figures. Raises SearchRefused."""
    phrase = phrases.parse(text)
    edtf = phrase.date.edtf if phrase.date else ""
    try:
        return query_language.parse_days(edtf or text)
    except SearchRefused:
        spans = [whole_interval(date.edtf) if date.edtf else date.span for date in phrase.dates]
        if not spans or Interval(None, None) in spans:
            raise
        return DayRange(min(_number(span.start, -1) for span in spans), max(_number(span.end, 1) for span in spans))


def _number(day: str | None, side: int) -> int:
    return day_number(day) if day else side * UNDATED


def matched_date(
    record: Mapping[str, Any], days: Sequence[DayRange], roles: Sequence[str] = (), *, certain: bool = False
) -> Date:
    """The date by which a time, or a role of dates, finds a record.

    Args:
        record: the record.
        days: the times that were asked for.
        roles: the roles that were asked for; where there is none, every date of the thing counts.
        certain: whether a date has to lie within the time in full.

    Returns:
        The date of which the largest share lies in the time, the first of several; empty where none touches it, or
        nothing was asked for.
    """
    if not days and not roles:
        return {}
    dates = record.get("dates", ())
    asked = [date for date in dates if date["role"] in roles] if roles else of_thing(dates)
    if not days:
        return next(iter(asked), {})
    fits = [(max(_share(date, each) for each in days), date) for date in asked]
    share, best = max(fits, key=lambda fit: fit[0], default=(0.0, {}))
    return best if share >= 1 or (share > 0 and not certain) else {}


def _share(date: Date, days: DayRange) -> float:
    """Share of a date that lies in some days; 1 where all of it does, 0 where it does not touch them."""
    span = days_of(date)
    if span is None or span[0] > days.last or days.first > span[1]:
        return 0.0
    if days.first <= span[0] and span[1] <= days.last:
        return 1.0
    first, last = max(span[0], days.first), min(span[1], days.last)
    return (_ordinal(last) - _ordinal(first) + 1) / (_ordinal(span[1]) - _ordinal(span[0]) + 1)


def _ordinal(day: int) -> int:
    """Place of a day in a row of days, in a calendar of months of 31 days, which is enough for a share."""
    year, rest = divmod(day, 10_000)
    return year * 372 + rest // 100 * 31 + rest % 100


def days_of_years(first: int, last: int) -> DayRange:
    """Days of some years."""
    return DayRange(first * 10_000 + 101, last * 10_000 + 1231)


def within(years: Iterable[int], days: DayRange | None) -> list[int]:
    """Those of some years that a time touches."""
    return [year for year in years if days is None or days.first // 10_000 <= year <= days.last // 10_000]


@dataclass(frozen=True, slots=True)
class YearSpan:
    """Years in a row of which documents are, and the number of these.

    Attributes:
        first, last: the years.
        documents: number of documents that touch them.
    """

    first: int
    last: int
    documents: int


@dataclass(frozen=True, slots=True)
class Axis:
    """Years that an axis of time covers, and what stands apart from it.

    Attributes:
        first, last: the years from end to end.
        apart: the years before and behind it, each a long way off, with few documents that are not on the axis too.
    """

    first: int
    last: int
    apart: tuple[YearSpan, ...] = ()


def axis_of(
    years: Iterable[int], total: int, count: Callable[[int, int], int], beside: Callable[[YearSpan, YearSpan], int]
) -> Axis | None:
    """Axis for the years of a list's documents; None where there are none (D-144).

    Notes of editors and descriptions that were made later, or one wrong year, would make a line of which nearly all is
    empty. So where no document is for thirty years and more, what lies beyond is on the axis only if over a quarter of
    all documents is there and nowhere else.

    Args:
        years: the years that documents touch, in order.
        total: number of documents with a date.
        count: from a first and a last year to the number of documents that touch them.
        beside: from years, and the years of the axis so far, to the number of documents of those alone.
    """
    runs = [YearSpan(first, last, 0) for first, last in _runs(years)]
    if not runs:
        return None
    if len(runs) == 1:
        return Axis(runs[0].first, runs[0].last)
    runs = [YearSpan(run.first, run.last, count(run.first, run.last)) for run in runs]
    main = max(range(len(runs)), key=lambda place: (runs[place].documents, place))
    low = high = main
    for step in (-1, 1):
        place = main + step
        while 0 <= place < len(runs):
            so_far = YearSpan(runs[low].first, runs[high].last, 0)
            if beside(runs[place], so_far) <= _FEW * total:
                break
            low, high = min(low, place), max(high, place)
            place += step
    return Axis(runs[low].first, runs[high].last, (*runs[:low], *runs[high + 1 :]))


_MAX_RUNS = 8
"""Runs of years that are looked at by themselves; the last holds what is behind it."""


def _runs(years: Iterable[int]) -> list[tuple[int, int]]:
    """First and last year of runs without a long gap."""
    runs: list[tuple[int, int]] = []
    for year in years:
        if runs and (year - runs[-1][1] <= FAR or len(runs) == _MAX_RUNS):
            runs[-1] = runs[-1][0], year
        else:
            runs.append((year, year))
    return runs


def units_within(counts: Mapping[int, int], unit: str, days: DayRange | None) -> dict[int, int]:
    """Those of the counts by a unit that a time touches."""
    if days is None:
        return dict(counts)
    first, last = unit_of(days.first, unit), unit_of(days.last, unit)
    return {number: count for number, count in counts.items() if first <= number <= last}


def counts_by_unit(months: Mapping[str, int], unit: str) -> dict[int, int]:
    """Counts by unit of those by month; none by month where of some the year alone is known.

    >>> counts_by_unit({"1962-10": 3, "1963": 1}, "year"), counts_by_unit({"1962-10": 3, "1963": 1}, "month")
    ({1962: 3, 1963: 1}, {})
    """
    if unit == "month" and not all(_MONTH.fullmatch(month) for month in months):
        return {}
    found: dict[int, int] = {}
    for month, count in months.items():
        number = unit_of(day_number(f"{month}-01" if _MONTH.fullmatch(month) else f"{month}-01-01"), unit)
        found[number] = found.get(number, 0) + count
    return found


def day_text(day: int) -> str | None:
    """A day as ISO 8601 has it, from its number; None for an open end.

    >>> day_text(19630405), day_text(-439685), day_text(UNDATED)
    ('1963-04-05', '-0044-03-15', None)
    """
    if abs(day) == UNDATED:
        return None
    year, rest = divmod(day, 10_000)
    return f"{'-' if year < 0 else ''}{abs(year):04}-{rest // 100:02}-{rest % 100:02}"
