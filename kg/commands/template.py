"""`kg template`: an empty table to fill in."""

import sys
from pathlib import Path

import click

from kg.commands.common import ERRORS, with_errors
from kg.errors import UsageError
from kg.iris import KINDS
from kg.proposal.template import FORMATS, as_csv, as_xlsx


@click.command("template")
@click.argument("kind", default="record", type=click.Choice(KINDS))
@click.option("--format", "name", type=click.Choice(FORMATS), help="Of the table; csv, or what --out ends with.")
@click.option("--out", type=click.Path(path_type=Path), help="The file that is written; standard output if not given.")
@with_errors
def template(kind: str, name: str | None, out: Path | None) -> None:
    """Write an empty table for a KIND of things, with each column explained in the row below its heading."""
    format_ = name or ("xlsx" if out and out.suffix.lower() == ".xlsx" else "csv")
    table = {"csv": as_csv, "xlsx": as_xlsx}[format_](kind)
    if out is None:
        if format_ == "xlsx" and sys.stdout.isatty():
            todo = f"Name a file: `kg template {kind} --out {kind}s.xlsx`."
            raise UsageError("a workbook is nothing for a terminal", todo=todo)
        sys.stdout.buffer.write(table)
        sys.stdout.buffer.flush()
        return
    try:
        with out.open("xb") as file:
            file.write(table)
    except FileExistsError:
        raise UsageError(
            "is there already, and is not overwritten", where=str(out), todo="Name another file."
        ) from None
    ERRORS.print(
        f"Wrote {out}. Fill in rows below the second one, and then: kg init {out}", markup=False, soft_wrap=True
    )
