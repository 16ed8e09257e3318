"""Position of a thing in the search that it was opened from, “2 of 230”, with its neighbours.

The search stands in the address of the page as it does in that of /search; `at` says where in its list the thing is.
"""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from pydantic import Field
from starlette.requests import Request

from kg.read.search_request import SearchRequest
from kg.store.search.query_language import MAX_OFFSET
from kg.web.http import parameters
from kg.web.http.parameter_problems import bad_parameter
from kg.web.http.parameters import Parameters, whole_number
from kg.web.search.query_string import MAX_PAGE_SIZE, SearchState, read, refusals
from kg.web.serving.context import Context

PLACE = "at"


class PositionParameters(Parameters):
    """The place of a thing in the search that its page was opened from; the search stands beside it."""

    at: Annotated[int, whole_number(1, MAX_OFFSET)] = Field(
        default_factory=int, description="The place in the list of the search that stands in the same address."
    )


@dataclass(frozen=True, slots=True)
class SearchPosition:
    """Position of a thing in a search.

    Attributes:
        words: those of the search.
        back: the path of the list, at this thing.
        at: its place in the list, which begins with 1; 0 if the list has changed and the thing stands elsewhere.
        total: how many the list has.
        before, after: the paths of its neighbours; empty at an end.
        keep: what other links of this page put into their query, to stay in the search.
    """

    words: str
    back: str
    at: int
    total: int
    before: str
    after: str
    keep: str


def steps(state: SearchState) -> str:
    """The part of an address that leads to a thing of a search, up to its place in the list."""
    return f"{state.address()}&{PLACE}=" if state.pairs else f"{PLACE}="


async def search_position(request: Request, context: Context, reference: str) -> SearchPosition | None:
    """The search from which a thing was opened; None if it was not, or nothing can be searched here."""
    given = request.query_params.get(PLACE)
    if given is None or not context.publication.searchable:
        return None
    if not given:
        raise bad_parameter(PLACE, given, "number_range", first=1, last=MAX_OFFSET)
    at = parameters.read(PositionParameters, [(PLACE, given)], ()).at
    state = read(request)
    limit = min(state.limit, MAX_PAGE_SIZE)
    work = partial(
        context.publication.finder.neighbours,
        SearchRequest(state.wanted, context.reader.languages, sort=state.sort, limit=limit),
        reference,
        at,
    )
    with refusals(state, searchable=True):
        beside = await context.serving.search_queue.run(request, work)
    search, leads = context.path("search"), steps(state)
    if beside is None:
        return SearchPosition(state.words, f"{search}?{state.address()}", 0, 0, "", "", f"{leads}{at}&")
    before, after = (
        f"{context.path(other)}.html?{leads}{place}" if other else ""
        for other, place in ((beside.before, at - 1), (beside.after, at + 1))
    )
    back = f"{search}?{state.address(after=beside.page_cursor)}#hit-{at}"
    return SearchPosition(state.words, back, at, beside.total, before, after, f"{leads}{at}&")
