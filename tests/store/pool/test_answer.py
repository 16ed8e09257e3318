"""Answer stream: limits, faults in the middle, and back-pressure."""

import asyncio

import pytest
from pooling import ROWS, process_ids, running, taken, values

from kg.errors import QueryTimeout, QueryTooLarge, QueryUnwritable
from kg.store.pool.answer import BUFFER


def test_answer_too_long(folder):
    """An answer over the limit ends in QueryTooLarge; one at the limit is complete."""

    async def go():
        async with running(folder) as pool:
            size = len(await taken(pool, "SELECT * { ?s ?p ?o }"))
        async with running(folder, max_result_bytes=size) as pool:
            assert len(await taken(pool, "SELECT * { ?s ?p ?o }")) == size
            with pytest.raises(QueryTooLarge):
                await taken(pool, ROWS)
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_late_faults(folder):
    """A fault in the middle of an answer is raised there, where the client can still learn of it."""
    text = r"SELECT (IF(?s = <http://e/123>, '\u0001', ?b) AS ?o) { ?s ?p ?x . ?a ?p ?b }"

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            pieces = []
            with pytest.raises(QueryUnwritable, match="JSON"):
                await taken(pool, text, format="xml", into=pieces)
            assert len(pieces) > 2
            assert await values(pool) == ["value 7"]
            assert process_ids(pool) == before

    asyncio.run(go())


def test_back_pressure(folder):
    """An unread answer is not buffered without bound: the worker waits for its reader (back-pressure)."""

    async def go():
        async with running(folder) as pool, pool.query(ROWS) as answer:
            async for _ in answer:
                break
            await asyncio.sleep(0.3)
            assert 0 < answer.held <= 1 << 20

    asyncio.run(go())


def test_a_worker_held_back_to_the_end_goes_on(folder):
    """A worker whose answer waited for its reader up to its end answers the next query as well."""

    async def go():
        async with running(folder) as pool:
            whole = await taken(pool, "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 2000", pause=0.01)
            assert len(whole) > BUFFER
            before = process_ids(pool)
            assert await values(pool) == ["value 7"]
            assert process_ids(pool) == before

    asyncio.run(go())


def test_deadline_holds_for_slow_clients(folder):
    """The deadline also ends an answer that its client reads too slowly, with an error and not with a short answer."""

    async def go():
        async with running(folder, deadline=0.5) as pool:
            with pytest.raises(QueryTimeout):
                await taken(pool, ROWS, pause=0.1)
            assert await values(pool) == ["value 7"]

    asyncio.run(go())
