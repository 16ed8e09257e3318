"""Two vocabularies, each whole: a client that knows Dublin Core alone, or schema.org alone, misses nothing."""

import json

import pytest
from locations import ROOT
from pyoxigraph import BlankNode, RdfFormat, parse

from kg import ontology
from kg.mapping.mapper import Mapper
from kg.records.normalisation.embedded import embedded_records
from kg.records.normalisation.records import normalise_record
from kg.records.readers import READERS, sniff
from kg.records.readers.base import RawRecord, SourceFile

BASE = "https://archive.example.org/"
SOURCES = ROOT.parent / "shared" / "sources"
MAPPER = Mapper(ontology.load(BASE))

DCTERMS, SCHEMA = "http://purl.org/dc/terms/", "https://schema.org/"
RDF_LISTS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PAIRS = {
    "title": "name",
    "date": "temporal",
    "creator": "creator",
    "subject": "about",
    "spatial": "spatialCoverage",
    "language": "inLanguage",
    "type": "genre",
    "rights": "copyrightNotice",
    "relation": "relatedLink",
    "isPartOf": "isPartOf",
    "identifier": "identifier",
}
"""Term of Dublin Core → that of schema.org which says the same."""
KEYS = {
    "title": ("title", "name"),
    "date": ("dates",),
    "creator": ("creator", "journalAuthor"),
    "subject": ("subjects",),
    "spatial": ("places", "placeOfCreation", "birthPlace", "deathPlace"),
    "language": ("language",),
    "type": ("type",),
    "rights": ("rights",),
    "relation": ("related", "relations"),
    "isPartOf": ("collections", "heldIn", "partOf"),
    "identifier": ("identifiers", "reference", "containers", "copyNumber", "outgoingNumber"),
}
"""Term of Dublin Core → the keys of a record that it stands for."""


def example():
    return [
        json.loads(line)
        for file in sorted((ROOT / "data").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def read(folder):
    """The records of every file in a folder, and those of which a link tells."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        format_ = sniff(path.read_bytes()[:8192], path.name)
        for item in READERS[format_](SourceFile(path, path.name, origin=folder.name)):
            if isinstance(item, RawRecord):
                yield item.record


def check(record):
    normalised, _ = normalise_record(record, "file", "")
    embedded = (normalise_record(description, "file", "")[0] for _, description in embedded_records(normalised))
    for described in (normalised, *embedded):
        if "title" in described or "name" in described:
            check_normalised(described)


def check_normalised(record):
    (mapped,) = MAPPER.map([record])
    assert not mapped.unmapped
    objects = {}
    for quad in parse(input=mapped.ntriples, format=RdfFormat.N_TRIPLES):
        assert not isinstance(quad.subject, BlankNode)
        assert not isinstance(quad.object, BlankNode)
        assert quad.predicate.value not in {RDF_LISTS + "first", RDF_LISTS + "rest"}
        if quad.subject.value == BASE + record["id"]:
            objects.setdefault(quad.predicate.value, set()).add(quad.object)
    for dublin_core, schema_org in PAIRS.items():
        values = objects.get(DCTERMS + dublin_core, set())
        assert values == objects.get(SCHEMA + schema_org, set()), (record["id"], dublin_core)
        keys = [key for key in KEYS[dublin_core] if key in record]
        if dublin_core == "date":
            keys = [date for date in record.get("dates", [])[:1] if "edtf" in date]
            assert len(values) == len(keys), (record["id"], "the first date is the date")
        assert bool(values) is bool(keys), (record["id"], dublin_core)


def test_the_example_collection():
    """Title, date, creator, subject, place, language, type, rights, relation, part-of, identifier: alike in both."""
    records = example()
    assert {term for term, keys in KEYS.items() for record in records if record.keys() & set(keys)} == set(PAIRS)
    for record in records:
        check(record)


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the real sources are not here (../shared/sources)")
@pytest.mark.parametrize("folder", ["wilson", "nixon-tapes"])
def test_the_real_sources(folder):
    """The same of every record of the real sources, and of every thing that one of them names."""
    records = list(read(SOURCES / folder))
    assert records
    for record in records:
        check(record)


@pytest.mark.parametrize(
    "dates",
    [
        [{"role": "document", "edtf": "1963-04-05"}, {"role": "sent", "edtf": "1963-04-06"}],
        [{"role": "sent", "edtf": "1963-04-06"}, {"role": "received", "edtf": "1963-04-07"}],
    ],
)
def test_one_date_is_the_date(dates):
    """Of several dates the first alone is the date, in both vocabularies."""
    check({"id": "record/1", "title": {"en": "A"}, "dates": dates})
