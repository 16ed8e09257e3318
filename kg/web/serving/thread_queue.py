"""Work for requests that is done in threads beside the event loop, a few pieces at a time.

A search can cost as much as a second of a processor, an export of a thousand things or a picture of a whole collection
some tenths of one. Each sort of work has a lane of its own with few places, so that none holds the threads of another.
Before them stands the queue that queries have, too (`kg.store.fairness.fair_queue`): it is bounded, whoever has taken
the least lately comes first, and one client has all places but one at most.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.requests import Request

from kg.errors import Message, QueryBusy, QueryTooMany
from kg.store.fairness.fair_queue import HEAVY_USE, client_of
from kg.store.fairness.slots import Reservation, Slots

_HEAVY_QUEUE, _HEAVY_CLIENT_QUEUE = 2_000, 64
"""Pieces of heavy clients' work that may wait for their turn, in all and of one client."""

MAX_REST = 1.0
"""Seconds for which heavy clients' work rests at most."""

_TODO = Message("Try again in a moment.")
_T = TypeVar("_T")


class ThreadQueue:
    """Fair queue before a few threads."""

    def __init__(self, places: int, queue: int, heavy: "HeavyClients | None" = None) -> None:
        """Nothing is under way yet.

        Args:
            places: how much is done at a time.
            queue: how much may wait; half of it for one client.
            heavy: the place that heavy clients have to take before, in this and in other queues.
        """
        self._slots = Slots(places, queue)
        self._heavy = heavy
        self._executor = ThreadPoolExecutor(places)
        self._doing: set[asyncio.Future[Any]] = set()

    async def run(self, request: Request | str, work: Callable[[], _T]) -> _T:
        """Do something in a thread, when it is its turn. Raises QueryBusy where too much is asked for at once.

        Args:
            request: whose turn it is: of which request, or the client's address; empty for work of our own, which
                waits behind nobody's rules.
            work: what is done. Where the client leaves before, it is not; where it leaves meanwhile, to the end.
        """
        loop = asyncio.get_running_loop()
        give_back = await self._take(_client(request))
        try:
            doing = loop.run_in_executor(self._executor, work)
        except BaseException:
            give_back()
            raise
        self._doing.add(doing)

        def done(_: object) -> None:
            self._doing.discard(doing)
            give_back()

        # A client that leaves does not end the thread, which keeps its place as long as it works.
        doing.add_done_callback(done)
        return await asyncio.shield(doing)

    async def close(self) -> None:
        """Wait for what is being done: it reads what is closed next."""
        while self._doing:
            await asyncio.wait(self._doing)
        self._executor.shutdown(wait=False)

    async def _take(self, client: str) -> Callable[[], None]:
        """Take a place, and of a heavy client its turn before; return what gives both back."""
        turn = await self._turn(client)
        try:
            slot = await _place(self._slots, client)
        except BaseException:
            turn.give_back()
            raise

        def give_back() -> None:
            self._slots.give_back(slot)
            turn.rest()

        return give_back

    async def _turn(self, client: str) -> "_Turn":
        if self._heavy is None or self._slots.use(client) < HEAVY_USE:
            return _Turn(None)
        return await self._heavy.take(client)


class HeavyClients:
    """Turns of heavy clients: of their work in all queues one piece at a time, and as much time none as it took.

    Threads that compute hold the interpreter, and the event loop waits at each of its steps. One of them for half of
    the time costs others little; one client's five, all of the time, cost twenty times what a page takes (D-174).
    """

    def __init__(self) -> None:
        """No heavy client's work is under way."""
        self._slots = Slots(1, _HEAVY_QUEUE, client_queue=_HEAVY_CLIENT_QUEUE)

    async def take(self, client: str) -> "_Turn":
        """Wait for a turn. Raises QueryBusy or QueryTooMany where too many wait."""
        return _Turn(self._slots, await _place(self._slots, client))


@dataclass(slots=True)
class _Turn:
    """Turn of a heavy client; of another client, which needs none, without slots."""

    slots: Slots | None
    reservation: Reservation = field(default_factory=lambda: Reservation(""))
    began: float = field(default_factory=lambda: time.monotonic())  # noqa: PLW0108  # the clock of a test, too

    def give_back(self) -> None:
        """End the turn at once."""
        if self.slots is not None:
            self.slots.give_back(self.reservation)

    def rest(self) -> None:
        """End the turn after a rest as long as it was."""
        if self.slots is not None:
            pause = min(time.monotonic() - self.began, MAX_REST)
            asyncio.get_running_loop().call_later(pause, self.give_back)


async def _place(slots: Slots, client: str) -> Reservation:
    """Wait for a place. Raises QueryBusy or QueryTooMany, in words for whoever asked for a page."""
    try:
        return await slots.take(client)
    except QueryTooMany:
        raise QueryTooMany(Message("much of what you requested is still being prepared"), todo=_TODO) from None
    except QueryBusy:
        raise QueryBusy(Message("the server is busy with the requests of others"), todo=_TODO) from None


def _client(request: Request | str) -> str:
    if isinstance(request, str):
        return client_of(request)
    return client_of(request.client.host) if request.client else ""
