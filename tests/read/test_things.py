"""The read side: what is said of a thing is what the store holds, from wherever it is read."""

import threading
from dataclasses import replace

import pytest
from publishing import publish

from kg.read.things import Description, Resources
from kg.render.data.statements import by_subject
from kg.store.generation.generations import Generations

WAIT_SECONDS = 5
"""How long a test waits for what never comes where it fails."""

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


class _OneInside:
    """Source of triples: while those of one description are made, another thread makes those of another one."""

    def __init__(self, inner=None):
        self.inner = inner
        self.done = threading.Event()

    def triples(self, _):
        return self._make("triples")

    def statements(self, _):
        return self._make("statements")

    def _make(self, name):
        if self.inner is not None:
            threading.Thread(target=lambda: (getattr(self.inner, name), self.done.set()), daemon=True).start()
            assert self.done.wait(WAIT_SECONDS), "the other description waits for this one"
        return []


@pytest.mark.parametrize("name", ["triples", "statements"])
def test_no_description_waits_for_another(name):
    """While a thread describes a long text, the event loop describes other things."""
    other = Description(None, "http://e/b", {}, _OneInside())
    assert getattr(Description(None, "http://e/a", {}, _OneInside(other)), name) == []


def test_triples_are_made_once():
    """What has been made of a description is not made again."""
    description = Description(None, "http://e/a", {}, _OneInside())
    assert description.triples is description.triples
    assert description.statements is description.statements
