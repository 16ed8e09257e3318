"""The port behind which queries of strangers are answered, by processes of ours or by a remote store."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from kg.store.results import Kind


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


class Queries(Protocol):
    """Answers queries from one generation."""

    async def start(self) -> None:
        """Get ready."""
        ...

    async def close(self) -> None:
        """Let everything go; queries that are under way fail."""
        ...

    def query(  # noqa: PLR0913  # what a request can say
        self,
        text: str,
        *,
        format: str | Sequence[str] = "json",  # noqa: A002  # the protocol's word
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        union: bool = False,
        spare: int = 0,
        rows: int | None = None,
        timeout: float | None = None,
        client: str = "",
    ) -> AbstractAsyncContextManager[Answer]:
        """Ask; within the context the answer can be read. To leave before its end stops the query.

        Args:
            text: the query.
            format: a name in FORMATS, or several by preference: the first that can hold the answer is taken.
            default_graphs: IRIs of graphs that are the default graph together.
            named_graphs: IRIs of the graphs that GRAPH sees.
            union: whether the default graph is all graphs together, where neither is given.
            spare: bytes that the server itself added to the text, which count towards no limit.
            rows: how many rows of a table are wanted; QueryTooLarge comes behind them and some more, if there are. No
                worker has to die for it, as for leaving early.
            timeout: seconds, if less than the deadline.
            client: the address of who asks, for fairness.

        Raises:
            QueryError, RemoteError: one of those below them in `kg.errors`; also from the middle of an answer.
        """
        ...
