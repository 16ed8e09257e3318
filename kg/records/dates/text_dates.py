"""Date of a text: its EDTF, and which days it claims, so that an encoded date can be compared with it.

Three intervals of days tell what a text says. The *span* is that of its EDTF. The *core* is what it says that it
covers: an interval that leaves a day of it out contradicts the text. The *reach* is what it may mean at the most.

| text | core | reach |
| --- | --- | --- |
| 1963 | none: any part of it | the span |
| 1902-1994 | the last day of 1902 to the first of 1994 | the span |
| the 1960s | the span | the span |
| early 1960s, spring 1963 | none | a little over the span |
| circa 1915 | the span | fifty years around |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from kg.records.dates.edtf_strings import Interval

_AROUND = 50
"""Years around an approximate date within which an encoded one may lie."""

_EVER = Interval(None, None)


class Precision(Enum):
    """Kind of a text's date, by what an encoded date may add to it."""

    UNIT = "a year, month or day"
    RANGE = "from a date to another"
    LIST = "several dates"
    VAGUE = "an approximate, uncertain or incomplete date"


@dataclass(frozen=True, slots=True)
class TextDate:
    """Date of a text.

    Attributes:
        edtf: the EDTF; empty where EDTF has none, though the days are known.
        span: the days of the EDTF.
        core: the days that it certainly covers; None where it may mean any part of its span.
        reach: the days that it can mean at the most.
        precision: its kind.
        ends: the EDTF of both ends of a range.
        role: what happened then, where the text says it; empty else.
        text: the part of the text that tells it.
    """

    edtf: str
    span: Interval
    core: Interval | None
    reach: Interval
    precision: Precision
    ends: tuple[str, str] = ("", "")
    role: str = ""
    text: str = ""


def widened(days: Interval, *, years: int = 0, days_around: int = 0) -> Interval:
    """Return an interval with years and days more on both sides.

    >>> widened(Interval("1915-01-01", "1915-12-31"), years=5)
    Interval(start='1910-01-01', end='1920-12-31')
    """
    return Interval(_shifted(days.start, -years, -days_around), _shifted(days.end, years, days_around))


def _shifted(day: str | None, years: int, days: int) -> str | None:
    if day is None:
        return None
    year = int(day[:4]) + years
    if not 1 <= year <= 9999:
        return None
    try:
        return (date.fromisoformat(f"{year:04}-{day[5:7]}-01") + timedelta(int(day[8:]) - 1 + days)).isoformat()
    except OverflowError:
        return None


def around(days: Interval) -> Interval:
    """Return the days that an approximate date can mean at the most."""
    return widened(days, years=_AROUND)


def inner(spans: Sequence[Interval]) -> Interval | None:
    """Return the days from the last one of the first date to the first one of the last date; None if these overlap."""
    first, last = min(spans, key=lambda span: span.end or "9"), max(spans, key=lambda span: span.start or "")
    start, end = first.end, last.start
    if len(spans) > 1 and last.end is None:  # open: it covers whatever comes
        return Interval(start, None) if start else None
    if len(spans) > 1 and first.start is None:
        return Interval(None, end) if end else None
    return Interval(start, end) if start and end and start < end else None


def outer(spans: Sequence[Interval]) -> Interval:
    """Return the days from the first to the last one of all dates."""
    starts, ends = [span.start for span in spans if span.start], [span.end for span in spans if span.end]
    return Interval(min(starts) if len(starts) == len(spans) else None, max(ends) if len(ends) == len(spans) else None)


def contains(whole: Interval, part: Interval) -> bool:
    """Return whether an interval has all days of another one; None is a day before or after every other."""
    after_start = whole.start is None or (part.start is not None and whole.start <= part.start)
    before_end = whole.end is None or (part.end is not None and part.end <= whole.end)
    return after_start and before_end


def are_disjoint(first: Interval, second: Interval) -> bool:
    """Return whether two intervals have no day in common."""
    return (first.end or "9") < (second.start or "") or (second.end or "9") < (first.start or "")


def bound(named: Interval, *, is_upper: bool) -> tuple[Interval, Interval]:
    """Return core and reach of "before 1850" or "after 1850".

    An encoded date has to come close to the bound and to hold more than the year beside it, which is a bound itself.
    """
    if is_upper:
        close = _shifted(named.start, 0, -1)
        return Interval(_shifted(named.start, -1, -1), close), Interval(None, named.end)
    close = _shifted(named.end, 0, 1)
    return Interval(close, _shifted(named.end, 1, 1)), Interval(named.start, None)
