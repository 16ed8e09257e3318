"""Report of a build as data: `report.json` in its generation, from which page, CSV, JSON and terminal are made.

So one number is the same in all of them. The document is bounded: of each list it has the first, and the number of all;
every problem stands in `problems.jsonl` beside it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from kg.errors import GenerationError
from kg.publish.report.report import DOCUMENT, Report
from kg.publish.report.trend import figures_of, trend

FORMAT = 1
"""Format number of the document."""


def make_document(report: Report, lists: Mapping[str, Any], base: str, before: Mapping[str, int]) -> dict[str, Any]:
    """Return the report of a build as data, and put its figures into the report.

    Args:
        report: the finished report.
        lists: the worklist.
        base: the base IRI.
        before: figures of the build before; empty where there is none.
    """
    summary = report.summary()
    document = {
        "format": FORMAT,
        "generation": report.generation,
        "base": base,
        "triples": report.triples,
        "seconds": round(report.seconds, 3),
        "shapes_seconds": summary["shapes_seconds"],
        "counts": {
            name: summary[name]
            for name in ("read", "published", "rejected", "merged", "stubs", "created", "changed", "deleted")
        },
        "severities": dict(report.severities),
        "problems": [kind.as_json() for kind in report.kinds()],
        "worklist": lists,
        "completeness": {"sources": report.completeness.by_source(), "kinds": report.completeness.by_key()},
        "trend": [],
    }
    report.figures = figures_of(document)
    if before:
        document["trend"] = trend(before, report.figures)
    return document


def write_document(document: Mapping[str, Any], folder: Path) -> None:
    """Write the document into the folder of a generation."""
    (folder / DOCUMENT).write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")


def read_document(folder: Path) -> dict[str, Any]:
    """Read the document of a generation. Raises GenerationError where it has none that can be read."""
    path = folder / DOCUMENT
    try:
        document: dict[str, Any] = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        what = "has no report that can be read"
        raise GenerationError(what, where=str(folder), todo="Run `kg build`, which makes it anew.") from None
    if document.get("format") != FORMAT:
        raise GenerationError("is the report of another version of kg", where=str(path), todo="Run `kg build`.")
    return document
