"""Worker process: its deaths, its environment, its priority."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from pooling import ENDLESS, alive, process_ids, running, taken, values

from kg.errors import QueryCrashed, QueryTooLarge
from kg.store.sparql.query_checks import QueryLimits


def test_crash(folder):
    """A query that brings the engine down gets QueryCrashed, and the next one a sound worker."""
    limits = QueryLimits(size=3_000_000, rest=3_000_000, depth=2_000_000, operators=2_000_000, patterns=2_000_000)
    text = "SELECT * " + "{" * 1_000_000 + "}" * 1_000_000

    async def go():
        async with running(folder, text=limits, deadline=60) as pool:
            before = process_ids(pool)
            with pytest.raises(QueryCrashed):
                await taken(pool, text)
            assert await values(pool) == ["value 7"]
            assert not process_ids(pool) & before

    asyncio.run(go())


def mixed(seed):
    """A query that sorts numbers and literals of a type that the engine does not know."""
    chance = random.Random(seed)
    kinds = (lambda: str(chance.randint(1, 9999)), lambda: f'"{chance.randint(0, 999)}"^^<x:y>')
    return f"SELECT ?n {{ VALUES ?n {{ {' '.join(chance.choice(kinds)() for _ in range(1000))} }} }} ORDER BY ?n"


def test_mixed_kinds(folder):
    """ORDER BY over values of mixed kinds brings the engine down: that client gets an error, the next one an answer."""

    async def go():
        async with running(folder, spares=1) as pool:
            with pytest.raises(QueryCrashed):
                await taken(pool, mixed(1))
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_memory(folder):
    """A query that takes too much memory is stopped: by the server's sample, or by the limit of the process."""
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i"

    async def go():
        for limits in ({"memory": 150 << 20}, {"memory": 8 << 30, "address_space": 1 << 30}):
            async with running(folder, deadline=20, **limits) as pool:
                with pytest.raises(QueryTooLarge, match="memory"):
                    await taken(pool, text)
                assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_workers_die_with_the_server(folder):
    """Workers die with their server, even in the middle of a query."""
    script = f"""
        import asyncio
        from pathlib import Path
        from kg.store.pool.core.limits import PoolLimits
        from kg.store.pool.pool import QueryPool
        async def go():
            pool = QueryPool(Path({str(folder)!r}), PoolLimits(deadline=60))
            await pool.start()
            print(*(process.pid for process in pool._processes.values()), flush=True)
            async with pool.query({ENDLESS!r}): pass
        asyncio.run(go())
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE) as server:
        workers = [int(word) for word in server.stdout.readline().split()]
        time.sleep(0.3)
        assert len(workers) == 2
        assert all(alive(worker) for worker in workers)
        server.send_signal(signal.SIGKILL)
        server.wait()
    for _ in range(3_000):
        if any(alive(worker) for worker in workers):
            time.sleep(0.02)
    assert not any(alive(worker) for worker in workers)


def environment(process):
    entries = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    return {entry.partition(b"=")[0] for entry in entries if entry}


def test_environment(folder):
    """A worker gets nothing of the server's environment: no proxies, no secrets."""

    async def go():
        async with running(folder) as pool:
            (process,) = process_ids(pool)
            assert environment(process) == {b"LC_ALL", b"PATH", b"GLIBC_TUNABLES"}

    asyncio.run(go())


def test_a_worker_that_must_stay_slow_says_so(folder, monkeypatch):
    """A demoted worker is urgent again only if its priority could be raised."""

    async def run():
        async with running(folder) as pool:
            (process,) = pool._processes.values()
            process.demote()
            with monkeypatch.context() as without_right:
                without_right.setattr(os, "setpriority", _refuse)
                assert not process.promote()
            process.demote()
            if os.geteuid() == 0:
                assert process.promote()

    asyncio.run(run())


def _refuse(*_):
    raise PermissionError
