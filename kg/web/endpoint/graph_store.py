"""Graphs by their names: SPARQL 1.1 Graph Store HTTP Protocol, its read side.

`/graphs?graph=IRI` and `/graphs?default` name a graph indirectly (4.2); a graph whose IRI lies below `/graphs/` is also
there directly (4.1). `/graphs` itself says which graphs there are.
"""

import re
from functools import partial
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message
from kg.store.sparql.results import FORMATS
from kg.web.endpoint import formats, responses, service_description
from kg.web.endpoint.graph_counts import graph_counts, query
from kg.web.http.canonical_address import with_query
from kg.web.http.form_encoding import pairs
from kg.web.http.headers import CORS, combined
from kg.web.http.parameter_problems import bad_parameter
from kg.web.http.parameters import Check, Parameters, matching
from kg.web.http.problems import Problem
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

MAX_STATEMENTS = 400_000
"""Statements of a graph that is sent whole; for larger ones there are the dumps (D-82)."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")
_Name = Annotated[str, Path(description="Rest of the graph's IRI, after `graphs/`.")]
_MAX_IRI_EXCERPT = 200


class GraphParameters(Parameters):
    """The graph that a request names, and its format."""

    graph: Annotated[str, matching(_ABSOLUTE, "absolute_iri")] = Field("", description="Full IRI of a graph.")
    default: Annotated[bool, Check(bool, {"type": "string", "enum": [""]})] = Field(
        default_factory=bool, description="Default graph: the parameter without a value."
    )
    format: str = Field("", description="Format: name or media type; takes precedence over Accept.")

    @model_validator(mode="before")
    @classmethod
    def without_empty(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Values that say something; `default` does so by its name."""
        return {name: value or name for name, value in given.items() if value or name == "default"}


_Asked = Annotated[GraphParameters, Query()]


async def respond(request: Request, context: HeldContext, asked: _Asked) -> Response:
    """A graph that the request names, or which graphs there are."""
    named = _named(request)
    if len(named) > 1:
        raise bad_parameter(named[1][0], named[1][1], "one_graph")
    if not named:
        accept = combined(request, "accept")
        made = _page if service_description.wants_page(accept) else service_description.respond
        return await context.in_turn(request, partial(made, request, context))
    return await _graph(request, context, asked.graph or None, asked.format or None)


async def direct(request: Request, context: HeldContext, name: _Name, asked: _Asked) -> Response:
    """The graph whose IRI is that of the request."""
    if named := _named(request):
        raise bad_parameter(*named[0], "no_other_graph")
    iri = f"{context.base.value}graphs/{name}"
    if name.endswith("/") and iri.rstrip("/") in await graph_counts(context):
        location = context.path(f"graphs/{name.rstrip('/')}") + with_query(request)
        return Response(None, 308, {**CORS, "Location": location})
    return await _graph(request, context, iri, asked.format or None)


def _named(request: Request) -> list[tuple[str, str]]:
    """The parameters that name graphs. Raises Problem where they are no UTF-8."""
    return list(pairs(request.scope["query_string"], (b"graph", b"default")))


async def _graph(request: Request, context: Context, iri: str | None, asked: str | None) -> Response:
    counts = await graph_counts(context)
    if iri is not None and iri not in counts:
        raise Problem(
            404,
            Message(
                "There is no graph <%(iri)s>; see the list at %(place)s.",
                iri=iri[:_MAX_IRI_EXCERPT],
                place=context.path("graphs"),
            ),
        )
    accept = combined(request, "accept")
    names = tuple(each for each in formats.wanted(asked, accept) if each in formats.GRAPHS)
    if not names:
        raise formats.unacceptable(formats.GRAPHS)
    size = context.publication.triples if iri is None else counts[iri]
    if size > MAX_STATEMENTS:
        raise _too_large(context, iri, size)
    question = responses.Question(query("graph"), names, () if iri is None else (iri,))
    return await responses.respond(request, context, question)


def _too_large(context: Context, iri: str | None, size: int) -> Problem:
    """413 for a graph that is not sent whole, with the place that has it; the dumps are those of the default graph."""
    if iri is None:
        return Problem(
            413,
            Message(
                "This graph has %(size)s statements; the files at %(place)s have all of them.",
                size=size,
                place=context.path("dumps/"),
            ),
        )
    return Problem(
        413,
        Message(
            "This graph has %(size)s statements; queries at %(place)s give them part by part.",
            size=size,
            place=context.path("sparql"),
        ),
    )


async def _page(request: Request, context: Context) -> Response:
    counts = await graph_counts(context)
    values = {
        "graphs": sorted(counts.items()),
        "default": context.publication.triples,
        "formats": [(name, FORMATS[name].media_type) for name in formats.GRAPHS],
    }
    return published.page(request, context, "graphs", values, vary=published.BY_FORMAT)
