"""Byte ranges: the parts of a representation that a request asks for, and answers that hold them (D-108)."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from kg.errors import Message
from kg.web.http.headers import combined
from kg.web.http.problems import Problem

MAX_RANGES = 20
"""Ranges of a request, at most; one with more is answered by the whole (14.2 lets a server ignore such)."""

_MAX_HEADER_LENGTH = 1_000
_UNIT = "bytes="
_RANGE = re.compile(r"([0-9]*)-([0-9]*)")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A part of a representation: from its first byte to before its end."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class BodyPiece:
    """A piece of a body: some bytes of its own, then a part of the representation, which may be empty."""

    before: bytes
    part: ByteRange


@dataclass(frozen=True, slots=True)
class RangeSelection:
    """What is sent of a representation.

    Attributes:
        status: 200 or 206.
        headers: that say which part it is, and its length.
        pieces: of the body, in order.
    """

    status: int
    headers: dict[str, str]
    pieces: tuple[BodyPiece, ...]


def select(request: Request, size: int, media_type: str, *, etag: str, modified: str) -> RangeSelection:
    """The parts of a representation that a request asks for; the whole where it asks for none that is there.

    Args:
        request: the request.
        size: of the representation in bytes.
        media_type: of the representation.
        etag: its strong entity tag.
        modified: its Last-Modified.

    Raises:
        Problem: 416 where none of the parts is there.
    """
    header = combined(request, "range")
    wanted = parts(header, size) if header and _applies(request, etag, modified) else None
    if wanted is None:
        return _of_whole(size, media_type)
    if not wanted:
        detail = Message("There is no such part: the file has %(size)s bytes, counted from 0.", size=f"{size:,}")
        raise Problem(416, detail, {"Content-Range": f"bytes */{size}"})
    return _of_part(wanted[0], size, media_type) if len(wanted) == 1 else _of_parts(wanted, size, media_type)


def parts(header: str, size: int) -> list[ByteRange] | None:
    """The parts that a Range names and that are there, one that touches another with it; None for one to be ignored.

    To be ignored are another unit, what is no list of ranges, and too many of them (RFC 9110, 14.2).

    >>> parts("bytes=0-0,999-", 10), parts("bytes=-3", 10), parts("bytes=10-", 10)
    ([ByteRange(start=0, end=1)], [ByteRange(start=7, end=10)], [])
    >>> parts("bytes=5-7,0-5", 10), parts("lines=1-2", 10), parts("bytes=3-2", 10)
    ([ByteRange(start=0, end=8)], None, None)
    """
    unit, elements = header[: len(_UNIT)], header[len(_UNIT) :].split(",")
    if len(header) > _MAX_HEADER_LENGTH or unit.lower() != _UNIT:
        return None
    named = [element.strip(" \t") for element in elements if element.strip(" \t")]
    found = []
    for element in named:
        match = _RANGE.fullmatch(element)
        if not match or element == "-" or (match[1] and match[2] and int(match[1]) > int(match[2])):
            return None
        start = int(match[1]) if match[1] else max(size - int(match[2]), 0)
        end = min(int(match[2]) + 1, size) if match[1] and match[2] else size
        if start < end:
            found.append(ByteRange(start, end))
    return _joined(found) if named and len(named) <= MAX_RANGES else None


def _joined(found: list[ByteRange]) -> list[ByteRange]:
    """Parts in the order in which they were asked for; where some touch, all in their own order and joined (14.2)."""
    ordered: list[ByteRange] = []
    for part in sorted(found, key=lambda each: (each.start, each.end)):
        if ordered and part.start <= ordered[-1].end:
            ordered[-1] = ByteRange(ordered[-1].start, max(part.end, ordered[-1].end))
        else:
            ordered.append(part)
    return found if len(ordered) == len(found) else ordered


def _applies(request: Request, etag: str, modified: str) -> bool:
    """Whether Range is for this: of GET alone, and with If-Range for the representation that it names (13.1.5)."""
    condition = combined(request, "if-range").strip()
    return request.scope["method"] == "GET" and (not condition or condition in {etag, modified})


def _of_whole(size: int, media_type: str) -> RangeSelection:
    headers = {"Content-Type": media_type, "Content-Length": str(size)}
    return RangeSelection(200, headers, (BodyPiece(b"", ByteRange(0, size)),))


def _of_part(part: ByteRange, size: int, media_type: str) -> RangeSelection:
    headers = {"Content-Type": media_type, "Content-Range": _content_range(part, size)}
    headers["Content-Length"] = str(part.end - part.start)
    return RangeSelection(206, headers, (BodyPiece(b"", part),))


def _of_parts(wanted: Sequence[ByteRange], size: int, media_type: str) -> RangeSelection:
    """Several parts in one body (14.6)."""
    boundary = secrets.token_hex(16)
    heads = [
        f"\r\n--{boundary}\r\nContent-Type: {media_type}\r\nContent-Range: {_content_range(part, size)}\r\n\r\n"
        for part in wanted
    ]
    pieces = [BodyPiece(head.encode("latin-1"), part) for head, part in zip(heads, wanted, strict=True)]
    pieces.append(BodyPiece(f"\r\n--{boundary}--\r\n".encode("ascii"), ByteRange(0, 0)))
    length = sum(len(each.before) + each.part.end - each.part.start for each in pieces)
    headers = {"Content-Type": f"multipart/byteranges; boundary={boundary}", "Content-Length": str(length)}
    return RangeSelection(206, headers, tuple(pieces))


def _content_range(part: ByteRange, size: int) -> str:
    return f"bytes {part.start}-{part.end - 1}/{size}"
