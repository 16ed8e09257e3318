"""Graph port: the read operations that kg needs of a triple store, embedded or remote."""

from typing import Protocol

from pyoxigraph import NamedNode, Triple


class Graph(Protocol):
    """Read-only triples of one generation."""

    def describe(self, iri: str) -> list[Triple]:
        """Description of a thing: the triples of its own subject and of its parts, nothing else.

        Raises:
            RemoteError: the remote store gave no description.
        """
        ...

    async def look_up(self, iri: str) -> None:
        """Prefetch a description into memory, so that `describe` does not block the event loop.

        Raises:
            RemoteError: the remote store gave no description.
        """
        ...

    def close(self) -> None:
        """Release files, threads and connections."""
        ...


def is_part_of(term: object, thing: str) -> bool:
    """Test for a part of a thing: the thing's IRI with a fragment."""
    return isinstance(term, NamedNode) and term.value.startswith(thing + "#")
