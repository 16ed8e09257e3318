"""Content codings of answers that come as a stream, and of whole ones: zstd and gzip (RFC 9110, 8.4; RFC 8878)."""

import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from typing import Protocol

import zstandard

SMALLEST = 600
"""Bytes from which it pays to compress."""

_GZIP_LEVEL, _ZSTD_LEVEL = 4, 3
_GZIP_WINDOW = 16 + zlib.MAX_WBITS  # zlib's way to say: with the heading of gzip


class _Encoder(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


_ENCODERS: dict[str, Callable[[], _Encoder]] = {
    "zstd": lambda: zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj(),
    "gzip": lambda: zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW),
}
_WHOLE: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body),
    "gzip": lambda body: gzip.compress(body, _GZIP_LEVEL, mtime=0),
}
CODINGS = tuple(_WHOLE)
"""The codings there are, the better first."""


_LONGEST = 1_000
"""Characters of an Accept-Encoding that is read; a longer one counts as absent."""


def choose(accept_encoding: str) -> str:
    """The coding that a client takes and that we like best; "" for none.

    >>> choose("gzip, deflate, br, zstd"), choose("gzip;q=1.0, zstd;q=0.5"), choose("*;q=0"), choose("")
    ('zstd', 'gzip', '', '')
    """
    return _choose(accept_encoding) if len(accept_encoding) <= _LONGEST else ""


@lru_cache(maxsize=256)
def _choose(accept_encoding: str) -> str:
    weights: dict[str, float] = {}
    for element in accept_encoding.lower().split(","):
        name, _, parameter = element.partition(";")
        weights[name.strip().removeprefix("x-")] = _weight(parameter)
    given = [(weights.get(name, weights.get("*", 0.0)), -place) for place, name in enumerate(CODINGS)]
    best, place = max(given)
    return CODINGS[-place] if best > 0 and best >= weights.get("identity", 0.0) else ""


def _weight(parameter: str) -> float:
    name, _, value = parameter.replace(" ", "").partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0


def pack(body: bytes, coding: str) -> bytes:
    """A whole body in a coding."""
    return _WHOLE[coding](body)


async def stream(pieces: AsyncIterator[bytes], coding: str) -> AsyncIterator[bytes]:
    """A stream in a coding. What ends before its end stays without one, so that nobody takes it for whole."""
    encoder = _ENCODERS[coding]()
    async for piece in pieces:
        packed = encoder.compress(piece)
        if packed:
            yield packed
    yield encoder.flush()
