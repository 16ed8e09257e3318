"""The saved queries at /api/: each at its name, as JSON, CSV, TSV or a page."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Path, Query
from pydantic import Field, create_model
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message, ParameterFault
from kg.render.data.negotiation import choose
from kg.render.queries.parameters import TYPES, Parameter
from kg.render.queries.saved_queries import SavedQuery, saved_queries
from kg.render.site.translations import translations
from kg.store.sparql.results import FORMATS
from kg.web.endpoint import responses
from kg.web.endpoint.preview import PREVIEW_FORMATS, Preview, preview
from kg.web.endpoint.responses import Question
from kg.web.http.headers import CORS, combined
from kg.web.http.language import PARAMETER
from kg.web.http.parameter_problems import ParameterProblem, bad_parameter, refusal
from kg.web.http.parameters import Check, Parameters, choice
from kg.web.http.problems import Problem
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

_NAMES = ("json", "csv", "tsv")
_MEDIA_TYPES = {FORMATS[name].media_type.partition(";")[0]: name for name in _NAMES}
_HTML = "text/html"
_JSON = "application/json"

SUFFIXES = (*_NAMES, "html")
"""Values of `format=`, and suffixes of a query's address."""

MEDIA_TYPES = (*_MEDIA_TYPES, _HTML)
"""Media types of an answer."""

SUCH_AS = "Such as %(example)s."
"""Sentence about a value to try."""

Refused = Callable[[Request, Context, ParameterProblem], Awaitable[Response]]
Endpoint = Callable[..., Awaitable[Response]]


async def overview(request: Request, context: HeldContext) -> Response:
    """The page that lists the queries."""
    known = saved_queries(context.settings.query_folders)
    return published.page(request, context, "api", {"listed": list(known.values())}, vary=published.BY_FORMAT)


async def missing(
    context: HeldContext, name: Annotated[str, Path(description="The name of a saved query, or with a suffix.")]
) -> Response:
    """A problem that names the queries that there are."""
    there = ", ".join(saved_queries(context.settings.query_folders))
    raise Problem(
        404, Message("There is no ready-made query %(name)s. Available: %(names)s.", name=repr(name[:100]), names=there)
    )


def endpoint(query: SavedQuery, base: str) -> tuple[Endpoint, Refused]:
    """The handler of one query, whose parameters are those of the query; and that of requests with a bad one.

    Args:
        query: the query.
        base: the base of addresses, against which `kind/key` is resolved.
    """
    model: Any = _parameters(query, base)

    async def respond(request: Request, context: HeldContext, asked: Annotated[model, Query()]) -> Response:
        try:
            values = _given(request, query)
        except ParameterProblem as problem:
            return await refused(request, context, problem)
        format_ = _format(request, asked.format)
        if format_ == "html":
            return await context.in_turn(request, partial(_page, request, context, query, values))
        return await responses.respond(request, context, Question(query.bound(values, base), (format_,)))

    async def refused(request: Request, context: Context, problem: ParameterProblem) -> Response:
        format_ = request.query_params.get("format", "")
        if problem.parameter == "format" or _format(request, format_ if format_ in SUFFIXES else "") != "html":
            raise _explained(problem, query)
        names = [each.name for each in query.parameters]
        values = {name: request.query_params[name] for name in names if request.query_params.get(name)}
        asks = any(name not in {PARAMETER, "format"} for name in request.query_params)
        shown = problem if asks else None
        return await context.in_turn(request, partial(_page, request, context, query, values, shown))

    return respond, refused


def _parameters(query: SavedQuery, base: str) -> type[Parameters]:
    """The parameters of a query as a type."""
    named: dict[str, Any] = {
        f"parameter_{number}": (
            Annotated[str, Check(partial(_checked, each, base), each.schema)],
            _field(each),
        )
        for number, each in enumerate(query.parameters)
    }
    format_ = Field("", description="Format; takes precedence over Accept.")
    return create_model(
        f"{query.name} parameters", __base__=Parameters, **named, format=(Annotated[str, choice(SUFFIXES)], format_)
    )


def _field(parameter: Parameter) -> Any:
    said: dict[str, Any] = {"alias": parameter.name, "description": parameter.description}
    if parameter.example is not None:
        said["examples"] = [parameter.in_json(parameter.example)]
    if parameter.required and parameter.default is None:
        return Field(**said)
    return Field(default_factory=str, **said)


def _checked(parameter: Parameter, base: str, value: str) -> str:
    try:
        parameter.term(value, base)
    except ParameterFault as fault:
        raise refusal(fault.kind, **fault.values) from None
    return value


def _given(request: Request, query: SavedQuery) -> dict[str, str]:
    """The parameters of a request. Raises ParameterProblem for one that is given twice, or that the query has not."""
    known = [each.name for each in query.parameters]
    values: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name == PARAMETER:  # of the page, not of the query
            continue
        if name in values:
            raise bad_parameter(name, value, "once")
        if name not in known and name != "format":
            raise bad_parameter(
                name,
                value,
                "unknown" if known else "unknown_of_none",
                **({"choices": ", ".join(known)} if known else {}),
            )
        values[name] = value
    values.pop("format", None)
    return values


def _explained(problem: ParameterProblem, query: SavedQuery) -> ParameterProblem:
    """The problem with the parameters of the query, and with a hint about the one that is to blame."""
    blamed = next((each for each in query.parameters if each.name == problem.parameter), None)

    def hint(language: str) -> str:
        say = translations(language).gettext
        example = (blamed.example or blamed.default) if blamed else None
        parts = [say(blamed.description)] if blamed and blamed.description else []
        return " ".join([*parts, *([say(SUCH_AS) % {"example": f"{problem.parameter}={example}"}] if example else [])])

    others = {"parameters": _help(query)}
    return ParameterProblem(problem.parameter, problem.value, problem.expected, hint=hint, others=others)


def _help(query: SavedQuery) -> list[dict[str, Any]]:
    """The parameters of a query, for a client that got one wrong."""
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


async def _page(
    request: Request, context: Context, query: SavedQuery, values: dict[str, str], fault: ParameterProblem | None = None
) -> Response:
    """A form for the parameters; the rows where they are given, or the problem with them."""
    given = {name: value for name, value in values.items() if value}
    answered: Preview | None = None
    problem = fault and _explained(fault, query).spoken(context.reader.language)
    text = ""
    if problem is None and (values or all(not each.required or each.default for each in query.parameters)):
        text = query.bound(given, context.base.value)
        answered = await preview(request, context, Question(text, PREVIEW_FORMATS))
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
        response.headers.update({"Cache-Control": "no-cache", **CORS})
    return response


def _format(request: Request, name: str) -> str:
    """The format that a request wants: by suffix, else by `format=`, else by Accept."""
    if suffix := request.path_params.get("suffix"):
        return str(suffix)
    if name:
        return name
    chosen = choose(combined(request, "accept"), [*_MEDIA_TYPES, _JSON, _HTML])
    if chosen is None:
        raise Problem(406, Message("Available formats: %(formats)s.", formats=", ".join(MEDIA_TYPES)))
    return {**_MEDIA_TYPES, _JSON: "json", _HTML: "html"}[chosen]


def example(query: SavedQuery) -> str:
    """An address that is answered; empty for a query whose parameters have no values to try."""
    if any(each.required and not (each.example or each.default) for each in query.parameters):
        return ""
    given = urlencode({**query.example, "format": "json"})
    return f"api/{query.name}?{given}"
