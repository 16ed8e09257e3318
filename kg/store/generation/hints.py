"""Hints: what links say of their targets, counted in the catalogue.

A hint becomes the stub of a target that no source describes. Of several the longest one wins, of the same length the
first by its bytes; the names in the others are forms of the target's name, so that none is lost (D-135). Each distinct
hint has the number of links that say it: so the last link that goes takes its hint with it (D-221).
"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

_NAMED = frozenset({"agent", "place", "topic"})
"""Kinds whose name tells which thing is meant; a title is said in many ways."""

_MAX_CACHED = 50_000
SCHEMA = """
CREATE TABLE stage.link_names (
  ref TEXT, name TEXT, type TEXT, language TEXT, record TEXT, source TEXT, at TEXT, PRIMARY KEY (ref, name, type)
) WITHOUT ROWID;
"""

BEST = "SELECT record FROM hints WHERE hints.ref = {ref} ORDER BY length(record) DESC, record LIMIT 1"
"""SQL of the hint that becomes a stub."""


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


class HintCounts:
    """Counts of hints in a catalogue's database; changes are summed in memory before they are written.

    Attributes:
        changed: references whose distinct hints changed since the last look; noted for an update alone.
    """

    def __init__(self, db: sqlite3.Connection, *, noted: bool = False) -> None:
        self._db, self._noted = db, noted
        self._steps: Counter[tuple[str, bytes]] = Counter()
        self.changed: set[str] = set()

    def count(self, hint: Hint, step: int) -> None:
        """Count a link that says a hint (1), or that says it no longer (-1)."""
        self._steps[hint.reference, hint.record] += step
        if len(self._steps) >= _MAX_CACHED:
            self.flush()

    def flush(self) -> None:
        """Write the counts."""
        for (reference, record), step in self._steps.items():
            if step > 0:
                self._add(reference, record, step)
            elif step < 0:
                self._take(reference, record, step)
        self._steps.clear()

    def _add(self, reference: str, record: bytes, step: int) -> None:
        (n,) = self._db.execute(
            "INSERT INTO hints VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n RETURNING n",
            (reference, _digest(record), record, step),
        ).fetchone()
        if n == step and self._noted:
            self.changed.add(reference)

    def _take(self, reference: str, record: bytes, step: int) -> None:
        key = (reference, _digest(record))
        self._db.execute("UPDATE hints SET n = n + ? WHERE ref = ? AND digest = ?", (step, *key))
        gone = self._db.execute("DELETE FROM hints WHERE ref = ? AND digest = ? AND n <= 0", key)
        if gone.rowcount and self._noted:
            self.changed.add(reference)

    def best(self, reference: str) -> bytes | None:
        """Return the hint that becomes the stub of a thing; None without one."""
        row = self._db.execute(BEST.format(ref="?"), (reference,)).fetchone()
        return row[0] if row else None

    def names_of(self, reference: str) -> list[LinkName]:
        """Return the names by which links call a thing, without the places of these links."""
        names: dict[tuple[str, str], str] = {}
        for (record,) in self._db.execute("SELECT record FROM hints WHERE ref = ? ORDER BY digest", (reference,)):
            hint = hint_of(reference, orjson.loads(record))
            for language, name in hint.names:
                names[name, hint.agent_type] = min(language, names.get((name, hint.agent_type), language))
        return [LinkName(name, type_, language, "", "", "") for (name, type_), language in sorted(names.items())]


def _digest(record: bytes) -> bytes:
    return hashlib.sha256(record).digest()[:16]


class Hints:
    """Hints of a catalogue that is built, with the names in them, which stand in its staging database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.counts = HintCounts(db)
        self._last: dict[str, tuple[Any, ...]] = {}

    def add(self, hint: Hint, record: str, source: str, at: str) -> None:
        """Stage a hint, with the record, the file and the place of its link."""
        self.counts.count(hint, 1)
        said = hint[2:]
        if not hint.names or self._last.get(hint.reference) == said:
            return
        if len(self._last) >= _MAX_CACHED:
            self._last.clear()
        self._last[hint.reference] = said
        self._db.executemany(
            "INSERT INTO stage.link_names VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET language = MIN(language, excluded.language)",
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
