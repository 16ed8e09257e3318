"""The SPARQL endpoint: SPARQL 1.1 Protocol, query side; for a browser, the workbench; without a query, what it is."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message
from kg.render.data.negotiation import HTML, preference
from kg.store.sparql.results import FORMATS
from kg.web.endpoint import formats, responses, service_description, workbench
from kg.web.endpoint.protocol_request import ProtocolRequest, read
from kg.web.http.headers import combined
from kg.web.http.problems import Problem
from kg.web.serving.context import HeldContext

_TYPES = [HTML.media_type, *(each.media_type.partition(";")[0] for each in FORMATS.values())]


async def respond(request: Request, context: HeldContext) -> Response:
    """Answer a query; without one, describe the service; to who reads HTML, show the workbench."""
    asked = await read(request, context)
    accept = combined(request, "accept")
    graphs = tuple(asked.default_graphs), tuple(asked.named_graphs)
    if asked.query is None and request.method == "POST":
        raise Problem(400, Message("There is no query."))
    if _wants_page(asked, accept):
        wanted = workbench.WorkbenchRequest(asked.query, asked.example, *graphs, asked.timeout)
        return await context.in_turn(request, partial(workbench.respond, request, context, wanted))
    if asked.query is None:
        return await context.in_turn(request, partial(service_description.respond, request, context))
    question = responses.Question(asked.query, formats.wanted(asked.format, accept), *graphs, asked.timeout)
    return await responses.respond(request, context, question)


def _wants_page(asked: ProtocolRequest, accept: str) -> bool:
    """Whether a person with a browser asks: by `format=html`, or an Accept that prefers HTML to any format of data."""
    if asked.format is not None:
        return asked.format.strip().lower() == "html"
    if asked.query is None:
        return asked.example is not None or service_description.wants_page(accept)
    return "html" in accept and preference(accept, _TYPES)[:1] == [HTML.media_type]
