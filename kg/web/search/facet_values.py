"""`/search/values/{facet}`: every value of a facet in the result of a search, whose page has the first twelve."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message
from kg.read.search_request import TITLE
from kg.render.site import search_summary as said
from kg.store.search.collation import title_order
from kg.store.search.fields import COUNTED, FACETS
from kg.web.http.headers import CORS
from kg.web.http.problems import Problem
from kg.web.search import presentation
from kg.web.search.query_string import SearchState, refusals, searched
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

FORMATS = ("html", "json")
"""Values of `format=`."""

_AGENT = "agent"

SIZE = 100
"""Values on a page."""

MAX_SORTED = 5_000
"""Values that are put in order of name; more of them stand in order of their counts."""

FacetPath = Annotated[str, Path(description="Name of the filter.", json_schema_extra={"enum": [*COUNTED]})]


async def respond(
    request: Request, context: HeldContext, facet: FacetPath, state: Annotated[SearchState, searched(FORMATS)]
) -> Response:
    """The values, the most frequent first, or with `sort=title` by name."""
    if facet not in COUNTED:
        detail = Message(
            "There is no filter %(name)s. Available: %(names)s.", name=repr(facet[:40]), names=", ".join(COUNTED)
        )
        raise Problem(404, detail)
    return await context.serving.search_queue.run(request, partial(_answered, request, context, facet, state))


def _answered(request: Request, context: Context, facet: str, state: SearchState) -> Response:
    with refusals(state, searchable=context.publication.searchable):
        finder = context.publication.finder
        counts = finder.index.all_values(finder.query(state.wanted), facet)
    by_name = state.sort == TITLE and len(counts) <= MAX_SORTED
    begin = max(int(state.after or 0), 0)
    label = presentation.Labels(context, [value for value, _ in (counts if by_name else counts[begin : begin + SIZE])])
    if by_name:
        counts.sort(key=_alphabetical(facet, label, context))
    shown = counts[begin : begin + SIZE]
    choices = [
        presentation.Choice(value, *label(facet, value), count, state.with_filter(facet, value).to_list().address())
        for value, count in shown
    ]
    after = str(begin + SIZE) if len(counts) > begin + SIZE else ""
    place = f"{context.path('search/values/')}{facet}"
    following = f"{place}?{state.address(after=after, format=state.format)}" if after else ""
    if state.format == "json":
        values = [{"value": each.value, "label": each.label, "count": each.count} for each in choices]
        told = {"facet": facet, "total": len(counts), "values": values, "next": following or None}
        return published.respond(request, context, orjson.dumps(told), "application/json", CORS)
    page: dict[str, Any] = {
        "facet": facet,
        "title": said.FACET_LABELS[facet],
        "state": state,
        "choices": choices,
        "total": len(counts),
        "place": place,
        "following": following,
        "begin": begin,
        "by_name": by_name,
        "sortable": len(counts) <= MAX_SORTED,
        "chosen": presentation.chosen(state, context),
        "longest": 0,
    }
    return published.page(request, context, "values", page, {"X-Robots-Tag": "noindex"})


def _alphabetical(facet: str, label: presentation.Labels, context: Context) -> Callable[[tuple[str, int]], str]:
    """Key of a value and its count in an alphabetical list: people by surname, as in their own list."""
    language = context.reader.language
    keys = context.publication.names.sort_keys(_AGENT, language) if FACETS[facet].kind == _AGENT else {}

    def key(pair: tuple[str, int]) -> str:
        thing = label.things.get(pair[0])
        known = keys.get(thing.n) if thing else None
        return title_order.sort_key(label(facet, pair[0])[0], language) if known is None else known

    return key
