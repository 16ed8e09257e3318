"""Queries that may search: the searches are answered here, before whoever answers the query sees it."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Unpack

from kg.read.search import Finder
from kg.store.search.sparql_search_scan import may_have_clauses
from kg.store.sparql.query_service import QueryAnswer, QueryOptions, QueryService
from kg.web.serving.thread_queue import ThreadQueue

MORE_FOUND = {"Search-Results": "limited"}
"""The header that says that a search in the query found more than its limit."""


class SearchingQueries:
    """Stands before what answers queries, and is asked as that is."""

    def __init__(self, queries: QueryService, finder: Finder, lane: ThreadQueue) -> None:
        """A query service, a finder, and the queue in which searches are run."""
        self._queries = queries
        self._finder = finder
        self._lane = lane

    async def start(self) -> None:
        """Get ready."""
        await self._queries.start()

    async def drain(self) -> None:
        """Take no further query, and close behind the last one."""
        await self._queries.drain()

    async def close(self) -> None:
        """Let everything go."""
        await self._queries.close()

    def check(self) -> None:
        """Test whether queries can be answered; see `kg.store.sparql.query_service`."""
        self._queries.check()

    def query(self, text: str, **options: Unpack[QueryOptions]) -> AbstractAsyncContextManager[QueryAnswer]:
        """Ask; see `Queries.query`. Raises SearchRefused besides, for a search that has not its one form."""
        return self._searching(text, options) if may_have_clauses(text) else self._queries.query(text, **options)

    @contextlib.asynccontextmanager
    async def _searching(self, text: str, options: QueryOptions) -> AsyncIterator[QueryAnswer]:
        rewritten = await self._lane.run(options.get("client", ""), partial(self._finder.rewrite, text))
        with rewritten.original_positions():
            options["spare"] = rewritten.added_bytes
            async with self._queries.query(rewritten.text, **options) as answer:
                answer.limited = rewritten.limited
                yield answer
