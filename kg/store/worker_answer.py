"""The answer of a worker, frame by frame, cut off where it gets too long."""

from collections.abc import AsyncIterator
from typing import cast

from kg.errors import QueryError, QueryTooLarge
from kg.store import frames
from kg.store.process import Worker
from kg.store.results import FORMATS, Kind


class WorkerAnswer:
    """An answer while it comes; see `kg.store.queries.Answer` for what it has."""

    def __init__(self, worker: Worker, most: int) -> None:
        self.kind: Kind = "select"
        self.format = ""
        self.media_type = ""
        self.limited = False
        self.done = False
        self._worker = worker
        self._left = most

    async def begin(self) -> None:
        """Wait for the head. Raises the QueryError that the query came to instead."""
        _, payload = await self._frame(frames.HEAD)
        kind, self.format = frames.read_head(payload)
        self.kind = cast("Kind", kind)
        self.media_type = FORMATS[self.format].media_type

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while not self.done:
            kind, payload = await self._frame(frames.DATA, frames.END)
            if kind == frames.END:
                self.done = True
                return
            self._left -= len(payload)
            if self._left < 0:
                fault = QueryTooLarge("the answer is longer than may be sent", todo="Ask for less, with LIMIT.")
                self._worker.kill(fault)
                raise fault
            yield payload

    async def _frame(self, *expected: bytes) -> tuple[bytes, bytes]:
        try:
            return await self._worker.frame(*expected)
        except QueryError:
            # A worker that lives reported the fault itself, and is as good as before.
            self.done = self._worker.alive
            raise
