"""The public endpoint beside `oxigraph serve` without any protection: the same store, the same queries, in turn.

Queries that are each asked once stand apart from queries that are asked again and again, since a cache helps the latter
alone. A shape is a file in benchmarks/queries, whose parameters are filled in from the collection.
"""

import json
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import count, cycle, islice
from pathlib import Path
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode

from benchmarks import synthetic
from benchmarks.collections import Plan, published
from benchmarks.load import Load, get, load, together
from benchmarks.results import Row
from benchmarks.servers import Server, kg_serve, oxigraph_serve
from kg.ontology import XSD

CLIENTS = (1, 8, 64)
TURNS = 2
REPEATED = 4
"""Different queries among those that are asked again and again."""

_FOLDER = Path(__file__).parent / "queries"
_BASE = "http://archive.example.org/"
_JSON = "application/sparql-results+json"
_FIRST_DAY = date(1945, 5, 9)
STRIDE = 7_919
"""A prime: steps of it visit everything, near and far by turns."""


def _thing(kind: str, number: int, among: int) -> NamedNode:
    return NamedNode(f"{_BASE}{kind}/synthetic-{number * STRIDE % among}")


PARAMETERS: dict[str, Callable[[int, synthetic.Shape], NamedNode | Literal]] = {
    "record": lambda number, shape: _thing("record", number, shape.records),
    "agent": lambda number, shape: _thing("agent", number, shape.agents),
    "topic": lambda number, _: _thing("topic", number, synthetic.TOPICS),
    "day": lambda number, _: Literal(str(_FIRST_DAY + timedelta(number % 1_000)), datatype=NamedNode(XSD + "date")),
}
"""Name of a parameter in a query → its value in the query of this number."""

SHAPES = ("one-thing", "inverse-link", "facet-count", "10000-rows")


def text(shape: str, number: int, size: int) -> str:
    """The query of this shape and number; no two are the same text."""
    query = _file(shape)
    for name, value in PARAMETERS.items():
        if f"${name}" in query:
            query = query.replace(f"${name}", str(value(number, synthetic.Shape(size))))
    return f"# {number}\n{query}"


@cache
def _file(shape: str) -> str:
    return (_FOLDER / f"{shape}.rq").read_text(encoding="utf-8")


def measure(plan: Plan) -> Iterator[tuple[str, list[Row]]]:
    """Requests a second, latency and processor of each shape, at each size."""
    for size in plan.sizes:
        path = published(plan.work, size)
        with kg_serve(path) as ours, oxigraph_serve(path) as theirs:
            rows = [
                _row(size, shape, how, clients, _in_turn(plan, (ours, theirs), (shape, how, size), clients))
                for shape in SHAPES
                if _same(ours, theirs, text(shape, 0, size))
                for how in ("distinct", "repeated")
                for clients in CLIENTS
            ]
        yield f"SPARQL, {size:,} records", rows


def _same(ours: Server, theirs: Server, query: str) -> bool:
    """Hold both to the same answer before they are timed."""
    found = [
        sorted(map(str, _ask(f"http://127.0.0.1:{each.port}{path}", query))) for each, path in _paths(ours, theirs)
    ]
    if found[0] != found[1] or not found[0]:
        raise RuntimeError(f"the servers differ, with {len(found[0])} rows and {len(found[1])}, on\n{query}")
    return True


def _paths(ours: Server, theirs: Server) -> tuple[tuple[Server, str], tuple[Server, str]]:
    return (ours, "/sparql"), (theirs, "/query")


def _ask(address: str, query: str) -> list[object]:
    request = urllib.request.Request(f"{address}?query={quote(query)}", headers={"Accept": _JSON})
    with urllib.request.urlopen(request) as answer:
        rows: list[object] = json.load(answer)["results"]["bindings"]
        return rows


_turns = count(1)
_MOST_IN_A_TURN = 1_000_000


def _requests(server: Server, path: str, what: tuple[str, str, int], turn: int) -> Iterator[bytes]:
    """Requests to a server; in one turn all servers get the same ones."""
    shape, how, size = what

    def request(number: int) -> bytes:
        return get(server.port, f"{path}?query={quote(text(shape, number, size))}", f"Accept: {_JSON}")

    if how == "repeated":
        return cycle([request(number) for number in range(REPEATED)])
    return map(request, count(turn * _MOST_IN_A_TURN))


def _in_turn(
    plan: Plan, servers: tuple[Server, Server], what: tuple[str, str, int], clients: int
) -> list[tuple[Load, float]]:
    """What each server did, with the seconds of processor it took."""
    loads: dict[str, list[Load]] = defaultdict(list)
    cpu: dict[str, float] = defaultdict(float)
    for turn in islice(_turns, TURNS):
        for server, path in _paths(*servers):
            requests = _requests(server, path, what, turn)
            before = server.cpu()
            loads[path].append(load(server.port, requests, clients, plan.seconds / TURNS))
            cpu[path] += server.cpu() - before
    return [(together(loads[path]), cpu[path]) for path in loads]


def _row(size: int, shape: str, how: str, clients: int, measured: list[tuple[Load, float]]) -> Row:
    """Both ratios are of requests: those that were answered, and those that one second of processor answers.

    The latter says the same where other programs use the machine too.
    """
    row: Row = {"size": size, "what": shape, "how": how, "clients": clients}
    rates, costs = [], []
    for name, (done, cpu) in zip(("kg", "oxigraph"), measured, strict=True):
        rates.append(done.answered / done.seconds)
        costs.append(cpu / max(done.answered, 1))
        row |= {
            f"{name}_a_second": round(rates[-1], 1),
            f"{name}_p99_ms": round(1e3 * done.quantile(0.99), 3),
            f"{name}_cpu_ms": round(1e3 * costs[-1], 3),
        }
    row["ratio"] = round(rates[0] / rates[1], 2) if rates[1] else ""
    row["cpu_ratio"] = round(costs[1] / costs[0], 2) if costs[0] else ""
    row["refused"] = measured[0][0].refused
    return row
