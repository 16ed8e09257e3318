"""The read side: what is said of a thing is what the store holds, from wherever it is read."""

from dataclasses import replace

import pytest
from publishing import publish

from kg.read.things import Resources
from kg.render.data.statements import by_subject
from kg.store.generation.generations import Generations

REWRITTEN = [
    {"id": "place/a", "name": "Havana", "latitude": 23.0, "longitude": -82.35},
    {"id": "place/b", "name": "Null Island", "latitude": 0.0, "longitude": 1e-20},
    {
        "id": "record/a",
        "title": "Tape",
        "duration": "PT90M",
        "dates": [{"role": "event", "edtf": "1971-06-10", "startTime": "1971-06-10T09:08:00+00:00"}],
    },
]
"""Values that a store writes otherwise than their source."""


def _open(made):
    return Generations.of_settings(made).open_live()


def _from_store(generation):
    """The same things, as a generation that another mapping made has to be read."""
    generation.manifest = replace(generation.manifest, mapping="another")
    return Resources(generation)


def _same(generation):
    """References of which the mapped record is what the store says, as triples and by subject; fails at the first other."""
    mapped, stored = Resources(generation), _from_store(generation)
    references = [row[0] for row in generation.catalogue.digests()]
    for reference in references:
        thing = mapped.find(reference)
        said = list(map(str, mapped.describe(thing).triples))
        assert set(said) == set(map(str, stored.describe(thing).triples)), reference
        assert len(said) == len(set(said)), reference
        assert mapped.describe(thing).statements == by_subject(mapped.describe(thing).triples), reference
    return references


def test_example_collection(example):
    """Of every thing of the example collection, its record mapped anew gives the triples that the store holds."""
    generation = _open(example)
    assert len(_same(generation)) > 100
    generation.close()


def test_values_written_otherwise(tmp_path):
    """Where the engine writes a value in its own way, so does what is mapped from the record."""
    made, report = publish(tmp_path, REWRITTEN, dumps=False)
    assert not report.rejected
    generation = _open(made)
    assert {"place/a", "place/b", "record/a"} <= set(_same(generation))
    generation.close()


def test_same_mapping_needs_no_store(tmp_path, monkeypatch):
    """A generation that this mapping made is described without its store; one of another mapping only from there."""
    made, _ = publish(tmp_path, [{"id": "record/a", "title": "Letter"}], dumps=False)
    generation = _open(made)
    monkeypatch.setattr(generation.graph, "describe", lambda _: pytest.fail("the store was asked"))
    resources = Resources(generation)
    assert resources.describe(resources.find("record/a")).triples
    with pytest.raises(pytest.fail.Exception):
        assert _from_store(generation).describe(resources.find("record/a")).triples
    generation.close()
