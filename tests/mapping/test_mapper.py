"""Mapping: the triples of a record are those that a JSON-LD processor reads from it, and their counterparts."""

import json

import pytest
from general_mapping import triples
from hypothesis import given, settings
from hypothesis import strategies as st
from locations import ROOT
from pyoxigraph import Literal, RdfFormat, Store, parse

from kg import ontology
from kg.iris import KINDS
from kg.mapping.mapper import Mapper
from kg.records.model.keys import DATE_ROLES, Value, keys_of
from kg.records.model.validation import faults
from kg.records.normalisation.records import normalise_record
from kg.store.triples.literals import canonical_triples

ONTOLOGY = ontology.load("https://archive.example.org/somewhere/")
MAPPER = Mapper(ONTOLOGY)
EXAMPLES = ROOT / "data"

_words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
_languages = st.sampled_from(["en", "ru", "id", "sr-Latn", "@none", "zh-hans-cn"])
_urls = st.sampled_from(
    [
        "https://example.org/a:b?c=d#e",
        "urn:isbn:1",
        "mailto:a@b.org",
        "doi:10.1/x(1)",
        "ark:/1/é ж",
        "http://example.org/a%zz{b}|c\\d",
    ]
)
_dates = st.sampled_from(
    ["1963-04-05", "1963-04", "1963", "1962~", "1963-21", "0000", "{1963-02-22,1963-02-23}", "1960/..", "-0044"]
)
_VALUES = {
    Value.STRING: _words,
    Value.TAG: st.sampled_from(["en", "sr-Latn", "RU"]),
    Value.URL: _urls,
    Value.EDTF: _dates,
    Value.DAY: st.just("1963-04-05"),
    Value.INSTANT: st.just("1971-06-10T09:08:00-05:00"),
    Value.NUMBER: st.one_of(st.integers(-90, 90), st.floats(-90, 90)),
}


def _value(key):
    """Any value for a key."""
    if key.value is Value.TEXT:
        return st.dictionaries(_languages, st.lists(_words, max_size=2) if key.many else _words, max_size=3)
    if key.value is Value.PART:
        return st.lists(_object(key.parts), max_size=2)
    if key.value is Value.LINK:
        target = st.builds("{}/{}".format, st.sampled_from(key.to), st.sampled_from(["a", "A b", "1.html", "é", "x:y"]))
        one = st.one_of(target, st.builds(lambda name: {"id": name, "name": {"en": "N"}}, target))
        return st.lists(one, max_size=2) if key.many else one
    one = st.sampled_from(key.choices) if key.value is Value.CHOICE else _VALUES[key.value]
    return st.lists(one, max_size=2) if key.many else one


def _object(keys):
    """Any object with some of these keys, and all that are required."""
    required = {key.name: _value(key) for key in keys if key.required}
    return st.fixed_dictionaries(required, optional={key.name: _value(key) for key in keys if not key.required})


def _record(kind):
    keys = [key for key in keys_of(kind) if key.name not in {"id", "kind"}]
    return _object(keys).map(lambda values: {"id": f"{kind}/one two", **values})


def _is_the_same(record):
    mapped = MAPPER.map([record])[0]
    lines = mapped.ntriples.decode().split("\n")
    assert lines.pop() == ""
    assert set(lines) == triples(record, ONTOLOGY)
    assert len(lines) == len(set(lines)) == mapped.triples
    assert not mapped.unmapped


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KINDS).flatmap(_record))
def test_any_record(record):
    """A general JSON-LD processor gives the same triples for any normalised record."""
    sound, _ = normalise_record(record, "", "")
    if not faults(sound, "", ""):
        _is_the_same(sound)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.jsonl")), ids=lambda path: path.stem)
def test_examples(path):
    """The example collection is read as a general JSON-LD processor reads it."""
    for line in path.read_text(encoding="utf-8").splitlines():
        _is_the_same(normalise_record(json.loads(line), "", "")[0])


def test_each_kind_of_date_has_a_property():
    """A date is said once more under the property of its role."""
    assert {f"{role}Date" for role in DATE_ROLES} <= set(ONTOLOGY.terms)


def test_parts_stand_behind_their_record():
    """The triples of one subject stand together, so that Turtle says each subject once."""
    date = {"role": "document", "edtf": "1962"}
    sound, _ = normalise_record({"id": "record/1", "title": "T", "dates": [date], "note": "N"}, "", "")
    subjects = [line.split(b" ")[0] for line in MAPPER.map([sound])[0].ntriples.splitlines()]
    assert subjects == sorted(subjects, key=subjects.index)


def test_links_once():
    """Each link is listed once by key and target, at any depth; outward links are not listed."""
    relation = {"target": "agent/b", "type": "family"}
    record = {"id": "agent/a", "name": "A", "relations": [relation, {**relation, "type": "friend"}]}
    sound, _ = normalise_record({**record, "sameAs": ["https://example.org/x"]}, "", "")
    assert set(MAPPER.map([sound])[0].links) == {("relatedTo", "agent/b"), ("target", "agent/b")}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sourcePage", ["https://example.org/a b", "https://example.org/c"]),
        ("summary", {"no language": ["One"], "en": ["Two"]}),
        ("note", {"en": ["half a \ud83d", "whole"]}),
    ],
)
def test_lost_is_told(key, value):
    """An invalid RDF term is left out alone, and its key is reported, even if it passed every earlier check."""
    record = {"id": "record/1", "kind": "record", "title": {"en": "T"}, key: value}
    mapped = MAPPER.map([record])[0]
    assert mapped.unmapped == (key,)
    assert (
        mapped.triples
        > MAPPER.map([{**record, key: []} if isinstance(value, list) else {**record, key: {}}])[0].triples
    )


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(KINDS).flatmap(_record))
def test_as_a_store_holds_it(record):
    """Mapped triples in canonical form equal those of a store that has loaded them, for any record."""
    sound, _ = normalise_record(record, "", "")
    ntriples = MAPPER.map([sound])[0].ntriples
    store = Store()
    store.bulk_load(input=ntriples, format=RdfFormat.N_TRIPLES, lenient=True)
    triples = [quad.triple for quad in parse(input=ntriples, format=RdfFormat.N_TRIPLES, lenient=True)]
    assert set(canonical_triples(triples, ntriples)) == {quad.triple for quad in store}


def test_characters_are_written_as_the_engine_does():
    """A literal stands in a line exactly as the engine would write it, whatever characters are in it."""
    characters = [chr(code) for code in (*range(0xD800), *range(0xE000, 0x10400))] + ["\\u0041", "\n\u0001"]
    record = {"id": "record/1", "kind": "record", "title": {"en": "A"}, "alternativeNames": {"en": characters}}
    (mapped,) = MAPPER.map([record])
    assert not mapped.unmapped
    names = {line.partition(b"alternateName> ")[2] for line in mapped.ntriples.splitlines()}
    assert {f"{Literal(each, language='en')} .".encode() for each in characters} <= names
    (mapped,) = MAPPER.map([record | {"alternativeNames": {"en": ["\ud800"]}}])
    assert mapped.unmapped == ("alternativeNames",)
