"""Catalogue writer: rows and links from the stream of a build, sorted into a `Catalogue` at its end.

Rows go in as records come; links go into a staging database, and are sorted once at the end. The target of a link gets
a row before its record comes; a row without a record at the end is *missing*, and the build makes a stub of it.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from kg.iris import spellings
from kg.store.generation import hints
from kg.store.generation.catalogue import TIMES
from kg.store.generation.outlines import builder as outlines
from kg.store.generation.outlines.builder import RecordOutline
from kg.store.generation.tables import listings, ranks
from kg.store.generation.tables.schema import INDEXES, LISTS, THINGS, statements
from kg.store.generation.things import DATE_TEXT_MARK, ORDERED, PLACED, UNDATED_DAY, ThingTimes, sort_day
from kg.store.generation.updates.overlay import become_base
from kg.store.log.live_catalogue import LiveCatalogue
from kg.store.log.log_state import LogState, times_of, tombstone_times

_MAX_CACHED_NUMBERS = 50_000
"""Row numbers cached in memory; the rest is looked up."""

_VAGUE = re.compile(r"\d\dXX[?~%]?|\d{3}X[?~%]")
"""Century, or a decade with a qualifier: what EDTF has for "early 18th century", "late 1870s"."""

_MAX_DATE_TEXT = 100
"""Characters of a date in words that lists show."""

REPLACES = "replaces"
"""Key of the links by which a thing takes the place of another."""

_VALID_SUCCESSIONS = (
    "SELECT successions.ref AS ref, target FROM successions JOIN things AS new ON new.ref = target"
    " WHERE new.digest IS NOT NULL AND new.status IS NOT 'stub'"
)

_SET_KEYS = frozenset({"heldIn", "partOf", "collections"})
"""Keys of the links from a record to what has it."""

_STAGE = """
CREATE TABLE stage.links (target INTEGER, k INTEGER, day INTEGER, source INTEGER);
CREATE TABLE stage.places (n INTEGER PRIMARY KEY, at TEXT);
CREATE TABLE stage.claims (ref TEXT, target TEXT, PRIMARY KEY (ref, target)) WITHOUT ROWID;
"""


class CatalogueEntry(NamedTuple):
    """Input row of a record; the fields are those of `Thing`, with its source and links, and the digest of its JSON.

    A tuple, since a process pool sends one for each record: to pickle and read it takes 7 µs, a dataclass 14 µs.
    """

    reference: str
    label: bytes
    status: str | None
    start: str | None
    end: str | None
    edtf: str | None
    digest: str
    source: str
    at: str
    links: tuple[tuple[str, str], ...]
    position: int | None = None
    record_digest: str = ""

    def link_days(self) -> dict[tuple[str, str], int]:
        """Key and target of each link → the day by which it goes in the list of its target."""
        by_date = sort_day(self.start) if self.start else UNDATED_DAY
        in_order = by_date if self.position is None else PLACED + self.position
        return {link: in_order if link[0] in ORDERED else by_date for link in self.links}

    def sets(self) -> str | None:
        """References of the collections and archives to which the record says it belongs, as JSON; None for none."""
        sets = sorted({target for key, target in self.links if key in _SET_KEYS})
        return orjson.dumps(sets).decode() if sets else None


def date_column(date: Mapping[str, Any]) -> str | None:
    """Column of a record's date: EDTF, or its words behind a mark where they say more; None for days alone.

    >>> date_column({"edtf": "1962", "text": "in 1962"}), date_column({"text": "Whitsun 1909"})
    ('1962', '"Whitsun 1909')
    >>> date_column({"edtf": "17XX~", "text": "early 18th century"}), date_column({"start": "1962-01-01"})
    ('"early 18th century', None)
    """
    text, edtf = " ".join(date.get("text", "").split()), date.get("edtf")
    vague = bool(_VAGUE.fullmatch(edtf)) if edtf else "start" not in date and "end" not in date
    if not text or not vague:
        return edtf
    return f"{DATE_TEXT_MARK}{text[:_MAX_DATE_TEXT]}{'…' if len(text) > _MAX_DATE_TEXT else ''}"


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """Source position of a thing: file, and line or part of it; both empty for a stub."""

    reference: str
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class Respellings:
    """References of a generation that are written otherwise than they were published.

    Attributes:
        respelled: number of references that the change log has under another spelling of their keys (D-136).
        example: the first of them, old and new.
    """

    respelled: int = 0
    example: tuple[str, str] = ("", "")


class CatalogueBuilder:
    """Writer of one catalogue; not thread-safe."""

    def __init__(self, path: Path, state: LogState, now: str, *, rebased: bool = False) -> None:
        """Make the file.

        Args:
            path: the file.
            state: the change log, brought up to the live generation.
            now: the time of the build.
            rebased: whether the identifiers of the generation before are closed by another base.
        """
        self._path = path
        self._stage = path.with_suffix(".stage")
        self._state = state
        self._now = now
        self._rebased = rebased
        self._db = sqlite3.connect(path, isolation_level=None)
        # The folder of a failed build is deleted; no rollback is needed.
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-32768;")
        self._db.execute("ATTACH ? AS stage", (str(self._stage),))
        self._db.executescript("PRAGMA stage.journal_mode=OFF; PRAGMA stage.synchronous=OFF;")
        self._db.executescript(THINGS + outlines.SCHEMA + _STAGE + hints.SCHEMA)
        self._db.execute("BEGIN")
        self.hints = hints.Hints(self._db)
        """What links say of their targets."""
        self._numbers: dict[str, int] = {}
        self._keys: dict[str, int] = {}

    def add(self, entry: CatalogueEntry, offset: int, length: int, outline: RecordOutline | None = None) -> str | None:
        """Insert a record.

        Args:
            entry: its row.
            offset: its position in the file of records, in bytes.
            length: its length there, in bytes.
            outline: its outline, where it is long.

        Returns:
            None, or the source position of an earlier record with the same reference.
        """
        n = self._number(entry.reference)
        existing = self._db.execute(
            "SELECT source, at FROM things JOIN stage.places USING (n) WHERE n = ? AND digest IS NOT NULL", (n,)
        ).fetchone()
        if existing:
            return " ".join(filter(None, existing))
        created, modified = self._times(entry)
        self._db.execute(
            "UPDATE things SET label=?, status=?, start=?, end=?, said=?, created=?, modified=?, digest=?, source=?,"
            " offset=?, length=?, record_digest=?, sets=?, day=? WHERE n=?",
            (
                *(entry.label, entry.status, entry.start, entry.end, entry.edtf, created, modified, entry.digest),
                *(entry.source, offset, length, entry.record_digest, entry.sets(), sort_day(entry.start or ""), n),
            ),
        )
        self._db.execute("INSERT INTO stage.places VALUES (?, ?)", (n, entry.at))
        if outline:
            outlines.insert(self._db, offset, outline)
        self._db.executemany(
            "INSERT INTO stage.links VALUES (?, ?, ?, ?)",
            [(self._number(target), self._key(key), day, n) for (key, target), day in entry.link_days().items()],
        )
        for key, target in entry.links if entry.status != "stub" else ():
            if key == REPLACES:
                self._db.execute("INSERT OR IGNORE INTO stage.claims VALUES (?, ?)", (target, entry.reference))
        return None

    def succeed(self, old: str, new: str) -> bool:
        """Redirect a reference without a record to a record; return False where that can't be done."""
        self._db.execute("INSERT OR IGNORE INTO successions VALUES (?, ?)", (old, new))
        rows = self._db.execute("SELECT ref FROM things WHERE ref IN (?, ?) AND digest IS NOT NULL", (old, new))
        return old != new and [ref for (ref,) in rows] == [new]

    def missing(self, limit: int) -> list[tuple[str, bytes | None]]:
        """Up to `limit` link targets without a record, each with its hint.

        A replaced record is not missing: its address redirects to the replacement.
        """
        self.hints.counts.flush()
        return self._db.execute(
            f"SELECT ref, ({hints.BEST.format(ref='things.ref')}) FROM things WHERE digest IS NULL"  # noqa: S608  # ours
            " AND ref NOT IN (SELECT ref FROM stage.claims)"
            f" AND ref NOT IN (SELECT ref FROM ({_VALID_SUCCESSIONS})) LIMIT ?",
            (limit,),
        ).fetchall()

    def source_of(self, reference: str) -> str:
        """Name of the source file of a record that was added."""
        (source,) = self._db.execute("SELECT source FROM things WHERE ref = ?", (reference,)).fetchone()
        return str(source)

    def linking_to(self, reference: str) -> tuple[SourcePosition, str]:
        """Source position of a record that links to a reference, and the key of the link."""
        self._db.execute("CREATE INDEX IF NOT EXISTS stage.by_target ON links (target)")
        ref, source, at, key = self._db.execute(
            "SELECT linking.ref, linking.source, places.at, keys.name FROM things"
            " JOIN stage.links AS links ON links.target = things.n JOIN keys USING (k)"
            " JOIN things AS linking ON linking.n = links.source LEFT JOIN stage.places ON places.n = linking.n"
            " WHERE things.ref = ? LIMIT 1",
            (reference,),
        ).fetchone()
        return SourcePosition(ref, source or "", at or ""), key

    def counts(self) -> dict[str, int]:
        """Kind → number of records, without stubs."""
        rows = self._db.execute(
            "SELECT kind, COUNT(*) FROM things WHERE digest IS NOT NULL AND status IS NOT 'stub' GROUP BY kind"
        )
        return dict(rows.fetchall())

    def times(self) -> Iterator[ThingTimes]:
        """Times of each thing that has a record or a stub, by reference."""
        yield from (ThingTimes(*row) for row in self._db.execute(TIMES))

    def cycles(self, key: str) -> Iterator[SourcePosition]:
        """Things on a cycle of links under a key: parts of themselves."""
        k = self._key(key)
        self._db.execute("CREATE INDEX IF NOT EXISTS stage.by_source ON links (source, k)")
        rows = self._db.execute(
            "WITH RECURSIVE up(start, n, depth) AS ("
            " SELECT source, target, 1 FROM stage.links WHERE k = :k AND source IN"
            " (SELECT target FROM stage.links WHERE k = :k)"
            " UNION SELECT up.start, links.target, depth + 1 FROM up"
            " JOIN stage.links AS links ON links.source = up.n AND links.k = :k WHERE depth < 40"
            ") SELECT DISTINCT things.ref, things.source, places.at FROM up"
            " JOIN things ON things.n = up.start LEFT JOIN stage.places ON places.n = things.n WHERE up.n = up.start",
            {"k": k},
        )
        for reference, source, at in rows:
            yield SourcePosition(reference, source or "", at or "")

    def finish(self) -> Respellings:
        """Sort and count the links, insert tombstones, commit."""
        self.hints.counts.flush()
        for statement in statements(LISTS):  # executescript would commit
            self._db.execute(statement)
        self._redirect()
        respellings = _insert_tombstones(self._db, self._state, self._now)
        ranks.assign(self._db)
        for statement in statements(INDEXES):  # executescript would commit
            self._db.execute(statement)
        self._db.execute(
            "INSERT OR IGNORE INTO links SELECT target, k, day, rank, source FROM stage.links"
            " JOIN temp.ranks ON ranks.n = source ORDER BY target, k, day, rank"
        )
        self._db.execute("INSERT INTO link_counts SELECT target, k, COUNT(*) FROM links GROUP BY target, k")
        listings.write(self._db)
        self._db.execute("COMMIT")
        self._db.execute("DETACH stage")
        self._stage.unlink()
        become_base(self._db)
        return respellings

    def close(self) -> None:
        """Close the database, finished or not."""
        self._db.close()

    def _redirect(self) -> None:
        """Redirect replaced things, and the links to them, to their replacements."""
        self._db.execute(
            "INSERT INTO redirects SELECT ref, MIN(target) FROM stage.claims JOIN things USING (ref)"
            " WHERE digest IS NULL GROUP BY ref"
        )
        self._db.execute(
            f"INSERT OR IGNORE INTO redirects SELECT ref, target FROM ({_VALID_SUCCESSIONS}) AS valid"  # noqa: S608  # ours
            " WHERE NOT EXISTS (SELECT 1 FROM things AS old WHERE old.ref = valid.ref AND digest IS NOT NULL)"
        )
        pairs = self._db.execute(
            "SELECT redirects.ref, old.n, new.n FROM redirects"
            " JOIN things AS old USING (ref) JOIN things AS new ON new.ref = target"
        ).fetchall()
        replaces = self._key(REPLACES)
        if pairs:  # without the index, each redirect would search all links
            self._db.execute("CREATE INDEX IF NOT EXISTS stage.by_target ON links (target)")
        for reference, old, new in pairs:
            self._db.execute(
                "INSERT OR IGNORE INTO redirected_links SELECT ?, k, source, day,"
                " (k, source) IN (SELECT k, source FROM stage.links WHERE target = ?)"
                " FROM stage.links WHERE target = ?",
                (reference, new, old),
            )
        for _, old, new in pairs:
            self._db.execute("UPDATE stage.links SET target = ? WHERE target = ? AND k <> ?", (new, old, replaces))
            self._db.execute("DELETE FROM stage.links WHERE target = ?", (old,))
            self._db.execute("DELETE FROM things WHERE n = ?", (old,))

    def _times(self, entry: CatalogueEntry) -> tuple[str, str]:
        """Times of the record's first publication and last change."""
        published = self._state.entry(entry.reference)
        thing = entry.reference, entry.status, entry.record_digest, entry.digest
        return times_of(published, self._now, thing, rebased=self._rebased)

    def _number(self, reference: str) -> int:
        n = self._numbers.get(reference)
        if n is None:
            row = self._db.execute("SELECT n FROM things WHERE ref = ?", (reference,)).fetchone()
            if row is None:
                kind = reference.partition("/")[0]
                n = self._db.execute("INSERT INTO things (ref, kind) VALUES (?, ?)", (reference, kind)).lastrowid or 0
            else:
                n = row[0]
            if len(self._numbers) >= _MAX_CACHED_NUMBERS:
                self._numbers.clear()
            self._numbers[reference] = n
        return n

    def _key(self, name: str) -> int:
        k = self._keys.get(name)
        if k is None:
            k = self._keys[name] = len(self._keys)
            self._db.execute("INSERT INTO keys VALUES (?, ?)", (k, name))
        return k


def _insert_tombstones(db: sqlite3.Connection, state: LogState, now: str, *, ranked: bool = False) -> Respellings:
    """Insert tombstones of published things that the build lacks, with their ranks where the others have theirs.

    Returns:
        The references that are there under another spelling.
    """
    respelled = 0
    example = "", ""
    insert = "INSERT INTO things (ref, kind, label, created, modified, deleted) VALUES (?, ?, ?, ?, ?, ?)"
    for published in state.entries():
        canonical, *others = spellings(published.reference)
        names = published.reference, canonical, *others
        there = next((name for name in names if _is_in(db, "things", name)), None)
        if published.has_page and there is not None and there != published.reference:
            respelled += 1
            example = example if example[0] else (published.reference, there)
        if there is not None or any(_is_in(db, "redirects", name) for name in names):
            continue
        times = tombstone_times(published, now)
        db.execute(insert, (canonical, published.kind, published.label, published.created, *times))
        if ranked:
            db.execute("UPDATE things SET rank = ? WHERE ref = ?", (ranks.rank_of(db, canonical), canonical))
    return Respellings(respelled, example)


def _is_in(db: sqlite3.Connection, table: str, reference: str) -> bool:
    return db.execute(f"SELECT 1 FROM {table} WHERE ref = ?", (reference,)).fetchone() is not None  # noqa: S608  # ours


def copy_with_new_times(
    source: LiveCatalogue, target: Path, state: LogState, now: str, *, rebased: bool = False
) -> None:
    """Copy a catalogue for a generation that repeats an earlier one, with `now` as the time of what changes by it.

    All rows change, so the copy is a base of its own.

    Args:
        source: the catalogue.
        target: the new file.
        state: the change log, brought up to the live generation.
        now: the time of the rollback.
        rebased: whether the identifiers of the generation before are closed by another base.
    """
    with (
        closing(source.connect()) as old,
        closing(sqlite3.connect(f"file:{quote(str(target))}", uri=True, isolation_level=None)) as db,
    ):
        old.backup(db)
        ranked = "rank" in {row[1] for row in db.execute("PRAGMA table_info(things)")}
        with source.attached_to(db):
            db.execute("BEGIN")
            for row in db.execute("SELECT ref, status, digest, triples_digest, deleted FROM temp.things"):
                times = _times_again(row, state, now, rebased=rebased)
                db.execute(
                    "UPDATE main.things SET created = ?, modified = ?, deleted = ? WHERE ref = ?", (*times, row[0])
                )
            db.execute("COMMIT")
        db.execute("BEGIN")
        _insert_tombstones(db, state, now, ranked=ranked)
        db.execute("COMMIT")
        become_base(db)


def _times_again(
    row: tuple[str, str | None, str, str, str | None], state: LogState, now: str, *, rebased: bool
) -> tuple[str, str, str | None]:
    """Times of creation, change, deletion for a row of an earlier generation: reference, status, digests, deletion."""
    published = state.entry(row[0])
    if not row[4]:
        return *times_of(published, now, row[:4], rebased=rebased), None
    if published is None:
        return now, now, now
    return published.created, published.modified if published.deleted else now, published.deleted or now
