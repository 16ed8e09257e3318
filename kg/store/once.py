"""One query of a store, as a command asks it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from kg.store.pool import QueryPool


def run_once(
    store: Path,
    text: str,
    out: BinaryIO,
    *,
    format: str | Sequence[str] = "json",  # noqa: A002  # as in `query`
    spare: int = 0,
    **limits: Any,
) -> str:
    """Ask one query of a store, as a command does, and write its answer to `out`; the media type of it.

    Takes the limits that QueryPool takes, and raises what `QueryPool.query` raises.
    """

    async def ask() -> str:
        pool = QueryPool(store, size=1, **limits)
        await pool.start()
        try:
            async with pool.query(text, format=format, spare=spare) as answer:
                async for chunk in answer:
                    out.write(chunk)
                return answer.media_type
        finally:
            await pool.close()

    return asyncio.run(ask())
