"""Read-only SQLite database of a generation, with a connection for each thread, so that no thread waits for another.

A database may be a base with a write-ahead log beside it, which has the pages that differ from the base: the base is
shared by hard links with other generations (D-218). Nothing of either is ever written here: there is no writer, so
SQLite neither locks nor needs memory that is shared.
"""

import os
import sqlite3
import threading
from pathlib import Path
from urllib.parse import quote

from kg.errors import GenerationError
from kg.store import file_sizes

_PLAIN = "?mode=ro&immutable=1"

_WITH_LOG = "?mode=ro&vfs=unix-none"
"""A database with a log: `immutable` would read the base alone, in silence, and `nolock` opens no log."""


def log_of(path: Path) -> Path:
    """Path of the write-ahead log of a database."""
    return path.with_name(f"{path.name}-wal")


def has_log(path: Path) -> bool:
    """Whether a database has pages in a write-ahead log."""
    try:
        return log_of(path).stat().st_size > 0
    except FileNotFoundError:
        return False


def database_uri(path: Path) -> str:
    """URI of a published database, for reading: its connection needs the locking mode that `connect` sets."""
    return f"file:{quote(str(path))}{_WITH_LOG if has_log(path) else _PLAIN}"


def connect(path: Path) -> sqlite3.Connection:
    """Open a published database; its connection may go from thread to thread."""
    connection = sqlite3.connect(database_uri(path), uri=True, check_same_thread=False)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # the index of the log is in this connection's memory
    return connection


def attach(db: sqlite3.Connection, path: Path, name: str) -> None:
    """Attach a published database to a connection that was opened with `uri=True`."""
    # An attached database has the mode that the connection has by then; the others go back to theirs.
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute(f"ATTACH ? AS {name}", (database_uri(path),))
    db.execute("PRAGMA locking_mode = NORMAL")


class ReadOnlyDatabase:
    """Published database file; it is opened at the first question of a thread.

    Args:
        path: the file.
        prepare: SQL that each connection runs first.
    """

    def __init__(self, path: Path, prepare: str = "") -> None:
        """Look at the file. Raises GenerationError where it is not there."""
        self._path, self._prepare = path, prepare
        files = [path, log_of(path)] if has_log(path) else [path]
        try:
            self._folder, self._sizes = path.parent, file_sizes.present(path.parent, files)
        except OSError as fault:
            what = f"it is not whole: {fault}"
            raise GenerationError(what, where=str(path.parent), todo="Run `kg build`.") from None
        self._looked_at = [(str(each), self._sizes[each.name]) for each in files]
        self._connections: list[sqlite3.Connection] = []
        self._local = threading.local()

    @property
    def connection(self) -> sqlite3.Connection:
        """Connection of this thread. Raises GenerationError where the file was cut since it was opened."""
        try:
            is_whole = all(os.stat(name).st_size == size for name, size in self._looked_at)  # noqa: PTH116  # 1 µs a file
        except OSError:
            is_whole = False
        if not is_whole:
            file_sizes.check(self._folder, self._sizes)
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = connect(self._path)
            self._connections.append(connection)
            if self._prepare:
                connection.executescript(self._prepare)
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()
