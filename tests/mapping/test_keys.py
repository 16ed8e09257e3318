"""Each key of the model finds its triple, and each vocabulary is whole."""

import copy

import pytest
from pyoxigraph import RdfFormat, parse

from kg import ontology
from kg.iris import KINDS
from kg.mapping.mapper import Mapper
from kg.records.model.keys import keys_of, label_key
from kg.records.normalisation.records import normalise_record

BASE = "https://archive.example.org/"
ONTOLOGY = ontology.load(BASE)
MAPPER = Mapper(ONTOLOGY)
# Keys that become classes, not properties of their own.
CLASSES = {"agentType": ("person", "https://schema.org/Person"), "status": ("stub", f"{BASE}terms/Stub")}


def graph(record):
    """(subject, predicate, object) of a record's triples, as text without marks; no key may be lost."""
    sound, problems = normalise_record(copy.deepcopy(record), "", "")
    assert not problems
    (mapped,) = MAPPER.map([sound])
    assert not mapped.unmapped
    quads = list(parse(input=mapped.ntriples, format=RdfFormat.N_TRIPLES))
    assert len(quads) == mapped.triples
    return [(quad.subject.value, quad.predicate.value, quad.object.value) for quad in quads]


NEW_KEY = """{path} has no term in ontology/context.jsonld. A new key needs, beside its row in kg/records/model/areas/:
1. ontology/context.jsonld: the RDF term that it means;
2. ontology/terms.ttl: where that is a term of ours, its definition and its line in the crosswalk;
3. `make docs`: ontology/keys.json, record.schema.json, shapes.ttl, docs/records.md;
4. `make messages`: kg/render/locale/es.po and ru.po, then the translations of its label;
5. data/: a record of the example collection that has it.
The whole list is in docs/extending.md, section "A key"."""


def term_of(key, terms, path):
    """The term of a key; without one, the test says what a new key needs."""
    if key.name not in terms:
        pytest.fail(NEW_KEY.format(path=path), pytrace=False)
    return terms[key.name]


CASES = [(kind, key) for kind in KINDS for key in keys_of(kind) if key.name not in {"id", "kind"}]


@pytest.mark.parametrize(("kind", "key"), CASES, ids=lambda case: case if isinstance(case, str) else case.name)
def test_each_key_has_its_triple(kind, key):
    """A record with one key alone, beside its label, gives the triple that the context says."""
    record = {"id": f"{kind}/1", label_key(kind): {"en": "A"}, key.name: key.example}
    if key.name not in CLASSES:
        term = term_of(key, ONTOLOGY.terms_of(kind), key.name)
        for part in key.parts:
            term_of(part, term.parts, f"{key.name}[].{part.name}")
    triples = graph(record)
    assert all(subject.partition("#")[0] == f"{BASE}{kind}/1" for subject, _, _ in triples)
    if key.name in CLASSES:
        word, iri = CLASSES[key.name]
        assert (f"{BASE}{kind}/1", ontology.RDF_TYPE, iri) in graph({**record, key.name: word})
        return
    values = [value for subject, predicate, value in triples if predicate == term.iri and subject == f"{BASE}{kind}/1"]
    assert values
    for part in key.parts:
        if part.name in key.example[0]:
            inner = term.parts[part.name].iri
            assert any(subject == values[0] and predicate == inner for subject, predicate, _ in triples), part.name


def test_own_terms():
    """There are at most 25 terms of our own, each with label, comment, range and the published term above it."""
    own = {}
    for quad in ONTOLOGY.terms_document():
        name = getattr(quad.subject, "value", "").removeprefix(f"{BASE}terms/")
        if getattr(quad.subject, "value", "").startswith(f"{BASE}terms/") and name:
            own.setdefault(name, set()).add(quad.predicate.value.rpartition("#")[2])
    assert 0 < len(own) <= 25
    for name, said in own.items():
        assert {"label", "comment"} <= said, name
        assert "subClassOf" in said or {"subPropertyOf", "range"} <= said, name


def test_every_own_term_that_is_used_is_defined():
    """Each term of ours in the context stands in terms.ttl."""
    used = {term.iri for term in ONTOLOGY.terms.values()} | set(ONTOLOGY.classes.values())
    used |= {part.iri for term in ONTOLOGY.terms.values() for part in term.parts.values()}
    own = {iri for iri in used if iri.startswith(f"{BASE}terms/")}
    assert own <= set(ONTOLOGY.labels)


def test_what_cannot_be_said_is_told():
    """A value that gives no triple is named by its key, and the rest is mapped."""
    record = {"id": "record/1", "kind": "record", "title": {"en": "A", "no tag!": "B"}, "license": ["not an iri:"]}
    (mapped,) = MAPPER.map([record])
    assert set(mapped.unmapped) == {"title", "license"}
    assert b'"A"@en' in mapped.ntriples
