"""Writer of a name index, from a finished catalogue and its records.

Documents are counted as the facets of a search count them: each once, by the keys that the model gives to the facet,
and in an archive with all its levels. So a list, a facet and the start page have one number for one thing (D-157).
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from kg.store.generation.names.entries import (
    INDEXES,
    IS_DOCUMENT,
    NAME_COLUMNS,
    REGISTERS,
    SCHEMA,
    indexed_name,
    insert_entry,
    registers_of,
)
from kg.store.generation.names.name_index import DOCUMENT_TYPES, TOP, TOP_OF_OTHERS
from kg.store.generation.read_only_database import connect
from kg.store.generation.segments.folder import SegmentFolder
from kg.store.generation.segments.reader import SegmentReader
from kg.store.generation.updates.overlay import become_base
from kg.store.search.fields import FACETS, RECORD, plain


def write(path: Path, catalogue: Path, records: SegmentFolder) -> None:
    """Write the name index of a generation.

    Args:
        path: of the new file.
        catalogue: the finished catalogue.
        records: the segments of records.
    """
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as db,
        closing(connect(catalogue)) as things,
    ):
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
        db.execute("BEGIN")
        with SegmentReader(records) as reader:
            _Builder(db, things, reader).write()
        for statement in filter(str.strip, INDEXES.split(";")):
            db.execute(statement)
        db.execute("COMMIT")
        become_base(db)


class _Builder:
    """Builder of one index: the counts, then an entry for each name."""

    def __init__(self, db: sqlite3.Connection, things: sqlite3.Connection, records: SegmentReader) -> None:
        self._db = db
        self._things = things
        self._records = records
        self._keys = {name: k for k, name in things.execute("SELECT k, name FROM keys")}

    def write(self) -> None:
        counts = {kind: self._documents(facet) for kind, facet in REGISTERS.items() if kind != "archive"}
        parents = self._parents()
        counts["archive"] = self._documents_below(parents)
        types = self._documents(DOCUMENT_TYPES)
        for by_number in counts.values():
            self._db.executemany("INSERT OR IGNORE INTO documents VALUES (?, ?)", by_number.items())
        named = self._named_by_documents()
        for row in self._rows():
            name = indexed_name(row, self._record(*row[-2:]))
            count = counts[name.kind].get(name.n, 0)
            if name.kind == "archive":
                above = parents.get(name.n, TOP if count else TOP_OF_OTHERS)
                self._db.execute("INSERT INTO tree VALUES (?, ?, ?)", (above, name.place, name.n))
                if name.n in parents:
                    continue
            registers = registers_of(row, count, types.get(name.n, 0), partial(named.__contains__, name.n))
            for register, documents in registers.items():
                insert_entry(self._db, register, name, documents)

    def _numbers(self, facet: str) -> str:
        """Numbers of the keys that a facet counts, for an SQL list."""
        return ", ".join(str(self._keys[key]) for key in FACETS[facet].keys if key in self._keys)

    def _documents(self, facet: str) -> dict[int, int]:
        """Number of a thing → documents that have it under a facet."""
        query = (
            "SELECT target, COUNT(DISTINCT links.source) FROM links JOIN things AS named ON named.n = target"  # noqa: S608  # ours
            f" WHERE named.kind = ? AND k IN ({self._numbers(facet)})"
            f" AND links.source IN (SELECT n FROM things WHERE {IS_DOCUMENT}) GROUP BY target"
        )
        return dict(self._things.execute(query, (FACETS[facet].kind,)).fetchall())

    def _parents(self) -> dict[int, int]:
        """Level of an archive → the level above it; a cycle is cut above the last of its references (D-224)."""
        rows = self._things.execute(
            "SELECT n, ref, offset, length FROM things WHERE kind = 'archive' AND digest IS NOT NULL ORDER BY ref"
        ).fetchall()
        numbers = {ref: n for n, ref, _, _ in rows}
        parents: dict[int, int] = {}
        for n, _, address, length in rows:
            above = next(iter(plain(self._record(address, length).get("partOf"))), "")
            if above in numbers and not _leads_to(parents, numbers[above], n):
                parents[n] = numbers[above]
        return parents

    def _documents_below(self, parents: dict[int, int]) -> dict[int, int]:
        """Level of an archive → documents in it and below it, each counted once."""
        counts: dict[int, int] = defaultdict(int)
        rows = self._things.execute(
            "SELECT source, GROUP_CONCAT(DISTINCT target) FROM links"  # noqa: S608  # ours
            f" WHERE k IN ({self._numbers('archive')}) AND source IN (SELECT n FROM things WHERE {IS_DOCUMENT})"
            " GROUP BY source"
        )
        held: dict[str, int] = defaultdict(int)
        for _, units in rows:
            held[units] += 1
        for units, count in held.items():
            for level in {above for unit in units.split(",") for above in _upwards(parents, int(unit))}:
                counts[level] += count
        return counts

    def _named_by_documents(self) -> set[int]:
        """Things to which a document leads under any key."""
        rows = self._things.execute(
            f"SELECT DISTINCT target FROM links WHERE source IN (SELECT n FROM things WHERE {IS_DOCUMENT})"  # noqa: S608  # ours
        )
        return {target for (target,) in rows}

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        """NAME_COLUMNS of the things that are no documents, in the order of their records."""
        yield from self._things.execute(
            f"SELECT {NAME_COLUMNS} FROM things"  # noqa: S608  # ours
            " WHERE kind <> ? AND deleted IS NULL AND digest IS NOT NULL ORDER BY offset",
            (RECORD,),
        )

    def _record(self, address: int, length: int) -> dict[str, Any]:
        record: dict[str, Any] = orjson.loads(self._records.record(address, length))
        return record


def _upwards(parents: dict[int, int], unit: int) -> Iterable[int]:
    """A level and all above it."""
    at: int | None = unit
    while at is not None:
        yield at
        at = parents.get(at)


def _leads_to(parents: dict[int, int], unit: int, target: int) -> bool:
    """Whether a level lies in another one, or is that."""
    return target in _upwards(parents, unit)
