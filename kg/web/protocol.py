"""HTTP/1 on a connection: requests are parsed, limited and handed on, one after another.

llhttp parses, by httptools, and refuses whatever two servers may read differently. What it does not limit is limited
here: a head has to come wholly within seconds, be they filled with ever another byte; it has a size; so have trailers
and the queue of requests that were sent ahead. A refused client is read from for a while after its answer, since who
closes with bytes unread takes the answer back.

uvicorn's server makes these connections. It calls with `config`, `server_state`, `app_state`, `_loop`, and calls
`shutdown`; of its state the sets `connections` and `tasks` are kept, which it waits for when it ends, and
`default_headers` (the date) are read. uvicorn's own protocol has none of these limits, reads into a new buffer of 256
KiB each time, and sends head and body apart.
"""

import asyncio
import re
from collections import deque
from typing import Any
from urllib.parse import unquote_to_bytes

import httptools
import orjson
from starlette.types import ASGIApp, Scope

from kg.web.connections import Connections
from kg.web.exchanges import AHEAD, Exchange
from kg.web.problems import MEDIA_TYPE

IDLE_SECONDS = 10.0
"""In which the head of a request has to come; so long a connection may idle, too."""

HEAD_BYTES = 64 << 10
"""Of a head, at most; of trailers too."""

HEAD_FIELDS = 100
"""Header fields of a request, at most."""

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
_FRAMING = (b"content-length", b"transfer-encoding")
_ASGI = {"version": "3.0", "spec_version": "2.3"}
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_SERVER = re.compile(rb"[a-z][a-z0-9+.-]*://[^/?]*", re.IGNORECASE)


class _Refused(Exception):
    """A request that is not taken; the parser ends at it."""

    def __init__(self, status: int) -> None:
        self.status = status


class Connection(asyncio.BufferedProtocol):
    """A connection of a client."""

    __slots__ = (
        *("_among", "_application", "_client", "_deaf", "_dropped", "_exchange", "_fed", "_grafting", "_head"),
        *("_headers", "_loop", "_on_line", "_parser", "_queue", "_reading", "_refusal", "_room", "_server", "_state"),
        *("_transport", "_unsent", "_upgrading", "_url", "full", "since"),
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
        self._parser: Any = None  # made when something comes
        self._transport: asyncio.Transport = None  # type: ignore[assignment]  # until it is made
        self._client: tuple[str, int] | None = None
        self._server: tuple[str, int] | None = None
        self.since = self._loop.time()
        self.full = False
        self._room: asyncio.Event | None = None
        # The request that is being read: its head, or its body.
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._head = self._upgrading = self._grafting = False
        self._on_line = True
        self._reading: Exchange | None = None
        self._fed = 0
        # The request that is being answered, and those after it.
        self._exchange: Exchange | None = None
        self._queue: deque[Exchange] | None = None
        self._refusal = 0
        self._deaf = False
        self._dropped = self._unsent = 0

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # of TCP
        self._transport = transport
        peer, own = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self._client = (str(peer[0]), int(peer[1])) if peer else None
        self._server = (str(own[0]), int(own[1])) if own else None
        self._state.connections.add(self)
        self._among.add(self, transport.get_extra_info("socket").fileno())
        if self._among.ending:
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # how does not matter
        """It is gone, and so is the client."""
        self._state.connections.discard(self)
        self._among.remove(self)
        self._leave()
        self._parser = None

    def eof_received(self) -> None:
        """The client has closed its end, which is how clients go away."""
        self._leave()

    def _leave(self) -> None:
        self._deaf = True
        if self._exchange is not None:
            self._exchange.lose()
        self._exchange = self._reading = self._queue = None
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
        """Where to put what comes."""
        return self._among.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes have come."""
        if self._deaf:
            self._forget(nbytes)
            return
        if self._parser is None:
            self._parser = httptools.HttpRequestParser(self)
        self._fed += nbytes
        data: memoryview | bytes = self._among.buffer[:nbytes]
        if self._on_line:
            data = _in_ascii(bytes(data))
        try:
            self._feed(data)
        except _Refused as refused:
            self._refuse_next(refused.status)
        except httptools.HttpParserCallbackError as fault:
            if not isinstance(fault.__context__, _Refused):
                raise
            self._refuse_next(fault.__context__.status)
        except httptools.HttpParserError:
            self._refuse_next(400)

    def _feed(self, data: memoryview | bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._graft(data[upgrade.args[0] :])
        if not self._head and self._reading is None:
            self._on_line = True
            return
        self._on_line = self._on_line and self._head and b"\n" not in bytes(data)
        if self._fed > HEAD_BYTES:
            raise _Refused(self._too_long())

    def _too_long(self) -> int:
        return 414 if len(self._url) > HEAD_BYTES // 2 else 431

    def _graft(self, rest: memoryview | bytes) -> None:
        """Read on as if nobody had asked for another protocol, which a server may ignore (RFC 9110, 7.8).

        The parser takes what follows for the other protocol, the request's body too. So a new one is told how that is
        framed, and reads it.
        """
        self._parser = httptools.HttpRequestParser(self)
        framing = b"".join(b"%b: %b\r\n" % each for each in self._headers if each[0] in _FRAMING)
        self._upgrading, self._grafting = False, True
        self._parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % framing)
        self._grafting = False
        if rest:
            self._feed(rest)

    def on_message_begin(self) -> None:
        """A request begins."""
        if not self._grafting:
            self._url = b""
            self._headers = []
            self._head = True

    def on_url(self, url: bytes) -> None:
        """A part of its target has come."""
        if self._head:
            self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field has come; trailers are of no use here."""
        if self._head:
            self._headers.append((name.lower(), value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        """The head is whole: the request can be handed on."""
        if self._grafting:
            return
        size = 0
        if self._fed > HEAD_BYTES:  # perhaps with something else
            size = len(self._url) + sum(len(name) + len(value) + 4 for name, value in self._headers)
        if size > HEAD_BYTES:
            raise _Refused(self._too_long())
        if len(self._headers) > HEAD_FIELDS:
            raise _Refused(431)
        version = self._parser.get_http_version()
        if version != "1.1":
            self._check_old(version)
        self._head = False
        self._fed = 0
        self._upgrading = self._parser.should_upgrade()
        exchange = Exchange(self, self._scope(version), lasting=self._parser.should_keep_alive())
        self._reading = exchange
        if self._exchange is None:
            self._start(exchange)
        else:
            self._put_back(exchange)

    def _check_old(self, version: str) -> None:
        if version != "1.0":
            raise _Refused(505)
        # "A server that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat the message
        # as if the framing is faulty" (RFC 9112, 6.1).
        if any(name == b"transfer-encoding" for name, _ in self._headers):
            raise _Refused(400)

    def on_body(self, body: bytes) -> None:
        """A part of the body has come."""
        self._fed = 0
        if self._reading is not None and self._reading.feed(body) > AHEAD:
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """The request is whole; where it asks for another protocol, the parser says so before its body."""
        if self._reading is not None and not self._upgrading:
            self._fed = 0
            self._reading.complete()
            self._reading = None

    def _scope(self, version: str) -> Scope:
        method = self._parser.get_method().decode("ascii")
        target = _origin_form(self._url, method) if self._url[:1] != b"/" or b"#" in self._url else self._url
        path, _, query = target.partition(b"?")
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": version,
            "method": method,
            "scheme": "http",
            "path": (unquote_to_bytes(path) if b"%" in path else path).decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": self._headers,
            "client": self._client,
            "server": self._server,
        }

    # Requests, one after another

    def _start(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.since = self._loop.time()
        task = self._loop.create_task(exchange.run(self._application))
        self._state.tasks.add(task)
        task.add_done_callback(self._state.tasks.discard)

    def _put_back(self, exchange: Exchange) -> None:
        """Let a request wait for those before it, and let nothing else come as long as one waits."""
        if self._queue is None:
            self._queue = deque()
        if len(self._queue) == SENT_AHEAD:
            self._queue[-1].lasting = False
            raise _Refused(400)
        self._queue.append(exchange)
        self._transport.pause_reading()

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
        reading, self._reading = self._reading, None
        self._deaf, self._head = True, False
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
        self._reading = self._queue = None
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
        """It has caught up."""
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


def _in_ascii(data: bytes) -> bytes:
    """What begins with a request, with the bytes of its address escaped that are not ASCII: many clients leave that."""
    if data.isascii():
        return data
    line, end, rest = data.partition(b"\n")
    return _BEYOND_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + end + rest


def _origin_form(target: bytes, method: str) -> bytes:
    """The target of a request without the server's name, by which a proxy is asked, and without a fragment."""
    target = target.partition(b"#")[0]
    if method == "CONNECT":
        return b""
    if found := _SERVER.match(target):
        target = target[found.end() :]
        return target if target.startswith(b"/") else b"/" + target
    return target


def _refusal(status: int, fields: list[tuple[bytes, bytes]]) -> bytes:
    """An answer to who is not understood."""
    title, detail = _REFUSALS[status]
    body = orjson.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail})
    lines = [f"HTTP/1.1 {status} {title}".encode(), *(b"%b: %b" % field for field in fields)]
    lines += [b"connection: close", f"content-type: {MEDIA_TYPE}".encode(), b"content-length: %d" % len(body)]
    return b"\r\n".join([*lines, b"", body])
