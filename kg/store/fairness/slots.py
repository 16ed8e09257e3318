"""Places for a number of pieces of work, and the fair queue before them (see `kg.store.fairness.fair_queue`)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from kg.store.fairness.fair_queue import Turn, Turns


@dataclass(eq=False, slots=True)
class Place(Turn):
    """One piece of work; `free` is set when it may begin."""

    free: asyncio.Event = field(default_factory=asyncio.Event)


class Places:
    """Who works, and who waits; one client has all places but one at most."""

    def __init__(self, number: int, queue: int, told: Callable[[int], None] = lambda _: None) -> None:
        """All are free.

        Args:
            number: how many there are.
            queue: how many may wait; half of it for one client.
            told: is told how many wait, whenever that changes.
        """
        self._number = number
        self._turns: Turns[Place] = Turns(queue, max(1, number - 1), told=told)

    async def take(self, client: str) -> Place:
        """Wait for a place, which has to be given back; who leaves before has none.

        Args:
            client: who asks (see `kg.store.fairness.fair_queue.whose`); empty for whom no rules hold.

        Raises:
            QueryBusy: too many wait.
            QueryTooMany: too many of this client do.
        """
        place = Place(client)
        self._turns.join(place)
        self._dispatch()
        try:
            await place.free.wait()
        except BaseException:
            self.give_back(place)
            raise
        return place

    def give_back(self, place: Place) -> None:
        """Let others have it; to do so twice does nothing."""
        self._turns.leave(place)
        self._dispatch()

    def _dispatch(self) -> None:
        while self._turns.running < self._number:
            place = self._turns.next(last=False)
            if place is None:
                return
            place.free.set()
