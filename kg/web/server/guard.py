"""Request guard: an ASGI middleware between any server and the application.

- A request whose body does not come within seconds ends in 408.
- A client's disconnection ends its request, also before its answer begins.
- An answer that can't be finished is cut, so that the client sees an error and not a complete document. HTTP/1.0
  can't tell the two apart, so its answers are buffered until they are complete.
- The scope has the client's own address, also behind proxies.
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
from kg.web.server.client_address import Network, client_address, unmapped

BODY_SECONDS = 20.0
"""Maximum time for the whole body of a request."""

_CHECK_SECONDS = 0.05
"""Seconds after which a request's client is monitored for its disconnection; most requests are over by then."""

_HTTP_1_0 = "1.0"
_MAX_IN_MEMORY = 1 << 20
_CHUNK_BYTES = 1 << 16
_LOG = logging.getLogger("kg")


class Guard:
    """ASGI middleware: guards each request to the application."""

    def __init__(self, application: ASGIApp, proxies: Sequence[Network] = ()) -> None:
        self._application = application
        self._proxies = proxies
        self._requests: set[_GuardedRequest] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, by ASGI 3."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        if self._proxies:
            scope["client"] = (client_address(scope, self._proxies), 0)
        elif peer := scope.get("client"):
            scope["client"] = (unmapped(peer[0]), int(peer[1]))
        request = _GuardedRequest(scope, receive, send)
        self._requests.add(request)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_CHECK_SECONDS, self._check)
        try:
            await request.run(self._application)
        finally:
            self._requests.discard(request)

    def _check(self) -> None:
        """Monitor the clients of requests that take long; one timer serves all requests."""
        loop = asyncio.get_running_loop()
        latest = loop.time() - _CHECK_SECONDS
        for request in self._requests:
            if request.began <= latest:
                request.monitor_client()
        self._timer = loop.call_later(_CHECK_SECONDS, self._check) if self._requests else None


class _GuardedRequest:
    """Request with a deadline for its body, which ends with its client.

    Attributes:
        began: start time, by the clock of the loop.
    """

    __slots__ = (
        *("_answer_started", "_body_read", "_disconnection", "_handles_disconnection", "_loop", "_monitor"),
        *("_receive", "_scope", "_send", "_task"),
        "began",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send: Send = _BufferedAnswer(scope, send) if scope["http_version"] == _HTTP_1_0 else send
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self.began = self._loop.time()
        self._body_read = scope["method"] in {"GET", "HEAD", "OPTIONS"}
        self._disconnection: asyncio.Event | None = None
        self._answer_started = self._handles_disconnection = False
        self._monitor: asyncio.Task[None] | None = None

    async def run(self, application: ASGIApp) -> None:
        try:
            await application(self._scope, self.receive, self.send)
        except asyncio.CancelledError:
            if self._disconnection is None or not self._disconnection.is_set() or self._task is None:
                raise
            self._task.uncancel()
        except Exception as fault:
            if not self._answer_started:
                raise
            _LOG.warning("%r: the answer was cut: %s", self._scope["path"], fault)
            if isinstance(self._send, _BufferedAnswer):
                await self._send.replace_by_problem(fault)
        finally:
            if self._monitor:
                self._monitor.cancel()

    async def receive(self) -> Message:
        if self._body_read:
            self._handles_disconnection = True
            self.monitor_client()
            await self._disconnection_event().wait()
            return {"type": "http.disconnect"}
        try:
            async with asyncio.timeout_at(self.began + BODY_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise Problem(
                408, f"The body of a request has to come within {BODY_SECONDS:g} s.", {"Connection": "close"}
            ) from None
        self._body_read = message["type"] == "http.disconnect" or not message.get("more_body", False)
        if message["type"] == "http.disconnect":
            self._disconnection_event().set()
        return message

    async def send(self, message: Message) -> None:
        self._answer_started = True
        await self._send(message)

    def monitor_client(self) -> None:
        """Wait for the client's disconnection from now on, unless its body is still to be read."""
        if not self._monitor and self._body_read:
            self._monitor = self._loop.create_task(self._await_disconnection())

    def _disconnection_event(self) -> asyncio.Event:
        """The event of the client's disconnection; made on demand, since most clients stay."""
        if self._disconnection is None:
            self._disconnection = asyncio.Event()
        return self._disconnection

    async def _await_disconnection(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._disconnection_event().set()
        if self._task and not self._handles_disconnection:  # an application that receives it ends by itself
            self._task.cancel()


class _BufferedAnswer:
    """Answer buffer: sends an answer when it is complete, with its length."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._start: Message | None = None
        self._body = tempfile.SpooledTemporaryFile(_MAX_IN_MEMORY)  # noqa: SIM115  # closed in other methods

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not _has_length(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body.write(message.get("body", b""))
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def replace_by_problem(self, fault: Exception) -> None:
        """Send a problem in place of the answer, if nothing of that has been sent."""
        if self._start is None:
            return
        problem = of(fault) if isinstance(fault, KgError) else of(KgError("an error that nobody expected"))
        members = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
        answer = Response(orjson.dumps(members), problem.status, dict(problem.headers), MEDIA_TYPE)
        self._body.close()
        await self._send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
        await self._send({"type": "http.response.body", "body": answer.body})

    async def _finish(self, start: Message) -> None:
        length = b"%d" % self._body.tell()
        bodyless = self._scope["method"] == "HEAD" or start["status"] in {204, 304}
        more = [] if bodyless else [(b"content-length", length)]
        await self._send({**start, "headers": [*start.get("headers", ()), *more]})
        with self._body:
            self._body.seek(0)
            while chunk := self._body.read(_CHUNK_BYTES):
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})


def _has_length(start: Message) -> bool:
    return any(name.lower() == b"content-length" for name, _ in start.get("headers", ()))
