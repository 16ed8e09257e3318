"""Page cache: whole responses by canonical address and Vary (RFC 9111), inside the server.

It holds answers of one generation and goes with it. What an answer depends on it says itself, by Vary, and whether and
how long it may be kept, by Cache-Control and Expires. So a handler need not know of this, and as long as its headers
are true, so are these. Headers count by what the server makes of them (RFC 9111, 4.1 allows that): the language, the
coding, the format. So strangers' cookies make no further answers. No client drives out what others ask for (D-111).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from kg.render.data.negotiation import choose
from kg.store.fairness.fair_cache import FairCache
from kg.web.http import content_coding, language
from kg.web.http.canonical_address import CanonicalAddress
from kg.web.http.client import client_name
from kg.web.http.conditional import NotModified, has_it
from kg.web.http.headers import combined
from kg.web.http.responses import Ready

MAX_CACHED_BYTES = 32 << 20
"""Bytes of bodies that are kept in a server process."""

MAX_SHARE = 8
"""No answer may take more than this part of what there is."""

_BESIDE = 2_000
"""Bytes that an answer takes besides its body, about: headers, keys."""

MAX_KEY_LENGTH = 2_000
"""Bytes of an address, and of the headers that an answer varies with, up to which the answer is kept."""

METHODS = frozenset({"GET", "HEAD"})
"""Methods whose answers are kept: to HEAD with the body that GET has, which is left out when it is sent."""

_UNSEEN_BY_304 = frozenset({b"content-type", b"content-length", b"content-encoding"})
_ACCEPT = "accept"
_SELECTED: dict[str, Callable[[Request], str]] = {
    "accept-encoding": lambda request: content_coding.for_request(request, content_coding.OF_DOCUMENTS),
    "accept-language": language.preferred,
    "cookie": language.preferred,
}
"""Header → what the server makes of it; any other one counts as it was sent."""

_FEW_HEADERS, _MAX_REMEMBERED, _MAX_HEADERS_LENGTH = ("accept-encoding", "accept-language", "cookie"), 1_000, 500


@dataclass(frozen=True, slots=True)
class _CachedPage:
    """An answer with status 200; with a time of expiry, in seconds of the epoch, where it has one."""

    body: bytes
    headers: list[tuple[bytes, bytes]]
    etag: str
    modified: str
    expires: float | None = None


@dataclass(slots=True)
class _Selection:
    """Selection of the answers at an address.

    Attributes:
        names: headers that they vary with.
        negotiated: media types among which Accept chooses.
        answers: number of answers that are kept.
    """

    names: tuple[str, ...]
    negotiated: tuple[str, ...] | None
    answers: int = 0


class _Selector:
    """What the headers of requests select, remembered for those that clients send again and again."""

    def __init__(self) -> None:
        self._remembered: dict[tuple[object, ...], tuple[str, ...]] = {}

    def values(self, request: Request, selection: _Selection) -> tuple[str, ...]:
        """What a request's headers select at an address."""
        accept = "" if selection.negotiated == () or _ACCEPT not in selection.names else combined(request, _ACCEPT)
        sent = [combined(request, name) for name in _FEW_HEADERS]
        key = (selection.names, selection.negotiated, accept, *sent)
        found = self._remembered.get(key)
        if found is None:
            found = tuple([_value(request, name, selection) for name in selection.names])
            if _may_be_remembered(selection.names, accept, *sent):
                if len(self._remembered) >= _MAX_REMEMBERED:
                    self._remembered.clear()
                self._remembered[key] = found
        return found


def _may_be_remembered(names: tuple[str, ...], accept: str, coding: str, spoken: str, cookie: str) -> bool:
    """Whether no other headers count than these, they are short, and the cookie is not several lines in one."""
    length = len(accept) + len(coding) + len(spoken) + len(cookie)
    return {*names} <= {_ACCEPT, *_FEW_HEADERS} and length <= _MAX_HEADERS_LENGTH and "," not in cookie


def _value(request: Request, name: str, selection: _Selection) -> str:
    if name == _ACCEPT and selection.negotiated is not None:
        return choose(combined(request, name), selection.negotiated) or "" if selection.negotiated else ""
    selected = _SELECTED.get(name)
    return selected(request) if selected else combined(request, name)


_Key = tuple[CanonicalAddress, tuple[str, ...]]


class PageCache:
    """Fair cache of responses by address."""

    def __init__(self, most: int = MAX_CACHED_BYTES) -> None:
        """A cache of at most so many bytes."""
        self._largest = most // MAX_SHARE
        self._pages: FairCache[_Key, _CachedPage] = FairCache(most)
        self._selections: dict[CanonicalAddress, _Selection] = {}
        self._selector = _Selector()

    def find(self, request: Request, address: CanonicalAddress) -> Response | None:
        """The answer to a request that was given before, or 304 where the client has it (RFC 9111, 4.1 and 4.3.2)."""
        selection = self._selections.get(address)
        if selection is None or request.scope["method"] not in METHODS:
            return None
        page = self._pages.find((address, self._selector.values(request, selection)), client_name(request))
        if page is None or (page.expires is not None and time.time() >= page.expires):
            return None
        if has_it(request, page.etag, page.modified):
            return Ready(304, [each for each in page.headers if each[0] not in _UNSEEN_BY_304])
        return Ready(200, [*page.headers], page.body)

    def keep(
        self, request: Request, address: CanonicalAddress, answer: Response, negotiated: tuple[str, ...] | None = None
    ) -> None:
        """Keep an answer, if it may be given to anybody who asks the same.

        Args:
            request: the request.
            address: its address.
            answer: the answer; of a 304 the whole answer is kept that the client has.
            negotiated: media types among which Accept chooses; None where that is not known.
        """
        answer = answer.whole if isinstance(answer, NotModified) else answer
        if request.scope["method"] not in METHODS or answer.status_code != 200 or len(answer.body) > self._largest:
            return
        headers = answer.headers
        public = "public" in headers.get("cache-control", "") and "set-cookie" not in headers
        names = tuple(name.strip() for name in headers.get("vary", "").lower().split(",") if name.strip())
        if not public or "*" in names:
            return
        selection = self._selections.get(address) or _Selection(names, negotiated)
        values = self._selector.values(request, selection)
        if selection.names != names or sum(map(len, (*address, *values))) > MAX_KEY_LENGTH:
            return
        modified = parsedate_to_datetime(headers["last-modified"]).astimezone(UTC).isoformat()
        expires = parsedate_to_datetime(headers["expires"]).timestamp() if "expires" in headers else None
        page = _CachedPage(bytes(answer.body), list(answer.raw_headers), headers["etag"], modified, expires)
        self._keep((address, values), selection, page, client_name(request))

    def _keep(self, key: _Key, selection: _Selection, page: _CachedPage, client: str) -> None:
        self._selections[key[0]] = selection
        selection.answers += key not in self._pages
        for address, _ in self._pages.keep(key, page, len(page.body) + _BESIDE, client):
            rest = self._selections[address]
            rest.answers -= 1
            if not rest.answers:
                del self._selections[address]
