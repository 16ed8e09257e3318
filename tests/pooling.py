"""Query pools with a small store, and what their tests ask them."""

import asyncio
import contextlib
import json
import os
import socket
import threading

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.store.pool.core.limits import PoolLimits
from kg.store.pool.pool import QueryPool

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"  # 27 million rows, the first of them at once
SMALL = "SELECT ?o { <http://e/7> ?p ?o }"
UNORDERED = (
    "SELECT ?n { VALUES ?n { "
    + " ".join(
        (
            str(n * 7919 % 9973),
            f'"{n * 31 % 997}"^^<x:y>',
            f'"{1000 + n * 37 % 999}-01-01"^^xsd:date',
            f'"{n * 17 % 983}"',
        )[n * n % 7 % 4]
        for n in range(1_000)
    )
    + " } } ORDER BY ?n"
).replace("SELECT", "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT", 1)
"""A sort of values for which the engine has no order, which aborts its process."""

THINGS = 300
"""Each of these, http://e/N, has one value, "value N"."""


def filled(path):
    """A store in a folder, with two graphs beside the default one; the folder."""
    store = Store(str(path))
    p = NamedNode("http://e/p")
    store.extend(Quad(NamedNode(f"http://e/{n}"), p, Literal(f"value {n}")) for n in range(THINGS))
    store.extend(Quad(NamedNode("http://e/g"), p, Literal(name), NamedNode(f"http://g/{name}")) for name in "ab")
    store.flush()
    return path


@contextlib.asynccontextmanager
async def running(folder, **limits):
    """A pool of one worker, if nothing else is said, until the end of the context."""
    pool = QueryPool(folder, PoolLimits(**{"size": 1, "deadline": 5.0, **limits}))
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


def process_ids(pool):
    """The processes of a pool's workers."""
    return {process.pid for process in pool._processes.values()}


async def taken(pool, text=SMALL, *, into=None, pause=0.0, **options):
    """The whole answer; also piece by piece `into` a list, and slowly if need be."""
    pieces = [] if into is None else into
    async with pool.query(text, **options) as answer:
        async for chunk in answer:
            pieces.append(chunk)
            await asyncio.sleep(pause)
    return b"".join(pieces)


async def values(pool, text=SMALL, **options):
    rows = json.loads(await taken(pool, text, **options))["results"]["bindings"]
    return sorted(row["o"]["value"] for row in rows)


def trap():
    """A listening socket that counts who connects."""
    listener = socket.create_server(("127.0.0.1", 0))
    callers = []

    def answer():
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                callers.append(caller)
                caller.close()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return listener, callers


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
