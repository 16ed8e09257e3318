"""Hints: what links say of their targets, staged while a catalogue is built.

A hint becomes the stub of a target that no source describes. Of several the longest one wins; the names in the others
are forms of the target's name, so that none is lost (D-135).
"""

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

_NAMED = frozenset({"agent", "place", "topic"})
"""Kinds whose name tells which thing is meant; a title is said in many ways."""

_MAX_CACHED = 50_000
SCHEMA = """
CREATE TABLE stage.hints (ref TEXT PRIMARY KEY, record BLOB) WITHOUT ROWID;
CREATE TABLE stage.link_names (
  ref TEXT, name TEXT, type TEXT, language TEXT, record TEXT, source TEXT, at TEXT, PRIMARY KEY (ref, name, type)
) WITHOUT ROWID;
"""


class Hint(NamedTuple):
    """Hint: its target, the description as a partial record in JSON, the names in it by language, the agent's type."""

    reference: str
    record: bytes
    names: tuple[tuple[str, str], ...]
    agent_type: str


class LinkName(NamedTuple):
    """Name by which a link calls its target, with the place of the first such link."""

    name: str
    agent_type: str
    language: str
    record: str
    source: str
    at: str


def hint_of(reference: str, description: dict[str, Any]) -> Hint:
    """Return the hint in a link's description."""
    names: list[tuple[str, str]] = []
    if reference.partition("/")[0] in _NAMED:
        name, forms = description.get("name"), description.get("alternativeNames")
        for texts in (name, forms):
            if isinstance(texts, str):
                names.append(("@none", texts))
            for language, values in texts.items() if isinstance(texts, dict) else ():
                listed = values if isinstance(values, list) else [values]
                names += [(language, value) for value in listed if isinstance(value, str)]
    return Hint(reference, orjson.dumps(description), tuple(names), str(description.get("agentType") or ""))


class Hints:
    """Staging tables of hints in a catalogue's database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._last: dict[str, tuple[Any, ...]] = {}

    def add(self, hint: Hint, record: str, source: str, at: str) -> None:
        """Stage a hint, with the record, the file and the place of its link."""
        self._db.execute(
            "INSERT INTO stage.hints VALUES (?, ?) ON CONFLICT DO UPDATE SET record = excluded.record"
            " WHERE length(excluded.record) > length(record)",
            hint[:2],
        )
        said = hint[2:]
        if not hint.names or self._last.get(hint.reference) == said:
            return
        if len(self._last) >= _MAX_CACHED:
            self._last.clear()
        self._last[hint.reference] = said
        self._db.executemany(
            "INSERT OR IGNORE INTO stage.link_names VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(hint.reference, name, hint.agent_type, language, record, source, at) for language, name in hint.names],
        )

    def names_of(self, reference: str) -> list[LinkName]:
        """Return the names by which links call a thing."""
        query = "SELECT name, type, language, record, source, at FROM stage.link_names WHERE ref = ?"
        return [LinkName(*row) for row in self._db.execute(query, (reference,))]

    def of_records(self) -> Iterator[tuple[str, int, int]]:
        """Yield the things with a record that links call by name: reference, place and length of the record."""
        yield from self._db.execute(  # read by and by: there may be many
            "SELECT ref, offset, length FROM things WHERE digest IS NOT NULL AND status IS NOT 'stub'"
            " AND ref IN (SELECT ref FROM stage.link_names)"
        )
