"""Catalogue of a generation: a SQLite index of things (kind, label, dates, digest) and of the links to them, in order.

Lists that a triple store answers slowly or without order (the first twenty of 65,000 links by date) are walks along an
index here, by day and reference: so two generations with the same things have the same lists. Read-only once it is
published.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from kg.store.generation.outlines.reader import Outlines
from kg.store.generation.read_only_database import ReadOnlyDatabase
from kg.store.generation.tables.list_pages import ListPages
from kg.store.generation.tables.schema import EARLIER_FORMAT, IS_LISTED, month
from kg.store.generation.things import (
    DATE_TEXT_MARK,
    FIRST_DATE,
    UNDATED_DAY,
    LinkNeighbours,
    ListEntry,
    ListPage,
    Thing,
    ThingTimes,
    cursor_of,
    day_text,
    parse_cursor,
    sort_day,
)

TIMES = "SELECT ref, created, modified FROM things WHERE digest IS NOT NULL AND deleted IS NULL ORDER BY ref"
"""Times of all things that have a page."""

MAX_COUNTED_LINKS = 5_000
"""Links of a list up to which positions are counted and links compared; a longer list shows its length alone."""

_OVERSAMPLING = 4
"""Factor of the first sample over the limit, since some of its things are no full records."""

_NO_LIMIT = -1  # SQLite's value

_LAST_TIME = "~"
"""Sorts behind every time."""

_REFERENCES_PER_STATEMENT = 500
"""References in one SQL statement."""

_COLUMNS = "n, ref, kind, label, status, start, end, said, created, modified, digest, deleted, offset, length"
_JOINED = ", ".join(f"things.{name.strip()}" for name in _COLUMNS.split(","))


def _thing(row: tuple[Any, ...]) -> Thing:
    n, ref, kind, label, status, start, end, said, created, modified, digest, deleted, offset, length = row
    labels = orjson.loads(label) if label else {}
    edtf, date_text = (None, said[len(DATE_TEXT_MARK) :]) if (said or "").startswith(DATE_TEXT_MARK) else (said, "")
    return Thing(
        *(n, ref, kind, labels, status, start, end, edtf, created, modified),
        *(digest or "", deleted, offset or 0, length or 0, date_text),
    )


def _link_entry(row: tuple[Any, ...]) -> ListEntry:
    """Entry of a list of links: the day of the link, then the columns of its source."""
    thing = _thing(row[1:])
    return ListEntry(thing, cursor_of(row[0], thing.reference))


@cache
def _shared_targets_select(targets: int, keys: int) -> str:
    """SELECT over links: sources that link to some targets, with the number of targets each has.

    Several targets need all their links; the links to one are a walk along the index, one walk for each key.
    """
    if targets == 1:
        walk = (
            "SELECT * FROM (SELECT source AS other, day, rank, 1 AS shared FROM links"
            " WHERE target = :t0 AND k = :k{} AND source <> :source ORDER BY day, rank LIMIT :most)"
        )
        return " UNION ".join(walk.format(key) for key in range(keys))
    return (
        "SELECT source AS other, day, rank, COUNT(DISTINCT target) AS shared FROM links"  # noqa: S608  # marks
        f" WHERE target IN ({', '.join(f':t{number}' for number in range(targets))})"
        f" AND k IN ({', '.join(f':k{number}' for number in range(keys))}) AND source <> :source"
        " GROUP BY other ORDER BY shared DESC, day, rank LIMIT :most"
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
            if "rank" not in {row[1] for row in self._db.execute("PRAGMA table_info(things)")}:
                self._database.close()
                self._database = ReadOnlyDatabase(path, EARLIER_FORMAT)
            self._keys = dict(self._db.execute("SELECT k, name FROM keys"))
            self.outlines = Outlines(self._database)
            on_failure.pop_all()
        self._numbers = {name: k for k, name in self._keys.items()}

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
        """List of the things that link to a target under a key, by date and reference, undated things last.

        What lies in a level goes in the order of its finding aid, where there is one.

        Args:
            n: number of the target.
            key: key of the model.
            limit: maximum length.
            after: cursor of an entry of this method; empty for the start of the list.
        """
        rows = self._db.execute(
            f"SELECT links.day, {_JOINED} FROM links JOIN things ON things.n = links.source"  # noqa: S608
            " WHERE target = ? AND k = ? AND (links.day, links.rank) > (?, ?) ORDER BY links.day, links.rank LIMIT ?",
            (n, self._numbers.get(key, -1), *self._place(after), limit),
        )
        return [_link_entry(row) for row in rows]

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
        walk = (
            "SELECT day, rank, source FROM links WHERE target = ? AND k = ? AND (day, rank) > (?, ?)"
            " ORDER BY day, rank LIMIT"
        )
        place = (n, self._numbers.get(key, -1), *self._place(after))
        rows = self._db.execute(
            f"SELECT links.day, {_JOINED} FROM ({walk} ?) AS links"  # noqa: S608
            f" JOIN things ON things.n = links.source WHERE things.kind {'=' if documents else '<>'} 'record'"
            " ORDER BY links.day, links.rank LIMIT ?",
            (*place, most, limit),
        )
        entries = [_link_entry(row) for row in rows]
        if len(entries) == limit:
            return entries, entries[-1].cursor
        last = self._db.execute(
            f"SELECT links.day, ref FROM ({walk} 1 OFFSET ?) AS links JOIN things ON things.n = links.source",  # noqa: S608
            (*place, most - 1),
        ).fetchone()
        return entries, cursor_of(*last) if last else None

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
        ends: list[int] = []
        for key in keys:
            for order in ("ASC", "DESC"):
                row = self._db.execute(
                    "SELECT links.day FROM links JOIN things ON things.n = links.source"  # noqa: S608  # ours
                    " WHERE target = ? AND k = ? AND links.day > ? AND links.day < ? AND kind = 'record'"
                    f" ORDER BY links.day {order} LIMIT 1",
                    (n, self._numbers.get(key, -1), FIRST_DATE, UNDATED_DAY),
                ).fetchone()
                ends += row or ()
        return (day_text(min(ends)), day_text(max(ends))) if ends else None

    def linked_from(self, thing: Thing, key: str, targets: list[int]) -> set[int]:
        """Return those of some targets to which a thing links under a key whose lists go by date."""
        rows = self._db.execute(
            "SELECT target FROM links WHERE k = ? AND day = ? AND rank = ?"  # noqa: S608  # marks
            f" AND target IN ({', '.join('?' * len(targets))})",
            (self._numbers.get(key, -1), _link_day(thing.start), self._rank(thing.n), *targets),
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
        parameters = (n, self._numbers.get(key, -1), _link_day(start), self._rank(source))
        neighbours: list[Thing | None] = []
        for sign, order in (("<", "DESC"), (">", "ASC")):
            row = self._db.execute(
                f"SELECT {_JOINED} FROM links JOIN things ON things.n = links.source"  # noqa: S608
                f" WHERE target = ? AND k = ? AND (links.day, links.rank) {sign} (?, ?)"
                f" ORDER BY links.day {order}, links.rank {order} LIMIT 1",
                parameters,
            ).fetchone()
            neighbours.append(_thing(row) if row else None)
        count = self.link_counts(n).get(key, 0)
        position = None
        if count <= MAX_COUNTED_LINKS:
            position = (
                1
                + self._db.execute(
                    "SELECT COUNT(*) FROM links WHERE target = ? AND k = ? AND (day, rank) < (?, ?)", parameters
                ).fetchone()[0]
            )
        return LinkNeighbours(neighbours[0], neighbours[1], position, count, key)

    def things_sharing_targets(
        self, targets: list[int], keys: list[str], source: int, limit: int
    ) -> list[tuple[Thing, int]]:
        """Other full records that link to the most of some targets, each with its number of targets."""
        ks = [self._numbers[key] for key in keys if key in self._numbers]
        results: list[tuple[Thing, int]] = []
        if not ks:
            return []
        values = {f"t{at}": n for at, n in enumerate(targets)} | {f"k{at}": k for at, k in enumerate(ks)}
        select = _shared_targets_select(len(targets), len(ks))
        for sample in (_OVERSAMPLING * limit, _NO_LIMIT):
            rows = self._db.execute(
                f"SELECT shared, {_JOINED} FROM ({select}) AS sharing JOIN things ON things.n = other"  # noqa: S608
                " WHERE kind = 'record' AND status IS NULL"
                " ORDER BY shared DESC, sharing.day, sharing.rank LIMIT :limit",
                {**values, "source": source, "most": sample, "limit": limit},
            )
            results = [(_thing(row[1:]), row[0]) for row in rows]
            if len(results) == limit:
                break
        return results

    def records_starting_between(self, first: str, last: str, limit: int) -> list[Thing]:
        """Records without stubs whose date starts between two days, by date and reference."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM things WHERE kind = 'record' AND {IS_LISTED}"  # noqa: S608
            " AND day BETWEEN ? AND ? ORDER BY day, rank LIMIT ?",
            (sort_day(first), sort_day(last), limit),
        )
        return list(map(_thing, rows))

    def counts_by_month(self, n: int | None = None) -> dict[str, int]:
        """Month (YYYY-MM) → number of records that start in it: of all records, or of those that link to a thing.

        A date of whole years counts for its first year (YYYY). Among all records, an open start counts at its end.
        """
        if n is None:
            return dict(self._db.execute("SELECT month, n FROM months ORDER BY month").fetchall())
        rows = self._db.execute(
            f"SELECT {month('things.start', 'things.end')}, COUNT(DISTINCT links.source) FROM links"  # noqa: S608  # ours
            " JOIN things ON things.n = links.source"
            " WHERE target = ? AND things.start IS NOT NULL AND kind = 'record' GROUP BY 1 ORDER BY 1",
            (n,),
        )
        return dict(rows.fetchall())

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
                f"SELECT {_COLUMNS} {source} AND modified = ? AND status IS NULL ORDER BY rank LIMIT ?",
                (time, limit - len(things)),
            )
            things += map(_thing, rows)
        return things

    def most_linked(self, limit: int) -> list[Thing]:
        """Full records with the most links to them."""
        rows = self._db.execute(
            f"SELECT {_JOINED} FROM most_linked JOIN things USING (n)"  # noqa: S608
            " ORDER BY most_linked.links DESC, most_linked.rank LIMIT ?",
            (limit,),
        )
        return list(map(_thing, rows))

    def list_of_kind(self, kind: str, limit: int, after: str = "") -> list[ListEntry]:
        """List of the things of a kind by date and reference, undated things first, without stubs."""
        select = f"SELECT {_COLUMNS}, day FROM things WHERE kind = ? AND {IS_LISTED}"  # noqa: S608
        day, rank = self._place(after)
        # Two seeks: with one condition for both, SQLite would walk through all things of the date (D-33).
        rows = self._db.execute(
            f"SELECT * FROM ({select} AND day = ? AND rank > ? ORDER BY rank LIMIT ?) UNION ALL"  # noqa: S608
            f" SELECT * FROM ({select} AND day > ? ORDER BY day, rank LIMIT ?) LIMIT ?",
            (kind, day, rank, limit, kind, day, limit, limit),
        )
        things = [(_thing(row[:-1]), row[-1]) for row in rows]
        return [ListEntry(thing, cursor_of(day, thing.reference)) for thing, day in things]

    def list_pages(self, kind: str, size: int) -> Sequence[ListPage]:
        """Pages of the list of a kind, `size` things on each; a page is looked up when it is asked for."""
        return ListPages(lambda: self._db, kind, size)

    def counts(self) -> dict[str, int]:
        """Kind → number of things, without stubs and deleted things."""
        rows = self._db.execute("SELECT kind, SUM(n) AS things FROM stretches GROUP BY kind HAVING things > 0")
        return dict(rows.fetchall())

    def counts_by_source(self) -> dict[str, int]:
        """Source file → number of its records that are live."""
        return dict(self._db.execute("SELECT source, n FROM sources ORDER BY source").fetchall())

    def labels(self) -> Iterator[tuple[str, bytes]]:
        """Yield (reference, labels by language as JSON) of each live thing that has a record."""
        yield from self._db.execute(f"SELECT ref, label FROM things WHERE {IS_LISTED} ORDER BY n")  # noqa: S608  # ours

    def record_places(self) -> Iterator[tuple[int, int]]:
        """(address, length) of the records of all live things, in the order in which they were written."""
        yield from self._db.execute("SELECT offset, length FROM things WHERE digest IS NOT NULL ORDER BY offset")

    def digests(self) -> Iterator[tuple[str, str, str | None, int, int]]:
        """(reference, digest, status, offset, length) of each live thing, by reference."""
        yield from self._db.execute(
            "SELECT ref, digest, status, offset, length FROM things WHERE deleted IS NULL ORDER BY ref"
        )

    def times(self) -> Iterator[ThingTimes]:
        """Times of each live thing, by reference."""
        yield from (ThingTimes(*row) for row in self._db.execute(TIMES))

    def _place(self, after: str) -> tuple[int, bytes]:
        """Day and rank behind which a list goes on at a cursor; its thing may be of another generation."""
        day, reference = parse_cursor(after)
        if not reference:
            return day, b""
        row = self._db.execute(
            "SELECT rank FROM things WHERE ref <= ? ORDER BY ref DESC LIMIT 1", (reference,)
        ).fetchone()
        return day, row[0] if row else b""

    def _rank(self, n: int) -> bytes | None:
        """Place of a thing in the order of references."""
        row = self._db.execute("SELECT rank FROM things WHERE n = ?", (n,)).fetchone()
        return row[0] if row else None


def _link_day(start: str | None) -> int:
    """Day of a link, from the first day of its source or the key of its place."""
    return sort_day(start) if start else UNDATED_DAY
