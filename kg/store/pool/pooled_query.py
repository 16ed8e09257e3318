"""Pooled query: one query to a pool as a context, from its text to the end of its answer."""

import asyncio
from functools import lru_cache
from typing import Protocol

from kg.errors import QueryCrashed, QueryTooMany
from kg.store.pool import frames
from kg.store.pool.answer import AnswerStream
from kg.store.pool.core.kill_memory import AskedQuery
from kg.store.sparql import query_checks
from kg.store.sparql.query_service import QueryOptions, format_names

REFUSAL_SECONDS = 0.1
"""Seconds before a client is told that its query gets no worker for what it sent before. A client that asks on as soon
as there is an answer would otherwise fill the server's own time, with more queries than are ever answered."""


class Pool(Protocol):
    """Pool as a pooled query needs it."""

    def submit(self, request: bytes, client: str, seconds: float, asked: AskedQuery) -> AnswerStream:
        """Have a query answered. Raises QueryBusy, QueryTooMany, QueryCrashed."""

    def leave(self, stream: AnswerStream) -> None:
        """Want no more of an answer."""


class PooledQuery:
    """A query, from its place in the queue until its answer is read or unwanted."""

    __slots__ = ("_asked", "_client", "_limits", "_options", "_pool", "_seconds", "_stream")

    def __init__(  # noqa: PLR0913, PLR0917  # made in one place
        self,
        pool: Pool,
        asked: AskedQuery,
        options: bytes,
        limits: query_checks.QueryLimits,
        seconds: float,
        client: str,
    ) -> None:
        """Nothing is submitted yet.

        Args:
            pool: the pool.
            asked: the query.
            options: the query's options, as a worker is sent them; see `packed`.
            limits: limits of the text.
            seconds: how long it may run.
            client: the client.
        """
        self._pool = pool
        self._asked = asked
        self._options = options
        self._limits = limits
        self._seconds = seconds
        self._client = client

    async def __aenter__(self) -> AnswerStream:
        """The answer, of which the head is here. Raises the QueryError that the query came to instead."""
        request = frames.query(query_checks.check_size(self._asked.text, self._limits), self._options)
        try:
            self._stream = self._pool.submit(request, self._client, self._seconds, self._asked)
        except (QueryCrashed, QueryTooMany):
            await asyncio.sleep(REFUSAL_SECONDS)
            raise
        try:
            await self._stream.begin()
        except BaseException:
            self._pool.leave(self._stream)
            raise
        return self._stream

    async def __aexit__(self, *_: object) -> None:
        """Want no more of it."""
        self._pool.leave(self._stream)


def packed(options: QueryOptions) -> bytes:
    """The options of a query, as a worker is sent them beside its text."""
    return _packed(
        format_names(options),
        tuple(options.get("default_graphs", ())),
        tuple(options.get("named_graphs", ())),
        options.get("union", False),
        options.get("spare", 0),
        options.get("rows"),
    )


@lru_cache(maxsize=16)
def _packed(  # noqa: PLR0913, PLR0917  # made in one place
    formats: tuple[str, ...],
    default_graphs: tuple[str, ...],
    named_graphs: tuple[str, ...],
    union: bool,
    spare: int,
    rows: int | None,
) -> bytes:
    return frames.options(
        formats=formats,
        default_graphs=default_graphs,
        named_graphs=named_graphs,
        union=union,
        spare=spare,
        rows=rows,
    )
