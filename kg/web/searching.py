"""Queries that may search: the searches are answered here, before whoever answers the query sees it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from kg.finding import Finder
from kg.store.queries import Answer, Queries
from kg.store.search.clause_scan import may_search

MORE_FOUND = {"Search-Results": "limited"}
"""The header that says that a search in the query found more than its limit."""


class SearchingQueries:
    """Stands before what answers queries, and is asked as that is."""

    def __init__(self, queries: Queries, finder: Finder) -> None:
        self._queries = queries
        self._finder = finder

    async def start(self) -> None:
        """Get ready."""
        await self._queries.start()

    async def close(self) -> None:
        """Let everything go."""
        await self._queries.close()

    @contextlib.asynccontextmanager
    async def query(self, text: str, **options: Any) -> AsyncIterator[Answer]:
        """Ask; see `Queries.query`. Raises SearchRefused besides, for a search that has not its one form."""
        limited = False
        with contextlib.ExitStack() as places:
            if may_search(text):
                rewritten = await asyncio.to_thread(self._finder.rewrite, text)
                places.enter_context(rewritten.places())
                text, limited = rewritten.text, rewritten.limited
                options["spare"] = rewritten.added
            async with self._queries.query(text, **options) as answer:
                answer.limited = limited
                yield answer
