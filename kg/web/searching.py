"""A pool of query workers whose queries may search: the searches are answered here, before a worker sees the query."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from kg.finding import Finder
from kg.store.pool import Answer, QueryPool
from kg.store.search.clause_scan import may_search

MORE_FOUND = {"Search-Results": "limited"}
"""The header that says that a search in the query found more than its limit."""


class SearchingPool:
    """Stands before a pool and is asked as it is."""

    def __init__(self, pool: QueryPool, finder: Finder) -> None:
        self._pool = pool
        self._finder = finder

    async def start(self) -> None:
        """Start the workers."""
        await self._pool.start()

    async def close(self) -> None:
        """Let the workers go."""
        await self._pool.close()

    @contextlib.asynccontextmanager
    async def query(self, text: str, **options: Any) -> AsyncIterator[Answer]:
        """Ask; see `QueryPool.query`. Raises SearchRefused besides, for a search that has not its one form."""
        if not may_search(text):
            async with self._pool.query(text, **options) as answer:
                yield answer
            return
        rewritten = await asyncio.to_thread(self._finder.rewrite, text)
        with rewritten.places():
            async with self._pool.query(rewritten.text, spare=rewritten.added, **options) as answer:
                answer.limited = rewritten.limited
                yield answer
