"""The port behind which queries of strangers are answered, by processes of ours or by a remote store."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypedDict, Unpack

from kg.store.sparql.results import Kind


class Answer(Protocol):
    """An answer while it comes: iterate over it for its bytes, once.

    Attributes:
        kind: select, ask, or construct (which DESCRIBE is too).
        format: the name of its format.
        media_type: the same as a value of Content-Type.
        limited: whether a search in the query found more than its limit.
        done: whether all of it was taken.
    """

    kind: Kind
    format: str
    media_type: str
    limited: bool
    done: bool

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Its bytes."""
        ...


class Options(TypedDict, total=False):
    """What a request can say of how it wants a query answered; all of it may be left out.

    Attributes:
        format: a name in FORMATS, or several by preference: the first that can hold the answer is taken.
        default_graphs: IRIs of graphs that are the default graph together.
        named_graphs: IRIs of the graphs that GRAPH sees.
        union: whether the default graph is all graphs together, where neither is given.
        spare: bytes that the server itself added to the text, which count towards no limit.
        rows: how many rows of a table are wanted; QueryTooLarge comes behind them and some more, if there are. No
            worker has to die for it, as for leaving early.
        timeout: seconds, if less than the deadline.
        client: the address of who asks, for fairness.
    """

    format: str | Sequence[str]
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    union: bool
    spare: int
    rows: int | None
    timeout: float | None
    client: str


def formats_of(options: Options) -> tuple[str, ...]:
    """Names of formats by preference."""
    wanted = options.get("format", "json")
    return (wanted,) if isinstance(wanted, str) else tuple(wanted)


def seconds_of(options: Options, most: float) -> float:
    """How long a query may take, if it may take so many seconds at most."""
    wanted = options.get("timeout")
    return most if wanted is None else min(wanted, most)


class Queries(Protocol):
    """Answers queries from one generation."""

    async def start(self) -> None:
        """Get ready."""
        ...

    async def close(self) -> None:
        """Let everything go; queries that are under way fail."""
        ...

    def query(self, text: str, **options: Unpack[Options]) -> AbstractAsyncContextManager[Answer]:
        """Ask; within the context the answer can be read. To leave before its end stops the query.

        Raises:
            QueryError, RemoteError: one of those below them in `kg.errors`; also from the middle of an answer.
        """
        ...
