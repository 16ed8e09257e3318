"""Single query for a command: one SPARQL query in an event loop of its own, the answer written to a file."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from kg.settings import Settings
from kg.store.pool.core.limits import PoolLimits
from kg.store.pool.pool import QueryPool
from kg.store.remote.queries import RemoteQueries
from kg.store.sparql.query_service import QueryService


def query_embedded(  # noqa: PLR0913  # as `query`
    store: Path,
    text: str,
    out: BinaryIO,
    *,
    format: str | Sequence[str] = "json",  # noqa: A002  # as in `query`
    spare: int = 0,
    base: str | None = None,
    limits: PoolLimits | None = None,
) -> str:
    """Run one query on an embedded store, with a pool of one worker.

    Args:
        store: folder of the store.
        text: the query.
        out: binary file for the answer.
        format: name of a result format, or several by preference.
        spare: bytes of the text that the server itself added, which count towards no limit.
        base: the IRI against which relative IRIs in the query are resolved.
        limits: limits of the pool.

    Returns:
        The media type of the answer.

    Raises:
        QueryError: as `QueryPool.query`.
    """
    pool = QueryPool(store, limits or PoolLimits(size=1), base=base)
    return asyncio.run(_write_answer(pool, text, out, format, spare))


def query_remote(  # noqa: PLR0913  # as `query`
    settings: Settings,
    graph: str,
    text: str,
    out: BinaryIO,
    *,
    format: Sequence[str],  # noqa: A002
    spare: int = 0,
) -> str:
    """Run one query on a graph at a remote store; arguments and result as in `query_embedded`."""
    return asyncio.run(_write_answer(RemoteQueries(settings, graph), text, out, format, spare))


async def _write_answer(
    queries: QueryService, text: str, out: BinaryIO, formats: str | Sequence[str], spare: int
) -> str:
    await queries.start()
    try:
        async with queries.query(text, format=formats, spare=spare) as answer:
            async for chunk in answer:
                out.write(chunk)
            return answer.media_type
    finally:
        await queries.close()
