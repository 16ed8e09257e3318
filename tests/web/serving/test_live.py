"""The live generation: held while somebody reads it."""

import asyncio
from unittest.mock import AsyncMock, Mock

from kg.web.serving.live import Live, Serving
from kg.web.serving.thread_queue import ThreadQueue


def serving():
    """A generation that is served, with parts that only tell whether they are closed."""
    pool = Mock(close=AsyncMock())
    return Serving(Mock(), pool, ThreadQueue(1, 1))


async def turns():
    for _ in range(20):  # of the loop, not time
        await asyncio.sleep(0)


def test_generation_is_closed_when_nobody_reads_it_any_more(example):
    """A generation that another one replaces stays open for the requests that hold it, and is closed after the last."""

    async def go():
        live, old = Live(example, None), serving()
        old.hold()
        old.hold()
        live._retire(old)
        await turns()
        assert not old.publication.close.called
        old.release()
        await turns()
        assert not old.publication.close.called
        assert not old.pool.close.called
        old.release()
        await asyncio.gather(*live._leaving)
        assert old.pool.close.await_count == old.publication.close.call_count == 1

    asyncio.run(go())


def test_generation_that_nobody_reads_is_closed_at_once(example):
    """A generation that another one replaces is closed where no request holds it."""

    async def go():
        live, old = Live(example, None), serving()
        live._retire(old)
        await asyncio.gather(*live._leaving)
        assert old.publication.close.call_count == 1

    asyncio.run(go())
