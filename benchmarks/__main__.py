"""`python -m benchmarks`: measure everything, or a part, and keep what was found."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from benchmarks import build, options, pages, results, search, sparql, tables
from benchmarks.collections import Plan
from benchmarks.results import Row

MEASURES: dict[str, Callable[[Plan], Iterator[tuple[str, list[Row]]]]] = {
    "build": build.measure,
    "pages": pages.measure,
    "sparql": sparql.measure,
    "search": search.measure,
    "tables": tables.measure,
}
"""Name → what measures it: tables with their titles, as they are done, in the order in which they run."""


@click.command()
@options.sizes
@click.option("--only", type=click.Choice(list(MEASURES)), multiple=True, help="Measure these alone.")
@click.option("--seconds", default=1.0, show_default=True, help="How long each load of a server lasts.")
@options.kept_in
@options.work
def main(sizes: tuple[int, ...], only: tuple[str, ...], seconds: float, target: Path | None, work: Path) -> None:
    """Measure kg beside its peers with synthetic collections."""
    chosen = {name: MEASURES[name] for name in only or MEASURES}
    plan = Plan(work, sizes, seconds)
    results.run(((name, *table) for name, measure in chosen.items() for table in measure(plan)), target)


if __name__ == "__main__":
    main()
