"""The ASGI application: from a path to who answers, and from an error to what the client is told.

Paths are matched as they were sent, escapes and all: a key may hold an escaped slash or dot.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.errors import KgError
from kg.iris import Base
from kg.render.pages import Site
from kg.render.translations import LANGUAGES
from kg.render.view import Reader
from kg.settings import Settings
from kg.web import citations, documents, language, lists, search, see, sparql
from kg.web.context import Context
from kg.web.live import Live
from kg.web.problems import Problem, of, response

_LOG = logging.getLogger("kg")
_READ = ("GET", "HEAD", "OPTIONS")
_ASK = ("GET", "HEAD", "POST", "OPTIONS")

Handler = Callable[[Request, Context], Awaitable[Response]]
Named = Callable[[Request, Context, str], Awaitable[Response]]

_FOLDERS: dict[str, Named] = {
    "dumps": lists.dumps,
    "terms": lists.terms,
    "static": lists.static,
    "search": search.below,
}
_PLACES: dict[str, Handler] = {
    "": lists.home,
    "sparql": sparql.respond,
    "search": search.respond,
    "timeline": see.timeline,
    "map": see.places,
    "network": see.people,
    "healthz": lists.health,
}


class Application:
    """One ASGI application for one collection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._base = Base(settings.base)
        site = Site.of(settings, self._base.path)
        self._sites = {each: replace(site, language=each) for each in LANGUAGES}
        self._readers = {each: _reader(settings, self._base.path, each) for each in LANGUAGES}
        self._live = Live(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as ASGI 3 has it."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        answer = await self.answer(Request(scope, receive))
        await answer(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._live.start()
        except KgError as fault:
            await send({"type": "lifespan.startup.failed", "message": str(fault)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._live.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(self, request: Request) -> Response:
        """The response to a request, whatever happens."""
        spoken = language.chosen(request)
        site = self._sites[spoken]
        try:
            async with self._live.hold() as serving:
                context = Context(self._settings, serving, self._base, site, self._readers[spoken])
                answer = await self._route(request, context)
                language.keep(request, answer, self._base.path)
                return answer
        except Problem as problem:
            return response(request, problem, site)
        except KgError as fault:
            return response(request, of(fault), site)
        except Exception:  # noqa: BLE001  # whatever it is, the client is told no more than that
            _LOG.exception("%s %s", request.method, request.scope["path"])
            return response(request, of(KgError("an error that nobody expected")), site)

    async def _route(self, request: Request, context: Context) -> Response:
        path = self._path(request)
        place, slash, rest = path.partition("/")
        if not slash and place in _PLACES:
            methods = _ASK if place == "sparql" else _READ
            return _options(request, methods) or await _PLACES[place](request, context)
        if options := _options(request, _READ):
            return options
        if slash and place in _FOLDERS:
            return await _FOLDERS[place](request, context, rest)
        if lists.is_kind(place):
            if slash and not rest:
                return await lists.listing(request, context, place)
            if rest and "/" not in rest:
                about = citations.respond if citations.is_citation(place, rest) else documents.respond
                return await about(request, context, place, rest)
        if not slash and (place in _FOLDERS or lists.is_kind(place)):
            return Response(None, 308, {"Location": context.path(f"{place}/")})
        raise Problem(404, "There is no such page.")

    def _path(self, request: Request) -> str:
        """The path below the base, escapes and all; a proxy may have stripped the base's path, or not."""
        raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        path = raw.decode("latin-1").partition("?")[0]
        root = self._base.path
        if path.startswith(root):
            return path[len(root) :]
        return "" if path == root.rstrip("/") else path.lstrip("/")


def _reader(settings: Settings, root: str, spoken: str) -> Reader:
    """Who reads pages in a language: names are shown in it, else in those that the settings prefer."""
    return Reader(tuple(dict.fromkeys((spoken, *settings.languages))), root, spoken)


def _options(request: Request, methods: tuple[str, ...]) -> Response | None:
    """The answer to OPTIONS; None for what is allowed. Raises Problem for what is not."""
    allow = ", ".join(methods)
    if request.method not in methods:
        raise Problem(405, f"{request.method} is not allowed here; {allow} are.", {"Allow": allow})
    if request.method != "OPTIONS":
        return None
    headers = {
        "Allow": allow,
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": allow,
        "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, If-Modified-Since",
        "Access-Control-Max-Age": "86400",
    }
    return Response(None, 204, headers)
