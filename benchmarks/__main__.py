"""`python -m benchmarks`: measure everything, or a part, and keep what was found."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from benchmarks import build, pages, results, search, sparql
from benchmarks.collections import Plan
from benchmarks.results import Row

MEASURES: dict[str, Callable[[Plan], Iterator[tuple[str, list[Row]]]]] = {
    "build": build.measure,
    "pages": pages.measure,
    "sparql": sparql.measure,
    "search": search.measure,
}
"""Name → what measures it: tables with their titles, as they are done, in the order in which they run."""

WORK = Path(__file__).parents[1] / "var" / "benchmarks"
"""Where collections are made and built; they are used again the next time."""


def _sizes(_context: click.Context, _option: click.Parameter, value: str) -> tuple[int, ...]:
    try:
        return tuple(sorted(int(each.replace("_", "")) for each in value.split(",")))
    except ValueError:
        raise click.BadParameter("numbers of records, with commas between") from None


@click.command()
@click.option("--sizes", default="1000,10000,100000", show_default=True, callback=_sizes, help="Numbers of records.")
@click.option("--only", type=click.Choice(list(MEASURES)), multiple=True, help="Measure these alone.")
@click.option("--seconds", default=1.0, show_default=True, help="How long each load of a server lasts.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Where to keep the figures.")
@click.option("--work", type=click.Path(path_type=Path), default=WORK, help="Where collections are made.")
def main(sizes: tuple[int, ...], only: tuple[str, ...], seconds: float, target: Path | None, work: Path) -> None:
    """Measure kg beside its peers with synthetic collections."""
    on = results.machine()
    found: dict[str, list[Row]] = {}
    target = target or results.FOLDER / f"{on['time'].replace(':', '')}.json"
    for name in only or MEASURES:
        for title, rows in MEASURES[name](Plan(work, sizes, seconds)):
            results.show(title, rows)
            found.setdefault(name, []).extend(rows)
            results.keep(target, on, found)
    click.echo(f"Kept in {target}")


if __name__ == "__main__":
    main()
