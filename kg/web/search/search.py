"""`/search`: the page, and the same result as JSON, CSV, feeds, Turtle, citations; what is offered while one types."""

from functools import partial
from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message, SearchRefused
from kg.read.search_request import SORTS, SearchRequest
from kg.read.search_results import SearchResults
from kg.render.citations.cited_record import CITED_KINDS
from kg.render.data.negotiation import choose
from kg.render.site import search_summary as said
from kg.render.site.pages import render_page
from kg.render.site.reader import ReaderPreferences, is_nameless
from kg.store.generation.things import Thing
from kg.store.search.query_language import MAX_LENGTH, MAX_OFFSET
from kg.web.http.headers import CORS, PAGE, combined, saved_as
from kg.web.http.parameters import Parameters
from kg.web.http.problems import Problem
from kg.web.search import export_stream, presentation
from kg.web.search.as_sparql import sparql
from kg.web.search.export_stream import ExportStream
from kg.web.search.exports import EXPORTS, Export, ExportedSearch
from kg.web.search.neighbours import steps
from kg.web.search.query_string import MAX_PAGE_SIZE, SearchState, refusals, searched
from kg.web.search.result_table import COLUMNS, ChosenColumns
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

_JSON = "application/json"
_HTML = "text/html"
_NOT_INDEXED = {"X-Robots-Tag": "noindex"}
SUGGESTIONS = "application/x-suggestions+json"
DESCRIPTION = "application/opensearchdescription+xml"


FORMATS = ("html", "json", *EXPORTS)
"""Values of `format=`."""

MEDIA_TYPES = {
    _HTML: "html",
    _JSON: "json",
    **{each.media_type.partition(";")[0]: each.name for each in EXPORTS.values()},
}
"""Media type → format."""


async def respond(
    request: Request, context: HeldContext, state: Annotated[SearchState, searched(FORMATS)], columns: ChosenColumns
) -> Response:
    """Answer a search in the format asked for."""
    name = _format(request, state)
    export = EXPORTS.get(name)
    if export is not None:
        limit = min(state.limit, export.most) if request.query_params.get("limit") else export.most
        return await export_stream.respond(
            request, context, partial(_exported, context, state, export, limit, columns.names)
        )
    return await context.serving.search_queue.run(request, partial(_answered, request, context, state, name))


def _request(context: Context, state: SearchState, limit: int, *, marked: bool = True) -> SearchRequest:
    return SearchRequest(
        state.wanted,
        context.reader.languages,
        sort=state.sort,
        after=state.after,
        page=state.page,
        limit=limit,
        nameless=partial(_nameless, context.reader),
        marked=marked,
    )


def _answered(request: Request, context: Context, state: SearchState, name: str) -> Response:
    """The whole answer, beside the requests of others."""
    with refusals(state, searchable=context.publication.searchable):
        wanted = _request(context, state, min(state.limit, MAX_PAGE_SIZE))
        results = context.publication.finder.find(wanted)
    if name == "json":
        body = orjson.dumps(presentation.as_json(results, state, context, addresses(results, state, context)))
        return published.respond(request, context, body, _JSON, {**CORS, **_next(results, state, context)})
    return _page(request, context, state, results)


def _nameless(reader: ReaderPreferences, thing: Thing) -> str:
    nameless = is_nameless(thing.labels, thing.reference, thing.status)
    return reader.nameless(thing.reference) if nameless else ""


def _format(request: Request, state: SearchState) -> str:
    """Name of the format: `format=` goes before Accept."""
    if state.format:
        return state.format
    chosen = choose(combined(request, "accept"), list(MEDIA_TYPES))
    if chosen is None:
        raise Problem(406, Message("Available formats: %(formats)s.", formats=", ".join(MEDIA_TYPES)))
    return MEDIA_TYPES[chosen]


def addresses(results: SearchResults, state: SearchState, context: Context) -> dict[str, str | None]:
    """Addresses of the result's next page, and of its other forms."""
    place = context.path("search")
    return {
        "next": f"{place}?{state.address(after=results.after, format=state.format)}" if results.after else None,
        "page": f"{place}?{state.address()}",
        "timeline": f"{context.path('timeline')}?{state.address()}",
        "map": f"{context.path('map')}?{state.address()}",
        "network": f"{context.path('network')}?{state.address()}",
        "sparql": sparql(state, context.base),
    }


def _next(
    results: SearchResults, state: SearchState, context: Context, columns: tuple[str, ...] = ()
) -> dict[str, str]:
    if not results.after:
        return {}
    more = state.address(after=results.after, format=state.format, columns=",".join(columns))
    address = f"{context.path('search')}?{more}"
    return {"Link": f'<{address}>; rel="next"'}


def _exported(
    context: Context, state: SearchState, export: Export, limit: int, columns: tuple[str, ...]
) -> ExportStream:
    with refusals(state, searchable=context.publication.searchable):
        wanted = _request(context, state, limit, marked=export.marked)
        results, batches = context.publication.finder.find_in_batches(wanted)
    headers = {**CORS, **_next(results, state, context, columns), **_NOT_INDEXED}
    if export.saved:
        headers |= saved_as(f"search.{export.name}")
    return ExportStream(
        export.write(ExportedSearch(results, batches, state, columns), context), export.media_type, headers
    )


def _page(request: Request, context: Context, state: SearchState, results: SearchResults) -> Response:
    query = sparql(state, context.base)
    values = {
        "state": state,
        "results": results,
        "sentence": presentation.summary(results, context),
        "facets": presentation.facets(results, state, context),
        "chosen": presentation.chosen(state, context),
        "years": presentation.years(results, state, context.reader.language),
        "facet_names": said.FACET_LABELS,
        "sorts": {name: said.SORT_LABELS[name] for name in SORTS},
        "formats": {"json": "JSON", **{name: each.title for name, each in EXPORTS.items()}},
        "query": query,
        "run": urlencode({"query": query}),
        "after": state.address(after=results.after) if results.after else "",
        "begins": not state.after and state.page == 1,
        "reader": context.reader,
        "keep": f"{state.address()}&" if state.pairs else "",
        "sought": state.words,
        "steps": steps(state),
        "columns": {name: what for name, (what, _) in COLUMNS.items()},
        "cited_kinds": CITED_KINDS,
        "deepest": MAX_OFFSET,
        "longest": MAX_LENGTH,
    }
    return published.page(request, context, "search", values, {**PAGE, **_NOT_INDEXED}, vary=published.BY_FORMAT)


async def description(request: Request, context: HeldContext) -> Response:
    """The description for browsers and programs, as OpenSearch has it."""
    body = render_page("opensearch", context.site, {})
    return published.respond(request, context, body, f"{DESCRIPTION}; charset=utf-8", CORS)  # in the page's language


class Typed(Parameters):
    """The beginning of a search."""

    q: str = Field("", description="Text typed so far.")


async def suggest(request: Request, context: HeldContext, typed: Annotated[Typed, Query()]) -> Response:
    """Completions in the form of OpenSearch."""
    text = typed.q.strip()[:MAX_LENGTH]
    try:
        work = partial(context.publication.finder.completions, text)
        found = await context.serving.search_queue.run(request, work) if text else []
    except SearchRefused:  # half of a search is none yet
        found = []
    told = presentation.completions(text, found, context)
    return published.respond(request, context, orjson.dumps(told), SUGGESTIONS, CORS)
