"""Frame protocol between the server and a worker process: each frame is a kind, a length and a payload.

The worker sends `READY` (or `FAULT`) once, and then for each request `HEAD`, any number of `DATA` and `END`,
or a `FAULT`, which may also come after some `DATA`. The server sends `QUERY`, or `AHEAD` for a query that comes while
another one is being answered; one that comes behind a slow one is not begun but sent `BACK`. What a `QUERY`, a
`HEAD` and an `END` carry is written here, since each query has them; `READY` and `FAULT` carry JSON.
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
"""Seconds that a query may take before those that were sent ahead, behind it, are sent back: others are quicker."""

HEADER = struct.Struct(">cI")
"""Before each payload: its kind and its length in bytes."""

_READ_AT_ONCE = 64 << 10
_TAKEN_AWAY = 0.00001
"""Seconds after which to have the processor back means that somebody else had it meanwhile."""
_LENGTH = struct.Struct(">I")
_SECONDS = struct.Struct(">d")


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    r"""A frame, ready to be written.

    >>> frame(DATA, b"ab")
    b'D\x00\x00\x00\x02ab'
    """
    return HEADER.pack(kind, len(payload)) + payload


def write(out: int, *parts: bytes | bytearray) -> None:
    """Write all parts to a descriptor that blocks, without putting them together first."""
    written = os.writev(out, parts)
    if written < sum(map(len, parts)):  # a signal came
        rest = memoryview(b"".join(parts))[written:]
        while rest:
            rest = rest[os.write(out, rest) :]


class Incoming:
    """Frames out of a descriptor that blocks."""

    def __init__(self, source: int) -> None:
        self._source = source
        self._come = b""
        self._poll = select.poll()
        self._poll.register(source, select.POLLIN)

    def next(self, *, awake: float) -> tuple[bytes, bytes] | None:
        """Kind and payload of the next one; None where there are no more.

        Args:
            awake: seconds to look out for it before this sleeps, where it is not here yet. To be woken takes longer
                than a small query, most of all on machines that are virtual. Ends when others want the processor.
        """
        if awake and not self._come:
            self._look_out(awake)
        head = self._take(HEADER.size)
        if head is None:
            return None
        kind, length = HEADER.unpack(head)
        payload = self._take(length)
        return None if payload is None else (kind, payload)

    def _look_out(self, seconds: float) -> None:
        now = time.monotonic()
        until = now + seconds
        while now < until and not self._poll.poll(0):
            before = time.monotonic()
            os.sched_yield()
            now = time.monotonic()
            if now - before > _TAKEN_AWAY:
                return

    def _take(self, size: int) -> bytes | None:
        """So many bytes; None where there are no more."""
        come = self._come
        if len(come) < size:
            parts, missing = [come], size - len(come)
            while missing > 0:
                part = os.read(self._source, _READ_AT_ONCE)
                if not part:
                    return None
                parts.append(part)
                missing -= len(part)
            come = b"".join(parts)
        self._come = come[size:]
        return come[:size]


def said(kind: bytes, /, **values: Any) -> bytes:
    """A frame whose payload is a JSON object. Whatever a text holds, half characters too, it stays ASCII."""
    return frame(kind, json.dumps(values).encode("ascii"))


def query(text: bytes, options: bytes) -> bytes:
    """A query, in UTF-8, with its options; each worker reads the same options but once (see `options`)."""
    return frame(QUERY, _LENGTH.pack(len(options)) + options + text)


def ahead(query: bytes) -> bytes:
    """The frame of a query, for a worker that is answering another one."""
    return AHEAD + query[1:]


def read_query(payload: bytes) -> tuple[str, dict[str, Any]]:
    """Text and options of a query, out of its frame.

    >>> read_query(query(b"ASK {}", options(spare=0))[HEADER.size :])
    ('ASK {}', {'spare': 0})
    """
    (length,) = _LENGTH.unpack_from(payload)
    at = _LENGTH.size + length
    return payload[at:].decode("utf-8"), _read_options(payload[_LENGTH.size : at])


def options(**values: Any) -> bytes:
    """Options of a query as its frame has them."""
    return json.dumps(values).encode("ascii")


@lru_cache(maxsize=16)
def _read_options(said: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said)
    return found


def end(seconds: float) -> bytes:
    """The end of an answer, which says how long the worker had with it."""
    return frame(END, _SECONDS.pack(seconds))


def read_end(payload: bytes) -> float:
    """Seconds of an end.

    >>> read_end(end(0.5)[HEADER.size :])
    0.5
    """
    (seconds,) = _SECONDS.unpack(payload)
    return float(seconds)


@lru_cache(maxsize=64)
def head(kind: str, format_: str) -> bytes:
    """The head of an answer: what kind it is, and the name of its format."""
    return frame(HEAD, f"{kind} {format_}".encode("ascii"))


@lru_cache(maxsize=64)
def read_head(payload: bytes) -> tuple[str, str]:
    """Kind and format of an answer, out of its head.

    >>> read_head(head("ask", "json")[HEADER.size :])
    ('ask', 'json')
    """
    kind, _, name = payload.decode("ascii").partition(" ")
    return kind, name
