"""Encoded dates as programs write them."""

import pytest

from kg.records.dates.edtf_strings import DateFault
from kg.records.dates.encoded_dates import decode, hyphenate


@pytest.mark.parametrize(
    ("encoded", "edtf"),
    [
        ("1963", "1963"),
        ("19630405", "1963-04-05"),
        ("196304", "1963-04"),
        ("1963-4-5", "1963-04-05"),
        ("01963", "1963"),
        ("1963-04-00", "1963-04"),
        ("1963-00-00", "1963"),
        ("1991-01-01 / 1991-12-31", "1991-01-01/1991-12-31"),
        ("1991/1991", "1991"),
        ("1963-04-05/07", "1963-04-05/1963-04-07"),
        ("1910/25", "1910/1925"),
        ("1910-25", "1910/1925"),
        ("1910-1925", "1910/1925"),
        ("1905-06", "1905-06"),
        ("1914/1918,1939/1945", "{1914..1918,1939..1945}"),
        ("1898, 1979", "{1898,1979}"),
        ("1869/9999", "1869/.."),
        ("1850-01-01/9999-12-31", "1850-01-01/.."),
        ("0000/1963", "../1963"),
        ("-0299", "-0299"),
        ("2020-01-02 10:11:12 -0500", "2020-01-02"),
        ("1963-04-05T00:00:00.000Z", "1963-04-05"),
        ("20200102T101112Z", "2020-01-02"),
        ("", None),
        ("0000", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("0000-00-00/0000-00-00", None),
        (None, None),
    ],
)
def test_forms(encoded, edtf):
    """Each form that programs write has its EDTF; what means no date has none."""
    assert decode(encoded) == edtf


@pytest.mark.parametrize(
    "encoded", ["1953-02-30", "1920/1890", "1963-13-01", "May", "1963-04-05/1963-06-31", "1" * 300]
)
def test_invalid(encoded):
    """A day that is none, a reversed interval and any other text are faults."""
    with pytest.raises(DateFault):
        decode(encoded)


def test_hyphenate():
    """Hyphens are put in, and what is no day is left."""
    assert [hyphenate(text) for text in ("19710610", "197106", "1971", "May")] == [
        "1971-06-10",
        "1971-06",
        "1971",
        "May",
    ]
