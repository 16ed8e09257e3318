"""Query service on a remote store, for untrusted queries: the same port as `kg.store.pool.pool`.

The remote store's own limits are its administrator's. Here a query is checked before it is sent, and its dataset is the
live generation with the public named graphs, whatever the query names. Its deadline runs until the client has taken the
last byte. Its answer is translated as a stream (see `kg.store.remote.answer_translation`), no faster than the client
takes it. A failure halfway is an error, also where the remote store ends its answer in good order.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from typing import Unpack

import httpx2

from kg.errors import (
    KgError,
    Message,
    QueryBusy,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    RemoteError,
)
from kg.settings import Settings
from kg.store.fairness.fair_queue import client_of
from kg.store.fairness.slots import QueueObserver, Reservation, Slots
from kg.store.remote import query_form
from kg.store.remote.answer_translation import DOCUMENT_FORMATS, translator_for
from kg.store.remote.client import GRAPH_TYPE, TABLE_TYPE, credentials, network_errors, status_error
from kg.store.remote.graph import public_graphs
from kg.store.sparql import query_checks, results
from kg.store.sparql.errors.explanations import error_of_message
from kg.store.sparql.query_service import QueryOptions, deadline_seconds, format_names
from kg.store.sparql.results import Kind, ResultFormat

LIMITS = query_checks.QueryLimits(depth=100, operators=1_000)
"""Limits of a query's text: lower than for kg's own workers, whose stack size is known."""

_LONG_QUERY = 1_000
"""Characters of a query from which the checks would block the event loop; they run in a thread then."""

_MAX_MESSAGE_BYTES = 4096
_POSITION = re.compile(r",?\s*(?:at )?line:? (\d+),? col(?:umn|):? (\d+)\.?")


class RemoteAnswer:
    """Streaming answer of a remote store: an asynchronous iterator over its bytes, once.

    Attributes:
        kind: select, ask, or construct (DESCRIBE included).
        format: name of its result format.
        media_type: value of Content-Type.
        limited: True where a search in the query has more hits than its limit.
        done: True after the last byte.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # one caller
        self,
        kind: Kind,
        result_format: ResultFormat,
        host: str,
        seconds: float,
        result_limits: tuple[int, int],
        free: Callable[[], None],
    ) -> None:
        self.kind = kind
        self.format = result_format.name
        self.media_type = result_format.media_type
        self._translator = translator_for(kind, result_format)
        self._host = host
        self._seconds = seconds
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._max_rows, self._bytes_left = result_limits
        self._is_document = kind == "construct" and result_format.name in DOCUMENT_FORMATS
        self._free = free
        self._response: httpx2.Response | None = None
        self._chunks: AsyncIterator[bytes] | None = None
        self.limited = False
        self.done = False
        self._reading = self._expired = False
        self._timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    async def begin(self, client: httpx2.AsyncClient, request: httpx2.Request) -> None:
        """Send the request and wait for the head of the response. Raises the error of a failed query."""
        async with self._in_time():
            self._response = await client.send(request, stream=True)
            if not self._response.is_success:
                raise await _response_error(self._response, self._host)
        self._check_format()
        self._chunks = aiter(self._response.aiter_bytes())
        self._timer = asyncio.get_running_loop().call_at(self._deadline, self._expire)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while not self.done:
            if out := await self._read():
                yield out

    async def close(self) -> None:
        """Close the connection, which aborts the query at the remote store."""
        if self._timer:
            self._timer.cancel()
        if self._closing:
            await self._closing
        elif self._response:
            await self._response.aclose()

    async def _read(self) -> bytes:
        """Read one chunk of the response; returns its translation."""
        if self._expired or self._chunks is None:
            raise self._timeout()
        async with self._in_time():
            chunk = await anext(self._chunks, None)
        try:
            if chunk is not None:
                out = self._translator.feed(chunk)
            elif self._is_document:  # megabytes, which would block the event loop
                out = await asyncio.to_thread(self._translator.end)
            else:
                out = self._translator.end()
        except (ValueError, SyntaxError) as fault:
            raise RemoteError(f"the remote store's answer can't be read: {fault}"[:500], where=self._host) from None
        if self._translator.rows > self._max_rows:
            raise results.too_many_rows(self._max_rows)
        self._bytes_left -= len(out)
        if self._bytes_left < 0:
            raise QueryTooLarge(
                Message("the answer is too long to be sent"), todo=Message("Reduce the result with LIMIT.")
            )
        self.done = chunk is None
        return out

    @contextlib.asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        self._reading = True
        try:
            with network_errors(self._host):
                async with asyncio.timeout_at(self._deadline):
                    yield
        except TimeoutError:
            raise self._timeout() from None
        finally:
            self._reading = False

    def _expire(self) -> None:
        """Deadline for a client that takes nothing: free the slot, close the connection. A read has its own timeout."""
        self._expired = True
        self._free()
        if self._response and not self._reading:
            self._closing = asyncio.create_task(self._response.aclose())

    def _timeout(self) -> QueryTimeout:
        return QueryTimeout(
            Message("the query took longer than %(seconds)s s", seconds=f"{self._seconds:g}"),
            todo=Message("Request less at a time."),
        )

    def _check_format(self) -> None:
        """Raise RemoteError for an answer in another format than the requested one."""
        content_type = self._response.headers.get("content-type", "") if self._response else ""
        if not any(
            word in content_type for word in (("n-triples", "text/plain") if self.kind == "construct" else ("json",))
        ):
            raise RemoteError(
                f"the remote store answers in {content_type[:80] or 'no format'}, which was not asked for"
            )


class RemoteQueries:
    """Query service on one generation's graph at a remote store, with bounded concurrency."""

    def __init__(
        self,
        settings: Settings,
        graph: str,
        *,
        limits: query_checks.QueryLimits | None = None,
        observer: QueueObserver | None = None,
    ) -> None:
        """Set the limits; `start` opens the client.

        Args:
            settings: address of the remote store, and the limits: concurrent and queued queries, deadline, length of
                an answer.
            graph: name of the generation's graph there.
            limits: limits of a query's text; None for LIMITS with the length of the settings.
            observer: receives the number of queued queries.
        """
        self._settings = settings
        self._graph = graph
        self._public_graphs = public_graphs(settings.base)
        self._result_limits = settings.query_rows, settings.query_bytes
        self._limits = limits or replace(LIMITS, size=settings.query_length)
        self._slots = Slots(settings.query_workers, settings.query_queue, observer)
        self._client: httpx2.AsyncClient | None = None
        self._accepting = True
        self._running = 0
        self._all_ended = asyncio.Event()
        self._host = httpx2.URL(settings.store).netloc.decode("ascii")

    async def start(self) -> None:
        """Open the HTTP client; no request is sent."""
        # Each answer has a deadline of its own.
        self._client = httpx2.AsyncClient(timeout=None, trust_env=False, **credentials(self._settings))

    async def close(self) -> None:
        """Close all connections; running queries fail."""
        self._accepting = False
        client, self._client = self._client, None
        if client:
            await client.aclose()

    async def drain(self) -> None:
        """Take no further query, and close behind the last running one."""
        self._accepting = False
        if self._running:
            await self._all_ended.wait()
        await self.close()

    def check(self) -> None:
        """No-op: a remote store that does not answer makes no answer of this site's own files wrong."""

    @contextlib.asynccontextmanager
    async def query(self, text: str, **options: Unpack[QueryOptions]) -> AsyncIterator[RemoteAnswer]:
        """Run a query; see `kg.store.sparql.query_service`. Leaving the context early costs nothing here."""
        limits = self._limits.with_added_bytes(options.get("spare", 0))
        query_checks.check_size(text, limits)

        default, named = tuple(options.get("default_graphs", ())), tuple(options.get("named_graphs", ()))
        seconds = deadline_seconds(options, self._settings.query_seconds)
        with contextlib.ExitStack() as occupied:
            self._running += 1
            occupied.callback(self._note_end)
            connections, slot = await self._take_slot(client_of(options.get("client", "")))
            occupied.callback(self._slots.give_back, slot)
            # A text is read when it is its client's turn: it may take some milliseconds for each of many.
            parsing = partial(query_form.parse_form, text, limits)
            form = await asyncio.to_thread(parsing) if len(text) > _LONG_QUERY else parsing()
            result_format = results.choose_format(form.kind, format_names(options))
            if default or named:
                form = query_form.QueryForm(form.kind, has_dataset=True, default_graphs=default, named_graphs=named)
            # A client that does not read must not hold its slot beyond the deadline.
            answer = RemoteAnswer(form.kind, result_format, self._host, seconds, self._result_limits, occupied.close)
            body = {
                "query": f"BASE <{self._settings.base}>\n{text}",
                **self._dataset(form, union=options.get("union", False)),
            }
            accept = GRAPH_TYPE if form.kind == "construct" else TABLE_TYPE
            sending = partial(
                connections.build_request, "POST", self._settings.store, data=body, headers={"Accept": accept}
            )
            request = await asyncio.to_thread(sending) if len(text) > _LONG_QUERY else sending()
            try:
                await answer.begin(connections, request)
                yield answer
            finally:
                await answer.close()

    def _note_end(self) -> None:
        self._running -= 1
        if not self._running and not self._accepting:
            self._all_ended.set()

    def _dataset(self, form: query_form.QueryForm, *, union: bool) -> dict[str, list[str]]:
        """Dataset of the request: the public ones among the requested graphs; any other counts as empty."""
        if form.has_dataset:
            default = [name for name in form.default_graphs if name in self._public_graphs]
            named = [name for name in form.named_graphs if name in self._public_graphs]
        else:
            default = [self._graph, *(self._public_graphs if union else ())]
            named = list(self._public_graphs)
        return {"default-graph-uri": default or [f"{self._settings.base}graphs/none"], "named-graph-uri": named}

    async def _take_slot(self, client: str) -> tuple[httpx2.AsyncClient, Reservation]:
        """Wait for a slot; returns the HTTP client and the slot, which has to be given back."""
        if self._client is None or not self._accepting:
            raise QueryBusy(Message("the service is shutting down"), todo=Message("Try again in a moment."))
        try:
            async with asyncio.timeout(self._settings.query_seconds):
                return self._client, await self._slots.take(client)
        except TimeoutError:
            raise QueryBusy(
                Message("the request waited too long for its turn"), todo=Message("Try again in a moment.")
            ) from None


async def _response_error(response: httpx2.Response, host: str) -> KgError:
    """Error for an unsuccessful response of the remote store."""
    body = b""
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > _MAX_MESSAGE_BYTES:
            break
    plain = response.headers.get("content-type", "").startswith("text/plain")
    message = body[:_MAX_MESSAGE_BYTES].decode("utf-8", "replace") if plain else ""
    match response.status_code:
        case 400:
            return _syntax_error(message)
        case 413:
            return QueryTooLarge(
                Message("the query is too demanding for the database"), todo=Message("Request less at a time.")
            )
        case 429 | 503:
            return QueryBusy(Message("the database is overloaded"), todo=Message("Try again in a moment."))
        case status:
            return status_error(status, host, message) or RemoteError("the remote store refuses", where=host)


def _syntax_error(message: str) -> QuerySyntaxError:
    """Syntax error from the remote store's message, its position one line up for the BASE before the query."""
    if message.startswith("error at "):
        fault = error_of_message(message)
        what, line, column = fault.what, fault.line, fault.column
    else:
        position = _POSITION.search(message)
        line, column = (int(position[1]), int(position[2])) if position else (None, None)
        first = next(iter(_POSITION.sub("", message).strip().splitlines()), "")
        # Some stores answer 400 to all that goes wrong; what has no place in the query may tell of the store itself.
        what = first.removeprefix("Parse error: ")[:300] if position else ""
        what = what or "the store can't read the query"
    if line is None or line < 2:
        return QuerySyntaxError(what)
    return QuerySyntaxError(what, line=line - 1, column=column)
