"""Days of dates before the year 1, which readers of encoded dates leave open.

To compare what a text says with what an encoding says, the years 1 to 9999 are enough (`edtf_strings.interval`). A
record has the days of earlier dates too, so that a time finds them (D-184).
"""

import re

from kg.day_numbers import day_number
from kg.records.dates import edtf_strings
from kg.records.dates.edtf_strings import Interval

_EARLY = re.compile(r"(?:^|[/\[{,.])[?~%]?(?:-\d|0000)")
_DATE = re.compile(r"(-?)([0-9X]{4})(?:-(\d\d|XX))?(?:-(\d\d|XX))?")
_SEASONS = frozenset(map(str, range(21, 42)))
_WITHOUT_QUALIFIERS = str.maketrans("", "", "?~%")
_OPEN_ENDS = frozenset({"", ".."})


def is_early(edtf: str) -> bool:
    """Return whether a date, or an end of it, is before the year 1."""
    return bool(_EARLY.search(edtf))


def whole_interval(edtf: str) -> Interval:
    """Return the interval of days that a valid date covers, in the years -9999 to 9999.

    >>> whole_interval("-0043-03-15"), whole_interval("-04XX").start, whole_interval("-0026/0014")
    (Interval(start='-0043-03-15', end='-0043-03-15'), '-0499-01-01', Interval(start='-0026-01-01', end='0014-12-31'))
    """
    if not is_early(edtf):
        return edtf_strings.interval(edtf)
    if edtf[0] in "[{":
        return _united([_member(each.strip()) for each in edtf[1:-1].split(",")])
    first, slash, last = edtf.partition("/")
    return _from_to(first, last) if slash else _days(edtf)


def _member(text: str) -> Interval:
    first, dots, last = text.partition("..")
    return _from_to(first, last) if dots else _days(text)


def _from_to(first: str, last: str) -> Interval:
    start = None if first in _OPEN_ENDS else _days(first).start
    return Interval(start, None if last in _OPEN_ENDS else _days(last).end)


def _united(spans: list[Interval]) -> Interval:
    starts, ends = [span.start for span in spans if span.start], [span.end for span in spans if span.end]
    return Interval(
        min(starts, key=day_number) if len(starts) == len(spans) else None,
        max(ends, key=day_number) if len(ends) == len(spans) else None,
    )


def _days(text: str) -> Interval:
    """Days of a year, month or day; of an early season those of its year."""
    match = _DATE.fullmatch(text.translate(_WITHOUT_QUALIFIERS))
    if match is None or not (match[1] or match[2] == "0000"):
        return edtf_strings.interval(text)
    sign, year, month, day = match[1], match[2], match[3] or "XX", match[4] or "XX"
    # The farther a year lies before the year 1, the greater its number is.
    first, last = f"{sign}{year.replace('X', '9' if sign else '0')}", f"{sign}{year.replace('X', '0' if sign else '9')}"
    if month in _SEASONS:
        month = day = "XX"
    return Interval(_edge(first, month, day, at=0), _edge(last, month, day, at=1))


def _edge(year: str, month: str, day: str, *, at: int) -> str:
    """First or last day that a mask allows in a year, by the calendar, which is the same every 400 years."""
    of_calendar = edtf_strings.interval(f"{2000 + int(year) % 400}-{month}-{day}")
    edge = of_calendar.end if at else of_calendar.start
    # 29 February of some year of a decade, of which this is none.
    return f"{'0000' if int(year) == 0 else year}{(edge or ('2000-01-01', '2000-12-31')[at])[4:]}"
