"""Command `kg report`: the report of the live generation on the terminal, as a page, as CSV, as JSON."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
import orjson

from kg.commands.common import OUT, with_settings
from kg.commands.printed_worklist import print_document
from kg.commands.report_server import ServedFiles, serve
from kg.errors import UsageError
from kg.private_files import open_private
from kg.publish.late_report import report_folder
from kg.publish.report.document import read_document
from kg.publish.report.report import DOCUMENT, PAGE, PROBLEMS, Report
from kg.publish.report.report_table import csv_pieces
from kg.publish.report.translations import FILE as TRANSLATIONS
from kg.settings import Settings


@click.command()
@click.option(
    "--csv", "as_csv", is_flag=True, help="Print a table: a row for each problem and each entry of the lists."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--serve", "served", is_flag=True, help="Serve the page to this machine alone, at 127.0.0.1.")
@click.option("--port", default=8009, show_default=True, type=click.IntRange(1, 65535), help="Port of --serve.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to a file; the page, if nothing else is chosen.",
)
@with_settings
def report(  # noqa: PLR0913  # one for each option
    settings: Settings, *, as_csv: bool, as_json: bool, served: bool, port: int, out: Path | None
) -> None:
    """Show what there is to do: problems, names without a description, names alike, gaps, completeness, trend."""
    if as_csv + as_json + served > 1 or (served and out):
        raise UsageError("--csv, --json and --serve exclude one another", todo="Choose one of them.")
    folder = report_folder(settings)
    document = read_document(folder)

    def table() -> Iterable[bytes]:
        return csv_pieces(document, Report(folder / PROBLEMS).problems())

    if as_csv:
        _write(table(), out)
    elif as_json:
        _write([orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"], out)
    elif out:
        _write([(folder / PAGE).read_bytes()], out)
    elif served:
        files = {"": PAGE, "report.json": DOCUMENT, TRANSLATIONS: TRANSLATIONS}
        paths = {name: folder / file for name, file in files.items() if (folder / file).is_file()}
        serve(ServedFiles(paths, table), port)
    else:
        print_document(document)
        OUT.print(f"As a page: {folder / PAGE}", soft_wrap=True, markup=False)


def _write(pieces: Iterable[bytes], out: Path | None) -> None:
    """Write to standard output, or to a private file that is there when it is whole."""
    if out is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with open(part, "wb", opener=open_private) as file:
            file.writelines(pieces)
        part.replace(out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
