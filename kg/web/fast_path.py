"""Fast path before FastAPI, by the table of routes.

It holds the generation, looks into the caches before anything is parsed, answers HEAD and OPTIONS, and calls the
handlers of direct routes by itself: things, documents, /sparql. FastAPI costs some tens of microseconds a request; a
page that is made can bear that, one from the cache (some 10) can't (D-94).
"""

from functools import lru_cache, partial
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from kg import errors
from kg.errors import KgError
from kg.web.api import MATCHED, Api
from kg.web.endpoint import responses
from kg.web.http import form_encoding, language
from kg.web.http.canonical_address import (
    CanonicalAddress,
    canonical_path,
    canonical_query,
    has_parameter,
    set_address,
    with_query,
)
from kg.web.http.headers import CORS, NOSNIFF
from kg.web.http.problems import Problem
from kg.web.observe.request_notes import notes_of
from kg.web.route_table import READ, Matched, Route, RouteTable
from kg.web.serving.context import hold
from kg.web.serving.contexts import Contexts
from kg.web.serving.live import Live, Serving
from kg.web.serving.outcome import outcome, problem, problem_in_turn
from kg.web.serving.page_cache import METHODS

LONGEST_ADDRESS = 8_000
"""Characters of an address, but of routes that take a whole query, or a long name."""

_REMEMBERED_ADDRESSES = 500
"""Addresses with a query whose canonical form is remembered."""

ELSEWHERE = "other"
"""Name of a place that is none of ours, in metrics."""


class _Place(NamedTuple):
    """Place of a request.

    Attributes:
        path: below the base.
        name: of its first segment, in metrics.
        pages, answers: whether it is looked up in the page cache, in the cache of SPARQL answers.
    """

    path: str
    name: str
    pages: bool
    answers: bool


class FastPath:
    """ASGI application before FastAPI's."""

    def __init__(self, api: Api, table: RouteTable, live: Live, contexts: Contexts) -> None:
        """Nothing is served yet.

        Args:
            api: FastAPI's application.
            table: the routes.
            live: the live generation.
            contexts: of requests, by language.
        """
        self._api = api
        self._table = table
        self._live = live
        self._contexts = contexts
        self._answers = contexts.answers
        self._root = contexts.base.path
        self._proxy_strips = contexts.settings.proxy_strips
        self._known = {id(row): api.known_parameters(row) for row in table.rows if row.cacheable}
        self._address = lru_cache(_REMEMBERED_ADDRESSES)(self._canonical)
        sent = (f"{start}{path}".encode() for path in table.fixed for start in (self._root, "/"))
        self._places = {raw: self._place(raw) for raw in sent}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; the generation is held until the last byte is sent, since dumps are read while they go."""
        request = form_encoding.EncodedRequest(scope, receive)
        method = scope["method"]
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        place = self._places.get(raw) or self._place(raw)
        notes = notes_of(scope)
        notes.place = place.name
        if method == "OPTIONS":
            await self._preflight(place.path)(scope, receive, send)
            return
        if method == "HEAD":
            send = _headers_alone(send)
        try:
            serving = self._live.hold()
        except KgError as fault:
            await problem(request, fault, self._contexts.site(request))(scope, receive, send)
            return
        try:
            notes.generation = serving.publication.number
            response = None
            if place.answers and method == "GET":
                response = responses.repeated_answer(request, serving, self._answers)
            if response is None and place.pages and method in METHODS:
                response = self._page(request, serving, place.path)
            response = response or await self._respond(request, serving, place.path)
            if response is not None:
                serving.begin_answer()
            await (response or self._api)(scope, receive, send)
        finally:
            serving.release()

    def _preflight(self, path: str) -> Response:
        """The answer to OPTIONS at any path, whatever it leads to: a browser asks before it asks."""
        short = len(path) <= LONGEST_ADDRESS or self._table.may_be_long(path)
        matched = (self._table.match(path) or self._table.match(self._elsewhere(path) or path)) if short else None
        return _options(matched.route.methods if matched else READ)

    def _page(self, request: Request, serving: Serving, path: str) -> Response | None:
        """The page of the cache, with the cookie of a language that the address switches to."""
        query: bytes = request.scope["query_string"]
        if len(path) + len(query) > LONGEST_ADDRESS or (query and not form_encoding.is_readable(query)):
            return None
        address = self._address(path, query) if query else (path, b"")
        if address is None:
            return None
        page = serving.page_cache.find(request, address)
        if page is None or b"lang=" in query:
            set_address(request.scope, address)
        if page is not None and b"lang=" in query and (spoken := language.switched(request)):
            language.keep(spoken, page, self._contexts.base)
        return page

    def _canonical(self, path: str, query: bytes) -> CanonicalAddress | None:
        """The canonical address of a page; None for what is no page, or one reader's own."""
        matched = self._table.match(path)
        if matched is None or not matched.route.cacheable or _is_private(matched.route, query):
            return None
        return path, canonical_query(query, self._known[id(matched.route)])

    async def _respond(self, request: Request, serving: Serving, path: str) -> Response | None:
        """The response of the fast path; None for what is FastAPI's."""
        try:
            matched = self._matched(request, path)
        except Problem as fault:
            return await problem_in_turn(request, fault, self._contexts.site(request), self._contexts.slices)
        if isinstance(matched, Response):
            return matched
        context = self._contexts.of(request, serving)
        row, parameters = matched
        if row.direct:
            return await outcome(request, context, partial(row.handler, request, context, **parameters), row)
        hold(request.scope, context)
        request.scope[MATCHED] = matched
        return None

    def _matched(self, request: Request, path: str) -> Matched | Response:
        """The row of a request, or the response that needs none. Raises Problem where the path leads nowhere."""
        query: bytes = request.scope["query_string"]
        long = len(path) + len(query) > LONGEST_ADDRESS
        readable = not long or self._table.may_be_long(path)
        matched = self._table.match(path) if readable else None
        elsewhere = self._elsewhere(path) if readable and matched is None and self._is_below(request, path) else None
        meant = self._table.match(elsewhere) if elsewhere is not None else matched
        if long and not (meant and meant.route.long_address):
            raise Problem(
                414,
                errors.Message(
                    "An address may have at most %(most)s characters; those of queries and graphs may be longer.",
                    most=f"{LONGEST_ADDRESS:,}",
                ),
            )
        form_encoding.check(query)
        if elsewhere is not None:  # for POST as well: 308 keeps method and body (RFC 9110, 15.4.9)
            location = f"{self._root}{elsewhere}{with_query(request)}"
            return Response(None, 308, {**CORS, "Location": location})
        methods = matched.route.methods if matched else READ
        if request.scope["method"] not in methods:
            allow = ", ".join(methods)
            raise Problem(
                405,
                errors.Message(
                    "%(method)s is not allowed here. Allowed: %(allowed)s.", method=request.method, allowed=allow
                ),
                {"Allow": allow},
            )
        if matched is not None:
            return matched
        raise Problem(404, errors.Message("There is no such page."))

    def _elsewhere(self, path: str) -> str | None:
        """The path that is meant by one that leads nowhere, with a slash too many or too few; None for any other."""
        bare = path.rstrip("/")
        return next((each for each in (bare, f"{bare}/") if each != path and self._table.match(each)), None)

    def _is_below(self, request: Request, path: str) -> bool:
        """Whether a path is the one that was sent, below the base or from a proxy that strips that, and no guess."""
        sent: str = request.scope["path"]
        return not sent.startswith(self._root) or sent.startswith(f"{self._root}{path.partition('/')[0]}")

    def _place(self, raw: bytes) -> _Place:
        """The place of a path as it was sent."""
        path = self._path(raw)
        first = path.partition("/")[0]
        caches = self._table.caches.get(first)
        if caches is None:
            return _Place(path, ELSEWHERE, pages=False, answers=False)
        # The IRI of a graph is its address, letter by letter.
        path = path if caches.answers else canonical_path(path)
        return _Place(path, f"/{first}", caches.pages, caches.answers)

    def _path(self, raw: bytes) -> str:
        """The path below the base, escapes and all; a proxy may have stripped the base's path, or not.

        Where the base is `/data/`, `/data/` may be its start page, or, from a proxy that strips, its tables: without a
        word from the settings it is the former.
        """
        path = raw.decode("latin-1").partition("?")[0]
        if self._proxy_strips:
            return path.lstrip("/")
        root = self._root
        below = path[len(root) :] if path.startswith(root) else None if f"{path}/" != root else ""
        stripped = path.lstrip("/")
        # Where the base's own path begins like one of ours (`/record/`), the reading that leads somewhere is meant.
        if below is None or (below != stripped and self._table.leads(stripped) and not self._table.leads(below)):
            return stripped
        return below


def _is_private(row: Route, query: bytes) -> bool:
    """Whether a query is a reader's own way to a page, which is no page for others."""
    return bool(row.private) and has_parameter(query, row.private[0].encode())


def _headers_alone(send: Send) -> Send:
    """Sends the headers that GET has and nothing after them, as HEAD asks (RFC 9110, 9.3.2)."""

    async def sending(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sending


def _options(methods: tuple[str, ...]) -> Response:
    """The answer to OPTIONS: any header may be sent, since no answer depends on credentials (Fetch, 3.2.3)."""
    allow = ", ".join(methods)
    headers = {
        "Allow": allow,
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": allow,
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Max-Age": "86400",
        **NOSNIFF,
    }
    return Response(None, 204, headers)
