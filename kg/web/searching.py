"""Queries that may search: the searches are answered here, before whoever answers the query sees it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

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
    async def query(  # noqa: PLR0913  # as the port has it
        self,
        text: str,
        *,
        format: str | Sequence[str] = "json",  # noqa: A002  # the protocol's word
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        union: bool = False,
        spare: int = 0,
        timeout: float | None = None,  # noqa: ASYNC109  # it can only lower the deadline
        client: str = "",
    ) -> AsyncIterator[Answer]:
        """Ask; see `Queries.query`. Raises SearchRefused besides, for a search that has not its one form."""
        limited = False
        with contextlib.ExitStack() as places:
            if may_search(text):
                rewritten = await asyncio.to_thread(self._finder.rewrite, text)
                places.enter_context(rewritten.places())
                text, spare, limited = rewritten.text, spare + rewritten.added, rewritten.limited
            asking = self._queries.query(
                text,
                format=format,
                default_graphs=default_graphs,
                named_graphs=named_graphs,
                union=union,
                spare=spare,
                timeout=timeout,
                client=client,
            )
            async with asking as answer:
                answer.limited = limited
                yield answer
