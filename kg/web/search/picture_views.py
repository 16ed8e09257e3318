"""`/timeline`, `/map`, `/network`: a search as a picture made here, with the table behind it, and as files.

Without a search they show everything. The filter and the address are those of `/search`.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import Response

from kg.read.search_request import SearchRequest
from kg.read.search_results import SearchResults
from kg.render.data import spreadsheet
from kg.render.pictures import network
from kg.render.site.pages import render_page
from kg.store.search.query_language import MAX_LENGTH
from kg.web.http.headers import CORS, PAGE
from kg.web.search import picture_data, presentation
from kg.web.search.picture_data import PictureData
from kg.web.search.query_string import SearchState, refusals, searched
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

_NOT_INDEXED = {"X-Robots-Tag": "noindex"}
_FILE = {**CORS, **_NOT_INDEXED}
SVG = "image/svg+xml"
_WIDE = 1_600
"""Pixels of a picture as PNG, from left to right."""

_PATIENCE = 30
"""Seconds that it may take to draw one."""


@dataclass(frozen=True, slots=True)
class View:
    """A kind of picture.

    Attributes:
        name: of the page.
        see: makes what it shows.
        more: further formats: name → (media type, writes the file).
    """

    name: str
    see: Callable[[SearchState, Context], PictureData]
    more: dict[str, tuple[str, Callable[[PictureData, Context], bytes]]]


FORMATS = ("html", "svg", "png", "csv")
NETWORK_FORMATS = (*FORMATS, "graphml")
"""Values of `format=`."""

_Picture = Annotated[SearchState, searched(FORMATS)]
_Network = Annotated[SearchState, searched(NETWORK_FORMATS)]


async def timeline(request: Request, context: HeldContext, state: _Picture) -> Response:
    """Documents of a search by time."""
    return await _respond(request, context, state, _VIEWS["timeline"])


async def places(request: Request, context: HeldContext, state: _Picture) -> Response:
    """Places of a search on a map."""
    return await _respond(request, context, state, _VIEWS["map"])


async def people(request: Request, context: HeldContext, state: _Network) -> Response:
    """People of a search, and who stands together with whom."""
    return await _respond(request, context, state, _VIEWS["network"])


async def _respond(request: Request, context: Context, state: SearchState, view: View) -> Response:
    name = state.format or ("svg" if request.headers.get("accept", "").startswith(SVG) else "html")
    return await context.serving.slow_queue.run(request, partial(_answered, request, context, state, view, name))


def _answered(request: Request, context: Context, state: SearchState, view: View, name: str) -> Response:
    """The whole answer, beside the requests of others: a picture of hundreds of places takes its time."""
    with refusals(state, searchable=context.publication.searchable):
        seen = view.see(state, context)
    if name == "html":
        results = context.publication.finder.find(SearchRequest(state.wanted, context.reader.languages, limit=1))
        return _page(request, context, state, view, (seen, results))
    if name in view.more:
        media_type, write = view.more[name]
        return published.respond(request, context, write(seen, context), media_type, _FILE)
    if name == "csv":
        return published.respond(
            request, context, spreadsheet.table(seen.header, seen.rows), "text/csv; charset=utf-8", _FILE
        )
    picture = render_page(f"picture_{view.name}", context.site, _values(seen, context, links=False))
    if name == "png":
        return published.respond(request, context, _png(picture.decode()), "image/png", _FILE)
    headers = {**_FILE, "Content-Security-Policy": "default-src 'none'"}
    return published.respond(request, context, picture, SVG, headers)


def _values(seen: PictureData, context: Context, *, links: bool) -> dict[str, Any]:
    return {"drawn": seen.drawn, "links": links, "place": context.path("search")}


def _page(
    request: Request, context: Context, state: SearchState, view: View, what: tuple[PictureData, SearchResults]
) -> Response:
    seen, results = what
    values = {
        **_values(seen, context, links=True),
        "view": view.name,
        "state": state,
        "seen": seen,
        "sentence": presentation.summary(results, context),
        "results": results,
        "chosen": presentation.chosen(state, context),
        "formats": {"svg": "SVG", "png": "PNG", "csv": "CSV", **dict.fromkeys(view.more, "GraphML")},
        "keep": f"{state.address()}&" if state.pairs else "",
        "sought": state.words,
        "longest": MAX_LENGTH,
    }
    return published.page(request, context, "seen", values, {**PAGE, **_NOT_INDEXED}, vary=published.BY_FORMAT)


@lru_cache(maxsize=16)
def _png(picture: str) -> bytes:
    command = (sys.executable, "-I", "-m", "kg.render.pictures.png", str(_WIDE))
    return subprocess.run(command, input=picture.encode(), capture_output=True, check=True, timeout=_PATIENCE).stdout


def _graphml(seen: PictureData, context: Context) -> bytes:
    return network.graphml(seen.drawn, context.base.value)


_VIEWS = {
    view.name: view
    for view in (
        View("timeline", picture_data.time, {}),
        View("map", picture_data.places, {}),
        View("network", picture_data.people, {"graphml": ("application/graphml+xml", _graphml)}),
    )
}
