"""The table that decides how a written and an encoded date combine."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from locations import ROOT

from kg.records.dates import edtf_strings, phrases
from kg.records.dates.edtf_strings import Interval
from kg.records.dates.reconciliation import TOLD, Decision, decide, reconcile
from kg.records.dates.text_dates import contains

PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
TABLE = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("## Dates\n")[2].partition("\n## ")[0].split("\n")
    if line.startswith("| ") and not line.startswith(("| text", "| ---"))
]
"""Rows of the documented table: text, encoded, EDTF, days, told, how they stand to one another."""


@pytest.mark.parametrize(
    ("text", "encoded", "edtf", "days", "told", "_"), TABLE, ids=[" ".join(row[:2]) for row in TABLE]
)
def test_documented_table(text, encoded, edtf, days, told, _):
    """Each row of the table in docs/sources.md is what the code decides."""
    found = reconcile(text, encoded)
    shown = f"{found.days.start}/{found.days.end}" if found.days else ""
    assert (found.edtf or "", shown, found.is_told) == (edtf, days, told == "yes")


def test_every_decision_is_documented():
    """The table has a row for each decision on a text beside an encoded date."""
    alone = {Decision.NOTHING, Decision.TEXT_ALONE, Decision.ENCODED_ALONE, Decision.UNREAD}
    assert {reconcile(text, encoded).decision for text, encoded, *_ in TABLE} == set(Decision) - alone


@pytest.mark.parametrize(
    ("text", "encoded", "edtf", "days"),
    [
        ("1905-06", "1905-01/1906-12", "1905/1906", None),
        ("1905-06", "1905-06", "1905-06", None),
        ("1905-06", "1905-06-15", "1905-06-15", None),
        ("1900s", "1900/1909", "190X", None),
        ("1900s", "1900/1999", "19XX", None),
        ("1912", "1912-12-31", "1912", None),
        ("May 1918", "1918-05-01", "1918-05", None),
        ("1902-1994", "1902-01-01/1994-01-01", "1902/1994", None),
        ("1902-1994", "1902-05-03/1994-12-31", "1902-05-03/1994", None),
        ("19th century", "1801/1900", "18XX", ("1801-01-01", "1900-12-31")),
        ("Spring 1962", "1962-03-21/1962-06-21", "1962-21", ("1962-03-21", "1962-06-21")),
        ("circa 1902", "[1900..1905]", "1902~", ("1900-01-01", "1905-12-31")),
        ("circa 1930s-1940s", "1925/1955", "193X~/194X~", ("1925-01-01", "1955-12-31")),
        ("1898, 1979", "1898/1979", "{1898,1979}", None),
        ("after 1900", "1900/1910", "[1900..]", ("1900-01-01", "1910-12-31")),
        ("1869-", "1869/9999", "1869/..", None),
        ("25 January 1918 (julian calendar)", "1918-02-07", "1918-02-07", None),
        ("44 (bce)", "-0043", "-0043", None),
        ("5723", "1962/1963", "1962/1963", None),
        ("1345 AH", "1926/1927", "1926/1927", None),
        ("n.d.", "0000", None, None),
    ],
)
def test_encoded_date_that_fits(text, encoded, edtf, days):
    """An encoded date that fits the text chooses, makes finer or says how far, and nothing is told."""
    found = reconcile(text, encoded)
    assert (found.edtf, found.days, found.is_told) == (edtf, Interval(*days) if days else None, False)


@pytest.mark.parametrize(
    ("text", "encoded", "edtf"),
    [
        ("1898, 1979", "1898/1898", "{1898,1979}"),
        ("1984, undated", "1950/1950", "1984"),
        ("1984-1985", "1984/1984", "1984/1985"),
        ("-1963", "-1963", "../1963"),
        ("25 January 1918", "1918-02-07", "1918-01-25"),
        ("between 1940 and 1945", "1942", "[1940..1945]"),
        ("circa 1915", "1015/1920", "1915~"),
        ("before 1850", "1850", "[..1850]"),
        ("04/05/1963", "1964-04-05", None),
        ("1963 [1964]", "1964", None),
        ("until 1963 or so, it seems", "-1963", None),
    ],
)
def test_encoded_date_that_does_not_fit(text, encoded, edtf):
    """An encoded date that leaves out what the text says is told, and the text followed where it is understood."""
    found = reconcile(text, encoded)
    assert (found.edtf, found.is_told) == (edtf, True)


YEARS = st.integers(1500, 2100)
PHRASES = st.one_of(
    st.builds("{0}".format, YEARS),
    st.builds("{0}-{1}".format, YEARS, YEARS),
    st.builds("{0}, {1}".format, YEARS, YEARS),
    st.builds("{0} or {1}".format, YEARS, YEARS),
    st.builds("circa {0}".format, YEARS),
    st.builds("{0}?".format, YEARS),
    st.builds("{0}0s".format, st.integers(150, 209)),
    st.builds("before {0}".format, YEARS),
    st.builds("between {0} and {1}".format, YEARS, YEARS),
    st.builds("May {0}".format, YEARS),
    st.builds("summer {0}".format, YEARS),
    st.builds("{0}-".format, YEARS),
    st.builds("early 19th century".format),
    st.builds("Letters of {0}".format, YEARS),
)
ENCODED = st.one_of(
    st.builds("{0}".format, YEARS),
    st.builds("{0}/{1}".format, YEARS, YEARS),
    st.builds("{0}-{1:02}".format, YEARS, st.integers(1, 12)),
    st.dates().map(lambda day: day.isoformat()),
)


@given(PHRASES, ENCODED)
def test_text_is_never_left_out(text, encoded):
    """Whatever the encoded date, the days of the result hold all that the text says that it covers."""
    found = reconcile(text, encoded)
    phrase = phrases.parse(text)
    if found.edtf is None or phrase.date is None:
        return
    days = found.days or edtf_strings.interval(found.edtf)
    cores = [date.core or Interval("0001-01-01", "0001-01-01") for date in phrase.others or phrase.dates[:1]]
    assert any(core.start == "0001-01-01" or contains(days, core) for core in cores)


@given(PHRASES, ENCODED)
def test_years_of_a_text_lie_in_its_date(text, encoded):
    """A year that stands in the text lies in the published days, or there is no date."""
    found = reconcile(text, encoded)
    if found.edtf is None or text.startswith(("before", "early")):
        return
    days = found.days or edtf_strings.interval(found.edtf)
    for year in map(int, re.findall(r"\d{4}(?!s)", text)):
        assert int((days.start or "0001")[:4]) <= year <= int((days.end or "9999")[:4])


@given(PHRASES, ENCODED)
def test_what_is_not_followed_is_told(text, encoded):
    """An encoded date is in the result, agrees with it, is coarser or a filler; else it is told."""
    found = reconcile(text, encoded)
    if found.is_told:
        return
    silent = {Decision.COARSER, Decision.FILLER, Decision.AGREE, Decision.SPAN, Decision.FINER}
    assert found.decision in silent | {Decision.UNREAD_WITHIN, Decision.UNDATED_SPAN}
    assert found.decision not in TOLD


def test_pure_decision():
    """The decision is a function of the text's intervals and the encoded days alone."""
    text = phrases.parse("1902-1994").date
    assert decide(text, Interval("1902-01-01", "1994-12-31")) is Decision.AGREE
    assert decide(text, Interval("1902-03-01", "1994-10-31")) is Decision.FINER
    assert decide(text, Interval(None, None)) is Decision.CONTRADICTION
