"""`/about`: what the collection covers and what it lacks, in numbers that lead to the documents they count."""

from dataclasses import dataclass
from functools import partial

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from kg.read.search_request import SearchQuery, SearchRequest
from kg.read.search_results import SearchResults
from kg.render.citations.styles import STYLES, cited_site
from kg.render.site.pages import render_page
from kg.web.pages.search_links import DOCUMENTS, SearchLink, gaps
from kg.web.search import picture_data, presentation
from kg.web.search.presentation import Choice
from kg.web.search.query_string import SearchState
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

MAP = 720
"""Units of the map from left to right."""

_SPANNED = "collection"
"""The facet each of whose values is shown with the time that its documents cover."""

_COUNTED = ("type", "collection", "archive", "language", "topic", "person", "place")
"""Facets of the page, in its order."""


@dataclass(frozen=True, slots=True)
class Covered:
    """Value of a facet: its share of all documents in per cent; the time that they cover, if asked for."""

    choice: Choice
    share: float
    span: str


@dataclass(frozen=True, slots=True)
class CoverageArea:
    """A facet on the page.

    Attributes:
        name, title: of the facet.
        values: the most frequent ones.
        distinct: how many there are.
        spanned: whether the time is told.
        whole: the address of all of them, below the base; empty where all are shown.
    """

    name: str
    title: str
    values: tuple[Covered, ...]
    distinct: int
    spanned: bool
    whole: str = ""


async def respond(request: Request, context: HeldContext) -> Response:
    """The page; its numbers are worked out once for a generation and language."""

    async def work() -> bytes:
        return await context.serving.in_thread("", partial(_counted, context))

    searched = context.publication.searchable
    counted = await context.serving.memo.get(f"about {context.reader.language}", work) if searched else b""
    parts = {"counted": Markup(counted.decode()), "over_time": await over_time(context)}  # noqa: S704  # of templates of ours
    return await context.serving.in_thread(request, partial(_page, request, context, parts))


def _page(request: Request, context: Context, parts: dict[str, Markup]) -> Response:
    site = cited_site(context.site.title, context.site.publisher, context.base.value)
    values = {
        "publication": context.publication,
        "citations": {name: in_style(site) for name, in_style in STYLES.items()},
        **parts,
    }
    return published.page(request, context, "about", values)


async def over_time(context: Context) -> Markup:
    """The documents by time, for this page and the start page."""

    async def work() -> bytes:
        return await context.serving.in_thread("", partial(_over_time, context))

    made = await context.serving.memo.get(f"time {context.reader.language}", work)
    return Markup(made.decode())  # noqa: S704  # the same


def _over_time(context: Context) -> bytes:
    to = "search?" if context.publication.searchable else "record/?"
    return render_page("over_time", context.site, {"timeline": picture_data.everything(context), "to": to})


async def shortly(context: Context) -> Markup:
    """The same in short, with a map, for the start page; nothing where nothing can be searched."""
    if not context.publication.searchable:
        return Markup()

    async def work() -> bytes:
        return await context.serving.in_thread("", partial(_in_short, context))

    made = await context.serving.memo.get(f"covers {context.reader.language}", work)
    return Markup(made.decode())  # noqa: S704  # the same


def _all(context: Context) -> SearchResults:
    return context.publication.finder.find(
        SearchRequest(SearchQuery(filters=(DOCUMENTS,)), context.reader.languages, limit=1)
    )


def _in_short(context: Context) -> bytes:
    return render_page("covers", context.site, _page_values(context, _all(context)))


def _page_values(context: Context, results: SearchResults) -> dict[str, object]:
    """Values that both pages show: a sentence, a map, gaps."""
    return {
        "places": picture_data.places(SearchState(), context, width=MAP),
        "several": results.total > 1,
        "links": False,  # the whole of it is one link, to the map with a link in each dot
        "place": "",
        "sentence": presentation.summary(results, context),
        "gaps": gaps(context),
    }


def _counted(context: Context) -> bytes:
    results = _all(context)
    shown = _page_values(context, results)
    lacking: list[SearchLink] = gaps(context)
    parts = {each.name: each for each in presentation.facets(results, SearchState(filters=(DOCUMENTS,)), context)}
    values = {
        **shown,
        "lacking": [(each, _share(each.count, results.total)) for each in lacking],
        "parts": [_part(parts[name], results, context) for name in _COUNTED if name in parts],
    }
    return render_page("covered", context.site, values)


def _part(facet: presentation.FacetView, results: SearchResults, context: Context) -> CoverageArea:
    spanned = facet.name == _SPANNED
    values = tuple(
        Covered(each, _share(each.count or 0, results.total), _span(each, context) if spanned else "")
        for each in facet.choices
    )
    address = f"search/values/{facet.name}?{SearchState(filters=(DOCUMENTS,)).address()}"
    more = address if facet.distinct > facet.taken else ""
    return CoverageArea(facet.name, facet.title, values, facet.distinct, spanned, more)


def _span(choice: Choice, context: Context) -> str:
    """Time that the documents of a value cover, to the month; empty where none is dated."""
    state = SearchState(filters=(DOCUMENTS, (_SPANNED, choice.value)))
    return picture_data.covered_time(state, context)


def _share(count: int, total: int) -> float:
    return round(100 * count / total, 1) if total else 0.0
