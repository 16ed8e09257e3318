"""Outcome of a handler: its response or a problem, kept in the page cache, with the cookie of the language."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from kg.errors import KgError, QueryError
from kg.render.site.pages import Site
from kg.web.http import language
from kg.web.http.canonical_address import address_of
from kg.web.http.client import client_name
from kg.web.http.problems import Problem, of, response, unexpected
from kg.web.http.responses import Stream
from kg.web.observe.request_notes import notes_of
from kg.web.serving.context import Context
from kg.web.serving.time_slices import TimeSlices


class CacheRules(Protocol):
    """Cache rules of a route, as a row of the table has them (`kg.web.route_table.Route`)."""

    @property
    def cacheable(self) -> bool:
        """Whether the page cache keeps its responses."""

    @property
    def negotiated(self) -> tuple[str, ...] | None:
        """Media types among which Accept chooses."""

    @property
    def sliced(self) -> bool:
        """Whether its handler takes turns in the event loop."""


async def outcome(
    request: Request, context: Context, make: Callable[[], Awaitable[Response]], rules: CacheRules
) -> Response:
    """The response to a request, whatever happens.

    Args:
        request: the request.
        context: its context.
        make: makes the response; what it raises becomes a problem.
        rules: of its route.
    """

    async def made() -> Response:
        response = await make()
        address = address_of(request)
        if rules.cacheable and address is not None and not isinstance(response, Stream):
            context.serving.page_cache.keep(request, address, response, rules.negotiated)
        if b"lang=" in request.scope["query_string"] and (switched := language.switched(request)):
            language.keep(switched, response, context.base)
        return response

    try:
        return await (context.slices.run(client_name(request), made) if rules.sliced else made())
    except Exception as fault:  # noqa: BLE001  # the client is told no more than that, whatever it is
        return await problem_in_turn(request, fault, context.site, context.slices)


async def problem_in_turn(request: Request, fault: Exception, site: Site, slices: TimeSlices) -> Response:
    """The response that an error comes to, made in the client's turn: a page of an error costs as much as others."""

    async def made() -> Response:
        return problem(request, fault, site)

    try:
        return await slices.run(client_name(request), made)
    except QueryError as refused:
        return problem(request, refused, site)


def problem(request: Request, fault: Exception, site: Site) -> Response:
    """The response that an error comes to."""
    if isinstance(fault, Problem):
        return response(request, fault, site)
    if isinstance(fault, KgError):
        notes_of(request.scope).fault = type(fault).__name__
        return response(request, of(fault), site)
    # The path is decoded, so it may hold a line end.
    return response(request, unexpected(fault, f"{request.method} {request.scope['path']!r}"), site)
