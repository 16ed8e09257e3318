"""The search index of a build: made here or beside, shared by a rollback, left out if so set."""

import pytest
from publishing import publish

from kg import errors
from kg.publish import build, indexing
from kg.store.generations import Generations
from kg.store.search.asking import parse
from kg.store.search.index import Asked

RECORDS = [{"id": f"record/{n}", "kind": "record", "title": {"en": f"Letter {n} on ships"}} for n in range(300)]


def found(made, text):
    generation = Generations(made.var_folder).open_live()
    hits = generation.search.hits(generation.search.query(Asked(parse(text))), 1000)
    for hit in hits:
        assert f'"{hit.reference}"'.encode() in generation.record(hit.offset, hit.length)
    generation.close()
    return [hit.reference for hit in hits]


def test_beside_as_here(tmp_path, monkeypatch):
    """A process beside makes the same index as the build itself, each hit with the place of its record."""
    here, _ = publish(tmp_path / "here", RECORDS)
    monkeypatch.setattr(indexing, "SMALL", 1)
    beside, _ = publish(tmp_path / "beside", RECORDS)
    assert len(found(here, "ship")) == 300
    assert found(here, "ship") == found(beside, "ship")


def test_an_index_that_fails_fails_the_build(tmp_path, monkeypatch):
    """A process beside that dies stops the build with its reason; the live generation stays."""
    made, _ = publish(tmp_path, RECORDS)
    monkeypatch.setattr(indexing, "SMALL", 1)
    monkeypatch.setattr(indexing.sys, "executable", "/bin/false")
    with pytest.raises(errors.PublishError, match="search index"):
        build.build(made)
    assert Generations(made.var_folder).live() == 1


def test_rollback_shares_the_index(tmp_path):
    """A generation that repeats another links its index, which nobody writes."""
    made, _ = publish(tmp_path, RECORDS)
    build.build(made)
    build.rollback(made, 1)
    files = {path.name: path.stat().st_ino for path in (made.var_folder / "generations/0001/search").iterdir()}
    assert files == {path.name: path.stat().st_ino for path in (made.var_folder / "generations/0003/search").iterdir()}
    assert not [name for name in files if name.endswith(".lock")]
    assert len(found(made, "ship")) == 300


def test_without_an_index(tmp_path):
    """With `search = false` there is none."""
    made, _ = publish(tmp_path, RECORDS, search=False)
    generation = Generations(made.var_folder).open_live()
    assert generation.search is None
    generation.close()
