"""HTTP exchange: one request and its answer, between an HTTP/1 connection and an ASGI application.

The head of an answer waits for the first part of its body, and one write sends both. An answer that ends early has no
proper end on the wire either, so that no client takes it for a complete one: its length is short, its last chunk is
missing, or, where HTTP/1.0 ends an answer with the connection, that is reset.
"""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from typing import Protocol

from starlette.types import ASGIApp, Message, Scope

from kg.web.http.problems import unexpected

MAX_UNREAD_BODY = 64 << 10
"""Bytes of a request's body that are read before the application asks for them; beyond it the client waits."""

_MAX_JOINED_BODY = 64 << 10
"""Maximum number of bytes of a body that are copied behind their head into one write."""

_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}".encode() for status in HTTPStatus}
_JOIN_FIELD = b": ".join
_BODYLESS_STATUSES = frozenset({204, 304})


class ConnectionPort(Protocol):
    """Port of a connection for its exchanges.

    Attributes:
        write_paused: whether the write buffer is full, so that the answer has to wait (back-pressure).
    """

    write_paused: bool

    def default_fields(self) -> list[tuple[bytes, bytes]]:
        """Header fields of every answer."""

    def write(self, data: bytes) -> None:
        """Send some bytes."""

    def reset_at_close(self) -> None:
        """Let the connection end with a reset as long as the answer is not complete."""

    def resume_reading(self) -> None:
        """Read more of the request's body."""

    async def drain(self) -> None:
        """Wait until the write buffer has room."""

    def answer_complete(self, exchange: "Exchange") -> None:
        """Go on after a complete answer."""

    def answer_aborted(self, exchange: "Exchange") -> None:
        """Close after an incomplete answer."""

    def exchange_ended(self, exchange: "Exchange") -> None:
        """Forget an exchange whose application has ended."""


class Exchange:
    """Request and answer.

    Attributes:
        scope: ASGI scope, with the request's head.
        request_complete: whether the request's body has been received completely.
        keep_alive: whether the connection stays open afterwards.
        head_sent: whether the head of the answer has been sent.
        framed_by_close: whether the answer ends with the connection (HTTP/1.0 without a length).
        failure: what a client is told of an error that the application did not answer itself.
        task: task that runs the application.
    """

    __slots__ = (
        *("_answer_ended", "_answer_started", "_body", "_bodyless", "_change", "_chunked", "_connection"),
        *("_disconnected", "_end_delivered", "_expectation_met", "_head", "_remaining"),
        *("failure", "framed_by_close", "head_sent", "keep_alive", "request_complete", "scope", "task"),
    )

    def __init__(self, connection: ConnectionPort, scope: Scope, *, keep_alive: bool) -> None:
        self.scope = scope
        self.keep_alive = keep_alive
        self.request_complete = self.head_sent = self.framed_by_close = False
        self.task: asyncio.Task[None] | None = None
        self._connection = connection
        self._body = bytearray()
        self._head = b""
        self.failure = ""
        self._remaining: int | None = None
        self._answer_started = self._answer_ended = self._disconnected = self._end_delivered = False
        self._chunked = self._bodyless = self._expectation_met = False
        self._change: asyncio.Event | None = None

    async def run(self, application: ASGIApp) -> None:
        """Run the application on the request."""
        try:
            await application(self.scope, self.receive, self.send)
        except Exception as fault:  # noqa: BLE001  # the client gets a 500 or a cut answer
            # Decoded, the path may hold a line end.
            self.failure = unexpected(fault, f"{self.scope['method']} {self.scope['path']!r}").detail
        finally:
            if not self._answer_ended and not self._disconnected:
                self._answer_ended = True
                self._connection.answer_aborted(self)
            self._connection.exchange_ended(self)

    def feed(self, body: bytes) -> int:
        """Append a part of the request's body; return the number of bytes that the application has not read."""
        if not self._answer_ended:
            self._body += body
            self._wake()
        return len(self._body)

    def complete_request(self) -> None:
        """Mark the request's body as complete."""
        self.request_complete = True
        self._wake()

    def disconnect(self) -> None:
        """Note that the client has disconnected."""
        self._disconnected = True
        self._wake()

    def _wake(self) -> None:
        if self._change is not None:
            self._change.set()

    async def receive(self) -> Message:
        """The next ASGI message of the request: a part of its body, or `http.disconnect`."""
        if not (self._expectation_met or self.request_complete or self._body or self._disconnected):
            self._meet_expectation()
        while (
            not self._disconnected
            and not self._answer_ended
            and (self._end_delivered or not (self._body or self.request_complete))
        ):
            self._connection.resume_reading()
            if self._change is None:
                self._change = asyncio.Event()
            self._change.clear()
            await self._change.wait()
        if self._disconnected or self._answer_ended:
            return {"type": "http.disconnect"}
        body = bytes(self._body)
        self._body.clear()
        self._end_delivered = self.request_complete
        return {"type": "http.request", "body": body, "more_body": not self.request_complete}

    def _meet_expectation(self) -> None:
        """Send 100 (Continue) to a client that expects it before the body (RFC 9110, 10.1.1)."""
        self._expectation_met = True
        headers = self.scope["headers"]
        expects = any(name == b"expect" and value.lower() == b"100-continue" for name, value in headers)
        if expects and not self.head_sent and self.scope["http_version"] != "1.0":
            self._connection.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def send(self, message: Message) -> None:
        """Send the next ASGI message of the answer. Raises RuntimeError for a message out of turn."""
        connection = self._connection
        if connection.write_paused and not self._disconnected:
            await connection.drain()
        if self._disconnected:
            return
        kind = message["type"]
        if kind == "http.response.body" and self._answer_started and not self._answer_ended:
            self._send_body(message.get("body", b""), more=message.get("more_body", False))
        elif kind == "http.response.start" and not self._answer_started:
            self._answer_started = True
            self._prepare_head(message["status"], message.get("headers", ()))
        else:
            raise RuntimeError(f"{kind} out of turn")

    def _prepare_head(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Serialise the head. Raises RuntimeError for fields that would break it."""
        if not self.request_complete:
            self.keep_alive = False  # the rest of the body would have to be told from the next request
        length = None
        fields = [*self._connection.default_fields()]
        for field in headers:
            name = field[0]  # in lower case, as ASGI has it
            if name == b"content-length":
                length = int(field[1])
            elif name == b"connection":
                self.keep_alive = self.keep_alive and b"close" not in field[1].lower()
                continue
            fields.append(field)
        self._add_framing(status, length, fields)
        head = b"\r\n".join([_STATUS_LINES.get(status) or b"HTTP/1.1 %d " % status, *map(_JOIN_FIELD, fields)])
        if head.count(b"\n") != len(fields) or head.count(b"\r") != len(fields) or b"\0" in head:
            raise RuntimeError("a line end in a header field")
        self._head = head + b"\r\n\r\n"

    def _add_framing(self, status: int, length: int | None, fields: list[tuple[bytes, bytes]]) -> None:
        """Add the header fields for the length of the body and for the persistence of the connection."""
        is_http_1_0 = self.scope["http_version"] == "1.0"
        self._remaining = length
        self._bodyless = status in _BODYLESS_STATUSES or self.scope["method"] == "HEAD"
        if length is None and not self._bodyless:
            self.framed_by_close = is_http_1_0
            self._chunked = not is_http_1_0
            self.keep_alive = self.keep_alive and self._chunked
            if self._chunked:
                fields.append((b"transfer-encoding", b"chunked"))
        if not self.keep_alive:
            fields.append((b"connection", b"close"))
        elif is_http_1_0:
            fields.append((b"connection", b"keep-alive"))

    def _send_body(self, body: bytes, *, more: bool) -> None:
        data = self._framed(body, more=more)
        if not self.head_sent:
            self.head_sent = True
            if self.framed_by_close:
                self._connection.reset_at_close()
            if len(data) <= _MAX_JOINED_BODY:
                data = self._head + data
            else:
                self._connection.write(self._head)
        if data:
            self._connection.write(data)
        if not more:
            self._answer_ended = True
            self._wake()
            self._connection.answer_complete(self)

    def _framed(self, body: bytes, *, more: bool) -> bytes:
        """A part of the body as it goes out. Raises RuntimeError where the body has another length than it said."""
        if self._bodyless:
            return b""
        if self._chunked:
            data = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            return data if more else data + b"0\r\n\r\n"
        if self._remaining is not None:
            self._remaining -= len(body)
            if self._remaining < 0 or (self._remaining and not more):
                raise RuntimeError("the body of an answer has not the length that its head says")
        return body
