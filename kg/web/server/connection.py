"""HTTP/1.1 connection: answers pipelined requests in order, and closes where a client is late or sends too much.

A head must be complete within seconds, however steadily its bytes come, and the number of pipelined requests is
limited. Whatever is sent has to be taken, steadily (`kg/web/server/send_watch.py`). After its last answer a connection
stays, and reads, until the client has taken all and closed (lingering close, RFC 9112, 9.6): a close with unread bytes
would take the answer back, and what the kernel still sends after a close nobody could watch.

An answer of HTTP/1.0 without a length ends with its connection. A client must not take a part of it for the whole, so
from its head until its last byte is with the kernel, whatever closes the connection resets it (D-101).

uvicorn's server makes the connections, with `config`, `server_state`, `app_state` and `_loop`, and calls `shutdown`.
Of its state the sets `connections` and `tasks` are kept up to date, since the server waits for both at its end, and
`default_headers` (the date) is read. uvicorn's own protocol has none of these limits, reads into a new buffer of
256 KiB each time, and sends head and body apart.
"""

import asyncio
import math
from collections import deque
from typing import Any, cast

from starlette.types import ASGIApp, Scope

from kg.web.server.connection_table import ConnectionTable
from kg.web.server.exchange import Exchange
from kg.web.server.head_checks import RefusedRequest
from kg.web.server.refusals import refusal
from kg.web.server.request_parser import RequestParser
from kg.web.server.send_watch import SendWatch

IDLE_SECONDS = 10.0
"""Maximum time for the head of a request; also the maximum time for which a connection may idle."""

HALF_CLOSED_SECONDS = 1.0
"""Time after which a client that sends no more, and has taken all that was sent, counts as gone (D-102)."""

MAX_PIPELINED = 32
"""Maximum number of requests sent ahead, which wait for the answer to the one before them."""

_MAX_DISCARDED = 1 << 20
"""Maximum number of bytes that are read from a refused client before its connection is aborted."""


class Connection(asyncio.BufferedProtocol):
    """Connection of a client.

    Attributes:
        last_progress: time at which a request began or ended, or some bytes of an answer were taken.
        write_paused: whether the write buffer is full, so that answers wait (back-pressure).
    """

    __slots__ = (
        *("_application", "_client", "_discarded", "_discarding", "_ending", "_exchange", "_input_ended", "_loop"),
        *("_parser", "_pipelined", "_refusal", "_server", "_state", "_table", "_transport", "_watch", "_writable"),
        *("last_progress", "write_paused"),
    )

    def __init__(self, application: ASGIApp, table: ConnectionTable, *, server_state: Any, **_: Any) -> None:
        """A connection without a transport yet.

        Args:
            application: the ASGI application.
            table: the connections of this process.
            server_state: the state of uvicorn's server.
        """
        self._application = application
        self._table = table
        self._state = server_state
        self._loop = asyncio.get_running_loop()
        self._parser: RequestParser | None = None  # made with the first bytes
        self._transport: asyncio.Transport = None  # type: ignore[assignment]  # until `connection_made`
        self._watch: SendWatch = None  # type: ignore[assignment]  # the same
        self._client: tuple[str, int] | None = None
        self._server: tuple[str, int] | None = None
        self.last_progress = self._loop.time()
        self.write_paused = False
        self._writable: asyncio.Event | None = None
        # The request in progress, and those pipelined behind it.
        self._exchange: Exchange | None = None
        self._pipelined: deque[Exchange] | None = None
        self._refusal: RefusedRequest | None = None
        self._discarding = self._input_ended = False
        self._ending = False  # whether an answer framed by the close is complete, and not all with the kernel
        self._discarded = 0

    # Life of the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection with the server and the table."""
        self._transport = cast("asyncio.Transport", transport)  # of TCP; uvloop's has other ancestors
        peer, own = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self._client = (str(peer[0]), int(peer[1])) if peer else None
        self._server = (str(own[0]), int(own[1])) if own else None
        self._watch = SendWatch(self._transport)
        self._state.connections.add(self)
        self._table.add(self, transport.get_extra_info("socket").fileno())
        if self._table.closing:
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # the cause does not matter
        """Unregister the connection, and end the requests of its client."""
        self._state.connections.discard(self)
        self._table.remove(self)
        self._disconnect()
        if self._parser is not None:
            self._parser.close()
        self._parser = None  # a cycle of connection and parser would stay until the next collection

    def eof_received(self) -> bool:
        """Answer the complete requests of a client that sends no more; return whether there are any.

        A client that has left looks the same; it counts as gone as soon as nothing is to be taken for a while.
        """
        unfinished = self._parser.unfinished if self._parser is not None else None
        if unfinished is not None and self._pipelined and self._pipelined[-1] is unfinished:
            self._pipelined.pop()
        self._input_ended = self._discarding = True
        if self._exchange is None or unfinished is self._exchange:
            self._disconnect()
            self._watch.look(self._loop.time())
            return self._ending or self._watch.stalled_since is not None
        if self._refusal is None:
            (self._pipelined[-1] if self._pipelined else self._exchange).keep_alive = False
        self.last_progress = self._loop.time()
        return True

    def _disconnect(self) -> None:
        self._discarding = True
        if self._exchange is not None:
            self._exchange.disconnect()
        self._exchange = self._pipelined = None
        if self._writable is not None:
            self._writable.set()

    @property
    def busy(self) -> bool:
        """Whether a request is in progress."""
        return self._exchange is not None

    def check(self, now: float) -> None:
        """End the connection of a client that idles, takes too little, or has left."""
        watch = self._watch
        if watch.look(now):
            self.last_progress = now
        if watch.is_late(now, self._table.send_seconds):
            watch.set_reset(on=True)  # else the kernel would keep what it holds
            self.abort()
        elif watch.stalled_since is not None:
            return
        elif now - self.last_progress > self._patience:
            self._disconnect()
            self.abort()

    @property
    def _patience(self) -> float:
        """Time for a client that has taken all that was sent."""
        if self._input_ended:
            return HALF_CLOSED_SECONDS
        return IDLE_SECONDS if self._exchange is None else math.inf

    def abort(self) -> None:
        """Close the connection at once."""
        self._watch.forget()
        self._transport.abort()

    def shutdown(self) -> None:
        """Close the connection after the answer in progress; called by uvicorn's server at its end."""
        self._pipelined = None
        if self._exchange is not None:
            self._exchange.keep_alive = False
        elif not self._ending:
            self._transport.close()

    # Input

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  # the buffer is large enough
        """The buffer for the next bytes."""
        return self._table.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Parse the bytes in the buffer, or discard them."""
        if self._discarding:
            self._discard(nbytes)
            return
        if self._parser is None:
            self._parser = RequestParser(self)
        try:
            self._parser.feed(self._table.buffer[:nbytes])
        except RefusedRequest as refused:
            self._refuse_last(refused)

    def pause_reading(self) -> None:
        """Stop reading until `resume_reading`."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on, unless pipelined requests wait or nothing more will come."""
        if not self._pipelined and not self._input_ended:
            self._transport.resume_reading()

    def begin_request(self, scope: Scope, *, keep_alive: bool) -> Exchange:
        """Start or enqueue a request. Raises RefusedRequest if too many wait."""
        scope["client"] = self._client
        scope["server"] = self._server
        exchange = Exchange(self, scope, keep_alive=keep_alive)
        if self._exchange is None:
            self._start(exchange)
        else:
            self._enqueue(exchange)
        return exchange

    # Requests in order

    def _start(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.last_progress = self._loop.time()
        self._watch.begin_answer()
        exchange.task = self._loop.create_task(exchange.run(self._application))
        self._state.tasks.add(exchange.task)

    def _enqueue(self, exchange: Exchange) -> None:
        """Let a pipelined request wait for those before it; read nothing more until then."""
        if self._pipelined is None:
            self._pipelined = deque()
        if len(self._pipelined) == MAX_PIPELINED:
            self._pipelined[-1].keep_alive = False
            raise RefusedRequest(400, f"At most {MAX_PIPELINED} requests may be sent ahead of their answers.")
        self._pipelined.append(exchange)
        self._transport.pause_reading()

    def exchange_ended(self, exchange: Exchange) -> None:
        """Forget the task of a request."""
        self._state.tasks.discard(exchange.task)

    def answer_complete(self, exchange: Exchange) -> None:
        """Go on to the next request, or close, after a complete answer."""
        if exchange is not self._exchange:
            return
        self._exchange = None
        self.last_progress = self._loop.time()
        if exchange.framed_by_close:
            self._end_by_close()
        elif not exchange.keep_alive:
            self._linger()
        elif self._pipelined:
            self._start(self._pipelined.popleft())
        elif self._refusal is not None:
            self._refuse(self._refusal)
        else:
            self.resume_reading()

    def _end_by_close(self) -> None:
        """Close properly as soon as all bytes are with the kernel; until then an end of this process is no end."""
        if self._transport.is_closing():
            return
        self._ending = True
        self._transport.set_write_buffer_limits(0)  # `resume_writing` comes when the buffer is empty
        if not self.write_paused:
            self._all_written()

    def _all_written(self) -> None:
        self._ending = False
        self._watch.set_reset(on=False)
        self._linger()

    def answer_aborted(self, exchange: Exchange) -> None:
        """Close after an incomplete answer; answer 500 if its head was not sent."""
        if exchange is not self._exchange:
            return
        self._exchange = None
        self.last_progress = self._loop.time()
        if not exchange.head_sent:
            self._refuse(RefusedRequest(500, exchange.failure))
        elif exchange.framed_by_close:
            self.abort()
        else:
            self._linger()

    def _refuse_last(self, refused: RefusedRequest) -> None:
        """Refuse the request read last, after the answers to those before it, and read no more."""
        unfinished = self._parser.unfinished if self._parser is not None else None
        self._discarding = True
        if self._exchange is None:
            self._refuse(refused)
        elif unfinished is None:
            self._refusal = refused
        elif unfinished is not self._exchange:
            self._refusal = refused
            if self._pipelined and self._pipelined[-1] is unfinished:
                self._pipelined.pop()
        else:
            unfinished.disconnect()
            self.answer_aborted(unfinished) if unfinished.head_sent else self._refuse(refused)

    def _refuse(self, refused: RefusedRequest) -> None:
        self._exchange = None
        self.write(refusal(refused.status, refused.detail, self.default_fields()))
        self._linger()

    def _linger(self) -> None:
        """Send nothing more, and discard all input until the client has read the answer and disconnects."""
        self._discarding = True
        self._pipelined = None
        self.last_progress = self._loop.time()
        if self._table.closing:
            self._transport.close()
        elif not self._transport.is_closing():
            self._transport.write_eof()
            self.resume_reading()

    def _discard(self, size: int) -> None:
        self._discarded += size
        if self._discarded > _MAX_DISCARDED:
            self.abort()

    # Output

    def default_fields(self) -> list[tuple[bytes, bytes]]:
        """Header fields of every answer: the date, which uvicorn renews once a second."""
        fields: list[tuple[bytes, bytes]] = self._state.default_headers
        return fields

    def write(self, data: bytes) -> None:
        """Send some bytes."""
        self._watch.sent += len(data)
        self._transport.write(data)

    def reset_at_close(self) -> None:
        """Let any end of the connection be a reset, until the answer in progress is with the kernel."""
        self._watch.set_reset(on=True)

    def pause_writing(self) -> None:
        """Let answers wait for a client that reads too slowly; called by the transport."""
        self.write_paused = True

    def resume_writing(self) -> None:
        """Let answers go on; called by the transport."""
        self.write_paused = False
        if self._writable is not None:
            self._writable.set()
        if self._ending:
            self._all_written()

    async def drain(self) -> None:
        """Wait until the write buffer has room, or the client has disconnected."""
        if self._writable is None:
            self._writable = asyncio.Event()
        while self.write_paused and self._exchange is not None:
            self._writable.clear()
            await self._writable.wait()
