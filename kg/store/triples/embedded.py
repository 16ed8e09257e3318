"""The embedded engine: Oxigraph on the disk of this machine."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple

from kg.errors import GenerationError, PublishError
from kg.store.triples import compaction
from kg.store.triples.batches import Pieces
from kg.store.triples.compaction import Merging
from kg.store.triples.graph import is_part_of

LOADERS = max(2, min(4, (os.cpu_count() or 1) // 2))
"""Threads that load: two keep two cores busy; more would sooner wait for the disk."""

PIECE = 10 << 20
"""Bytes of N-Triples that are loaded at a time: few enough to bound memory (some 80 MB for each thread) and to stay in
the caches of a processor, enough for files that are worth being opened."""

MOST = 250
"""Pieces that may wait to be merged, or fewer where fewer files may be open: each is four of them."""

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
    holds a million triples for each core, some 1.7 GB on two; small pieces take half the processor besides. What they
    cost is paid once, when everything is merged (see `kg.store.triples.compaction`).
    """

    graph = ""
    """No name at a remote store: the triples lie in the generation's folder and go live with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._most = min(MOST, compaction.open_more_files() // 8)
        self._open: Store | None = Store(str(folder))
        self._pieces = Pieces(self._load, size=PIECE, threads=LOADERS, waiting=LOADERS)
        self._beside = ThreadPoolExecutor(1, "merge")
        self._ending: Future[None] | None = None
        self._merging: Merging | None = None
        self._stopped = False
        self._triples = 0

    def __enter__(self) -> Self:
        return self

    def write(self, ntriples: bytes) -> None:
        """Take lines of N-Triples; waits while the engine is behind. Raises PublishError if the load failed."""
        before = self._pieces.count
        self._pieces.write(ntriples)
        if before == self._pieces.count:
            return
        if before == 0:
            compaction.give_way()
        elif before % self._most == 0:
            self._store.flush()  # waits until the engine has merged what it has, but for some twenty files

    def end(self, triples: int) -> None:
        """Take no more after so many triples: what is left is loaded and all is merged, beside."""
        self._triples = triples
        self._ending = self._beside.submit(self._end)

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if fault is None:
                (self._ending or self._beside.submit(self._end)).result()
        finally:
            self._stopped = True
            self._pieces.stop()
            if self._merging:
                self._merging.stop()
            self._beside.shutdown()
            if fault is not None:
                self._open = None

    def add_graph(self, iri: str, quads: list[Quad]) -> None:
        """Put statements into a named graph, once the load is over."""
        graph = NamedNode(iri)
        self._store.extend([Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads])

    def triples(self) -> int:
        """How many statements of records there are. Each was written once: a record owns its subjects."""
        return self._triples

    def close(self) -> None:
        """Write everything to disk and let the store go."""
        self._store.flush()
        self._open = None

    @property
    def _store(self) -> Store:
        assert self._open is not None  # noqa: S101  # nobody asks while it is merged or once it was let go
        return self._open

    def _load(self, ntriples: bytes) -> None:
        # What the mapper wrote with the engine's own writer needs no second validation.
        try:
            self._store.bulk_load(input=ntriples, format=RdfFormat.N_TRIPLES, lenient=True)
        except (OSError, SyntaxError, ValueError) as fault:
            raise PublishError(f"the store took no more triples: {fault}", todo="Is the disk full?") from None

    def _end(self) -> None:
        self._pieces.finish()
        if self._pieces.count < 2:
            return
        self._open = None  # to flush it would wait for merges that are done better beside
        self._merging = Merging(self._folder)
        if self._stopped:
            self._merging.stop()
        self._merging.wait()
        self._open = Store(str(self._folder))


def checkpoint(source: Path, target: Path) -> None:
    """A copy of a store by hard links, in a millisecond; the original stays as it is."""
    Store.read_only(str(source)).backup(str(target))
