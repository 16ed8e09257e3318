"""Slots: a semaphore with a fair queue (`kg.store.fairness.fair_queue`) before it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from kg.store.fairness.fair_queue import FairQueue, QueuedJob


class QueueObserver(Protocol):
    """Receiver of a queue's length."""

    def queue_length(self, waiting: int) -> None:
        """Note the number of waiting jobs; called whenever it may have changed."""


@dataclass(eq=False, slots=True)
class Reservation(QueuedJob):
    """A job's slot, or its position in the queue; `free` is set when the job may begin."""

    free: asyncio.Event = field(default_factory=asyncio.Event)


class Slots:
    """Semaphore with fair admission; one client has at most all slots but one."""

    def __init__(  # noqa: PLR0913  # rules of the queue before it
        self,
        number: int,
        queue: int,
        observer: QueueObserver | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        by_use: bool = False,
        client_queue: int | None = None,
    ) -> None:
        """A semaphore with all slots free.

        Args:
            number: number of slots.
            queue: maximum number of waiting jobs.
            observer: receives the queue's length.
            clock: function that returns the time in seconds.
            by_use: whether clients are ordered by their use alone, since all jobs are short.
            client_queue: maximum number of waiting jobs of one client; None for half of all.
        """
        self._number = number
        self._observer = observer
        self._clock = clock
        self._queue: FairQueue[Reservation] = FairQueue(queue, max(1, number - 1), by_use, client_queue)

    async def take(self, client: str) -> Reservation:
        """Wait for a slot, which the caller gives back; cancellation leaves the queue.

        Args:
            client: the client (see `kg.store.fairness.fair_queue.client_of`); "" for an unknown client, to whom no
                rule applies.

        Raises:
            QueryBusy: the queue is full.
            QueryTooMany: the client has its share of the queue.
        """
        reservation = Reservation(client)
        self._queue.join(reservation, self._clock())
        self._dispatch()
        try:
            await reservation.free.wait()
        except BaseException:
            self.give_back(reservation)
            raise
        return reservation

    def use(self, client: str) -> float:
        """Recent use of a client in seconds of service."""
        return self._queue.use(client, self._clock())

    def give_back(self, reservation: Reservation) -> None:
        """Free a slot; a second call has no effect."""
        self._queue.leave(reservation, self._clock())
        self._dispatch()

    def _dispatch(self) -> None:
        while self._queue.running < self._number:
            reservation = self._queue.next(self._clock(), last=False)
            if reservation is None:
                break
            reservation.free.set()
        if self._observer is not None:
            self._observer.queue_length(self._queue.size)
