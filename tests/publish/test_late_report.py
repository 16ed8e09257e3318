"""Reports of large generations that were built by what changed: made when somebody asks, the same as at once."""

import json

import pytest
from publishing import publish

from kg.publish import late_report
from kg.publish.build import build
from kg.publish.incremental import collection_report, output_updates
from kg.publish.late_report import report_folder
from kg.publish.report.document import read_document
from kg.publish.report.report import DOCUMENT, Report

RECORDS = [
    {"id": f"record/{n}", "title": {"en": f"Letter {n}"}, "creator": [{"id": f"agent/{n % 3}", "name": {"en": "A"}}]}
    for n in range(6)
] + [{"id": "record/7", "title": {"en": "Part"}, "relatedTo": ["record/gone"], "dates": [{"edtf": "some day"}]}]


@pytest.fixture
def large(tmp_path, monkeypatch):
    """Settings of a collection that counts as a large one, of which a record changed since it was built in full."""
    monkeypatch.setattr(collection_report, "SMALL", 3)
    made, _ = publish(tmp_path, RECORDS)
    publish(tmp_path, [{**RECORDS[0], "title": {"en": "Edited"}}, *RECORDS[1:]])
    return made


def test_a_report_that_is_asked_for(large, monkeypatch):
    """The build leaves the report; the command makes it, once, with what a full build tells."""
    live = large.var_folder / "current"
    assert not (live / DOCUMENT).exists()
    folder = report_folder(large)
    assert folder == large.var_folder / "reports" / "0002"
    document = read_document(folder)
    problems = sorted(each.message for each in Report(folder / "problems.jsonl").problems())
    monkeypatch.setattr(late_report, "_make", lambda *_: pytest.fail("it is made a second time"))
    assert report_folder(large) == folder
    build(large, full=True)
    anew = report_folder(large)
    assert anew.parent.name == "generations"
    assert sorted(each.message for each in Report(anew / "problems.jsonl").problems()) == problems
    full = read_document(anew)
    assert document["completeness"] == full["completeness"]
    assert [document["counts"][name] for name in ("read", "published", "stubs", "rejected")] == [
        full["counts"][name] for name in ("read", "published", "stubs", "rejected")
    ]
    without = {"gaps", "links"}  # their examples have places that only a reader of the sources knows
    lists = [{name: each for name, each in one["worklist"].items() if name not in without} for one in (document, full)]
    assert lists[0] == lists[1]


def test_tables_are_shared_until_they_are_a_day_old(large, monkeypatch):
    """A change is live without them; tables of yesterday are written anew behind it, and each says its time."""

    def times():
        path = large.var_folder / "current" / "tables" / "record.csv-metadata.json"
        return json.loads(path.read_bytes())["dc:modified"]["@value"], path.stat().st_nlink

    shared, links = times()
    assert links == 2
    monkeypatch.setattr(output_updates, "STALE_SECONDS", -1)
    report = build(large)
    assert (report.generation, report.followed_by) == (3, 4)
    anew, links = times()
    assert links == 1
    assert anew > shared
