"""Outcome of a handler: its response or a problem, kept in the page cache, with the cookie of the language."""

from collections.abc import Awaitable, Callable, Coroutine
from functools import lru_cache
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from kg.errors import KgError, QueryBusy, QueryError, QueryTooMany
from kg.render.site.pages import Site
from kg.web.http import language
from kg.web.http.canonical_address import address_of
from kg.web.http.client import client_name
from kg.web.http.problems import Problem, of, response, unexpected, wants_page
from kg.web.http.responses import Ready, Stream
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

    async def ended() -> Response:
        try:
            return await made()
        except Exception as fault:  # noqa: BLE001  # the client is told no more than that, whatever it is
            return problem(request, fault, context.site)

    if rules.sliced:
        return await _in_turn(request, ended, context.site, context.slices)
    try:
        return await made()
    except Exception as fault:  # noqa: BLE001  # the same
        return await problem_in_turn(request, fault, context.site, context.slices)


async def problem_in_turn(request: Request, fault: Exception, site: Site, slices: TimeSlices) -> Response:
    """The response that an error comes to, made in the client's turn: a page of an error costs as much as others."""

    async def made() -> Response:
        return problem(request, fault, site)

    return await _in_turn(request, made, site, slices)


async def _in_turn(
    request: Request, make: Callable[[], Coroutine[Any, Any, Response]], site: Site, slices: TimeSlices
) -> Response:
    """A response in the client's turn, or the refusal of one that has too much waiting."""
    try:
        return await slices.run(client_name(request), make)
    except QueryError as refused:
        notes_of(request.scope).fault = type(refused).__name__
        status, headers, body = _refusal(
            refused.message, site, by_client=isinstance(refused, QueryTooMany), is_page=wants_page(request)
        )
        return Ready(status, [*headers], body)


@lru_cache(maxsize=32)
def _refusal(
    what: str, site: Site, *, by_client: bool, is_page: bool
) -> tuple[int, tuple[tuple[bytes, bytes], ...], bytes]:
    """A refusal as it is sent, made once: who is refused costs as little as what is kept."""
    accept = b"text/html" if is_page else b"*/*"
    request = Request({"type": "http", "path": "", "query_string": b"", "headers": [(b"accept", accept)]})
    made = response(request, of(QueryTooMany(what) if by_client else QueryBusy(what)), site)
    return made.status_code, tuple(made.raw_headers), bytes(made.body)


def problem(request: Request, fault: Exception, site: Site) -> Response:
    """The response that an error comes to."""
    if isinstance(fault, Problem):
        return response(request, fault, site)
    if isinstance(fault, KgError):
        notes_of(request.scope).fault = type(fault).__name__
        return response(request, of(fault), site)
    # The path is decoded, so it may hold a line end.
    return response(request, unexpected(fault, f"{request.method} {request.scope['path']!r}"), site)
