"""Comparison of this checkout with another commit, in turns: what a change costs or saves.

Both servers run the whole time and are asked in turns; the server that is first in one turn is second in the next. So
whatever else the machine does disturbs both alike. The ratios are medians of the turns' ratios. Where the other commit
is the one that is checked out, the distance of a ratio from 1 is the noise.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import click

from benchmarks import options, results
from benchmarks.checkout import Checkout, UnknownCommitError, checkout
from benchmarks.collections import published, published_by
from benchmarks.load import Load, load
from benchmarks.results import Row
from benchmarks.servers import Server, kg_serve
from benchmarks.targets import Target, targets

LEAST_TURNS = 7

_WARM_UP_CLIENTS = 8
_ROOM = 1_000
"""Between the numbers of turns with other clients: no address is asked for by both."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, and how long.

    Attributes:
        work: where collections are.
        sizes: numbers of records, smallest first.
        clients: numbers of clients that ask at once.
        turns: how often each server is asked.
        seconds: how long each turn lasts.
        warm_up: how long each server is asked before its turns: each of its processes fills its own caches.
        only: beginnings of the names of targets; all where there is none.
    """

    work: Path
    sizes: tuple[int, ...]
    clients: tuple[int, ...] = (1, 8, 64)
    turns: int = LEAST_TURNS
    seconds: float = 0.3
    warm_up: float = 0.5
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What one server did in one turn.

    Attributes:
        cpu: microseconds of processor a request.
        rate: requests a second.
        refused: how many answers were errors.
    """

    cpu: float
    rate: float
    refused: int


def compare(comparison: Comparison, other: Checkout) -> Iterator[tuple[str, list[Row]]]:
    """A table for each size: medians of both checkouts and their ratio, for each target and number of clients."""
    for size in comparison.sizes:
        folders = published(comparison.work, size), published_by(other, comparison.work, size)
        with ExitStack() as stack:
            servers = (
                stack.enter_context(kg_serve(folders[0])),
                stack.enter_context(kg_serve(folders[1], other.kg)),
            )
            asked = [targets(folder, size, each.port) for folder, each in zip(folders, servers, strict=True)]
            rows = [
                row(name, clients, _turns(comparison, servers, (asked[0][name], asked[1][name]), clients))
                for name in asked[0]
                if not comparison.only or name.startswith(comparison.only)
                for clients in comparison.clients
            ]
        yield f"this checkout against {other.name}, {size:,} records, {comparison.turns} turns", rows


def order(turn: int) -> tuple[int, int]:
    """Which server is asked first in a turn, and which second."""
    return (0, 1) if turn % 2 else (1, 0)


def _turns(
    comparison: Comparison, servers: tuple[Server, Server], asked: tuple[Target, Target], clients: int
) -> list[tuple[Turn, Turn]]:
    for server, target in zip(servers, asked, strict=True):
        _turn(server, target, _WARM_UP_CLIENTS, (0, comparison.warm_up))
    done = []
    for turn in range(1, comparison.turns + 1):
        here: dict[int, Turn] = {}
        for each in order(turn):
            here[each] = _turn(servers[each], asked[each], clients, (turn, comparison.seconds))
        done.append((here[0], here[1]))
    return done


def _turn(server: Server, target: Target, clients: int, turn: tuple[int, float]) -> Turn:
    number, seconds = turn
    requests = target.requests(server.port, clients * _ROOM + number)
    before = server.cpu()
    done: Load = load(server.port, requests, clients, seconds)
    used = server.cpu() - before
    answers = done.answered + done.refused
    return Turn(1e6 * used / max(answers, 1), answers / done.seconds, done.refused)


def row(name: str, clients: int, turns: Sequence[tuple[Turn, Turn]]) -> Row:
    """Medians of both sides (`its`: of the other commit), the median of the turns' ratios, the middle half of these."""
    ours, theirs = zip(*turns, strict=True)
    costs = _ratios([(here.cpu, there.cpu) for here, there in turns])
    rates = _ratios([(here.rate, there.rate) for here, there in turns])
    return {
        "what": name,
        "clients": clients,
        "cpu_us": round(median(each.cpu for each in ours), 1),
        "its_cpu_us": round(median(each.cpu for each in theirs), 1),
        "cpu_ratio": round(median(costs), 3),
        "cpu_half": _middle(costs),
        "a_second": round(median(each.rate for each in ours)),
        "its_a_second": round(median(each.rate for each in theirs)),
        "rate_ratio": round(median(rates), 3),
        "rate_half": _middle(rates),
        "refused": sum(each.refused for each in ours),
        "it_refused": sum(each.refused for each in theirs),
    }


def _ratios(pairs: Sequence[tuple[float, float]]) -> list[float]:
    return [here / there for here, there in pairs if there] or [0.0]


def _middle(ratios: list[float]) -> str:
    first, _, third = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return f"{first:.2f}–{third:.2f}"


@click.command()
@click.argument("commit")
@options.sizes
@click.option("--clients", default="1,8,64", show_default=True, callback=options.numbers, help="Clients at once.")
@click.option("--turns", default=LEAST_TURNS, show_default=True, type=click.IntRange(1), help="Turns of each server.")
@click.option("--seconds", default=0.3, show_default=True, help="How long each turn lasts.")
@click.option("--only", multiple=True, help="Measure the targets alone whose names begin so: 'record', 'query', …")
@options.kept_in
@options.work
def main(commit: str, target: Path | None, **how: Any) -> None:
    """Measure this checkout in turns with a second one of COMMIT; HEAD gives the noise."""
    comparison = Comparison(**how)
    try:
        other = checkout(commit, comparison.work / "checkouts")
    except UnknownCommitError as fault:
        raise click.BadParameter(str(fault), param_hint="COMMIT") from None
    results.run((("against", *table) for table in compare(comparison, other)), target, against=other.name)


if __name__ == "__main__":
    main()
