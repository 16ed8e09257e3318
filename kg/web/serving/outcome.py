"""Outcome of a handler: its response or a problem, kept in the page cache, with the cookie of the language."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from kg.errors import KgError
from kg.render.site.pages import Site
from kg.web.http import language
from kg.web.http.problems import Problem, of, response, unexpected
from kg.web.observe.request_notes import notes_of
from kg.web.serving.context import Context


async def outcome(
    request: Request, context: Context, make: Callable[[], Awaitable[Response]], *, cacheable: bool
) -> Response:
    """The response to a request, whatever happens.

    Args:
        request: the request.
        context: its context.
        make: makes the response; what it raises becomes a problem.
        cacheable: whether the response may be kept in the page cache.
    """
    try:
        made = await make()
        if cacheable:
            context.serving.page_cache.keep(request, made)
        if b"lang=" in request.scope["query_string"] and (switched := language.switched(request)):
            language.keep(switched, made, context.base)
    except Exception as fault:  # noqa: BLE001  # the client is told no more than that, whatever it is
        return problem(request, fault, context.site)
    return made


def problem(request: Request, fault: Exception, site: Site) -> Response:
    """The response that an error comes to."""
    if isinstance(fault, Problem):
        return response(request, fault, site)
    if isinstance(fault, KgError):
        notes_of(request.scope).fault = type(fault).__name__
        return response(request, of(fault), site)
    # The path is decoded, so it may hold a line end.
    return response(request, unexpected(fault, f"{request.method} {request.scope['path']!r}"), site)
