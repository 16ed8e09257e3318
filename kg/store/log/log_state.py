"""State of the change log, as builds read and write it: `var/state/log.sqlite`.

It never runs ahead of what is live: a build writes its changes into the folder of its generation
(`kg.store.log.comparison`), and they are taken up here after the switch, by the generation's number, once (D-209).
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote

from kg.errors import PublishError
from kg.iris import spellings
from kg.private_files import make_private
from kg.store.log.changes import STUB
from kg.store.log.live_catalogue import LiveCatalogue
from kg.store.log.schema import INDICES, SCHEMA

DAMAGED = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
"""SQLite's codes for a file that is no database, or not a whole one."""

_ENTRY = "ref, kind, status, label, created, modified, deleted, target, digest, triples_digest, first"

_TAKE_UP = """
INSERT OR REPLACE INTO main.published SELECT * FROM made.published;
INSERT OR REPLACE INTO main.log SELECT * FROM made.log;
INSERT OR REPLACE INTO main.generations SELECT * FROM made.generations;
UPDATE main.sources SET until = (SELECT value FROM made.meta WHERE name = 'previous')
 WHERE until IS NULL AND (name, digest) NOT IN (SELECT name, digest FROM made.sources);
INSERT INTO main.sources SELECT name, digest, since, NULL FROM made.sources
 WHERE (name, digest) NOT IN (SELECT name, digest FROM main.sources WHERE until IS NULL)
"""
_TAKE_WHOLE = """
INSERT INTO main.published
SELECT things.ref, things.kind, CASE WHEN things.deleted IS NULL THEN things.status END, things.label, things.created,
  things.modified, things.deleted, NULL, things.digest, things.triples_digest, things.sets,
  CASE WHEN things.deleted IS NOT NULL THEN log.sequence WHEN things.status IS NOT 'stub' THEN
   :start + row_number() OVER (PARTITION BY things.deleted IS NULL AND things.status IS NOT 'stub' ORDER BY things.ref)
  END
FROM temp.things LEFT JOIN made.log ON log.ref = things.ref AND log.what = 'deleted';
INSERT OR REPLACE INTO main.meta SELECT name, value FROM made.meta
 WHERE name IN ('start', 'first_last', 'first_generation')
"""


class PublishedEntry(NamedTuple):
    """Entry of a reference in the state; a tuple, since a build looks up each record.

    Attributes:
        reference: the thing.
        kind: record, agent …
        status: `stub`, `described-only`, or None.
        label: labels by language as JSON.
        created, modified, deleted: times in UTC (ISO 8601).
        target: reference of the thing into which it was merged, or None.
        digest: SHA-256 of its record; None where it is gone, or was published by kg before 0.3.
        triples_digest: digest of its triples and its record; None where it is gone.
        first: sequence of its first creation; None for what was never more than a stub.
    """

    reference: str
    kind: str
    status: str | None
    label: bytes | None
    created: str
    modified: str
    deleted: str | None
    target: str | None
    digest: str | None
    triples_digest: str | None
    first: int | None

    @property
    def is_live(self) -> bool:
        """Whether it is a record that is published now."""
        return self.deleted is None and self.status != STUB

    @property
    def has_page(self) -> bool:
        """Whether its address has a page now, of a record or of a stub."""
        return self.deleted is None or self.status == STUB


class LogState:
    """Change log of a collection, open for writing. One thread uses it.

    Attributes:
        connection: connection to the file, as `main`.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, which is made where there is none. Raises sqlite3.Error where it can't be read."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        for each in (path, *path.parent.glob(f"{path.name}-*")):  # SQLite gives its log the permissions of the file
            make_private(each)
        self.connection = sqlite3.connect(f"file:{quote(str(path))}", uri=True, isolation_level=None)
        with ExitStack() as on_failure:
            on_failure.callback(self.connection.close)
            self.connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
            if not self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'by_sort'").fetchone():
                self.connection.executescript(SCHEMA.format(schema="main") + INDICES)
            on_failure.pop_all()

    @classmethod
    def in_memory(cls) -> Self:
        """State without anything, for a pass over sources that publishes nothing."""
        state = cls.__new__(cls)
        state.connection = sqlite3.connect(":memory:", isolation_level=None)
        state.connection.executescript(SCHEMA.format(schema="main") + INDICES)
        return state

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def entry(self, reference: str) -> PublishedEntry | None:
        """Entry of a reference, however its key was written when it was published; None if it never was.

        Of several spellings the one that is live is the thing's.
        """
        select = f"SELECT {_ENTRY} FROM published WHERE ref = ?"  # noqa: S608  # ours
        entries = (
            PublishedEntry(*row)
            for name in dict.fromkeys((reference, *spellings(reference)))
            if (row := self.connection.execute(select, (name,)).fetchone())
        )
        first = next(entries, None)
        if first is None or first.is_live:
            return first
        return next((entry for entry in entries if entry.is_live), first)

    def entries(self) -> Iterator[PublishedEntry]:
        """Entries of all references that ever had a page, in order."""
        for row in self.connection.execute(f"SELECT {_ENTRY} FROM published ORDER BY ref"):  # noqa: S608  # ours
            yield PublishedEntry(*row)

    @property
    def position(self) -> tuple[int, str]:
        """Number and time of publication of the last generation in the log; 0 and "" for an empty log."""
        row = self.connection.execute("SELECT number, time FROM generations ORDER BY number DESC LIMIT 1").fetchone()
        return (int(row[0]), str(row[1])) if row else (0, "")

    @property
    def base(self) -> str:
        """Base IRI of the last generation; empty where it is not known."""
        row = self.connection.execute("SELECT base FROM generations ORDER BY number DESC LIMIT 1").fetchone()
        return (row[0] or "") if row else ""

    @property
    def last(self) -> int:
        """Sequence of the last change."""
        (last,) = self.connection.execute("SELECT COALESCE(MAX(last), 0) FROM generations").fetchone()
        return int(last)

    def is_rebased(self, base: str) -> bool:
        """Whether another base than that of the last generation closes its identifiers (D-213)."""
        return self.base not in {"", base}

    def sources(self, generation: int) -> dict[str, str]:
        """Name of each source file of a generation → its SHA-256."""
        select = "SELECT name, digest FROM sources WHERE since <= :at AND (until IS NULL OR until >= :at)"
        return dict(self.connection.execute(select, {"at": generation}).fetchall())

    def take_up(self, changes: Path, catalogue: LiveCatalogue) -> bool:
        """Take up the changes of a live generation; return False where they were made for another state.

        A no-op where they are taken up already.

        Args:
            changes: the `changes.sqlite` of the generation.
            catalogue: its catalogue, which is read where the log was empty before.
        """
        with attached(self.connection, made=f"file:{quote(str(changes))}?mode=ro&immutable=1"):
            meta = dict(self.connection.execute("SELECT name, value FROM made.meta"))
            whole = catalogue.attached_to(self.connection) if meta["whole"] else nullcontext()
            with whole, transaction(self.connection):
                if self.position[0] >= meta["generation"]:
                    return True
                if (self.position[0], self.last) != (meta["previous"], meta["previous_last"]):
                    return False
                for statement in _TAKE_UP.split(";"):
                    self.connection.execute(statement)
                for statement in _TAKE_WHOLE.split(";") if meta["whole"] else ():
                    self.connection.execute(statement, meta)
        return True


@contextmanager
def attached(connection: sqlite3.Connection, **databases: str) -> Iterator[None]:
    """Context in which other databases, name → URI, are attached to a connection."""
    with ExitStack() as stack:
        for name, uri in databases.items():
            connection.execute(f"ATTACH ? AS {name}", (uri,))
            stack.callback(_detach, connection, name)
        yield


def _detach(connection: sqlite3.Connection, name: str) -> None:
    with suppress(sqlite3.Error):  # an earlier fault is the one to report
        connection.execute(f"DETACH {name}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Context of a transaction that writes; a fault in it rolls it back."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # some faults roll back by themselves
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def times_of(
    published: PublishedEntry | None, now: str, thing: Sequence[Any], *, rebased: bool = False
) -> tuple[str, str]:
    """Times of the first publication and of the last change of a thing that a build has.

    The mapping alone moves no time. A stub has those of its appearance; once a record, of its record's deletion.

    Args:
        published: its entry in the state, or None.
        now: the time of the build.
        thing: its reference, status, digest of its record, digest of its triples and its record.
        rebased: whether the identifiers of the state are closed.
    """
    reference, status, digest, triples_digest = thing
    if published is None:
        return now, now
    is_same = published.triples_digest == triples_digest
    if status == STUB:
        was_record = published.first is not None
        stays = not published.is_live and (was_record or (is_same and published.status == STUB))
        return published.created, published.modified if stays else now
    if published.first is None:  # only named until now
        return now, now
    stays = published.is_live and published.reference == reference and not rebased
    is_same = is_same or (published.digest is not None and published.digest == digest)
    return published.created, published.modified if stays and is_same else now


def tombstone_times(published: PublishedEntry, now: str) -> tuple[str, str]:
    """Times of the last change and of the deletion of a thing that is gone, and that nothing takes the place of.

    Args:
        published: its entry in the state.
        now: the time of the build.
    """
    if published.deleted is None:
        return now, now
    was_merged = published.target is not None and published.first is not None
    return now if was_merged else published.modified, published.deleted


def log_fault(path: Path) -> PublishError | None:
    """Return what is wrong with a log's file, which is read as a whole; None where nothing is."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as db:
            (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
            db.execute("SELECT 1 FROM published LIMIT 1").fetchone()
    except sqlite3.Error as fault:
        return log_error(path, fault)
    return None if found == "ok" else log_error(path, found)


def log_error(path: Path, fault: object) -> PublishError:
    """Return the error for a damaged log, with the remedy."""
    todo = (
        "It holds every key that was ever published: put its copy from a backup in its place. Without one, run"
        f" `mv {path} {path}.damaged`; the next build makes it anew from the newest whole generation."
    )
    return PublishError(f"the change log can't be read: {fault}", where=str(path), todo=todo)
