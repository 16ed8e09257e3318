"""Slots, and the fair queue before them."""

import asyncio

from kg.store.fairness.slots import Places


def test_slot_of_a_client_that_left_goes_to_the_next():
    """A client that leaves while it waits takes no slot: the one that is given back goes to the next in line."""

    async def go():
        slots = Places(1, 5)
        held = await slots.take("")
        leaving, staying = (asyncio.create_task(slots.take("")) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        slots.give_back(held)
        for _ in range(5):  # turns of the loop, not time
            await asyncio.sleep(0)
        assert staying.done()

    asyncio.run(go())


def test_slot_is_given_back_once():
    """To give a slot back twice lets in one client, not two."""

    async def go():
        slots = Places(1, 5)
        held = await slots.take("")
        waiting = [asyncio.create_task(slots.take("")) for _ in range(2)]
        await asyncio.sleep(0)
        slots.give_back(held)
        slots.give_back(held)
        for _ in range(5):
            await asyncio.sleep(0)
        assert [each.done() for each in waiting] == [True, False]
        waiting[1].cancel()

    asyncio.run(go())
