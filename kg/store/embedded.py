"""The embedded engine: Oxigraph on the disk of this machine."""

import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple

from kg.errors import GenerationError, PublishError
from kg.store.graph import is_part_of

_PIPE_SIZE = 1 << 20
_F_SETPIPE_SZ = 1031  # fcntl(2), Linux; not in Python's fcntl before 3.12
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
    """A load under way: N-Triples go in at one end while the engine reads at the other, in a thread of its own.

    The engine lets the interpreter go while it loads, so that mapping and loading overlap.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(str(folder))
        self._reader, self._writer = os.pipe()
        self._fault: Exception | None = None
        self._widen()
        self._thread = threading.Thread(target=self._load, name="load", daemon=True)

    def _widen(self) -> None:
        try:
            fcntl.fcntl(self._writer, _F_SETPIPE_SZ, _PIPE_SIZE)
        except OSError:
            return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def write(self, ntriples: bytes) -> None:
        """Hand over lines of N-Triples; waits while the engine is behind. Raises PublishError if the load failed."""
        view = memoryview(ntriples)
        while view:
            try:
                view = view[os.write(self._writer, view) :]
            except BrokenPipeError:
                self._thread.join()
                raise self._explained() from None

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._writer)
        self._thread.join()
        if fault is None and self._fault is not None:
            raise self._explained()

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
        del self._store

    def _load(self) -> None:
        try:
            # What the mapper wrote with the engine's own writer needs no second validation.
            self._store.bulk_load(path=f"/dev/fd/{self._reader}", format=RdfFormat.N_TRIPLES, lenient=True)
        except (OSError, SyntaxError, ValueError) as fault:
            self._fault = fault
        finally:
            os.close(self._reader)

    def _explained(self) -> PublishError:
        return PublishError(f"the store took no more triples: {self._fault}", todo="Is the disk full?")


def checkpoint(source: Path, target: Path) -> None:
    """A copy of a store by hard links, in a millisecond; the original stays as it is."""
    Store.read_only(str(source)).backup(str(target))
