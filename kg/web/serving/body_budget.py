"""Budget of request bodies: bytes of memory that the bodies have together that are still coming, or being read.

A body is at most a query in a form, and that is small enough for memory: a file would be slower, and have to be bounded
as well. What a client may hold is what stays free for all others. So one client has half at most, each further one
leaves room for the next, and nobody who sends a single query finds the budget spent by one (D-106).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

from kg.errors import Message, QueryBusy, QueryTooMany
from kg.store.fairness.fair_queue import client_of
from kg.web.http.problems import Problem

MAX_BYTES = 32 << 20
"""Bytes of all bodies in a server process."""

_TODO = Message("Try again in a moment.")
_MAX_LENGTH_DIGITS = 15


class BodyBudget:
    """Bytes of bodies by client.

    Attributes:
        size: bytes that all bodies have now.
    """

    def __init__(self, most: int = MAX_BYTES) -> None:
        """Room for so many bytes."""
        self._most = most
        self._held: dict[str, int] = {}
        self.size = 0

    @asynccontextmanager
    async def reading(self, request: Request, most: int) -> AsyncIterator[bytes]:
        """The whole body of a request, which counts as long as the context lasts.

        Args:
            request: the request.
            most: its bytes, at most.

        Raises:
            Problem: 413 for a longer body, before its end; 400 for one without its end.
            QueryTooMany: other bodies of this client hold too much.
            QueryBusy: those of other clients do.
        """
        client = client_of(request.client.host) if request.client else ""
        if _said(request) > most:
            raise _too_long(most)
        body = bytearray()
        taken = 0
        try:
            async for chunk in request.stream():
                self._take(client, len(chunk), alone=self._held.get(client, 0) == taken)
                taken += len(chunk)
                body += chunk
                if taken > most:
                    raise _too_long(most)
            yield bytes(body)
        except ClientDisconnect:
            raise Problem(400, Message("The body of the request is incomplete.")) from None
        finally:
            self._give_back(client, taken)

    def _take(self, client: str, size: int, *, alone: bool) -> None:
        held, free = self._held.get(client, 0), self._most - self.size
        if size > free or (client and held + size > free - size):
            if alone:
                raise QueryBusy(Message("the server is still receiving many requests"), todo=_TODO)
            raise QueryTooMany(Message("many of your requests have not arrived in full yet"), todo=_TODO)
        self._held[client] = held + size
        self.size += size

    def _give_back(self, client: str, size: int) -> None:
        self.size -= size
        left = self._held.get(client, 0) - size
        if left > 0:
            self._held[client] = left
        else:
            self._held.pop(client, None)


def _said(request: Request) -> int:
    """The length that a request says; 0 where it says none."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= _MAX_LENGTH_DIGITS else 0


def _too_long(most: int) -> Problem:
    return Problem(413, Message("The body of the request is longer than %(most)s bytes.", most=f"{most:,}"))
