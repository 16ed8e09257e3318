"""How a client gets the answer of a query: with which headers and coding, whole, in pieces or not at all."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.web import coding
from kg.web.answers import Whole
from kg.web.conditional import tags_of
from kg.web.headers import CACHE, CORS
from kg.web.searching import MORE_FOUND

_HEADERS = {**CORS, "Vary": "Accept, Accept-Encoding"}
_KEPT = {**_HEADERS, **CACHE}
_VARYING = {**_HEADERS, "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a client gets an answer.

    Attributes:
        tag: what names the answer; None where each is another one.
        coding: the content coding; "" for none.
        head: whether the body is left out.
        known: the entity tag of what the client has already, or "".
        has_any: whether it wants none if there is one (`If-None-Match: *`).
    """

    tag: str | None
    coding: str
    head: bool
    known: str
    has_any: bool

    @classmethod
    def of(cls, request: Request, tag: str | None) -> "Shape":
        """How the client of a request gets the answer of this tag."""
        name = coding.for_request(request, coding.OF_ANSWERS)
        given = tags_of(request) if tag is not None and request.method != "POST" else []
        # Small answers go without a coding, so that what the client has may be named either way.
        known = next((each for each in (f'"{tag}"', f'"{tag}-{name}"') if each in given), "")
        return cls(tag, name, request.method == "HEAD", known, "*" in given)

    @property
    def etag(self) -> str:
        """The strong entity tag of the answer in its coding (RFC 9110, 8.8.3)."""
        return f'"{self.tag}-{self.coding}"' if self.coding else f'"{self.tag}"'

    def headers(self, etag: str) -> dict[str, str]:
        """What all answers send along."""
        return dict(_VARYING) if self.tag is None else {**_KEPT, "ETag": etag}

    def whole(self, found: Whole) -> Response:
        """The response that is a whole answer."""
        packed = self.coding if len(found.body) >= coding.SMALLEST else ""
        headers = self.headers(self.etag if packed else f'"{self.tag}"') | (MORE_FOUND if found.limited else {})
        if self.has_any:
            return Response(None, 304, headers)
        body = found.bytes_in(packed)
        if packed:
            headers["Content-Encoding"] = packed
        headers["Content-Length"] = str(len(body))
        return Response(b"" if self.head else body, 200, headers, found.media_type)


class Stream(Response):
    """An answer as it comes. Who left is seen by what stands before the application, which stops this then."""

    def __init__(self, pieces: AsyncGenerator[bytes, None], headers: dict[str, str], media_type: str) -> None:
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self.pieces = pieces
        self.init_headers(headers)

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it, as ASGI 3 has it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self.pieces) as pieces:
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class Again(Response):
    """A kept answer, with the headers that it had before."""

    def __init__(self, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = 200
        self.body = body
        self.raw_headers = headers
        self.background = None
