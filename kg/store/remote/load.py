"""A load into a remote store: in batches, into a graph that nobody sees until it is made the live one."""

import contextlib
import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import NamedNode, Quad

from kg.errors import PublishError, RemoteError, RemoteUnreachable
from kg.settings import Settings
from kg.store.remote.client import Remote
from kg.store.remote.graph import count
from kg.store.remote.graph_versions import Versions
from kg.store.triples.batches import BatchLoader

PIECE = 4 << 20
"""Bytes of N-Triples in a request of the Graph Store Protocol."""

UPDATE_PIECE = 1 << 20
"""The same in an update, which an engine has to parse as a whole before it begins."""

SECONDS = 600.0
"""How long a request of a load may take."""

WAITING = 2
"""Pieces that wait for the remote; mapping goes on meanwhile, and memory stays bounded."""

PAUSES = (0.5, 2.0, 5.0)
"""Seconds before a piece is sent again. There are no blank nodes, so to send it twice changes nothing."""


class RemoteLoad:
    """A load under way.

    Attributes:
        graph: the name of the graph into which it goes.
    """

    publishes = True
    """The loaded triples become a generation: dumps are written beside."""

    def __init__(self, settings: Settings, number: int, keep: str = "") -> None:
        """Note the new graph at the remote, once what killed builds left there has been dropped.

        Args:
            settings: where the remote store is.
            number: of the generation that is built.
            keep: the graph that the live generation names.

        Raises:
            PublishError: the remote can't be written.
        """
        self._remote = Remote(settings, seconds=SECONDS)
        self._versions = Versions(self._remote, settings.base)
        try:
            with _explained():
                self._versions.sweep({keep}, settings.store_grace)
                self._graph = self._versions.begin(number)
        except PublishError:
            self._remote.close()
            raise
        self.graph = self._graph.value
        size = PIECE if settings.store_graphs else UPDATE_PIECE
        self._pieces = BatchLoader(self._send, batch_bytes=size, threads=1, max_pending=WAITING)
        self._described: dict[str, list[Quad]] = {}

    def __enter__(self) -> Self:
        return self

    def write(self, ntriples: bytes) -> None:
        """Take lines of N-Triples; waits while the remote is behind. Raises PublishError if it takes no more."""
        self._pieces.write(ntriples)

    def end(self, _triples: int) -> None:
        """Take no more, and send what is left. Raises PublishError if the remote takes it not."""
        self._pieces.finish()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pieces.stop()
        if fault is not None:
            self._give_up()

    def add_graph(self, iri: str, quads: list[Quad]) -> None:
        """Keep statements for a named graph, which changes together with what is live."""
        self._described[iri] = quads

    def triples(self) -> int:
        """How many statements there are, once the load is over."""
        with _explained():
            return count(self._remote, self.graph)

    def close(self) -> None:
        """Make the graph the live one. Raises PublishError where the old one stays."""
        try:
            with _explained():
                self._versions.go_live(self._graph, self._described)
        finally:
            self._remote.close()

    def _send(self, piece: bytes) -> None:
        with _explained():
            for pause in PAUSES:
                try:
                    self._remote.post(self._graph, piece)
                except RemoteUnreachable:
                    time.sleep(pause)
                else:
                    return
            self._remote.post(self._graph, piece)

    def _give_up(self) -> None:
        """Drop what was loaded; where the remote is gone too, the next build does it."""
        with contextlib.suppress(RemoteError):
            self._versions.drop(self._graph)
        self._remote.close()


class Replay:
    """Makes the triples of an earlier generation the live ones again."""

    def __init__(self, settings: Settings, number: int, keep: str, graph: str) -> None:
        """Nothing is asked yet.

        Args:
            settings: where the remote store is.
            number: of the generation that is made.
            keep: the graph that the live generation names.
            graph: the graph that the earlier one named; empty if its triples lay in its folder.
        """
        self._settings = settings
        self._number = number
        self._keep = keep
        self._graph = graph

    def run(self, dump: Path, described: dict[str, list[Quad]]) -> str:
        """Make them live; the name of their graph. Raises PublishError where that can't be done.

        Args:
            dump: the earlier generation's N-Triples, for when the remote has dropped its graph.
            described: name of a graph → what it holds from now on.
        """
        remote = Remote(self._settings, seconds=SECONDS)
        versions = Versions(remote, self._settings.base)
        try:
            with _explained():
                if self._graph in {version.graph for version in versions.all()}:
                    versions.go_live(NamedNode(self._graph), described)
                    return self._graph
        finally:
            remote.close()
        return self._load(dump, described)

    def _load(self, dump: Path, described: dict[str, list[Quad]]) -> str:
        if not dump.is_file():
            raise PublishError(
                "the remote store has dropped the triples of that generation, and it has no dumps to load them from",
                where=str(dump.parent),
                todo="Keep `dumps = true` to be able to go back.",
            )
        with RemoteLoad(self._settings, self._number, self._keep) as load, gzip.open(dump, "rb") as lines:
            triples = 0
            while some := lines.readlines(UPDATE_PIECE):
                load.write(b"".join(some))
                triples += len(some)
            load.end(triples)
        for name, quads in described.items():
            load.add_graph(name, quads)
        load.close()
        return load.graph


def sweep(settings: Settings, keep: str) -> None:
    """Drop graphs at the remote store whose time is over. Raises PublishError where it can't be written."""
    remote = Remote(settings, seconds=SECONDS)
    try:
        with _explained():
            Versions(remote, settings.base).sweep({keep}, settings.store_grace)
    finally:
        remote.close()


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Say a fault of the remote store as one of the build."""
    try:
        yield
    except RemoteError as fault:
        raise PublishError(f"{fault.what}; nothing was published", where=fault.where, todo=fault.todo) from None
