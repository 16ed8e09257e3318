"""Catalogue of a generation: a SQLite index of things (kind, label, dates, digest) and of the links to them, in order.

Lists that a triple store answers slowly or without order (the first twenty of 65,000 links by date) are walks along an
index here. Built from the same stream as the store; read-only once it is published.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from kg.store.generation.outlines.reader import Outlines
from kg.store.generation.read_only_database import ReadOnlyDatabase
from kg.store.generation.things import DATE_TEXT_MARK, LinkNeighbours, ListEntry, ListPage, Thing, parse_cursor

UNDATED = "~"
"""Sort key of an undated thing, behind every date."""

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
  created TEXT,         -- time of first publication, and of the last change: ISO 8601, UTC
  modified TEXT,
  digest TEXT,          -- of its triples and its JSON
  source TEXT,          -- file, and position in it
  at TEXT,
  offset INTEGER,       -- address of its JSON in the segments of records
  length INTEGER,
  deleted TEXT,         -- time of its deletion
  record_digest TEXT,   -- SHA-256 of its JSON
  sets TEXT             -- JSON: references of the collections and archives that have it
);
CREATE TABLE keys (k INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE redirects (ref TEXT PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID;
"""
LINKS = """
CREATE TABLE links (
  target INTEGER, k INTEGER, start TEXT, source INTEGER, -- start: first day, or the place in a finding aid
  PRIMARY KEY (target, k, start, source)
) WITHOUT ROWID;
CREATE TABLE link_counts (target INTEGER, k INTEGER, n INTEGER, PRIMARY KEY (target, k)) WITHOUT ROWID;
CREATE INDEX by_date ON things (kind, COALESCE(start, ''), n) WHERE deleted IS NULL AND status IS NOT 'stub';
CREATE INDEX by_change ON things (kind, modified) WHERE deleted IS NULL;
"""


MAX_COUNTED_LINKS = 5_000
"""Links of a list up to which positions are counted and links compared; a longer list shows its length alone."""

_OVERSAMPLING = 4
"""Factor of the first sample over the limit, since some of its things are no full records."""

_NO_LIMIT = -1  # SQLite's value

_LAST_TIME = "~"
"""Sorts behind every time."""

_START_MONTH = "substr({start}, 1, CASE WHEN {start} LIKE '%-01-01' AND end LIKE '%-12-31' THEN 4 ELSE 7 END)"
"""Start month of a date, or its start year where the date is one of whole years."""

_REFERENCES_PER_STATEMENT = 500
"""References in one SQL statement."""

_COLUMNS = "n, ref, kind, label, status, start, end, said, created, modified, digest, deleted, offset, length"


def _thing(row: tuple[Any, ...]) -> Thing:
    n, ref, kind, label, status, start, end, said, created, modified, digest, deleted, offset, length = row
    labels = orjson.loads(label) if label else {}
    edtf, date_text = (None, said[len(DATE_TEXT_MARK) :]) if (said or "").startswith(DATE_TEXT_MARK) else (said, "")
    return Thing(
        *(n, ref, kind, labels, status, start, end, edtf, created, modified),
        *(digest or "", deleted, offset or 0, length or 0, date_text),
    )


@cache
def _shared_targets_select(targets: int, keys: int) -> str:
    """SELECT over links: sources that link to some targets, with the number of targets each has.

    Several targets need all their links; the links to one are a walk along the index, one walk for each key.
    """
    if targets == 1:
        walk = (
            "SELECT * FROM (SELECT source AS other, start AS day, 1 AS shared FROM links"
            " WHERE target = :t0 AND k = :k{} AND source <> :source ORDER BY start, source LIMIT :most)"
        )
        return " UNION ".join(walk.format(key) for key in range(keys))
    return (
        "SELECT source AS other, start AS day, COUNT(DISTINCT target) AS shared FROM links"  # noqa: S608  # marks
        f" WHERE target IN ({', '.join(f':t{number}' for number in range(targets))})"
        f" AND k IN ({', '.join(f':k{number}' for number in range(keys))}) AND source <> :source"
        " GROUP BY other ORDER BY shared DESC, day, other LIMIT :most"
    )


class Catalogue:
    """Published catalogue, read-only. Each thread has a connection of its own, so that no thread waits for another.

    Attributes:
        outlines: outlines of its long records.
    """

    def __init__(self, path: Path) -> None:
        self._database = ReadOnlyDatabase(path)
        with ExitStack() as on_failure:
            on_failure.callback(self.close)
            self._keys = dict(self._db.execute("SELECT k, name FROM keys"))
            self.outlines = Outlines(self._database)
            on_failure.pop_all()
        self._numbers = {name: k for k, name in self._keys.items()}
        self._months: dict[str, int] | None = None

    @property
    def _db(self) -> sqlite3.Connection:
        """Connection of this thread. Raises GenerationError where the file was cut since it was opened."""
        return self._database.connection

    def close(self) -> None:
        """Close the connections of all threads."""
        self._database.close()

    def thing(self, reference: str) -> Thing | None:
        """Row of a reference, deleted things included; None for an unknown reference."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM things WHERE ref = ?", (reference,)).fetchone()  # noqa: S608
        return _thing(row) if row else None

    def things(self, references: list[str]) -> dict[str, Thing]:
        """Reference → row, for the live things among some references."""
        things: dict[str, Thing] = {}
        for start in range(0, len(references), _REFERENCES_PER_STATEMENT):
            batch = references[start : start + _REFERENCES_PER_STATEMENT]
            placeholders = ",".join("?" * len(batch))
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM things WHERE deleted IS NULL AND ref IN ({placeholders})",  # noqa: S608
                batch,
            )
            things |= {thing.reference: thing for thing in map(_thing, rows)}
        return things

    def numbered(self, numbers: list[int]) -> dict[int, Thing]:
        """Number → row, for some hundreds of things."""
        placeholders = ",".join("?" * len(numbers))
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM things WHERE n IN ({placeholders})", numbers)  # noqa: S608
        return {thing.n: thing for thing in map(_thing, rows)}

    def redirect(self, reference: str) -> str | None:
        """Reference of the replacement of a thing; None where it has none."""
        row = self._db.execute("SELECT target FROM redirects WHERE ref = ?", (reference,)).fetchone()
        return row[0] if row else None

    def link_counts(self, n: int) -> dict[str, int]:
        """Key → number of things that link to a thing under it."""
        rows = self._db.execute("SELECT k, n FROM link_counts WHERE target = ? ORDER BY k", (n,))
        return {self._keys[k]: count for k, count in rows}

    def linking_things(self, n: int, key: str, limit: int, after: str = "") -> list[ListEntry]:
        """List of the things that link to a target under a key, by date, undated things last.

        What lies in a level goes in the order of its finding aid, where there is one.

        Args:
            n: number of the target.
            key: key of the model.
            limit: maximum length.
            after: cursor of an entry of this method; empty for the start of the list.
        """
        start, number = parse_cursor(after)
        columns = ", ".join(f"things.{name.strip()}" for name in _COLUMNS.split(","))
        rows = self._db.execute(
            f"SELECT links.start, links.source, {columns} FROM links JOIN things ON things.n = links.source"  # noqa: S608
            " WHERE target = ? AND k = ? AND (links.start, links.source) > (?, ?)"
            " ORDER BY links.start, links.source LIMIT ?",
            (n, self._numbers.get(key, -1), start, number, limit),
        )
        return [ListEntry(_thing(row[2:]), f"{row[0]}_{row[1]}") for row in rows]

    def linking_things_of(  # noqa: PLR0913  # the place in a list, and what is listed
        self, n: int, key: str, limit: int, after: str = "", *, documents: bool, most: int
    ) -> tuple[list[ListEntry], str | None]:
        """The same list with documents alone, or without them; and the cursor up to which it is whole, None for all.

        Args:
            n: number of the target.
            key: key of the model.
            limit: maximum length.
            after: cursor of an entry; empty for the start of the list.
            documents: whether documents are listed, or all else.
            most: number of links that are read.
        """
        start, number = parse_cursor(after)
        columns = ", ".join(f"things.{name.strip()}" for name in _COLUMNS.split(","))
        walk = (
            "SELECT start, source FROM links WHERE target = ? AND k = ? AND (start, source) > (?, ?)"
            " ORDER BY start, source LIMIT"
        )
        place = (n, self._numbers.get(key, -1), start, number)
        rows = self._db.execute(
            f"SELECT links.start, links.source, {columns} FROM ({walk} ?) AS links"  # noqa: S608
            f" JOIN things ON things.n = links.source WHERE things.kind {'=' if documents else '<>'} 'record'"
            " ORDER BY links.start, links.source LIMIT ?",
            (*place, most, limit),
        )
        entries = [ListEntry(_thing(row[2:]), f"{row[0]}_{row[1]}") for row in rows]
        if len(entries) == limit:
            return entries, entries[-1].cursor
        last = self._db.execute(f"{walk} 1 OFFSET ?", (*place, most - 1)).fetchone()
        return entries, f"{last[0]}_{last[1]}" if last else None

    def linking_count(self, n: int, keys: list[str], most: int) -> int | None:
        """Number of documents that link to a thing under any of some keys, each counted once.

        None where more than `most` links would have to be read.
        """
        counts = self.link_counts(n)
        ks = [self._numbers[key] for key in keys if key in counts]
        if sum(counts[key] for key in keys if key in counts) > most:
            return None
        (count,) = self._db.execute(
            "SELECT COUNT(DISTINCT links.source) FROM links JOIN things ON things.n = links.source"  # noqa: S608  # marks
            f" WHERE target = ? AND k IN ({', '.join('?' * len(ks))}) AND kind = 'record'",
            (n, *ks),
        ).fetchone()
        return int(count)

    def linking_span(self, n: int, keys: list[str]) -> tuple[str, str] | None:
        """First days of the first and last dated documents that link to a thing under some keys; None without one."""
        ends: list[str] = []
        for key in keys:
            for order in ("ASC", "DESC"):
                row = self._db.execute(
                    "SELECT links.start FROM links JOIN things ON things.n = links.source"  # noqa: S608  # ours
                    " WHERE target = ? AND k = ? AND links.start < ? AND links.start >= '-' AND kind = 'record'"
                    f" ORDER BY links.start {order} LIMIT 1",
                    (n, self._numbers.get(key, -1), UNDATED),
                ).fetchone()
                ends += row or ()
        return (min(ends), max(ends)) if ends else None

    def linked_from(self, thing: Thing, key: str, targets: list[int]) -> set[int]:
        """Return those of some targets to which a thing links under a key whose lists go by date."""
        rows = self._db.execute(
            "SELECT target FROM links WHERE k = ? AND start = ? AND source = ?"  # noqa: S608  # marks
            f" AND target IN ({', '.join('?' * len(targets))})",
            (self._numbers.get(key, -1), thing.start or UNDATED, thing.n, *targets),
        )
        return {target for (target,) in rows}

    def link_neighbours(self, n: int, key: str, start: str | None, source: int) -> LinkNeighbours:
        """Neighbours of a thing among those that link to a target under a key, in the order of their list.

        Args:
            n: number of the target.
            key: key of the model.
            start: first day of the thing, or the key of its place; None for an undated thing without a place.
            source: number of the thing.
        """
        parameters = (n, self._numbers.get(key, -1), start or UNDATED, source)
        columns = ", ".join(f"things.{name.strip()}" for name in _COLUMNS.split(","))
        neighbours: list[Thing | None] = []
        for sign, order in (("<", "DESC"), (">", "ASC")):
            row = self._db.execute(
                f"SELECT {columns} FROM links JOIN things ON things.n = links.source"  # noqa: S608
                f" WHERE target = ? AND k = ? AND (links.start, links.source) {sign} (?, ?)"
                f" ORDER BY links.start {order}, links.source {order} LIMIT 1",
                parameters,
            ).fetchone()
            neighbours.append(_thing(row) if row else None)
        count = self.link_counts(n).get(key, 0)
        position = None
        if count <= MAX_COUNTED_LINKS:
            position = (
                1
                + self._db.execute(
                    "SELECT COUNT(*) FROM links WHERE target = ? AND k = ? AND (start, source) < (?, ?)", parameters
                ).fetchone()[0]
            )
        return LinkNeighbours(neighbours[0], neighbours[1], position, count, key)

    def things_sharing_targets(
        self, targets: list[int], keys: list[str], source: int, limit: int
    ) -> list[tuple[Thing, int]]:
        """Other full records that link to the most of some targets, each with its number of targets."""
        ks = [self._numbers[key] for key in keys if key in self._numbers]
        columns = ", ".join(f"things.{name.strip()}" for name in _COLUMNS.split(","))
        results: list[tuple[Thing, int]] = []
        if not ks:
            return []
        values = {f"t{at}": n for at, n in enumerate(targets)} | {f"k{at}": k for at, k in enumerate(ks)}
        select = _shared_targets_select(len(targets), len(ks))
        for sample in (_OVERSAMPLING * limit, _NO_LIMIT):
            rows = self._db.execute(
                f"SELECT shared, {columns} FROM ({select}) JOIN things ON things.n = other"  # noqa: S608
                " WHERE kind = 'record' AND status IS NULL ORDER BY shared DESC, day, other LIMIT :limit",
                {**values, "source": source, "most": sample, "limit": limit},
            )
            results = [(_thing(row[1:]), row[0]) for row in rows]
            if len(results) == limit:
                break
        return results

    def records_starting_between(self, first: str, last: str, limit: int) -> list[Thing]:
        """Records without stubs whose date starts between two days, by date."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM things WHERE kind = 'record' AND deleted IS NULL AND status IS NOT 'stub'"  # noqa: S608
            " AND COALESCE(start, '') BETWEEN ? AND ? ORDER BY COALESCE(start, ''), n LIMIT ?",
            (first, last, limit),
        )
        return list(map(_thing, rows))

    def counts_by_month(self, n: int | None = None) -> dict[str, int]:
        """Month (YYYY-MM) → number of records that start in it: of all records, or of those that link to a thing.

        A date of whole years counts for its first year (YYYY). Among all records, an open start counts at its end.
        """
        if n is not None:
            rows = self._db.execute(
                f"SELECT {_START_MONTH.format(start='links.start')}, COUNT(DISTINCT links.source) FROM links"  # noqa: S608  # ours
                " JOIN things ON things.n = links.source"
                " WHERE target = ? AND links.start <> ? AND kind = 'record' GROUP BY 1 ORDER BY 1",
                (n, UNDATED),
            )
            return dict(rows.fetchall())
        if self._months is None:
            rows = self._db.execute(
                f"SELECT {_START_MONTH.format(start='COALESCE(start, end)')}, COUNT(*) FROM things"  # noqa: S608  # ours
                " WHERE kind = 'record' AND deleted IS NULL AND status IS NOT 'stub'"
                " AND COALESCE(start, end) IS NOT NULL GROUP BY 1 ORDER BY 1"
            )
            self._months = dict(rows.fetchall())
        return self._months

    def newest(self, limit: int) -> list[Thing]:
        """Records with the latest publication or change."""
        things: list[Thing] = []
        source, time = "FROM things WHERE kind = 'record' AND deleted IS NULL", _LAST_TIME
        # Time by time: a single statement would sort everything that a first build published.
        while len(things) < limit:
            (time,) = self._db.execute(f"SELECT MAX(modified) {source} AND modified < ?", (time,)).fetchone()
            if time is None:
                break
            rows = self._db.execute(
                f"SELECT {_COLUMNS} {source} AND modified = ? AND status IS NULL ORDER BY n LIMIT ?",
                (time, limit - len(things)),
            )
            things += map(_thing, rows)
        return things

    def most_linked(self, kind: str, limit: int) -> list[Thing]:
        """Full records of a kind with the most links to them; a walk along all link counts."""
        columns = ", ".join(f"things.{name.strip()}" for name in _COLUMNS.split(","))
        rows = self._db.execute(
            f"SELECT {columns} FROM (SELECT target, SUM(link_counts.n) AS links FROM link_counts GROUP BY target)"  # noqa: S608
            " JOIN things ON things.n = target WHERE kind = ? AND deleted IS NULL AND status IS NULL"
            " ORDER BY links DESC, target LIMIT ?",
            (kind, limit),
        )
        return list(map(_thing, rows))

    def list_of_kind(self, kind: str, limit: int, after: str = "") -> list[ListEntry]:
        """List of the things of a kind by date, undated things first by number, without stubs."""
        start, number = parse_cursor(after)
        # Two seeks: with one condition for both, SQLite would walk through all things of the date (D-33).
        select = f"SELECT {_COLUMNS} FROM things WHERE kind = ? AND deleted IS NULL AND status IS NOT 'stub'"  # noqa: S608
        rows = self._db.execute(
            f"SELECT * FROM ({select} AND COALESCE(start, '') = ? AND n > ? ORDER BY n LIMIT ?) UNION ALL"  # noqa: S608
            f" SELECT * FROM ({select} AND COALESCE(start, '') > ? ORDER BY COALESCE(start, ''), n LIMIT ?) LIMIT ?",
            (kind, start, number, limit, kind, start, limit, limit),
        )
        return [ListEntry(thing, f"{thing.start or ''}_{thing.n}") for thing in map(_thing, rows)]

    def list_pages(self, kind: str, size: int) -> list[ListPage]:
        """Pages of the list of a kind, `size` things on each: a walk along the whole list."""
        rows = self._db.execute(
            "SELECT day, n, place FROM (SELECT COALESCE(start, '') AS day, n,"
            " ROW_NUMBER() OVER (ORDER BY COALESCE(start, ''), n) AS place, COUNT(*) OVER () AS places FROM things"
            " WHERE kind = ? AND deleted IS NULL AND status IS NOT 'stub')"
            " WHERE place % ? <= 1 OR place = places ORDER BY place",
            (kind, size),
        )
        pages: list[ListPage] = []
        cursor, first = "", ""
        for day, n, place in rows:
            if place % size == 1:
                first = day
                pages.append(ListPage(cursor, first, day))
            else:
                pages[-1] = ListPage(cursor, first, day)
            if place % size == 0:
                cursor = f"{day}_{n}"
        return pages

    def counts(self) -> dict[str, int]:
        """Kind → number of things, without stubs and deleted things."""
        rows = self._db.execute(
            "SELECT kind, COUNT(*) FROM things WHERE deleted IS NULL AND status IS NOT 'stub' GROUP BY kind"
        )
        return dict(rows.fetchall())

    def counts_by_source(self) -> dict[str, int]:
        """Source file → number of its records that are live; a walk along all things."""
        rows = self._db.execute(
            "SELECT source, COUNT(*) FROM things WHERE deleted IS NULL AND status IS NOT 'stub' AND source <> ''"
            " GROUP BY source"
        )
        return dict(rows.fetchall())

    def labels(self) -> Iterator[tuple[str, bytes]]:
        """Yield (reference, labels by language as JSON) of each live thing that has a record."""
        yield from self._db.execute(
            "SELECT ref, label FROM things WHERE deleted IS NULL AND status IS NOT 'stub' ORDER BY n"
        )

    def record_places(self) -> Iterator[tuple[int, int]]:
        """(address, length) of the records of all live things, in the order in which they were written."""
        yield from self._db.execute("SELECT offset, length FROM things WHERE digest IS NOT NULL ORDER BY offset")

    def digests(self) -> Iterator[tuple[str, str, str | None, int, int]]:
        """(reference, digest, status, offset, length) of each live thing, by reference."""
        yield from self._db.execute(
            "SELECT ref, digest, status, offset, length FROM things WHERE deleted IS NULL ORDER BY ref"
        )
