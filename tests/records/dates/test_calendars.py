"""The Julian calendar, by days that are known in both."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.records.dates.calendars import day_of_both, gregorian


@pytest.mark.parametrize(
    ("julian", "expected"),
    [
        ("1582-10-04", "1582-10-14"),
        ("1700-02-28", "1700-03-10"),
        ("1700-02-29", "1700-03-11"),
        ("1732-02-11", "1732-02-22"),
        ("1825-12-14", "1825-12-26"),
        ("1917-10-25", "1917-11-07"),
        ("1918-01-31", "1918-02-13"),
        ("1900-02-29", "1900-03-13"),
        ("1901-02-29", None),
        ("1918-13-01", None),
        ("9999-12-31", None),
    ],
)
def test_known_days(julian, expected):
    """A Julian day is the Gregorian one that history knows, and a day that is none has none."""
    assert gregorian(julian) == expected


@given(st.dates(date(1600, 1, 1), date(2200, 1, 1)))
def test_distance(day):
    """The calendars are ten to fifteen days apart, and day follows day in both."""
    first, second = gregorian(day.isoformat()), gregorian((day + timedelta(1)).isoformat())
    assert timedelta(9) < date.fromisoformat(first) - day < timedelta(16)
    assert second is None or date.fromisoformat(second) - date.fromisoformat(first) in {timedelta(1), timedelta(2)}


def test_day_of_both():
    """A day that is named in both calendars is one only if they differ by that much in its century."""
    assert day_of_both("1917", "05", "2", "15") == "1917-05-15"
    assert day_of_both("1817", "05", "2", "14") == "1817-05-14"
    assert day_of_both("1917", "05", "2", "14") is None
