"""Frame protocol between the server and a worker process: each frame is a kind, a length and a payload.

The worker sends `READY` (or `FAULT`) once. For each request it sends `HEAD`, any number of `DATA` and `END`, or a
`FAULT`, which may also come after some `DATA`. The server sends `QUERY`, or `AHEAD` for a query behind another one
(pipelining); a query behind a slow one is not begun but sent `BACK`. `QUERY`, `HEAD` and `END`, which each query has,
have compact payloads; those of `READY` and `FAULT` are JSON.
"""

import json
import os
import select
import struct
import time
from functools import lru_cache
from typing import Any

READY, QUERY, AHEAD, HEAD, DATA, END, FAULT, BACK = b"R", b"Q", b"A", b"H", b"D", b"E", b"F", b"B"

PATIENCE = 0.005
"""Seconds of a query after which those sent ahead behind it are sent back, since other workers are quicker."""

HEADER = struct.Struct(">cI")
"""Header of a frame: kind, and length of the payload in bytes."""

_READ_BYTES = 64 << 10
_PREEMPTED_AFTER = 0.00001
"""Seconds of a yield of the processor beyond which another process has had it."""
_LENGTH = struct.Struct(">I")
_SECONDS = struct.Struct(">d")


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    r"""A frame as bytes.

    >>> frame(DATA, b"ab")
    b'D\x00\x00\x00\x02ab'
    """
    return HEADER.pack(kind, len(payload)) + payload


def write(out: int, *parts: bytes | bytearray) -> None:
    """Write all parts to a blocking descriptor, without a copy of them."""
    written = os.writev(out, parts)
    if written < sum(map(len, parts)):  # a signal came
        rest = memoryview(b"".join(parts))[written:]
        while rest:
            rest = rest[os.write(out, rest) :]


class BlockingFrameReader:
    """Reader of frames from a blocking descriptor."""

    def __init__(self, source: int) -> None:
        self._source = source
        self._buffer = b""
        self._poll = select.poll()
        self._poll.register(source, select.POLLIN)

    def next(self, *, spin_seconds: float) -> tuple[bytes, bytes] | None:
        """Kind and payload of the next frame; None at the end.

        Args:
            spin_seconds: seconds of busy waiting before a read that blocks. A wake-up takes longer than a small query,
                most of all on virtual machines. The wait ends early when another process wants the processor.
        """
        if spin_seconds and not self._buffer:
            self._spin(spin_seconds)
        head = self._take(HEADER.size)
        if head is None:
            return None
        kind, length = HEADER.unpack(head)
        payload = self._take(length)
        return None if payload is None else (kind, payload)

    def _spin(self, seconds: float) -> None:
        now = time.monotonic()
        until = now + seconds
        while now < until and not self._poll.poll(0):
            before = time.monotonic()
            os.sched_yield()
            now = time.monotonic()
            if now - before > _PREEMPTED_AFTER:
                return

    def _take(self, size: int) -> bytes | None:
        """Bytes of a given number; None at the end."""
        data = self._buffer
        if len(data) < size:
            parts, missing = [data], size - len(data)
            while missing > 0:
                part = os.read(self._source, _READ_BYTES)
                if not part:
                    return None
                parts.append(part)
                missing -= len(part)
            data = b"".join(parts)
        self._buffer = data[size:]
        return data[:size]


def json_frame(kind: bytes, /, **values: Any) -> bytes:
    """A frame with a JSON object as payload, in ASCII, so that a text may have half characters."""
    return frame(kind, json.dumps(values).encode("ascii"))


def query(text: bytes, options: bytes) -> bytes:
    """The frame of a query in UTF-8 with its options (see `options`), which a worker parses once if they recur."""
    return frame(QUERY, _LENGTH.pack(len(options)) + options + text)


def ahead(query: bytes) -> bytes:
    """The frame of a query that is sent ahead, from its `QUERY` frame."""
    return AHEAD + query[1:]


def read_query(payload: bytes) -> tuple[str, dict[str, Any]]:
    """Text and options from the payload of a query.

    >>> read_query(query(b"ASK {}", options(spare=0))[HEADER.size :])
    ('ASK {}', {'spare': 0})
    """
    (length,) = _LENGTH.unpack_from(payload)
    at = _LENGTH.size + length
    return payload[at:].decode("utf-8"), _read_options(payload[_LENGTH.size : at])


def options(**values: Any) -> bytes:
    """Options of a query in the encoding of its frame."""
    return json.dumps(values).encode("ascii")


@lru_cache(maxsize=16)
def _read_options(encoded: bytes) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(encoded)
    return values


def end(seconds: float) -> bytes:
    """The frame at the end of an answer, with the seconds of the worker's work."""
    return frame(END, _SECONDS.pack(seconds))


def read_end(payload: bytes) -> float:
    """Seconds from the payload of an end.

    >>> read_end(end(0.5)[HEADER.size :])
    0.5
    """
    (seconds,) = _SECONDS.unpack(payload)
    return float(seconds)


@lru_cache(maxsize=64)
def head(kind: str, format_: str) -> bytes:
    """The frame at the head of an answer: kind of result and name of the format."""
    return frame(HEAD, f"{kind} {format_}".encode("ascii"))


@lru_cache(maxsize=64)
def read_head(payload: bytes) -> tuple[str, str]:
    """Kind of result and name of the format from the payload of a head.

    >>> read_head(head("ask", "json")[HEADER.size :])
    ('ask', 'json')
    """
    kind, _, name = payload.decode("ascii").partition(" ")
    return kind, name
