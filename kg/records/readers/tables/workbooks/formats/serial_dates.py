"""Date of a cell, which is the number of days since a day of 1899 or 1904, as ISO 8601 with the precision shown.

The parts of a date that a number format shows decide: a cell that shows "Feb 1963" is "1963-02", since spreadsheet
programs have no other way to write a month.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntFlag

DAY_MILLISECONDS = 86_400_000
MAX_SERIAL = 2_958_466
"""Serial number of the day after 9999-12-31."""
_LEAP_BUG = 60
"""Serial number of 1900-02-29, a day that there was not: Lotus 1-2-3 had it, and so has every workbook since."""
_ISO = re.compile(r"(-?\d{4,5}-\d\d-\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?Z?", re.ASCII)


class DateParts(IntFlag):
    """Parts of a date that a number format shows."""

    YEAR = 1
    MONTH = 2
    DAY = 4
    HOUR = 8
    MINUTE = 16
    SECOND = 32
    FRACTION = 64
    ELAPSED = 128
    """Hours, minutes or seconds that are counted beyond a day, an hour or a minute: `[h]:mm`."""


NOTHING = DateParts(0)
"""No part of a date: a format of numbers."""
DATE = DateParts.YEAR | DateParts.MONTH | DateParts.DAY
TIME = DateParts.HOUR | DateParts.MINUTE | DateParts.SECOND | DateParts.FRACTION | DateParts.ELAPSED


@dataclass(frozen=True, slots=True)
class DateTime:
    """Date and time: ISO 8601 of the day, "" where there is none, and the milliseconds of that day."""

    day: str
    milliseconds: int

    @property
    def full(self) -> str:
        """Everything: the day, and the time unless it is midnight."""
        clock = _clock(self.milliseconds, DateParts.HOUR | DateParts.MINUTE | DateParts.SECOND | DateParts.FRACTION)
        if self.milliseconds % 1000 == 0:
            clock = clock[:8]
        return "T".join(part for part in (self.day, clock if self.milliseconds or not self.day else "") if part)


def moment(serial: float, *, is_1904: bool, has_fraction: bool = False) -> DateTime | None:
    """Return the moment of a serial number; None for one that has none.

    Args:
        serial: days since 1899-12-30, or 1904-01-01.
        is_1904: whether the workbook counts from 1904.
        has_fraction: whether fractions of seconds are shown; else seconds are rounded.

    >>> moment(45000.5, is_1904=False), moment(60, is_1904=False).day, moment(0, is_1904=True).day
    (DateTime(day='2023-03-15', milliseconds=43200000), '1900-02-29', '1904-01-01')
    """
    if not 0 <= serial < MAX_SERIAL:
        return None
    total = round(serial * DAY_MILLISECONDS)
    if not has_fraction:
        total = (total + 500) // 1000 * 1000
    days, rest = divmod(total, DAY_MILLISECONDS)
    if is_1904:
        start = date(1904, 1, 1)
    elif days == _LEAP_BUG:
        return DateTime("1900-02-29", rest)
    elif days == 0:
        return DateTime("", rest)
    else:
        start = date(1899, 12, 31) if days < _LEAP_BUG else date(1899, 12, 30)
    try:
        return DateTime((start + timedelta(days=days)).isoformat(), rest)
    except OverflowError:
        return None


def of_iso(raw: str) -> DateTime | None:
    """Return the moment of a date in ISO 8601, with or without a time; None for what is none.

    >>> of_iso("1963-02-14T14:30:00"), of_iso("14.2.1963")
    (DateTime(day='1963-02-14', milliseconds=52200000), None)
    """
    match = _ISO.fullmatch(raw)
    if not match:
        return None
    hour, minute, second = (int(match[index] or 0) for index in (2, 3, 4))
    fraction = int((match[5] or "0")[:3].ljust(3, "0"))
    return DateTime(match[1], ((hour * 60 + minute) * 60 + second) * 1000 + fraction)


def text(at: DateTime, shown: DateParts, days: float = 0) -> tuple[str, bool]:
    """Return a moment as a cell shows it, and whether that hides something of it.

    Args:
        at: the moment.
        shown: the parts that are shown.
        days: the serial number, for time that is counted beyond a day.

    >>> text(DateTime("1963-02-01", 0), DateParts.YEAR | DateParts.MONTH)
    ('1963-02', False)
    >>> text(DateTime("1963-02-14", 52200000), DateParts.HOUR | DateParts.MINUTE)
    ('14:30', True)
    """
    if shown & DateParts.ELAPSED:
        return _elapsed(round(days * DAY_MILLISECONDS), shown), False
    clock = _clock(at.milliseconds, shown) if shown & TIME else ""
    if not shown & DATE:
        return (clock, bool(at.day) or _hides(at.milliseconds, shown)) if clock else (at.full, False)
    if not at.day:
        return clock or at.full, False
    day, hidden = _day(at.day, shown & DATE)
    hidden = hidden or (_hides(at.milliseconds, shown) if clock else at.milliseconds >= 1000)
    return (f"{day}T{clock}" if clock else day), hidden


def _day(day: str, shown: DateParts) -> tuple[str, bool]:
    year, month, number = day.rsplit("-", 2)
    if shown == DATE:
        return day, False
    if shown == DateParts.YEAR | DateParts.MONTH:
        return f"{year}-{month}", number != "01"
    if shown == DateParts.YEAR:
        return year, (month, number) != ("01", "01")
    if not shown & DateParts.YEAR:  # as XML Schema writes gMonthDay, gMonth, gDay
        return "-" + (f"-{month}" if shown & DateParts.MONTH else "-") + (
            f"-{number}" if shown & DateParts.DAY else ""
        ), True
    return day, False  # a year and a day without a month


def _clock(milliseconds: int, shown: DateParts) -> str:
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    if shown & DateParts.FRACTION:
        return f"{hour:02}:{minute:02}:{second:02}.{fraction:03}"
    return f"{hour:02}:{minute:02}:{second:02}" if shown & DateParts.SECOND else f"{hour:02}:{minute:02}"


def _hides(milliseconds: int, shown: DateParts) -> bool:
    unit = 1 if shown & DateParts.FRACTION else 1000 if shown & DateParts.SECOND else 60_000
    return milliseconds // unit * unit != milliseconds and milliseconds % unit >= 1000


def _elapsed(milliseconds: int, shown: DateParts) -> str:
    seconds, fraction = divmod(
        milliseconds if shown & DateParts.FRACTION else (milliseconds + 500) // 1000 * 1000, 1000
    )
    end = f".{fraction:03}" if shown & DateParts.FRACTION else ""
    if shown & DateParts.HOUR:
        clock = f"{seconds // 3600}:{seconds // 60 % 60:02}"
        return f"{clock}:{seconds % 60:02}{end}" if shown & DateParts.SECOND else clock
    if shown & DateParts.MINUTE:
        return f"{seconds // 60}:{seconds % 60:02}{end}" if shown & DateParts.SECOND else str(seconds // 60)
    return f"{seconds}{end}"
