"""Ledger of published keys: their creation, changes and deletion, beyond the life of any generation.

A published key is never given to another thing, and a deleted thing leaves a tombstone. The ledger follows the live
generation: it is brought up to it after each switch, and before each build in case the last build was killed between
switch and ledger (D-17).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kg.errors import PublishError
from kg.private_files import make_private

_SCHEMA = """
CREATE TABLE IF NOT EXISTS published (
  ref TEXT PRIMARY KEY, kind TEXT NOT NULL, label TEXT, created TEXT NOT NULL, modified TEXT NOT NULL, digest TEXT,
  deleted TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (
  generation INTEGER NOT NULL, ref TEXT NOT NULL, what TEXT NOT NULL, time TEXT NOT NULL, PRIMARY KEY (generation, ref)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_LOG = """
INSERT OR REPLACE INTO log
SELECT :generation, things.ref,
  CASE WHEN things.deleted IS NOT NULL THEN 'deleted'
       WHEN published.ref IS NULL OR published.deleted IS NOT NULL THEN 'created' ELSE 'changed' END,
  COALESCE(things.deleted, things.modified)
FROM live.things LEFT JOIN published USING (ref)
WHERE published.ref IS NULL OR published.digest IS NOT things.digest OR published.deleted IS NOT things.deleted
"""
_FOLLOW = """
INSERT INTO published SELECT ref, kind, label, created, modified, digest, deleted FROM live.things WHERE true
ON CONFLICT (ref) DO UPDATE SET
  label = excluded.label, modified = excluded.modified, digest = excluded.digest, deleted = excluded.deleted
WHERE digest IS NOT excluded.digest OR deleted IS NOT excluded.deleted OR label IS NOT excluded.label
"""

DAMAGED = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
"""SQLite's codes for a file that is no database, or not a whole one."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Ledger entry of a key; times in UTC (ISO 8601), `deleted` None for a live thing."""

    reference: str
    kind: str
    label: str | None
    created: str
    modified: str
    digest: str | None
    deleted: str | None


class Ledger:
    """Ledger in the SQLite file `var/state/ledger.sqlite`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        for each in (path, *path.parent.glob(f"{path.name}-*")):  # SQLite gives its log the permissions of the file
            make_private(each)
        self._db = sqlite3.connect(f"file:{quote(str(path))}", uri=True, isolation_level=None)
        with ExitStack() as on_failure:
            on_failure.callback(self._db.close)
            self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
            self._db.executescript(_SCHEMA)
            self._empty = self._db.execute("SELECT 1 FROM published LIMIT 1").fetchone() is None
            on_failure.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def entry(self, reference: str) -> LedgerEntry | None:
        """Entry of a reference; None if it was never published."""
        if self._empty:
            return None
        row = self._db.execute("SELECT * FROM published WHERE ref = ?", (reference,)).fetchone()
        return LedgerEntry(*row) if row else None

    def entries(self) -> Iterator[LedgerEntry]:
        """Entries of all keys ever published, by reference."""
        for row in self._db.execute("SELECT * FROM published ORDER BY ref"):
            yield LedgerEntry(*row)

    @property
    def position(self) -> tuple[int, str]:
        """Number and time of publication of the last generation in the ledger; 0 and "" for an empty ledger."""
        values = dict(self._db.execute("SELECT name, value FROM meta"))
        return int(values.get("generation", "0")), values.get("time", "")

    def follow(self, generation: int, time: str, catalogue: Path) -> None:
        """Bring the ledger up to the live generation; a no-op where it is up to date."""
        if self.position[0] >= generation:
            return
        self._db.execute("ATTACH ? AS live", (f"file:{quote(str(catalogue))}?immutable=1",))
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(_LOG, {"generation": generation})
            self._db.execute(_FOLLOW)
            self._db.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)", [("generation", str(generation)), ("time", time)]
            )
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # some faults roll back by themselves
                self._db.execute("ROLLBACK")
            raise
        finally:
            with suppress(sqlite3.Error):  # the earlier fault is the one to report
                self._db.execute("DETACH live")
        self._empty = False


def ledger_fault(path: Path) -> PublishError | None:
    """Return what is wrong with a ledger's file, which is read as a whole; None where nothing is."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as db:
            (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
            db.execute("SELECT 1 FROM published LIMIT 1").fetchone()
    except sqlite3.Error as fault:
        return ledger_error(path, fault)
    return None if found == "ok" else ledger_error(path, found)


def ledger_error(path: Path, fault: object) -> PublishError:
    """Return the error for a damaged ledger, with the remedy."""
    todo = (
        "It holds every key that was ever published: put its copy from a backup in its place. Without one, run"
        f" `mv {path} {path}.damaged`; the next build makes it anew from the newest whole generation."
    )
    return PublishError(f"the ledger can't be read: {fault}", where=str(path), todo=todo)
