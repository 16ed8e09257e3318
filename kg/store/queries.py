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
        timeout: float | None = None,
        client: str = "",
    ) -> AbstractAsyncContextManager[Answer]:
        """Ask; within the context the answer can be read. Raises QueryError or RemoteError.

        `spare` bytes of the text were added by the server itself, and count towards no limit.
        """
        ...
