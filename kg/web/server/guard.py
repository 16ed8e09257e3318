"""Request guard: an ASGI middleware between any server and the application.

- A request whose body does not come within seconds ends in 408.
- A client's disconnection ends its request, also before its answer begins.
- An answer that can't be finished is cut, so that the client sees an error and not a complete document: nothing is
  sent after the fault, and above all no end, by which the server knows that it was cut.
- The scope has the client's own address, also behind proxies; each client starts a few requests in a round of the loop.
"""

import asyncio
import logging
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg import errors
from kg.web.http.problems import Problem
from kg.web.server.client_address import Network, client_address, unmapped
from kg.web.server.request_turns import RequestTurns

BODY_SECONDS = 20.0
"""Maximum time for the whole body of a request."""

_CHECK_SECONDS = 0.05
"""Seconds after which a request's client is monitored for its disconnection; most requests are over by then."""

_LOG = logging.getLogger("kg")


class Guard:
    """ASGI middleware: guards each request to the application."""

    def __init__(self, application: ASGIApp, proxies: Sequence[Network] = ()) -> None:
        self._application = application
        self._proxies = proxies
        self._turns = RequestTurns()
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
        await self._turns.wait(scope["client"][0] if scope.get("client") else "")
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
        self._send = send
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
                408,
                errors.Message("The body of a request must arrive within %(seconds)s s.", seconds=f"{BODY_SECONDS:g}"),
                {"Connection": "close"},
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
