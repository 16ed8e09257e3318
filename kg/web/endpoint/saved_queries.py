"""The saved queries at /api/: each at its name, as JSON, CSV, TSV or a page; and what describes them."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import ParameterFault
from kg.render.data.negotiation import choose
from kg.render.queries.openapi import document
from kg.render.queries.parameters import TYPES
from kg.render.queries.saved_queries import SavedQuery, saved_queries
from kg.store.sparql.results import FORMATS
from kg.web.endpoint import responses
from kg.web.endpoint.preview import SHOWN_AS, Shown, shown
from kg.web.endpoint.responses import Question
from kg.web.http.headers import CORS, combined
from kg.web.http.language import PARAMETER
from kg.web.http.problems import Problem
from kg.web.serving import published
from kg.web.serving.context import Context

_NAMES = ("json", "csv", "tsv")
_MEDIA_TYPES = {FORMATS[name].media_type.partition(";")[0]: name for name in _NAMES}
_HTML = "text/html"
_JSON = "application/json"


async def respond(request: Request, context: Context, name: str) -> Response:
    """The list, its description for machines, or the answer of one query."""
    known = saved_queries(context.settings.query_folders)
    if not name:
        return _list(request, context, list(known.values()))
    if name == "openapi.json":
        formats = {each: FORMATS[each].media_type.partition(";")[0] for each in _NAMES} | {"html": _HTML}
        body = orjson.dumps(document(known.values(), formats, context.site), option=orjson.OPT_INDENT_2)
        return published.respond(request, context, body, "application/vnd.oai.openapi+json;version=3.1", CORS)
    stem, dot, suffix = name.rpartition(".")
    query = known.get(name) or (known.get(stem) if dot and suffix in {*_NAMES, "html"} else None)
    if query is None:
        there = ", ".join(known)
        raise Problem(404, f"There is no saved query {name[:100]!r}; there are {there}.")
    return await _answer(request, context, query, suffix if query.name != name else "")


def _list(request: Request, context: Context, queries: list[SavedQuery]) -> Response:
    return published.page(request, context, "api", {"listed": queries}, vary=published.BY_FORMAT)


async def _answer(request: Request, context: Context, query: SavedQuery, suffix: str) -> Response:
    values = _given(request)
    format_ = _format(request, suffix or values.pop("format", ""))
    values.pop("format", None)
    if format_ == "html":
        return await _page(request, context, query, values)
    try:
        text = query.bound(values, context.base.value)
    except ParameterFault as fault:
        raise Problem(400, str(fault), more={"parameters": _help(query)}) from None
    return await responses.respond(request, context, Question(text, (format_,)))


def _help(query: SavedQuery) -> list[dict[str, Any]]:
    """What the parameters of a query are, for a client that got one wrong."""
    return [
        {
            "name": each.name,
            "type": each.type,
            "required": each.required and each.default is None,
            "description": each.description,
            "default": each.default,
            "example": each.example,
        }
        for each in query.parameters
    ]


async def _page(request: Request, context: Context, query: SavedQuery, values: dict[str, str]) -> Response:
    """A form for the parameters, and the rows where they are given."""
    given = {name: value for name, value in values.items() if value}
    answered: Shown | None = None
    problem: Problem | None = None
    text = ""
    if values or all(not each.required or each.default is not None for each in query.parameters):
        try:
            text = query.bound(given, context.base.value)
            answered = await shown(request, context, Question(text, SHOWN_AS))
        except ParameterFault as fault:
            problem = Problem(400, str(fault))
    shows = {
        "saved": query,
        "given": given,
        "types": TYPES,
        "text": text or query.text,
        "shown": answered,
        "problem": problem,
        "formats": [FORMATS[name] for name in _NAMES],
    }
    response = published.page(request, context, "saved", shows, vary=published.BY_FORMAT)
    if problem:
        response.status_code = problem.status
    return response


def _given(request: Request) -> dict[str, str]:
    """The parameters of a request. Raises Problem for one that is given twice."""
    values: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name == PARAMETER:  # of the page, not of the query
            continue
        if name in values:
            raise Problem(400, f"The parameter {name[:50]!r} is given twice.")
        values[name] = value
    return values


def _format(request: Request, name: str) -> str:
    """The format that a request wants: by suffix or `format=`, else by Accept."""
    if name:
        if name not in {*_NAMES, "html"}:
            raise Problem(400, f"There is no format {name[:50]!r}; there are {', '.join(_NAMES)}, html.")
        return name
    accept = combined(request, "accept")
    chosen = choose(accept, [*_MEDIA_TYPES, _JSON, _HTML])
    if chosen is None:
        raise Problem(406, f"Answers come as {', '.join(_MEDIA_TYPES)}, {_HTML}.")
    return {**_MEDIA_TYPES, _JSON: "json", _HTML: "html"}[chosen]
