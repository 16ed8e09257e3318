"""State of the sources: what the live generation was made of, so that the next build looks at what changed alone.

`var/state/sources.sqlite` has it for the live generation. A build never writes there: it leaves what it read in
`sources.sqlite` of its own generation, which is taken up after the switch, by the number of the generation, once. So
the state never runs ahead of what is live, and where it is lost or of another generation a build makes all anew.
"""

import os
import shutil
import sqlite3
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote

import orjson

from kg.private_files import make_private
from kg.publish.state.file_items import FileItems
from kg.records.problems import SourceProblem

STATE = Path("state", "sources.sqlite")
"""Path of the state below var."""

OF_GENERATION = "sources.sqlite"
"""File name of what a build read, in the folder of its generation."""

FORMAT = 1
"""Format number of both."""

_LEVEL = 1
_TABLES = ("files", "places", "lookups", "identities")
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE files (
  name TEXT PRIMARY KEY,
  stat TEXT,              -- JSON: what the file system says of it; null where that can't be relied on
  sha256 TEXT,
  beside TEXT,            -- digest of what is read with it; empty for nothing
  read TEXT NOT NULL,     -- JSON: kind → number of records that readers gave
  rejected INTEGER NOT NULL,
  daily INTEGER NOT NULL, -- 1 where what is published of it depends on the day
  marks BLOB NOT NULL, clean BLOB NOT NULL, refs BLOB NOT NULL, at BLOB NOT NULL,
  problems BLOB NOT NULL, -- JSON lines
  successions TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE identities (name TEXT PRIMARY KEY, part BLOB NOT NULL) WITHOUT ROWID; -- JSON: of the index of identities
CREATE TABLE places (     -- references that stand in several places: each file, and what became of it there
  ref TEXT, file TEXT, merged INTEGER NOT NULL, refused INTEGER NOT NULL, PRIMARY KEY (ref, file)
) WITHOUT ROWID;
CREATE TABLE lookups (key INTEGER, file TEXT, PRIMARY KEY (key, file)) WITHOUT ROWID;
CREATE TABLE stats (name TEXT PRIMARY KEY, stat TEXT) WITHOUT ROWID; -- of files with the same bytes
CREATE TABLE gone (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE settled (ref TEXT PRIMARY KEY, problems TEXT NOT NULL) WITHOUT ROWID; -- what is told of their places
"""
_INDEXES = ("CREATE INDEX places_by_file ON places (file)", "CREATE INDEX lookups_by_file ON lookups (file)")


@dataclass(slots=True)
class FileRecord:
    """What is kept of one source file.

    Attributes:
        name: its name in reports.
        items: its records.
        problems: what is to be told of it and of its records.
        read: kind → number of records that its reader gave.
        rejected: number of its records that were left out when they were read.
        successions: (old, new, problem) of each withdrawn record.
        is_daily: whether what is published of it depends on the day.
        lookups: keys of the index of identities by which its links were settled.
    """

    name: str
    items: FileItems = field(default_factory=FileItems)
    problems: list[SourceProblem] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    successions: list[tuple[str, str, SourceProblem]] = field(default_factory=list)
    is_daily: bool = False
    lookups: set[int] = field(default_factory=set)

    def joined(self, other: "FileRecord") -> "FileRecord":
        """Return this with another record of the same file."""
        for item in other.items:
            self.items.append(item)
        return FileRecord(
            *(self.name, self.items, self.problems + other.problems, self.read + other.read),
            *(self.rejected + other.rejected, self.successions + other.successions),
            is_daily=self.is_daily or other.is_daily,
            lookups=self.lookups | other.lookups,
        )


class KnownFile(NamedTuple):
    """What the state says of a file without its records.

    Attributes:
        stat: what the file system said of it; None where that can't be relied on.
        sha256: of its bytes; empty for a database at an address.
        beside: digest of what is read with it; empty for nothing.
        is_daily: whether what is published of it depends on the day.
    """

    stat: tuple[int, ...] | None
    sha256: str
    beside: str
    is_daily: bool


IdentityPart = tuple[list[tuple[Any, ...]], list[tuple[str, str]]]
"""Part of the index of identities that is of one file: its rows, and the types of agents in its links."""


class SharedPlace(NamedTuple):
    """File in which a reference stands that stands elsewhere too: records merged there, and records refused there."""

    file: str
    merged: int = 0
    refused: int = 0


class SourceStateWriter:
    """Writer of what a build read; `finish` makes it whole."""

    def __init__(self, path: Path) -> None:
        """Make the file."""
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;{_SCHEMA}")
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add_file(self, file: FileRecord) -> None:
        """Add a file, whose digests come later."""
        self._db.execute(
            "INSERT INTO files (name, read, rejected, daily, marks, clean, refs, at, problems, successions)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(file.name, orjson.dumps(file.read).decode(), file.rejected, file.is_daily, *file.items.columns()),
                *(_packed_problems(file.problems), _written_successions(file.successions)),
            ),
        )
        rows = ((key, file.name) for key in file.lookups)
        self._db.executemany("INSERT OR IGNORE INTO lookups VALUES (?, ?)", rows)

    def extend_file(self, more: FileRecord) -> None:
        """Add to a file what was read of it under other settings."""
        file = _file_of(self._db, more.name)
        self._db.execute("DELETE FROM files WHERE name = ?", (more.name,))
        self.add_file(file.joined(more))

    def set_digests(self, name: str, stat: tuple[int, ...] | None, sha256: str, beside: str) -> None:
        """Set what the file system says of a file that was added, and the digests of it and of what is beside."""
        values = orjson.dumps(stat).decode(), sha256, beside, name
        if not self._db.execute("UPDATE files SET stat = ?, sha256 = ?, beside = ? WHERE name = ?", values).rowcount:
            self.add_file(FileRecord(name))  # an empty one
            self.set_digests(name, stat, sha256, beside)

    def add_identities(self, name: str, part: IdentityPart) -> None:
        """Add a part of the index of identities that is of a file, to others of it."""
        row = self._db.execute("SELECT part FROM identities WHERE name = ?", (name,)).fetchone()
        rows, types = orjson.loads(zlib.decompress(row[0])) if row else ([], [])
        packed = zlib.compress(orjson.dumps(([*rows, *part[0]], [*types, *part[1]])), _LEVEL)
        self._db.execute("INSERT OR REPLACE INTO identities VALUES (?, ?)", (name, packed))

    def set_places(self, reference: str, places: Iterable[SharedPlace], problems: Iterable[SourceProblem]) -> None:
        """Set the files in which a reference stands, where these are several, and what is to be told of that.

        Args:
            reference: the reference.
            places: the files; none where it stands in one place.
            problems: what is to be told.
        """
        told = orjson.dumps([problem.as_json() for problem in problems]).decode()
        self._db.execute("INSERT INTO settled VALUES (?, ?)", (reference, told))
        self._db.executemany(
            "INSERT INTO places VALUES (:ref, :file, :merged, :refused) ON CONFLICT DO UPDATE"
            " SET merged = merged + excluded.merged, refused = refused + excluded.refused",
            [{"ref": reference, **place._asdict()} for place in places],
        )

    def add_gone(self, names: Iterable[str]) -> None:
        """Add files that are gone."""
        self._db.executemany("INSERT INTO gone VALUES (?)", [(name,) for name in names])

    def set_stat(self, name: str, stat: tuple[int, ...] | None) -> None:
        """Set what the file system says of a file whose bytes are those that the state knows."""
        self._db.execute("INSERT INTO stats VALUES (?, ?)", (name, orjson.dumps(stat).decode()))

    def finish(self, generation: int, previous: int | None, recipe: str, day: str) -> None:
        """Write what is known of the whole, and close the file.

        Args:
            generation: number of the generation.
            previous: number of the generation upon which it was made; None where everything was built anew.
            recipe: digest of all that makes records of sources.
            day: the day of the build, `YYYY-MM-DD`.
        """
        meta = {"format": FORMAT, "generation": generation, "previous": previous, "recipe": recipe, "day": day}
        self._db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        self._db.execute("COMMIT")
        self._db.close()


class SourceState:
    """State of the sources of the live generation, read-only."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises sqlite3.Error where there is none that can be read."""
        self._db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
        with ExitStack() as on_failure:
            on_failure.callback(self._db.close)
            self._meta = dict(self._db.execute("SELECT name, value FROM meta"))
            on_failure.pop_all()

    @property
    def generation(self) -> int:
        """Number of the generation whose sources it knows; 0 for none of this format."""
        return int(self._meta.get("generation", 0)) if self._meta.get("format") == FORMAT else 0

    @property
    def recipe(self) -> str:
        """Digest of all that made records of the sources."""
        return str(self._meta.get("recipe", ""))

    @property
    def day(self) -> str:
        """Day on which everything was last looked at that depends on the day."""
        return str(self._meta.get("day", ""))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def files(self) -> dict[str, KnownFile]:
        """Return name → what is known of each file."""
        rows = self._db.execute("SELECT name, stat, sha256, beside, daily FROM files")
        return {name: KnownFile(_stat(stat), sha256, beside, bool(daily)) for name, stat, sha256, beside, daily in rows}

    def file(self, name: str) -> FileRecord:
        """Return what is known of a file, without its look-ups; an empty record of an unknown one."""
        return _file_of(self._db, name)

    def problems(self, files: Collection[str], references: Collection[str]) -> Iterator[SourceProblem]:
        """Yield what is to be told of files, and of references that stand in several places.

        Args:
            files: names of files to leave out.
            references: references to leave out.
        """
        for name, packed in self._db.execute("SELECT name, problems FROM files ORDER BY name"):
            if name not in files:
                yield from _read_problems(packed)
        for reference, told in self._db.execute("SELECT ref, problems FROM settled ORDER BY ref"):
            if reference not in references:
                yield from (SourceProblem(**each) for each in orjson.loads(told))

    def read_counts(self) -> Iterator[tuple[str, Counter[str], int]]:
        """Yield the name of each file, kind → number of records that its reader gave, and how many were left out."""
        for name, read, rejected in self._db.execute("SELECT name, read, rejected FROM files"):
            yield name, Counter(orjson.loads(read)), rejected

    def successions(self) -> dict[str, list[tuple[str, str, SourceProblem]]]:
        """Return name of a file → its successions, of the files that have some."""
        rows = self._db.execute("SELECT name, successions FROM files WHERE successions <> '[]'")
        return {name: _read_successions(told) for name, told in rows}

    def identified(self) -> set[str]:
        """Return the names of the files that have a part of the index of identities."""
        return {name for (name,) in self._db.execute("SELECT name FROM identities")}

    def identities_of(self, name: str) -> IdentityPart | None:
        """Return the part of the index that a file has; None where it has none."""
        row = self._db.execute("SELECT part FROM identities WHERE name = ?", (name,)).fetchone()
        return orjson.loads(zlib.decompress(row[0])) if row else None

    def settled_by(self, keys: Iterable[int]) -> set[str]:
        """Return the names of the files whose links were settled by some keys of the index of identities."""
        found: set[str] = set()
        for key in keys:
            found.update(name for (name,) in self._db.execute("SELECT file FROM lookups WHERE key = ?", (key,)))
        return found

    def places(self, reference: str) -> list[SharedPlace]:
        """Return the files of a reference that stands in several places; none for any other."""
        rows = self._db.execute("SELECT file, merged, refused FROM places WHERE ref = ?", (reference,))
        return [SharedPlace(*row) for row in rows]

    def in_several_places(self, name: str) -> set[str]:
        """Return the references in a file that stand elsewhere too, or twice in it."""
        return {reference for (reference,) in self._db.execute("SELECT ref FROM places WHERE file = ?", (name,))}

    def merged_and_refused(self) -> tuple[int, int]:
        """Return the numbers of records that were merged into others, and of those refused for their references."""
        merged, refused = self._db.execute(
            "SELECT COALESCE(SUM(merged), 0), COALESCE(SUM(refused), 0) FROM places"
        ).fetchone()
        return merged, refused


def _stat(text: str | None) -> tuple[int, ...] | None:
    values = orjson.loads(text or "null")
    return None if values is None else tuple(values)


def _file_of(db: sqlite3.Connection, name: str) -> FileRecord:
    row = db.execute(
        "SELECT marks, clean, refs, at, problems, read, rejected, successions, daily FROM files WHERE name = ?", (name,)
    ).fetchone()
    if row is None:
        return FileRecord(name)
    *columns, problems, read, rejected, successions, daily = row
    told = list(_read_problems(problems))
    return FileRecord(
        *(name, FileItems.of_columns(*columns), told, Counter(orjson.loads(read)), rejected),
        *(_read_successions(successions), bool(daily)),
    )


def _packed_problems(problems: Iterable[SourceProblem]) -> bytes:
    return zlib.compress(b"\n".join(orjson.dumps(problem.as_json()) for problem in problems), _LEVEL)


def _read_problems(packed: bytes) -> Iterator[SourceProblem]:
    for line in zlib.decompress(packed).splitlines():
        yield SourceProblem(**orjson.loads(line))


def _written_successions(successions: Iterable[tuple[str, str, SourceProblem]]) -> str:
    return orjson.dumps([(old, new, problem.as_json()) for old, new, problem in successions]).decode()


def _read_successions(text: str) -> list[tuple[str, str, SourceProblem]]:
    return [(old, new, SourceProblem(**problem)) for old, new, problem in orjson.loads(text)]


def open_state(var: Path, live: int, folder: Path) -> SourceState | None:
    """Open the state, brought up to the live generation; None where what that was made of is not known.

    Args:
        var: the folder `var`.
        live: number of the live generation.
        folder: its folder.
    """
    with suppress(sqlite3.Error, OSError):
        bring_up(var, live, folder)
        state = SourceState(var / STATE)
        if state.generation == live:
            return state
        state.close()
    return None


def bring_up(var: Path, live: int, folder: Path) -> None:
    """Take up what the build of the live generation read; nothing where that is done, or can't be.

    Raises sqlite3.Error, OSError.
    """
    path, made = var / STATE, folder / OF_GENERATION
    if not made.is_file():
        return
    meta = _meta(made)
    if meta.get("generation") != live or meta.get("format") != FORMAT:
        return
    if meta["previous"] is None:
        if _generation_of(path) != live:
            _take_whole(made, path)
    elif _generation_of(path) == meta["previous"]:
        _take_changes(made, path)


def _generation_of(path: Path) -> int | None:
    if not path.is_file():
        return None
    try:
        meta = _meta(path)
    except sqlite3.Error:  # it is replaced by the next full build
        return None
    return meta.get("generation") if meta.get("format") == FORMAT else None


def _meta(path: Path) -> Mapping[str, Any]:
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as db:
        return dict(db.execute("SELECT name, value FROM meta"))


def _take_whole(made: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    part = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        shutil.copyfile(made, part)
        with closing(sqlite3.connect(part, isolation_level=None)) as db:
            for index in _INDEXES:
                db.execute(index)
        make_private(part)
        for log in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            log.unlink(missing_ok=True)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _take_changes(made: Path, path: Path) -> None:
    with closing(sqlite3.connect(f"file:{quote(str(path))}", uri=True, isolation_level=None)) as db:
        db.execute("ATTACH ? AS made", (f"file:{quote(str(made))}?mode=ro",))
        db.execute("BEGIN IMMEDIATE")
        try:
            away = "(SELECT name FROM made.gone UNION ALL SELECT name FROM made.files)"
            db.execute(f"DELETE FROM main.lookups WHERE file IN {away}")  # noqa: S608  # ours
            db.execute(f"DELETE FROM main.files WHERE name IN {away}")  # noqa: S608  # ours
            indexed = "(SELECT name FROM made.gone UNION ALL SELECT name FROM made.identities)"
            db.execute(f"DELETE FROM main.identities WHERE name IN {indexed}")  # noqa: S608  # ours
            db.execute("DELETE FROM main.places WHERE ref IN (SELECT ref FROM made.settled)")
            db.execute("DELETE FROM main.settled WHERE ref IN (SELECT ref FROM made.settled)")
            db.execute("INSERT INTO main.settled SELECT * FROM made.settled WHERE problems <> '[]'")
            for table in _TABLES:
                db.execute(f"INSERT INTO main.{table} SELECT * FROM made.{table}")  # noqa: S608  # ours
            db.execute(
                "UPDATE main.files SET stat = (SELECT stat FROM made.stats WHERE made.stats.name = main.files.name)"
                " WHERE name IN (SELECT name FROM made.stats)"
            )
            db.execute("INSERT OR REPLACE INTO main.meta SELECT * FROM made.meta")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
