"""One query of a store, as a command asks it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from kg.settings import Settings
from kg.store.pool.limits import PoolLimits
from kg.store.pool.pool import QueryPool
from kg.store.remote.queries import RemoteQueries
from kg.store.sparql.query_service import Queries


def run_once(  # noqa: PLR0913  # as `query`
    store: Path,
    text: str,
    out: BinaryIO,
    *,
    format: str | Sequence[str] = "json",  # noqa: A002  # as in `query`
    spare: int = 0,
    base: str | None = None,
    limits: PoolLimits | None = None,
) -> str:
    """Ask one query of a store, as a command does, and write its answer to `out`; the media type of it.

    Raises what `QueryPool.query` raises.
    """
    pool = QueryPool(store, limits or PoolLimits(size=1), base=base)
    return asyncio.run(_written(pool, text, out, format, spare))


def ask_once(  # noqa: PLR0913  # as `query`
    settings: Settings,
    graph: str,
    text: str,
    out: BinaryIO,
    *,
    format: Sequence[str],  # noqa: A002
    spare: int = 0,
) -> str:
    """The same of a graph at a remote store."""
    return asyncio.run(_written(RemoteQueries(settings, graph), text, out, format, spare))


async def _written(queries: Queries, text: str, out: BinaryIO, formats: str | Sequence[str], spare: int) -> str:
    await queries.start()
    try:
        async with queries.query(text, format=formats, spare=spare) as answer:
            async for chunk in answer:
                out.write(chunk)
            return answer.media_type
    finally:
        await queries.close()
