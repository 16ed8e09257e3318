"""Updater of a name index: from that of a generation to that of the next, by the things that changed (D-224).

The counts of a name move by the documents that came to name it, or ceased to; those of a level of an archive also
where a level below it lies elsewhere now. Only names whose record, counts or place changed get other rows. A reference
that both catalogues have keeps its number.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from functools import partial

from kg.store.generation.names.catalogue_side import ARCHIVE, COUNTED, CatalogueSide
from kg.store.generation.names.entries import (
    REGISTERS,
    delete_entry,
    indexed_name,
    insert_entry,
    registers_of,
)
from kg.store.generation.names.levels import LevelMoves
from kg.store.generation.names.name_index import DOCUMENT_TYPES, OTHER, TOP, TOP_OF_OTHERS


class NameIndexUpdater:
    """Updater of one name index, in a transaction of its caller."""

    def __init__(self, db: sqlite3.Connection, old: CatalogueSide, new: CatalogueSide) -> None:
        """Create an updater.

        Args:
            db: the name index of the generation before, which becomes that of the new one.
            old: the generation before.
            new: the new generation, its catalogue finished.
        """
        self._db = db
        self._old, self._new = old, new
        self._moved: dict[str, Counter[int]] = {facet: Counter() for facet in COUNTED}

    def apply(self, references: Iterable[str]) -> None:
        """Move the index.

        Args:
            references: what changed: things whose record is another, or that came or went, stubs among them, and
                references that are redirected otherwise than before.
        """
        changed = set(references)
        self._levels = LevelMoves(self._db, self._old, self._new, changed)
        led_to = self._count_documents(changed | self._redirected_documents(changed))
        self._count_moved_levels(changed)
        names = {n for reference in changed for n in self._numbers(reference)}
        names |= led_to | self._levels.moved
        names.update(n for counter in self._moved.values() for n, count in counter.items() if count)
        for n in names:
            self._settle(n, is_changed=n in self._levels.moved or self._is_changed(n, changed))

    def _numbers(self, reference: str) -> set[int]:
        return {n for n in (self._old.number(reference), self._new.number(reference)) if n is not None}

    def _is_changed(self, n: int, changed: set[str]) -> bool:
        row = self._new.named(n) or self._old.named(n)
        return row is not None and row[1] in changed

    def _redirected_documents(self, changed: set[str]) -> set[str]:
        """Documents that lead to what is redirected otherwise than before."""
        documents: set[str] = set()
        for reference in changed:
            before, now = self._old.redirect(reference), self._new.redirect(reference)
            if before == now:
                continue
            # Where the reference has a row of its own, links lead to that; of two redirects, the first one's target
            # has them among its own.
            side = self._new if now is None else self._old
            n = side.number(reference)
            documents.update(side.documents_leading_to(n) if n is not None else ())
        return documents

    def _count_documents(self, documents: set[str]) -> set[int]:
        """Count by the documents that changed; return the numbers of all things that they led or lead to."""
        led_to: set[int] = set()
        for reference in documents:
            before, now = self._old.document(reference), self._new.document(reference)
            if before is None and now is None:
                continue
            targets_before, targets_now = self._old.targets(before), self._new.targets(now)
            targets_before[ARCHIVE] = self._levels.upwards_before(targets_before[ARCHIVE])
            targets_now[ARCHIVE] = self._levels.upwards_now(targets_now[ARCHIVE])
            for facet in COUNTED:
                self._count(facet, targets_before[facet], targets_now[facet])
            led_to |= self._old.led_to(before) | self._new.led_to(now)
        self._counted = documents
        return led_to

    def _count_moved_levels(self, changed: set[str]) -> None:
        """Count the documents that did not change, in levels that lie elsewhere now."""
        documents = {each for n in self._levels.below_before() for each in self._new.documents_in(n)}
        for reference in documents - changed - self._counted:
            units = self._new.targets(self._new.document(reference))[ARCHIVE]
            self._count(ARCHIVE, self._levels.upwards_before(units), self._levels.upwards_now(units))

    def _count(self, facet: str, before: set[int], now: set[int]) -> None:
        for n in now - before:
            self._moved[facet][n] += 1
        for n in before - now:
            self._moved[facet][n] -= 1

    def _settle(self, n: int, *, is_changed: bool) -> None:
        """Give a name the rows of its record and its counts; those that it has already are left alone."""
        before, now = self._old.named(n), self._new.named(n)
        kind = (now or before or ("", "", ""))[2]
        if not kind:
            return
        documents = self._settle_documents(n, kind, is_there=now is not None)
        names = [kind, kind + OTHER, *([DOCUMENT_TYPES] if kind == "topic" else [])]
        marks = ", ".join("?" * len(names))
        query = f"SELECT register, documents FROM entries WHERE register IN ({marks}) AND n = ?"  # noqa: S608  # marks
        rows: dict[str, int] = dict(self._db.execute(query, (*names, n)).fetchall())
        wanted: dict[str, int] = {}
        if now is not None and not (kind == "archive" and self._levels.now(n) is not None):
            of_type = rows.get(DOCUMENT_TYPES, 0) + self._moved[DOCUMENT_TYPES][n]
            wanted = registers_of(now, documents, of_type, partial(self._new.is_named, n))
        if kind == "archive":
            self._settle_level(n, documents)
        for register, count in rows.items():
            if before is not None and (is_changed or register not in wanted):
                delete_entry(self._db, register, indexed_name(before, self._old.record(before)))
            elif wanted[register] != count:
                update = "UPDATE entries SET documents = ? WHERE register = ? AND n = ?"
                self._db.execute(update, (wanted[register], register, n))
        for register, count in wanted.items():
            if now is not None and (is_changed or register not in rows):
                insert_entry(self._db, register, indexed_name(now, self._new.record(now)), count)

    def _settle_documents(self, n: int, kind: str, *, is_there: bool) -> int:
        """Write the number of the documents of a name, and return it."""
        row = self._db.execute("SELECT documents FROM documents WHERE n = ?", (n,)).fetchone()
        count = (row[0] if row else 0) + self._moved[REGISTERS[kind]][n]
        if count and is_there:
            self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (n, count))
        elif row:
            self._db.execute("DELETE FROM documents WHERE n = ?", (n,))
        return int(count)

    def _settle_level(self, n: int, documents: int) -> None:
        """Write the place of a level in the tree."""
        now = self._new.named(n)
        above = self._levels.now(n) or (TOP if documents else TOP_OF_OTHERS)
        wanted = None if now is None else (above, indexed_name(now, self._new.record(now)).place)
        row = self._db.execute("SELECT parent, key FROM tree WHERE n = ?", (n,)).fetchone()
        if row == wanted:
            return
        self._db.execute("DELETE FROM tree WHERE n = ?", (n,))
        if wanted is not None:
            self._db.execute("INSERT INTO tree VALUES (?, ?, ?)", (*wanted, n))
