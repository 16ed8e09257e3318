"""`/basket`: documents that a reader has picked, to cite, to take along, to print, to open as a search.

The address has all of them, so that a basket can be kept as a bookmark and sent to somebody; a script of the page keeps
them in the browser too. Nothing is kept here, and there is no account (D-162).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Query
from pydantic import AfterValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from kg import iris
from kg.errors import KeyFault
from kg.read.things import Redirect
from kg.render.citations.citations import FORMATS
from kg.render.citations.cited_record import CITED_KINDS, CitedRecord
from kg.render.citations.styles import STYLES, names_for_sorting
from kg.store.generation.things import Thing
from kg.web.http.headers import CORS, PAGE, saved_as
from kg.web.http.parameter_problems import bad_parameter
from kg.web.http.parameters import at_most, choice, text
from kg.web.search.cited_records import cited_records
from kg.web.search.query_string import MOST_THINGS
from kg.web.search.result_table import COLUMNS, TableEntry, TableParameters, csv_table
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

_CSV = "csv"
_FILES = {format_.suffix: format_ for format_ in FORMATS}
FILES = (_CSV, *_FILES)
"""Values of `format` besides the page."""

STYLE_NAMES = {"note": "Chicago, note", "bibliography": "Chicago, bibliography", "mla": "MLA"}
"""Value of `style` → name of the style."""

_IN_ORDER = "note"
"""Style whose entries keep the order in which they were picked; those of others are sorted."""

_MAX_REFERENCE_LENGTH = 2_000
_References = Annotated[list[Annotated[str, text(_MAX_REFERENCE_LENGTH)]], AfterValidator(at_most(MOST_THINGS))]


class BasketParameters(TableParameters):
    """A basket: its things, and the form in which they are wanted."""

    thing: _References = Field(default_factory=list, description="Document in the basket: kind/KEY or its address.")
    add: _References = Field(
        default_factory=list,
        description="Document to add to the basket.",
    )
    style: Annotated[str, choice(STYLE_NAMES)] = Field(
        "bibliography", description="Style of the citations on the page."
    )
    format: Annotated[str, choice(("html", *FILES))] = Field("html", description="Page, or format of the file.")


@dataclass(frozen=True, slots=True)
class BasketEntry:
    """Entry of the page.

    Attributes:
        thing: the document.
        label, language: its title for the reader, and the language of that.
        citation: its citation in the style.
    """

    thing: Thing
    label: str
    language: str
    citation: str


async def respond(request: Request, context: HeldContext, parameters: Annotated[BasketParameters, Query()]) -> Response:
    """A basket, as a page or a file."""
    picked = tuple(dict.fromkeys(each.strip() for each in (*parameters.thing, *parameters.add) if each.strip()))
    if len(picked) > MOST_THINGS:
        raise bad_parameter("thing", picked[MOST_THINGS], "too_many", most=MOST_THINGS)
    return await context.serving.search_queue.run(request, partial(_written, request, context, parameters, picked))


def _written(request: Request, context: Context, parameters: BasketParameters, picked: tuple[str, ...]) -> Response:
    found = {each: _find(context, each) for each in picked}
    things = list({thing.reference: thing for thing in found.values() if thing}.values())
    missing = [each for each, thing in found.items() if thing is None]
    if parameters.format == "html":
        return _page(request, context, parameters, things, missing)
    body, media_type = _file(context, parameters, things)
    headers = {**CORS, **saved_as(f"basket.{parameters.format}"), "X-Robots-Tag": "noindex"}
    return published.respond(request, context, body, media_type, headers)


def _find(context: Context, written: str) -> Thing | None:
    """The live document that a reference or an address names; None for none."""
    reference = context.base.reference(written) or written.removeprefix(context.base.path)
    kind, _, key = reference.partition("/")
    try:
        reference = iris.reference(kind, iris.decode_key(key))
    except KeyFault:
        return None
    found = context.publication.things.find(reference)
    if isinstance(found, Redirect):
        found = context.publication.things.find(found.target)
    return found if isinstance(found, Thing) and found.kind in CITED_KINDS else None


def _file(context: Context, parameters: BasketParameters, things: list[Thing]) -> tuple[bytes, str]:
    """A file of the basket's documents, and its media type."""
    reader = context.publication.things.reader
    records = [reader.without_texts(thing.offset, thing.length) for thing in things]
    if parameters.format == _CSV:
        entries = [
            TableEntry(thing, record, *context.reader.called(thing.labels, thing.reference, thing.status))
            for thing, record in zip(things, records, strict=True)
        ]
        return b"".join(csv_table([entries], parameters.names, context)), "text/csv; charset=utf-8"
    format_ = _FILES[parameters.format]
    body = format_.write(cited_records(records, context, context.settings.languages, _today()))
    return body, format_.media_type if "json" in format_.media_type else f"{format_.media_type}; charset=utf-8"


def _page(
    request: Request, context: Context, parameters: BasketParameters, things: list[Thing], missing: list[str]
) -> Response:
    today = _today()
    records = context.publication.things.records(things)
    cited = list(zip(things, cited_records(records, context, context.reader.languages, today), strict=True))
    entries = list(_entries(context, parameters.style, cited))
    pairs = [("thing", thing.reference) for thing in things]
    values = {
        "entries": entries,
        "missing": missing,
        "most": MOST_THINGS,
        "style": parameters.style,
        "styles": STYLE_NAMES,
        "accessed": today,
        "keep": urlencode(pairs, quote_via=quote),
        "files": {_CSV: "CSV", **{suffix: each.title for suffix, each in _FILES.items()}},
        "columns": {name: what for name, (what, _) in COLUMNS.items()},
        "still": urlencode([*pairs, ("style", parameters.style)], quote_via=quote) + "&",
    }
    headers = {**PAGE, "Cache-Control": "no-cache", "X-Robots-Tag": "noindex"}
    return published.page(request, context, "basket", values, headers)


def _entries(context: Context, style: str, cited: list[tuple[Thing, CitedRecord]]) -> Iterator[BasketEntry]:
    in_style = STYLES[STYLE_NAMES[style]]
    if style != _IN_ORDER:
        cited = sorted(cited, key=lambda each: names_for_sorting(each[1].authors, each[1].title))
    for thing, record in cited:
        yield BasketEntry(thing, *context.reader.called(thing.labels, thing.reference, thing.status), in_style(record))


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
