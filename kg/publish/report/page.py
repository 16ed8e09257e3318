"""Report page of a build, in its generation: the report as data, in the look and the first language of the site.

The page stands alone, with its style in it, so that it can be opened as a file or sent by mail. It has the first of
each list; the table and the data have more (D-199).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg import language_ranges
from kg.errors import Message
from kg.publish.report.alike import REASONS
from kg.render.site.assets import assets
from kg.render.site.pages import Site, render_page
from kg.render.site.search_summary import GAP_LABELS
from kg.render.site.translations import LANGUAGES
from kg.settings import Settings

SEVERITIES = {
    "rejected": Message("left out"),
    "repaired": Message("mended or put aside"),
    "note": Message("to be looked at"),
}
"""Severity → what is said of it."""

FIGURES = {
    "published": Message("Records published"),
    "left-out": Message("Records left out"),
    "problems-rejected": Message("Problems: left out"),
    "problems-repaired": Message("Problems: mended or put aside"),
    "problems-note": Message("Problems: to be looked at"),
    "dates-unread": Message("Dates that could not be read"),
    "links-dangling": Message("Links that lead nowhere"),
    "names-alike": Message("Names that look alike"),
    "untranslated": Message("Missing translations"),
    "documents": Message("Documents"),
}
"""Figure of the trend → its label; those of gaps and kinds have the labels of these."""

DIRECTIONS = {"better": Message("better"), "worse": Message("worse"), "same": Message("as before")}
"""Direction of a figure → what is said of it."""

_MAX_KINDS = 100
_MAX_EXAMPLES = 3
_MAX_NAMES = 25
_MAX_GROUPS = 30
_MAX_FORMS = 20
_MAX_DOCUMENTS = 5
_MAX_SOURCES = 40
_MAIN_GAPS = ("date", "place", "person", "text", "reference")
"""Gaps that are shown for each source."""


def first_language(settings: Settings) -> str:
    """Return the language of the page: the first of the settings, where pages have it."""
    language = language_ranges.best(dict.fromkeys(LANGUAGES, ""), settings.languages[:1])
    return language if language in LANGUAGES else LANGUAGES[0]


def write_page(settings: Settings, document: Mapping[str, Any], path: Path) -> None:
    """Write the page with the report of a build."""
    language = first_language(settings)
    lists = document["worklist"]
    values = {
        "report": document,
        "style": assets()["kg.css"].body.decode(),
        "severities": SEVERITIES,
        "gap_labels": GAP_LABELS,
        "figures": FIGURES,
        "directions": DIRECTIONS,
        "reasons": REASONS,
        "shown": {
            "kinds": document["problems"][:_MAX_KINDS],
            "examples": _MAX_EXAMPLES,
            "names": _MAX_NAMES,
            "groups": lists["alike"]["items"][:_MAX_GROUPS],
            "forms": lists["dates"]["items"][:_MAX_FORMS],
            "links": lists["links"]["items"][:_MAX_NAMES],
            "documents": _MAX_DOCUMENTS,
            "sources": _fullest_sources(document),
            "gaps": _MAIN_GAPS,
        },
    }
    path.write_bytes(render_page("report", Site.of(settings, settings.base, language), values))


def _fullest_sources(document: Mapping[str, Any]) -> list[Any]:
    """Sources with the most documents."""
    return sorted(document["completeness"]["sources"], key=lambda each: -each["documents"])[:_MAX_SOURCES]
