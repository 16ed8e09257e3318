"""Times of searches: what people write, which date was found, which years an axis covers."""

import pytest

from kg.errors import SearchRefused
from kg.read import times
from kg.read.times import Axis, YearSpan, axis_of, matched_date, read_days
from kg.store.search.query_language import DayRange, parse_days


@pytest.mark.parametrize(
    ("written", "figures"),
    [
        ("1962", "1962"),
        ("1962-10..1963-04-05", "1962-10..1963-04-05"),
        ("february 1963", "1963-02"),
        ("Feb. 1963", "1963-02"),
        ("Feb–Mar 1963", "1963-02..1963-03"),
        ("February and March 1963", "1963-02..1963-03"),
        ("5 April 1963", "1963-04-05"),
        ("April 5, 1963", "1963-04-05"),
        ("5 апреля 1963", "1963-04-05"),
        ("февраль 1963 г.", "1963-02"),
        ("5 de abril de 1963", "1963-04-05"),
        ("febrero de 1963", "1963-02"),
        ("février 1963", "1963-02"),
        ("Februar 1963", "1963-02"),
        ("the 1960s", "1960..1969"),
        ("1962-1963", "1962..1963"),
        ("1962–63", "1962..1963"),
        ("circa 1962", "1962"),
        ("March 1917..", "1917-03.."),
        ("March 1917 .. May 1917", "1917-03..1917-05"),
        ("..5 April 1963", "..1963-04-05"),
        ("44 BC", "-0043"),
        ("44 B.C.", "-0043"),
        ("44 BCE", "-0043"),
        ("44 до н. э.", "-0043"),
        ("44 г. до н.э.", "-0043"),
        ("44 a. C.", "-0043"),
        ("44 a.C.", "-0043"),
        ("44 av. J.-C.", "-0043"),
        ("44 v. Chr.", "-0043"),
        ("15 March 44 BC", "-0043-03-15"),
        ("15 марта 44 г. до н. э.", "-0043-03-15"),
        ("15 de marzo de 44 a. C.", "-0043-03-15"),
        ("100–44 BC", "-0099..-0043"),
        ("100 BC..44 BC", "-0099..-0043"),
        ("100..44 BC", "-0099..-0043"),
        ("27 BC – AD 14", "-0026..0014"),
        ("5th century BC", "-0499..-0400"),
        ("V век до н. э.", "-0499..-0400"),
        ("siglo V a. C.", "-0499..-0400"),
        ("AD 14", "0014"),
        ("16 to 28 October 1962", "1962-10-16..1962-10-28"),
    ],
)
def test_a_time_is_read_as_people_write_it(written, figures):
    "Words, abbreviations, spans and languages are read as the dates of records are."
    assert read_days(written) == parse_days(figures)


@pytest.mark.parametrize(
    "written", ["soon", "4/5/1963", "undated", "1963..1962", "..", "May 1963..May 1962", "30 February 1963"]
)
def test_what_can_be_meant_in_two_ways_or_none_is_refused(written):
    "No time is guessed."
    with pytest.raises(SearchRefused):
        read_days(written)


DATES = [
    {"role": "document", "edtf": "1931-10-02", "start": "1931-10-02", "end": "1931-10-02"},
    {"role": "event", "edtf": "1904-08", "start": "1904-08-01", "end": "1904-08-31"},
    {"role": "uploaded", "edtf": "2018", "start": "2018-01-01", "end": "2018-12-31"},
]


@pytest.mark.parametrize(
    ("days", "roles", "role"),
    [
        (["1904"], [], "event"),
        (["1931"], [], "document"),
        (["2018"], [], None),
        (["2018"], ["uploaded"], "uploaded"),
        ([], ["event"], "event"),
        (["1900..1940"], ["event"], "event"),
        ([], [], None),
    ],
)
def test_a_result_knows_by_which_date_it_was_found(days, roles, role):
    "The date is one that the time touches, of the roles that were asked for."
    found = matched_date({"dates": DATES}, [parse_days(each) for each in days], roles)
    assert found.get("role") == role


@pytest.mark.parametrize(
    ("dates", "time", "expected"),
    [
        ([("1960-01-01", "1969-12-31"), ("1963-04-05", "1963-04-05")], "1963-04", 1),
        ([("1963-03-01", "1963-04-30"), ("1963-04-01", "1963-05-01")], "1963-04", 1),
        ([(None, "1963-04-30"), ("1963-04-30", "1963-05-01")], "1963-04", 1),
        ([("1963-04-02", "1963-04-03"), ("1963-04-05", "1963-04-05")], "1963-04", 0),
    ],
)
def test_a_hit_names_the_date_that_fits_best(dates, time, expected):
    "Of several dates that a time touches, the one is named of which most lies in it; of equals the first."
    listed = [
        {"role": "event", "text": str(number), **({"start": first} if first else {}), "end": last}
        for number, (first, last) in enumerate(dates)
    ]
    assert matched_date({"dates": listed}, [parse_days(time)])["text"] == str(expected)


def test_a_certain_date_lies_within():
    "Where certain dates are asked for, a result is not found by one that only may lie there."
    assert matched_date({"dates": DATES}, [parse_days("1904-08-15")], certain=True) == {}


def axis(documents):
    """Axis of documents, each a set of years."""

    def touching(first, last):
        return {name for name, own in documents.items() if any(first <= year <= last for year in own)}

    def beside(run, so_far):
        return len(touching(run.first, run.last) - touching(so_far.first, so_far.last))

    years = sorted({year for own in documents.values() for year in own})
    return axis_of(years, len(documents), lambda first, last: len(touching(first, last)), beside)


def test_notes_of_editors_do_not_stretch_an_axis():
    "A few documents of sixty years later stand apart, with their number."
    letters = {f"letter {number}": {1962, 1963} for number in range(10)}
    notes = {"note on letters": {2026, 1963}, "note on dates": {2026}}
    assert axis(letters | notes) == Axis(1962, 1963, (YearSpan(2026, 2026, 2),))


def test_what_is_half_of_a_list_is_on_its_axis():
    "Where the documents beyond a gap are many, the line goes on to them."
    assert axis({"a": {1850}, "b": {1851}, "c": {1950}, "d": {1951}}) == Axis(1850, 1951)


def test_a_gap_of_a_few_years_is_crossed():
    "Memoirs of some years later are on the line."
    assert axis({"memoir": {1904, 1931}, "order": {1904}}) == Axis(1904, 1931)


def test_a_list_of_one_time_has_that_axis():
    "Whatever a list has is its time."
    assert axis({"note": {2026}}) == Axis(2026, 2026)
    assert axis({}) is None


def test_years_within_a_time():
    "Of a time that was asked for, its own years are counted."
    assert times.within([1961, 1962, 1963], DayRange(19620601, 19621231)) == [1962]
