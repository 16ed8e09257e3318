"""Dates of a record: text beside EDTF, days, what can't be true."""

import pytest

from kg.records.normalisation.records import normalise_record

TODAY = "2026-11-30"


def normalise(dates, kind="record"):
    """The dates of a record, what is told of them, and what stands under `extra`."""
    label = "title" if kind == "record" else "name"
    record, problems = normalise_record(
        {"id": f"{kind}/a", label: "A", "dates": dates}, "a.jsonl", "line 1", today=TODAY
    )
    return record.get("dates", []), [problem.message for problem in problems], record.get("extra", [])


def document(**keys):
    return {"role": "document", **keys}


@pytest.mark.parametrize(
    ("bare", "edtf", "start", "end"),
    [
        ("1910-25", "1910/1925", "1910-01-01", "1925-12-31"),
        ("-1963", "../1963", None, "1963-12-31"),
        ("?-1940", "/1940", None, "1940-12-31"),
        ("1963/9999", "1963/..", "1963-01-01", None),
        ("1905-06", "1905-06", "1905-06-01", "1905-06-30"),
        ("1963-04-05T00:00:00.000Z", "1963-04-05", "1963-04-05", "1963-04-05"),
        ("19630405", "1963-04-05", "1963-04-05", "1963-04-05"),
        ("c.1803–8", "1803~/1808~", "1803-01-01", "1808-12-31"),
        (1963, "1963", "1963-01-01", "1963-12-31"),
    ],
)
def test_bare_date(bare, edtf, start, end):
    """A bare date is read as people write, and nothing is told of one that is understood."""
    (date,), told, _ = normalise(bare)
    assert (date["edtf"], date.get("start"), date.get("end"), told) == (edtf, start, end, [])


@pytest.mark.parametrize("bare", ["n.d.", "date not known", "s.d.", "б.д."])
def test_undated(bare):
    """Words for "undated" are no fault, and stay as they are written."""
    dates, told, _ = normalise(bare)
    assert (dates, told) == ([document(text=bare)], [])


@pytest.mark.parametrize(
    ("bare", "message"),
    [
        ("0000", "no date"),
        ("0002-11-30T00:00:00Z", "no date"),
        ("5723", "to come"),
        ("2099", "to come"),
        ("1930-2099", "to come"),
        ("Y20000", "to come"),
        ("05/04/1963", "two ways"),
        ("30 February 1963", "'30 February 1963': there is no such day"),
        ("some day", "no date that can be read"),
        ("born 1820", "something else"),
    ],
)
def test_bare_date_that_is_none(bare, message):
    """What is no date, or is to come, is kept as text without days, and told once."""
    (date,), (told,), _ = normalise(bare)
    assert date == document(text=bare)
    assert message in told


@pytest.mark.parametrize("edtf", ["1910-25", "-0043", "2020-21", "196X", "202X"])
def test_edtf_is_edtf(edtf):
    """Under the key `edtf` a date is what ISO 8601-2 says."""
    (date,), told, _ = normalise([document(edtf=edtf)])
    assert (date["edtf"], told) == (edtf, [])


@pytest.mark.parametrize(
    ("text", "edtf", "found"),
    [
        ("6 May 1970", "1963-04-05", "1970-05-06"),
        ("1902-1994", "1902/1944", "1902/1994"),
        ("1910-25", "1910-25", "1910/1925"),
        ("1850", "1850-01-01", "1850"),
        ("Letters of 1963", "1970", None),
    ],
)
def test_edtf_against_text(text, edtf, found):
    """EDTF that the text contradicts is told, the text followed, and the EDTF kept."""
    (date,), told, extra = normalise([document(edtf=edtf, text=text)])
    assert date.get("edtf") == found
    assert len(told) == 1
    assert extra == [{"field": "dates[1].edtf", "value": edtf}]


@pytest.mark.parametrize(
    ("text", "edtf"),
    [("1963", "1963-04-05"), ("Michaelmas", "1963"), ("circa 1962", "1962~"), ("1901 – present", "1901/..")],
)
def test_edtf_beside_text(text, edtf):
    """EDTF that fits its text stands."""
    (date,), told, _ = normalise([document(edtf=edtf, text=text)])
    assert (date["edtf"], told) == (edtf, [])


def test_span_of_circa():
    """EDTF as the span of an approximate text gives the days, and normalising once more changes nothing."""
    dates, told, _ = normalise([document(edtf="1910/1920", text="circa 1915")])
    assert dates == [document(edtf="1915~", text="circa 1915", start="1910-01-01", end="1920-12-31")]
    assert (normalise(dates)[0], told) == (dates, [])


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ({"start": "1970-01-01", "end": "1960-01-01"}, "is after the end"),
        ({"start": "1970-01-01"}, "lie outside 1963-04-05"),
        ({"end": "1962-01-01"}, "lie outside 1963-04-05"),
    ],
)
def test_days_against_edtf(days, message):
    """Days that contradict one another or the EDTF are told, kept and derived anew."""
    (date,), (told,), extra = normalise([document(edtf="1963-04-05", **days)])
    assert (date["start"], date["end"]) == ("1963-04-05", "1963-04-05")
    assert message in told
    assert len(extra) == 1


def test_times_in_order():
    """A time of day that ends before it begins is told and kept under extra."""
    times = {"startTime": "1971-06-10T09:08:00-05:00", "endTime": "1971-06-09T14:53:00-05:00"}
    (date,), (told,), extra = normalise([document(edtf="1971-06-10", **times)])
    assert "startTime" not in date
    assert "endTime" not in date
    assert "ends before it begins" in told
    assert len(extra) == 1


@pytest.mark.parametrize(("first", "last"), [("birth", "death"), ("founded", "dissolved")])
def test_end_before_beginning(first, last):
    """A life that ends before it begins is told, and neither date asserted; both stay as they are written."""
    dates, (told,), _ = normalise([{"role": first, "edtf": "1970"}, {"role": last, "edtf": "1930"}], "agent")
    assert dates == [{"role": first, "text": "1970"}, {"role": last, "text": "1930"}]
    assert f"{last} comes before {first}" in told


@pytest.mark.parametrize("last", ["sent", "published", "printed", "exhibited", "digitized"])
def test_written_after_it_was_used(last):
    """A document that is sent or published before it was written is told; both dates stand."""
    dates, (told,), _ = normalise([document(edtf="1970"), {"role": last, "edtf": "1930"}])
    assert [date["edtf"] for date in dates] == ["1970", "1930"]
    assert f"{last} comes before document" in told


@pytest.mark.parametrize(
    "dates",
    [
        [{"role": "birth", "edtf": "1870~"}, {"role": "death", "edtf": "1870"}],
        [{"role": "birth", "edtf": "1870"}, {"role": "death", "edtf": "1870-01-01"}],
        [{"role": "birth", "edtf": "-0099"}, {"role": "death", "edtf": "-0043"}],
        [{"role": "birth", "text": "n.d."}, {"role": "death", "edtf": "1870"}],
    ],
)
def test_dates_that_may_agree(dates):
    """Dates that can be in order are no fault."""
    assert normalise(dates, "agent")[1] == []


def test_two_dates_of_a_text():
    """A text with two dates gives both, the second with its role and its part of the text."""
    first, second = normalise("1977, printed 1992")[0]
    assert (first["role"], first["edtf"], first["text"]) == ("document", "1977", "1977, printed 1992")
    assert (second["role"], second["edtf"], second["text"]) == ("printed", "1992", "printed 1992")


@pytest.mark.parametrize(
    ("date", "role"),
    [("published 1882", "published"), (document(text="published 1882"), "published"), ("1963", "document")],
)
def test_role_of_a_text(date, role):
    """The role that a text says is taken where the record says no other."""
    assert normalise(date)[0][0]["role"] == role


def test_role_against_text():
    """A text that dates something else than the role says gives no date, and is told."""
    (date,), (told,), _ = normalise([{"role": "sent", "text": "published 1882"}])
    assert date == {"role": "sent", "text": "published 1882"}
    assert "something else" in told


def test_open_end_of_a_relation():
    """The year 9999 is an open end under every key with a date."""
    relation = {"target": "agent/b", "dates": "1959/9999"}
    record, problems = normalise_record({"id": "agent/a", "name": "A", "relations": [relation]}, "", "")
    assert (record["relations"][0]["dates"], problems) == ("1959/..", [])
