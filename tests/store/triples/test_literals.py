"""Canonical literals."""

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from kg.ontology import XSD
from kg.store.triples.literals import canonical_ntriples, canonical_triples

VALUES = [
    ("decimal", "23.0"),
    ("decimal", "-0"),
    ("decimal", "0.00000000000000000001"),
    ("duration", "PT90M"),
    ("duration", "P2W"),
    ("duration", "a while"),
    ("dateTime", "1971-06-10T09:08:00.500+00:00"),
    ("dateTime", "1971-06-10T09:08:00-05:00"),
    ("dateTime", "1971-06-10T24:00:00"),
    ("date", "1971-02-30"),
    ("date", "0000-01-01"),
    ("gYearMonth", "1971-06"),
    ("gYear", "0001"),
    ("integer", "12"),
]


@pytest.mark.parametrize(("datatype", "value"), VALUES)
def test_canonical_form(datatype, value):
    """A canonical triple equals the one that a store returns after a load, for any value."""
    literal = Literal(value, datatype=NamedNode(XSD + datatype))
    ntriples = f"<http://e/s> <http://e/p> {literal} .\n".encode()
    store = Store()
    store.bulk_load(input=ntriples, format=RdfFormat.N_TRIPLES, lenient=True)
    triples = [quad.triple for quad in parse(input=ntriples, format=RdfFormat.N_TRIPLES, lenient=True)]
    assert list(canonical_triples(triples, ntriples)) == [quad.triple for quad in store]


@pytest.mark.parametrize(("datatype", "value"), VALUES)
def test_canonical_lines(datatype, value):
    """Canonical lines are those of the triples that a store returns, in any form that was written."""
    literal = Literal(value, datatype=NamedNode(XSD + datatype))
    ntriples = f'<http://e/s> <http://e/p> {literal} .\n<http://e/s> <http://e/q> "x" .\n'.encode()
    store = Store()
    store.bulk_load(input=ntriples, format=RdfFormat.N_TRIPLES, lenient=True)
    lines = canonical_ntriples(ntriples).splitlines()
    assert sorted(lines) == sorted(f"{quad.triple} .".encode() for quad in store)
    again = dict.fromkeys(canonical_ntriples(ntriples + b"\n".join([*lines, b""])).splitlines())
    assert sorted(again) == sorted(lines)
