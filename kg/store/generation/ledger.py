"""Ledger of published keys: their creation, changes and deletion, beyond the life of any generation.

A published key is never given to another thing, and a deleted thing leaves a tombstone. A reference that another one
has replaced, or whose key is written otherwise now, is told as merged into that. The ledger follows the live
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
from kg.iris import spellings
from kg.private_files import make_private
from kg.store.generation.read_only_database import attach

_SCHEMA = """
CREATE TABLE IF NOT EXISTS published (
  ref TEXT PRIMARY KEY, kind TEXT NOT NULL, label TEXT, created TEXT NOT NULL, modified TEXT NOT NULL, digest TEXT,
  deleted TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (
  generation INTEGER NOT NULL, ref TEXT NOT NULL, what TEXT NOT NULL, time TEXT NOT NULL, target TEXT,
  PRIMARY KEY (generation, ref)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_LOG = """
INSERT OR REPLACE INTO log (generation, ref, what, time)
SELECT :generation, things.ref,
  CASE WHEN things.deleted IS NOT NULL THEN 'deleted'
       WHEN published.ref IS NULL OR published.deleted IS NOT NULL THEN 'created' ELSE 'changed' END,
  COALESCE(things.deleted, things.modified)
FROM live.things LEFT JOIN published USING (ref)
WHERE published.ref IS NULL OR published.digest IS NOT things.digest OR published.deleted IS NOT things.deleted
"""
_ABSENT = "SELECT ref FROM published WHERE ref NOT IN (SELECT ref FROM live.things)"
_MERGE = "INSERT OR REPLACE INTO log (generation, ref, what, time, target) VALUES (?, ?, 'merged', ?, ?)"
_REPLACED = """
SELECT ref, target FROM live.redirects JOIN published USING (ref)
WHERE (ref, target) NOT IN (SELECT ref, target FROM log WHERE what = 'merged')
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
            if "target" not in {row[1] for row in self._db.execute("PRAGMA table_info(log)")}:  # of kg 0.2
                self._db.execute("ALTER TABLE log ADD COLUMN target TEXT")
            self._empty = self._db.execute("SELECT 1 FROM published LIMIT 1").fetchone() is None
            on_failure.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def entry(self, reference: str) -> LedgerEntry | None:
        """Entry of a reference, however its key was written when it was published; None if it never was."""
        if self._empty:
            return None
        for name in (reference, *(each for each in spellings(reference) if each != reference)):
            if row := self._db.execute("SELECT * FROM published WHERE ref = ?", (name,)).fetchone():
                return LedgerEntry(*row)
        return None

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
        attach(self._db, catalogue, "live")
        try:
            self._db.execute("BEGIN IMMEDIATE")
            respelled = self._respelled()
            self._db.execute(_LOG, {"generation": generation})
            self._db.execute(_FOLLOW)
            merged = [*respelled, *self._db.execute(_REPLACED)]
            self._db.executemany(_MERGE, [(generation, old, time, new) for old, new in merged])
            self._db.executemany("DELETE FROM published WHERE ref = ?", [(old,) for old, _ in respelled])
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

    def _respelled(self) -> list[tuple[str, str]]:
        """Published references that the live generation has under another spelling of their keys, with that (D-136)."""
        found = []
        for (ref,) in self._db.execute(_ABSENT).fetchall():
            others = (each for each in spellings(ref) if each != ref)
            found += [(ref, each) for each in others if self._is_live(each)]
        return found

    def _is_live(self, reference: str) -> bool:
        return self._db.execute("SELECT 1 FROM live.things WHERE ref = ?", (reference,)).fetchone() is not None


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
