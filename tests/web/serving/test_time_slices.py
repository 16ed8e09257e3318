"""Steps of handlers take turns in the event loop by client."""

import asyncio
from functools import partial

import pytest
from waiting import HANG_SECONDS

from kg.errors import QueryBusy, QueryTooMany
from kg.web.serving import time_slices
from kg.web.serving.time_slices import TimeSlices

GREEDY, MODEST = "192.0.2.1", "192.0.2.2"


def _noting(noted, name, waits=0):
    """A coroutine function that notes each of its steps."""

    async def work():
        for step in range(waits + 1):
            noted.append(f"{name}{step}")
            if step < waits:
                await asyncio.sleep(0)
        return name

    return work


def _in_loop(go):
    return asyncio.run(asyncio.wait_for(go(), HANG_SECONDS))


def test_a_light_client_comes_next():
    """However many requests of one client are ready, another's is the next; its own come in their order."""

    async def go():
        slices, noted = TimeSlices(), []
        greedy = [asyncio.create_task(slices.run(GREEDY, _noting(noted, f"{n}-"))) for n in range(64)]
        await asyncio.sleep(0)  # they have come, and one of them is being answered
        modest = asyncio.create_task(slices.run(MODEST, _noting(noted, "modest")))
        await asyncio.gather(modest, *greedy)
        assert noted.index("modest0") <= 2
        assert [each for each in noted if each != "modest0"] == [f"{n}-0" for n in range(64)]

    _in_loop(go)


def test_one_step_in_a_round():
    """What arrives is read between two steps: no two of them run in one round of the loop."""

    async def go():
        slices, rounds, loop = TimeSlices(), [0], asyncio.get_running_loop()
        at = []

        def tick():
            rounds[0] += 1
            loop.call_soon(tick)

        async def work():
            at.append(rounds[0])

        tick()
        await asyncio.gather(*(slices.run(f"192.0.2.{n}", work) for n in range(20)))
        assert len(set(at)) == 20

    _in_loop(go)


def test_every_step_is_a_turn():
    """Work that waits for something and goes on takes a turn for each step; what it returns or raises comes out."""

    async def go():
        slices, noted = TimeSlices(), []
        first = asyncio.create_task(slices.run(GREEDY, _noting(noted, "a", waits=2)))
        second = asyncio.create_task(slices.run(MODEST, _noting(noted, "b", waits=2)))
        assert await asyncio.gather(first, second) == ["a", "b"]
        assert sorted(noted) == ["a0", "a1", "a2", "b0", "b1", "b2"]

        async def broken():
            await asyncio.sleep(0)
            raise LookupError("no")

        with pytest.raises(LookupError):
            await slices.run(GREEDY, broken)
        assert await slices.run(GREEDY, _noting(noted, "c")) == "c"

    _in_loop(go)


def test_who_leaves_is_told_so():
    """A request whose client leaves ends where it waits, with what it does at its end, and takes no turn after it."""

    async def go():
        slices, ended = TimeSlices(), []

        async def work():
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("work")

        leaving = asyncio.create_task(slices.run(GREEDY, work))
        waiting = [asyncio.create_task(slices.run(GREEDY, _noting([], "x"))) for _ in range(3)]
        for _ in range(20):
            await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        await asyncio.gather(*waiting)
        assert ended == ["work"]
        assert await slices.run(MODEST, _noting([], "y")) == "y"

    _in_loop(go)


def test_a_client_with_too_much_waiting_is_refused():
    """A client has a share of the queue; what has begun is ended, however many wait."""

    async def go():
        slices = TimeSlices(queue=8, client_queue=4, refusal_seconds=0)
        begun = asyncio.create_task(slices.run(GREEDY, _noting([], "begun", waits=3)))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(slices.run(GREEDY, _noting([], "w"))) for _ in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(QueryTooMany, match="your requests"):
            await slices.run(GREEDY, _noting([], "refused"))
        others = [asyncio.create_task(slices.run(f"198.51.100.{n}", _noting([], "o"))) for n in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(QueryBusy):
            await slices.run(MODEST, _noting([], "refused"))
        assert await begun == "begun"
        await asyncio.gather(*waiting, *others)

    _in_loop(go)


def test_pages_of_a_heavy_client_are_made_step_by_step(monkeypatch):
    """Of a client with much use each step has a slice, so that others' requests are read in between; else all in one."""

    async def go(heavy):
        monkeypatch.setattr(time_slices, "HEAVY_USE", heavy)
        slices, noted = TimeSlices(), []

        def steps(name):
            for step in range(3):
                noted.append(f"{name}{step}")
                yield
            return name

        async def work(name):
            return await slices.step_by_step(GREEDY, steps(name))

        both = (slices.run(client, partial(work, name)) for client, name in ((GREEDY, "a"), (MODEST, "b")))
        assert await asyncio.gather(*both) == ["a", "b"]
        return noted

    assert asyncio.run(go(heavy=1_000)) == ["a0", "a1", "a2", "b0", "b1", "b2"]
    assert asyncio.run(go(heavy=0)) != ["a0", "a1", "a2", "b0", "b1", "b2"]


def test_a_refusal_is_made_once_and_says_when_to_try_again(client, monkeypatch):
    """Who is refused gets 429 with Retry-After, as a page or a problem, which is made once for all of them."""
    context = client.app._front._contexts
    monkeypatch.setattr(context, "slices", TimeSlices(queue=-1, client_queue=0, refusal_seconds=0))
    monkeypatch.setattr(context, "_contexts", {})
    for accept, kind in (("text/html", "text/html"), ("application/json", "application/problem+json")):
        for path in ("record/no-such.html", "no-such", "search?q=never-asked", "record/?after=9"):
            refused = client.get(f"/data/{path}", headers={"Accept": accept})
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5"), path
            assert refused.headers["content-type"].startswith(kind)
    assert client.get("/data/healthz").status_code == 200
