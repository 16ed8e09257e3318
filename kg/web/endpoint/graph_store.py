"""Graphs by their names: SPARQL 1.1 Graph Store HTTP Protocol, its read side.

`/graphs?graph=IRI` and `/graphs?default` name a graph indirectly (4.2); a graph whose IRI lies below `/graphs/` is also
there directly (4.1). `/graphs` itself says which graphs there are.
"""

import re

from starlette.requests import Request
from starlette.responses import Response

from kg.store.sparql.results import FORMATS
from kg.web.endpoint import formats, responses, service_description
from kg.web.endpoint.graph_counts import graph_counts, query
from kg.web.endpoint.protocol_request import pairs
from kg.web.http.headers import combined
from kg.web.http.problems import Problem
from kg.web.serving import published
from kg.web.serving.context import Context

MOST = 400_000
"""Statements of a graph that is sent whole; for larger ones there are the dumps (D-82)."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")
_SHOWN = 200


async def respond(request: Request, context: Context) -> Response:
    """A graph that the request names, or which graphs there are."""
    named, default, format_ = _read(request)
    if named is None and not default:
        accept = combined(request, "accept")
        return await (_page if service_description.wants_page(accept) else service_description.respond)(
            request, context
        )
    return await _graph(request, context, named, format_)


async def direct(request: Request, context: Context, name: str) -> Response:
    """The graph whose IRI is that of the request."""
    named, default, format_ = _read(request)
    if named is not None or default:
        raise Problem(400, "The address names a graph, and its parameters name one more.")
    return await _graph(request, context, f"{context.base.value}graphs/{name}", format_)


def _read(request: Request) -> tuple[str | None, bool, str | None]:
    """The graph named, whether it is the default graph, and the format asked for."""
    named: list[str] = []
    default = False
    format_ = None
    for name, value in pairs(request.scope["query_string"]):
        if name == "graph":
            named.append(value)
        elif name == "default":
            default = True
        elif name == "format" and value:
            format_ = value
    if len(named) + default > 1:
        raise Problem(400, "A request names one graph: by `graph=` with its IRI, or by `default`.")
    if named and not _ABSOLUTE.fullmatch(named[0]):
        detail = f"`graph` is an absolute IRI, and {named[0][:_SHOWN]!r} is none."
        raise Problem(400, detail, more={"text": named[0][:_SHOWN]})
    return (named[0] if named else None), default, format_


async def _graph(request: Request, context: Context, iri: str | None, asked: str | None) -> Response:
    counts = await graph_counts(context)
    if iri is not None and iri not in counts:
        raise Problem(404, f"There is no graph <{iri[:_SHOWN]}>; {context.path('graphs')} lists them.")
    accept = combined(request, "accept")
    names = tuple(each for each in formats.wanted(asked, accept) if each in formats.GRAPHS)
    if not names:
        raise formats.unacceptable(formats.GRAPHS)
    size = context.serving.generation.manifest.triples if iri is None else counts[iri]
    if size > MOST:
        detail = f"This graph has {size:,} statements; the dumps at {context.path('dumps/')} hold all of them."
        raise Problem(413, detail)
    question = responses.Question(query("graph"), names, () if iri is None else (iri,))
    return await responses.respond(request, context, question)


async def _page(request: Request, context: Context) -> Response:
    counts = await graph_counts(context)
    values = {
        "graphs": sorted(counts.items()),
        "default": context.serving.generation.manifest.triples,
        "formats": [(name, FORMATS[name].media_type) for name in formats.GRAPHS],
    }
    return published.page(request, context, "graphs", values, vary=published.BY_FORMAT)
