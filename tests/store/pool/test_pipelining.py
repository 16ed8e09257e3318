"""Pipelining: queries sent ahead to a busy worker."""

import asyncio
import contextlib
import json
import random

import pytest
from pooling import ENDLESS, THINGS, process_ids, running

from kg.errors import QueryCrashed, QueryError, QueryTimeout
from kg.store.pool.worker_process import WorkerProcess
from kg.store.sparql.query_checks import QueryLimits


def small(number):
    return f"SELECT ?o {{ <http://e/{number}> ?p ?o }}"


def slow(number):
    """A query that takes some 10 to 30 ms."""
    return f"SELECT ?o {{ {{ SELECT (COUNT(*) AS ?all) {{ ?a ?b ?c . ?d ?e ?f }} }} <http://e/{number}> ?p ?o }}"


async def value(pool, text, **options):
    async with pool.query(text, **options) as answer:
        rows = json.loads(b"".join([chunk async for chunk in answer]))["results"]["bindings"]
    return [row["o"]["value"] for row in rows]


@pytest.fixture
def sent_ahead(monkeypatch):
    """Whether each query to a worker was sent ahead, in order."""
    found = []
    send = WorkerProcess.send

    def noted(process, request, *, ahead):
        found.append(ahead)
        return send(process, request, ahead=ahead)

    monkeypatch.setattr(WorkerProcess, "send", noted)
    return found


def test_quick_ones_follow_on_one_another(folder, sent_ahead):
    """Most of many concurrent quick queries are sent ahead, and each gets its own answer."""

    async def go():
        async with running(folder, queue=200) as pool:
            found = await asyncio.gather(*(value(pool, small(n)) for n in range(100)))
            assert found == [[f"value {n}"] for n in range(100)]
        assert sum(sent_ahead) > 50

    asyncio.run(go())


def test_nobody_waits_behind_a_slow_one(folder, sent_ahead):
    """A query sent ahead behind one that turns out slow is soon answered by another worker."""

    async def go():
        async with running(folder, size=2, deadline=3.0) as pool:
            endless = asyncio.create_task(value(pool, ENDLESS))
            await asyncio.sleep(0)
            assert await value(pool, small(3)) == ["value 3"]
            assert not endless.done()
            assert sent_ahead == [False, True, False]
            with pytest.raises(QueryTimeout):
                await endless

    asyncio.run(go())


def test_each_gets_its_own_answer(folder):
    """In any mix of quick and slow queries of several clients, each gets its own answer."""

    async def go():
        chance = random.Random(7)
        async with running(folder, size=2, reserve=1, long=4, queue=200) as pool:

            async def client(name):
                for _ in range(40):
                    number = chance.randrange(THINGS)
                    text = (slow if chance.random() < 0.1 else small)(number)
                    assert await value(pool, text, client=name) == [f"value {number}"]

            await asyncio.gather(*(client(f"192.0.2.{n % 5}") for n in range(20)))
            assert not pool._state.has_queries

    asyncio.run(go())


def test_clients_that_leave(folder):
    """A client that leaves, first or behind, takes no other answer along, and its query does not hold up the worker."""

    async def go():
        chance = random.Random(11)
        async with running(folder, size=2, reserve=1, long=4, queue=200) as pool:

            async def stays(number):
                for _ in range(20):
                    assert await value(pool, small(number), client="192.0.2.1") == [f"value {number}"]

            async def leaves():
                for _ in range(10):
                    asking = asyncio.create_task(value(pool, slow(1), client="192.0.2.2"))
                    await asyncio.sleep(chance.random() / 50)
                    asking.cancel()
                    with contextlib.suppress(asyncio.CancelledError, QueryError):
                        await asking

            await asyncio.gather(*(stays(n) for n in range(20)), *(leaves() for _ in range(3)))
            await asyncio.sleep(0.3)
            assert not pool._state.has_queries

    asyncio.run(go())


def test_leaving_behind_leaves_the_worker_alone(folder, sent_ahead):
    """A client that leaves before the start of its query costs no worker."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            first = asyncio.create_task(value(pool, slow(1)))
            behind = asyncio.create_task(value(pool, small(2)))
            await asyncio.sleep(0.002)
            assert sent_ahead == [False, True]
            behind.cancel()
            assert await first == ["value 1"]
            assert await value(pool, small(3)) == ["value 3"]
            assert process_ids(pool) == before

    asyncio.run(go())


def test_an_endless_one_that_nobody_wants(folder, sent_ahead):
    """A worker that starts an endless query whose client has left is killed, and no other query fails."""

    async def go():
        async with running(folder, spares=1) as pool:
            first = asyncio.create_task(value(pool, small(1)))
            behind = asyncio.create_task(value(pool, ENDLESS))
            await asyncio.sleep(0)
            assert sent_ahead == [False, True]
            behind.cancel()
            assert await first == ["value 1"]
            assert await value(pool, small(3)) == ["value 3"]

    asyncio.run(go())


def test_a_crash_hits_the_guilty_one(folder, sent_ahead):
    """At the death of the engine, only the query in progress fails, of all queries of the worker."""
    limits = QueryLimits(size=3_000_000, rest=3_000_000, depth=2_000_000, operators=2_000_000, patterns=2_000_000)
    fatal = "SELECT * " + "{" * 1_000_000 + "}" * 1_000_000

    async def go():
        async with running(folder, text=limits, deadline=60) as pool:
            asking = [asyncio.create_task(value(pool, text)) for text in (small(1), fatal, small(2), small(3))]
            first, crashed, *others = await asyncio.gather(*asking, return_exceptions=True)
            assert first == ["value 1"]
            assert isinstance(crashed, QueryCrashed)
            assert others == [["value 2"], ["value 3"]]
            assert any(sent_ahead)

    asyncio.run(go())
