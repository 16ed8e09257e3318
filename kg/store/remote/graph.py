"""Remote graph: the triples of a generation at a remote store, behind the `Graph` port, with an LRU cache."""

import asyncio
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from pyoxigraph import NamedNode, Triple

from kg.document_times import documents_graph
from kg.errors import RemoteError, RemoteTimeout
from kg.store.remote.client import RemoteStore, query_text
from kg.store.triples.graph import is_part_of

MAX_CACHED_TRIPLES = 100_000
"""Triples in the cache of descriptions: some 50 MB. A generation is immutable, so no entry ever becomes stale."""

LOOK_UP_THREADS = 16
"""Pages that may wait for the remote store at the same time; further ones queue behind them."""


def public_graphs(base: str) -> tuple[str, ...]:
    """Names of the public named graphs of a collection: terms, dataset, documents."""
    return f"{base}graphs/terms", f"{base}graphs/dataset", documents_graph(base)


class RemoteGraph:
    """Graph of one generation at a remote store (D-34)."""

    def __init__(self, remote: RemoteStore, graph: str) -> None:
        """Create the cache and the threads; no request is sent.

        Args:
            remote: the store.
            graph: name of the generation's graph there.
        """
        self._remote = remote
        self.name = graph

        self._cache: OrderedDict[str, list[Triple]] = OrderedDict()
        self._cached_triples = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(LOOK_UP_THREADS, "remote")

    def describe(self, iri: str) -> list[Triple]:
        """Triples of a thing and of its parts, from the cache or the remote store. Raises RemoteError."""
        with self._lock:
            if iri in self._cache:
                self._cache.move_to_end(iri)
                return self._cache[iri]
        triples = self._fetch(iri)
        with self._lock:
            if iri not in self._cache:
                self._cache[iri] = triples
                self._cached_triples += len(triples)
            while self._cached_triples > MAX_CACHED_TRIPLES and len(self._cache) > 1:
                _, oldest = self._cache.popitem(last=False)
                self._cached_triples -= len(oldest)
        return triples

    async def look_up(self, iri: str) -> None:
        """Prefetch a description into the cache, without blocking the event loop. Raises RemoteError."""
        if iri in self._cache:
            return
        description = asyncio.get_running_loop().run_in_executor(self._threads, self.describe, iri)
        try:
            await asyncio.wait_for(description, self._remote.settings.store_seconds)
        except TimeoutError:
            raise RemoteTimeout("too much waits for the remote store", where=self._remote.host) from None

    def _fetch(self, iri: str) -> list[Triple]:
        triples = self._remote.construct(query_text("described.rq", thing=NamedNode(iri)), [self.name])
        if not triples:  # the catalogue has the thing: an empty answer is a fault, never a 404
            todo = "It was dropped there: is this a copy of an old generation? See docs/remote.md."
            raise RemoteError(
                f"the remote store does not hold {iri} in {self.name}", where=self._remote.host, todo=todo
            )
        visited = {iri}
        batch = triples
        while True:
            visited |= {triple.subject.value for triple in batch if isinstance(triple.subject, NamedNode)}
            links = (triple.object for triple in batch)
            parts = {link.value for link in links if isinstance(link, NamedNode) and is_part_of(link, iri)} - visited
            if not parts:
                return list(dict.fromkeys(triples))
            batch = self._remote.construct(
                query_text("subjects.rq", subjects=[NamedNode(part) for part in sorted(parts)]), [self.name]
            )
            visited |= parts
            triples += batch

    def close(self) -> None:
        """Close threads and connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._remote.close()


def count_triples(remote: RemoteStore, graph: str) -> int:
    """Number of triples of a graph at a remote store."""
    rows = remote.select(query_text("count.rq"), [graph])
    return int(rows[0]["n"].value)
