"""The embedded engine: Oxigraph on the disk of this machine."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple

from kg.errors import GenerationError, PublishError
from kg.store.graph import is_part_of
from kg.store.pieces import Pieces

LOADERS = max(2, min(4, (os.cpu_count() or 1) // 2))
"""Threads that load: two keep two cores busy; more would sooner wait for the disk."""

PIECE = 20 << 20
"""Bytes of N-Triples that are loaded at a time: few enough to bound memory (some 150 MB for each thread), enough for
files of a size that the engine need not merge again at once."""

_DEFAULT = DefaultGraph()


class EmbeddedGraph:
    """An Oxigraph store opened read-only."""

    def __init__(self, folder: Path) -> None:
        """Open a store. Raises GenerationError where it can't be opened."""
        try:
            self._store = Store.read_only(str(folder))
        except OSError as fault:
            raise GenerationError(
                f"the store can't be opened: {fault}", where=str(folder), todo="Run `kg build` again."
            ) from None

    def describe(self, iri: str) -> list[Triple]:
        """What is said of a thing and of its parts."""
        found: list[Triple] = []
        waiting = [NamedNode(iri)]
        seen = {iri}
        while waiting:
            for quad in self._store.quads_for_pattern(waiting.pop(0), None, None, _DEFAULT):
                found.append(quad.triple)
                part = quad.object
                if isinstance(part, NamedNode) and part.value not in seen and is_part_of(part, iri):
                    seen.add(part.value)
                    waiting.append(part)
        return found

    def named(self, iri: str) -> list[Triple]:
        """The triples of a named graph."""
        return [quad.triple for quad in self._store.quads_for_pattern(None, None, None, NamedNode(iri))]

    def quads(self) -> Iterator[Quad]:
        """Every statement."""
        return iter(self._store)

    def count(self) -> int:
        """How many statements there are."""
        return len(self._store)


class BulkLoad:
    """A load under way: N-Triples are gathered into pieces, which the engine loads in threads of its own.

    The engine lets the interpreter go while it loads, so that mapping and loading overlap. Left to cut a load itself it
    holds a million triples for each core, some 1.7 GB on two; in pieces it is a little quicker besides.
    """

    graph = ""
    """No name at a remote store: the triples lie in the generation's folder and go live with it."""

    def __init__(self, folder: Path) -> None:
        self._store = Store(str(folder))
        self._pieces = Pieces(partial(_load, self._store), size=PIECE, threads=LOADERS, waiting=LOADERS)

    def __enter__(self) -> Self:
        return self

    def write(self, ntriples: bytes) -> None:
        """Take lines of N-Triples; waits while the engine is behind. Raises PublishError if the load failed."""
        self._pieces.write(ntriples)

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if fault is None:
                self._pieces.finish()
        finally:
            self._pieces.stop()

    def add_graph(self, iri: str, quads: list[Quad]) -> None:
        """Put statements into a named graph, once the load is over."""
        graph = NamedNode(iri)
        self._store.extend([Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads])

    def triples(self) -> int:
        """How many statements there are, once the load is over."""
        return len(self._store)

    def close(self) -> None:
        """Write everything to disk and let the store go."""
        self._store.flush()
        del self._store, self._pieces


def _load(store: Store, ntriples: bytes) -> None:
    # What the mapper wrote with the engine's own writer needs no second validation.
    try:
        store.bulk_load(input=ntriples, format=RdfFormat.N_TRIPLES, lenient=True)
    except (OSError, SyntaxError, ValueError) as fault:
        raise PublishError(f"the store took no more triples: {fault}", todo="Is the disk full?") from None


def checkpoint(source: Path, target: Path) -> None:
    """A copy of a store by hard links, in a millisecond; the original stays as it is."""
    Store.read_only(str(source)).backup(str(target))
