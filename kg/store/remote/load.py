"""Remote load: batches of triples into a new graph of a remote store, invisible until its switch to live."""

import contextlib
import gzip
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import NamedNode, Quad

from kg.document_times import documents_graph
from kg.errors import PublishError, RemoteError
from kg.settings import Settings
from kg.store.dumps.dump_folder import NTRIPLES, DumpFolder, has_dumps
from kg.store.remote.client import RemoteStore
from kg.store.remote.graph import count_triples
from kg.store.remote.graph_load import UPDATE_BATCH_BYTES, batch_loader, coming_documents
from kg.store.remote.graph_versions import GraphVersions

REQUEST_SECONDS = 600.0
"""Deadline of a request of a load."""


class RemoteLoad:
    """Load into a new graph of a remote store.

    Attributes:
        graph: name of the new graph.
        graph_sizes: name of each named graph → number of its statements.
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
        self._moved = coming_documents(settings.base), NamedNode(documents_graph(settings.base))
        try:
            with _as_publish_error():
                self._versions.sweep({keep}, settings.store_grace)
                self._versions.clear(self._moved[0])
                self._graph = self._versions.begin(number)
        except PublishError:
            self._remote.close()
            raise
        self.graph = self._graph.value
        self._batches = batch_loader(self._remote, settings, self._graph)
        self._documents = batch_loader(self._remote, settings, self._moved[0])
        self._named_graphs: dict[str, list[Quad]] = {}
        self.graph_sizes: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def write(self, ntriples: bytes) -> None:
        """Buffer lines of N-Triples; blocks while the remote is behind. Raises PublishError if the load failed."""
        with _as_publish_error():
            self._batches.write(ntriples)

    def write_documents(self, ntriples: bytes) -> None:
        """Buffer lines of N-Triples for the graph of documents, which goes live with the new graph."""
        with _as_publish_error():
            self._documents.write(ntriples)
        name = self._moved[1].value
        self.graph_sizes[name] = self.graph_sizes.get(name, 0) + ntriples.count(b"\n")

    def end(self, _triples: int) -> None:
        """Send the last batches. Raises PublishError if the load failed."""
        with _as_publish_error():
            self._batches.finish()
            self._documents.finish()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._batches.stop()
        self._documents.stop()
        if fault is not None:
            self._abandon()

    def add_graph(self, iri: str, quads: list[Quad]) -> None:
        """Set the content of a named graph, which changes in the same request as the live graph."""
        self._named_graphs[iri] = quads
        self.graph_sizes[iri] = len({quad.triple for quad in quads})

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
                self._versions.go_live(self._graph, self._named_graphs, self._moved)
        finally:
            self._remote.close()

    def _abandon(self) -> None:
        """Drop the new graph; where the remote store is unreachable, the next build does it."""
        with contextlib.suppress(RemoteError):
            self._versions.drop(self._graph)
            self._versions.clear(self._moved[0])
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

    def run(self, dumps: Path, named_graphs: dict[str, list[Quad]], documents: Iterable[bytes]) -> str:
        """Switch to the earlier graph, or load it again from its dump; returns the graph's name.

        Args:
            dumps: folder of the dumps of the earlier generation, for a graph that was dropped.
            named_graphs: name of a named graph → its new content.
            documents: lines of N-Triples of the graph of documents.

        Raises:
            PublishError: the remote store failed, or there is neither graph nor dump.
        """
        remote = RemoteStore(self._settings, seconds=REQUEST_SECONDS)
        versions = GraphVersions(remote, self._settings.base)
        try:
            with _as_publish_error():
                if self._graph in {version.graph for version in versions.all()}:
                    moved = self._load_documents(remote, versions, documents)
                    versions.go_live(NamedNode(self._graph), named_graphs, moved)
                    return self._graph
        finally:
            remote.close()
        return self._load(dumps, named_graphs, documents)

    def _load_documents(
        self, remote: RemoteStore, versions: GraphVersions, lines: Iterable[bytes]
    ) -> tuple[NamedNode, NamedNode]:
        """Load the graph of documents beside the live one; returns its present name and the new one."""
        coming = coming_documents(self._settings.base)
        versions.clear(coming)
        batches = batch_loader(remote, self._settings, coming)
        try:
            for each in lines:
                batches.write(each)
            batches.finish()
        finally:
            batches.stop()
        return coming, NamedNode(documents_graph(self._settings.base))

    def _load(self, dumps: Path, named_graphs: dict[str, list[Quad]], documents: Iterable[bytes]) -> str:
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
            for each in documents:
                load.write_documents(each)
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
