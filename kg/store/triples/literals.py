"""Canonical literals: the lexical form that the engine gives to values it stores as values.

`PT90M` is read from a store as `PT1H30M`, `23.0` as `23`, `…+00:00` as `…Z`: the same values. Triples that did not
come from a store get the same form here.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

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


def canonical_ntriples(ntriples: bytes) -> bytes:
    """Lines of N-Triples in the form in which a store returns them; two of the same value become one.

    Args:
        ntriples: whole lines, as the mapper writes them.
    """
    if not any(mark in ntriples for mark in _DATATYPE_MARKERS):
        return ntriples
    lines = dict.fromkeys(map(_canonical_line, ntriples.split(b"\n")[:-1]))
    return b"\n".join([*lines, b""])


def _canonical_line(line: bytes) -> bytes:
    if not any(mark in line for mark in _DATATYPE_MARKERS):
        return line
    subject, predicate, rest = line.split(b" ", 2)
    return b" ".join((subject, predicate, _canonical_rest(rest)))


@lru_cache(4096)
def _canonical_rest(rest: bytes) -> bytes:
    """Value and full stop of a line."""
    (quad,) = parse(input=b"<urn:x> <urn:x> " + rest, format=RdfFormat.N_TRIPLES, lenient=True)
    value = quad.object
    is_of_value = isinstance(value, Literal) and value.datatype.value in _CANONICALISED
    return str(_canonical(value)).encode() + b" ." if is_of_value else rest


@lru_cache(4096)
def _canonical(literal: Literal) -> Literal:
    store = Store()
    store.add(Quad(_ANY_IRI, _ANY_IRI, literal))
    stored = next(iter(store)).object
    assert isinstance(stored, Literal)  # noqa: S101  # a literal went in
    return stored
