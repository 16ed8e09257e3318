"""Calendars: the Gregorian day of a day in the Julian calendar, for dates that were written in the old style.

>>> gregorian("1918-01-25"), gregorian("1700-02-29"), day_of_both("1917", "05", "2", "15")
('1918-02-07', '1700-03-11', '1917-05-15')
"""

from datetime import date, timedelta

_DAYS_TO_MARCH_1 = 368
"""Count of the Julian day that is the Gregorian 1 March of the year 1: the Julian 3 March."""

_GREGORIAN_FROM = 1582
"""Year of the first Gregorian calendar; days before it are Julian by nature."""


def gregorian(julian_day: str) -> str | None:
    """Return the Gregorian day of a Julian one, `YYYY-MM-DD`; None where there is no such day.

    The calendars differ by a day for each century year that is no leap year: ten days in 1582, thirteen from 1900 on.
    """
    year, month, day = map(int, julian_day.split("-"))
    if not (1 <= month <= 12 and 1 <= day <= _days_in_julian_month(year, month)):
        return None
    # Julian day number from the first of March of a year that ends with the leap day.
    shifted_year, shifted_month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    days = 365 * shifted_year + shifted_year // 4 + (153 * shifted_month + 2) // 5 + day
    try:
        return (date(1, 3, 1) + timedelta(days - _DAYS_TO_MARCH_1)).isoformat()
    except (OverflowError, ValueError):
        return None


def day_of_both(year: str, month: str, first: str, second: str) -> str | None:
    """Return the Gregorian day that is named with its Julian one, "2/15 May 1917"; None where the two are not one.

    A month before the second day is the month of the first: "20 April/3 May" is written out.
    """
    if not month.isdigit() or int(year) < _GREGORIAN_FROM:
        return None
    try:
        julian = gregorian(f"{int(year):04}-{int(month):02}-{int(first):02}")
    except ValueError:
        return None
    return julian if julian and int(julian[8:]) == int(second) else None


def _days_in_julian_month(year: int, month: int) -> int:
    if month == 2:
        return 28 if year % 4 else 29
    return 30 if month in {4, 6, 9, 11} else 31
