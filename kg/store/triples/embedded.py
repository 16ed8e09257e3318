"""Embedded triple store: Oxigraph on the local disk, its read-only graph and its bulk load."""

import os
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from kg.document_times import documents_graph
from kg.errors import GenerationError, PublishError
from kg.store.triples import compaction
from kg.store.triples.batches import BatchLoader
from kg.store.triples.compaction import Compaction
from kg.store.triples.graph import is_part_of

LOADER_THREADS = max(2, min(4, (os.cpu_count() or 1) // 2))
"""Loading threads: two keep two cores busy; more would sooner wait for the disk."""

BATCH_BYTES = 10 << 20
"""Bytes of N-Triples in a batch: few enough to bound memory (some 80 MB for each thread) and to stay in the caches of
a processor, enough to make the file of a batch worth opening."""

MAX_UNMERGED_BATCHES = 250
"""Batches that may wait for compaction, or fewer where fewer files may be open: each batch is four files."""

_MOVED_BYTES = 1 << 20
"""Bytes of lines that are added at a time to a store that is there already."""

_DEFAULT = DefaultGraph()


class EmbeddedGraph:
    """Read-only Oxigraph store; the `Graph` of a generation on this machine."""

    def __init__(self, folder: Path) -> None:
        """Open a store. Raises GenerationError where it can't be opened."""
        self._folder = folder
        try:
            self._store = Store.read_only(str(folder))
        except (OSError, RuntimeError) as fault:
            raise GenerationError(
                f"the store can't be opened: {fault}", where=str(folder), todo="Run `kg build`."
            ) from None

    def describe(self, iri: str) -> list[Triple]:
        """Triples of a thing and of its parts. Raises GenerationError where the store can't be read."""
        try:
            return self._describe(iri)
        except (OSError, RuntimeError) as fault:
            what = f"the store can't be read: {fault}"
            raise GenerationError(what, where=str(self._folder), todo="Run `kg build`.") from None

    def _describe(self, iri: str) -> list[Triple]:
        triples: list[Triple] = []
        queue = [NamedNode(iri)]
        visited = {iri}
        while queue:
            for quad in self._store.quads_for_pattern(queue.pop(0), None, None, _DEFAULT):
                triples.append(quad.triple)
                part = quad.object
                if isinstance(part, NamedNode) and part.value not in visited and is_part_of(part, iri):
                    visited.add(part.value)
                    queue.append(part)
        return triples

    def count(self) -> int:
        """Number of quads in all graphs."""
        return len(self._store)

    def has_graph(self, iri: str) -> bool:
        """Test for a named graph."""
        return self._store.contains_named_graph(NamedNode(iri))

    def back_up(self, target: Path) -> None:
        """Copy the store by hard links."""
        self._store.backup(str(target))

    async def look_up(self, iri: str) -> None:
        """No-op: a local read needs no prefetch."""

    def close(self) -> None:
        """Close the store's files."""
        del self._store


class BulkLoad:
    """Bulk load into an embedded store: batches of N-Triples, loaded by the engine in threads.

    The engine releases the interpreter's lock while it loads, so that mapping and loading overlap. With batches of its
    own it holds a million triples for each core, some 1.7 GB on two; small batches take half the processor time
    besides. Their cost is paid once, by the compaction at the end (see `kg.store.triples.compaction`).

    Attributes:
        graph_sizes: name of each named graph → number of its statements.
    """

    graph = ""
    """No graph at a remote store: the triples lie in the generation's folder and go live with it."""

    publishes = True
    """The loaded triples become a generation: dumps are written beside."""

    def __init__(self, folder: Path, base: str) -> None:
        """Make the store.

        Args:
            folder: the folder of the store.
            base: the base of the site, in which the graph of documents is named.
        """
        self._folder = folder
        self._documents = documents_graph(base)
        self.graph_sizes: dict[str, int] = {}
        self._max_unmerged = min(MAX_UNMERGED_BATCHES, compaction.raise_descriptor_limit() // 8)
        self._handle: Store | None = Store(str(folder))
        self._batches = BatchLoader(
            self._load, batch_bytes=BATCH_BYTES, threads=LOADER_THREADS, max_pending=LOADER_THREADS
        )
        self._background = ThreadPoolExecutor(1, "merge")
        self._completion: Future[None] | None = None
        self._compaction: Compaction | None = None
        self._stopped = False
        self._triple_count = 0

    def __enter__(self) -> Self:
        return self

    def write(self, ntriples: bytes) -> None:
        """Buffer lines of N-Triples; blocks while the engine is behind. Raises PublishError if the load failed."""
        count_before = self._batches.count
        self._batches.write(ntriples)
        if count_before == self._batches.count:
            return
        if count_before == 0:
            compaction.lower_priority()
        elif count_before % self._max_unmerged == 0:
            self._store.flush()  # blocks until the engine has compacted all but some twenty files

    def write_documents(self, ntriples: bytes) -> None:
        """Buffer lines of N-Triples for the graph of documents; they go the way of the triples, as N-Quads."""
        self.graph_sizes[self._documents] = self.graph_sizes.get(self._documents, 0) + ntriples.count(b"\n")
        self.write(ntriples.replace(b" .\n", f" <{self._documents}> .\n".encode()))

    def end(self, triples: int) -> None:
        """End the load after a number of triples: the last batch and the compaction run in the background."""
        self._triple_count = triples
        self._completion = self._background.submit(self._end)

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if fault is None:
                (self._completion or self._background.submit(self._end)).result()
        finally:
            self._stopped = True
            self._batches.stop()
            if self._compaction:
                self._compaction.stop()
            self._background.shutdown()
            if fault is not None:
                self._handle = None

    def add_graph(self, iri: str, quads: list[Quad]) -> None:
        """Add quads to a named graph, once the load is over."""
        graph = NamedNode(iri)
        named = {Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads}
        self.graph_sizes[iri] = len(named)
        self._store.extend(named)

    def triples(self) -> int:
        """Number of triples loaded for records. Each was written once: a record owns its subjects."""
        return self._triple_count

    def flush(self) -> None:
        """Write the store to disk and close its files; they change no more."""
        self._store.flush()
        self._handle = None

    def close(self) -> None:
        """End the load; the triples go live with their folder."""
        if self._handle is not None:
            self.flush()

    @property
    def _store(self) -> Store:
        assert self._handle is not None  # noqa: S101  # no caller during compaction or after `close`
        return self._handle

    def _load(self, ntriples: bytes) -> None:
        # The mapper writes with the engine's own writer: no second validation is needed. N-Triples are N-Quads.
        try:
            self._store.bulk_load(input=ntriples, format=RdfFormat.N_QUADS, lenient=True)
        except (OSError, SyntaxError, ValueError) as fault:
            raise PublishError(f"the store took no more triples: {fault}", todo="Is the disk full?") from None

    def _end(self) -> None:
        self._batches.finish()
        if self._batches.count < 2:
            return
        self._handle = None  # a flush would wait for compactions that the child process does better
        self._compaction = Compaction(self._folder)
        if self._stopped:
            self._compaction.stop()
        self._compaction.wait()
        self._handle = Store(str(self._folder))


def checkpoint(source: Path, target: Path) -> None:
    """Copy a store by hard links, in a millisecond; the original stays as it is. Raises GenerationError."""
    EmbeddedGraph(source).back_up(target)


def move_lines(folder: Path, iri: str, lines: Iterable[tuple[bytes, bytes]]) -> None:
    """Move the statements of a named graph in a store that nothing else writes.

    Args:
        folder: the folder of the store.
        iri: name of the graph.
        lines: lines of N-Triples to remove and to add, again and again.

    Raises:
        PublishError: the store took no more.
    """
    graph = NamedNode(iri)
    try:
        store = Store(str(folder))
        coming = bytearray()
        for removed, added in lines:
            for quad in parse(input=removed, format=RdfFormat.N_TRIPLES, lenient=True) if removed else ():
                store.remove(Quad(quad.subject, quad.predicate, quad.object, graph))
            coming += added
            if len(coming) > _MOVED_BYTES:
                store.load(input=bytes(coming), format=RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
                coming.clear()
        store.load(input=bytes(coming), format=RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)
        store.flush()
    except (OSError, SyntaxError, ValueError) as fault:
        raise PublishError(f"the store took no more triples: {fault}", todo="Is the disk full?") from None


def has_graph(folder: Path, iri: str) -> bool:
    """Test for a named graph in a store. Raises GenerationError where the store can't be opened."""
    return EmbeddedGraph(folder).has_graph(iri)
