"""Work that is done in threads has lanes of its own, in which clients take turns."""

import asyncio
import contextlib
import threading

import pytest
from starlette.requests import Request
from waiting import HANG_SECONDS, eventually

from kg.errors import QueryBusy, QueryTooMany
from kg.web.serving.thread_queue import MAX_REST, HeavyClients, ThreadQueue

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


def heavy_queues(*clients):
    """Two queues that share the turns of heavy clients, of which some clients are."""
    turns = HeavyClients()
    queues = [ThreadQueue(PLACES, QUEUE, turns) for _ in range(2)]
    for queue in queues:
        for client in clients:
            queue._slots._queue.charge(client, 60.0, asyncio.get_running_loop().time())
    return queues, turns


def test_a_heavy_client_has_one_turn_over_all_queues():
    """Of heavy clients one piece of work is done at a time, in whichever queue; of light ones as much as there is room."""

    async def go():
        (pages, searches), _ = heavy_queues("192.0.2.1", "192.0.2.2")
        heavy, light = Held(), Held()
        asked = [
            asyncio.create_task(queue.run(by(client), heavy))
            for queue in (pages, searches)
            for client in ("192.0.2.1", "192.0.2.2")
        ]
        asked += [asyncio.create_task(pages.run(by(f"198.51.100.{n}"), light)) for n in range(PLACES - 1)]
        await asyncio.to_thread(eventually, lambda: (heavy.now, light.now) == (1, PLACES - 1))
        heavy.free.set()
        light.free.set()
        assert await asyncio.gather(*asked) == ["done"] * (4 + PLACES - 1)
        assert heavy.most == 1
        for queue in (pages, searches):
            await queue.close()

    asyncio.run(go())


def test_heavy_work_rests_as_long_as_it_took(monkeypatch):
    """After a heavy client's work the next turn comes when as much time has passed, at most a second."""
    now, later = [0.0], []
    monkeypatch.setattr("kg.web.serving.thread_queue.time.monotonic", lambda: now[0])

    async def go():
        (pages, _), turns = heavy_queues("192.0.2.1")
        monkeypatch.setattr(asyncio.get_running_loop(), "call_later", lambda *given: later.append(given))
        for took, rest in ((0.25, 0.25), (30.0, MAX_REST)):
            turn = await turns.take("192.0.2.1")
            now[0] += took
            turn.rest()
            waiting = asyncio.create_task(turns.take("192.0.2.1"))
            await asyncio.sleep(0)
            ((pause, over),) = later
            assert pause == rest
            assert not waiting.done()
            over()
            (await waiting).give_back()
            later.clear()
        await pages.close()

    class Loop(asyncio.SelectorEventLoop):
        """A loop whose `call_later` a test may replace."""

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(go())


def test_a_heavy_client_that_leaves_gives_its_turn_back():
    """A heavy client that leaves while it waits for a place keeps no turn from others."""

    async def go():
        (pages, _), turns = heavy_queues("192.0.2.1")
        work = Held()
        full = [asyncio.create_task(pages.run(by(f"198.51.100.{n}"), work)) for n in range(PLACES)]
        await asyncio.to_thread(eventually, lambda: work.now == PLACES)
        await _left(asyncio.create_task(pages.run(by("192.0.2.1"), work)))
        waiting = asyncio.create_task(pages.run(by("192.0.2.1"), work))
        await asyncio.sleep(0.05)
        await _left(waiting)
        (await asyncio.wait_for(turns.take("192.0.2.2"), HANG_SECONDS)).give_back()
        work.free.set()
        await asyncio.gather(*full)
        await pages.close()

    asyncio.run(go())
