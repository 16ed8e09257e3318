"""HTTP/1 on a connection: requests are answered one after another.

A head has to come wholly within seconds, be they filled with ever another byte, and some requests may be sent ahead. A
refused client is read from for a while after its answer, since who closes with bytes unread takes the answer back.

uvicorn's server makes these connections. It calls with `config`, `server_state`, `app_state`, `_loop`, and calls
`shutdown`; of its state the sets `connections` and `tasks` are kept, which it waits for when it ends, and
`default_headers` (the date) are read. uvicorn's own protocol has none of these limits, reads into a new buffer of 256
KiB each time, and sends head and body apart.
"""

import asyncio
from collections import deque
from typing import Any, cast

import orjson
from starlette.types import ASGIApp, Scope

from kg.web.http.problems import MEDIA_TYPE
from kg.web.server.connection_table import Connections
from kg.web.server.exchange import Exchange
from kg.web.server.request_parser import HEAD_BYTES, HEAD_FIELDS, Refused, Requests

IDLE_SECONDS = 10.0
"""In which the head of a request has to come; so long a connection may idle, too."""

SENT_AHEAD = 32
"""Requests that wait for the answer to one before them, at most."""

_LINGERING = 1 << 20
"""Bytes that are read from a refused client before it is cut off."""

_REFUSALS = {
    400: ("Bad Request", "This is no request of HTTP/1.1."),
    414: ("URI Too Long", f"An address has at most {HEAD_BYTES:,} bytes."),
    431: ("Request Header Fields Too Large", f"A head has at most {HEAD_BYTES:,} bytes and {HEAD_FIELDS} fields."),
    500: ("Internal Server Error", "The server met an error; its keeper finds it in the log."),
    505: ("HTTP Version Not Supported", "Versions 1.0 and 1.1 of HTTP are understood here."),
}


class Connection(asyncio.BufferedProtocol):
    """A connection of a client."""

    __slots__ = (
        *("_among", "_application", "_client", "_deaf", "_dropped", "_exchange", "_loop", "_queue", "_refusal"),
        *("_requests", "_room", "_server", "_state", "_transport", "_unsent", "full", "since"),
    )

    def __init__(self, application: ASGIApp, among: Connections, *, server_state: Any, **_: Any) -> None:
        """Begin.

        Args:
            application: what answers.
            among: the connections of this process.
            server_state: what uvicorn's server knows of all.
        """
        self._application = application
        self._among = among
        self._state = server_state
        self._loop = asyncio.get_running_loop()
        self._requests: Requests | None = None  # made when something comes
        self._transport: asyncio.Transport = None  # type: ignore[assignment]  # until it is made
        self._client: tuple[str, int] | None = None
        self._server: tuple[str, int] | None = None
        self.since = self._loop.time()
        self.full = False
        self._room: asyncio.Event | None = None
        # The request that is being answered, and those after it.
        self._exchange: Exchange | None = None
        self._queue: deque[Exchange] | None = None
        self._refusal = 0
        self._deaf = False
        self._dropped = self._unsent = 0

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Beginning of the connection."""
        self._transport = cast("asyncio.Transport", transport)  # of TCP; uvloop's has other ancestors
        peer, own = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self._client = (str(peer[0]), int(peer[1])) if peer else None
        self._server = (str(own[0]), int(own[1])) if own else None
        self._state.connections.add(self)
        self._among.add(self, transport.get_extra_info("socket").fileno())
        if self._among.ending:
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # how does not matter
        """End of the connection, and of its client."""
        self._state.connections.discard(self)
        self._among.remove(self)
        self._leave()
        if self._requests is not None:
            self._requests.close()
        self._requests = None  # a circle, of this and its parser, would stay until all objects are searched for some

    def eof_received(self) -> None:
        """The client has closed its end, which is how clients go away."""
        self._leave()

    def _leave(self) -> None:
        self._deaf = True
        if self._exchange is not None:
            self._exchange.lose()
        self._exchange = self._queue = None
        if self._room is not None:
            self._room.set()

    @property
    def busy(self) -> bool:
        """Whether a request is under way."""
        return self._exchange is not None

    def look(self, now: float) -> None:
        """Close it, if no head has come for long, or nothing can be sent of an answer that is whole."""
        if self._exchange is not None:
            return
        unsent = self._transport.get_write_buffer_size()
        if unsent != self._unsent:
            self._unsent = unsent
            self.since = now
        elif now - self.since > IDLE_SECONDS:
            self.drop()

    def drop(self) -> None:
        """Close it at once."""
        self._transport.abort()

    def shutdown(self) -> None:
        """The server is to end: what is under way is answered, and nothing more."""
        self._queue = None
        if self._exchange is None:
            self._transport.close()
        else:
            self._exchange.lasting = False

    # What comes

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  # it is large enough
        """Buffer for the next bytes."""
        return self._among.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes have come."""
        if self._deaf:
            self._forget(nbytes)
            return
        if self._requests is None:
            self._requests = Requests(self)
        try:
            self._requests.feed(self._among.buffer[:nbytes])
        except Refused as refused:
            self._refuse_next(refused.status)

    def hold(self) -> None:
        """Let nothing more come for now."""
        self._transport.pause_reading()

    def take(self, scope: Scope, *, lasting: bool) -> Exchange:
        """Take a request, which is answered when those before it are. Raises Refused where too many wait."""
        scope["client"] = self._client
        scope["server"] = self._server
        exchange = Exchange(self, scope, lasting=lasting)
        if self._exchange is None:
            self._start(exchange)
        else:
            self._put_back(exchange)
        return exchange

    # Requests, one after another

    def _start(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.since = self._loop.time()
        exchange.task = self._loop.create_task(exchange.run(self._application))
        self._state.tasks.add(exchange.task)

    def _put_back(self, exchange: Exchange) -> None:
        """Let a request wait for those before it, and let nothing else come as long as one waits."""
        if self._queue is None:
            self._queue = deque()
        if len(self._queue) == SENT_AHEAD:
            self._queue[-1].lasting = False
            raise Refused(400)
        self._queue.append(exchange)
        self._transport.pause_reading()

    def over(self, exchange: Exchange) -> None:
        """Nothing is done any more for a request."""
        self._state.tasks.discard(exchange.task)

    def answered(self, exchange: Exchange) -> None:
        """The answer to a request is sent, to its end."""
        if exchange is not self._exchange:
            return
        self._exchange = None
        self.since = self._loop.time()
        if not exchange.whole:
            self._linger()
        elif not exchange.lasting:
            self._transport.close()
        elif self._queue:
            self._start(self._queue.popleft())
        elif self._refusal:
            self._refuse(self._refusal)
        else:
            self._transport.resume_reading()

    def broken_off(self, exchange: Exchange) -> None:
        """There is no more of an answer, which is not whole."""
        if exchange is not self._exchange:
            return
        self._exchange = None
        self.since = self._loop.time()
        if exchange.sent:
            self._transport.close()
        else:
            self._refuse(500)

    def _refuse_next(self, status: int) -> None:
        """Refuse what was read last, when what came before it is answered, and read no more."""
        reading = self._requests.reading if self._requests is not None else None
        self._deaf = True
        if self._exchange is None:
            self._refuse(status)
        elif reading is None:
            self._refusal = status
        elif reading is not self._exchange:
            self._refusal = status
            if self._queue and self._queue[-1] is reading:
                self._queue.pop()
        else:
            reading.lose()
            self.broken_off(reading) if reading.sent else self._refuse(status)

    def _refuse(self, status: int) -> None:
        self._exchange = None
        self.write(_refusal(status, self.fields()))
        self._linger()

    def _linger(self) -> None:
        """Send nothing any more, and forget what comes, until the client has seen the answer and leaves."""
        self._deaf = True
        self._queue = None
        self.since = self._loop.time()
        self._transport.write_eof()
        self._transport.resume_reading()

    def _forget(self, many: int) -> None:
        self._dropped += many
        if self._dropped > _LINGERING:
            self.drop()

    # What goes

    def fields(self) -> list[tuple[bytes, bytes]]:
        """Header fields that each answer has: the date, which uvicorn brings up to date once a second."""
        fields: list[tuple[bytes, bytes]] = self._state.default_headers
        return fields

    def write(self, data: bytes) -> None:
        """Send this."""
        self._transport.write(data)

    def read_on(self) -> None:
        """More of a request's body is wanted."""
        if not self._queue:
            self._transport.resume_reading()

    def pause_writing(self) -> None:
        """The client reads more slowly than it is sent to."""
        self.full = True

    def resume_writing(self) -> None:
        """End of the client's back-pressure."""
        self.full = False
        if self._room is not None:
            self._room.set()

    async def drained(self) -> None:
        """Wait until more may be sent, or nothing any more."""
        if self._room is None:
            self._room = asyncio.Event()
        while self.full and self._exchange is not None:
            self._room.clear()
            await self._room.wait()


def _refusal(status: int, fields: list[tuple[bytes, bytes]]) -> bytes:
    """An answer to who is not understood."""
    title, detail = _REFUSALS[status]
    body = orjson.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail})
    lines = [f"HTTP/1.1 {status} {title}".encode(), *(b"%b: %b" % field for field in fields)]
    lines += [b"connection: close", f"content-type: {MEDIA_TYPE}".encode(), b"content-length: %d" % len(body)]
    return b"\r\n".join([*lines, b"", body])
