"""Work that is done in threads has lanes of its own, in which clients take turns."""

import asyncio
import contextlib
import threading

import pytest
from starlette.requests import Request
from waiting import HANG_SECONDS

from kg.errors import QueryBusy, QueryTooMany
from kg.web.serving.thread_queue import ThreadQueue

PLACES, QUEUE = 3, 8


def by(client):
    return Request({"type": "http", "client": (client, 1), "headers": []})


class Held:
    """Work that goes on until it is let go; how much of it goes on at once, and was ever begun."""

    def __init__(self):
        self.free = threading.Event()
        self.now = self.most = self.begun = 0

    def __call__(self):
        self.begun += 1
        self.now += 1
        self.most = max(self.most, self.now)
        self.free.wait(HANG_SECONDS)
        self.now -= 1
        return "done"


async def _left(task):
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def test_a_few_at_a_time():
    """No more than some are done at once; what is more than the queue holds is refused; all are done in the end."""

    async def go():
        lane, work = ThreadQueue(PLACES, QUEUE), Held()
        asking = [asyncio.create_task(lane.run(by(f"192.0.2.{n}"), work)) for n in range(PLACES + QUEUE)]
        await asyncio.sleep(0.2)
        assert work.now == PLACES
        with pytest.raises(QueryBusy):
            await lane.run(by("198.51.100.1"), work)
        work.free.set()
        assert await asyncio.gather(*asking) == ["done"] * (PLACES + QUEUE)
        assert work.most == PLACES
        await lane.close()

    asyncio.run(go())


def test_one_client_has_a_share():
    """One client has neither the last place nor more than half of the queue; the networks of IPv6 are one client each."""

    async def go():
        lane, work, other = ThreadQueue(PLACES, QUEUE), Held(), Held()
        other.free.set()
        most = PLACES - 1 + QUEUE // 2
        asking = [asyncio.create_task(lane.run(by(f"2001:db8::{n}"), work)) for n in range(most)]
        await asyncio.sleep(0.1)
        assert work.now == PLACES - 1
        with pytest.raises(QueryTooMany):
            await lane.run(by("2001:db8::ffff"), work)
        assert await asyncio.wait_for(lane.run(by("2001:db9::1"), other), HANG_SECONDS) == "done"
        assert work.now == PLACES - 1  # the first client still has its places
        work.free.set()
        assert await asyncio.gather(*asking) == ["done"] * most

    asyncio.run(go())


def test_who_has_taken_least_comes_first():
    """Who comes later, and has taken nothing, does not wait behind what another has put into the queue."""

    async def go():
        lane, order = ThreadQueue(1, QUEUE), []
        hold = Held()
        asking = [asyncio.create_task(lane.run(by("192.0.2.1"), hold))]
        asking += [asyncio.create_task(lane.run(by("192.0.2.1"), lambda: order.append("greedy"))) for _ in range(3)]
        await asyncio.sleep(0.1)
        asking.append(asyncio.create_task(lane.run(by("192.0.2.2"), lambda: order.append("modest"))))
        await asyncio.sleep(0.05)
        hold.free.set()
        await asyncio.gather(*asking)
        assert order == ["modest", "greedy", "greedy", "greedy"]

    asyncio.run(go())


def test_who_leaves_keeps_the_place_only_while_a_thread_works():
    """A client that leaves while a thread works for it makes no room for more threads; one that waits leaves no work."""

    async def go():
        lane, work = ThreadQueue(PLACES, QUEUE), Held()
        asking = [asyncio.create_task(lane.run(by(f"192.0.2.{n}"), work)) for n in range(PLACES + QUEUE)]
        await asyncio.sleep(0.1)
        for each in asking:
            await _left(each)
        assert work.now == PLACES
        work.free.set()
        await lane.close()
        assert (work.begun, work.now) == (PLACES, 0)

    asyncio.run(go())


def test_closing_waits_for_threads():
    """What a thread reads is not closed before it is done, also where its client has left."""

    async def go():
        lane, work = ThreadQueue(PLACES, QUEUE), Held()
        asking = asyncio.create_task(lane.run(by("192.0.2.1"), work))
        await asyncio.sleep(0.05)
        await _left(asking)
        closing = asyncio.create_task(lane.close())
        await asyncio.sleep(0.1)
        assert not closing.done()
        work.free.set()
        await asyncio.wait_for(closing, HANG_SECONDS)
        assert work.now == 0

    asyncio.run(go())
