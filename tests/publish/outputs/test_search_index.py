"""The search index of a build: made here or beside, shared by a rollback, left out if so set."""

import pytest
from publishing import publish
from serving import kg

from kg import errors
from kg.publish import build, rollback
from kg.publish.outputs import search_index
from kg.store.generation.generations import Generations
from kg.store.search.query_builder import IndexRequest
from kg.store.search.query_language import parse

RECORDS = [
    {
        "id": f"record/{n}",
        "kind": "record",
        "title": {"en": f"Letter {n} on ships"},
        "custodialHistory": {"en": "Copied by two clerks."},
    }
    for n in range(300)
]


def found(settings, text):
    generation = Generations(settings.var_folder).open_live()
    hits = generation.search.hits(generation.search.query(IndexRequest(parse(text))), 1000)
    for hit in hits:
        assert f'"{hit.reference}"'.encode() in generation.record(hit.offset, hit.length)
    generation.close()
    return [hit.reference for hit in hits]


def test_beside_as_here(tmp_path, monkeypatch):
    """A process beside makes the same index as the build itself, by place and source of each record."""
    in_process, _ = publish(tmp_path / "here", RECORDS)
    monkeypatch.setattr(search_index, "MAX_BYTES_IN_PROCESS", 1)
    beside, _ = publish(tmp_path / "beside", RECORDS)
    assert len(found(in_process, "ship")) == 300
    assert found(in_process, "ship") == found(beside, "ship")
    assert found(in_process, "clerks") == found(beside, "clerks") == []
    assert len(found(beside, "clerks repeated:yes")) == 300


def test_an_index_that_fails_fails_the_build(tmp_path, monkeypatch):
    """A process beside that dies stops the build with its reason; the live generation stays."""
    settings, _ = publish(tmp_path, RECORDS)
    monkeypatch.setattr(search_index, "MAX_BYTES_IN_PROCESS", 1)
    monkeypatch.setattr(search_index.sys, "executable", "/bin/false")
    with pytest.raises(errors.PublishError, match="search index"):
        build.build(settings, full=True)
    assert Generations(settings.var_folder).live() == 1


def test_rollback_shares_the_index(tmp_path):
    """A generation with the same records hard-links the index of the other, which is never written to."""
    settings, _ = publish(tmp_path, RECORDS)
    build.build(settings)
    rollback.rollback(settings, 1)
    files = {path.name: path.stat().st_ino for path in (settings.var_folder / "generations/0001/search").iterdir()}
    assert files == {
        path.name: path.stat().st_ino for path in (settings.var_folder / "generations/0003/search").iterdir()
    }
    assert not [name for name in files if name.endswith(".lock")]
    assert len(found(settings, "ship")) == 300


def test_without_an_index(tmp_path):
    """With `search = false` there is none."""
    settings, _ = publish(tmp_path, RECORDS, search=False)
    generation = Generations(settings.var_folder).open_live()
    assert generation.search is None
    generation.close()


def test_a_command_searches_too(tmp_path):
    """`kg query` answers a search in its query, and says a mistake behind it where it stands in what was written."""
    (tmp_path / "kg.toml").write_text('base = "https://a.example/"\n[[sources]]\npath = "records.jsonl"\n')
    (tmp_path / "records.jsonl").write_text('{"id": "record/1", "title": {"en": "Ships turned back"}}\n')
    assert kg(tmp_path, "build").returncode == 0
    search = b"PREFIX kg: <terms/>\nSELECT ?r {\n SERVICE <search> { ?r kg:matches 'ship' }\n"
    answer = kg(tmp_path, "query", "--format", "csv", input=search + b"}")
    assert answer.stdout.split() == [b"r", b"https://a.example/record/1"]
    wrong = kg(tmp_path, "query", input=search + b" ?x ?y }")
    assert wrong.returncode == 1
    assert b"line 4" in wrong.stderr
