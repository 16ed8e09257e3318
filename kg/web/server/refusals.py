"""Refusals: answers of the connection itself to requests that reach no application."""

import orjson

from kg.web.http.headers import CORS, raw
from kg.web.http.problems import MEDIA_TYPE
from kg.web.server.request_parser import MAX_BODY_PARTS, MAX_HEAD_BYTES, MAX_HEAD_FIELDS

_REFUSALS = {
    400: ("Bad Request", "This is no request of HTTP/1.1."),
    413: ("Content Too Large", f"The body of a request comes in at most {MAX_BODY_PARTS:,} parts."),
    414: ("URI Too Long", f"An address has at most {MAX_HEAD_BYTES:,} bytes."),
    431: (
        "Request Header Fields Too Large",
        f"A head has at most {MAX_HEAD_BYTES:,} bytes and {MAX_HEAD_FIELDS} fields.",
    ),
    500: ("Internal Server Error", "The server met an error; its keeper finds it in the log."),
    501: ("Not Implemented", "The only transfer coding that is understood here is chunked."),
    505: ("HTTP Version Not Supported", "Versions 1.0 and 1.1 of HTTP are understood here."),
}
"""Status → its phrase, and what is said where nothing more is known."""


def refusal(status: int, detail: str, fields: list[tuple[bytes, bytes]]) -> bytes:
    """The whole answer to a refused request, after which the connection is closed (RFC 9457).

    Args:
        status: one of those above.
        detail: what is wrong with this request; empty for what is wrong with all that get this status.
        fields: header fields of every answer.
    """
    title, known = _REFUSALS[status]
    body = orjson.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail or known})
    lines = [f"HTTP/1.1 {status} {title}".encode(), *(b"%b: %b" % field for field in (*fields, *raw(CORS)))]
    lines += [b"connection: close", f"content-type: {MEDIA_TYPE}".encode(), b"content-length: %d" % len(body)]
    return b"\r\n".join([*lines, b"", body])
