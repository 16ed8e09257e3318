"""Records by time as bars: which unit suits them, and where time passes without any.

The bars are drawn by the template; each is a link to the records it counts, and a table says the same.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kg.render.site.date_phrases import words

MOST = 40
"""How many bars of one unit fit side by side; beyond it the next larger unit is taken."""

_UNITS = {"month": 7, "year": 4, "decade": 3}
"""Unit of time → how many characters of an ISO date name it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: the time it stands for, in words.
        short: the same as briefly as it can be said.
        start: its first month or year, as an ISO date begins.
        count: how many.
        share: of the highest bar, in per cent.
        after_gap: whether time without records lies before it.
    """

    label: str
    short: str
    start: str
    count: int
    share: float
    after_gap: bool


def bars(months: Mapping[str, int], language: str) -> list[Bar]:
    """Bars for months (YYYY-MM, or YYYY where no month is known) and how many records each has, in order of time.

    >>> [(bar.label, bar.count, bar.after_gap) for bar in bars({"1962-10": 3, "1962-11": 1, "1963-04": 2}, "en")]
    [('October 1962', 3, False), ('November 1962', 1, False), ('April 1963', 2, True)]
    """
    by_unit = {unit: _counted(months, length) for unit, length in _UNITS.items()}
    unit = next((unit for unit, counted in by_unit.items() if len(counted) <= MOST), "decade")
    counted = by_unit[unit]
    highest = max(counted.values(), default=1)
    found: list[Bar] = []
    last: int | None = None
    for start, count in sorted(counted.items()):
        place = _place(start, unit)
        gap = last is not None and place - last > 1
        label, short = _labels(start, unit, language)
        found.append(Bar(label, short, start, count, round(100 * count / highest, 1), gap))
        last = place
    return found


def _counted(months: Mapping[str, int], length: int) -> Counter[str]:
    counted: Counter[str] = Counter()
    for month, count in months.items():
        counted[month[:length]] += count
    return counted


def _place(start: str, unit: str) -> int:
    """The place of a unit of time on a line of such units."""
    digits = start.lstrip("-")
    if unit == "month":
        return int(digits[:4]) * 12 + int(digits[5:7] or 1)
    return int(digits)


def _labels(start: str, unit: str, language: str) -> tuple[str, str]:
    if unit == "decade":
        said = words(f"{start}X", language)
        return said, f"{start}0"
    if unit == "month" and len(start) == 7:
        return words(start, language), f"{int(start[5:])}/{start[:4]}"
    return start, start
