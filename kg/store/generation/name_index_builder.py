"""Writer of a name index, from a finished catalogue and its file of records.

Documents are counted as the facets of a search count them: each once, by the keys that the model gives to the facet,
and in an archive with all its levels. So a list, a facet and the start page have one number for one thing (D-157).
"""

import os
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from kg.store.generation.name_index import DOCUMENT_TYPES, OTHER, TOP, TOP_OF_OTHERS
from kg.store.generation.read_only_database import connect
from kg.store.generation.things import position_key
from kg.store.search.collation import name_order, title_order
from kg.store.search.fields import FACETS, RECORD, plain, texts

SCHEMA = """
CREATE TABLE documents (n INTEGER PRIMARY KEY, documents INTEGER);
CREATE TABLE entries (
  register TEXT, n INTEGER, documents INTEGER, form TEXT, words TEXT, PRIMARY KEY (register, n)
) WITHOUT ROWID;
CREATE TABLE alphabet (
  register TEXT, language TEXT, key TEXT, n INTEGER, initial TEXT, label TEXT, PRIMARY KEY (register, language, key, n)
) WITHOUT ROWID;
CREATE TABLE tree (parent INTEGER, key TEXT, n INTEGER, PRIMARY KEY (parent, key, n)) WITHOUT ROWID;
"""
_INDEXES = "CREATE INDEX by_documents ON entries (register, documents DESC, n);"

_REGISTERS = {"agent": "person", "place": "place", "collection": "collection", "archive": "archive", "topic": "topic"}
"""Register of a kind → the facet whose values it lists."""

_MAX_LABEL = 60
"""Characters of a name that stands at the end of a link to a page of the list."""

_DIGITS, _OTHER_SIGNS = "0-9", "#"
"""Initials of what begins with a figure, and with a sign of no alphabet."""

_IDEOGRAPHS = 0x2E80
_IS_DOCUMENT = "kind = 'record' AND deleted IS NULL AND status IS NOT 'stub'"


class _Name(NamedTuple):
    """A thing with a name: number, reference, kind, whether it is described, headings, form, words, place in a tree."""

    n: int
    reference: str
    kind: str
    described: bool
    headings: dict[str, str]
    form: str
    words: str
    place: str


def write(path: Path, catalogue: Path, records: Path) -> None:
    """Write the name index of a generation.

    Args:
        path: of the new file.
        catalogue: the finished catalogue.
        records: the file of records.
    """
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as db,
        closing(connect(catalogue)) as things,
    ):
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
        db.execute("BEGIN")
        with records.open("rb") as lines:
            _Builder(db, things, lines.fileno()).write()
        for statement in filter(str.strip, _INDEXES.split(";")):
            db.execute(statement)
        db.execute("COMMIT")


class _Builder:
    """Builder of one index: the counts, then an entry for each name."""

    def __init__(self, db: sqlite3.Connection, things: sqlite3.Connection, records: int) -> None:
        self._db = db
        self._things = things
        self._records = records
        self._keys = {name: k for k, name in things.execute("SELECT k, name FROM keys")}

    def write(self) -> None:
        counts = {kind: self._documents(facet) for kind, facet in _REGISTERS.items() if kind != "archive"}
        parents = self._parents()
        counts["archive"] = self._documents_below(parents)
        types = self._documents(DOCUMENT_TYPES)
        for by_number in counts.values():
            self._db.executemany("INSERT OR IGNORE INTO documents VALUES (?, ?)", by_number.items())
        named = self._named_by_documents()
        for name in self._names():
            count = counts[name.kind].get(name.n, 0)
            if name.kind == "archive":
                above = parents.get(name.n, TOP if count else TOP_OF_OTHERS)
                self._db.execute("INSERT INTO tree VALUES (?, ?, ?)", (above, name.place, name.n))
                if name.n in parents:
                    continue
            if name.kind == "topic" and name.n in types:
                self._add(DOCUMENT_TYPES, name, types[name.n])
                if not count:
                    continue
            if count:
                self._add(name.kind, name, count)
            elif name.described or name.n in named:
                self._add(name.kind + OTHER, name, 0)

    def _add(self, register: str, name: _Name, documents: int) -> None:
        self._db.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?)", (register, name.n, documents, name.form, name.words)
        )
        for language in title_order.LANGUAGES:
            heading = name.headings[language]
            key = title_order.sort_key(heading, language)
            row = (register, language, key, name.n, initial(key, language), heading[:_MAX_LABEL])
            self._db.execute("INSERT INTO alphabet VALUES (?, ?, ?, ?, ?, ?)", row)

    def _numbers(self, facet: str) -> str:
        """Numbers of the keys that a facet counts, for an SQL list."""
        return ", ".join(str(self._keys[key]) for key in FACETS[facet].keys if key in self._keys)

    def _documents(self, facet: str) -> dict[int, int]:
        """Number of a thing → documents that have it under a facet."""
        query = (
            "SELECT target, COUNT(DISTINCT links.source) FROM links JOIN things AS named ON named.n = target"  # noqa: S608  # ours
            f" WHERE named.kind = ? AND k IN ({self._numbers(facet)})"
            f" AND links.source IN (SELECT n FROM things WHERE {_IS_DOCUMENT}) GROUP BY target"
        )
        return dict(self._things.execute(query, (FACETS[facet].kind,)).fetchall())

    def _parents(self) -> dict[int, int]:
        """Level of an archive → the level above it; a cycle is cut where it would close."""
        rows = self._things.execute(
            "SELECT n, ref, offset, length FROM things WHERE kind = 'archive' AND digest IS NOT NULL ORDER BY offset"
        ).fetchall()
        numbers = {ref: n for n, ref, _, _ in rows}
        parents: dict[int, int] = {}
        for n, _, offset, length in rows:
            above = next(iter(plain(self._record(offset, length).get("partOf"))), "")
            if above in numbers and not _leads_to(parents, numbers[above], n):
                parents[n] = numbers[above]
        return parents

    def _documents_below(self, parents: dict[int, int]) -> dict[int, int]:
        """Level of an archive → documents in it and below it, each counted once."""
        counts: dict[int, int] = defaultdict(int)
        rows = self._things.execute(
            "SELECT source, GROUP_CONCAT(DISTINCT target) FROM links"  # noqa: S608  # ours
            f" WHERE k IN ({self._numbers('archive')}) AND source IN (SELECT n FROM things WHERE {_IS_DOCUMENT})"
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
            f"SELECT DISTINCT target FROM links WHERE source IN (SELECT n FROM things WHERE {_IS_DOCUMENT})"  # noqa: S608  # ours
        )
        return {target for (target,) in rows}

    def _names(self) -> Iterator[_Name]:
        """Things that are no documents, in the order of the file of records."""
        rows = self._things.execute(
            "SELECT n, ref, kind, status, label, offset, length FROM things"
            " WHERE kind <> ? AND deleted IS NULL AND digest IS NOT NULL ORDER BY offset",
            (RECORD,),
        )
        for n, reference, kind, status, label, offset, length in rows:
            record = self._record(offset, length)
            labels = orjson.loads(label) if label else {}
            form = str(record.get("agentType") or record.get("level") or "")
            headings = {each: name_order.heading(record, labels, each) for each in title_order.LANGUAGES}
            place = _place(record, headings[title_order.LANGUAGES[0]])
            yield _Name(n, reference, kind, status != "stub", headings, form, _words(record), place)

    def _record(self, offset: int, length: int) -> dict[str, Any]:
        record: dict[str, Any] = orjson.loads(os.pread(self._records, length, offset))
        return record


def initial(key: str, language: str) -> str:
    """Letter under which a sort key stands.

    >>> initial("castro", "en"), initial("0ёж", "ru"), initial("n~ico", "es"), initial("(x)", "en")
    ('C', 'Ё', 'Ñ', '#')
    """
    plain_key = key[1:] if language in title_order.PREFIXED else key
    if plain_key.startswith("n~"):
        return "Ñ"
    first = plain_key[:1]
    if first.isdigit():
        return _DIGITS
    is_letter = unicodedata.category(first)[0] == "L" if first else False
    return first.upper()[:1] if is_letter and ord(first) < _IDEOGRAPHS else _OTHER_SIGNS


def _words(record: dict[str, Any]) -> str:
    """Words of all names of a thing, folded, with a space before each."""
    said = [text for key in ("name", "alternativeNames") for _, text in texts(record.get(key))]
    said += [name["text"] for name in record.get("names", ()) if "text" in name]
    return "".join(f" {word}" for word in dict.fromkeys(word for text in said for word in folded_words(text)))


def folded_words(text: str) -> list[str]:
    """Words of a name as the index has them.

    >>> folded_words("Raúl Castro")
    ['raul', 'castro']
    """
    return title_order.sort_key(text, title_order.LANGUAGES[0]).split()


def _place(record: dict[str, Any], name: str) -> str:
    """Place of a level among its like: institutions first, then in the order of the finding aid, then by reference."""
    rank = "0" if record.get("level") == "archive" else "1"
    position = record.get("position")
    if position is not None:
        return rank + position_key(position)
    said = str(record.get("reference") or name)
    return rank + title_order.sort_key(said, title_order.LANGUAGES[0])


def _upwards(parents: dict[int, int], unit: int) -> Iterable[int]:
    """A level and all above it."""
    at: int | None = unit
    while at is not None:
        yield at
        at = parents.get(at)


def _leads_to(parents: dict[int, int], unit: int, target: int) -> bool:
    """Whether a level lies in another one, or is that."""
    return target in _upwards(parents, unit)
