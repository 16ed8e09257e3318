"""Work for requests that is done in threads beside the event loop, a few pieces at a time.

A search can cost as much as a second of a processor, an export of a thousand things or a picture of a whole collection
some tenths of one. Each sort of work has a lane of its own with few places, so that none holds the threads of another.
Before them stands the queue that queries have, too (`kg.store.fairness.fair_queue`): it is bounded, whoever has taken
the least lately comes first, and one client has all places but one at most.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.requests import Request

from kg.errors import Message, QueryBusy, QueryTooMany
from kg.store.fairness.fair_queue import client_of
from kg.store.fairness.slots import Reservation, Slots

_TODO = Message("Try again in a moment.")
_T = TypeVar("_T")


class ThreadQueue:
    """Fair queue before a few threads."""

    def __init__(self, places: int, queue: int) -> None:
        """Nothing is under way yet.

        Args:
            places: how much is done at a time.
            queue: how much may wait; half of it for one client.
        """
        self._slots = Slots(places, queue)
        self._executor = ThreadPoolExecutor(places)
        self._doing: set[asyncio.Future[Any]] = set()

    async def run(self, request: Request | str, work: Callable[[], _T]) -> _T:
        """Do something in a thread, when it is its turn. Raises QueryBusy where too much is asked for at once.

        Args:
            request: whose turn it is: of which request, or the client's address; empty for work of our own, which
                waits behind nobody's rules.
            work: what is done. Where the client leaves before, it is not; where it leaves meanwhile, to the end.
        """
        slot = await self._slot(_client(request))
        try:
            doing = asyncio.get_running_loop().run_in_executor(self._executor, work)
        except BaseException:
            self._slots.give_back(slot)
            raise
        self._doing.add(doing)

        def done(_: object) -> None:
            self._doing.discard(doing)
            self._slots.give_back(slot)

        # A client that leaves does not end the thread, which keeps its place as long as it works.
        doing.add_done_callback(done)
        return await asyncio.shield(doing)

    async def close(self) -> None:
        """Wait for what is being done: it reads what is closed next."""
        while self._doing:
            await asyncio.wait(self._doing)
        self._executor.shutdown(wait=False)

    async def _slot(self, client: str) -> Reservation:
        try:
            return await self._slots.take(client)
        except QueryTooMany:
            raise QueryTooMany(Message("much of what you asked for is still being made"), todo=_TODO) from None
        except QueryBusy:
            raise QueryBusy(Message("others asked for much at once"), todo=_TODO) from None


def _client(request: Request | str) -> str:
    if isinstance(request, str):
        return client_of(request)
    return client_of(request.client.host) if request.client else ""
