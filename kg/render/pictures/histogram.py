"""Histogram of records by time: the unit of its bars, their heights, and its gaps.

The template draws the bars; each is a link to its records, and a table has the same figures.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kg.render.site.date_phrases import date_phrase

MAX_BARS = 40
"""Maximum number of bars of one unit; beyond it the next larger unit is taken."""

_UNITS = {"month": 7, "year": 4, "decade": 3}
"""Unit of time → length of its prefix of an ISO date."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Bar of a histogram.

    Attributes:
        label: its time in words.
        short: short label.
        start: its first month or year, as the prefix of an ISO date.
        count: number of records.
        share: height in per cent of the highest bar.
        after_gap: True for a bar behind a gap.
    """

    label: str
    short: str
    start: str
    count: int
    share: float
    after_gap: bool


def bars(months: Mapping[str, int], language: str) -> list[Bar]:
    """Bars for counts of records by month (YYYY-MM, or YYYY where the month is unknown), in order of time.

    >>> [(bar.label, bar.count, bar.after_gap) for bar in bars({"1962-10": 3, "1962-11": 1, "1963-04": 2}, "en")]
    [('October 1962', 3, False), ('November 1962', 1, False), ('April 1963', 2, True)]
    """
    by_unit = {unit: _counts_by_unit(months, length) for unit, length in _UNITS.items()}
    unit = next((unit for unit, counts in by_unit.items() if len(counts) <= MAX_BARS), "decade")
    counted = by_unit[unit]
    highest = max(counted.values(), default=1)
    result: list[Bar] = []
    last: int | None = None
    for start, count in sorted(counted.items()):
        index = _index_of(start, unit)
        gap = last is not None and index - last > 1
        label, short = _labels(start, unit, language)
        result.append(Bar(label, short, start, count, round(100 * count / highest, 1), gap))
        last = index
    return result


def _counts_by_unit(months: Mapping[str, int], length: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for month, count in months.items():
        counts[month[:length]] += count
    return counts


def _index_of(start: str, unit: str) -> int:
    """Index of a unit of time on a line of such units."""
    digits = start.lstrip("-")
    if unit == "month":
        return int(digits[:4]) * 12 + int(digits[5:7] or 1)
    return int(digits)


def _labels(start: str, unit: str, language: str) -> tuple[str, str]:
    if unit == "decade":
        phrase = date_phrase(f"{start}X", language)
        return phrase, f"{start}0"
    if unit == "month" and len(start) == 7:
        return date_phrase(start, language), f"{int(start[5:])}/{start[:4]}"
    return start, start
