"""The triples of a generation that lie at a remote store, behind the same port as those on this machine."""

import asyncio
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from pyoxigraph import NamedNode, Triple

from kg.errors import RemoteError, RemoteTimeout
from kg.store.remote.client import Remote, query_text
from kg.store.triples.graph import is_part_of

KEPT = 100_000
"""Triples of what was asked last that are kept in memory: some 50 MB. A generation never changes, so they stay true."""

THREADS = 16
"""Pages that may wait for the remote at one time; the others wait for them."""


def public_graphs(base: str) -> tuple[str, ...]:
    """The named graphs that everybody sees, whichever engine holds them."""
    return f"{base}graphs/terms", f"{base}graphs/dataset", f"{base}graphs/log"


class RemoteGraph:
    """One generation's graph at a remote store."""

    def __init__(self, remote: Remote, graph: str, base: str) -> None:
        """Nothing is asked yet.

        Args:
            remote: the store.
            graph: the name of the graph there that is this generation's default graph.
            base: of the collection.
        """
        self._remote = remote
        self.name = graph
        self._named = public_graphs(base)
        self._kept: OrderedDict[str, list[Triple]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(THREADS, "remote")

    def describe(self, iri: str) -> list[Triple]:
        """What is said of a thing and of its parts. Raises RemoteError where the remote does not say."""
        with self._lock:
            if iri in self._kept:
                self._kept.move_to_end(iri)
                return self._kept[iri]
        found = self._ask(iri)
        with self._lock:
            if iri not in self._kept:
                self._kept[iri] = found
                self._size += len(found)
            while self._size > KEPT and len(self._kept) > 1:
                _, oldest = self._kept.popitem(last=False)
                self._size -= len(oldest)
        return found

    async def look_up(self, iri: str) -> None:
        """Have a description at hand, without holding up other requests meanwhile. Raises RemoteError."""
        if iri in self._kept:
            return
        asking = asyncio.get_running_loop().run_in_executor(self._threads, self.describe, iri)
        try:
            await asyncio.wait_for(asking, self._remote.settings.store_seconds)
        except TimeoutError:
            raise RemoteTimeout("too much waits for the remote store", where=self._remote.place) from None

    def _ask(self, iri: str) -> list[Triple]:
        found = self._remote.construct(query_text("described.rq", thing=NamedNode(iri)), [self.name])
        if not found:  # the catalogue knows the thing: not to find it is a fault, never a 404
            todo = "It was dropped there: is this a copy of an old generation? See docs/remote.md."
            raise RemoteError(
                f"the remote store does not hold {iri} in {self.name}", where=self._remote.place, todo=todo
            )
        seen = {iri}
        asked = found
        while True:
            seen |= {triple.subject.value for triple in asked if isinstance(triple.subject, NamedNode)}
            links = (each.object for each in asked)
            parts = {link.value for link in links if isinstance(link, NamedNode) and is_part_of(link, iri)} - seen
            if not parts:
                return list(dict.fromkeys(found))
            asked = self._remote.construct(
                query_text("subjects.rq", subjects=[NamedNode(part) for part in sorted(parts)]), [self.name]
            )
            seen |= parts
            found += asked

    def close(self) -> None:
        """Let threads and connections go."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._remote.close()


def count(remote: Remote, graph: str) -> int:
    """How many statements a graph at a remote store holds."""
    rows = remote.select(query_text("count.rq"), [graph])
    return int(rows[0]["n"].value)
