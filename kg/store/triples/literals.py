"""Canonical literals: the lexical form that the engine gives to values it stores as values.

`PT90M` is read from a store as `PT1H30M`, `23.0` as `23`, `…+00:00` as `…Z`: the same values. Triples that did not
come from a store get the same form here.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kg.ontology import XSD

_CANONICALISED = frozenset(f"{XSD}{name}" for name in ("decimal", "duration", "dateTime"))
"""Datatypes of the mapping whose values have several lexical forms."""

_DATATYPE_MARKERS = tuple(f"^^<{datatype}>".encode() for datatype in _CANONICALISED)
_ANY_IRI = NamedNode("urn:x")


def canonical_triples(triples: Iterable[Triple], ntriples: bytes) -> Iterator[Triple]:
    """Triples in the form in which a store returns them.

    Args:
        triples: the triples.
        ntriples: the same as N-Triples, where a quick search shows that no literal has to change.
    """
    if not any(mark in ntriples for mark in _DATATYPE_MARKERS):
        yield from triples
        return
    for triple in triples:
        value = triple.object
        if isinstance(value, Literal) and value.datatype.value in _CANONICALISED:
            yield Triple(triple.subject, triple.predicate, _canonical(value))
        else:
            yield triple


def canonical_values(values: list[NamedNode | Literal]) -> list[NamedNode | Literal]:
    """Values of one subject and predicate, in the form in which a store returns them."""
    if not any(isinstance(value, Literal) and value.datatype.value in _CANONICALISED for value in values):
        return values
    return [
        value if isinstance(value, NamedNode) or value.datatype.value not in _CANONICALISED else _canonical(value)
        for value in values
    ]


@lru_cache(4096)
def _canonical(literal: Literal) -> Literal:
    store = Store()
    store.add(Quad(_ANY_IRI, _ANY_IRI, literal))
    stored = next(iter(store)).object
    assert isinstance(stored, Literal)  # noqa: S101  # a literal went in
    return stored
