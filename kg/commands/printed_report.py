"""Report of a build on the terminal, or as JSON."""

import sys

from rich.table import Table
from rich.text import Text

from kg.commands.common import OUT, counted
from kg.publish.report.report import Report

_MAX_LISTED_PROBLEMS = 50
"""Maximum number of kinds of problems on the terminal."""


def print_json(report: Report) -> None:
    """Print the report as a JSON object."""
    sys.stdout.buffer.write(report.as_json() + b"\n")
    sys.stdout.buffer.flush()


def print_report(report: Report) -> None:
    """Print the report as tables: published records, then problems, the gravest first."""
    table = Table("kind", "read", "published", box=None, title_justify="left")
    for kind in sorted(report.read):
        table.add_row(kind, f"{report.read[kind]:,}", f"{report.published[kind]:,}")
    OUT.print(table)
    problems = report.grouped()
    if problems:
        listing = Table("how many", "first at", "what is wrong, and what was expected", box=None, padding=(0, 2, 1, 0))
        for problem, count in problems[:_MAX_LISTED_PROBLEMS]:
            where = " ".join(filter(None, (problem.source, problem.at))) or problem.record
            value = f" ({problem.value[:80]})" if problem.value else ""
            summary = f"{problem.field}{value} {problem.message}. Expected: {problem.expected}"
            listing.add_row(Text(f"{count:,} {problem.severity}"), Text(where), Text(summary.strip()))
        OUT.print(listing)
        if any(count > 1 for _, count in problems):
            OUT.print("Where a line tells of several, --json lists each with its place.")
    if len(problems) > _MAX_LISTED_PROBLEMS:
        OUT.print(f"… and {len(problems) - _MAX_LISTED_PROBLEMS} more kinds of problems; --json gives all.")
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
    else:
        OUT.print(f"Nothing was published. A build would have {summary}.")
    if report.respelled:
        OUT.print(f"References written otherwise than before: {report.respelled:,}. See the note on `id` above.")
    if report.shapes_seconds:
        OUT.print(f"The shapes took {report.shapes_seconds:.1f} s.")
    _print_untranslated(report)
    if report.page:
        OUT.print(f"The report as a page: {report.page}", soft_wrap=True, markup=False)


def _print_untranslated(report: Report) -> None:
    """Print the numbers of missing translations, and where each of them stands."""
    for line in report.untranslated.messages():
        OUT.print(line, soft_wrap=True, markup=False)
    if report.generation and report.untranslated.labels:
        OUT.print(f"Each of them: {report.translations_file}", soft_wrap=True, markup=False)
