"""The port behind which triples lie: what the rest of kg asks of a store, whichever engine it is."""

from collections.abc import Iterator
from typing import Protocol

from pyoxigraph import NamedNode, Quad, Triple


class Graph(Protocol):
    """Triples at rest, read-only."""

    def describe(self, iri: str) -> list[Triple]:
        """What is said of a thing: the triples of its own subject and of its parts, nothing else."""
        ...

    def named(self, iri: str) -> list[Triple]:
        """The triples of a named graph."""
        ...

    def quads(self) -> Iterator[Quad]:
        """Every statement, in no order."""
        ...

    def count(self) -> int:
        """How many statements there are, in all graphs."""
        ...


def is_part_of(term: object, thing: str) -> bool:
    """Whether a term is a part of the thing: its IRI with a fragment."""
    return isinstance(term, NamedNode) and term.value.startswith(thing + "#")
