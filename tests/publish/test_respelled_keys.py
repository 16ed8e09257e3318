"""Keys that kg 0.2 wrote otherwise: the things go on, and the log tells their old references as merged into the new."""

import re
import sqlite3
from contextlib import closing

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg import iris
from kg.publish.build import build
from kg.publish.dry_run import diff
from kg.publish.rollback import rollback
from kg.records.normalisation import values
from kg.store.generation.generations import Generations
from kg.web.app import Application

OLD, NEW = "record/DE-12%3A%C5%BE%204", "record/DE-12:ž%204"
GONE, GONE_NOW = "record/gone%3A1", "record/gone:1"
RECORDS = [
    {"id": NEW, "title": {"en": "A letter"}, "creator": [{"id": "agent/GB:9", "name": {"en": "A writer"}}]},
    {"id": "record/1", "title": {"en": "Another one"}},
]


@pytest.fixture
def former(tmp_path, monkeypatch):
    """Settings of a collection that was built twice by the rules of kg 0.2: a record with a sign is deleted by then."""
    with monkeypatch.context() as patched:
        patched.setattr(iris, "_NOT_IN_KEY", re.compile("[^A-Za-z0-9_.~-]"))
        values._target.cache_clear()
        publish(tmp_path, [*RECORDS, {"id": GONE, "title": {"en": "Gone"}}])
        made, _ = publish(tmp_path, RECORDS)
    values._target.cache_clear()
    return made


def _log(made, generation):
    with closing(sqlite3.connect(made.var_folder / "state" / "log.sqlite")) as db:
        select = "SELECT ref, what, target FROM log WHERE generation = ? ORDER BY ref"
        return db.execute(select, (generation,)).fetchall()


def _created(made, reference):
    with closing(Generations.of_settings(made).open_live()) as live:
        return live.catalogue.thing(reference).created


def _client(made):
    return TestClient(Application(made), base_url="https://archive.example.org", follow_redirects=False)


def test_the_old_generation_is_served(former):
    """Until the next build things keep the addresses that they were published under; others lead there."""
    with _client(former) as client:
        assert client.get(f"/data/{OLD}.json").json()["id"] == OLD
        answer = client.get(f"/data/{iris.uri(NEW)}.json")
        assert (answer.status_code, answer.headers["location"]) == (301, f"/data/{OLD}.json")
        assert client.get(f"/data/{GONE}").status_code == 410
        found = client.get("/data/search", params={"person": "agent/GB:9", "format": "json"}).json()
        assert [each["id"] for each in found["results"]] == [OLD]


def test_a_build_merges_old_references_into_the_new(former):
    """The thing is no new one and none is gone: it keeps its time, and the log has where the old reference went."""
    created = _created(former, OLD)
    report = build(former, full=True)
    assert (report.created, report.deleted, report.respelled) == (0, 0, 2)
    assert _created(former, NEW) == created
    log = _log(former, 3)
    assert (OLD, "merged", NEW) in log
    assert not [row for row in log if row[0].startswith("agent/")]  # a thing that is only named is none of the log's
    assert not [row for row in log if row[0] == "record/1"]
    (note,) = [each for each in report.problems() if each.field == "id"]
    assert (note.severity, note.record in {NEW, "agent/GB:9"}) == ("note", True)
    assert "merged into the new" in note.message
    with _client(former) as client:
        answer = client.get(f"/data/{OLD}?lang=es")
        assert (answer.status_code, answer.headers["location"]) == (301, f"/data/{iris.uri(NEW)}?lang=es")
        assert client.get(f"/data/{GONE}").status_code == client.get(f"/data/{GONE_NOW}").status_code == 410


def test_the_next_build_has_nothing_to_tell(former):
    """The log has each thing once."""
    build(former, full=True)
    report = build(former)
    assert (report.created, report.changed, report.deleted, report.respelled) == (0, 0, 0, 0)
    assert _log(former, 4) == []


def test_a_difference_is_told_under_the_new_reference(former):
    """`kg diff` calls a thing with another spelling changed, not deleted and created."""
    differences = {each.reference: each for each in diff(former)}
    assert {each.what for each in differences.values()} == {"changed"}
    assert differences[NEW].fields["id"] == (OLD, NEW)


def test_a_rollback_goes_the_way_back(former):
    """A generation of kg 0.2 is published anew: its references are those of then, and things keep their times."""
    created = _created(former, OLD)
    build(former, full=True)
    rollback(former, 2)
    assert _created(former, OLD) == created
    assert (NEW, "merged", OLD) in _log(former, 4)
    with _client(former) as client:
        assert client.get(f"/data/{OLD}.json").status_code == 200
    assert build(former).created == 0


def test_a_replaced_record_is_told_as_merged(tmp_path):
    """The log says of a reference that another one has replaced where it went, once."""
    publish(tmp_path, [{"id": "record/old", "title": {"en": "Old"}}])
    made, _ = publish(tmp_path, [{"id": "record/new", "title": {"en": "New"}, "replaces": ["record/old"]}])
    assert ("record/old", "merged", "record/new") in _log(made, 2)
    build(made)
    assert _log(made, 3) == []
