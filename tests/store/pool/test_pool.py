"""Query pool: starts and deaths of workers, the queue before them, and the deadline."""

import asyncio
import os
import shutil
import signal
import time

import pytest
from pooling import ENDLESS, ROWS, SMALL, UNORDERED, alive, filled, process_ids, running, taken, trap, values
from pyoxigraph import Store

from kg.errors import (
    GenerationError,
    KgError,
    QueryBusy,
    QueryCrashed,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
)
from kg.store.pool import pooled_query
from kg.store.pool.core.kill_memory import REFUSED_AFTER
from kg.store.pool.core.limits import PoolLimits
from kg.store.pool.pool import QueryPool
from kg.store.pool.worker_process import WorkerProcess
from kg.store.sparql.query_checks import QueryLimits


def test_a_worker_serves_many(folder):
    """One worker answers query after query, after errors too; a syntax error has its position."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            for _ in range(5):
                assert await values(pool) == ["value 7"]
                with pytest.raises(QuerySyntaxError, match="nosuch: is not declared") as caught:
                    await taken(pool, "SELECT *\n{ ?s nosuch:p ?o }")
                assert (caught.value.line, caught.value.column) == (2, 6)
                with pytest.raises(QueryRefused, match="SERVICE"):
                    await taken(pool, "SELECT * { SERVICE <http://e/> {} }")
                with pytest.raises(QueryRefused, match="updates"):
                    await taken(pool, "DROP ALL")
                with pytest.raises(QueryRefused, match="custom function"):
                    await taken(pool, "SELECT (<http://e/f>(1) AS ?x) {}")
                with pytest.raises(QueryTooLarge):
                    await taken(pool, "#" * 1_000_001)
            assert process_ids(pool) == before

    asyncio.run(go())


def test_deadline(folder):
    """A query over the deadline gets QueryTimeout, and the next one a sound worker; a caller can only lower the deadline."""

    async def go():
        async with running(folder, deadline=1.0) as pool:
            for options, seconds in (({}, "1 s"), ({"timeout": 0.2}, "0.2 s"), ({"timeout": 9}, "1 s")):
                with pytest.raises(QueryTimeout, match=f"longer than {seconds}\\."):
                    await taken(pool, ENDLESS, **options)
                assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_deadline_counts_planning(folder):
    """The deadline holds during the engine's planning, which takes long for 400 patterns."""
    patterns = "".join(f"?s{n} ?p ?s{n + 1} . " for n in range(400))

    async def go():
        async with running(folder, deadline=0.6, text=QueryLimits(patterns=500)) as pool:
            with pytest.raises(QueryTimeout):
                await taken(pool, f"ASK {{ {patterns} }}")
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


@pytest.mark.parametrize("text", [ROWS, ENDLESS])
def test_client_gone(folder, text):
    """A client's disconnection, before the first byte or after, stops its query at once."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            asking = asyncio.create_task(taken(pool, text))
            await asyncio.sleep(0.2)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert await values(pool) == ["value 7"]
            assert not process_ids(pool) & before
            assert not any(alive(process) for process in before)

    asyncio.run(go())


def test_leaving_early(folder):
    """The exit from the context before the end of the answer stops the query."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            async with pool.query(ROWS) as answer:
                async for _ in answer:
                    break
            assert await values(pool) == ["value 7"]
            assert not process_ids(pool) & before

    asyncio.run(go())


def test_many_at_once(folder):
    """Twenty queries at once on two workers all get their own answers."""

    async def go():
        async with running(folder, size=2) as pool:
            texts = [f"SELECT ?o {{ <http://e/{n}> ?p ?o }}" for n in range(20)]
            assert await asyncio.gather(*(values(pool, text) for text in texts)) == [[f"value {n}"] for n in range(20)]

    asyncio.run(go())


def test_queue(folder):
    """A query to a full queue gets QueryBusy at once; one that waits in vain gets it at the deadline."""

    async def go():
        async with running(folder, queue=1, deadline=0.6) as pool:
            async with pool.query(ROWS):
                waiting = asyncio.create_task(taken(pool))
                await asyncio.sleep(0.05)  # it waits for the one worker a moment, then in the queue
                with pytest.raises(QueryBusy, match="too many"):
                    await taken(pool)
                assert not waiting.done()
                with pytest.raises(QueryBusy, match="busy for too long"):
                    await waiting
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_leaving_the_queue(folder):
    """A client that leaves the queue just when a worker comes free does not disturb the query before."""

    async def go():
        async with running(folder) as pool:
            async with pool.query(SMALL) as answer:
                waiting = asyncio.create_task(taken(pool))
                await asyncio.sleep(0)
                assert [chunk async for chunk in answer]
                waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_no_worker_no_pool(tmp_path):
    """If workers can't serve, `start` raises their error, and leaves no process."""

    async def go():
        pool = QueryPool(tmp_path / "nothing")
        with pytest.raises(KgError, match="can't be opened"):
            await pool.start()
        assert not process_ids(pool)
        with pytest.raises(QueryBusy):
            await taken(pool)

    asyncio.run(go())


def test_close_ends_queries(folder):
    """The close of the pool ends queries in progress with QueryBusy and leaves no process."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            asking = asyncio.create_task(taken(pool, ENDLESS))
            await asyncio.sleep(0.1)
            await pool.close()
            with pytest.raises(QueryBusy, match="shutting down"):
                await asking
            assert not any(alive(process) for process in before)

    asyncio.run(go())


def test_a_drained_pool_answers_what_is_under_way(folder):
    """A pool that is drained takes no query, answers those that it has, and leaves no process."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            answers = [asyncio.create_task(values(pool)) for _ in range(5)]
            await asyncio.sleep(0)
            draining = asyncio.create_task(pool.drain())
            await asyncio.sleep(0)
            with pytest.raises(QueryBusy, match="shutting down"):
                await taken(pool)
            assert await asyncio.gather(*answers) == [["value 7"]] * 5
            await draining
            assert not any(alive(process) for process in before)

    asyncio.run(go())


def test_long_queries_stand_aside(folder):
    """Small queries of a client are answered between the endless ones of others, however many."""
    limits = {"size": 2, "long": 2, "spares": 2, "deadline": 20.0}

    async def go():
        async with running(folder, **limits) as pool:
            greedy = [asyncio.create_task(taken(pool, ENDLESS, client=f"192.0.2.{n % 3}")) for n in range(9)]
            await asyncio.sleep(0.1)
            for _ in range(10):
                assert await values(pool, client="192.0.2.99") == ["value 7"]
                await asyncio.sleep(0.05)
            assert not all(task.done() for task in greedy)
            for task in greedy:  # their deadlines would take a minute of processor
                task.cancel()
            for fault in await asyncio.gather(*greedy, return_exceptions=True):
                assert isinstance(fault, (asyncio.CancelledError, QueryTimeout, QueryBusy))
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_spares(folder):
    """A spare worker replaces a killed one at once, and a new spare is started."""

    async def go():
        async with running(folder, spares=1) as pool:
            before = process_ids(pool)
            assert len(before) == 2
            with pytest.raises(QueryTimeout):
                await taken(pool, ENDLESS, timeout=0.2)
            assert await values(pool) == ["value 7"]
            assert len(process_ids(pool) & before) == 1
            for _ in range(1_000):
                if len(process_ids(pool)) < 2:
                    await asyncio.sleep(0.05)
            assert len(process_ids(pool)) == 2
            assert all(alive(process) for process in process_ids(pool))

    asyncio.run(go())


def test_remote_graphs_are_not_fetched(folder):
    """FROM with a remote IRI names a graph of this store that does not exist; no request is sent."""
    listener, callers = trap()
    iri = f"http://127.0.0.1:{listener.getsockname()[1]}/g"

    async def go():
        async with running(folder) as pool:
            assert await values(pool, f"SELECT ?o FROM <{iri}> {{ ?s ?p ?o }}") == []
            assert await values(pool, f"SELECT ?o FROM NAMED <{iri}> {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}") == []
            assert await values(pool, default_graphs=[iri], named_graphs=[iri]) == []

    try:
        asyncio.run(go())
        time.sleep(0.1)
        assert not callers
    finally:
        listener.close()


def test_a_query_that_crashes_the_engine(folder, monkeypatch):
    """A query that crashes its worker each time gets the same error from the third time on, without a worker."""
    monkeypatch.setattr(pooled_query, "REFUSAL_SECONDS", 0.0)

    async def go():
        async with running(folder, size=1, spares=1) as pool:
            for _ in range(REFUSED_AFTER):
                with pytest.raises(QueryCrashed, match="could not be executed"):
                    await taken(pool, UNORDERED, client="192.0.2.1")
            assert await values(pool) == ["value 7"]
            left = process_ids(pool)
            with pytest.raises(QueryCrashed, match="could not be executed"):
                await taken(pool, UNORDERED, client="192.0.2.2")
            assert left <= process_ids(pool)

    asyncio.run(go())


def test_a_worker_that_others_kill(folder):
    """A query whose worker is killed from outside is not refused afterwards: the engine is not to blame."""

    async def go():
        async with running(folder, size=1, spares=1) as pool:
            for _ in range(REFUSED_AFTER + 1):
                asking = asyncio.create_task(taken(pool, ENDLESS, client="192.0.2.1"))
                await asyncio.sleep(0.05)
                (busy,) = pool._state._scheduler.workers.busy
                os.kill(pool._processes[busy].pid, signal.SIGKILL)
                with pytest.raises(QueryCrashed):
                    await asking
                for _ in range(1_000):
                    if len(process_ids(pool)) < 2:
                        await asyncio.sleep(0.05)
            assert not pool._state._kills._crashes

    asyncio.run(go())


def test_a_pool_without_workers_says_so(tmp_path):
    """Where no worker is left and none can be started, the pool is not healthy; with workers it is."""
    store = shutil.copytree(filled(tmp_path / "made"), tmp_path / "store")

    async def go():
        async with running(store) as pool:
            pool.check()
            shutil.rmtree(store)
            for process in process_ids(pool):
                os.kill(process, signal.SIGKILL)
            for _ in range(1_000):
                if not pool._state.has_no_worker:
                    await asyncio.sleep(0.05)
            with pytest.raises(GenerationError, match="no query worker"):
                pool.check()

    asyncio.run(go())


def test_a_store_that_cannot_be_read(tmp_path):
    """A store that is cut beneath a worker is no fault of the query, and no crash; the error is the generation's."""
    store = filled(tmp_path / "store")
    Store(str(store)).optimize()

    async def go():
        async with running(store) as pool:
            for path in store.glob("*.sst"):
                os.truncate(path, path.stat().st_size // 3)
            with pytest.raises(GenerationError, match="can't be read"):
                await taken(pool)
            assert not pool._state._kills._offenders

    asyncio.run(go())


def test_the_store_is_looked_at_where_a_query_fails(folder):
    """A query that dies on a damaged store gets the store's error, and the next one no worker."""
    faults = []

    def check():
        if faults:
            raise GenerationError(faults[0])

    async def go():
        pool = QueryPool(folder, PoolLimits(size=1), check_store=check)
        await pool.start()
        try:
            assert await values(pool) == ["value 7"]
            faults.append("the store is cut")
            for _ in range(2):
                with pytest.raises(GenerationError, match="cut"):
                    await taken(pool, ENDLESS, timeout=0.1)
            faults.clear()
            pool.check()
            assert await values(pool) == ["value 7"]
        finally:
            await pool.close()

    asyncio.run(go())


def test_workers_are_replaced_one_after_the_other(folder, monkeypatch):
    """However many workers are killed at once, one new one is started at a time, so that starts leave a processor free."""
    starting, at_once = [], []
    start = WorkerProcess.start

    async def counted(*args):
        starting.append(args)
        at_once.append(len(starting))
        try:
            return await start(*args)
        finally:
            starting.pop()

    async def go():
        async with running(folder, size=2, spares=2) as pool:
            monkeypatch.setattr(WorkerProcess, "start", counted)
            for process in process_ids(pool):
                os.kill(process, signal.SIGKILL)
            for _ in range(1_000):
                if len(at_once) < 4:
                    await asyncio.sleep(0.05)
            assert at_once == [1, 1, 1, 1]

    asyncio.run(go())
