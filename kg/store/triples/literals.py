"""Literals as the engine gives them back: it holds some values as such, and writes each in one way alone.

`PT90M` is read from a store as `PT1H30M`, `23.0` as `23`, `…+00:00` as `…Z`: the same values. So triples that did not
come from a store are told like those that did.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kg.ontology import XSD

_REWRITTEN = frozenset(f"{XSD}{name}" for name in ("decimal", "duration", "dateTime"))
"""Datatypes of the mapping of which a value may be written in several ways."""

_MARKS = tuple(f"^^<{datatype}>".encode() for datatype in _REWRITTEN)
_ANY = NamedNode("urn:x")


def as_held(triples: Iterable[Triple], ntriples: bytes) -> Iterator[Triple]:
    """Triples as a store would give them back.

    Args:
        triples: the triples.
        ntriples: the same as N-Triples, in which it is quickly seen that there is nothing to do.
    """
    if not any(mark in ntriples for mark in _MARKS):
        yield from triples
        return
    for triple in triples:
        value = triple.object
        if isinstance(value, Literal) and value.datatype.value in _REWRITTEN:
            yield Triple(triple.subject, triple.predicate, _held(value))
        else:
            yield triple


def values_as_held(values: list[NamedNode | Literal]) -> list[NamedNode | Literal]:
    """The same for values of one subject and predicate."""
    if not any(isinstance(each, Literal) and each.datatype.value in _REWRITTEN for each in values):
        return values
    return [
        each if isinstance(each, NamedNode) or each.datatype.value not in _REWRITTEN else _held(each) for each in values
    ]


@lru_cache(4096)
def _held(literal: Literal) -> Literal:
    store = Store()
    store.add(Quad(_ANY, _ANY, literal))
    held = next(iter(store)).object
    assert isinstance(held, Literal)  # noqa: S101  # as it was put in
    return held
