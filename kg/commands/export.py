"""Command `kg export`: the archivist's own sheet with what kg read in it."""

import sys
from pathlib import Path

import click

from kg.commands.common import with_settings
from kg.publish.round_trip.export import export_like
from kg.settings import Settings


@click.command()
@click.option("--like", required=True, metavar="FILE", help="A table of the sources, whose form the export has.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="FILE", help="Where it goes; standard output if not given."
)
@with_settings
def export(settings: Settings, *, like: str, out: Path | None) -> None:
    """Write a sheet of the sources as it is, with kg's readings beside in columns kg:KEY."""
    export_like(settings, like, out, sys.stdout.buffer)
