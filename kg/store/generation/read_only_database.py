"""Read-only SQLite database of a generation, with a connection for each thread, so that no thread waits for another."""

import sqlite3
import threading
from pathlib import Path
from urllib.parse import quote

from kg.errors import GenerationError
from kg.store import file_sizes


def database_uri(path: Path) -> str:
    """URI of a published database file, for reading.

    Immutable: there is no writer, so SQLite neither locks nor looks for a journal.
    """
    return f"file:{quote(str(path))}?mode=ro&immutable=1"


class ReadOnlyDatabase:
    """Published database file; it is opened at the first question of a thread."""

    def __init__(self, path: Path) -> None:
        """Look at the file. Raises GenerationError where it is not there."""
        self._uri = database_uri(path)
        try:
            self._folder, self._sizes = path.parent, file_sizes.present(path.parent, [path])
        except OSError as fault:
            what = f"it is not whole: {fault}"
            raise GenerationError(what, where=str(path.parent), todo="Run `kg build`.") from None
        self._connections: list[sqlite3.Connection] = []
        self._local = threading.local()

    @property
    def connection(self) -> sqlite3.Connection:
        """Connection of this thread. Raises GenerationError where the file was cut since it was opened."""
        file_sizes.check(self._folder, self._sizes)
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()
