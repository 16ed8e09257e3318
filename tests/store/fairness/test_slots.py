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
    """One client has at most all slots but one; a slot that is given back goes to the next job, once."""

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


def test_slot_of_a_client_that_left_goes_to_the_next():
    """A client that leaves while it waits takes no slot: the next free one goes to the client behind it."""

    async def go():
        slots = Slots(1, 5)
        slot = await slots.take("")
        leaving, staying = (asyncio.create_task(slots.take("")) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        slots.give_back(slot)
        for _ in range(5):  # iterations of the loop, not time
            await asyncio.sleep(0)
        assert staying.done()

    asyncio.run(go())


def test_slot_is_given_back_once():
    """A slot that is given back twice lets in one client, not two."""

    async def go():
        slots = Slots(1, 5)
        slot = await slots.take("")
        waiting = [asyncio.create_task(slots.take("")) for _ in range(2)]
        await asyncio.sleep(0)
        slots.give_back(slot)
        slots.give_back(slot)
        for _ in range(5):
            await asyncio.sleep(0)
        assert [each.done() for each in waiting] == [True, False]
        waiting[1].cancel()

    asyncio.run(go())
