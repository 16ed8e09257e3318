"""Graph versions: the registry of a collection's graphs at a remote store, with the live one and the expired ones.

Each build loads into a graph of its own, `{base}graphs/generations/7-1f3a…`. A small graph, `{base}graphs/versions`,
holds the time of creation of each and, after its time as the live graph, the time of its retirement. The one triple
`{base}#dataset dcat:hasCurrentVersion …` names the live graph. A graph is registered before its first triple comes, so
that the next build finds and drops the graph of a killed one (D-35).
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from kg.errors import RemoteError
from kg.ontology import XSD
from kg.store.remote.client import RemoteStore, insert_text, query_text


@dataclass(frozen=True, slots=True)
class GraphVersion:
    """Graph of one build at the remote store.

    Attributes:
        graph: its name.
        created: start of its load.
        retired: end of its time as the live graph; None for the live one and for one that never was.
        live: True for the live graph.
    """

    graph: str
    created: datetime
    retired: datetime | None
    live: bool


class GraphVersions:
    """Registry of the graphs of one collection at one remote store."""

    def __init__(self, remote: RemoteStore, base: str) -> None:
        self._remote = remote
        self._base = base
        self._names = {"versions": NamedNode(f"{base}graphs/versions"), "dataset": NamedNode(f"{base}#dataset")}

    def all(self) -> list[GraphVersion]:
        """All registered graphs."""
        text = query_text("versions.rq", dataset=self._names["dataset"])
        return [
            GraphVersion(
                row["graph"].value,
                datetime.fromisoformat(row["created"].value),
                datetime.fromisoformat(row["retired"].value) if "retired" in row else None,
                row["graph"] == row.get("live"),
            )
            for row in self._remote.select(text, [self._names["versions"].value])
        ]

    def live(self) -> str | None:
        """Name of the live graph; None where there is none."""
        return next((version.graph for version in self.all() if version.live), None)

    def begin(self, number: int) -> NamedNode:
        """Register a new graph for the build of a generation; returns its name."""
        graph = NamedNode(f"{self._base}graphs/generations/{number}-{secrets.token_hex(4)}")
        self._remote.update(query_text("register.ru", **self._names, graph=graph, now=_now()))
        return graph

    def go_live(
        self, graph: NamedNode, named_graphs: dict[str, list[Quad]], moved: tuple[NamedNode, NamedNode] | None = None
    ) -> None:
        """Make a graph the live one.

        The switch is one request, which engines run atomically; for an engine that does not, the triple that names the
        live graph comes last.

        Args:
            graph: the graph.
            named_graphs: name of a named graph → its new content.
            moved: present and new name of a large graph that lies there already.

        Raises:
            RemoteError: the old graph is still the live one, or the state is unknown.
        """
        updates = [query_text("move.ru", source=moved[0], target=moved[1])] if moved else []
        for name, quads in named_graphs.items():
            ntriples = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES) or b""
            updates += [query_text("drop.ru", graph=NamedNode(name)), insert_text(NamedNode(name), ntriples.decode())]
        updates.append(query_text("go-live.ru", **self._names, graph=graph, now=_now()))
        try:
            self._remote.update(" ;\n".join(updates))
        except RemoteError:
            # The update may have run, and its answer been lost.
            if self.live() != graph.value:
                raise
        if self.live() != graph.value:
            raise RemoteError("the remote store took the switch and did not carry it out", where=self._remote.host)

    def sweep(self, keep: Collection[str], grace: float) -> list[str]:
        """Drop the graphs of killed builds and those retired for long enough; returns the dropped names.

        Args:
            keep: graphs that stay in any case.
            grace: seconds for which a retired graph stays.
        """
        now = datetime.now(UTC)
        expired = [
            version.graph
            for version in self.all()
            if not version.live
            and version.graph not in keep
            and (version.retired is None or (now - version.retired).total_seconds() >= grace)
        ]
        for name in expired:
            self.drop(NamedNode(name))
        return expired

    def clear(self, graph: NamedNode) -> None:
        """Drop a graph that is in no registry, if it is there."""
        self._remote.update(query_text("drop.ru", graph=graph))

    def drop(self, graph: NamedNode) -> None:
        """Drop a registered graph and its registration."""
        self._remote.update(query_text("drop.ru", graph=graph))
        self._remote.update(query_text("forget.ru", **self._names, graph=graph))


def _now() -> Literal:
    return Literal(datetime.now(UTC).isoformat(timespec="milliseconds"), datatype=NamedNode(XSD + "dateTime"))
