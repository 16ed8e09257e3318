"""A whole answer: its validators, its coding, and whether the client has it already (RFC 9110, 8.8 and 13)."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from kg.web.http import content_coding
from kg.web.http.headers import combined

_MAX_TAGS = 100
"""Entity tags of a request that are read; a client with more of them has none that is looked for."""

_MAX_DATE_LENGTH = 100


def http_date(time: str) -> str:
    """A time of the catalogue as HTTP writes it."""
    return format_datetime(datetime.fromisoformat(time).astimezone(UTC), usegmt=True)


class NotModified(Response):
    """304 for a client that has the answer already.

    Attributes:
        whole: the answer itself, which may be kept for others.
    """

    def __init__(self, whole: Response, headers: Mapping[str, str]) -> None:
        """A response without a body.

        Args:
            whole: the answer itself.
            headers: of the response.
        """
        super().__init__(None, 304, headers)
        self.whole = whole


def answer(  # noqa: PLR0913  # what one answer is made of
    request: Request,
    body: bytes,
    content_type: str,
    *,
    modified: str,
    headers: Mapping[str, str],
    vary: str = "Accept-Encoding",
) -> Response:
    """A whole answer to GET, compressed where the client takes it; 304 where it has it already.

    Its ETag names the bytes, each coding of them by itself, and not what they are made of: another release of kg may
    write the same record otherwise.

    Args:
        request: the request.
        body: the whole body.
        content_type: its media type.
        modified: when it last changed, as the catalogue has it.
        headers: to send along.
        vary: what the answer depends on.
    """
    packed = (
        content_coding.for_request(request, content_coding.OF_DOCUMENTS) if len(body) >= content_coding.SMALLEST else ""
    )
    tag = hashlib.blake2b(body, digest_size=12).hexdigest()
    etag = f'"{tag}-{packed}"' if packed else f'"{tag}"'
    sent = {**headers, "ETag": etag, "Last-Modified": http_date(modified), "Vary": vary}
    coded = {**sent, "Content-Encoding": packed} if packed else sent
    whole = Response(content_coding.pack(body, packed) if packed else body, 200, coded, content_type)
    return NotModified(whole, sent) if has_it(request, etag, modified) else whole


def tags_of(request: Request) -> list[str]:
    """The entity tags of If-None-Match, compared weakly (RFC 9110, 13.1.2); none where it is not there."""
    tags = combined(request, "if-none-match")
    if tags.count(",") >= _MAX_TAGS:
        return [""]
    return [tag.strip().removeprefix("W/") for tag in tags.split(",")] if tags else []


def has_it(request: Request, etag: str, modified: str) -> bool:
    """Whether the client's validators match; If-None-Match goes before If-Modified-Since (RFC 9110, 13.2.2).

    Args:
        request: the request.
        etag: of the answer, quoted.
        modified: when the answer last changed, as the catalogue has it.
    """
    given = tags_of(request)
    if given:
        return "*" in given or etag in given
    since = combined(request, "if-modified-since")
    if not since or len(since) > _MAX_DATE_LENGTH:
        return False
    try:
        return parsedate_to_datetime(since) >= datetime.fromisoformat(modified)
    # A date that can't be read, one without a zone, or one of numbers beyond all measure counts as absent.
    except (ValueError, TypeError, OverflowError):
        return False
