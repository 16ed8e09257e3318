"""tools/quality.py: what readers lose of a folder of EAD and EAC-CPF shows beside XPath."""

import sys

import pytest
from locations import ROOT

sys.path.insert(0, str(ROOT / "tools"))
quality = __import__("quality")

EXAMPLE = ROOT / "tests" / "records" / "readers" / "cases"


def test_the_example_is_whole():
    """Of the examples of finding aid and authority record nothing is lost, and no date is wrong."""
    tally = quality.compare_folder(EXAMPLE)
    assert tally.examples == {}
    assert tally.counts["components"]["read"] > 1
    assert tally.counts["titles"]["found"] > 1


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("title", "titles, lost"),
        ("referenceLevels", "containers, lost"),
        ("subjects", "names, lost"),
        ("dates", "dates, lost"),
    ],
)
def test_a_reader_that_loses_something(tmp_path, monkeypatch, key, what):
    """A value that a reader drops in silence is counted as lost, with its words."""
    lost = {key, "containers"} if key == "referenceLevels" else {key}
    (tmp_path / "a.xml").write_text(
        "<ead><eadheader><eadid>fa</eadid></eadheader><archdesc level='item'><did><unittitle>Letter</unittitle>"
        "<unitdate>1963</unitdate><container type='box'>77</container></did><controlaccess><persname>Roe, A.</persname>"
        "</controlaccess></archdesc></ead>"
    )
    assert quality.compare_folder(tmp_path).examples == {}
    normalise = quality.normalise_record

    def dropping(record, *place):
        sound, problems = normalise(record, *place)
        return {name: value for name, value in sound.items() if name not in lost}, problems

    monkeypatch.setattr(quality, "normalise_record", dropping)
    assert what in quality.compare_folder(tmp_path).examples


def test_a_wrong_date(tmp_path, monkeypatch):
    """A date whose years are in neither text nor encoded form is wrong."""
    reading = quality.Reading(records=[("", {"dates": [{"text": "1963", "start": "1936-01-01", "end": "1936-12-31"}]})])
    tally = quality.Tally()
    quality.compare_date("1963", "1963", reading, tally, "a.xml")
    assert tally.counts["dates"] == {"wrong": 1}
