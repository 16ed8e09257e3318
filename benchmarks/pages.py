"""Things and the documents about them: how long one client waits, and how much a server process answers to several.

A server for each size runs the whole time, and they are asked in turn, so that whatever else the machine does disturbs
all sizes alike: what is to be seen is how little latency grows with size.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count, cycle

from benchmarks import synthetic
from benchmarks.collections import Plan, published
from benchmarks.load import Load, get, load, together
from benchmarks.results import Row
from benchmarks.servers import Server, kg_serve
from kg.render.data.negotiation import FORMATS

CLIENTS = 8
TURNS = 3

REPEATED = 4
"""Different documents among those that are asked for again and again."""

_HUB = "page of what everything links to"


@dataclass(slots=True)
class _Seen:
    alone: list[Load] = field(default_factory=list)
    several: list[Load] = field(default_factory=list)
    cpu: float = 0.0


def measure(plan: Plan) -> Iterator[tuple[str, list[Row]]]:
    """Latency and throughput of each format, at each size."""
    with ExitStack() as stack:
        servers = {size: stack.enter_context(kg_serve(published(plan.work, size))) for size in plan.sizes}
        asked = {size: _requests(size, server.port) for size, server in servers.items()}
        names = list(asked[plan.sizes[0]])
        seen: dict[tuple[str, int], _Seen] = defaultdict(_Seen)
        for name in names:
            for turn in range(TURNS + 1):
                for size, server in servers.items():
                    here = _ask(server, asked[size][name], plan.seconds / TURNS)
                    if turn:  # the first one warms up
                        _add(seen[name, size], here)
    yield "pages", [row for name in names for row in _rows(name, plan.sizes, seen)]


def _requests(size: int, port: int) -> dict[str, Iterator[bytes]]:
    """What is asked for, by name: addresses that are each asked for once, then some again and again.

    A number after the address makes it another one for whatever keeps answers.
    """
    numbers = list(range(size))
    random.Random(size).shuffle(numbers)
    things = [f"/record/synthetic-{number}" for number in numbers]
    new = count()

    def once(paths: list[str], *headers: str) -> Iterator[bytes]:
        return (get(port, f"{path}?{next(new)}", *headers) for path in cycle(paths))

    return {
        "303": once(things, "Accept: text/turtle"),
        **{each.suffix: once([f"{thing}.{each.suffix}" for thing in things]) for each in FORMATS},
        _HUB: once([f"/{synthetic.HUB}.html"]),
        **{
            f"{suffix} again": cycle([get(port, f"{thing}.{suffix}") for thing in things[:REPEATED]])
            for suffix in ("html", "ttl", "jsonld")
        },
    }


def _ask(server: Server, requests: Iterator[bytes], seconds: float) -> _Seen:
    alone = load(server.port, requests, 1, seconds)
    before = server.cpu()
    several = load(server.port, requests, CLIENTS, seconds)
    return _Seen([alone], [several], server.cpu() - before)


def _add(to: _Seen, more: _Seen) -> None:
    to.alone += more.alone
    to.several += more.several
    to.cpu += more.cpu


def _rows(name: str, sizes: tuple[int, ...], seen: dict[tuple[str, int], _Seen]) -> Iterator[Row]:
    """How much both times grow stands beside them: the processor's says the same where other programs run too."""
    before: tuple[float, float] | None = None
    for size in sizes:
        here = seen[name, size]
        alone, several = together(here.alone), together(here.several)
        median, cpu = alone.quantile(0.5), here.cpu / max(several.answered, 1)
        yield {
            "what": name,
            "size": size,
            "median_ms": round(1e3 * median, 3),
            "p95_ms": round(1e3 * alone.quantile(0.95), 3),
            "p99_ms": round(1e3 * alone.quantile(0.99), 3),
            "grows": round(median / before[0], 2) if before and before[0] else "",
            "clients": CLIENTS,
            "requests_a_second": round(several.answered / several.seconds),
            "p99_of_several_ms": round(1e3 * several.quantile(0.99), 3),
            "cpu_ms": round(1e3 * cpu, 3),
            "cpu_grows": round(cpu / before[1], 2) if before and before[1] else "",
            "refused": alone.refused + several.refused,
        }
        before = median, cpu
