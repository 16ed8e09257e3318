"""The live generation: held while somebody reads it, its query workers only while somebody asks."""

import asyncio
import contextlib
import gc
import itertools
import logging
import weakref
from unittest.mock import AsyncMock, Mock

import psutil
import pytest
from waiting import HANG_SECONDS, eventually

from kg.errors import GenerationError, QueryBusy
from kg.web.app import Application
from kg.web.serving.live import LOOK, MAX_RETIRED, Live, Serving
from kg.web.serving.thread_queue import ThreadQueue


def serving(number=1):
    """A generation that is served, with parts that only tell whether they are closed."""
    pool = Mock(close=AsyncMock(), drain=AsyncMock())
    return Serving(Mock(number=number), pool, *(ThreadQueue(1, 1) for _ in range(3)))


async def turns():
    for _ in range(20):  # of the loop, not time
        await asyncio.sleep(0)


class Request:
    """A request in a task of its own, which holds a generation; its answer begins, and ends, when a test says so."""

    def __init__(self, held):
        self.begins, self.ends = asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(self._run(held))

    async def _run(self, held):
        held.hold()
        try:
            await self.begins.wait()
            held.begin_answer()
            await self.ends.wait()
        finally:
            held.release()


def test_workers_go_with_the_last_question(example):
    """Of a replaced generation the workers go when no request can ask any more, whoever still reads an answer."""

    async def go():
        live, old = Live(example, None), serving()
        asking, reading = Request(old), Request(old)
        reading.begins.set()
        await turns()
        live._retire(old)
        await turns()
        assert not old.pool.drain.called
        asking.begins.set()
        await turns()
        assert old.pool.drain.await_count == 1
        assert not old.publication.close.called
        asking.ends.set()
        await turns()
        assert not old.publication.close.called
        reading.ends.set()
        await asyncio.gather(*live._leaving)
        assert old.publication.close.call_count == 1

    asyncio.run(go())


def test_generation_that_nobody_reads_is_closed_at_once(example):
    """A generation that another one replaces is closed where no request holds it."""

    async def go():
        live, old = Live(example, None), serving()
        live._retire(old)
        await asyncio.gather(*live._leaving)
        assert old.pool.drain.await_count == old.publication.close.call_count == 1

    asyncio.run(go())


def test_answers_of_the_oldest_generation_are_cut(example, caplog):
    """Where too many replaced generations are still read, the answers of the oldest one are cut, and it is closed."""

    async def go():
        live = Live(example, None)
        generations = [serving(number) for number in range(MAX_RETIRED + 3)]
        requests = []
        unread = generations[1]
        for each in generations:
            requests += [] if each is unread else [Request(each), Request(each)]
            await turns()
            live._retire(each)
            await turns()
        assert [each.publication.close.called for each in generations] == [True] * 3 + [False] * MAX_RETIRED
        assert [each.task.cancelled() for each in requests] == [True] * 4 + [False] * 2 * MAX_RETIRED
        for each in requests:
            each.task.cancel()
        await asyncio.gather(*live._leaving)

    with caplog.at_level(logging.WARNING, "kg"):
        asyncio.run(go())
    assert [each.args for each in caplog.records] == [(2, 0, MAX_RETIRED), (2, 2, MAX_RETIRED)]


def test_memory_of_a_replaced_generation_is_free_at_once(example, monkeypatch):
    """Nothing of a replaced generation stays, be it in circles, until the collector comes by itself; nor its index."""
    monkeypatch.setattr("kg.web.serving.live.LOOK", 0)
    gc.disable()

    async def go():
        live = Live(example, None)
        await live.start()
        generation = weakref.ref(live._current.publication._generation)
        live._mark = (0,)
        await asyncio.to_thread(eventually, lambda: generation() is not live._current.publication._generation)
        await asyncio.gather(*live._leaving)
        await turns()
        left = generation()
        await live.close()
        assert left is None

    try:
        asyncio.run(go())
    finally:
        gc.enable()


def test_pauses_before_a_generation_that_cannot_be_served(example, monkeypatch):
    """A generation that can't be opened is tried again after pauses that double up to a minute; another one at once."""
    now = [0.0]
    monkeypatch.setattr("kg.web.serving.live.time.monotonic", lambda: now[0])
    attempts = []

    async def attempt(self):
        attempts.append(now[0])
        raise GenerationError("broken")

    marks = [(1,)]

    sleep, own = asyncio.sleep, []

    async def look(seconds):
        if asyncio.get_running_loop() not in own:  # another server of these tests, in a thread
            return await sleep(seconds)
        now[0] += LOOK
        if now[0] == 400.0:
            marks.append((2,))
        if now[0] >= 402.0:
            raise asyncio.CancelledError
        return None

    async def go():
        own.append(asyncio.get_running_loop())
        live = Live(example, None)
        live._current = serving()
        monkeypatch.setattr(live._publications, "live_fingerprint", lambda: marks[-1])
        with contextlib.suppress(asyncio.CancelledError):
            await live._watch()
        assert live._current.refused == 2

    monkeypatch.setattr(Live, "_open", attempt)
    monkeypatch.setattr("kg.web.serving.live.asyncio.sleep", look)
    asyncio.run(go())
    first = [after - before for before, after in itertools.pairwise(attempts)]
    assert first[:8] == [0.5, 1, 2, 4, 8, 16, 32, 60]
    assert {400.0, 400.5, 401.5} <= set(attempts)


def test_nothing_is_kept_of_a_replaced_generation(example):
    """The pages and parts of pages that a generation keeps for further requests go when it is replaced."""

    async def go():
        live, old = Live(example, None), serving()
        request, before = Request(old), (old.page_cache, old.memo)
        live._retire(old)
        assert not {id(old.page_cache), id(old.memo)} & set(map(id, before))
        request.task.cancel()

    asyncio.run(go())


@pytest.mark.parametrize("begun", [False, True])
def test_end_of_the_server(example, begun):
    """At the end of the server everything is closed, also what a request still holds."""

    async def go():
        live, old, current = Live(example, None), serving(1), serving(2)
        live._current = current
        requests = [Request(old), Request(current)]
        await turns()
        for each in requests:
            each.begins.set() if begun else None
        live._retire(old)
        await turns()
        await live.close()
        for each in (old, current):
            assert each.pool.close.await_count == each.publication.close.call_count == 1
        for each in requests:
            each.task.cancel()

    asyncio.run(go())


def test_a_query_that_runs_when_its_generation_is_replaced(example):
    """A query is answered although its generation is replaced meanwhile; after it the workers are gone."""

    async def go():
        live = Live(example, None)
        await live.start()
        old, live._current = live._current, None
        old.hold()
        live._retire(old)
        async with old.pool.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") as answer:
            got = b"".join([piece async for piece in answer])
            old.begin_answer()
            await turns()
        assert b'"n"' in got
        pool = old.pool._queries
        while pool._processes:  # noqa: ASYNC110  # or for the time limit of the run
            await asyncio.sleep(0.01)
        with pytest.raises(QueryBusy):
            async with old.pool.query("ASK {}"):
                pass
        assert live._leaving
        old.release()
        await live.close()

    asyncio.run(asyncio.wait_for(go(), HANG_SECONDS))


def workers():
    """The query workers of this process's pools."""
    found = set()
    for each in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # ended meanwhile
            found |= {each.pid} if "kg.store.pool.worker" in each.cmdline() else set()
    return found


def asked(path):
    """The scope of a request."""
    path, _, query = f"/data/{path}".partition("?")
    more = {"http_version": "1.1", "headers": [], "client": ("192.0.2.7", 1), "root_path": "", "scheme": "http"}
    target = {"path": path, "raw_path": path.encode(), "query_string": query.encode()}
    return {"type": "http", "method": "GET", **target, **more}


@pytest.mark.parametrize("path", ["dumps/kg.nt.gz", "record/177838.html", "search?format=csv"])
def test_slow_readers_leave_no_workers(example, path):
    """Clients that read nothing of an answer, one in each of several generations, keep no query worker."""

    async def receive():
        await asyncio.Event().wait()

    async def go():
        application = Application(example)
        live = application._live
        others = workers()
        await live.start()
        readers, usual = [], len(workers() - others)
        for _ in range(3):
            begun = asyncio.Event()

            async def send(_, begun=begun):
                begun.set()
                await asyncio.Event().wait()

            readers.append(asyncio.create_task(application(asked(path), receive, send)))
            await begun.wait()
            old, live._current = live._current, await live._open()
            live._retire(old)
        assert sum(each.is_held for each in live._leaving.values()) == 3
        await asyncio.to_thread(eventually, lambda: len(workers() - others) <= usual, "the end of workers")
        for each in readers:
            each.cancel()
        await live.close()
        assert not workers() - others
        return usual

    assert asyncio.run(asyncio.wait_for(go(), HANG_SECONDS)) > 1
