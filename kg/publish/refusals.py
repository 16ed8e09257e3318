"""Refusals: generations that a build does not publish, since more likely something is wrong than wanted."""

from collections.abc import Callable

from kg.errors import PublishError, StrictError
from kg.publish.report.report import Report
from kg.publish.vanished import TODO, Vanished

OnRefusal = Callable[[Report], None]
"""Callback for the report of a build that publishes nothing, before its problems are deleted."""


def refuse_empty(report: Report, on_refusal: OnRefusal, *, strict: bool) -> None:
    """Refuse an empty generation, and with `--strict` any rejected record. Raises PublishError, StrictError."""
    empty = not sum(report.published.values())
    if empty or (strict and report.severities["rejected"]):
        report.generation = None
        on_refusal(report)
    if empty:
        read = sum(report.read.values())
        what = f"none of {read} records can be published" if read else "the sources hold no record"
        told = read or report.severities["rejected"]
        raise PublishError(what, todo="See the problems above." if told else "Check `path` in kg.toml.")
    if strict and report.rejected:
        raise StrictError(f"{report.rejected} records were left out, and --strict allows none")
    if strict and report.away:
        raise StrictError(
            "a part of the sources is away, or known to no reader, and --strict allows none", where=report.away[0]
        )


def refuse_vanished(vanished: list[Vanished], report: Report, on_refusal: OnRefusal) -> None:
    """Refuse a generation in which far too many records of a source are gone. Raises PublishError."""
    if vanished:
        report.generation = None
        on_refusal(report)
        raise PublishError(f"{vanished[0].message}; nothing was published", where=vanished[0].name, todo=TODO)
