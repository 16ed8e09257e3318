"""The ASGI application: from a path to who answers, and from an error to what the client is told.

Paths are matched as they were sent, escapes and all: a key may hold an escaped slash or dot.
"""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from kg.errors import KgError
from kg.iris import Base
from kg.render.queries.saved_queries import saved_queries as load_saved_queries
from kg.render.site.pages import Site
from kg.render.site.reader import ReaderPreferences
from kg.render.site.translations import LANGUAGES
from kg.settings import Settings, metrics_folder
from kg.web.endpoint import graph_store, responses, saved_queries, sparql, workbench
from kg.web.http import language
from kg.web.http.headers import CORS
from kg.web.http.problems import Problem, of, response
from kg.web.observe.access_log import AccessLog
from kg.web.observe.metrics import Metrics
from kg.web.observe.request_notes import Told, begin, told
from kg.web.pages import about, citations, documents, downloads, home, site_files, static, things_list
from kg.web.search import picture_views, search
from kg.web.serving.answer_cache import Answers
from kg.web.serving.context import Context
from kg.web.serving.live import Live, Serving

_LOG = logging.getLogger("kg")
_READ = ("GET", "HEAD", "OPTIONS")
_ASK = ("GET", "HEAD", "POST", "OPTIONS")

_LONG = frozenset({"sparql", "graphs"})
"""Places whose addresses may hold a whole query, or a long name."""

_LONGEST = 8_000
"""Characters that an address may have anywhere else."""

Handler = Callable[[Request, Context], Awaitable[Response]]
Named = Callable[[Request, Context, str], Awaitable[Response]]

_FOLDERS: dict[str, Named] = {
    "dumps": downloads.dumps,
    "data": downloads.tables,
    "terms": site_files.terms,
    "static": static.respond,
    "search": search.below,
    "api": saved_queries.respond,
    "workbench": workbench.data,
    "graphs": graph_store.direct,
}
_PLACES: dict[str, Handler] = {
    "": home.respond,
    "about": about.respond,
    "sparql": sparql.respond,
    "search": search.respond,
    "timeline": picture_views.timeline,
    "map": picture_views.places,
    "network": picture_views.people,
    "graphs": graph_store.respond,
    "metrics": site_files.metrics,
    "healthz": site_files.health,
    "robots.txt": site_files.robots,
}


class Application:
    """One ASGI application for one collection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._base = Base(settings.base)
        self._root = self._base.path
        site = Site.of(settings, self._root)
        self._sites = {each: replace(site, language=each) for each in LANGUAGES}
        self._readers = {each: _reader(settings, self._root, each) for each in LANGUAGES}
        self._contexts: dict[str, Context] = {}
        self._answers = Answers(settings.answers_mb << 20)
        self._metrics = Metrics(metrics_folder(), settings.query_workers) if settings.metrics else None
        self._log = AccessLog(settings.access_log, settings.folder) if settings.access_log else None
        self._live = Live(settings, self._metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as ASGI 3 has it."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        notes = begin(scope)
        if self._metrics is None and self._log is None:
            await self._respond(scope, receive, send)
            return

        async def seen(message: Message) -> None:
            notes.see(message)
            await send(message)

        began = time.perf_counter()
        try:
            await self._respond(scope, receive, seen)
        finally:
            self._note(scope, notes, time.perf_counter() - began)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; the generation is held until the last byte is sent, since dumps are read while they go."""
        request = Request(scope, receive)
        if scope["method"] == "HEAD":
            send = _headers_alone(send)
        try:
            serving = self._live.hold()
        except KgError as fault:
            await self._problem(request, fault)(scope, receive, send)
            return
        try:
            answer = await self.answer(request, serving)
            await answer(scope, receive, send)
        finally:
            serving.release()

    def _note(self, scope: Scope, notes: Told, seconds: float) -> None:
        """Tell metrics and log of a request that is over."""
        if self._metrics is not None:
            place = self._path(scope).partition("/")[0]
            known = place in _PLACES or place in _FOLDERS or site_files.is_kind(place)
            self._metrics.see(f"/{place}" if known else "other", scope["method"], notes, seconds, self._answers.size)
        if self._log is not None:
            self._log.write(scope, notes, seconds)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            load_saved_queries(self._settings.query_folders)  # a header that is wrong is said before anybody asks
            await self._live.start()
        except Exception as fault:  # noqa: BLE001  # a server that could not begin would answer 503 for ever
            if not isinstance(fault, KgError):
                _LOG.exception("the server can't begin")
            message = str(fault) if isinstance(fault, KgError) else f"the server can't begin: {fault!r}"
            await send({"type": "lifespan.startup.failed", "message": message})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._live.close()
        if self._log is not None:
            self._log.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(self, request: Request, serving: Serving) -> Response:
        """The response to a request from a generation that is held, whatever happens."""
        try:
            told(request.scope).generation = serving.generation.number
            return responses.repeated(request, serving, self._answers) or await self._fresh(request, serving)
        except Problem as problem:
            return response(request, problem, self._site(request))
        except KgError as fault:
            return self._problem(request, fault)
        except Exception:  # noqa: BLE001  # whatever it is, the client is told no more than that
            _LOG.exception("%s %r", request.method, request.scope["path"])  # decoded, it may hold a line end
            return response(request, of(KgError("an error that nobody expected")), self._site(request))

    def _problem(self, request: Request, fault: KgError) -> Response:
        told(request.scope).fault = type(fault).__name__
        return response(request, of(fault), self._site(request))

    async def _fresh(self, request: Request, serving: Serving) -> Response:
        """The response to a request that is no repetition."""
        switched = language.switched(request)
        spoken = switched or language.preferred(request)
        context = self._contexts.get(spoken)
        if context is None or context.serving is not serving:
            context = self._context(serving, spoken)
        answer = await self._route(request, context)
        if switched:
            language.keep(switched, answer, self._root)
        return answer

    def _context(self, serving: Serving, spoken: str) -> Context:
        """What requests in a language are answered with from a generation; of others nothing is held."""
        site, reader = self._sites[spoken], self._readers[spoken]
        made = Context(self._settings, serving, self._base, site, reader, self._answers, self._metrics)
        same = {each: known for each, known in self._contexts.items() if known.serving is serving}
        self._contexts = {**same, spoken: made}
        return made

    def _site(self, request: Request) -> Site:
        """What pages say of the site, in the language of the request."""
        return self._sites[language.switched(request) or language.preferred(request)]

    async def _route(self, request: Request, context: Context) -> Response:
        path = self._path(request.scope)
        place, slash, rest = path.partition("/")
        if place not in _LONG and len(path) + len(request.scope["query_string"]) > _LONGEST:
            raise Problem(414, f"An address here has at most {_LONGEST:,} characters; queries and graphs, more.")
        if not slash and place in _PLACES:
            methods = _ASK if place == "sparql" else _READ
            return _options(request, methods) or await _PLACES[place](request, context)
        if options := _options(request, _READ):
            return options
        if slash and place in _FOLDERS:
            return await _FOLDERS[place](request, context, rest)
        if site_files.is_kind(place):
            if slash and not rest:
                return await things_list.respond(request, context, place)
            if rest and "/" not in rest:
                handler = citations.respond if citations.is_citation(place, rest) else documents.respond
                return await handler(request, context, place, rest)
        if not slash and (place in _FOLDERS or site_files.is_kind(place)):
            location = context.path(f"{place}/") + documents.with_query(request)
            return Response(None, 308, {**CORS, "Location": location})
        raise Problem(404, "There is no such page.")

    def _path(self, scope: Scope) -> str:
        """The path below the base, escapes and all; a proxy may have stripped the base's path, or not.

        Where the base is `/data/`, `/data/` may be its start page, or, from a proxy that strips, its tables: without a
        word from the settings it is the former.
        """
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.decode("latin-1").partition("?")[0]
        if self._settings.proxy_strips:
            return path.lstrip("/")
        root = self._root
        below = path[len(root) :] if path.startswith(root) else None if f"{path}/" != root else ""
        stripped = path.lstrip("/")
        # Where the base's own path begins like one of ours (`/record/`), the reading that leads somewhere is meant.
        if below is None or (below != stripped and _leads(stripped) and not _leads(below)):
            return stripped
        return below


def _headers_alone(send: Send) -> Send:
    """Sends the headers that GET has and nothing after them, as HEAD asks (RFC 9110, 9.3.2)."""

    async def sending(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sending


def _leads(path: str) -> bool:
    """Whether a path below the base may be one of ours, by its first segment."""
    place = path.partition("/")[0]
    return place in _PLACES or place in _FOLDERS or site_files.is_kind(place)


def _reader(settings: Settings, root: str, spoken: str) -> ReaderPreferences:
    """Who reads pages in a language: names are shown in it, else in those that the settings prefer."""
    return ReaderPreferences(tuple(dict.fromkeys((spoken, *settings.languages))), root, spoken)


def _options(request: Request, methods: tuple[str, ...]) -> Response | None:
    """The answer to OPTIONS; None for what is allowed. Raises Problem for what is not."""
    method = request.scope["method"]
    if method in methods and method != "OPTIONS":
        return None
    allow = ", ".join(methods)
    if method not in methods:
        raise Problem(405, f"{method} is not allowed here; {allow} are.", {"Allow": allow})
    headers = {
        "Allow": allow,
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": allow,
        "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, If-Modified-Since, Range",
        "Access-Control-Max-Age": "86400",
    }
    return Response(None, 204, headers)
