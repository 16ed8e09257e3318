"""The catalogue of a generation: every thing with kind, label, dates and digest, and who links to it, in order.

What a store answers slowly or in no order (the first twenty of 65,000 links by date) is answered from here by a walk
along an index. Made from the same stream as the store; a SQLite file that nobody writes once it is published.
"""

import sqlite3
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from kg.store.generation.things import Beside, Linked, Stretch, Thing, place_of

UNDATED = "~"
"""Stands for the date of what has none, after every date."""

SCHEMA = """
CREATE TABLE things (
  n INTEGER PRIMARY KEY,
  ref TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  label TEXT,           -- JSON: language → text
  status TEXT,          -- NULL for a full record
  start TEXT,           -- first and last day of *the* date
  end TEXT,
  said TEXT,            -- the same date in EDTF, as its page has it
  created TEXT,         -- when it was first published, and last changed: ISO 8601, UTC
  modified TEXT,
  digest TEXT,          -- of its triples and its JSON
  source TEXT,          -- file, and place in it
  at TEXT,
  offset INTEGER,       -- where its JSON lies in the file of records
  length INTEGER,
  deleted TEXT          -- when it was taken away
);
CREATE TABLE keys (k INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE redirects (ref TEXT PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID;
"""
LINKS = """
CREATE TABLE links (
  target INTEGER, k INTEGER, start TEXT, source INTEGER, PRIMARY KEY (target, k, start, source)
) WITHOUT ROWID;
CREATE TABLE link_counts (target INTEGER, k INTEGER, n INTEGER, PRIMARY KEY (target, k)) WITHOUT ROWID;
CREATE INDEX by_date ON things (kind, COALESCE(start, ''), n) WHERE deleted IS NULL AND status IS NOT 'stub';
CREATE INDEX by_change ON things (kind, modified) WHERE deleted IS NULL;
"""


MOST_COUNTED = 5_000
"""Links up to which a page counts and compares them; beyond it says how many there are, and no more."""

_FIRST = 4
"""How many times as many as are wanted are looked at first, some of which are no whole records."""

_ALL = -1  # no limit, to SQLite

_AFTER_ALL = "~"
"""After every time, and every date."""

_BEGUN = "substr({start}, 1, CASE WHEN {start} LIKE '%-01-01' AND end LIKE '%-12-31' THEN 4 ELSE 7 END)"
"""The month in which something begins, or the year where nobody says in which."""

_AT_ONCE = 500
"""How many references are asked for in one statement."""

_COLUMNS = "n, ref, kind, label, status, start, end, said, created, modified, digest, deleted, offset, length"


def _thing(row: tuple[Any, ...]) -> Thing:
    n, ref, kind, label, status, start, end, said, created, modified, digest, deleted, offset, length = row
    labels = orjson.loads(label) if label else {}
    return Thing(
        *(n, ref, kind, labels, status, start, end, said, created, modified),
        *(digest or "", deleted, offset or 0, length or 0),
    )


@cache
def _counted(targets: int, keys: int) -> str:
    """Selects what links to some targets, and to how many: by links alone, what each source is comes later.

    Of several targets all links have to be read; those to one are walked along the index, each key by itself.
    """
    if targets == 1:
        walk = (
            "SELECT * FROM (SELECT source AS other, start AS day, 1 AS shared FROM links"
            " WHERE target = :t0 AND k = :k{} AND source <> :source ORDER BY start, source LIMIT :most)"
        )
        return " UNION ".join(walk.format(key) for key in range(keys))
    return (
        "SELECT source AS other, start AS day, COUNT(DISTINCT target) AS shared FROM links"  # noqa: S608  # marks
        f" WHERE target IN ({', '.join(f':t{each}' for each in range(targets))})"
        f" AND k IN ({', '.join(f':k{each}' for each in range(keys))}) AND source <> :source"
        " GROUP BY other ORDER BY shared DESC, day, other LIMIT :most"
    )


class Catalogue:
    """A published catalogue. Each thread that uses it has a connection of its own, so that none waits for another."""

    def __init__(self, path: Path) -> None:
        # Immutable: nobody writes it, so SQLite neither locks nor looks for a journal.
        self._uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
        self._connections: list[sqlite3.Connection] = []
        self._here = threading.local()
        self._keys = dict(self._db.execute("SELECT k, name FROM keys"))
        self._numbers = {name: k for k, name in self._keys.items()}
        self._months: dict[str, int] | None = None

    @property
    def _db(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._here, "connection", None)
        if connection is None:
            connection = self._here.connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Let the file go."""
        for connection in self._connections:
            connection.close()

    def thing(self, reference: str) -> Thing | None:
        """The row of a reference, also if the thing was deleted."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM things WHERE ref = ?", (reference,)).fetchone()  # noqa: S608
        return _thing(row) if row else None

    def things(self, references: list[str]) -> dict[str, Thing]:
        """Reference → its row, for those that are there."""
        found: dict[str, Thing] = {}
        for start in range(0, len(references), _AT_ONCE):
            some = references[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM things WHERE deleted IS NULL AND ref IN ({marks})",  # noqa: S608
                some,
            )
            found |= {thing.reference: thing for thing in map(_thing, rows)}
        return found

    def redirect(self, reference: str) -> str | None:
        """The thing that has taken the place of another."""
        row = self._db.execute("SELECT target FROM redirects WHERE ref = ?", (reference,)).fetchone()
        return row[0] if row else None

    def link_counts(self, n: int) -> dict[str, int]:
        """Key → how many things link to this one under it."""
        rows = self._db.execute("SELECT k, n FROM link_counts WHERE target = ? ORDER BY k", (n,))
        return {self._keys[k]: count for k, count in rows}

    def linked(self, n: int, key: str, limit: int, after: str = "") -> list[Linked]:
        """Things that link to this one under a key, in order of date, undated ones last.

        Args:
            n: the target.
            key: the key of the model.
            limit: at most so many.
            after: a cursor that this method gave; empty for the beginning.
        """
        start, number = place_of(after)
        columns = ", ".join(f"things.{name.strip()}" for name in _COLUMNS.split(","))
        rows = self._db.execute(
            f"SELECT links.start, links.source, {columns} FROM links JOIN things ON things.n = links.source"  # noqa: S608
            " WHERE target = ? AND k = ? AND (links.start, links.source) > (?, ?)"
            " ORDER BY links.start, links.source LIMIT ?",
            (n, self._numbers.get(key, -1), start, number, limit),
        )
        return [Linked(_thing(row[2:]), f"{row[0]}_{row[1]}") for row in rows]

    def beside(self, n: int, key: str, start: str | None, source: int) -> Beside:
        """Which things stand before and after one of those that link to a thing under a key, in order of date.

        Args:
            n: the target.
            key: the key of the model.
            start: the first day of the one, or None.
            source: its number.
        """
        at = (n, self._numbers.get(key, -1), start or UNDATED, source)
        columns = ", ".join(f"things.{name.strip()}" for name in _COLUMNS.split(","))
        found: list[Thing | None] = []
        for sign, order in (("<", "DESC"), (">", "ASC")):
            row = self._db.execute(
                f"SELECT {columns} FROM links JOIN things ON things.n = links.source"  # noqa: S608
                f" WHERE target = ? AND k = ? AND (links.start, links.source) {sign} (?, ?)"
                f" ORDER BY links.start {order}, links.source {order} LIMIT 1",
                at,
            ).fetchone()
            found.append(_thing(row) if row else None)
        count = self.link_counts(n).get(key, 0)
        position = None
        if count <= MOST_COUNTED:
            position = (
                1
                + self._db.execute(
                    "SELECT COUNT(*) FROM links WHERE target = ? AND k = ? AND (start, source) < (?, ?)", at
                ).fetchone()[0]
            )
        return Beside(found[0], found[1], position, count, key)

    def sharing(self, targets: list[int], keys: list[str], source: int, limit: int) -> list[tuple[Thing, int]]:
        """Other things that link to most of some targets, with how many of them each links to."""
        ks = [self._numbers[key] for key in keys if key in self._numbers]
        columns = ", ".join(f"things.{name.strip()}" for name in _COLUMNS.split(","))
        found: list[tuple[Thing, int]] = []
        if not ks:
            return []
        values = {f"t{place}": n for place, n in enumerate(targets)} | {f"k{place}": k for place, k in enumerate(ks)}
        counted = _counted(len(targets), len(ks))
        for most in (_FIRST * limit, _ALL):
            rows = self._db.execute(
                f"SELECT shared, {columns} FROM ({counted}) JOIN things ON things.n = other"  # noqa: S608
                " WHERE kind = 'record' AND status IS NULL ORDER BY shared DESC, day, other LIMIT :limit",
                {**values, "source": source, "most": most, "limit": limit},
            )
            found = [(_thing(row[1:]), row[0]) for row in rows]
            if len(found) == limit:
                break
        return found

    def begun(self, first: str, last: str, limit: int) -> list[Thing]:
        """The records, but for stubs, whose date begins in some days, in its order."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM things WHERE kind = 'record' AND deleted IS NULL AND status IS NOT 'stub'"  # noqa: S608
            " AND COALESCE(start, '') BETWEEN ? AND ? ORDER BY COALESCE(start, ''), n LIMIT ?",
            (first, last, limit),
        )
        return list(map(_thing, rows))

    def by_month(self, n: int | None = None) -> dict[str, int]:
        """Month (YYYY-MM) → how many records begin in it: of all records, or of those that link to a thing.

        One of whole years counts for its first year (YYYY). Of all, one with an open beginning counts where it ends.
        """
        if n is not None:
            rows = self._db.execute(
                f"SELECT {_BEGUN.format(start='links.start')}, COUNT(DISTINCT links.source) FROM links"  # noqa: S608  # ours
                " JOIN things ON things.n = links.source"
                " WHERE target = ? AND links.start <> ? AND kind = 'record' GROUP BY 1 ORDER BY 1",
                (n, UNDATED),
            )
            return dict(rows.fetchall())
        if self._months is None:
            rows = self._db.execute(
                f"SELECT {_BEGUN.format(start='COALESCE(start, end)')}, COUNT(*) FROM things"  # noqa: S608  # ours
                " WHERE kind = 'record' AND deleted IS NULL AND status IS NOT 'stub'"
                " AND COALESCE(start, end) IS NOT NULL GROUP BY 1 ORDER BY 1"
            )
            self._months = dict(rows.fetchall())
        return self._months

    def newest(self, limit: int) -> list[Thing]:
        """The records that were published or changed last."""
        found: list[Thing] = []
        there, time = "FROM things WHERE kind = 'record' AND deleted IS NULL", _AFTER_ALL
        # Time by time: asked for in one statement, all that a first build published would be sorted.
        while len(found) < limit:
            (time,) = self._db.execute(f"SELECT MAX(modified) {there} AND modified < ?", (time,)).fetchone()
            if time is None:
                break
            rows = self._db.execute(
                f"SELECT {_COLUMNS} {there} AND modified = ? AND status IS NULL ORDER BY n LIMIT ?",
                (time, limit - len(found)),
            )
            found += map(_thing, rows)
        return found

    def most_linked(self, kind: str, limit: int) -> list[Thing]:
        """The whole records of a kind to which most others link; a walk along all counts of links."""
        columns = ", ".join(f"things.{name.strip()}" for name in _COLUMNS.split(","))
        rows = self._db.execute(
            f"SELECT {columns} FROM (SELECT target, SUM(link_counts.n) AS links FROM link_counts GROUP BY target)"  # noqa: S608
            " JOIN things ON things.n = target WHERE kind = ? AND deleted IS NULL AND status IS NULL"
            " ORDER BY links DESC, target LIMIT ?",
            (kind, limit),
        )
        return list(map(_thing, rows))

    def listed(self, kind: str, limit: int, after: str = "") -> list[Linked]:
        """Things of a kind in order of date, undated ones first by number, stubs left out."""
        start, number = place_of(after)
        # Two seeks: asked for both at once, SQLite would walk through all that have the date.
        some = f"SELECT {_COLUMNS} FROM things WHERE kind = ? AND deleted IS NULL AND status IS NOT 'stub'"  # noqa: S608
        rows = self._db.execute(
            f"SELECT * FROM ({some} AND COALESCE(start, '') = ? AND n > ? ORDER BY n LIMIT ?) UNION ALL"  # noqa: S608
            f" SELECT * FROM ({some} AND COALESCE(start, '') > ? ORDER BY COALESCE(start, ''), n LIMIT ?) LIMIT ?",
            (kind, start, number, limit, kind, start, limit, limit),
        )
        return [Linked(thing, f"{thing.start or ''}_{thing.n}") for thing in map(_thing, rows)]

    def stretches(self, kind: str, size: int) -> list[Stretch]:
        """The pages of the list of a kind, `size` things on each: a walk along the whole list."""
        rows = self._db.execute(
            "SELECT day, n, place FROM (SELECT COALESCE(start, '') AS day, n,"
            " ROW_NUMBER() OVER (ORDER BY COALESCE(start, ''), n) AS place, COUNT(*) OVER () AS places FROM things"
            " WHERE kind = ? AND deleted IS NULL AND status IS NOT 'stub')"
            " WHERE place % ? <= 1 OR place = places ORDER BY place",
            (kind, size),
        )
        found: list[Stretch] = []
        cursor, first = "", ""
        for day, n, place in rows:
            if place % size == 1:
                first = day
                found.append(Stretch(cursor, first, day))
            else:
                found[-1] = Stretch(cursor, first, day)
            if place % size == 0:
                cursor = f"{day}_{n}"
        return found

    def counts(self) -> dict[str, int]:
        """Kind → how many there are, stubs and deleted ones left out."""
        rows = self._db.execute(
            "SELECT kind, COUNT(*) FROM things WHERE deleted IS NULL AND status IS NOT 'stub' GROUP BY kind"
        )
        return dict(rows.fetchall())

    def digests(self) -> Iterator[tuple[str, str, str | None, int, int]]:
        """(reference, digest, status, offset, length) of each thing that is there, by reference."""
        yield from self._db.execute(
            "SELECT ref, digest, status, offset, length FROM things WHERE deleted IS NULL ORDER BY ref"
        )
