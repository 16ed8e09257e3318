"""Page cache: whole responses by address and Vary (RFC 9111), inside the server.

It holds answers of one generation and goes with it. What an answer depends on it says itself, by Vary, and whether it
may be kept, by Cache-Control. So a handler need not know of this, and as long as its headers are true, so are these.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from kg.web.http.conditional import has_it
from kg.web.http.responses import Ready

MAX_CACHED_BYTES = 32 << 20
"""Bytes of bodies that are kept in a server process; the ones asked for last."""

_BESIDE = 2_000
"""Bytes that an answer takes besides its body, about: headers, keys."""

MAX_KEY_LENGTH = 2_000
"""Bytes of an address, and of the headers that an answer varies with, up to which the answer is kept."""

_UNSEEN_BY_304 = frozenset({b"content-type", b"content-length", b"content-encoding"})


@dataclass(frozen=True, slots=True)
class _CachedPage:
    """An answer with status 200."""

    body: bytes
    headers: list[tuple[bytes, bytes]]
    etag: str
    modified: str


@dataclass(slots=True)
class _Variants:
    """The answers at one address: by the values of the request's headers that they vary with."""

    varies: tuple[bytes, ...]
    answers: dict[tuple[tuple[bytes, ...], ...], _CachedPage] = field(default_factory=dict)
    size: int = 0


class PageCache:
    """LRU cache of responses by address; those of the address not asked for longest go first."""

    def __init__(self, most: int = MAX_CACHED_BYTES) -> None:
        """A cache of at most so many bytes."""
        self._most = most
        self._size = 0
        self._places: OrderedDict[tuple[bytes, bytes], _Variants] = OrderedDict()

    def find(self, request: Request) -> Response | None:
        """The answer to a GET that was given before, or 304 where the client has it (RFC 9111, 4.1 and 4.3.2)."""
        address = _address(request)
        place = self._places.get(address) if request.scope["method"] == "GET" else None
        whole = place and place.answers.get(_values(request, place.varies))
        if not whole:
            return None
        self._places.move_to_end(address)
        if has_it(request, whole.etag, whole.modified):
            return Ready(304, [each for each in whole.headers if each[0] not in _UNSEEN_BY_304])
        return Ready(200, [*whole.headers], whole.body)

    def keep(self, request: Request, answer: Response) -> None:
        """Keep an answer to a GET, if it may be given to anybody who asks the same."""
        if request.scope["method"] != "GET" or answer.status_code != 200:
            return
        headers = answer.headers
        public = "public" in headers.get("cache-control", "") and "set-cookie" not in headers
        listed = headers.get("vary", "").lower().encode("latin-1").split(b",")
        varies = tuple(name.strip() for name in listed if name.strip())
        if not public or b"*" in varies:
            return
        modified = parsedate_to_datetime(headers["last-modified"]).astimezone(UTC).isoformat()
        whole = _CachedPage(bytes(answer.body), list(answer.raw_headers), headers["etag"], modified)
        values = _values(request, varies)
        if sum(map(len, _address(request))) + sum(len(each) for value in values for each in value) > MAX_KEY_LENGTH:
            return
        place = self._places.setdefault(_address(request), _Variants(varies))
        if place.varies != varies:
            return
        before = place.answers.get(values)
        grown = len(whole.body) - len(before.body) if before else len(whole.body) + _BESIDE
        place.answers[values] = whole
        place.size += grown
        self._size += grown
        while self._size > self._most:
            self._size -= self._places.popitem(last=False)[1].size


def _address(request: Request) -> tuple[bytes, bytes]:
    """Address of a request: the path as it was sent, and the query."""
    scope = request.scope
    return scope.get("raw_path") or scope["path"].encode(), scope["query_string"]


def _values(request: Request, names: tuple[bytes, ...]) -> tuple[tuple[bytes, ...], ...]:
    """Line by line: two cookies in two lines are others than one with a comma in it."""
    lines = request.scope["headers"]
    return tuple([tuple([value for each, value in lines if each == name]) for name in names])
