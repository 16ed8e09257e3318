"""Side of an update of a name index: what one generation says of names and documents, by catalogue and records."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from kg.iris import KINDS
from kg.store.generation.names.entries import IS_DOCUMENT, NAME_COLUMNS, REGISTERS
from kg.store.generation.names.name_index import DOCUMENT_TYPES
from kg.store.generation.segments.reader import SegmentReader
from kg.store.search.fields import FACETS, RECORD, plain, values_of

COUNTED = (*REGISTERS.values(), DOCUMENT_TYPES)
"""Facets whose documents are counted."""

ARCHIVE = REGISTERS["archive"]
"""Facet that counts a document in every level above its unit."""

_MAX_REFERENCE = 1_000
"""Characters of a text that may be a reference."""

_PREFIXES = tuple(f"{kind}/" for kind in KINDS)


class CatalogueSide:
    """Reader of one generation, the one before or the new one."""

    def __init__(self, things: sqlite3.Connection, records: SegmentReader) -> None:
        """Create a reader.

        Args:
            things: its catalogue.
            records: its records.
        """
        self._things = things
        self._records = records
        keys = {name: k for k, name in things.execute("SELECT k, name FROM keys")}
        self._unit_keys = _listed(keys[key] for key in FACETS[ARCHIVE].keys if key in keys)
        self._part_keys = _listed(keys[key] for key in ("partOf",) if key in keys)

    def number(self, reference: str) -> int | None:
        """Number of the thing that a reference leads to, by a redirect where there is one."""
        query = "SELECT n FROM things WHERE ref = COALESCE((SELECT target FROM redirects WHERE ref = ?1), ?1)"
        row = self._things.execute(query, (reference,)).fetchone()
        return int(row[0]) if row else None

    def redirect(self, reference: str) -> str | None:
        """Reference to which another one leads; None for none."""
        row = self._things.execute("SELECT target FROM redirects WHERE ref = ?", (reference,)).fetchone()
        return str(row[0]) if row else None

    def reference(self, n: int) -> str:
        """Reference of a thing."""
        return str(self._things.execute("SELECT ref FROM things WHERE n = ?", (n,)).fetchone()[0])

    def named(self, n: int) -> tuple[Any, ...] | None:
        """NAME_COLUMNS of a thing that has a record and is no document; None for any other."""
        query = (
            f"SELECT {NAME_COLUMNS} FROM things"  # noqa: S608  # ours
            " WHERE n = ? AND kind <> ? AND deleted IS NULL AND digest IS NOT NULL"
        )
        row: tuple[Any, ...] | None = self._things.execute(query, (n, RECORD)).fetchone()
        return row

    def record(self, row: tuple[Any, ...]) -> dict[str, Any]:
        """Record of a row that ends with address and length."""
        record: dict[str, Any] = orjson.loads(self._records.record(*row[-2:]))
        return record

    def document(self, reference: str) -> dict[str, Any] | None:
        """Record of a document; None where there is none of that reference."""
        query = f"SELECT offset, length FROM things WHERE ref = ? AND digest IS NOT NULL AND {IS_DOCUMENT}"  # noqa: S608  # ours
        row = self._things.execute(query, (reference,)).fetchone()
        return self.record(row) if row else None

    def targets(self, document: dict[str, Any] | None) -> dict[str, set[int]]:
        """Facet → numbers of the things that a document has under it."""
        return {facet: self._numbers(values_of(document, FACETS[facet])) if document else set() for facet in COUNTED}

    def led_to(self, document: dict[str, Any] | None) -> set[int]:
        """Numbers of all things that a document names anywhere."""
        return self._numbers(set(_references(document)))

    def parent(self, n: int) -> int | None:
        """Number of the level that the record of a level names first as the one above it; None for none."""
        row = self.named(n)
        above = next(iter(plain(self.record(row).get("partOf"))), "") if row else ""
        query = "SELECT n FROM things WHERE ref = ? AND kind = 'archive' AND digest IS NOT NULL"
        found = self._things.execute(query, (above,)).fetchone() if above else None
        return int(found[0]) if found else None

    def levels_below(self, n: int) -> list[int]:
        """Numbers of the levels whose records name a level as one above them."""
        query = (
            "SELECT links.source FROM links JOIN things ON things.n = links.source"  # noqa: S608  # ours
            f" WHERE target = ? AND k IN ({self._part_keys}) AND kind = 'archive'"
        )
        return [source for (source,) in self._things.execute(query, (n,))]

    def documents_in(self, n: int) -> list[str]:
        """References of the documents right in a level of an archive."""
        return self._linking(n, f"k IN ({self._unit_keys})")

    def documents_leading_to(self, n: int) -> list[str]:
        """References of the documents that lead to a thing under any key."""
        return self._linking(n, "1")

    def is_named(self, n: int) -> bool:
        """Test for a document that leads to a thing under any key."""
        query = f"SELECT 1 FROM links JOIN things ON things.n = links.source WHERE target = ? AND {IS_DOCUMENT} LIMIT 1"  # noqa: S608  # ours
        return self._things.execute(query, (n,)).fetchone() is not None

    def _linking(self, n: int, condition: str) -> list[str]:
        query = (
            "SELECT DISTINCT ref FROM links JOIN things ON things.n = links.source"  # noqa: S608  # ours
            f" WHERE target = ? AND {condition} AND {IS_DOCUMENT}"
        )
        return [reference for (reference,) in self._things.execute(query, (n,))]

    def _numbers(self, references: Iterable[str]) -> set[int]:
        return {n for n in map(self.number, references) if n is not None}


def _listed(numbers: Iterable[int]) -> str:
    """Numbers for an SQL list."""
    return ", ".join(map(str, numbers)) or "NULL"


def _references(value: Any) -> Iterator[str]:
    """Yield the texts of a record that may be references."""
    if isinstance(value, str):
        if value.startswith(_PREFIXES) and len(value) <= _MAX_REFERENCE:
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
