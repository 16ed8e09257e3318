"""Server of a report page, for a browser on this machine alone: a few files by name, and nothing else.

The address of the socket is 127.0.0.1, which no other machine reaches. A page of another site in the same browser is
kept out by the name in Host, since a name of theirs may lead to 127.0.0.1 too (DNS rebinding).
"""

import http.server
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kg.commands.common import OUT
from kg.errors import UsageError

HOST = "127.0.0.1"
TABLE = "report.csv"
"""Name under which the table is served."""

_SECONDS = 10
_TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json", ".csv": "text/csv; charset=utf-8"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class ServedFiles:
    """Files of a report as they are served.

    Attributes:
        paths: name → file; the page has the empty name.
        table: function that makes the table, in pieces.
    """

    paths: Mapping[str, Path]
    table: Callable[[], Iterable[bytes]]


class _ReportHandler(http.server.BaseHTTPRequestHandler):
    """Handler of a request: GET and HEAD of the names that are served."""

    timeout = _SECONDS
    server_version = "kg"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def __init__(self, files: "ServedFiles", hosts: set[str], *arguments: object) -> None:
        self._files = files
        self._hosts = hosts
        super().__init__(*arguments)  # type: ignore[arg-type]  # request, address, server

    def do_GET(self) -> None:
        """Answer GET."""
        self._answer(is_head=False)

    def do_HEAD(self) -> None:
        """Answer HEAD."""
        self._answer(is_head=True)

    def _answer(self, *, is_head: bool) -> None:
        name = self.path.partition("?")[0].removeprefix("/")
        if self.headers.get("Host", "").lower() not in self._hosts:
            self.send_error(421)
        elif name == TABLE:
            self._send(_TYPES[".csv"], self._files.table(), is_head=is_head)
        elif path := self._files.paths.get(name):
            self._send(_TYPES[path.suffix], [path.read_bytes()], is_head=is_head)
        else:
            self.send_error(404)

    def _send(self, media_type: str, pieces: Iterable[bytes], *, is_head: bool) -> None:
        """Send pieces up to the end of the connection, since a table is as long as the problems are many."""
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("Connection", "close")
        self.end_headers()
        if not is_head:
            self.wfile.writelines(pieces)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the name of the base class
        """Log nothing: one person reads."""


def make_server(files: ServedFiles, port: int) -> http.server.ThreadingHTTPServer:
    """Return a server of a report that is not running yet.

    Args:
        files: what is served.
        port: the port; 0 for a free one.

    Raises:
        UsageError: the port is taken.
    """
    hosts: set[str] = set()
    handler = partial(_ReportHandler, files, hosts)
    try:
        server = http.server.ThreadingHTTPServer((HOST, port), handler)
    except OSError as fault:
        raise UsageError(f"port {port}: {fault.strerror}", todo="Choose another one by --port.") from None
    hosts |= {f"{name}:{server.server_port}" for name in (HOST, "localhost")}
    return server


def serve(files: ServedFiles, port: int) -> None:
    """Serve a report until Ctrl-C; arguments as `make_server`."""
    with make_server(files, port) as server:
        OUT.print(f"The report is at http://{HOST}:{server.server_port}/ for this machine alone; Ctrl-C ends it.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            OUT.print("Ended.")
