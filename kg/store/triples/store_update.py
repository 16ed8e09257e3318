"""Update of a store: a copy by hard links of the store before, and in it the lines that differ.

Taking away what differs and adding what is new costs a sixth of writing whole things anew, and a tenth of the disk: the
files of the store before stay shared but for what its engine writes for the difference.
"""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from kg.errors import PublishError
from kg.store.triples.embedded import checkpoint
from kg.store.triples.patch import ThingPatch

BATCH_BYTES = 4 << 20
"""Bytes of lines in a batch, after which it is applied, so that memory stays bounded."""

BULK_LINES = 20_000
"""Lines from which they are loaded in bulk; few lines cost less one by one, and leave no file of their own."""


class StoreUpdate:
    """Store of a new generation, as a changed copy of the one before."""

    graph = ""
    """No graph at a remote store: the triples lie in the generation's folder and go live with it."""

    def __init__(self, source: Path, target: Path) -> None:
        """Copy a store by hard links, and open the copy. Raises GenerationError where the source can't be read."""
        checkpoint(source, target)
        self._handle: Store | None = Store(str(target))

    def apply(self, patches: Iterable[ThingPatch]) -> None:
        """Take away and add the lines of patches. Raises PublishError where the store takes no more."""
        removed: list[bytes] = []
        added: list[bytes] = []
        size = 0
        try:
            for patch in patches:
                removed += patch.removed
                added += patch.added
                size += sum(map(len, patch.removed)) + sum(map(len, patch.added))
                if size >= BATCH_BYTES:
                    self._apply(removed, added)
                    removed, added, size = [], [], 0
            self._apply(removed, added)
        except (OSError, SyntaxError, ValueError, RuntimeError) as fault:
            raise PublishError(f"the store took no more changes: {fault}", todo="Is the disk full?") from None

    def move_lines(self, iri: str, lines: Iterable[tuple[bytes, bytes]]) -> None:
        """Move the statements of a named graph: lines to remove and to add, again and again."""
        graph = NamedNode(iri)
        for removed, added in lines:
            for quad in parse(input=removed, format=RdfFormat.N_TRIPLES, lenient=True):
                self._store.remove(Quad(quad.subject, quad.predicate, quad.object, graph))
            self._store.load(input=added, format=RdfFormat.N_TRIPLES, to_graph=graph, lenient=True)

    def set_graph(self, iri: str, quads: list[Quad]) -> None:
        """Replace the content of a named graph."""
        graph = NamedNode(iri)
        self._store.clear_graph(graph)
        self._store.extend([Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads])

    def flush(self) -> None:
        """Write the store to disk and close its files; they change no more."""
        self._store.flush()
        self._handle = None

    def close(self) -> None:
        """Close the files, written or not."""
        self._handle = None

    @property
    def _store(self) -> Store:
        assert self._handle is not None  # noqa: S101  # no caller after `flush`
        return self._handle

    def _apply(self, removed: list[bytes], added: list[bytes]) -> None:
        """Take lines away before others come: a value may have been written in another way."""
        store = self._store
        for quad in _quads(removed):
            store.remove(quad)
        if len(added) < BULK_LINES:
            store.extend(_quads(added))
        else:
            store.bulk_load(input=_ntriples(added), format=RdfFormat.N_TRIPLES, lenient=True)


def _ntriples(lines: list[bytes]) -> bytes:
    return b"\n".join([*lines, b""])


def _quads(lines: list[bytes]) -> Iterable[Quad]:
    # The mapper writes with the engine's own writer: no second validation is needed.
    return parse(input=_ntriples(lines), format=RdfFormat.N_TRIPLES, lenient=True)
