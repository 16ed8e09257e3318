"""Searching: how long one client waits for what it never asked before, as page with facets, as JSON, and inside SPARQL.

The processor time of the server and its workers stands beside the clock's, the mean of a request.

Words are taken from the collection itself, one to three at a time, so that some find a handful and some half of it.
Beside text search inside SPARQL stands what a query without an index would do.
"""

import json
import random
import re
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from urllib.parse import quote

from benchmarks.collections import Plan, published
from benchmarks.load import Load, get, load
from benchmarks.results import Row
from benchmarks.servers import kg_serve
from benchmarks.synthetic import SEED

_SAMPLE = 3_000
"""Records whose words are taken."""

_SUMMARY = re.compile(rb'"summary":\{')

_BASE = "http://archive.example.org/"
_INSIDE = (
    f'SELECT ?r ?score {{ SERVICE <{_BASE}search> {{ ?r <{_BASE}terms/matches> "%s" ; <{_BASE}terms/score> ?score }} }}'
)
_WITHOUT = 'SELECT ?r { ?r <http://purl.org/dc/terms/abstract> ?text FILTER (CONTAINS(LCASE(?text), "%s")) } LIMIT 100'


def measure(plan: Plan) -> Iterator[tuple[str, list[Row]]]:
    """Latency of each kind of search, at each size."""
    rows: list[Row] = []
    for size in plan.sizes:
        path = published(plan.work, size)
        with kg_serve(path) as server:
            for name, requests in _requests(path, server.port).items():
                load(server.port, requests, 1, plan.seconds / 4)  # warms up
                before = server.cpu()
                here = load(server.port, requests, 1, plan.seconds)
                rows.append(_row(name, size, here, server.cpu() - before))
    yield "search", rows


def _requests(path: Path, port: int) -> dict[str, Iterator[bytes]]:
    chance = random.Random(SEED)
    words = words_of(path)
    new = count()

    def some() -> str:
        return " ".join(chance.choice(words) for _ in range(chance.choice((1, 2, 2, 3))))

    def each(address: str, *headers: str) -> Iterator[bytes]:
        return (get(port, f"{address % quote(some())}&n={next(new)}", *headers) for _ in count())

    def asked(query: str) -> Iterator[bytes]:
        return (get(port, f"/sparql?format=json&query={quote(query % (chance.choice(words),))}") for _ in count())

    return {
        "page with facets": each("/search?q=%s"),
        "JSON with facets": each("/search?q=%s&format=json"),
        "of one year": each("/search?q=%s&year=1962&format=json"),
        "completions": each("/search/suggest?q=%s"),
        "network": each("/network?q=%s&format=svg"),
        "inside SPARQL": asked(_INSIDE),
        "FILTER(CONTAINS()) instead": asked(_WITHOUT),
    }


def words_of(path: Path) -> list[str]:
    """Words of the summaries of some records."""
    found: dict[str, None] = {}
    with (path / "var/current/records/0001.jsonl").open("rb") as lines:
        for line in islice(filter(_SUMMARY.search, lines), _SAMPLE):
            for texts in json.loads(line)["summary"].values():
                found |= dict.fromkeys(word.strip(".").lower() for text in texts for word in text.split())
    return sorted(found)


def _row(name: str, size: int, here: Load, cpu: float) -> Row:
    return {
        "what": name,
        "size": size,
        "requests": here.answered,
        "median_ms": round(1e3 * here.quantile(0.5), 2),
        "p95_ms": round(1e3 * here.quantile(0.95), 2),
        "p99_ms": round(1e3 * here.quantile(0.99), 2),
        "cpu_ms": round(1e3 * cpu / max(here.answered, 1), 2),
        "refused": here.refused,
    }
