"""The SPARQL endpoint: SPARQL 1.1 Protocol, query side; without a query, what the endpoint is."""

from starlette.requests import Request
from starlette.responses import Response

from kg.web import answering, formats, service, workbench
from kg.web.asked import read
from kg.web.context import Context
from kg.web.problems import Problem


async def respond(request: Request, context: Context) -> Response:
    """Answer a query; without one, describe the service, or show the form to who reads HTML."""
    asked = await read(request)
    accept = ",".join(request.headers.getlist("accept"))
    if asked.query is not None:
        question = answering.Question(
            asked.query,
            formats.wanted(asked.format, accept),
            asked.default_graphs,
            asked.named_graphs,
            asked.timeout,
        )
        return await answering.respond(request, context, question)
    if request.method == "POST":
        raise Problem(400, "There is no query.")
    if service.wants_page(accept):
        return workbench.form(request, context, asked.example)
    return await service.respond(request, context)
