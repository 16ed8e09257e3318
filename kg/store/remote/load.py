"""Remote load: batches of triples into a new graph of a remote store, invisible until its switch to live."""

import contextlib
import gzip
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import NamedNode, Quad

from kg.errors import PublishError, RemoteError, RemoteUnreachable
from kg.settings import Settings
from kg.store.dumps.dump_folder import NTRIPLES, DumpFolder, has_dumps
from kg.store.remote.client import RemoteStore
from kg.store.remote.graph import count_triples
from kg.store.remote.graph_versions import GraphVersions
from kg.store.triples.batches import BatchLoader

GRAPH_STORE_BATCH_BYTES = 4 << 20
"""Bytes of N-Triples in a request of the SPARQL 1.1 Graph Store HTTP Protocol."""

UPDATE_BATCH_BYTES = 1 << 20
"""Bytes of N-Triples in an update, which an engine has to parse in full before it begins."""

REQUEST_SECONDS = 600.0
"""Deadline of a request of a load."""

MAX_PENDING_BATCHES = 2
"""Batches that may wait for the remote store; mapping goes on meanwhile, and memory stays bounded."""

RETRY_PAUSES = (0.5, 2.0, 5.0)
"""Seconds before each retry of a batch. Without blank nodes a batch is idempotent."""


class RemoteLoad:
    """Load into a new graph of a remote store.

    Attributes:
        graph: name of the new graph.
    """

    publishes = True
    """The loaded triples become a generation: dumps are written beside."""

    def __init__(self, settings: Settings, number: int, keep: str = "") -> None:
        """Drop expired graphs and register the new one.

        Args:
            settings: address and credentials of the remote store.
            number: number of the generation.
            keep: graph of the live generation.

        Raises:
            PublishError: the remote store can't be written.
        """
        self._remote = RemoteStore(settings, seconds=REQUEST_SECONDS)
        self._versions = GraphVersions(self._remote, settings.base)
        try:
            with _as_publish_error():
                self._versions.sweep({keep}, settings.store_grace)
                self._graph = self._versions.begin(number)
        except PublishError:
            self._remote.close()
            raise
        self.graph = self._graph.value
        size = GRAPH_STORE_BATCH_BYTES if settings.store_graphs else UPDATE_BATCH_BYTES
        self._batches = BatchLoader(self._send, batch_bytes=size, threads=1, max_pending=MAX_PENDING_BATCHES)
        self._named_graphs: dict[str, list[Quad]] = {}

    def __enter__(self) -> Self:
        return self

    def write(self, ntriples: bytes) -> None:
        """Buffer lines of N-Triples; blocks while the remote is behind. Raises PublishError if the load failed."""
        self._batches.write(ntriples)

    def end(self, _triples: int) -> None:
        """Send the last batch. Raises PublishError if the load failed."""
        self._batches.finish()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._batches.stop()
        if fault is not None:
            self._abandon()

    def add_graph(self, iri: str, quads: list[Quad]) -> None:
        """Set the content of a named graph, which changes in the same request as the live graph."""
        self._named_graphs[iri] = quads

    def triples(self) -> int:
        """Number of triples at the remote store, once the load is over."""
        with _as_publish_error():
            return count_triples(self._remote, self.graph)

    def flush(self) -> None:
        """No-op: there are no files here."""

    def close(self) -> None:
        """Make the new graph the live one. Raises PublishError where the old one stays."""
        try:
            with _as_publish_error():
                self._versions.go_live(self._graph, self._named_graphs)
        finally:
            self._remote.close()

    def _send(self, batch: bytes) -> None:
        with _as_publish_error():
            for pause in RETRY_PAUSES:
                try:
                    self._remote.post(self._graph, batch)
                except RemoteUnreachable:
                    time.sleep(pause)
                else:
                    return
            self._remote.post(self._graph, batch)

    def _abandon(self) -> None:
        """Drop the new graph; where the remote store is unreachable, the next build does it."""
        with contextlib.suppress(RemoteError):
            self._versions.drop(self._graph)
        self._remote.close()


class RemoteRollback:
    """Rollback at a remote store: the graph of an earlier generation becomes the live one again."""

    def __init__(self, settings: Settings, number: int, keep: str, graph: str) -> None:
        """Set the parameters; no request is sent.

        Args:
            settings: address and credentials of the remote store.
            number: number of the new generation.
            keep: graph of the live generation.
            graph: graph of the earlier generation; empty if its triples lay in its folder.
        """
        self._settings = settings
        self._number = number
        self._keep = keep
        self._graph = graph

    def run(self, dumps: Path, named_graphs: dict[str, list[Quad]]) -> str:
        """Switch to the earlier graph, or load it again from its dump; returns the graph's name.

        Args:
            dumps: folder of the dumps of the earlier generation, for a graph that was dropped.
            named_graphs: name of a named graph → its new content.

        Raises:
            PublishError: the remote store failed, or there is neither graph nor dump.
        """
        remote = RemoteStore(self._settings, seconds=REQUEST_SECONDS)
        versions = GraphVersions(remote, self._settings.base)
        try:
            with _as_publish_error():
                if self._graph in {version.graph for version in versions.all()}:
                    versions.go_live(NamedNode(self._graph), named_graphs)
                    return self._graph
        finally:
            remote.close()
        return self._load(dumps, named_graphs)

    def _load(self, dumps: Path, named_graphs: dict[str, list[Quad]]) -> str:
        if not has_dumps(dumps):
            raise PublishError(
                "the remote store has dropped the triples of that generation, and it has no dumps to load them from",
                where=str(dumps),
                todo="Keep `dumps = true` to be able to go back.",
            )
        with (
            RemoteLoad(self._settings, self._number, self._keep) as load,
            closing(DumpFolder.open(dumps)) as folder,
            folder.files[NTRIPLES].open() as packed,
            gzip.open(packed) as lines,
        ):
            triples = 0
            while batch := lines.readlines(UPDATE_BATCH_BYTES):
                load.write(b"".join(batch))
                triples += len(batch)
            load.end(triples)
        for name, quads in named_graphs.items():
            load.add_graph(name, quads)
        load.close()
        return load.graph


def drop_expired_graphs(settings: Settings, keep: str) -> None:
    """Drop expired graphs at the remote store. Raises PublishError where it can't be written."""
    remote = RemoteStore(settings, seconds=REQUEST_SECONDS)
    try:
        with _as_publish_error():
            GraphVersions(remote, settings.base).sweep({keep}, settings.store_grace)
    finally:
        remote.close()


@contextlib.contextmanager
def _as_publish_error() -> Iterator[None]:
    """Context that turns a RemoteError into a PublishError of the build."""
    try:
        yield
    except RemoteError as fault:
        raise PublishError(f"{fault.what}; nothing was published", where=fault.where, todo=fault.todo) from None
