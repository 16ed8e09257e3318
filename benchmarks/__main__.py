"""`python -m benchmarks`: measure everything, or a part, and keep what was found."""

from collections.abc import Callable
from pathlib import Path

import click

from benchmarks import build, results
from benchmarks.results import Row

MEASURES: dict[str, Callable[[Path, int], list[Row]]] = {"build": build.measure}
"""Name → what measures one size of collection in a folder, in the order in which they run."""

WORK = Path(__file__).parents[1] / "var" / "benchmarks"
"""Where collections are made and built; they are used again the next time."""


def _sizes(_context: click.Context, _option: click.Parameter, value: str) -> list[int]:
    try:
        return [int(each.replace("_", "")) for each in value.split(",")]
    except ValueError:
        raise click.BadParameter("numbers of records, with commas between") from None


@click.command()
@click.option("--sizes", default="1000,10000,100000", show_default=True, callback=_sizes, help="Numbers of records.")
@click.option("--only", type=click.Choice(list(MEASURES)), multiple=True, help="Measure these alone.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Where to keep the figures.")
@click.option("--work", type=click.Path(path_type=Path), default=WORK, help="Where collections are made.")
def main(sizes: list[int], only: tuple[str, ...], target: Path | None, work: Path) -> None:
    """Measure kg beside its peers with synthetic collections."""
    on = results.machine()
    found: dict[str, list[Row]] = {}
    target = target or results.FOLDER / f"{on['time'].replace(':', '')}.json"
    for name in only or MEASURES:
        for size in sizes:
            rows = MEASURES[name](work, size)
            results.show(f"{name}, {size:,} records", rows)
            found.setdefault(name, []).extend(rows)
            results.keep(target, on, found)
    click.echo(f"Kept in {target}")


main()
