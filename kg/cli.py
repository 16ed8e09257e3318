"""Command line interface."""

import contextlib
import sys
from collections import Counter
from contextlib import closing
from itertools import takewhile
from pathlib import Path
from typing import Any

import click
import orjson
from rich.table import Table
from rich.text import Text

from kg.checks import doctor as checks
from kg.commands.common import ERRORS, OUT, counted, print_wide, with_settings
from kg.commands.export import export
from kg.commands.init import init
from kg.commands.log import log
from kg.commands.printed_report import print_json, print_report
from kg.commands.report import report as report_command
from kg.commands.template import template
from kg.errors import KgError, UsageError
from kg.iris import KINDS
from kg.publish import build as jobs
from kg.publish import dry_run
from kg.publish import rollback as rollbacks
from kg.publish.report.progress import ProgressDisplay
from kg.read.search import Finder
from kg.records.model.keys import keys_of
from kg.records.model.schema import how_many
from kg.settings import Settings
from kg.store.generation.generations import Generations
from kg.store.one_query import query_embedded, query_remote
from kg.store.sparql.results import FORMATS
from kg.web.server.run import serve as run_server

_NO_CHANGE = "A build would change nothing."
_MAX_VALUE, _MAX_COMMON_START = 160, 40
"""Maximum length of a value in `kg diff`, and of the common start before the difference."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path), help="kg.toml; looked for here and above if not given.")
@click.version_option(package_name="kg", prog_name="kg", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, config: Path | None) -> None:
    """Publish archival records as linked data."""
    context.obj = config


@cli.command()
@click.option("--strict", is_flag=True, help="Publish nothing if a record or a part of a source has to be left out.")
@click.option("--full", is_flag=True, help="Build everything anew, not only what changed.")
@click.option(
    "--accept-deletions",
    is_flag=True,
    help="Publish even where a source is gone, or has lost more than a tenth of its records, and more than 20.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@with_settings
def build(
    settings: Settings,
    *,
    strict: bool,
    full: bool,
    accept_deletions: bool,
    as_json: bool,
) -> None:
    """Read the sources and publish them as a new generation."""
    tell = print_json if as_json else print_report
    with ProgressDisplay(quiet=as_json) as display:
        report = jobs.build(
            settings,
            strict=strict,
            accept_deletions=accept_deletions,
            full=full,
            progress=display.show,
            on_refusal=tell,
        )
    tell(report)
    _retire(settings)


def _retire(settings: Settings) -> None:
    """Drop the old triples at a remote store after their last readers; Ctrl-C leaves that to the next build."""
    if settings.store and settings.store_grace:
        ERRORS.print(f"The old triples go in {settings.store_grace:g} s; Ctrl-C leaves that to the next build.")
    with contextlib.suppress(KeyboardInterrupt):
        rollbacks.retire(settings)


@cli.command()
@click.option("--shacl", is_flag=True, help="Also run kg's SHACL shapes over the whole graph (slow).")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@with_settings
def check(settings: Settings, *, shacl: bool, as_json: bool) -> None:
    """Say what a build would report, without publishing."""
    with (
        ProgressDisplay(quiet=as_json) as display,
        dry_run.check(settings, shacl=shacl, progress=display.show) as report,
    ):
        display.stop()
        (print_json if as_json else print_report)(report)
        if report.rejected or report.severities["rejected"] or not report.published.total():
            sys.exit(1)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@with_settings
def diff(settings: Settings, *, as_json: bool) -> None:
    """Show what a build would create, change and delete."""
    counts: Counter[str] = Counter()
    for difference in dry_run.diff(settings):
        counts[difference.what] += 1
        if as_json:
            change = {"id": difference.reference, "what": difference.what, "fields": difference.fields}
            sys.stdout.buffer.write(orjson.dumps(change) + b"\n")
            continue
        OUT.print(f"{difference.what:8} {difference.reference}", markup=False)
        for name, (before, after) in difference.fields.items():
            was, will = _side_by_side(before, after)
            OUT.print(f"         {name}: {was} → {will}", markup=False, soft_wrap=True)
    if as_json:
        return
    summary = ", ".join(f"{counts[what]:,} {what}" for what in ("created", "changed", "deleted"))
    OUT.print(f"A build would change {counted(counts.total(), 'thing')}: {summary}." if counts else _NO_CHANGE)


def _side_by_side(before: Any, after: Any) -> list[str]:
    """Two values as JSON; of long ones a part, from their first difference."""
    texts = ["(absent)" if value is None else orjson.dumps(value).decode() for value in (before, after)]
    begin = 0
    if max(map(len, texts)) > _MAX_VALUE:
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False)))
        begin = max(0, common - _MAX_COMMON_START)
    ends = begin + _MAX_VALUE
    return ["…" * bool(begin) + text[begin:ends] + "…" * (len(text) > ends) for text in texts]


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Server processes.")
@with_settings
def serve(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve the live generation."""
    generations = Generations.of_settings(settings)
    generations.open_live(settings.base).close()
    generations.bring_log_up()
    run_server(settings, host, port, workers)


@cli.command()
@click.argument("file", default="-", type=click.File("rb"))
@click.option("--format", "name", default=None, type=click.Choice(sorted(FORMATS)), help="Of the result.")
@with_settings
def query(settings: Settings, *, file: Any, name: str | None) -> None:
    """Answer a SPARQL query from FILE, or from standard input."""
    try:
        query_text = file.read().decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("the query is not UTF-8", where=file.name, todo="Save it as UTF-8.") from None
    with closing(Generations.of_settings(settings).open_live()) as live:
        formats = (name,) if name else ("tsv", "turtle")
        rewritten = Finder(live).rewrite(query_text)
        text, out, spare = rewritten.text, sys.stdout.buffer, rewritten.added_bytes
        with rewritten.original_positions():
            if live.manifest.graph:
                query_remote(settings, live.manifest.graph, text, out, format=formats, spare=spare)
            else:
                query_embedded(live.folder.store, text, out, format=formats, spare=spare, base=live.manifest.base)
    if rewritten.limited:
        ERRORS.print("kg: a search in the query found more than its limit.", markup=False)


@cli.command()
@click.argument("kind", default="record", type=click.Choice(KINDS))
def keys(kind: str) -> None:
    """List the keys that a record of a KIND may have: record, agent, place, collection, archive or topic."""
    table = Table("key", "value", "how many", "meaning, and an example", box=None, padding=(0, 2, 0, 0))
    for key in keys_of(kind):
        for name, row_key in [(key.name, key), *((f"  {part.name}", part) for part in key.parts)]:
            example = orjson.dumps(row_key.example).decode()
            table.add_row(name, row_key.value.value, how_many(row_key), Text(f"{row_key.meaning} {example}"))
    OUT.print(table)


@cli.command("generations")
@with_settings
def list_generations(settings: Settings) -> None:
    """List the generations that are there."""
    generations = Generations.of_settings(settings)
    table = Table("", "generation", "published", "records", "triples", box=None)
    table.add_column("base", no_wrap=True)
    numbers = generations.numbers()
    if not numbers:
        OUT.print(f"There is no generation in {generations.folder} yet; `kg build` makes one.", soft_wrap=True)
        return
    for number in numbers:
        try:
            manifest = generations.generation_folder(number).read_manifest()
        except KgError as fault:
            table.add_row("?", str(number), "", "", "", fault.what)
            continue
        mark = "live" if number == generations.live() else ""
        note = f" (as {manifest.rollback_of})" if manifest.rollback_of else ""
        records = f"{sum(manifest.counts.values()):,}"
        table.add_row(mark, f"{number}{note}", manifest.published, records, f"{manifest.triples:,}", manifest.base)
    print_wide(table)


@cli.command()
@click.argument("number", required=False, type=int)
@with_settings
def rollback(settings: Settings, *, number: int | None) -> None:
    """Publish generation NUMBER anew, the one before the live one if not given."""
    manifest = rollbacks.rollback(
        settings, number, lambda fault: ERRORS.print(f"kg: passed over {fault}", markup=False, soft_wrap=True)
    )
    OUT.print(f"Generation {manifest.generation} is live; it equals generation {manifest.rollback_of}.")
    _retire(settings)


@cli.command()
@click.option("--deep", is_flag=True, help="Also compare every byte of the live generation with its digests.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_settings
def doctor(settings: Settings, *, deep: bool, as_json: bool) -> None:
    """Say what this machine lacks to serve the collection well; exit code 1 if it can't be served at all."""
    results = checks.examine(settings, deep=deep)
    if as_json:
        report = {"sound": checks.is_servable(results), "findings": [result.as_json() for result in results]}
        sys.stdout.buffer.write(orjson.dumps(report) + b"\n")
    else:
        table = Table("", "what", "how it is here", "what to do", box=None)
        for result in results:
            table.add_row(result.grade, result.name, Text(result.state), Text(result.todo))
        OUT.print(table)
    if not checks.is_servable(results):
        sys.exit(1)


cli.add_command(export)
cli.add_command(init)
cli.add_command(log)
cli.add_command(template)
cli.add_command(report_command)


def main() -> None:
    """Run the command `kg`."""
    try:
        cli()
    except BrokenPipeError:  # the reader of our output has enough
        sys.stderr.close()
        sys.exit(0)
