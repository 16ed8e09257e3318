"""Page of a search with a parameter that can't be read: the form as it was filled in, the fault beside its field.

A person goes on from there. A program gets the problem alone, as everywhere (D-145).
"""

from starlette.requests import Request
from starlette.responses import Response

from kg.read.search_request import SORTS
from kg.render.site import search_summary as said
from kg.render.site.translations import translations
from kg.store.search.fields import FACETS, LACKS
from kg.store.search.query_language import MAX_LENGTH
from kg.web.http.headers import CORS, PAGE
from kg.web.http.parameter_problems import ParameterProblem
from kg.web.http.parameters import pairs_of
from kg.web.http.problems import VARY, wants_page
from kg.web.search.query_string import CERTAIN, SearchState
from kg.web.serving import published
from kg.web.serving.context import Context

BESIDE_FIELD = "This was not understood. Write %(expected)s."
"""Sentence beside a field."""

_FIELDS = frozenset({"q", "year"})
"""Parameters of the form in whose fields anything can be written."""

_MAX_FILTERS, _MAX_VALUE = 20, 600
"""Chosen values that the form keeps, and characters of each."""


async def refused(request: Request, context: Context, problem: ParameterProblem) -> Response:
    """The page, or the problem where no page is wanted. Raises ParameterProblem."""
    if not wants_page(request):
        raise problem
    return _page(request, context, problem)


def _page(request: Request, context: Context, problem: ParameterProblem) -> Response:
    spoken = problem.spoken(context.reader.language)
    state = _as_filled_in(request, problem.parameter)
    values = {
        "state": state,
        "place": request.scope["path"].rpartition("/")[2],
        "problem": spoken,
        "faults": {problem.parameter: _beside_field(problem, context.reader.language)}
        if problem.parameter in _FIELDS
        else {},
        "sorts": {name: said.SORT_LABELS[name] for name in SORTS},
        "sought": state.words,
        "longest": MAX_LENGTH,
    }
    response = published.page(request, context, "search_refused", values, {**PAGE, "X-Robots-Tag": "noindex"})
    response.status_code = problem.status
    response.headers.update({"Cache-Control": "no-cache", "Vary": VARY, **CORS})
    return response


def _beside_field(problem: ParameterProblem, language: str) -> str:
    """The fault as it stands beside a field, which needs no name there."""
    said = translations(language).gettext(BESIDE_FIELD) % {"expected": problem.expected.spoken(language)}
    more = problem.hint(language) if problem.hint is not None else ""
    return f"{said} {more}".rstrip()


def _as_filled_in(request: Request, faulty: str) -> SearchState:
    """The search as it was written, whatever it is, without a faulty choice: a form could not mend that."""
    pairs = [(name, value[:_MAX_VALUE]) for name, value in pairs_of(request) if name != faulty or name in _FIELDS]
    given = dict(pairs)
    filters = [(name, value) for name, value in pairs if value and name in {*FACETS, LACKS}]
    sort = given.get("sort", "")
    return SearchState(
        words=given.get("q", ""),
        filters=tuple(dict.fromkeys(filters))[:_MAX_FILTERS],
        time=given.get("year", ""),
        certain=given.get("dates") == CERTAIN,
        sort=sort if sort in SORTS else "",
    )
