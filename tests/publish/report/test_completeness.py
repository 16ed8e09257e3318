"""Completeness: what documents have and lack, by source and by key."""

import json

import pytest
from publishing import BASE, publish

from kg import settings
from kg.publish import build
from kg.publish.report import completeness
from kg.read.search import Finder
from kg.read.search_request import SearchQuery
from kg.store.generation.generations import Generations
from kg.store.search.fields import LACKED, LACKS

RECORDS = [
    {"id": "record/1", "title": "One", "dates": "1963-04-05", "creator": ["agent/a"], "language": ["en"]},
    {"id": "record/2", "title": "Two", "dates": "harvest", "text": {"en": "Words"}, "places": ["place/a"]},
    {"id": "record/3", "title": "Three", "dates": [{"role": "digitized", "edtf": "2018"}], "reference": "A 1"},
    {"id": "record/4", "title": "Four", "mentions": ["place/a", "agent/b"], "summary": {"en": "Short"}},
    {"id": "agent/a", "name": "Anna"},
]


def test_gaps_are_those_of_the_search(tmp_path):
    """The report counts as lacking what a search by `lacks=` finds, for each gap."""
    made, report = publish(tmp_path, RECORDS, dumps=False)
    generation = Generations.of_settings(made).open_live()
    finder = Finder(generation)
    found = {name: finder.count(SearchQuery(filters=(("kind", "record"), (LACKS, name)))) for name in LACKED}
    generation.close()
    assert report.completeness.gaps() == found
    assert found["date"] == 3
    assert found["person"] == 2


def test_by_source_and_key(tmp_path):
    """Each file has the numbers of its own documents; stubs and records left out are in none."""
    (tmp_path / "a.jsonl").write_text(json.dumps(RECORDS[0]) + "\n" + json.dumps(RECORDS[0]), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("\n".join(map(json.dumps, RECORDS[1:])), encoding="utf-8")
    sources = ({"path": "a.jsonl"}, {"path": "b.jsonl"})
    made = settings.Settings(base=BASE, folder=tmp_path, sources=sources, dumps=False, search=False)
    report = build.build(made)
    first, second = report.completeness.by_source()
    assert (first["source"], first["documents"], first["has"]["date"]) == ("a.jsonl", 1, 1)
    assert (second["documents"], second["has"]["date"], second["has"]["text"]) == (3, 0, 1)
    kinds = {each["kind"]: each for each in report.completeness.by_key()}
    assert kinds["record"]["records"] == 4
    assert kinds["record"]["keys"]["title"] == 4
    assert kinds["record"]["keys"]["text"] == 1
    assert kinds["agent"]["records"] == 1
    assert "title" not in kinds["agent"]["keys"]


def test_many_files_are_counted_by_source(tmp_path, monkeypatch):
    """Of more files than can be shown, each source of kg.toml has one number."""
    monkeypatch.setattr("kg.publish.pipeline.pipeline.MAX_SOURCES", 2)
    (tmp_path / "in").mkdir()
    for number in range(4):
        (tmp_path / "in" / f"{number}.json").write_text(json.dumps({"id": f"record/{number}", "title": "T"}))
    made = settings.Settings(base=BASE, folder=tmp_path, sources=({"path": "in"},), dumps=False, search=False)
    (source,) = build.build(made).completeness.by_source()
    assert (source["source"], source["documents"]) == ("in", 4)


@pytest.mark.parametrize("most", [1, 10_000])
def test_sets_are_added_up(monkeypatch, most):
    """The numbers are the same however often sets are added up on the way; examples are the first documents."""
    monkeypatch.setattr(completeness, "_MAX_SETS", most)
    counted = completeness.Completeness()
    for number in range(300):
        record = {"id": f"record/{number}", "kind": "record", "title": {"en": "T"}}
        record |= {"text": {"en": ["x"]}} if number % 3 else {}
        fields = completeness.fields_of(record)
        counted.add(completeness.CountedRecord(record["id"], b'{"en":"T"}', fields, "a", ""), "a")
    assert counted.gaps()["text"] == 100
    assert counted.documents() == 300
    assert [each.reference for each in counted.examples["text"][:2]] == ["record/0", "record/3"]
    assert len(counted.examples["date"]) == completeness.MAX_EXAMPLES
