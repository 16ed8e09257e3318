"""The access log: each request as a line of JSON.

A query is named by its digest, which tells equal ones apart from others and says nothing else. Whatever a stranger sent
stands escaped, so that no line can be forged and no terminal be spoken to (D-88).
"""

import hashlib
import json
import logging
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

from starlette.types import Scope

from kg.errors import SettingsError
from kg.private_files import open_private
from kg.web.observe.background_log import BackgroundHandler, ErrorStream, FaultTelling
from kg.web.observe.request_notes import RequestNotes

_MAX_FIELD_LENGTH = 500
_JSON = json.JSONEncoder(separators=(",", ":"))


class _PrivateFile(FaultTelling, WatchedFileHandler):
    """Handler that writes to a file, anew where it was moved away; its files only their owner and group may read."""

    def _open(self) -> Any:
        return open(self.baseFilename, self.mode, encoding="utf-8", opener=open_private)


class AccessLog:
    """Writer of the access log, in a thread; a file that was moved away is begun anew, as log rotation wants it."""

    def __init__(self, where: str, folder: Path) -> None:
        """Open it.

        Args:
            where: a file, or `-` for standard error.
            folder: what the file is relative to.

        Raises:
            SettingsError: if the file can't be written.
        """
        try:
            handler: logging.Handler = ErrorStream() if where == "-" else _PrivateFile(folder / where)
        except OSError as fault:
            raise SettingsError(f"can't be written: {fault.strerror}", where=f"access_log {where}") from None
        handler.setFormatter(logging.Formatter("%(message)s"))
        self._handler = BackgroundHandler(handler)

    def write(self, scope: Scope, notes: RequestNotes, seconds: float) -> None:
        """Write a request down. The line is one write, so that several processes share a file."""
        line = _JSON.encode(_line(scope, notes, seconds))
        self._handler.handle(logging.LogRecord("kg.access", logging.INFO, "", 0, "%s", (line,), None))

    def close(self) -> None:
        """Write what waits, and let the file go."""
        self._handler.close()


def _line(scope: Scope, notes: RequestNotes, seconds: float) -> dict[str, object]:
    client = scope.get("client")
    agent = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    line: dict[str, object] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "client": client[0] if client else None,
        "method": scope["method"],
        "path": path.partition(b"?")[0].decode("latin-1")[:_MAX_FIELD_LENGTH],
        "status": notes.status,
        "bytes": notes.sent,
        "whole": notes.whole,
        "seconds": round(seconds, 6),
        "generation": notes.generation,
        "agent": agent.decode("latin-1")[:_MAX_FIELD_LENGTH],
    }
    if notes.query is not None:
        line["digest"] = digest(notes.query)
    for name in ("answered", "format", "fault", "killed"):
        value = getattr(notes, name)
        if value is not None:
            line[name] = value
    return line


def digest(query: str) -> str:
    """Digest of a query.

    >>> digest("ASK {}")
    'c5a2bbd571afbb9d'
    """
    return hashlib.blake2b(query.encode("utf-8", "replace"), digest_size=8).hexdigest()
