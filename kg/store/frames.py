"""What the server and a worker process say to each other: frames of a kind, a length and a payload.

The worker sends `READY` (or `FAULT`) once, and then for each request `HEAD`, any number of `DATA` and `END`,
or a `FAULT`, which may also come after some `DATA`. The server sends `QUERY`. All but `DATA` and `END` carry
JSON.
"""

import json
import struct
from typing import Any

READY, QUERY, HEAD, DATA, END, FAULT = b"R", b"Q", b"H", b"D", b"E", b"F"

HEADER = struct.Struct(">cI")
"""Before each payload: its kind and its length in bytes."""


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    r"""A frame, ready to be written.

    >>> frame(DATA, b"ab")
    b'D\x00\x00\x00\x02ab'
    """
    return HEADER.pack(kind, len(payload)) + payload


def said(kind: bytes, /, **values: Any) -> bytes:
    """A frame whose payload is a JSON object. Whatever a text holds, half characters too, it stays ASCII."""
    return frame(kind, json.dumps(values).encode("ascii"))
