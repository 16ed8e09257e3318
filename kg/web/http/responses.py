"""ASGI responses without Starlette's work on headers: bytes that are there already, and streams."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.web.http.byte_ranges import BodyPiece

_READ_BYTES = 256 << 10


class Ready(Response):
    """A response whose bytes and headers are there already."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
        self.status_code = status
        self.raw_headers = headers
        self.body = body
        self.background = None


class Stream(Response):
    """An answer as it comes. Who left is seen by what stands before the application, which stops this then."""

    def __init__(
        self, headers: list[tuple[bytes, bytes]], pieces: AsyncGenerator[bytes, None], status: int = 200
    ) -> None:
        self.status_code = status
        self.raw_headers = headers
        self.pieces = pieces
        self.background = None

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it, as ASGI 3 has it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self.pieces) as pieces:
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def file_pieces(path: Path, pieces: Iterable[BodyPiece]) -> AsyncGenerator[bytes]:
    """Pieces of a file, read beside the event loop and no faster than they are taken.

    Raises:
        OSError: the file can't be read.
        EOFError: it is shorter than a piece, so that the answer has to be cut.
    """
    descriptor = await asyncio.to_thread(os.open, path, os.O_RDONLY)
    try:
        async with aclosing(read_pieces(lambda at, size: os.pread(descriptor, size, at), pieces)) as made:
            async for piece in made:
                yield piece
    finally:
        os.close(descriptor)


async def read_pieces(read: Callable[[int, int], bytes], pieces: Iterable[BodyPiece]) -> AsyncGenerator[bytes]:
    """Pieces of a body, read beside the event loop and no faster than they are taken.

    Args:
        read: function from a place and a number of bytes to some of these.
        pieces: those of the body.

    Raises:
        EOFError: there are fewer bytes than a piece has, so that the answer has to be cut.
    """
    for piece in pieces:
        if piece.before:
            yield piece.before
        at = piece.part.start
        while at < piece.part.end:
            content = await asyncio.to_thread(read, at, min(_READ_BYTES, piece.part.end - at))
            if not content:
                raise EOFError(f"a file ends at byte {at}")
            at += len(content)
            yield content
