"""The ASGI application: lifespan, access log and metrics around the fast path and FastAPI."""

import logging
import time

from starlette.types import Message, Receive, Scope, Send

from kg.errors import KgError
from kg.settings import Settings, metrics_folder
from kg.web import api, routes
from kg.web.fast_path import FastPath
from kg.web.observe.access_log import AccessLog
from kg.web.observe.metrics import Metrics
from kg.web.observe.request_notes import RequestNotes, begin
from kg.web.route_table import RouteTable
from kg.web.serving.answer_cache import AnswerCache
from kg.web.serving.contexts import Contexts
from kg.web.serving.live import Live

_LOG = logging.getLogger("kg")


class Application:
    """ASGI application of one collection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._answers = AnswerCache(settings.answers_mb << 20)
        self._metrics = Metrics(metrics_folder(), settings.query_workers) if settings.metrics else None
        self._log = AccessLog(settings.access_log, settings.folder) if settings.access_log else None
        self._live = Live(settings, self._metrics)
        self._front: FastPath | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as ASGI 3 has it."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        front = self._front or self._made()
        notes = begin(scope)
        if self._metrics is None and self._log is None:
            await front(scope, receive, send)
            return

        async def recorded(message: Message) -> None:
            notes.record(message)
            await send(message)

        began = time.perf_counter()
        try:
            await front(scope, receive, recorded)
        finally:
            self._note(scope, notes, time.perf_counter() - began)

    def _made(self) -> FastPath:
        """The fast path and FastAPI behind it. Raises KgError for a saved query that can't be read."""
        table = RouteTable(routes.of(self._settings))
        front = api.build(table.rows, self._settings.main_title, self._settings.main_description)
        contexts = Contexts(self._settings, self._answers, self._metrics)
        self._front = FastPath(front, table, self._live, contexts)
        return self._front

    def _note(self, scope: Scope, notes: RequestNotes, seconds: float) -> None:
        """Tell metrics and log of a request that is over."""
        if self._metrics is not None:
            self._metrics.record(notes.place, scope["method"], notes, seconds, self._answers.size)
        if self._log is not None:
            self._log.write(scope, notes, seconds)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._made()  # a saved query whose header is wrong is told before anybody asks for it
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
