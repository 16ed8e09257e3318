"""Work that takes long has a lane of its own."""

import asyncio
import contextlib
import threading

import pytest
from starlette.requests import Request

from kg.web.lane import MOST, MOST_OF_ONE, PLACES, Lane
from kg.web.problems import Problem


def by(client):
    return Request({"type": "http", "client": (client, 1), "headers": []})


class Held:
    """Work that goes on until it is let go; how much of it goes on at once."""

    def __init__(self):
        self.free = threading.Event()
        self.now = self.most = 0

    def __call__(self):
        self.now += 1
        self.most = max(self.most, self.now)
        self.free.wait(10)
        self.now -= 1
        return "done"


def test_a_few_at_a_time():
    """No more than some are done at once; all are done in the end."""

    async def go():
        lane, work = Lane(), Held()
        asking = [asyncio.create_task(lane.run(by(f"192.0.2.{n}"), work)) for n in range(MOST)]
        await asyncio.sleep(0.2)
        assert work.now == PLACES
        with pytest.raises(Problem) as refused:
            await lane.run(by("198.51.100.1"), work)
        assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "5")
        work.free.set()
        assert await asyncio.gather(*asking) == ["done"] * MOST
        assert work.most == PLACES
        assert not lane._inside

    asyncio.run(go())


def test_one_client_has_a_share():
    """One client can't fill the lane; the networks of IPv6 are one client each."""

    async def go():
        lane, work = Lane(), Held()
        asking = [asyncio.create_task(lane.run(by(f"2001:db8::{n}"), work)) for n in range(MOST_OF_ONE)]
        await asyncio.sleep(0.1)
        with pytest.raises(Problem) as refused:
            await lane.run(by("2001:db8::ffff"), work)
        assert refused.value.status == 429
        other = asyncio.create_task(lane.run(by("2001:db9::1"), work))
        work.free.set()
        assert await asyncio.gather(*asking, other) == ["done"] * (MOST_OF_ONE + 1)

    asyncio.run(go())


def test_who_leaves_keeps_the_place():
    """A client that leaves while a thread works for it does not make room for more threads; one that waits does."""

    async def go():
        lane, work = Lane(), Held()
        for _ in range(3 * PLACES):
            asking = asyncio.create_task(lane.run(by("192.0.2.7"), work))
            await asyncio.sleep(0.05)
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking
        assert work.now == PLACES
        assert lane._inside.total() == PLACES
        work.free.set()
        await asyncio.sleep(0.2)
        assert not lane._inside

    asyncio.run(go())
