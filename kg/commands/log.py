"""Command `kg log`: what was created, changed, merged and deleted, over all generations."""

import sys
from collections.abc import Iterator

import click
import orjson
from rich.table import Table
from rich.text import Text

from kg.commands.common import OUT, counted, print_wide, with_settings
from kg.errors import GenerationError, KeyFault, UsageError
from kg.iris import Base, repair, spellings
from kg.settings import Settings
from kg.store.generation.generations import Generations
from kg.store.log.change_log import ChangeLog
from kg.store.log.changes import TOLD, Change

_SHOWN = 50
"""Changes that the table shows if no number is given."""

_PAGE = 1000
"""Changes that are read at a time."""


@click.command("log")
@click.argument("reference", required=False)
@click.option("--since", type=click.IntRange(min=0), help="Only changes after this sequence number.")
@click.option("--limit", type=click.IntRange(min=1), help=f"At most so many; {_SHOWN} in a table, if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, oldest first.")
@with_settings
def log(settings: Settings, *, reference: str | None, since: int | None, limit: int | None, as_json: bool) -> None:
    """Show what was created, changed, merged and deleted, newest first; of REFERENCE alone, its whole history."""
    generations = Generations.of_settings(settings)
    generations.bring_log_up()
    if generations.live() is None and not generations.numbers():
        raise GenerationError("nothing is published yet", where=str(generations.var), todo="Run `kg build` first.")
    changes = ChangeLog(generations.var)
    if reference is not None:
        history = [each for each in _history(changes, settings, reference) if each.sequence > (since or 0)]
        if as_json:
            _print_json(each for each in history[: limit or None] if each.what in TOLD)
        else:
            _print_table(history[::-1][: limit or None])
    elif as_json:
        _print_json(_all_since(changes, since or 0, limit))
    else:
        _print_newest(changes, since or 0, limit or _SHOWN)


def _history(changes: ChangeLog, settings: Settings, written: str) -> list[Change]:
    """History of a thing, given as a reference or an IRI. Raises UsageError, GenerationError."""
    base = Base(settings.base)
    try:
        reference = repair(base.reference(written) or written)
    except KeyFault as fault:
        raise UsageError(fault.what, todo=fault.todo) from None
    for name in dict.fromkeys((reference, *spellings(reference))):
        if history := changes.history(name):
            return history
    found = changes.published(reference)
    what = f"{reference} was never published" if found is None else f"{reference} is only named, and has no record"
    raise GenerationError(what, todo="`kg log` without a reference shows what was published.")


def _all_since(changes: ChangeLog, since: int, limit: int | None) -> Iterator[Change]:
    """Changes after a sequence number, oldest first, read page by page."""
    left = limit
    while left is None or left > 0:
        page = changes.changes(since, _PAGE if left is None else min(_PAGE, left))
        yield from page
        if not page:
            return
        since = page[-1].sequence
        left = None if left is None else left - len(page)


def _print_json(changes: Iterator[Change]) -> None:
    for change in changes:
        sys.stdout.buffer.write(orjson.dumps(change.as_json()) + b"\n")
    sys.stdout.buffer.flush()


def _print_newest(changes: ChangeLog, since: int, limit: int) -> None:
    found = [each for each in changes.newest(limit=limit) if each.sequence > since]
    _print_table(found)
    _, last = changes.bounds()
    if found and len(found) == limit and found[-1].sequence > since + 1:
        shown = counted(len(found), "change")
        OUT.print(f"The newest {shown} of a log of {last:,}; --limit shows more, --json all.")


def _print_table(changes: list[Change]) -> None:
    if not changes:
        OUT.print("There is no such change.")
        return
    table = Table("sequence", "time", "generation", "what", "reference", "label", box=None)
    for change in changes:
        what = f"{change.what} into {change.target}" if change.target else change.what
        label = next(iter(change.labels.values()), "")
        row = (f"{change.sequence:,}", change.time, str(change.generation), what, change.reference, label)
        table.add_row(*(Text(each, overflow="fold") for each in row))
    print_wide(table)
