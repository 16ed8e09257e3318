"""Limits of requests, between any server of ASGI and the application.

- A body has to come within seconds, or the request ends in 408.
- A client that goes away takes its request along, be it that nothing was answered yet.
- An answer that can't be finished is cut, so that the client sees an error and not a whole document. HTTP/1.0
  has no way to tell the two apart, so its answers are finished before they begin.
- The application is told the client's own address, also behind proxies.
"""

import asyncio
import logging
import tempfile
from collections.abc import Sequence

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import KgError
from kg.web.http.problems import MEDIA_TYPE, Problem, of
from kg.web.server.client_address import Network, address, plain

BODY_SECONDS = 20.0
"""In which the whole body of a request has to come."""

_SOON = 0.05
"""Seconds after which it is worth to look whether the client is still there."""

_ONE_ZERO = "1.0"
_IN_MEMORY = 1 << 20
_PIECE = 1 << 16
_LOG = logging.getLogger("kg")


class RequestGuard:
    """An application, guarded."""

    def __init__(self, application: ASGIApp, proxies: Sequence[Network] = ()) -> None:
        self._application = application
        self._proxies = proxies
        self._under_way: set[_Exchange] = set()
        self._looking: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as ASGI 3 has it."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        if self._proxies:
            scope["client"] = (address(scope, self._proxies), 0)
        elif peer := scope.get("client"):
            scope["client"] = (plain(peer[0]), int(peer[1]))
        exchange = _Exchange(scope, receive, send)
        self._under_way.add(exchange)
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(_SOON, self._look)
        try:
            await exchange.run(self._application)
        finally:
            self._under_way.discard(exchange)

    def _look(self) -> None:
        """See which clients are there, of those that wait; one timer for all, since most requests are over by then."""
        loop = asyncio.get_running_loop()
        before = loop.time() - _SOON
        for exchange in self._under_way:
            if exchange.began <= before:
                exchange.look()
        self._looking = loop.call_later(_SOON, self._look) if self._under_way else None


class _Exchange:
    """Exchange of a request and its response.

    Attributes:
        began: when, by the clock of the loop.
    """

    __slots__ = (
        *("_begun", "_gone", "_heard", "_loop", "_read", "_receive", "_scope", "_send", "_task", "_watching"),
        "began",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send: Send = _Whole(scope, send) if scope["http_version"] == _ONE_ZERO else send
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self.began = self._loop.time()
        self._read = scope["method"] in {"GET", "HEAD", "OPTIONS"}
        self._gone: asyncio.Event | None = None
        self._begun = self._heard = False
        self._watching: asyncio.Task[None] | None = None

    async def run(self, application: ASGIApp) -> None:
        try:
            await application(self._scope, self.receive, self.send)
        except asyncio.CancelledError:
            if self._gone is None or not self._gone.is_set() or self._task is None:
                raise
            self._task.uncancel()
        except Exception as fault:
            if not self._begun:
                raise
            _LOG.warning("%r: the answer was cut: %s", self._scope["path"], fault)
            if isinstance(self._send, _Whole):
                await self._send.instead(fault)
        finally:
            if self._watching:
                self._watching.cancel()

    async def receive(self) -> Message:
        if self._read:
            self._heard = True
            self.look()
            await self._leaving().wait()
            return {"type": "http.disconnect"}
        try:
            async with asyncio.timeout_at(self.began + BODY_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise Problem(
                408, f"The body of a request has to come within {BODY_SECONDS:g} s.", {"Connection": "close"}
            ) from None
        self._read = message["type"] == "http.disconnect" or not message.get("more_body", False)
        if message["type"] == "http.disconnect":
            self._leaving().set()
        return message

    async def send(self, message: Message) -> None:
        self._begun = True
        await self._send(message)

    def look(self) -> None:
        """See from now on whether the client is there; one whose body is still to be read is asked for that."""
        if not self._watching and self._read:
            self._watching = self._loop.create_task(self._wait())

    def _leaving(self) -> asyncio.Event:
        """Event of the client's leaving; made when it is first waited for, since most clients stay."""
        if self._gone is None:
            self._gone = asyncio.Event()
        return self._gone

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._leaving().set()
        if self._task and not self._heard:  # who listens ends as it likes
            self._task.cancel()


class _Whole:
    """Holds an answer back until it is whole, and says then how long it is."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._start: Message | None = None
        self._held = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # it outlives this

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not _has_length(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._held.write(message.get("body", b""))
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def instead(self, fault: Exception) -> None:
        """Tell what went wrong, if nothing has been told."""
        if self._start is None:
            return
        problem = of(fault) if isinstance(fault, KgError) else of(KgError("an error that nobody expected"))
        told = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
        answer = Response(orjson.dumps(told), problem.status, dict(problem.headers), MEDIA_TYPE)
        self._held.close()
        await self._send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
        await self._send({"type": "http.response.body", "body": answer.body})

    async def _finish(self, start: Message) -> None:
        length = b"%d" % self._held.tell()
        bodyless = self._scope["method"] == "HEAD" or start["status"] in {204, 304}
        more = [] if bodyless else [(b"content-length", length)]
        await self._send({**start, "headers": [*start.get("headers", ()), *more]})
        with self._held:
            self._held.seek(0)
            while piece := self._held.read(_PIECE):
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})


def _has_length(start: Message) -> bool:
    return any(name.lower() == b"content-length" for name, _ in start.get("headers", ()))
