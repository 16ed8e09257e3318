"""`kg init`: looks into files, shows what would come out, and writes a kg.toml."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import orjson
from rich.table import Table
from rich.text import Text

from kg.commands.common import ERRORS, OUT, with_errors
from kg.errors import SourceError, UsageError
from kg.proposal.files import given_files
from kg.proposal.preview import PreviewedRecord, RecordPreview, preview
from kg.proposal.proposal import Proposal, ProposedSource, check, propose
from kg.proposal.settings_text import merged
from kg.proposal.tables import guesses
from kg.records.inference.guesses import TableGuess
from kg.records.model.keys import Record, label_key
from kg.settings import FILE_NAME

SHOWN_RECORDS = 10
"""Records that are shown as they would come out, of all sources together."""

_MAX_VALUE = 90
_MAX_ROWS = 14
_HIDDEN = frozenset({"id", "kind"})


@click.command("init")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path(FILE_NAME), help="The kg.toml that is written.")
@click.option("--json", "as_json", is_flag=True, help="Write nothing; print a guess for each column as JSON.")
@with_errors
def init(files: tuple[Path, ...], out: Path, *, as_json: bool) -> None:
    """Look into FILES, guess what each column is, show ten records, and write a kg.toml."""
    if not as_json and os.path.lexists(out):
        raise _exists(out)
    proposal = propose(given_files(files, out), out, _command(files, out))
    if as_json:
        _tell_unread(proposal)
        sys.stdout.buffer.write(orjson.dumps(guesses(proposal.tables), option=orjson.OPT_INDENT_2) + b"\n")
    if not proposal.sources:
        if not as_json:
            _tell_unread(proposal)
        names = ", ".join(map(str, files[:3]))
        raise SourceError("there is nothing that kg can read, so no kg.toml was written", where=names)
    if as_json:
        return
    settings = check(proposal, out)
    _write(proposal.text, out)  # before what is shown, which may be cut: `kg init letters.csv | head`
    number = max(2, SHOWN_RECORDS // len(proposal.sources))
    for source in proposal.sources:
        _show_source(source, preview(source.file(settings.base), source.format, number))
    _tell_unread(proposal)
    where = "" if out == Path(FILE_NAME) else f"--config {out} "
    OUT.print(
        f"\nWrote {out}. Look through it: each line says how sure it is, and lines with `# ?` have doubts. Then:"
        f"\n\n  kg {where}build   # publishes; `kg {where}check` says before what it would report"
        f"\n  kg {where}serve   # at http://127.0.0.1:8000",
        markup=False,
        soft_wrap=True,
    )


def _command(files: Sequence[Path], out: Path) -> str:
    shown = [str(path) for path in files[:4]] + ["…"] * (len(files) > 4)
    return " ".join(["kg init", *shown, *(["--out", str(out)] if out != Path(FILE_NAME) else [])])


def _exists(out: Path) -> UsageError:
    todo = f"Write another file, `--out {out.stem}-new.toml`, and take over what you like; or move this one away."
    return UsageError("is there already, and is not overwritten", where=str(out), todo=todo)


def _write(text: str, out: Path) -> None:
    """Write the kg.toml, unless one is there meanwhile."""
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _exists(out) from None


def _tell_unread(proposal: Proposal) -> None:
    """Say which files were left out, and why."""
    by_reason: dict[str, list[Path]] = {}
    for file in proposal.unknown:
        by_reason.setdefault(file.reason, []).append(file.path)
    for reason, paths in by_reason.items():
        more = "" if len(paths) == 1 else f" and {len(paths) - 1:,} more"
        message = f"kg: {paths[0]}{more}: {reason}. Left out."
        ERRORS.print(message, style="yellow", markup=False, soft_wrap=True)
    for table in proposal.unread:
        message = f"kg: {table.file.path}: {table.reason}. It was left out."
        ERRORS.print(message, style="yellow", markup=False, soft_wrap=True)


def _show_source(source: ProposedSource, shown: RecordPreview) -> None:
    """Print what a source is, the guesses of its columns, and its first records."""
    number = f"{shown.number:,}{'' if shown.is_whole else ' or more'} {'record' if shown.number == 1 else 'records'}"
    files = "" if len(source.files) == 1 else f" in the first of {len(source.files):,} files"
    sheet = f", sheet {source.table.sheet}" if source.table and source.table.sheet else ""
    OUT.print(Text(f"\n{source.path}{sheet}: {source.called}, {number}{files}", style="bold"), soft_wrap=True)
    if source.table:
        for note in (*source.table.notes, *source.table.guess.notes):
            OUT.print(Text(f"  {note[:1].upper()}{note[1:]}."), soft_wrap=True)
        _show_guesses(source.table.guess)
    for place, record in enumerate(shown.records, 1):
        _show_record(place, record)
    messages = dict.fromkeys(
        f"{f'{problem.at}: ' if problem.at else ''}{problem.field} {problem.message}" for problem in shown.problems
    )
    for message in list(messages)[:10]:
        OUT.print(Text(f"  A build would tell: {message}."), soft_wrap=True)


def _show_guesses(guess: TableGuess) -> None:
    """Print the guess of each column."""
    table = Table("column", "key", "sure", "why", box=None, padding=(0, 2, 0, 0))
    for column in (*merged(guess.columns), *guess.made):
        doubts = "".join(f"\n? {doubt}" for doubt in column.doubts)
        key = Text(column.key, style="" if column.sure >= 0.7 else "yellow")
        table.add_row(Text(column.column or "(no heading)"), key, f"{column.sure:.2f}", Text(f"{column.why}{doubts}"))
    OUT.print(table)


def _show_record(place: int, previewed: PreviewedRecord) -> None:
    """Print a record as it would come out."""
    record = previewed.record
    if record is None:
        told = "; ".join(f"{problem.field} {problem.message}".strip() for problem in previewed.problems)
        OUT.print(Text(f"\n{place}. {previewed.at}: left out: {told}", style="red"), soft_wrap=True)
        return
    OUT.print(Text(f"\n{place}. {record['id']}", style="bold") + Text(f"   {previewed.at}", style="dim"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 3))
    rows = _rows(record)
    for name, value in rows[:_MAX_ROWS]:
        table.add_row(Text(name, style="dim"), Text(value))
    if len(rows) > _MAX_ROWS:
        table.add_row("", f"… and {len(rows) - _MAX_ROWS} more")
    for problem in previewed.problems[:3]:
        table.add_row(Text("?", style="yellow"), Text(f"{problem.field} {problem.message}".strip(), style="yellow"))
    OUT.print(table)


def _rows(record: Record) -> list[tuple[str, str]]:
    """Rows of a record: key and value, the label first."""
    label = label_key(record["kind"])
    keys = [label, *(key for key in record if key != label and key not in _HIDDEN)]
    return [(name, _shortened(value)) for key in keys for name, value in _values(key, record[key])]


def _values(key: str, value: Any) -> list[tuple[str, str]]:
    if key == "extra":
        return [(f"extra: {part['field']}", part["value"]) for part in value]
    if isinstance(value, dict) and "id" not in value:
        return [(key if tag == "@none" else f"{key}@{tag}", _text(texts)) for tag, texts in value.items()]
    return [(key, _text(value))]


def _text(value: Any) -> str:
    """Value in words: names of links, dates as they were read."""
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    if not isinstance(value, dict):
        return str(value)
    if {"edtf", "text", "start"} & value.keys() and "role" in value:
        return _dated(value)
    if name := value.get("name") or value.get("text"):
        return _text(next(iter(name.values()))) if isinstance(name, dict) else str(name)
    return " ".join(_text(each) for each in value.values())


def _dated(date: Record) -> str:
    """Date as it was read, with its text where that says it otherwise."""
    edtf, text = date.get("edtf", ""), date.get("text", "")
    role = "" if date.get("role") in {"document", None} else f"{date['role']}: "
    return f"{role}{edtf} (“{text}”)" if edtf and text and edtf != text else f"{role}{edtf or text}"


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MAX_VALUE else f"{text[: _MAX_VALUE - 1]}…"
