"""Query service port: answers to untrusted queries, by the pool of worker processes or by a remote store."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypedDict, Unpack

from kg.store.sparql.results import Kind


class QueryAnswer(Protocol):
    """Streaming answer: an asynchronous iterator over its bytes, once.

    Attributes:
        kind: select, ask, or construct (DESCRIBE included).
        format: name of its result format.
        media_type: value of Content-Type.
        limited: True where a search in the query has more hits than its limit.
        done: True after the last byte.
    """

    kind: Kind
    format: str
    media_type: str
    limited: bool
    done: bool

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Chunks of the answer."""
        ...


class QueryOptions(TypedDict, total=False):
    """Optional parameters of a query's request.

    Attributes:
        format: a name in FORMATS, or several by preference: the first that can hold the answer is taken.
        default_graphs: IRIs of the graphs of the default graph, as a union.
        named_graphs: IRIs of the named graphs.
        union: True for all graphs as the default graph, where neither is given.
        spare: bytes that the server itself added to the text, which count towards no limit.
        rows: number of rows of a table that are needed; QueryTooLarge follows behind them and some more, where there
            are more. No worker is killed for it, unlike for leaving early.
        timeout: seconds, if less than the deadline.
        client: address of the client, for fairness.
    """

    format: str | Sequence[str]
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    union: bool
    spare: int
    rows: int | None
    timeout: float | None
    client: str


def format_names(options: QueryOptions) -> tuple[str, ...]:
    """Names of result formats by preference."""
    names = options.get("format", "json")
    return (names,) if isinstance(names, str) else tuple(names)


def deadline_seconds(options: QueryOptions, maximum: float) -> float:
    """Deadline of a query in seconds: its own timeout, up to the maximum."""
    seconds = options.get("timeout")
    return maximum if seconds is None else min(seconds, maximum)


class QueryService(Protocol):
    """Query service on one generation."""

    async def start(self) -> None:
        """Start the service."""
        ...

    async def drain(self) -> None:
        """Take no further query, and stop the service behind the last running one, or when `close` stops it."""
        ...

    async def close(self) -> None:
        """Stop the service; running queries fail."""
        ...

    def check(self) -> None:
        """Test whether queries can be answered. Raises GenerationError for a damaged store, or without a worker."""
        ...

    def query(self, text: str, **options: Unpack[QueryOptions]) -> AbstractAsyncContextManager[QueryAnswer]:
        """Run a query; its answer is readable within the context. Leaving the context early stops the query.

        Raises:
            QueryError, RemoteError: a subclass of them in `kg.errors`; also from the middle of an answer.
            GenerationError: the store is damaged.
        """
        ...
