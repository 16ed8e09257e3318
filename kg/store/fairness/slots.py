"""Slots: a semaphore with a fair queue before it (see `kg.store.fairness.fair_queue`)."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from kg.store.fairness.fair_queue import FairQueue, QueuedJob


class QueueObserver(Protocol):
    """Receiver of a queue's length."""

    def queue_length(self, waiting: int) -> None:
        """Note the number of jobs that wait; called whenever it may have changed."""


@dataclass(eq=False, slots=True)
class Reservation(QueuedJob):
    """A job's slot, or its place in the queue; `free` is set when the job may begin."""

    free: asyncio.Event = field(default_factory=asyncio.Event)


class Slots:
    """Slots for jobs; one client has all slots but one at most."""

    def __init__(
        self,
        number: int,
        queue: int,
        observer: QueueObserver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """All slots are free.

        Args:
            number: how many slots there are.
            queue: how many jobs may wait; half of it for one client.
            observer: receives the queue's length.
            clock: the time in seconds.
        """
        self._number = number
        self._observer = observer
        self._clock = clock
        self._queue: FairQueue[Reservation] = FairQueue(queue, max(1, number - 1))

    async def take(self, client: str) -> Reservation:
        """Wait for a slot, which has to be given back; to be cancelled meanwhile leaves the queue.

        Args:
            client: the client (see `kg.store.fairness.fair_queue.client_of`); "" where no rule holds.

        Raises:
            QueryBusy: the queue is full.
            QueryTooMany: half of it is this client's.
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

    def give_back(self, reservation: Reservation) -> None:
        """Free a slot for others; to do so twice does nothing."""
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
