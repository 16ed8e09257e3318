import contextlib
import io

import pytest
from edtf import EDTFParseException, parse_edtf
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from kg.records.dates import edtf_strings
from kg.records.dates.edtf_strings import DateFault, Interval

INTERVALS = {
    "1963": ("1963-01-01", "1963-12-31"),
    "1963-02": ("1963-02-01", "1963-02-28"),
    "1964-02": ("1964-02-01", "1964-02-29"),
    "1963-04-05": ("1963-04-05", "1963-04-05"),
    "1962~": ("1962-01-01", "1962-12-31"),
    "1962-10?": ("1962-10-01", "1962-10-31"),
    "1962-10-05%": ("1962-10-05", "1962-10-05"),
    "?1962-10-~05": ("1962-10-05", "1962-10-05"),
    "1962-10~-05": ("1962-10-05", "1962-10-05"),
    "196X": ("1960-01-01", "1969-12-31"),
    "19XX": ("1900-01-01", "1999-12-31"),
    "196X~": ("1960-01-01", "1969-12-31"),
    "1963-XX": ("1963-01-01", "1963-12-31"),
    "1963-02-XX": ("1963-02-01", "1963-02-28"),
    "1963-XX-31": ("1963-01-31", "1963-12-31"),
    "1963-1X": ("1963-10-01", "1963-12-31"),
    "196X-02-29": ("1960-02-29", "1968-02-29"),
    "1950S2": ("1900-01-01", "1999-12-31"),
    "1963-21": ("1963-03-01", "1963-05-31"),
    "1963-21~": ("1963-03-01", "1963-05-31"),
    "1963-23": ("1963-09-01", "1963-11-30"),
    "1963-24": ("1963-01-01", "1964-02-29"),
    "1963-29": ("1963-09-01", "1963-11-30"),
    "1963-36": ("1963-10-01", "1963-12-31"),
    "196X-22": ("1960-06-01", "1969-08-31"),
    "1962/1963": ("1962-01-01", "1963-12-31"),
    "1962-10/1962-11-05": ("1962-10-01", "1962-11-05"),
    "1962~/1963?": ("1962-01-01", "1963-12-31"),
    "1962/..": ("1962-01-01", None),
    "../1962": (None, "1962-12-31"),
    "1962/": ("1962-01-01", None),
    "/1962": (None, "1962-12-31"),
    "[1962,1963]": ("1962-01-01", "1963-12-31"),
    "{1963-02-22,1963-02-23}": ("1963-02-22", "1963-02-23"),
    "[1971-05-01..1971-05-05]": ("1971-05-01", "1971-05-05"),
    "[..1962]": (None, "1962-12-31"),
    "[1963-04-05..]": ("1963-04-05", None),
    "[..1960,1965,1970..]": (None, None),
    "{1965,1962?,1963-02..1963-04}": ("1962-01-01", "1965-12-31"),
    "1963-04-05T23:30:00-05:00": ("1963-04-05", "1963-04-05"),
    "1963-04-05T00:00:00Z": ("1963-04-05", "1963-04-05"),
    "-0043-03-15": (None, None),
    "0000": (None, None),
    "0XXX": (None, "0999-12-31"),
    "XXXX-12-25": (None, None),
    "-0043/0014": (None, "0014-12-31"),
    "Y17000": (None, None),
    "Y-17E7": (None, None),
    "9999-24": ("9999-01-01", None),
}

NO_DATES = """
63 196 19631 1963-4-5 1963-13 1963-00 1963-02-30 1963-02-29 1963-04-31 1963-04-00 1963-2X 1963-02-3X -0000
-0043-02-30 196x uuuu open unknown 1962?? ?1962? 1962-42 1963-21-01 1963-04-05T10:00 1963-04-05T24:00:00
1963-02-30T10:00:00 1963-04-05T10:00:00+15:00 1963T10:00:00 1963-04-05T10:00:00/1963 / .. ../.. /.. 1962/1961
1962/1963/1964 [1962] {1962} [] {} [ { [1962,1963 [1962,1963} [1965..1962] [1962..1963-04] [1962,..1963]
[1962..,1963] [..] [[1962],1963] [1962,,1963] 1963-04-05Z 20200101 2020-W01-1 Y1963 Y 1963S5 1963S ١٩٦٣ １９６３
"""


@pytest.mark.parametrize("edtf", INTERVALS)
def test_interval(edtf):
    """A date lies between the first and the last day that it allows; an end that is not known is absent."""
    assert edtf_strings.interval(edtf) == Interval(*INTERVALS[edtf])
    assert edtf_strings.check(edtf) == edtf


@pytest.mark.parametrize("text", [*NO_DATES.split(), "", " ", "1963 04", "April 5, 1963", "1963\n04", "\ud800", "\x00"])
def test_no_date(text):
    """What is no date, or a day that does not exist, is refused by every function."""
    for function in (edtf_strings.check, edtf_strings.interval):
        with pytest.raises(DateFault):
            function(text)


@pytest.mark.parametrize("text", ["[" * 1_000_000, "X" * 1_000_000, "1962," * 200_000, " " * 251, "Y1E" + "9" * 248])
def test_too_long(text, monkeypatch):
    """A text over 250 characters is refused before it is looked at."""
    monkeypatch.setattr(edtf_strings, "_read_short", lambda text: pytest.fail(f"{len(text)} characters were read"))
    for function in (edtf_strings.check, edtf_strings.interval):
        with pytest.raises(DateFault, match="longer than the 250 characters"):
            function(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (" 1963 ", "1963"),
        ("{1963-02-22, 1963-02-23}", "{1963-02-22,1963-02-23}"),
        ("1971-06-10T09:08:00-05", "1971-06-10T09:08:00-05:00"),
    ],
)
def test_canonical(text, canonical):
    """A date has one spelling: no spaces, and a zone with its minutes."""
    assert edtf_strings.check(text) == canonical


YEARS = st.from_regex(r"\A(1\d{3}|20\d\d|[012][0-9X]{3})\Z")
PARTS = st.from_regex(r"\A([0-9X]{2}|0[1-9]|1[0-2]|2[1-9])\Z")
MARKS = st.sampled_from(["", "", "", "?", "~", "%"])
ONES = st.builds(lambda year, rest, mark: "-".join([year, *rest]) + mark, YEARS, st.lists(PARTS, max_size=2), MARKS)
ENDS = st.one_of(ONES, st.just(".."), st.just(""))
DATES = st.one_of(
    ONES,
    st.tuples(ENDS, ENDS).map("/".join),
    st.lists(ONES, min_size=2, max_size=2).map(lambda members: f"[{','.join(members)}]"),
    st.lists(ONES, min_size=2, max_size=2).map(lambda members: f"{{{'..'.join(members)}}}"),
)


def read_by_the_package(edtf):
    """The package's (first, last) day as (year, month, day), or None; it fails with anything on what is no date."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            parsed = parse_edtf(edtf)
            return [
                tuple(end)[:3] if hasattr(end, "tm_year") else None
                for end in (parsed.lower_strict(), parsed.upper_strict())
            ]
        except (EDTFParseException, TypeError, AttributeError, ValueError, IndexError):
            return None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(DATES)
@example("1963-02-XX")
@example("[1962..1963]")
def test_as_the_edtf_package(edtf):
    """What the edtf package reads is read, as the same days, save where the package is known to be wrong."""
    theirs = read_by_the_package(edtf)
    assume(theirs is not None)
    try:
        span, fault = edtf_strings.interval(edtf), ""
    except DateFault as refused:
        span, fault = None, str(refused)
    # The package takes 29 February in any year, 30 February where a digit is open, and what ends before it begins.
    assert span or any(why in fault for why in ("no such day", "ends before", "neither"))
    assume(span is not None)
    # It takes an unknown end for ten years, winter for December, and unspecified digits of a day for any.
    assume(
        not edtf.startswith("/")
        and not edtf.endswith("/")
        and "-2" not in edtf
        and "-X" not in edtf
        and "X-" not in edtf
    )
    for mine, package in zip((span.start, span.end), theirs, strict=True):
        if mine is not None and package is not None:
            assert tuple(map(int, mine.split("-"))) == package


@settings(max_examples=300, deadline=None)
@given(st.one_of(DATES, st.text(max_size=120), st.text("0123456789X-/.,[]{}?~%TZSYE:+ ", max_size=40)))
def test_nothing_but_a_fault(text):
    """Any text is a date, whose canonical form means the same and whose ends are in order, or a DateFault."""
    try:
        canonical = edtf_strings.check(text)
    except DateFault:
        return
    span = edtf_strings.interval(text)
    assert edtf_strings.check(canonical) == canonical
    assert edtf_strings.interval(canonical) == span
    assert not (span.start and span.end) or span.start <= span.end
