"""The queries of strangers, answered by a remote store: the same port as `kg.store.pool.pool`.

The remote's own limits are its keeper's to set. Here a query is looked over before it is sent, sees the live
generation and our named graphs alone whatever it names, has a deadline until the last byte of its answer was taken, and
its answer is read and written anew (see `kg.store.remote.answer_translation`) as fast as it is taken. What goes wrong
in the middle is an error, also where the remote ends its answer in good order.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from typing import Unpack

import httpx2

from kg.errors import (
    KgError,
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
from kg.store.remote.answer_translation import WHOLE, rewriting
from kg.store.remote.client import GRAPH, TABLE, credentials, faults, refusal
from kg.store.remote.graph import public_graphs
from kg.store.sparql import query_checks, results
from kg.store.sparql.errors.explanations import of_words
from kg.store.sparql.query_service import Options, formats_of, seconds_of
from kg.store.sparql.results import Format, Kind

LIMITS = query_checks.Limits(depth=100, operators=1_000)
"""Less than for our own workers, whose stack we know."""

_LONG = 4_000
"""Characters of a query from which others would wait while it is looked over."""

_TOLD = 4096
_PLACE = re.compile(r",?\s*(?:at )?line:? (\d+),? col(?:umn|):? (\d+)\.?")


class RemoteAnswer:
    """An answer while it comes: iterate over it for its bytes, once.

    Attributes:
        kind: select, ask, or construct (which DESCRIBE is too).
        format: the name of its format.
        media_type: the same as a value of Content-Type.
        limited: whether a search in the query found more than its limit.
        done: whether all of it was taken.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # made in one place
        self, kind: Kind, row: Format, place: str, seconds: float, most: tuple[int, int], free: Callable[[], None]
    ) -> None:
        self.kind = kind
        self.format = row.name
        self.media_type = row.media_type
        self._writing = rewriting(kind, row)
        self._place = place
        self._seconds = seconds
        self._until = asyncio.get_running_loop().time() + seconds
        self._most_rows, self._left = most
        self._whole = kind == "construct" and row.name in WHOLE
        self._free = free
        self._response: httpx2.Response | None = None
        self._pieces: AsyncIterator[bytes] | None = None
        self.limited = False
        self.done = False
        self._reading = self._late = False
        self._alarm: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    async def begin(self, client: httpx2.AsyncClient, request: httpx2.Request) -> None:
        """Ask, and wait for the head of the answer. Raises what the query came to instead."""
        async with self._in_time():
            self._response = await client.send(request, stream=True)
            if not self._response.is_success:
                raise await _refused(self._response, self._place)
        self._expect()
        self._pieces = aiter(self._response.aiter_bytes())
        self._alarm = asyncio.get_running_loop().call_at(self._until, self._expire)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while not self.done:
            if out := await self._read():
                yield out

    async def close(self) -> None:
        """Let the connection go; the remote sees that nobody wants the rest."""
        if self._alarm:
            self._alarm.cancel()
        if self._closing:
            await self._closing
        elif self._response:
            await self._response.aclose()

    async def _read(self) -> bytes:
        """Read one piece of what the remote sends; what can be written of it."""
        if self._late or self._pieces is None:
            raise self._too_late()
        async with self._in_time():
            piece = await anext(self._pieces, None)
        try:
            if piece is not None:
                out = self._writing.feed(piece)
            elif self._whole:  # megabytes, which others would wait for
                out = await asyncio.to_thread(self._writing.end)
            else:
                out = self._writing.end()
        except (ValueError, SyntaxError) as fault:
            raise RemoteError(f"the remote store's answer can't be read: {fault}"[:500], where=self._place) from None
        if self._writing.rows > self._most_rows:
            raise results.too_many(self._most_rows)
        self._left -= len(out)
        if self._left < 0:
            raise QueryTooLarge("the answer is longer than may be sent", todo="Ask for less, with LIMIT.")
        self.done = piece is None
        return out

    @contextlib.asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        self._reading = True
        try:
            with faults(self._place):
                async with asyncio.timeout_at(self._until):
                    yield
        except TimeoutError:
            raise self._too_late() from None
        finally:
            self._reading = False

    def _expire(self) -> None:
        """Let the connection go when time is up and the client takes nothing; who reads has a limit of its own."""
        self._late = True
        self._free()
        if self._response and not self._reading:
            self._closing = asyncio.create_task(self._response.aclose())

    def _too_late(self) -> QueryTimeout:
        return QueryTimeout(f"the query took longer than {self._seconds:g} s", todo="Ask for less at a time.")

    def _expect(self) -> None:
        """Raise RemoteError where the answer is in another format than asked for."""
        got = self._response.headers.get("content-type", "") if self._response else ""
        if not any(word in got for word in (("n-triples", "text/plain") if self.kind == "construct" else ("json",))):
            raise RemoteError(f"the remote store answers in {got[:80] or 'no format'}, which was not asked for")


class RemoteQueries:
    """Asks one generation's graph at a remote store, a bounded number of queries at a time."""

    def __init__(
        self,
        settings: Settings,
        graph: str,
        *,
        limits: query_checks.Limits = LIMITS,
        observer: QueueObserver | None = None,
    ) -> None:
        """Set the limits; `start` opens the client.

        Args:
            settings: where the remote store is, how many queries may be under way for how long, how many may wait, and
                how long an answer may be.
            graph: the name of the generation's graph there.
            limits: what a query's text may be.
            observer: receives the number of queries that wait for their turn.
        """
        self._settings = settings
        self._graph = graph
        self._public = public_graphs(settings.base)
        self._most = settings.query_rows, settings.query_bytes
        self._limits = limits
        self._slots = Slots(settings.query_workers, settings.query_queue, observer)
        self._client: httpx2.AsyncClient | None = None
        self._place = httpx2.URL(settings.store).netloc.decode("ascii")

    async def start(self) -> None:
        """Open the client; the remote is not asked before somebody asks us."""
        # Each answer has a deadline of its own.
        self._client = httpx2.AsyncClient(timeout=None, trust_env=False, **credentials(self._settings))

    async def close(self) -> None:
        """Let all connections go; queries that are under way break off."""
        client, self._client = self._client, None
        if client:
            await client.aclose()

    @contextlib.asynccontextmanager
    async def query(self, text: str, **options: Unpack[Options]) -> AsyncIterator[RemoteAnswer]:
        """Ask; see `kg.store.sparql.query_service`. To leave early costs nothing here."""
        limits = self._limits.with_spare(options.get("spare", 0))
        query_checks.check_size(text, limits)
        long = len(text) > _LONG
        said = await asyncio.to_thread(query_form.read, text, limits) if long else query_form.read(text, limits)
        row = results.choose(said.kind, formats_of(options))
        default, named = tuple(options.get("default_graphs", ())), tuple(options.get("named_graphs", ()))
        if default or named:
            said = query_form.Asked(said.kind, graphs=True, default=default, named=named)
        seconds = seconds_of(options, self._settings.query_seconds)
        with contextlib.ExitStack() as turn:
            connections, slot = await self._turn(client_of(options.get("client", "")))
            turn.callback(self._slots.give_back, slot)
            # Whoever takes nothing of his answer must not keep others from theirs.
            answer = RemoteAnswer(said.kind, row, self._place, seconds, self._most, turn.close)
            form = {
                "query": f"BASE <{self._settings.base}>\n{text}",
                **self._graphs(said, union=options.get("union", False)),
            }
            accept = GRAPH if said.kind == "construct" else TABLE
            request = connections.build_request("POST", self._settings.store, data=form, headers={"Accept": accept})
            try:
                await answer.begin(connections, request)
                yield answer
            finally:
                await answer.close()

    def _graphs(self, said: query_form.Asked, *, union: bool) -> dict[str, list[str]]:
        """The graphs of the request: those asked for that are ours, and others as if they were empty."""
        if said.graphs:
            default = [name for name in said.default if name in self._public]
            named = [name for name in said.named if name in self._public]
        else:
            default = [self._graph, *(self._public if union else ())]
            named = list(self._public)
        return {"default-graph-uri": default or [f"{self._settings.base}graphs/none"], "named-graph-uri": named}

    async def _turn(self, client: str) -> tuple[httpx2.AsyncClient, Reservation]:
        """Wait for a turn; what asks the remote, and the slot, which has to be given back."""
        if self._client is None:
            raise QueryBusy("the service is closing", todo="Try again in a moment.")
        try:
            async with asyncio.timeout(self._settings.query_seconds):
                return self._client, await self._slots.take(client)
        except TimeoutError:
            raise QueryBusy("no turn came in time", todo="Try again in a moment.") from None


async def _refused(response: httpx2.Response, place: str) -> KgError:
    """The error that the remote answers with."""
    said = b""
    async for piece in response.aiter_bytes():
        said += piece
        if len(said) > _TOLD:
            break
    plain = response.headers.get("content-type", "").startswith("text/plain")
    words = said[:_TOLD].decode("utf-8", "replace") if plain else ""
    match response.status_code:
        case 400:
            return _syntax(words)
        case 413:
            return QueryTooLarge("the query is too much for the store", todo="Ask for less at a time.")
        case 429 | 503:
            return QueryBusy("the store has too much to do", todo="Try again in a moment.")
        case status:
            return refusal(status, place, words) or RemoteError("the remote store refuses", where=place)


def _syntax(said: str) -> QuerySyntaxError:
    """The remote's words on a query that it can't read, with the place, one line up for the BASE before it."""
    if said.startswith("error at "):
        fault = of_words(said)
        what, line, column = fault.what, fault.line, fault.column
    else:
        place = _PLACE.search(said)
        line, column = (int(place[1]), int(place[2])) if place else (None, None)
        first = next(iter(_PLACE.sub("", said).strip().splitlines()), "")
        what = first.removeprefix("Parse error: ")[:300] or "the store can't read the query"
    if line is None or line < 2:
        return QuerySyntaxError(what)
    return QuerySyntaxError(what, line=line - 1, column=column)
