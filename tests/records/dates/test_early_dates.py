"""Days of dates before the year 1, as the calendar of ISO 8601 counts them."""

import pytest

from kg.records.dates.early_dates import is_early, whole_interval
from kg.records.dates.edtf_strings import Interval, interval


@pytest.mark.parametrize(
    ("edtf", "start", "end"),
    [
        ("-0043", "-0043-01-01", "-0043-12-31"),
        ("-0043-03", "-0043-03-01", "-0043-03-31"),
        ("-0043-03-15~", "-0043-03-15", "-0043-03-15"),
        ("-0004-02", "-0004-02-01", "-0004-02-29"),
        ("-0003-02", "-0003-02-01", "-0003-02-28"),
        ("0000", "0000-01-01", "0000-12-31"),
        ("-04XX", "-0499-01-01", "-0400-12-31"),
        ("-004X?", "-0049-01-01", "-0040-12-31"),
        ("-0043-21", "-0043-01-01", "-0043-12-31"),
        ("-0099/-0043", "-0099-01-01", "-0043-12-31"),
        ("-0026/0014", "-0026-01-01", "0014-12-31"),
        ("-0043/..", "-0043-01-01", None),
        ("../-0043", None, "-0043-12-31"),
        ("[-0043,-0026]", "-0043-01-01", "-0026-12-31"),
        ("[..-0043]", None, "-0043-12-31"),
        ("{-0043,1962}", "-0043-01-01", "1962-12-31"),
    ],
)
def test_days_before_christ(edtf, start, end):
    "The first and the last day are those of the years before the year 1, the farther one first."
    assert is_early(edtf)
    assert whole_interval(edtf) == Interval(start, end)


@pytest.mark.parametrize("edtf", ["1962", "1962-04/1963", "[1962,1963]", "Y-12000", "1962-XX", "19XX", "XXXX-04-05"])
def test_later_dates_are_as_they_were(edtf):
    "Of a date from the year 1 on, and of a year of five digits, the days are those that comparisons use."
    assert whole_interval(edtf) == interval(edtf)
