"""Reading interface of the change log, for servers and commands: read-only, for any number of threads and processes.

Each question opens the file, reads one state of it and closes it (0.2 ms), so that no reader holds a former file or a
former state; a build that writes meanwhile neither waits nor is waited for. Where `var` can't be written, the file is
read as it lies there.

Rows of the first generation's things are made from what is published, and never written: the log of a million things
begins empty (D-210).
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from kg.errors import GenerationError
from kg.iris import KINDS, spellings
from kg.store.log.changes import CREATED, TOLD, Change, LoggedGeneration, PublishedThing
from kg.store.log.schema import LOG

_END = (1 << 63) - 1
"""Behind every sequence."""

_WAIT_SECONDS = 5.0
"""Time for which a reader waits where the file is being made or folded."""

_CHANGE = (
    "SELECT log.sequence, log.generation, log.time, log.ref, log.kind, log.what, log.target, log.after, log.before,"
    " log.label, log.sets, COALESCE(log.base, generations.base, '')"
    " FROM log LEFT JOIN generations ON generations.number = log.generation"
)
# The digest of then is what the first change has as the one before.
_FIRST = (
    "SELECT first, first_generation.number, first_generation.time, ref, kind, 'created', NULL,"
    " CASE WHEN EXISTS (SELECT 1 FROM log WHERE log.ref = published.ref) THEN"
    " (SELECT before FROM log WHERE log.ref = published.ref ORDER BY sequence LIMIT 1) ELSE digest END,"
    " NULL, label, sets, COALESCE(first_generation.base, '')"
    " FROM published JOIN generations AS first_generation ON first_generation.number ="
    " (SELECT value FROM meta WHERE name = 'first_generation')"
)
_PUBLISHED = (
    "SELECT ref, kind, status, label, created, modified, deleted, target, digest, triples_digest, sets, first"
    " FROM published"
)
_GENERATION = (
    "SELECT number, time, base, full, rollback_of, counts, triples, graph_hash, mapping, last FROM generations"
)


class ChangeLog:
    """Change log of a collection."""

    def __init__(self, var: Path) -> None:
        """Set the path; no file is opened.

        Args:
            var: the folder `var` of the collection.
        """
        self._path = var / LOG

    def changes(self, since: int = 0, limit: int = 1000, until: int = _END) -> list[Change]:
        """Changes after a sequence number, oldest first, of those that followers are told.

        Who takes them from 0, or from the number with which the last ones ended, and removes what is deleted, merged or
        withdrawn, holds the live references with their digests. A number outside `bounds` is of a log that is lost: who
        has one begins anew, from 0.

        Args:
            since: the sequence number; 0 for all.
            limit: maximum number of changes.
            until: last sequence number, that of the generation which is served.

        Raises:
            GenerationError: there is no log, or it can't be read.
        """
        with self._opened() as db:
            return _after(db, since, min(limit, _END), until)

    def newest(
        self, before: int | None = None, limit: int = 100, kind: str | None = None, what: str | None = None
    ) -> list[Change]:
        """Changes before a sequence number, newest first; a walk along an index whatever is chosen.

        Args:
            before: the sequence number; None for the newest of all.
            limit: maximum number of changes.
            kind: the kind of things; None for all.
            what: the change, also one of those that followers are not told; None for all that they are.

        Raises:
            GenerationError: there is no log, or it can't be read.
        """
        end = _END if before is None else before
        with self._opened() as db:
            found: list[Change] = []
            for each in (what,) if what else TOLD:
                for one in (kind,) if kind else KINDS:
                    found += _walk(db, one, each, end, limit)
            found.sort(key=lambda change: -change.sequence)
            return found[:limit]

    def history(self, reference: str) -> list[Change]:
        """All changes of a thing, oldest first, with those that followers are not told; empty for an unknown thing.

        Raises:
            GenerationError: there is no log, or it can't be read.
        """
        with self._opened() as db:
            last = _first_sequence(db)
            first = db.execute(f"{_FIRST} WHERE ref = ? AND first <= ?", (reference, last)).fetchall()
            rows = db.execute(f"{_CHANGE} WHERE log.ref = ? ORDER BY log.sequence", (reference,)).fetchall()
            return [_change(row) for row in (*first, *rows)]

    def published(self, reference: str) -> PublishedThing | None:
        """What is known of a thing, however its key was written; None where it was never published, not even as a stub.

        Raises:
            GenerationError: there is no log, or it can't be read.
        """
        with self._opened() as db:
            for name in dict.fromkeys((reference, *spellings(reference))):
                if row := db.execute(f"{_PUBLISHED} WHERE ref = ?", (name,)).fetchone():
                    return published_thing(row)
        return None

    def generations(self, limit: int = 1000) -> list[LoggedGeneration]:
        """Generations, newest first, those included whose folders are gone.

        Raises:
            GenerationError: there is no log, or it can't be read.
        """
        with self._opened() as db:
            rows = db.execute(f"{_GENERATION} ORDER BY number DESC LIMIT ?", (limit,))
            return [logged_generation(row) for row in rows]

    def sources(self, generation: int) -> dict[str, str]:
        """Name of each source file of a generation → SHA-256 of the file, in hexadecimal.

        Raises:
            GenerationError: there is no log, or it can't be read.
        """
        with self._opened() as db:
            select = (
                "SELECT name, digest FROM sources WHERE since <= :at AND (until IS NULL OR until >= :at) ORDER BY name"
            )
            return dict(db.execute(select, {"at": generation}).fetchall())

    def sequence_of_generation(self, number: int) -> int | None:
        """Sequence of the last change of a generation, or before it; None for a generation that the log does not know.

        Raises:
            GenerationError: there is no log, or it can't be read.
        """
        with self._opened() as db:
            row = db.execute("SELECT last FROM generations WHERE number = ?", (number,)).fetchone()
            return None if row is None else int(row[0])

    def sequence_before(self, time: str) -> int:
        """Sequence of the last change of all generations before a time, or before the first change where there is none.

        Args:
            time: a time in UTC, or a day (ISO 8601).

        Raises:
            GenerationError: there is no log, or it can't be read.
        """
        with self._opened() as db:
            (last,) = db.execute("SELECT MAX(last) FROM generations WHERE time < ?", (time,)).fetchone()
            (start,) = db.execute("SELECT COALESCE(MAX(value), 0) FROM meta WHERE name = 'start'").fetchone()
            return int(start if last is None else last)

    def bounds(self) -> tuple[int, int]:
        """Sequence before the first change that the log has, and that of the last one: 0 and 0 for an empty log.

        The first is 0, but for a log that was made anew from a generation: it goes on behind the numbers of the lost
        one. A follower whose number lies outside has to begin anew.

        Raises:
            GenerationError: there is no log, or it can't be read.
        """
        with self._opened() as db:
            (start,) = db.execute("SELECT COALESCE(MAX(value), 0) FROM meta WHERE name = 'start'").fetchone()
            (last,) = db.execute("SELECT COALESCE(MAX(last), 0) FROM generations").fetchone()
            return int(start), int(last)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Connection within a transaction, which sees one state. Raises GenerationError."""
        if not self._path.is_file():
            what = "there is no change log"
            raise GenerationError(what, where=str(self._path), todo="Run `kg build`, which makes it.")
        try:
            with closing(self._connected()) as db:
                yield db
        except sqlite3.Error as fault:
            what = f"the change log can't be read: {fault}"
            raise GenerationError(what, where=str(self._path), todo="`kg doctor` says what to do.") from None

    def _connected(self) -> sqlite3.Connection:
        """Connection that has read: where no file can be made beside the log, it is read as it lies there."""
        for more in ("", "&immutable=1"):
            db = sqlite3.connect(
                f"file:{quote(str(self._path))}?mode=ro{more}", uri=True, isolation_level=None, timeout=_WAIT_SECONDS
            )
            try:
                db.execute("BEGIN")
                db.execute("SELECT 1 FROM meta LIMIT 1").fetchone()
            except sqlite3.OperationalError as fault:
                db.close()
                if more or fault.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
                    raise
            except BaseException:
                db.close()
                raise
            else:
                return db
        raise AssertionError  # the second try has returned or raised


def _first_sequence(db: sqlite3.Connection) -> int:
    """Sequence of the last thing of the first generation; behind it all changes have rows."""
    row = db.execute("SELECT value FROM meta WHERE name = 'first_last'").fetchone()
    return int(row[0]) if row else 0


def _after(db: sqlite3.Connection, since: int, limit: int, until: int) -> list[Change]:
    last = _first_sequence(db)
    found: list[Change] = []
    if since < last:
        rows = db.execute(
            f"{_FIRST} WHERE first > ? AND first <= ? ORDER BY first LIMIT ?", (since, min(last, until), limit)
        )
        found = [_change(row) for row in rows]
    if len(found) < limit:
        marks = ", ".join("?" * len(TOLD))
        rows = db.execute(
            f"{_CHANGE} WHERE log.sequence > ? AND log.sequence <= ? AND log.what IN ({marks})"
            " ORDER BY log.sequence LIMIT ?",
            (since, until, *TOLD, limit - len(found)),
        )
        found += [_change(row) for row in rows]
    return found


def _walk(db: sqlite3.Connection, kind: str, what: str, before: int, limit: int) -> list[Change]:
    """Changes of one sort of the things of one kind, newest first."""
    rows = db.execute(
        f"{_CHANGE} WHERE log.kind = ? AND log.what = ? AND log.sequence < ? ORDER BY log.sequence DESC LIMIT ?",
        (kind, what, before, limit),
    ).fetchall()
    if what == CREATED and len(rows) < limit:
        place = (kind, before, _first_sequence(db), limit - len(rows))
        select = f"{_FIRST} WHERE kind = ? AND first < ? AND first <= ? ORDER BY first DESC LIMIT ?"
        rows += db.execute(select, place).fetchall()
    return [_change(row) for row in rows]


def _change(row: Sequence[Any]) -> Change:
    sequence, generation, time, ref, kind, what, target, after, before, label, sets, base = row
    return Change(
        *(sequence, generation, time, ref, kind, what, target, after, before),
        *(_labels(label), _sets(sets), base),
    )


def published_thing(row: Sequence[Any]) -> PublishedThing:
    """Published thing of a row: the columns of `published`, in their order."""
    ref, kind, status, label, created, modified, deleted, target, digest, triples_digest, sets, first = row
    return PublishedThing(
        *(ref, kind, status, _labels(label), created, modified, deleted, target, digest, triples_digest),
        *(_sets(sets), first),
    )


def logged_generation(row: Sequence[Any]) -> LoggedGeneration:
    """Generation of a row: the columns of `generations`, in their order."""
    number, time, base, full, rollback_of, counts, triples, graph_hash, mapping, last = row
    return LoggedGeneration(
        *(number, time, base or "", bool(full), rollback_of, orjson.loads(counts or "{}")),
        *(triples or 0, graph_hash or "", mapping or "", last),
    )


def _labels(label: Any) -> dict[str, str]:
    return orjson.loads(label) if label else {}


def _sets(sets: str | None) -> tuple[str, ...]:
    return tuple(orjson.loads(sets)) if sets else ()
