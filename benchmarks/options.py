"""Options that several commands take."""

from pathlib import Path

import click

WORK = Path(__file__).parents[1] / "var" / "benchmarks"
"""Where collections are made and built; they are used again the next time."""

SIZES = "10000,100000"
"""Records of the collections: caches of the engine show at none smaller."""


def numbers(_context: click.Context, _option: click.Parameter, value: str) -> tuple[int, ...]:
    """Numbers with commas between, smallest first. Raises BadParameter where they are none."""
    try:
        return tuple(sorted(int(each.replace("_", "")) for each in value.split(",")))
    except ValueError:
        raise click.BadParameter("expected numbers with commas between, such as 10000,100000") from None


sizes = click.option("--sizes", default=SIZES, show_default=True, callback=numbers, help="Numbers of records.")
work = click.option("--work", type=click.Path(path_type=Path), default=WORK, help="Where collections are made.")
kept_in = click.option("--json", "target", type=click.Path(path_type=Path), help="Where to keep the figures.")
