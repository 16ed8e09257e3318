"""Answer stream: the bytes of one query's answer, filled by a worker's frames and read by the client."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Protocol, cast

from kg.errors import KgError, Message, QueryTooLarge
from kg.store.pool import frames
from kg.store.sparql.results import FORMATS, Kind

BUFFER = 128 << 10
"""Bytes read ahead of the client (three times that at most); beyond it the worker waits (back-pressure)."""

MAX_UNREAD = 64 << 10
"""Bytes that may be unread when the worker of a complete answer goes on to its next query."""


class FrameSource(Protocol):
    """Source of an answer's frames."""

    def pause(self) -> None:
        """Send no more for now."""

    def resume(self) -> None:
        """Send on."""


class AnswerOwner(Protocol):
    """Receiver of the word that a complete answer is read."""

    def read(self, query: int) -> None:
        """The answer of a query is complete, and no more of it is unread than may be."""


class AnswerStream:
    """An answer while it comes; see `kg.store.sparql.query_service.Answer` for its attributes.

    Attributes:
        query: the query's number in the pool.
        request: the query, as a worker is sent it.
        source: the worker that was sent the query last.
        held: bytes that have come and are unread.
    """

    __slots__ = (
        *("_chunks", "_complete", "_fault", "_left", "_owner", "_unread", "_waiter", "done", "format", "held"),
        *("kind", "limited", "media_type", "query", "request", "source"),
    )

    def __init__(self, query: int, request: bytes, limit: int, owner: AnswerOwner) -> None:
        """Nothing has come yet.

        Args:
            query: the query's number in the pool.
            request: the query, as a worker is sent it.
            limit: bytes of the longest answer.
            owner: is told when a complete answer was unread and is read.
        """
        self.query = query
        self.request = request
        self.source: FrameSource | None = None
        self.kind: Kind = "select"
        self.format = ""
        self.media_type = ""
        self.limited = False
        self.done = False
        self.held = 0
        self._chunks: deque[bytes] = deque()
        self._left = limit
        self._owner = owner
        self._complete = self._unread = False
        self._fault: KgError | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def begin(self) -> None:
        """Wait for the head. Raises what the query came to instead: QueryError; GenerationError for a damaged store."""
        while not self.format:
            await self._more()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        while not self._chunks:
            if self._complete and not self._fault:
                self.done = True
                raise StopAsyncIteration
            await self._more()
        chunk = self._chunks.popleft()
        self.held -= len(chunk)
        if not self._complete:
            if self.held <= BUFFER // 2 and self.source:
                self.source.resume()
        elif self._unread and self.held <= MAX_UNREAD:
            self._unread = False
            self._owner.read(self.query)
        return chunk

    def take(self, kind: bytes, payload: bytes) -> None:
        """Take a frame of the answer. Raises QueryTooLarge where the answer is too long by now."""
        if kind == frames.HEAD:
            name, self.format = frames.read_head(payload)
            self.kind = cast("Kind", name)
            self.media_type = FORMATS[self.format].media_type
            return  # something always comes behind it
        self._left -= len(payload)
        if self._left < 0:
            raise QueryTooLarge(
                Message("the answer is too long to be sent"), todo=Message("Reduce the result with LIMIT.")
            )
        self.held += len(payload)
        self._chunks.append(payload)
        if self.held > BUFFER and self.source:
            self.source.pause()
        self._wake()

    def complete(self) -> bool:
        """Take the end of the answer; whether more is unread than may be without the worker."""
        self._complete = True
        self._unread = self.held > MAX_UNREAD
        self._wake()
        return self._unread

    def fail(self, fault: KgError) -> None:
        """Let no more come; what is here can be read."""
        self._fault = fault
        self._wake()

    async def _more(self) -> None:
        """Wait until something has come. Raises the fault that lets nothing come."""
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
