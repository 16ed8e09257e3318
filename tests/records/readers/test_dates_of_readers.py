"""The same dates in every reader: EAD, EAC-CPF, JSON."""

import json

import pytest

from kg.records.normalisation.records import normalise_record
from kg.records.problems import SourceProblem
from kg.records.readers import READERS
from kg.records.readers.base import RawRecord, SourceFile

EAD = "<ead><eadheader><eadid>a</eadid></eadheader><archdesc level='item'><did><unittitle>A</unittitle>{}</did></archdesc></ead>"
EAC = (
    "<eac-cpf><control><recordId>a</recordId></control><cpfDescription><identity><entityType>{1}</entityType>"
    "<nameEntry><part>A</part></nameEntry></identity><description><existDates>{0}</existDates></description>"
    "</cpfDescription></eac-cpf>"
)


def read(folder, format_, text):
    """The first record of a source, normalised, and all problems."""
    file = folder / "file"
    file.write_text(text, encoding="utf-8")
    items = list(READERS[format_](SourceFile(file, "file", origin="test")))
    raw = next(item for item in items if isinstance(item, RawRecord))
    record, problems = normalise_record(raw.record, "file", "", today="2026-11-30")
    return record, [item for item in items if isinstance(item, SourceProblem)] + problems


def ead(folder, unit_dates):
    return read(folder, "ead", EAD.format(unit_dates))


def eac(folder, dates, kind="person"):
    return read(folder, "eac", EAC.format(dates, kind))


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("1807–8", "1807/1808"),
        ("1900-", "1900/.."),
        ("-1970", "../1970"),
        ("1910-25", "1910/1925"),
        ("1er mars 1890", "1890-03-01"),
        ("?c.1779–80", "1779%/1780%"),
        ("1963-04-05 10:30:00", "1963-04-05"),
        ("late 19th century", "18XX~"),
        ("44 BC", "-0043"),
        ("n.d.", None),
    ],
)
def test_same_phrase_in_every_reader(tmp_path, text, edtf):
    """A phrase is the same date in EAD, EAC-CPF and JSON, and nothing is told of it."""
    line = json.dumps({"id": "record/a", "title": "A", "dates": text}, ensure_ascii=False)
    for record, problems in (
        ead(tmp_path, f"<unitdate>{text}</unitdate>"),
        eac(tmp_path, f"<date>{text}</date>"),
        read(tmp_path, "jsonl", line),
    ):
        assert (record["dates"][0].get("edtf"), problems) == (edtf, [])


@pytest.mark.parametrize(
    ("text", "encoded", "edtf", "is_told"),
    [
        ("1850", "1850-01-01", "1850", False),
        ("1905-06", "1905/1906", "1905/1906", False),
        ("1902-1994", "1902/1944", "1902/1994", True),
        ("1898, 1979", "1898/1898", "{1898,1979}", True),
        ("1930", "1910-25", "1930", True),
        ("année 1991", "1991-01-01 / 1991-12-31", "1991", False),
    ],
)
def test_same_table_in_every_reader(tmp_path, text, encoded, edtf, is_told):
    """Text and encoded form are combined alike in EAD and EAC-CPF; what is told is kept."""
    for record, problems in (
        ead(tmp_path, f'<unitdate normal="{encoded}">{text}</unitdate>'),
        eac(tmp_path, f'<date standardDate="{encoded}">{text}</date>'),
    ):
        assert record["dates"][0]["edtf"] == edtf
        assert [problem.value for problem in problems] == ([encoded] if is_told else [])
        assert (encoded in str(record.get("extra"))) is is_told


def test_span_of_circa(tmp_path):
    """How far an approximate date reaches stands in its days: `normal`, `notBefore` and `notAfter` alike."""
    span = ("1910-01-01", "1920-12-31")
    for record, problems in (
        ead(tmp_path, '<unitdate normal="1910/1920">circa 1915</unitdate>'),
        ead(tmp_path, '<unitdate normal="1910/1920">undated</unitdate>'),
        eac(tmp_path, '<date notBefore="1910" notAfter="1920">circa 1915</date>'),
        eac(tmp_path, '<date standardDate="1915" notBefore="1910" notAfter="1920">circa 1915</date>'),
        eac(tmp_path, '<dateRange><fromDate notBefore="1910" notAfter="1920">circa 1915</fromDate></dateRange>'),
    ):
        date = record["dates"][0]
        assert ((date["start"], date["end"]), problems) == (span, [])
        assert date.get("edtf") in {"1915~", None}


def test_bulk_date_stands_behind(tmp_path):
    """The inclusive date is the date, in whatever order the two stand; the other one is called bulk."""
    bulk, inclusive = '<unitdate type="bulk">1920-1930</unitdate>', '<unitdate type="inclusive">1900-1950</unitdate>'
    for dates in (bulk + inclusive, inclusive + bulk, "<unitdate>1900-1950 (bulk 1920-1930)</unitdate>"):
        found = [(date["role"], date["edtf"]) for date in ead(tmp_path, dates)[0]["dates"]]
        assert found == [("document", "1900/1950"), ("bulk", "1920/1930")]


@pytest.mark.parametrize(
    ("attributes", "text", "edtf"),
    [
        ('calendar="julian"', "25 January 1918", "1918-02-07"),
        ('calendar="julian" normal="1918-02-07"', "25 January 1918", "1918-02-07"),
        ('calendar="gregorian" era="ce"', "25 January 1918", "1918-01-25"),
        ('era="bce" normal="0044"', "44", "-0043"),
        ('era="bce"', "44 BC", "-0043"),
        ('calendar="hebrew" normal="1962/1963"', "5723", "1962/1963"),
        ('calendar="islamic"', "1345", None),
        ('calendar="julian"', "January 1918", None),
    ],
)
def test_calendar_and_era(tmp_path, attributes, text, edtf):
    """A date counts in the calendar and era that its attributes name, and says so; other numbers of years are no years."""
    record, _ = ead(tmp_path, f"<unitdate {attributes}>{text}</unitdate>")
    assert record["dates"][0].get("edtf") == edtf
    assert edtf == "1918-01-25" or "BC" in text or "(" in record["dates"][0]["text"]


def test_days_of_a_julian_month(tmp_path):
    """A month of the Julian calendar has no EDTF, but its days are known."""
    (date,) = ead(tmp_path, '<unitdate calendar="julian">January 1918</unitdate>')[0]["dates"]
    assert (date["start"], date["end"]) == ("1918-01-14", "1918-02-13")


@pytest.mark.parametrize(
    ("attribute", "role", "kept"),
    [
        ('label="Broadcast date"', "broadcast", "Broadcast date"),
        ('label="Dates"', "document", None),
        ('label="Photographed by daylight"', "document", "Photographed by daylight"),
        ('datechar="published"', "published", None),
        ('datechar="acquisition"', "document", "acquisition"),
        ('datechar="creation"', "document", None),
    ],
)
def test_words_of_a_date(tmp_path, attribute, role, kept):
    """The words of `@label` and `@datechar` give the role, and are kept where they say more."""
    record, _ = ead(tmp_path, f"<unitdate {attribute}>1980</unitdate>")
    assert record["dates"][0]["role"] == role
    assert [each["value"] for each in record.get("extra", []) if "unitdate" in each["field"]] == (
        [kept] if kept else []
    )


@pytest.mark.parametrize("end", ["living", "present", "ongoing", "9999", "still alive", "heute"])
def test_open_end(tmp_path, end):
    """Words for an open end are no death."""
    encoded = ' standardDate="9999-12-31"' if end == "9999" else ""
    text = "" if encoded else end
    dates = f"<dateRange><fromDate>1950</fromDate><toDate{encoded}>{text}</toDate></dateRange>"
    if end == "still alive":
        dates = dates.replace("still alive", "alive")
    assert [date["role"] for date in eac(tmp_path, dates)[0]["dates"]] == ["birth"]


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [("person", "1970", "1930"), ("corporateBody", "1970-05", "1970-04"), ("family", "1970", "1930")],
)
def test_end_before_beginning(tmp_path, kind, first, last):
    """A range that ends before it begins is told, and no day of it asserted."""
    dates = f'<dateRange><fromDate standardDate="{first}">{first}</fromDate><toDate standardDate="{last}">{last}</toDate></dateRange>'
    record, problems = eac(tmp_path, dates, kind)
    assert len(problems) == 1
    assert not any({"edtf", "start", "end"} & date.keys() for date in record["dates"])


def test_body_that_ends_in_time_to_come(tmp_path):
    """A year to come is no end: it is told, and kept as text."""
    dates = "<dateRange><fromDate>1930</fromDate><toDate standardDate='2099'>2099</toDate></dateRange>"
    record, (problem,) = eac(tmp_path, dates, "corporateBody")
    assert [date.get("edtf") for date in record["dates"]] == ["1930", None]
    assert (problem.value, "to come" in problem.message) == ("2099", True)
