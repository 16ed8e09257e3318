"""Which graphs at a remote store are ours, which one of them is live, and which may go.

Each build loads into a graph of its own, `{base}graphs/generations/7-1f3a…`. A small graph, `{base}graphs/versions`,
says of each when it was begun and, once it has been live, since when it is not; the one triple
`{base}#dataset dcat:hasCurrentVersion …` says which is live. A graph is noted there before its first triple comes, so
that what a killed build left is found and dropped by the next one.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from kg.errors import RemoteError
from kg.ontology import XSD
from kg.store.remote.client import Remote, insertion, query_text


@dataclass(frozen=True, slots=True)
class Version:
    """A graph at the remote store into which a build loaded.

    Attributes:
        graph: its name.
        created: when the load began.
        retired: since when it is no longer live; None for one that is, or never was.
        live: whether it is the live one.
    """

    graph: str
    created: datetime
    retired: datetime | None
    live: bool


class Versions:
    """The graphs of one collection at one remote store."""

    def __init__(self, remote: Remote, base: str) -> None:
        self._remote = remote
        self._base = base
        self._names = {"versions": NamedNode(f"{base}graphs/versions"), "dataset": NamedNode(f"{base}#dataset")}

    def all(self) -> list[Version]:
        """Every graph of ours that is there."""
        text = query_text("versions.rq", dataset=self._names["dataset"])
        return [
            Version(
                row["graph"].value,
                datetime.fromisoformat(row["created"].value),
                datetime.fromisoformat(row["retired"].value) if "retired" in row else None,
                row["graph"] == row.get("live"),
            )
            for row in self._remote.select(text, [self._names["versions"].value])
        ]

    def live(self) -> str | None:
        """The name of the live graph."""
        return next((version.graph for version in self.all() if version.live), None)

    def begin(self, number: int) -> NamedNode:
        """Note a new graph, for the build of a generation; its name."""
        graph = NamedNode(f"{self._base}graphs/generations/{number}-{secrets.token_hex(4)}")
        self._remote.update(query_text("register.ru", **self._names, graph=graph, now=_now()))
        return graph

    def go_live(self, graph: NamedNode, described: dict[str, list[Quad]]) -> None:
        """Make a graph the live one.

        All of it is one request, which engines carry out whole or not at all; where one does not, the triple that
        says what is live comes last.

        Args:
            graph: the graph.
            described: name of a graph that is there once → what it holds from now on.

        Raises:
            RemoteError: the old graph is still the live one, or nobody can tell.
        """
        parts = []
        for name, quads in described.items():
            lines = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b""
            parts += [query_text("drop.ru", graph=NamedNode(name)), insertion(NamedNode(name), lines.decode())]
        parts.append(query_text("go-live.ru", **self._names, graph=graph, now=_now()))
        try:
            self._remote.update(" ;\n".join(parts))
        except RemoteError:
            # It may have been carried out, and its answer lost.
            if self.live() != graph.value:
                raise
        if self.live() != graph.value:
            raise RemoteError("the remote store took the switch and did not carry it out", where=self._remote.place)

    def sweep(self, keep: Collection[str], grace: float) -> list[str]:
        """Drop what killed builds left and what has not been live for long enough; the names of what is gone.

        Args:
            keep: graphs that stay whatever is said of them.
            grace: seconds for which a graph stays after it was live.
        """
        now = datetime.now(UTC)
        gone = [
            version.graph
            for version in self.all()
            if not version.live
            and version.graph not in keep
            and (version.retired is None or (now - version.retired).total_seconds() >= grace)
        ]
        for name in gone:
            self.drop(NamedNode(name))
        return gone

    def drop(self, graph: NamedNode) -> None:
        """Drop a graph of ours and forget it."""
        self._remote.update(query_text("drop.ru", graph=graph))
        self._remote.update(query_text("forget.ru", **self._names, graph=graph))


def _now() -> Literal:
    return Literal(datetime.now(UTC).isoformat(timespec="milliseconds"), datatype=NamedNode(XSD + "dateTime"))
