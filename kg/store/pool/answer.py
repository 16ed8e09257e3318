"""One query of a pool and its answer: a worker fills it from one side, who asked takes it from the other."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import cast

from kg.errors import QueryError, QueryTooLarge
from kg.store.fairness.fair_queue import Turn
from kg.store.pool import frames
from kg.store.sparql.results import FORMATS, Kind

BUFFER = 128 << 10
"""Bytes read ahead of whoever takes the answer (three times that at most); beyond it the worker waits."""

LITTLE = 64 << 10
"""Bytes that may still have to be taken when the worker of an answer that has ended goes on to the next query."""


class WorkerAnswer(Turn):
    """An answer while it comes; see `kg.store.sparql.query_service.Answer` for what it has.

    Attributes:
        request: the query, as a worker is sent it.
        ended: whether all of it has come.
        held: bytes that have come and wait to be taken.
    """

    __slots__ = (
        *("_again", "_fault", "_free", "_hold", "_left", "_pieces", "_waiter"),
        *("done", "ended", "format", "held", "kind", "limited", "media_type", "request"),
    )

    def __init__(  # noqa: PLR0913, PLR0917  # made in one place
        self,
        request: bytes,
        client: str,
        seconds: float,
        most: int,
        free: Callable[["WorkerAnswer"], None],
        again: Callable[["WorkerAnswer"], None],
    ) -> None:
        """Nothing has come yet.

        Args:
            request: the query, as a worker is sent it.
            client: who asks.
            seconds: how long it may have a worker.
            most: bytes of the longest answer.
            free: is called once, when no worker is needed any more.
            again: is called when its worker could not begin with it, so that it needs another one.
        """
        super().__init__(client, seconds)
        self.request = request
        self.kind: Kind = "select"
        self.format = ""
        self.media_type = ""
        self.limited = False
        self.done = False
        self._pieces: deque[bytes] = deque()
        self.held = 0
        self._left = most
        self._free: Callable[[WorkerAnswer], None] | None = free
        self._again = again
        self._hold: Callable[[bool], None] | None = None
        self.ended = False
        self._fault: QueryError | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def begin(self) -> None:
        """Wait for the head. Raises the QueryError that the query came to instead."""
        while not self.format:
            await self._more()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        while not self._pieces:
            if self.ended and not self._fault:
                self.done = True
                raise StopAsyncIteration
            await self._more()
        piece = self._pieces.popleft()
        self.held -= len(piece)
        self._see()
        return piece

    def given(self, hold: Callable[[bool], None]) -> None:
        """It has a worker from now on; `hold` makes that one wait, or go on."""
        self._hold = hold

    def take(self, kind: bytes, payload: bytes) -> None:
        """A frame has come. Raises QueryTooLarge where it is one too many."""
        if kind == frames.HEAD:
            name, self.format = frames.read_head(payload)
            self.kind = cast("Kind", name)
            self.media_type = FORMATS[self.format].media_type
            return  # something always comes behind it
        self._left -= len(payload)
        if self._left < 0:
            raise QueryTooLarge("the answer is longer than may be sent", todo="Ask for less, with LIMIT.")
        self.held += len(payload)
        self._pieces.append(payload)
        if self.held > BUFFER and self._hold:
            self._hold(True)
        self._wake()

    def end(self) -> None:
        """That was all of it."""
        self.ended = True
        self._see()
        self._wake()

    def fail(self, fault: QueryError) -> None:
        """No more will come, if any was to; what is here can be taken."""
        if self._free:
            self._fault = fault
            self.let_go()
            self._wake()

    def again(self) -> None:
        """Its worker has not begun with it, and will not."""
        if self._free:
            self._again(self)

    def let_go(self) -> None:
        """Need a worker no longer."""
        if self._free:
            free, self._free = self._free, None
            free(self)

    def _see(self) -> None:
        """Something was taken, or it has ended: let the worker go on, or go."""
        if self.ended:
            if self.held <= LITTLE:
                self.let_go()
        elif self.held <= BUFFER // 2 and self._hold:
            self._hold(False)

    async def _more(self) -> None:
        """Wait until something has come. Raises the fault that will not let anything come."""
        if self._fault:
            raise self._fault
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Unwanted(WorkerAnswer):
    """What stands in a worker's line for a query that nobody waits for there any more, until the worker comes to it."""

    __slots__ = ()

    def take(self, kind: bytes, payload: bytes) -> None:
        """Drop what comes."""

    def again(self) -> None:
        """Need no other worker."""
        self.let_go()
