"""Listings: what lists and counts have of a thing, in tables that a full build writes and an update moves.

A list of a kind is counted in *stretches* of some hundred entries, each from a place in the list on: so the entry at a
place, and the place of an entry, are found without a walk along the list (D-220).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple

from kg.store.generation.tables.schema import IS_LISTED, MONTH, statements
from kg.store.generation.things import FIRST

STRETCH = 128
"""Entries of a new stretch; one with twice as many is cut."""

_COUNTED = f"""
INSERT INTO months SELECT {MONTH}, COUNT(*) FROM things
 WHERE kind = 'record' AND {IS_LISTED} AND COALESCE(start, end) IS NOT NULL GROUP BY 1;
INSERT INTO sources SELECT source, COUNT(*) FROM things WHERE {IS_LISTED} AND source <> '' GROUP BY source;
INSERT INTO most_linked SELECT SUM(link_counts.n), rank, things.n FROM link_counts JOIN things ON things.n = target
 WHERE kind = 'record' AND deleted IS NULL AND status IS NULL GROUP BY target;
"""  # noqa: S608  # ours


def write(db: sqlite3.Connection) -> None:
    """Write the tables of a catalogue that is built, when its things and links are there."""
    for statement in statements(_COUNTED):
        db.execute(statement)
    rows = db.execute(f"SELECT kind, day, rank FROM things WHERE {IS_LISTED} ORDER BY kind, day, rank")  # noqa: S608  # ours
    db.executemany("INSERT INTO stretches VALUES (?, ?, ?, ?)", _stretches(rows))


def _stretches(rows: Iterable[tuple[str, int, bytes]]) -> Iterator[tuple[str, int, bytes, int]]:
    for kind, group in groupby(rows, key=itemgetter(0)):
        begin: tuple[int, bytes] | None = (FIRST, b"")
        while some := list(islice(group, STRETCH)):
            yield kind, *(begin or some[0][1:]), len(some)
            begin = None


class ListedThing(NamedTuple):
    """Listing of a thing that lists have.

    Attributes:
        kind, day, rank: its place in the list of its kind.
        month: the month in which it counts among documents; None for others, and without a date.
        source: its source file.
        links: number of the links to it, of a full document; None for others.
    """

    kind: str
    day: int
    rank: bytes
    month: str | None
    source: str
    links: int | None


_LISTING = f"""
SELECT kind, day, rank, CASE WHEN kind = 'record' THEN {MONTH} END, COALESCE(source, ''),
 CASE WHEN kind = 'record' AND status IS NULL THEN (SELECT SUM(n) FROM link_counts WHERE target = things.n) END
FROM things WHERE n = ? AND {IS_LISTED} AND digest IS NOT NULL
"""  # noqa: S608  # ours


def listing(db: sqlite3.Connection, n: int) -> ListedThing | None:
    """Return the listing of a thing; None for one that lists do not have."""
    row = db.execute(_LISTING, (n,)).fetchone()
    return ListedThing(*row) if row else None


class ListingChanges:
    """Changes of listings in a catalogue that is updated; they are written in when its things and links are changed."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._long: set[tuple[str, int, bytes]] = set()

    def move(self, n: int, before: ListedThing | None, after: ListedThing | None) -> None:
        """Write in what a thing was listed as, and is now."""
        for listed, step in ((before, -1), (after, 1)):
            other = after if listed is before else before
            if listed is None:
                continue
            if other is None or listed[:3] != other[:3]:
                self._count_entry(listed, step)
            if listed.month is not None and (other is None or listed.month != other.month):
                self._count("months", "month", listed.month, step)
            if listed.source and (other is None or listed.source != other.source):
                self._count("sources", "source", listed.source, step)
        if (before and before.links) != (after and after.links):
            if before and before.links:
                self._db.execute("DELETE FROM most_linked WHERE links = ? AND rank = ?", (before.links, before.rank))
            if after and after.links:
                self._db.execute("INSERT INTO most_linked VALUES (?, ?, ?)", (after.links, after.rank, n))

    def finish(self) -> None:
        """Cut the stretches that have become long; the tables are whole then."""
        for kind, day, rank in sorted(self._long):
            self._cut(kind, day, rank)
        self._long.clear()

    def _count(self, table: str, column: str, value: str, step: int) -> None:
        self._db.execute(
            f"INSERT INTO {table} VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",  # noqa: S608  # ours
            (value, step),
        )
        if step < 0:
            self._db.execute(f"DELETE FROM {table} WHERE {column} = ? AND n = 0", (value,))  # noqa: S608  # ours

    def _count_entry(self, listed: ListedThing, step: int) -> None:
        place = (listed.kind, listed.day, listed.rank)
        row = self._db.execute(
            "SELECT day, rank, n FROM stretches WHERE kind = ? AND (day, rank) <= (?, ?)"
            " ORDER BY day DESC, rank DESC LIMIT 1",
            place,
        ).fetchone()
        if row is None:
            self._db.execute("INSERT INTO stretches VALUES (?, ?, x'', ?)", (listed.kind, FIRST, step))
            return
        day, rank, n = row
        key = (listed.kind, day, rank)
        if n + step == 0 and (day, rank) != (FIRST, b""):
            # What comes here next belongs to the stretch before.
            self._db.execute("DELETE FROM stretches WHERE kind = ? AND day = ? AND rank = ?", key)
            self._long.discard(key)
            return
        self._db.execute("UPDATE stretches SET n = ? WHERE kind = ? AND day = ? AND rank = ?", (n + step, *key))
        if n + step > 2 * STRETCH:
            self._long.add(key)

    def _cut(self, kind: str, day: int, rank: bytes) -> None:
        after = self._db.execute(
            "SELECT day, rank FROM stretches WHERE kind = ? AND (day, rank) > (?, ?) ORDER BY day, rank LIMIT 1",
            (kind, day, rank),
        ).fetchone() or (1 << 62, b"")
        rows = self._db.execute(
            f"SELECT kind, day, rank FROM things WHERE kind = ? AND {IS_LISTED}"  # noqa: S608  # ours
            " AND (day, rank) >= (?, ?) AND (day, rank) < (?, ?) ORDER BY day, rank",
            (kind, day, rank, *after),
        ).fetchall()
        self._db.execute("DELETE FROM stretches WHERE kind = ? AND day = ? AND rank = ?", (kind, day, rank))
        begin = (day, rank)
        for at in range(0, len(rows), STRETCH):
            some = rows[at : at + STRETCH]
            self._db.execute("INSERT INTO stretches VALUES (?, ?, ?, ?)", (kind, *begin, len(some)))
            begin = rows[at + STRETCH][1:] if at + STRETCH < len(rows) else begin
