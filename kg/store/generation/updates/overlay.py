"""Overlay of a catalogue: a base that generations share by hard links, and pages of a generation's own over it.

The pages lie in SQLite's write-ahead log beside the base, `catalogue.sqlite-wal`. SQLite itself would write them into
the base as soon as its last connection closes, and so into every generation that shares it. Therefore the writer is a
process of its own that ends without closing anything (`process.py`), and the base is compared before and after (D-218).
A copy of a generation needs both files.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from kg.errors import GenerationError
from kg.store.generation.read_only_database import connect, has_log, log_of

MAX_LOG_SHARE = 0.25
"""Share of the base up to which the log of a generation grows; then the next generation gets a base of its own."""

_CACHE_KIB = 131_072
"""Memory for the pages that an update changes, before they are written for the first time."""


def become_base(db: sqlite3.Connection) -> None:
    """Give a database that was just written the header of one with a write-ahead log, which stays empty."""
    db.execute("PRAGMA locking_mode = EXCLUSIVE")  # no file for memory that is shared
    db.execute("PRAGMA journal_mode = WAL")


def share(source: Path, target: Path) -> None:
    """Make the catalogue of the next generation, before its changes: the base by a link, the log as a copy.

    Where the log has become long, the base is written anew with all its pages.

    Args:
        source: the catalogue of a published generation.
        target: a path in the folder of the next one.
    """
    if has_log(source) and log_of(source).stat().st_size > MAX_LOG_SHARE * source.stat().st_size:
        fold(source, target)
        return
    os.link(source, target)
    if has_log(source):
        shutil.copyfile(log_of(source), log_of(target))


def fold(source: Path, target: Path) -> None:
    """Write a catalogue with its log as a base that stands alone."""
    with closing(connect(source)) as old, closing(sqlite3.connect(target, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        old.backup(db)
        become_base(db)


def open_log(path: Path) -> sqlite3.Connection:
    """Open a catalogue so that every change goes into its log. It must never be closed: the process has to end."""
    db = sqlite3.connect(f"file:{quote(str(path))}?mode=rw&vfs=unix-none", uri=True, isolation_level=None)
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
    db.execute("PRAGMA wal_autocheckpoint = 0")
    db.execute("PRAGMA synchronous = OFF")  # the folder is flushed before it goes live
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    (mode,) = db.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        what = "the catalogue is none that generations can share"
        raise GenerationError(what, where=str(path), todo="Run `kg build --full`.")
    return db


class SharedBase:
    """Base of a catalogue, as it was before an update."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state = self._look()

    def check(self) -> None:
        """Compare the base with what it was. Raises GenerationError where an update wrote into it."""
        if self._look() != self._state:
            what = "an update wrote into the part of the catalogue that generations share"
            raise GenerationError(what, where=str(self._path), todo="Run `kg build --full`, and report this.")

    def _look(self) -> tuple[int, int, int]:
        status = self._path.stat()
        return status.st_ino, status.st_size, status.st_mtime_ns
