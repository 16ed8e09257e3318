"""Headers and coding of an answer, whole, as a stream or without a body."""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from kg.store.sparql.query_service import QueryAnswer
from kg.web.http import content_coding
from kg.web.http.conditional import tags_of
from kg.web.http.headers import CACHE, CORS, raw
from kg.web.http.responses import Ready
from kg.web.serving.answer_cache import CachedAnswer
from kg.web.serving.search_rewriting import MORE_FOUND

_HEADERS = {**CORS, "Vary": "Accept, Accept-Encoding"}
_KEPT = raw({**_HEADERS, **CACHE})
_VARYING = raw({**_HEADERS, "Cache-Control": "no-store"})
_LIMITED = raw(MORE_FOUND)


class Shape(NamedTuple):
    """Form of an answer for a client.

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
        """The form for the client of a request."""
        method = request.scope["method"]
        name = content_coding.for_request(request, content_coding.OF_ANSWERS)
        given = tags_of(request) if tag is not None and method != "POST" else ()
        if not given:
            return cls(tag, name, method == "HEAD", "", has_any=False)
        # Small answers go without a coding, so that what the client has may be named either way.
        known = next((each for each in given if each in {f'"{tag}"', f'"{tag}-{name}"'}), "")
        return cls(tag, name, method == "HEAD", known, "*" in given)

    @property
    def etag(self) -> str:
        """The strong entity tag of the answer in its coding (RFC 9110, 8.8.3)."""
        return f'"{self.tag}-{self.coding}"' if self.coding else f'"{self.tag}"'

    def headers(self, etag: str) -> list[tuple[bytes, bytes]]:
        """Headers of any answer."""
        return [*_VARYING] if self.tag is None else [*_KEPT, (b"etag", etag.encode("ascii"))]

    def begun(self, answer: QueryAnswer) -> list[tuple[bytes, bytes]]:
        """The headers of an answer whose end has not come."""
        return [*self.headers(self.etag), *_described(answer, self.coding)]

    def coding_of(self, found: CachedAnswer) -> str:
        """The coding in which a whole answer goes; a small one goes without."""
        return self.coding if len(found.body) >= content_coding.SMALLEST else ""

    def whole(self, found: CachedAnswer) -> Response:
        """The response that is a whole answer."""
        packed = self.coding_of(found)
        headers = self.headers(self.etag if packed else f'"{self.tag}"')
        if self.has_any:
            return Ready(304, headers)
        body = found.bytes_in(packed)
        headers += _described(found, packed)
        headers.append((b"content-length", b"%d" % len(body)))
        return Ready(200, headers, b"" if self.head else body)


def _described(answer: QueryAnswer | CachedAnswer, packed: str) -> list[tuple[bytes, bytes]]:
    """Headers that describe an answer in a coding."""
    headers = [(b"content-type", answer.media_type.encode("ascii"))]
    if answer.limited:
        headers += _LIMITED
    if packed:
        headers.append((b"content-encoding", packed.encode("ascii")))
    return headers
