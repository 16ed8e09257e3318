"""Requests out of bytes: parsed, limited, and handed on one by one as their heads are whole.

llhttp parses, by httptools, and refuses whatever two servers may read differently. What it does not limit is limited
here: heads have a size, and so have trailers. Where a request asks for another protocol, llhttp takes what follows for
that, the body too; here it is a request as others are.
"""

import re
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

import httptools
from starlette.types import Scope

from kg.web.server.exchange import AHEAD, Exchange

HEAD_BYTES = 64 << 10
"""Of a head, at most; of trailers too."""

HEAD_FIELDS = 100
"""Header fields of a request, at most."""

_FRAMING = (b"content-length", b"transfer-encoding")
_ASGI = {"version": "3.0", "spec_version": "2.3"}
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_SERVER = re.compile(rb"[a-z][a-z0-9+.-]*://[^/?]*", re.IGNORECASE)


class Refused(Exception):
    """A request that is not taken; the parser ends at it."""

    def __init__(self, status: int) -> None:
        self.status = status


class Taker(Protocol):
    """Consumer of requests."""

    def take(self, scope: Scope, *, lasting: bool) -> Exchange:
        """Take a request whose head is whole. May raise Refused."""

    def hold(self) -> None:
        """Let nothing more come for now."""


class Requests:
    """Bytes of a connection as requests.

    Attributes:
        reading: the request whose body is being read.
    """

    __slots__ = (
        *("_fed", "_grafting", "_head", "_headers", "_on_line", "_parser", "_taker", "_upgrading", "_url"),
        "reading",
    )

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self._parser: Any = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._head = self._upgrading = self._grafting = False
        self._on_line = True
        self._fed = 0
        self.reading: Exchange | None = None

    def feed(self, data: memoryview) -> None:
        """Take in what has come. Raises Refused, after which nothing more can be read."""
        self._fed += len(data)
        try:
            self._feed(_in_ascii(bytes(data)) if self._on_line else data)
        except httptools.HttpParserCallbackError as fault:
            if isinstance(fault.__context__, Refused):
                raise fault.__context__ from None
            raise
        except httptools.HttpParserError:
            raise Refused(400) from None

    def close(self) -> None:
        """Let go of the parser, which holds this."""
        self._parser = None

    def _feed(self, data: memoryview | bytes) -> None:
        rest = None
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            rest = data[upgrade.args[0] :]
        if rest is not None:
            self._graft(rest)
        if not self._head and self.reading is None:
            self._on_line = True
            return
        self._on_line = self._on_line and self._head and b"\n" not in bytes(data)
        if self._fed > HEAD_BYTES:
            raise Refused(self._too_long())

    def _too_long(self) -> int:
        return 414 if len(self._url) > HEAD_BYTES // 2 else 431

    def _graft(self, rest: memoryview | bytes) -> None:
        """Read on as if nobody had asked for another protocol, which a server may ignore (RFC 9110, 7.8).

        The parser takes what follows for the other protocol, the request's body too. So a new one is told how that is
        framed, and reads it.
        """
        self._parser = httptools.HttpRequestParser(self)
        framing = b"".join(b"%b: %b\r\n" % each for each in self._headers if each[0] in _FRAMING)
        self._upgrading, self._grafting = False, True
        self._parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % framing)
        self._grafting = False
        if rest:
            self._feed(rest)

    def on_message_begin(self) -> None:
        """A request begins."""
        if not self._grafting:
            self._url = b""
            self._headers = []
            self._head = True

    def on_url(self, url: bytes) -> None:
        """A part of its target has come."""
        if self._head:
            self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field has come; trailers are of no use here."""
        if self._head:
            self._headers.append((name.lower(), value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        """The head is whole: the request can be handed on."""
        if self._grafting:
            return
        size = 0
        if self._fed > HEAD_BYTES:  # perhaps with something else
            size = len(self._url) + sum(len(name) + len(value) + 4 for name, value in self._headers)
        if size > HEAD_BYTES:
            raise Refused(self._too_long())
        if len(self._headers) > HEAD_FIELDS:
            raise Refused(431)
        version = self._parser.get_http_version()
        if version != "1.1":
            self._check_old(version)
        self._head = False
        self._fed = 0
        self._upgrading = self._parser.should_upgrade()
        self.reading = self._taker.take(self._scope(version), lasting=self._parser.should_keep_alive())

    def _check_old(self, version: str) -> None:
        if version != "1.0":
            raise Refused(505)
        # "A server that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat the message
        # as if the framing is faulty" (RFC 9112, 6.1).
        if any(name == b"transfer-encoding" for name, _ in self._headers):
            raise Refused(400)

    def on_body(self, body: bytes) -> None:
        """A part of the body has come."""
        self._fed = 0
        if self.reading is not None and self.reading.feed(body) > AHEAD:
            self._taker.hold()

    def on_message_complete(self) -> None:
        """The request is whole; where it asks for another protocol, the parser says so before its body."""
        if self.reading is not None and not self._upgrading:
            self._fed = 0
            self.reading.complete()
            self.reading = None

    def _scope(self, version: str) -> Scope:
        method = self._parser.get_method().decode("ascii")
        target = _origin_form(self._url, method) if self._url[:1] != b"/" or b"#" in self._url else self._url
        path, _, query = target.partition(b"?")
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": version,
            "method": method,
            "scheme": "http",
            "path": (unquote_to_bytes(path) if b"%" in path else path).decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": self._headers,
        }


def _in_ascii(data: bytes) -> bytes:
    """The bytes from a request on, those of its address that are not ASCII escaped: many clients leave that."""
    if data.isascii():
        return data
    line, end, rest = data.partition(b"\n")
    return _BEYOND_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + end + rest


def _origin_form(target: bytes, method: str) -> bytes:
    """The target of a request without the server's name, by which a proxy is asked, and without a fragment."""
    target = target.partition(b"#")[0]
    if method == "CONNECT":
        return b""
    if found := _SERVER.match(target):
        target = target[found.end() :]
        return target if target.startswith(b"/") else b"/" + target
    return target
