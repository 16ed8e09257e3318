"""ASGI responses without Starlette's work on headers: bytes that are there already, and streams."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Ready(Response):
    """A response whose bytes and headers are there already."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
        self.status_code = status
        self.raw_headers = headers
        self.body = body
        self.background = None


class Stream(Response):
    """An answer as it comes. Who left is seen by what stands before the application, which stops this then."""

    def __init__(self, headers: list[tuple[bytes, bytes]], pieces: AsyncGenerator[bytes, None]) -> None:
        self.status_code = 200
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
