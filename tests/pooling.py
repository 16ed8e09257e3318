"""A query pool with a small store."""

import contextlib

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.store.pool.pool import QueryPool

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
    pool = QueryPool(folder, **{"size": 1, "deadline": 5.0, **limits})
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


def process_ids(pool):
    """The processes of a pool's workers."""
    return {worker._process.pid for worker in pool._crew.workers}
