"""Report of a build on the terminal, or as JSON."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kg.commands.common import OUT, counted
from kg.publish.report.report import Report

_MAX_KINDS = 50
"""Maximum number of kinds of problems on the terminal."""

_MAX_EXAMPLES = 3
_MAX_VALUE = 80


def print_json(report: Report) -> None:
    """Print the report as a JSON object."""
    sys.stdout.buffer.write(report.as_json() + b"\n")
    sys.stdout.buffer.flush()


def print_report(report: Report) -> None:
    """Print the report: published records, then problems by kind, the gravest first."""
    table = Table("kind", "read", "published", box=None, title_justify="left")
    for kind in sorted(report.read):
        table.add_row(kind, f"{report.read[kind]:,}", f"{report.published[kind]:,}")
    OUT.print(table)
    print_problems([kind.as_json() for kind in report.kinds()], option="--json")
    published = sum(report.published.values())
    summary = (
        f"{counted(published, 'record')}, {counted(report.stubs, 'stub')}, {report.rejected:,} left out,"
        f" {report.merged:,} merged"
    )
    if report.generation:
        OUT.print(
            f"Generation {report.generation}: {summary}, {report.triples:,} triples in {report.seconds:.1f} s"
            f" ({report.created:,} new, {report.changed:,} changed, {report.deleted:,} gone)."
        )
        if report.why_full:
            OUT.print(f"Everything was built anew: {report.why_full}.", markup=False)
        if report.followed_by:
            OUT.print(
                f"Generation {report.followed_by} followed: {report.due or 'the tables were a day old'}.", markup=False
            )
        if report.replaced:
            OUT.print(f"Replaced by others: {report.replaced:,}.")
        if report.remapped:
            OUT.print(f"Other triples of the same records, by another mapping: {report.remapped:,}.")
    else:
        OUT.print(f"Nothing was published. A build would have {summary}.")
    if report.respelled:
        OUT.print(f"References written otherwise than before: {report.respelled:,}. See the note on `id` above.")
    if report.shapes_seconds:
        OUT.print(f"The shapes took {report.shapes_seconds:.1f} s.")
    _print_untranslated(report)
    if report.page:
        OUT.print(f"The report as a page: {report.page}", soft_wrap=True, markup=False)
        OUT.print("What to do next, the weightiest first: kg report")


def print_problems(kinds: Sequence[Mapping[str, Any]], *, option: str) -> None:
    """Print kinds of problems: how many, what is wrong, what was expected, what to do, where the first ones are.

    A line with a place is never broken, whatever the width of the terminal: a name that is broken can't be copied.

    Args:
        kinds: the kinds, as the report has them.
        option: the option that lists every problem.
    """
    for kind in kinds[:_MAX_KINDS]:
        where = f"{kind['field']}: " if kind["field"] else ""
        OUT.print(Text(f"{kind['count']:,} {kind['severity']}  {where}{kind['message']}"), **_prose())
        expected = [f"expected: {kind['expected']}"] if kind["expected"] else []
        for line in (*expected, f"to do: {_with_file(kind)}"):
            OUT.print(Text(f"  {line}") if not OUT.is_terminal else Padding(Text(line), (0, 0, 0, 2)), **_prose())
        for each in kind["examples"][:_MAX_EXAMPLES]:
            own = f"  {each['message']}" if each["message"] != kind["message"] else ""
            OUT.print(Text(f"  {_place(each)}{own}"), soft_wrap=True)
        if kind["count"] > min(_MAX_EXAMPLES, len(kind["examples"])):
            OUT.print(f"  … and {kind['count'] - min(_MAX_EXAMPLES, len(kind['examples'])):,} more")
        OUT.print()
    if len(kinds) > _MAX_KINDS:
        OUT.print(f"… and {counted(len(kinds) - _MAX_KINDS, 'more kind')} of problems; {option} gives all.")
    elif any(kind["count"] > 1 for kind in kinds):
        OUT.print(f"Where there are several of a kind, {option} lists each with its place.")


def _prose() -> dict[str, Any]:
    """Options of a sentence: broken between words on a terminal, whole for a program that reads it."""
    return {} if OUT.is_terminal else {"soft_wrap": True}


def _with_file(kind: Mapping[str, Any]) -> str:
    """Remedy with the name of the file in it, where it has a command for one."""
    file = next((each["file"] for each in kind["examples"] if each["file"]), "FILE")
    return str(kind["todo"]).replace("`kg init FILE`", f"`kg init {shlex.quote(file)}`")


def _place(example: Mapping[str, str]) -> str:
    """Place of a problem with the value there: file, line or cell, record."""
    place = " ".join(filter(None, (example["file"], example["at"])))
    record = f"({example['record']})" if example["record"] and place else example["record"]
    value = example["value"]
    shown = f"“{value[:_MAX_VALUE]}{'…' if len(value) > _MAX_VALUE else ''}”" if value else ""
    return "  ".join(filter(None, (place, record, shown)))


def _print_untranslated(report: Report) -> None:
    """Print the numbers of missing translations, and where each of them stands."""
    for line in report.untranslated.messages():
        OUT.print(line, soft_wrap=True, markup=False)
    if report.generation and report.untranslated.labels:
        OUT.print(f"Each of them: {report.translations_file}", soft_wrap=True, markup=False)
