"""Request parser: HTTP/1 requests from bytes, limited, and handed on as soon as their heads are complete.

httptools (llhttp) parses, and refuses whatever two servers may read differently. Its missing limits stand here: heads
have a size, and so have trailers; the checks of a head that it leaves out are in `kg/web/server/head_checks.py`. Where
a request asks for another protocol (`Upgrade`), llhttp takes all that follows for that protocol, the body too; here the
request is read like any other.
"""

from typing import Any, Protocol

import httptools
from starlette.types import Scope

from kg.web.http.form_encoding import path_unescaped
from kg.web.server.exchange import MAX_UNREAD_BODY, Exchange
from kg.web.server.head_checks import RefusedRequest, check_head, split_absolute_form

MAX_HEAD_BYTES = 64 << 10
"""Maximum number of bytes of a head; also of trailers."""

MAX_HEAD_FIELDS = 100
"""Maximum number of header fields of a request; also of trailers."""

MAX_BODY_PARTS = 2_048
"""Maximum number of parts in which a body comes, be they chunks or packets: each costs some steps (D-105)."""

_MAX_ESCAPED_LINE = 8_000
"""Bytes of a request line in which those that are not ASCII are escaped."""

_VERSIONS = frozenset({"1.0", "1.1"})
_FRAMING_FIELDS = (b"content-length", b"transfer-encoding")
_ASGI = {"version": "3.0", "spec_version": "2.3"}
_ESCAPED = [bytes([byte]) if byte < 0x80 else b"%%%02X" % byte for byte in range(256)]


class RequestReceiver(Protocol):
    """Receiver of parsed requests."""

    def begin_request(self, scope: Scope, *, keep_alive: bool) -> Exchange:
        """Start or enqueue a request whose head is complete. May raise RefusedRequest."""

    def pause_reading(self) -> None:
        """Stop reading for now (back-pressure)."""


class RequestParser:
    """Parser of one connection's bytes; its methods `on_…` are the callbacks of httptools.

    Attributes:
        unfinished: exchange whose request body is still to come.
    """

    __slots__ = (
        *("_bytes", "_fields", "_headers", "_in_head", "_in_request_line", "_parser", "_parts", "_receiver"),
        *("_replaying", "_target", "_upgrade", "unfinished"),
    )

    def __init__(self, receiver: RequestReceiver) -> None:
        self._receiver = receiver
        self._parser: Any = httptools.HttpRequestParser(self)
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._in_head = self._upgrade = self._replaying = False
        self._in_request_line = True
        self._bytes = self._fields = self._parts = 0
        self.unfinished: Exchange | None = None

    def feed(self, data: memoryview) -> None:
        """Parse some bytes. Raises RefusedRequest, after which no more can be parsed."""
        self._bytes += len(data)
        try:
            self._feed(_escape_target(bytes(data)) if self._in_request_line else data)
        except httptools.HttpParserCallbackError as fault:
            if isinstance(fault.__context__, RefusedRequest):
                raise fault.__context__ from None
            raise
        except httptools.HttpParserError:
            raise RefusedRequest(400) from None

    def close(self) -> None:
        """Release the inner parser, which refers to this one."""
        self._parser = None

    def _feed(self, data: memoryview | bytes) -> None:
        rest = None
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            rest = data[upgrade.args[0] :]
        if rest is not None:
            self._ignore_upgrade(rest)
        if not self._in_head and self.unfinished is None:
            self._in_request_line = True
            return
        self._in_request_line = self._in_request_line and self._in_head and b"\n" not in bytes(data)
        if self._bytes > MAX_HEAD_BYTES:
            raise RefusedRequest(self._too_large_status())

    def _too_large_status(self) -> int:
        return 414 if len(self._target) > MAX_HEAD_BYTES // 2 else 431

    def _ignore_upgrade(self, rest: memoryview | bytes) -> None:
        """Parse on as if the request had no Upgrade field, which a server may ignore (RFC 9110, 7.8).

        The inner parser takes all that follows for the other protocol, the request's body too. So a new one gets the
        framing fields of the request, and parses the rest.
        """
        self._parser = httptools.HttpRequestParser(self)
        framing = b"".join(b"%b: %b\r\n" % field for field in self._headers if field[0] in _FRAMING_FIELDS)
        self._upgrade, self._replaying = False, True
        self._parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % framing)
        self._replaying = False
        if rest:
            self._feed(rest)

    def on_message_begin(self) -> None:
        """Begin a request."""
        if not self._replaying:
            self._target = b""
            self._headers = []
            self._in_head = True
            self._fields = 0

    def on_url(self, url: bytes) -> None:
        """Append a part of the request target."""
        if self._in_head:
            self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Append a header field; trailers are dropped. Raises RefusedRequest for one too many of either."""
        self._fields += 1
        if self._fields > MAX_HEAD_FIELDS:
            raise RefusedRequest(431)
        if self._in_head:
            self._headers.append((name.lower(), value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        """Check the complete head, and hand the request on."""
        if self._replaying:
            return
        size = 0
        if self._bytes > MAX_HEAD_BYTES:  # a part of the body may be among them
            size = len(self._target) + sum(len(name) + len(value) + 4 for name, value in self._headers)
        if size > MAX_HEAD_BYTES:
            raise RefusedRequest(self._too_large_status())
        version = self._parser.get_http_version()
        if version not in _VERSIONS:
            raise RefusedRequest(505)
        check_head(self._headers, version)
        self._in_head = False
        self._bytes = self._fields = self._parts = 0
        self._upgrade = self._parser.should_upgrade()
        scope, keep_alive = self._scope(version), self._parser.should_keep_alive()
        self.unfinished = self._receiver.begin_request(scope, keep_alive=keep_alive)

    def on_body(self, body: bytes) -> None:
        """Hand on a part of the body. Raises RefusedRequest for one part too many."""
        self._bytes = 0
        self._parts += 1
        if self._parts > MAX_BODY_PARTS:
            raise RefusedRequest(413)
        if self.unfinished is not None and self.unfinished.feed(body) > MAX_UNREAD_BODY:
            self._receiver.pause_reading()

    def on_message_complete(self) -> None:
        """Complete the request; with an Upgrade field, httptools calls this before the body."""
        if self.unfinished is not None and not self._upgrade:
            self._bytes = 0
            self.unfinished.complete_request()
            self.unfinished = None

    def _scope(self, version: str) -> Scope:
        method = self._parser.get_method().decode("ascii")
        target = self._target
        if target[:1] != b"/" or b"#" in target:
            target = self._origin_form(target, method)
        path, _, query = target.partition(b"?")
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": version,
            "method": method,
            "scheme": "http",
            "path": path_unescaped(path).decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": self._headers,
        }

    def _origin_form(self, target: bytes, method: str) -> bytes:
        """The request target in origin form, without scheme, authority and fragment (RFC 9112, 3.2.1)."""
        target = target.partition(b"#")[0]
        if method == "CONNECT":
            return b""
        absolute = split_absolute_form(target)
        if absolute is None:
            return target
        # "the origin server MUST ignore the received Host header field (if any)" (RFC 9112, 3.2.2).
        authority, target = absolute
        self._headers = [(b"host", authority), *(field for field in self._headers if field[0] != b"host")]
        return target


def _escape_target(data: bytes) -> bytes:
    """The first bytes of a request, with those of its target escaped that are not ASCII, as many clients omit to do."""
    if data.isascii():
        return data
    line, end, rest = data.partition(b"\n")
    if len(line) > _MAX_ESCAPED_LINE:
        return data
    return b"".join(map(_ESCAPED.__getitem__, line)) + end + rest
