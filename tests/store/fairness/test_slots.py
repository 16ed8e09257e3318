"""Slots: a bounded number of jobs at once, and the queue before them."""

import asyncio

import pytest

from kg.errors import QueryTooMany
from kg.store.fairness.slots import Slots


class Lengths(list):
    """Observer of a queue."""

    def queue_length(self, waiting):
        self.append(waiting)


def test_a_slot_is_taken_and_given_back():
    """One client has all slots but one at most; a slot that is given back is the next job's, and told once."""

    async def go():
        lengths = Lengths()
        slots = Slots(2, 2, lengths)
        first = await slots.take("a")
        waiting = asyncio.create_task(slots.take("a"))
        await asyncio.sleep(0)
        with pytest.raises(QueryTooMany):
            await slots.take("a")
        await slots.take("b")
        assert not waiting.done()
        slots.give_back(first)
        slots.give_back(first)
        await waiting
        assert lengths[0] == 0
        assert max(lengths) == 1
        assert lengths[-1] == 0

    asyncio.run(go())


def test_a_job_that_is_cancelled_leaves_the_queue():
    """What is cancelled while it waits has no slot and no place in the queue."""

    async def go():
        slots = Slots(1, 4)
        first = await slots.take("")
        waiting = asyncio.create_task(slots.take(""))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        slots.give_back(first)
        await slots.take("")

    asyncio.run(go())
