"""Connection with a file of SQLite that may come from anywhere: read-only, with SELECT alone, within bounds.

https://www.sqlite.org/security.html, "Untrusted SQLite Database Files".
"""

import errno
import sqlite3
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy
from sqlalchemy.pool import NullPool

from kg.records.readers.tables.databases.sniffing import SQLITE_MAGIC

MAX_VALUE_BYTES = 64 << 20
"""Maximum length of a value and of a row, in bytes."""
INSTRUCTIONS_AT_ONCE = 1_000_000
"""Number of instructions of SQLite's machine between two looks at the bound."""
MAX_LOOKS = 5_000
"""Maximum number of looks without a row: some minutes."""

_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
_REFUSED_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer"})
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_TOOBIG})
_WAIT_SECONDS = 5.0
_CODE_BITS = 0xFF


class BoundedConnection(sqlite3.Connection):
    """Connection whose statements end when they compute without end.

    Attributes:
        looks: how often was looked at the statement since it last gave rows.
    """

    looks = 0

    def is_too_long(self) -> bool:
        """Whether the statement is to end."""
        self.looks += 1
        return self.looks > MAX_LOOKS


def engine(path: Path) -> sqlalchemy.Engine:
    """Return an engine for a file.

    Raises:
        OSError: for a file that can't be opened, or is none of SQLite.
    """
    with path.open("rb") as file:
        if file.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
            raise OSError(errno.EINVAL, "it is no database of SQLite 3, nor an address such as postgresql://host/name")
    return sqlalchemy.create_engine("sqlite://", creator=lambda: _connect(path), poolclass=NullPool)


class _WrittenText(str):
    """Text of a row with bytes that are no UTF-8, each of them a lone surrogate."""

    __slots__ = ()


def rows(connection: BoundedConnection, cursor: sqlite3.Cursor) -> Iterator[Any]:
    """Yield the rows of a cursor.

    Texts are strings as the driver makes them, which takes a third of the time that a function for each takes. At one
    that is no UTF-8 the driver stops before the next step, and gives the same row once more: its texts are of a class
    of their own, so that they can be looked at (D-208).
    """
    while True:
        connection.text_factory = str
        try:
            for values in cursor:
                connection.looks = 0
                yield values
        except sqlite3.OperationalError as fault:
            if not _is_no_utf8(fault):
                raise
        else:
            return
        connection.text_factory = partial(_WrittenText, encoding="utf-8", errors="surrogateescape")
        for values in islice(cursor, 1):
            yield values


def _is_no_utf8(fault: sqlite3.OperationalError) -> bool:
    """Whether a fault is one of the driver and not of SQLite: a text can't be decoded."""
    return getattr(fault, "sqlite_errorcode", None) is None and "decode" in str(fault)


def is_damage(fault: object) -> bool:
    """Whether a fault is one of the file, and not of the query."""
    return isinstance(fault, sqlite3.Error) and getattr(fault, "sqlite_errorcode", 0) & _CODE_BITS in _DAMAGE


def _connect(path: Path) -> BoundedConnection:
    # Not `immutable`, which overlooks what is written and lies in the log beside the file.
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    connection = sqlite3.connect(
        address, uri=True, timeout=_WAIT_SECONDS, cached_statements=0, factory=BoundedConnection
    )
    connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
        connection.execute(f"PRAGMA {pragma}").close()
    connection.set_authorizer(_authorize)
    connection.set_progress_handler(connection.is_too_long, INSTRUCTIONS_AT_ONCE)
    return connection


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Verdict on a part of a statement: `ATTACH` in a view's place, say, would open another file."""
    if action == sqlite3.SQLITE_PRAGMA:  # names of tables and columns, as SQLAlchemy asks for them
        return (
            sqlite3.SQLITE_OK
            if second is None or first in {"table_info", "table_xinfo", "table_list"}
            else sqlite3.SQLITE_DENY
        )
    if action == sqlite3.SQLITE_FUNCTION and second in _REFUSED_FUNCTIONS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
