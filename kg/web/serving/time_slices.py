"""Time slices of the event loop: the steps of handlers, one in each round of the loop, fair by client.

A handler's step goes from one wait to the next. Steps that are ready would run in the order in which they became so: 64
connections of one client would be 64 steps ahead of another's. So a step waits for a slice, in the fair queue that
queries have, too (`kg.store.fairness.fair_queue`). Requests are read between two slices, so that a light client's first
step comes after the one that runs, however many of another client wait (D-112).
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

from kg.errors import Message, QueryBusy, QueryError, QueryTooMany
from kg.store.fairness.slots import Reservation, Slots

MAX_WAITING_STEPS, MAX_CLIENT_STEPS = 2_000, 128
"""Steps that may wait, in all and of one client: a reading room, not a program with hundreds of connections."""

REFUSAL_SECONDS = 1.0
"""Seconds after which a refused request is answered: asked again at once, it would cost more than its steps."""

_TODO = Message("Try again in a moment, with fewer requests at a time.")
_T = TypeVar("_T")


Steps = Generator[None, None, _T]
"""Work in steps of a millisecond or less, with an outcome at its end."""

HEAVY_USE = 0.25
"""Recent seconds of use from which on a client's pages are made step by step: others' requests are read in between."""


def at_once(steps: Steps[_T]) -> _T:
    """Do all steps of some work."""
    while True:
        try:
            next(steps)
        except StopIteration as over:
            outcome: _T = over.value
            return outcome


class TimeSlices:
    """Time slices of one event loop."""

    def __init__(
        self,
        queue: int = MAX_WAITING_STEPS,
        client_queue: int = MAX_CLIENT_STEPS,
        refusal_seconds: float = REFUSAL_SECONDS,
    ) -> None:
        """No step waits yet.

        Args:
            queue: maximum number of waiting steps.
            client_queue: maximum number of those of one client.
            refusal_seconds: seconds after which a refused request is told so.
        """
        self._slots = Slots(1, queue, by_use=True, client_queue=client_queue)
        self._refusal_seconds = refusal_seconds

    async def run(self, client: str, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Run a coroutine, each step of it in a slice. Raises QueryBusy where too many wait for their first one.

        Args:
            client: the client (see `kg.store.fairness.fair_queue.client_of`).
            work: makes the coroutine.
        """
        first = await self._take(client)
        return await _SlicedCoroutine(work(), self, client, first)

    async def step_by_step(self, client: str, steps: Steps[_T]) -> _T:
        """Do some work within `run`: of a client with much use each step in a slice of its own, else all in one."""
        while self._slots.use(client) >= HEAVY_USE:
            try:
                next(steps)
            except StopIteration as over:
                outcome: _T = over.value
                return outcome
            await asyncio.sleep(0)
        return at_once(steps)

    async def later(self, client: str) -> Reservation | None:
        """A slice for work that has begun; None where too many wait, since its end costs less than its loss."""
        try:
            return await self._slots.take(client)
        except QueryError:
            return None

    def end(self, taken: Reservation) -> None:
        """End a slice: the next one comes when the loop has read what has arrived."""
        asyncio.get_running_loop().call_soon(self._slots.give_back, taken)

    async def _take(self, client: str) -> Reservation:
        try:
            return await self._slots.take(client)
        except QueryTooMany:
            by_client = True
        except QueryBusy:
            by_client = False
        await asyncio.sleep(self._refusal_seconds)
        if by_client:
            raise QueryTooMany(Message("too many of your requests are waiting"), todo=_TODO)
        raise QueryBusy(Message("too many requests are waiting"), todo=_TODO)


class _SlicedCoroutine(Awaitable[_T], Generic[_T]):
    """Awaitable: a coroutine, between whose steps the event loop is others'."""

    def __init__(self, work: Coroutine[Any, Any, _T], slices: TimeSlices, client: str, first: Reservation) -> None:
        self._work = work
        self._slices = slices
        self._client = client
        self._taken: Reservation | None = first

    def __await__(self) -> Generator[Any, Any, _T]:
        fault: BaseException | None = None
        while True:
            try:
                awaited = self._work.send(None) if fault is None else self._work.throw(fault)
            except StopIteration as over:
                result: _T = over.value
                return result
            finally:
                if self._taken is not None:
                    self._slices.end(self._taken)
                    self._taken = None
            fault = None
            try:
                yield awaited
                self._taken = yield from self._slices.later(self._client).__await__()
            except GeneratorExit:
                self._work.close()
                raise
            except BaseException as thrown:  # noqa: BLE001  # the coroutine is told, and ends as it would by itself
                fault = thrown
