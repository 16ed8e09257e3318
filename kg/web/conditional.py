"""A whole answer: its validators, its coding, and whether the client has it already (RFC 9110, 8.8 and 13)."""

import gzip
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

GZIP_FROM = 600
"""Bytes from which it pays to compress."""

_LEVEL = 5


def etag_of(body: bytes) -> str:
    """What names a body, for a page that is made of much: a digest of it."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def takes_gzip(request: Request) -> bool:
    """Whether the client takes gzip (RFC 9110, 12.5.3)."""
    for element in ",".join(request.headers.getlist("accept-encoding")).lower().split(","):
        name, _, weight = element.partition(";")
        if name.strip() in {"gzip", "x-gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


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
    """A whole answer to GET or HEAD, compressed where the client takes it; 304 where it has it already.

    Args:
        request: the request.
        body: the whole body.
        content_type: its media type.
        tag: what names this body, without quotes; each coding of it gets its own.
        modified: when it last changed, as the catalogue has it.
        headers: to send along.
        vary: what the answer depends on.
    """
    packed = len(body) >= GZIP_FROM and takes_gzip(request)
    etag = f'"{tag}-gz"' if packed else f'"{tag}"'
    sent = {**headers, "ETag": etag, "Last-Modified": http_date(modified), "Vary": vary}
    if _has_it(request, etag, modified):
        return Response(None, 304, sent)
    if packed:
        body = gzip.compress(body, _LEVEL, mtime=0)
        sent["Content-Encoding"] = "gzip"
    sent["Content-Length"] = str(len(body))
    return Response(b"" if request.method == "HEAD" else body, 200, sent, content_type)


def _has_it(request: Request, etag: str, modified: str) -> bool:
    """Whether the client's validators match; If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2)."""
    tags = request.headers.getlist("if-none-match")
    if tags:
        given = [tag.strip().removeprefix("W/") for tag in ",".join(tags).split(",")]
        return "*" in given or etag in given
    since = request.headers.get("if-modified-since")
    if not since:
        return False
    try:
        return parsedate_to_datetime(since) >= datetime.fromisoformat(modified)
    except (ValueError, TypeError):  # a date that can't be read, or one without a zone, counts as absent
        return False
