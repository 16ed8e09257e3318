"""How a catalogue is made, while records stream by.

Rows go in as records come; links are staged beside, and sorted once at the end. A reference that is linked to gets a
row before its record comes; what has no record in the end is *missing*, and the build makes a stub of it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kg.store.generation.catalogue import LINKS, SCHEMA, UNDATED
from kg.store.generation.ledger import Ledger

_MOST_KNOWN = 50_000
"""How many numbers of things are kept at hand; the rest is looked up."""

_STAGE = """
CREATE TABLE stage.links (target INTEGER, k INTEGER, start TEXT, source INTEGER);
CREATE TABLE stage.hints (ref TEXT PRIMARY KEY, record BLOB) WITHOUT ROWID;
CREATE TABLE stage.redirects (ref TEXT PRIMARY KEY, target TEXT) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalogue is told of a record; see `Thing` for what the fields mean."""

    reference: str
    label: bytes
    status: str | None
    start: str | None
    end: str | None
    said: str | None
    digest: str
    source: str
    at: str
    offset: int
    length: int
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A thing, and the file and line that it comes from; these are empty for a stub."""

    reference: str
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a generation changes: how many things are new, changed, gone."""

    created: int
    changed: int
    deleted: int


class CatalogueBuilder:
    """Writes a catalogue; not safe for several threads."""

    def __init__(self, path: Path, ledger: Ledger, now: str) -> None:
        self._path = path
        self._stage = path.with_suffix(".stage")
        self._ledger = ledger
        self._now = now
        self._db = sqlite3.connect(path, isolation_level=None)
        # A build that dies is thrown away whole; nothing has to be rolled back.
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;")
        self._db.execute("ATTACH ? AS stage", (str(self._stage),))
        self._db.executescript("PRAGMA stage.journal_mode=OFF; PRAGMA stage.synchronous=OFF;")
        self._db.executescript(SCHEMA + _STAGE)
        self._db.execute("BEGIN")
        self._numbers: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._created = self._changed = 0

    def add(self, entry: Entry) -> str | None:
        """Enter a record. Returns None, or where the record came from that has the same reference already."""
        n = self._number(entry.reference)
        taken = self._db.execute("SELECT source, at FROM things WHERE n = ? AND digest IS NOT NULL", (n,)).fetchone()
        if taken:
            return " ".join(filter(None, taken))
        created, modified = self._times(entry)
        self._db.execute(
            "UPDATE things SET label=?, status=?, start=?, end=?, said=?, created=?, modified=?, digest=?, source=?,"
            " at=?, offset=?, length=? WHERE n=?",
            (
                *(entry.label, entry.status, entry.start, entry.end, entry.said, created, modified, entry.digest),
                *(entry.source, entry.at, entry.offset, entry.length, n),
            ),
        )
        start = entry.start or UNDATED
        self._db.executemany(
            "INSERT INTO stage.links VALUES (?, ?, ?, ?)",
            [(self._number(target), self._key(key), start, n) for key, target in entry.links],
        )
        for key, target in entry.links:
            if key == "replaces":
                self._db.execute("INSERT OR IGNORE INTO stage.redirects VALUES (?, ?)", (target, entry.reference))
        return None

    def hint(self, reference: str, record: bytes) -> None:
        """Remember the little that a link says of its target; who says most is heard, the first of several."""
        self._db.execute(
            "INSERT INTO stage.hints VALUES (?, ?) ON CONFLICT DO UPDATE SET record = excluded.record"
            " WHERE length(excluded.record) > length(record)",
            (reference, record),
        )

    def missing(self, limit: int) -> list[tuple[str, bytes | None]]:
        """Some of the references that are linked to and have no record, with what a link said of them.

        What is replaced by another record is not missing: its address leads there.
        """
        return self._db.execute(
            "SELECT things.ref, hints.record FROM things LEFT JOIN stage.hints USING (ref)"
            " WHERE digest IS NULL AND ref NOT IN (SELECT ref FROM stage.redirects) LIMIT ?",
            (limit,),
        ).fetchall()

    def linking_to(self, reference: str) -> tuple[Place, str]:
        """A record that links to a reference, and the key of the link."""
        self._db.execute("CREATE INDEX IF NOT EXISTS stage.by_target ON links (target)")
        ref, source, at, key = self._db.execute(
            "SELECT linking.ref, linking.source, linking.at, keys.name FROM things"
            " JOIN stage.links AS links ON links.target = things.n JOIN keys USING (k)"
            " JOIN things AS linking ON linking.n = links.source WHERE things.ref = ? LIMIT 1",
            (reference,),
        ).fetchone()
        return Place(ref, source or "", at or ""), key

    def counts(self) -> dict[str, int]:
        """Kind → how many records there are, stubs left out."""
        rows = self._db.execute(
            "SELECT kind, COUNT(*) FROM things WHERE digest IS NOT NULL AND status IS NOT 'stub' GROUP BY kind"
        )
        return dict(rows.fetchall())

    def cycles(self, key: str) -> Iterator[Place]:
        """The things that are reached from themselves by following a key: parts of themselves."""
        k = self._key(key)
        self._db.execute("CREATE INDEX IF NOT EXISTS stage.by_source ON links (source, k)")
        rows = self._db.execute(
            "WITH RECURSIVE up(start, n, depth) AS ("
            " SELECT source, target, 1 FROM stage.links WHERE k = :k AND source IN"
            " (SELECT target FROM stage.links WHERE k = :k)"
            " UNION SELECT up.start, links.target, depth + 1 FROM up"
            " JOIN stage.links AS links ON links.source = up.n AND links.k = :k WHERE depth < 40"
            ") SELECT DISTINCT things.ref, things.source, things.at FROM up"
            " JOIN things ON things.n = up.start WHERE up.n = up.start",
            {"k": k},
        )
        for reference, source, at in rows:
            yield Place(reference, source or "", at or "")

    def finish(self) -> Changes:
        """Sort the links, count them, enter what is gone, and close."""
        self._redirect()
        for statement in LINKS.split(";"):  # executescript would commit
            self._db.execute(statement)
        self._db.execute("INSERT INTO links SELECT DISTINCT * FROM stage.links ORDER BY target, k, start, source")
        self._db.execute("INSERT INTO link_counts SELECT target, k, COUNT(*) FROM links GROUP BY target, k")
        deleted = _enter_deleted(self._db, self._ledger, self._now)
        self._db.execute("COMMIT")
        self._db.execute("DETACH stage")
        self._stage.unlink()
        return Changes(self._created, self._changed, deleted)

    def close(self) -> None:
        """Let the file go, finished or not."""
        self._db.close()

    def _redirect(self) -> None:
        """Let what was replaced lead to what replaced it, and links to it too."""
        self._db.execute(
            "INSERT INTO redirects SELECT r.ref, r.target FROM stage.redirects AS r JOIN things USING (ref)"
            " WHERE digest IS NULL"
        )
        pairs = self._db.execute(
            "SELECT old.n, new.n FROM redirects JOIN things AS old USING (ref) JOIN things AS new ON new.ref = target"
        ).fetchall()
        replaces = self._key("replaces")
        if pairs:  # without it, each of them would search all links
            self._db.execute("CREATE INDEX IF NOT EXISTS stage.by_target ON links (target)")
        for old, new in pairs:
            self._db.execute("UPDATE stage.links SET target = ? WHERE target = ? AND k <> ?", (new, old, replaces))
            self._db.execute("DELETE FROM stage.links WHERE target = ?", (old,))
            self._db.execute("DELETE FROM things WHERE n = ?", (old,))

    def _times(self, entry: Entry) -> tuple[str, str]:
        """When the record was first published and last changed."""
        known = self._ledger.get(entry.reference)
        if known is None:
            self._created += 1
            return self._now, self._now
        if known.digest == entry.digest and known.deleted is None:
            return known.created, known.modified
        self._changed += 1
        return known.created, self._now

    def _number(self, reference: str) -> int:
        n = self._numbers.get(reference)
        if n is None:
            row = self._db.execute("SELECT n FROM things WHERE ref = ?", (reference,)).fetchone()
            if row is None:
                kind = reference.partition("/")[0]
                n = self._db.execute("INSERT INTO things (ref, kind) VALUES (?, ?)", (reference, kind)).lastrowid or 0
            else:
                n = row[0]
            if len(self._numbers) >= _MOST_KNOWN:
                self._numbers.clear()
            self._numbers[reference] = n
        return n

    def _key(self, name: str) -> int:
        k = self._keys.get(name)
        if k is None:
            k = self._keys[name] = len(self._keys)
            self._db.execute("INSERT INTO keys VALUES (?, ?)", (k, name))
        return k


def _enter_deleted(db: sqlite3.Connection, ledger: Ledger, now: str) -> int:
    """Enter what was published once and is no more, with the time it went; how many went now."""
    gone = 0
    insert = "INSERT INTO things (ref, kind, label, created, modified, deleted) VALUES (?, ?, ?, ?, ?, ?)"
    for known in ledger.all():
        here = db.execute("SELECT 1 FROM things WHERE ref = ?", (known.reference,)).fetchone()
        led = db.execute("SELECT 1 FROM redirects WHERE ref = ?", (known.reference,)).fetchone()
        if here or led:
            continue
        gone += known.deleted is None
        deleted = known.deleted or now
        modified = known.modified if known.deleted else now
        db.execute(insert, (known.reference, known.kind, known.label, known.created, modified, deleted))
    return gone


def retimed(source: Path, target: Path, ledger: Ledger, now: str) -> None:
    """Copy a catalogue for a generation that repeats an earlier one: what changes by it changes now.

    A published catalogue is copied, never linked: SQLite writes a file in place.
    """
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, isolation_level=None)) as db:
        old.backup(db)
        db.execute("BEGIN")
        rows = db.execute("SELECT n, ref, digest, deleted FROM things").fetchall()
        for n, reference, digest, deleted in rows:
            known = ledger.get(reference)
            if known is None:  # never followed by the ledger: as good as new
                times = (now, now, now if deleted else None)
            elif deleted:
                times = (known.created, known.modified if known.deleted else now, known.deleted or now)
            else:
                same = known.digest == digest and known.deleted is None
                times = (known.created, known.modified if same else now, None)
            db.execute("UPDATE things SET created = ?, modified = ?, deleted = ? WHERE n = ?", (*times, n))
        _enter_deleted(db, ledger, now)
        db.execute("COMMIT")
