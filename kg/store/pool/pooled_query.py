"""One query to a pool, from the text that somebody sends to the answer that he takes."""

from functools import lru_cache
from typing import Protocol

from kg.store.pool import frames
from kg.store.pool.answer import WorkerAnswer
from kg.store.sparql import query_checks
from kg.store.sparql.query_service import QueryOptions, format_names


class Pool(Protocol):
    """Who has queries answered."""

    def ask(self, request: bytes, client: str, seconds: float) -> WorkerAnswer:
        """Have a query answered; the answer before it begins."""

    def leave(self, answer: WorkerAnswer) -> None:
        """Nobody wants more of an answer."""


class Asking:
    """One query, from its place in the line until its answer was taken or nobody wants more of it."""

    __slots__ = ("_answer", "_client", "_limits", "_options", "_pool", "_seconds", "_text")

    def __init__(  # noqa: PLR0913, PLR0917  # made in one place
        self, pool: Pool, text: str, options: bytes, limits: query_checks.QueryLimits, seconds: float, client: str
    ) -> None:
        """Nothing is asked yet.

        Args:
            pool: who is asked.
            text: the query.
            options: what a worker is told besides; see `as_sent`.
            limits: what the text may be.
            seconds: how long it may have a worker.
            client: who asks.
        """
        self._pool = pool
        self._text = text
        self._options = options
        self._limits = limits
        self._seconds = seconds
        self._client = client

    async def __aenter__(self) -> WorkerAnswer:
        """The answer, of which the head is here. Raises the QueryError that the query came to instead."""
        request = frames.query(query_checks.check_size(self._text, self._limits), self._options)
        self._answer = self._pool.ask(request, self._client, self._seconds)
        try:
            await self._answer.begin()
        except BaseException:
            self._pool.leave(self._answer)
            raise
        return self._answer

    async def __aexit__(self, *_: object) -> None:
        """Want no more of it."""
        self._pool.leave(self._answer)


def as_sent(options: QueryOptions) -> bytes:
    """What a worker is told besides the text."""
    return _told(
        format_names(options),
        tuple(options.get("default_graphs", ())),
        tuple(options.get("named_graphs", ())),
        options.get("union", False),
        options.get("spare", 0),
        options.get("rows"),
    )


@lru_cache(maxsize=16)
def _told(  # noqa: PLR0913, PLR0917  # made in one place
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
