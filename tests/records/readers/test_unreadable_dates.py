"""Impossible dates are reported and kept, never dropped in silence."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.records.normalisation.records import normalise_record
from kg.records.problems import SourceProblem
from kg.records.readers import READERS
from kg.records.readers.base import RawRecord, SourceFile

EAD = """<ead><eadheader><eadid>a</eadid>{header}</eadheader><archdesc level="item"><did><unittitle>A</unittitle>
{unit}</did>{note}</archdesc></ead>"""
EAC = """<eac-cpf><control><recordId>a</recordId></control><cpfDescription><identity><entityType>person</entityType>
<nameEntry><part>A</part>{names}</nameEntry></identity><description><existDates>{exist}</existDates></description>
<relations>{relation}</relations></cpfDescription></eac-cpf>"""
EMPTY = {"header": "", "unit": "", "note": "", "names": "", "exist": "", "relation": ""}


def read(tmp_path, text, **values):
    """The record, and the problems of its reading."""
    file = tmp_path / "a.xml"
    file.write_text(text.format(**EMPTY | values), encoding="utf-8")
    items = list(READERS["eac" if "eac" in text else "ead"](SourceFile(file, "a.xml", origin="test")))
    (record,) = [item.record for item in items if isinstance(item, RawRecord)]
    return record, [item for item in items if isinstance(item, SourceProblem)]


@pytest.mark.parametrize(
    ("text", "values", "field", "value"),
    [
        (EAD, {"unit": '<unitdate normal="1963-05-01/1963-06-31">May</unitdate>'}, "@normal", "1963-05-01/1963-06-31"),
        (EAD, {"unit": '<unitdate normal="1920/1890">1920</unitdate>'}, "@normal", "1920/1890"),
        (EAD, {"unit": '<unitdate normal="1920/1890"/>'}, "@normal", "1920/1890"),
        (EAD, {"unit": "<unitdate>31 June 1920</unitdate>"}, "unitdate", "31 June 1920"),
        (
            EAD,
            {"header": '<profiledesc><creation>By A, <date normal="2010-13">2010</date></creation></profiledesc>'},
            "date/@normal",
            "2010-13",
        ),
        (
            EAD,
            {"note": '<processinfo><p>Out <date type="release" normal="1999-02-29"/></p></processinfo>'},
            "date/@normal",
            "1999-02-29",
        ),
        (
            EAD,
            {"note": "<odd id='conversationDateTime'><p id='startDate'>31 June 1971</p></odd>"},
            "odd/startDate",
            "31 June 1971",
        ),
        (
            EAC,
            {"exist": '<dateRange><toDate standardDate="1953-02-30">February 1953</toDate></dateRange>'},
            "toDate/@standardDate",
            "1953-02-30",
        ),
        (
            EAC,
            {"exist": '<dateRange><toDate standardDate="1953-02-30"/></dateRange>'},
            "toDate/@standardDate",
            "1953-02-30",
        ),
        (EAC, {"exist": "<date>31 June 1920</date>"}, "date", "31 June 1920"),
        (EAC, {"exist": '<date notBefore="1950-13" notAfter="1951-02">?</date>'}, "@notBefore", "[1950-13..1951-02]"),
        (
            EAC,
            {
                "relation": '<cpfRelation href="b"><relationEntry>B</relationEntry><dateRange>'
                '<fromDate standardDate="1920"/><toDate standardDate="1890"/></dateRange></cpfRelation>'
            },
            "dateRange",
            "1920/1890",
        ),
        (
            EAC,
            {"names": '<useDates><date standardDate="1920-02-31"/></useDates>'},
            "date/@standardDate",
            "1920-02-31",
        ),
    ],
)
def test_a_day_that_is_none(tmp_path, text, values, field, value):
    """It is reported once with its line, and stands in the record as it is written."""
    record, problems = read(tmp_path, text, **values)
    reported = [each for each in problems if each.value == value]
    assert [each.field[-len(field) :] for each in reported] == [field]
    assert all(each.at.startswith("line ") and each.expected and each.record == record["id"] for each in reported)
    sound, _ = normalise_record(record, "a.xml", "")
    assert any(value in str(sound[key]) for key in ("extra", "dates") if key in sound)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (EAD, {"unit": '<unitdate normal="0000">n.d.</unitdate>'}),
        (EAD, {"unit": "<unitdate>undated</unitdate>"}),
        (EAD, {"unit": '<unitdate normal="1962">Around the harvest</unitdate>'}),
        (EAC, {"exist": '<dateRange><fromDate standardDate="19010203"/><toDate>present</toDate></dateRange>'}),
        (EAC, {"exist": '<date notBefore="19500101" notAfter="19501231"/>'}),
    ],
)
def test_what_is_no_fault(tmp_path, text, values):
    """What says that there is no date, and what one of the two forms tells, is no fault."""
    assert read(tmp_path, text, **values)[1] == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("0123456789-/.X~?[], ", min_size=1, max_size=22).filter(lambda text: text.strip(" 0-")))
def test_no_encoded_date_is_lost(tmp_path, encoded):
    """Any encoded form becomes a date, or is reported and kept as written."""
    for text, values in (
        (EAD, {"unit": f'<unitdate normal="{encoded}">May</unitdate>'}),
        (EAC, {"exist": f'<date standardDate="{encoded}"/>'}),
    ):
        record, problems = read(tmp_path, text, **values)
        sound, _ = normalise_record(record, "a.xml", "")
        dated = any("edtf" in date for date in sound.get("dates", []))
        is_kept = " ".join(encoded.split()) in [each["value"] for each in sound.get("extra", [])]
        assert dated or is_kept
        assert dated or problems
