"""A whole answer: its validators, its coding, and whether the client has it already (RFC 9110, 8.8 and 13)."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

import brotli
from starlette.requests import Request
from starlette.responses import Response

PACKED_FROM = 600
"""Bytes from which it pays to compress."""

_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    # Of a page of 18 kB brotli leaves 4.0 in 0.15 ms, gzip 4.4 in 0.06 ms.
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 4, mtime=0),
}
"""Content codings, the better first."""


def etag_of(body: bytes) -> str:
    """What names a body, for a page that is made of much: a digest of it."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


_LONGEST = 1_000
"""Characters of an Accept-Encoding that is read; a longer one counts as absent."""


def coding(accept_encoding: str) -> str:
    """The coding that a client takes and that we like best; "" for none (RFC 9110, 12.5.3).

    >>> coding("gzip, deflate, br"), coding("br;q=0.5, gzip"), coding("*;q=0, gzip"), coding("x"), coding("")
    ('br', 'gzip', 'gzip', '', '')
    """
    return _coding(accept_encoding) if len(accept_encoding) <= _LONGEST else ""


@lru_cache(maxsize=256)
def _coding(accept_encoding: str) -> str:
    weights: dict[str, float] = {}
    for element in accept_encoding.lower().split(","):
        name, _, parameter = element.partition(";")
        weights[name.strip().removeprefix("x-")] = _weight(parameter)
    weighed = [(weights.get(name, weights.get("*", 0.0)), -place, name) for place, name in enumerate(_PACKERS)]
    best, _, name = max(weighed)
    return name if best > 0 and best >= weights.get("identity", 0.0) else ""


def _weight(parameter: str) -> float:
    """The weight of an element; none at all where it can't be read."""
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def http_date(time: str) -> str:
    """A time of the catalogue as HTTP writes it."""
    return format_datetime(datetime.fromisoformat(time).astimezone(UTC), usegmt=True)


def answer(  # noqa: PLR0913  # what one answer is made of
    request: Request,
    body: bytes,
    content_type: str,
    *,
    tag: str,
    modified: str,
    headers: Mapping[str, str],
    vary: str = "Accept-Encoding",
) -> Response:
    """A whole answer to GET, compressed where the client takes it; 304 where it has it already.

    Args:
        request: the request.
        body: the whole body.
        content_type: its media type.
        tag: what names this body, without quotes; each coding of it gets its own.
        modified: when it last changed, as the catalogue has it.
        headers: to send along.
        vary: what the answer depends on.
    """
    packed = coding(",".join(request.headers.getlist("accept-encoding"))) if len(body) >= PACKED_FROM else ""
    etag = f'"{tag}-{packed}"' if packed else f'"{tag}"'
    sent = {**headers, "ETag": etag, "Last-Modified": http_date(modified), "Vary": vary}
    if has_it(request, etag, modified):
        return Response(None, 304, sent)
    if packed:
        body = _PACKERS[packed](body)
        sent["Content-Encoding"] = packed
    return Response(body, 200, sent, content_type)


def has_it(request: Request, etag: str, modified: str) -> bool:
    """Whether the client's validators match; If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2).

    Args:
        request: the request.
        etag: of the answer, quoted.
        modified: when the answer last changed, as the catalogue has it.
    """
    tags = request.headers.getlist("if-none-match")
    if tags:
        given = [tag.strip().removeprefix("W/") for tag in ",".join(tags).split(",")]
        return "*" in given or etag in given
    since = request.headers.get("if-modified-since")
    if not since:
        return False
    try:
        return parsedate_to_datetime(since) >= datetime.fromisoformat(modified)
    # A date that can't be read, one without a zone, or one of numbers beyond all measure counts as absent.
    except (ValueError, TypeError, OverflowError):
        return False
