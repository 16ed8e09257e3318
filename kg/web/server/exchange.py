"""A request and its answer, as ASGI has them, on a connection of HTTP/1.

The head of an answer waits for the first part of its body, and both go out in one write. What ends before it is whole
has no proper end on the wire either, so that no client takes it for a whole answer.
"""

import asyncio
import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Protocol

from starlette.types import ASGIApp, Message, Scope

_LOG = logging.getLogger("kg")

AHEAD = 64 << 10
"""Bytes of a request's body that are read before somebody asks for them."""

_JOINED = 64 << 10
"""Bytes of a body up to which it is copied beside its head; a larger one goes out by itself."""

_LINES = {each.value: f"HTTP/1.1 {each.value} {each.phrase}".encode() for each in HTTPStatus}
_FIELD = b": ".join
_WITHOUT_BODY = frozenset({204, 304})


class Wire(Protocol):
    """The connection, as far as an exchange needs it.

    Attributes:
        full: whether so much waits to be sent that more has to wait.
    """

    full: bool

    def fields(self) -> list[tuple[bytes, bytes]]:
        """Header fields that each answer has."""

    def write(self, data: bytes) -> None:
        """Send this."""

    def read_on(self) -> None:
        """More of the request's body is wanted."""

    async def drained(self) -> None:
        """Wait until more may be sent."""

    def answered(self, exchange: "Exchange") -> None:
        """The answer is sent, to its end."""

    def broken_off(self, exchange: "Exchange") -> None:
        """There is no more of the answer, which is not whole."""

    def over(self, exchange: "Exchange") -> None:
        """Nothing is done any more for the request."""


class Exchange:
    """Exchange of a request and its response.

    Attributes:
        scope: the request's head.
        whole: whether the request's body has come wholly.
        lasting: whether the connection stays open afterwards.
        sent: whether the head of the answer was sent.
        task: what answers it.
    """

    __slots__ = (
        *("_begun", "_body", "_bodyless", "_chunked", "_ended", "_gone", "_head", "_invited", "_left", "_news"),
        *("_told", "_wire", "lasting", "scope", "sent", "task", "whole"),
    )

    def __init__(self, wire: Wire, scope: Scope, *, lasting: bool) -> None:
        self.scope = scope
        self.lasting = lasting
        self.whole = self.sent = False
        self.task: asyncio.Task[None] | None = None
        self._wire = wire
        self._body = bytearray()
        self._head = b""
        self._left: int | None = None
        self._begun = self._ended = self._gone = self._told = self._chunked = self._bodyless = self._invited = False
        self._news: asyncio.Event | None = None

    async def run(self, application: ASGIApp) -> None:
        """Have it answered."""
        try:
            await application(self.scope, self.receive, self.send)
        except Exception:  # noqa: BLE001  # the client is told no more than that
            _LOG.exception("%s %r", self.scope["method"], self.scope["path"])  # decoded, it may hold a line end
        finally:
            if not self._ended and not self._gone:
                self._ended = True
                self._wire.broken_off(self)
            self._wire.over(self)

    def feed(self, body: bytes) -> int:
        """Take a part of the request's body; how much is here that nobody has asked for."""
        if not self._ended:
            self._body += body
            self._wake()
        return len(self._body)

    def complete(self) -> None:
        """The request's body is whole."""
        self.whole = True
        self._wake()

    def lose(self) -> None:
        """The client is gone."""
        self._gone = True
        self._wake()

    def _wake(self) -> None:
        if self._news is not None:
            self._news.set()

    async def receive(self) -> Message:
        """The next event of the request, as ASGI has it."""
        if not (self._invited or self.whole or self._body or self._gone):
            self._invite()
        while not self._gone and not self._ended and (self._told or not (self._body or self.whole)):
            self._wire.read_on()
            if self._news is None:
                self._news = asyncio.Event()
            self._news.clear()
            await self._news.wait()
        if self._gone or self._ended:
            return {"type": "http.disconnect"}
        body = bytes(self._body)
        self._body.clear()
        self._told = self.whole
        return {"type": "http.request", "body": body, "more_body": not self.whole}

    def _invite(self) -> None:
        """Give leave to send the body to a client that waits for that (RFC 9110, 10.1.1)."""
        self._invited = True
        headers = self.scope["headers"]
        expects = any(name == b"expect" and value.lower() == b"100-continue" for name, value in headers)
        if expects and not self.sent and self.scope["http_version"] != "1.0":
            self._wire.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def send(self, message: Message) -> None:
        """Send a part of the answer, as ASGI has it."""
        wire = self._wire
        if wire.full and not self._gone:
            await wire.drained()
        if self._gone:
            return
        kind = message["type"]
        if kind == "http.response.body" and self._begun and not self._ended:
            self._send_body(message.get("body", b""), more=message.get("more_body", False))
        elif kind == "http.response.start" and not self._begun:
            self._begun = True
            self._begin(message["status"], message.get("headers", ()))
        else:
            raise RuntimeError(f"{kind} out of turn")

    def _begin(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Make the head; raises RuntimeError for fields that would break it."""
        if not self.whole:
            self.lasting = False  # what comes of the body would have to be told from the next request
        length = None
        fields = [*self._wire.fields()]
        for field in headers:
            name = field[0]  # in lower case, as ASGI has it
            if name == b"content-length":
                length = int(field[1])
            elif name == b"connection":
                self.lasting = self.lasting and b"close" not in field[1].lower()
                continue
            fields.append(field)
        self._frame(status, length, fields)
        head = b"\r\n".join([_LINES.get(status) or b"HTTP/1.1 %d " % status, *map(_FIELD, fields)])
        if head.count(b"\n") != len(fields) or head.count(b"\r") != len(fields) or b"\0" in head:
            raise RuntimeError("a line end in a header field")
        self._head = head + b"\r\n\r\n"

    def _frame(self, status: int, length: int | None, fields: list[tuple[bytes, bytes]]) -> None:
        """Add the header fields that say how long the body is, and whether the connection stays open."""
        old = self.scope["http_version"] == "1.0"
        self._left = length
        self._bodyless = status in _WITHOUT_BODY or self.scope["method"] == "HEAD"
        if length is None and not self._bodyless:
            self._chunked = not old
            self.lasting = self.lasting and self._chunked
            if self._chunked:
                fields.append((b"transfer-encoding", b"chunked"))
        if not self.lasting:
            fields.append((b"connection", b"close"))
        elif old:
            fields.append((b"connection", b"keep-alive"))

    def _send_body(self, body: bytes, *, more: bool) -> None:
        if self._bodyless:
            data = b""
        elif self._chunked:
            data = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            if not more:
                data += b"0\r\n\r\n"
        else:
            data = body
            if self._left is not None:
                self._left -= len(body)
                if self._left < 0 or (self._left and not more):
                    raise RuntimeError("the body of an answer has not the length that its head says")
        if not self.sent:
            self.sent = True
            if len(data) <= _JOINED:
                data = self._head + data
            else:
                self._wire.write(self._head)
        if data:
            self._wire.write(data)
        if not more:
            self._ended = True
            self._wake()
            self._wire.answered(self)
