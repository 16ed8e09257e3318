"""Updater of a catalogue: changes of some things, written into the catalogue of the generation before.

All costs are those of the changes. What comes out equals the catalogue that a full build makes of the same records, but
for the numbers of things: rows, links and their order, counts, redirects, tombstones. Which stubs are wanted follows
from the links, so a build asks for them until none is left: first `unneeded`, then `wanted`, again and again.
"""

import sqlite3
from typing import NamedTuple

from kg.errors import GenerationError
from kg.store.generation.catalogue_builder import REPLACES, CatalogueEntry
from kg.store.generation.hints import Hint, HintCounts, LinkName
from kg.store.generation.outlines import builder as outlines
from kg.store.generation.outlines.builder import RecordOutline
from kg.store.generation.tables.listings import ListedThing, ListingChanges, listing
from kg.store.generation.things import FIRST, sort_day
from kg.store.generation.updates.links import LinkRows
from kg.store.generation.updates.redirects import RedirectChanges

WITHDRAWN = "withdrawn"
"""Status of a tombstone that stays one even where things link to it."""

_MAX_CYCLE_THINGS = 100_000
"""Things below another one that are looked through for a cycle."""

_EMPTY = (
    "UPDATE things SET label = NULL, status = ?, start = NULL, end = NULL, said = NULL, digest = NULL, source = NULL,"  # noqa: S608  # ours
    " offset = NULL, length = NULL, record_digest = NULL, sets = NULL, created = NULL, modified = NULL,"
    f" deleted = NULL, day = {FIRST} WHERE n = ?"
)


class CatalogueFacts(NamedTuple):
    """Facts of a record for the catalogue: its entry, and the descriptions in its links, both by mapping its JSON."""

    entry: CatalogueEntry
    hints: tuple[Hint, ...] = ()


class Tombstone(NamedTuple):
    """Tombstone of a thing, by the change log: its label as JSON, times of first publication, last change, deletion."""

    label: bytes | None
    created: str
    modified: str
    deleted: str


class WantedStub(NamedTuple):
    """Stub to be made, or made anew since links say something else of it.

    Attributes:
        reference: its reference.
        hint: what the links say most of it, as JSON; None where they say nothing.
        names: the names by which they call it.
        is_there: whether a stub of it is there, whose facts `put` needs.
        linking, source, key: a thing that links to it, the source file of that, and the key of the link.
    """

    reference: str
    hint: bytes | None
    names: list[LinkName]
    is_there: bool
    linking: str
    source: str
    key: str


class _Former(NamedTuple):
    """Row of a thing before the update: what lists had of it, or its tombstone."""

    listing: ListedThing | None
    tombstone: Tombstone | None


class CatalogueUpdater:
    """Updater on an open connection, in one transaction; not thread-safe. Nothing is written before `finish`.

    Raises GenerationError where the catalogue is not of the state that the changes tell of: a full build mends that.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        """Begin an update of a catalogue, which is in no transaction."""
        self._db = db
        self._tombstones: dict[int, Tombstone | None] = {}
        db.execute("BEGIN")
        self._former: dict[int, _Former | None] = {}
        self._links = LinkRows(db, self._touch_document)
        self._hints = HintCounts(db, noted=True)
        self._redirects = RedirectChanges(db, self._links, self._touch)
        self._candidates: set[int] = set()
        self._loose: set[int] = set()
        self._restated: set[int] = set()
        self._listings = ListingChanges(db)

    def put(  # noqa: PLR0913  # a row and the place of its record
        self,
        facts: CatalogueFacts,
        offset: int,
        length: int,
        outline: RecordOutline | None = None,
        *,
        times: tuple[str, str],
        before: CatalogueFacts | None = None,
    ) -> None:
        """Insert a record or a stub, or change it.

        Args:
            facts: what it says now.
            offset: position of its JSON in the records.
            length: its length there, in bytes.
            outline: its outline, where it is long.
            times: of its first publication and its last change, by the change log.
            before: what it said in the generation before; None where it was no record or stub then.
        """
        entry = facts.entry
        if entry.status != "stub":
            self._redirects.end(entry.reference)
        n = self._links.number_or_new(entry.reference)
        self._check(n, before)
        self._touch(n)
        self._db.execute(
            "UPDATE things SET label=?, status=?, start=?, end=?, said=?, created=?, modified=?, digest=?, source=?,"
            " offset=?, length=?, record_digest=?, sets=?, deleted=NULL, day=? WHERE n=?",
            (
                *(entry.label, entry.status, entry.start, entry.end, entry.edtf, *times, entry.digest, entry.source),
                *(offset, length, entry.record_digest, entry.sets(), sort_day(entry.start or ""), n),
            ),
        )
        if outline:
            outlines.insert(self._db, offset, outline)
        self._change(n, entry.reference, before, facts)

    def remove(self, before: CatalogueFacts, tombstone: Tombstone | None) -> None:
        """Remove a record or a stub; it leaves a tombstone, a redirect, or a wanted stub.

        Args:
            before: what it said in the generation before, or what was put in this update.
            tombstone: what it leaves where nothing links to it; None where it was never published.
        """
        self._tombstones[self._empty(before, None)] = tombstone

    def withdraw(self, reference: str, before: CatalogueFacts | None, tombstone: Tombstone) -> None:
        """Make a tombstone of a thing, to which things may link: no stub comes in its place.

        Args:
            reference: the thing.
            before: what it said; None where it has no record and no stub.
            tombstone: what it leaves; without a label, unless that may be told.
        """
        if before is not None:
            n = self._empty(before, WITHDRAWN)
        else:
            n = self._links.number_or_new(reference)
            self._touch(n)
            self._db.execute("UPDATE things SET status = ? WHERE n = ?", (WITHDRAWN, n))
        self._tombstones[n] = tombstone

    def restore(self, reference: str) -> None:
        """Let a withdrawn thing be a tombstone like others, or a stub; a record comes by `put`."""
        n = self._links.number(reference)
        if n is not None:
            self._touch(n)
            self._db.execute("UPDATE things SET status = NULL WHERE n = ? AND status = ?", (n, WITHDRAWN))
            self._candidates.add(n)

    def succeed(self, old: str, new: str) -> None:
        """Note the successor that a source names for a withdrawn record; empty where it names none any more."""
        self._redirects.succeed(old, new)

    def unneeded(self, limit: int) -> list[str]:
        """Up to `limit` stubs to which nothing but stubs like them links any more, for `remove`."""
        self._settle()
        found: list[str] = []
        while self._loose and len(found) < limit:
            n = self._loose.pop()
            row = self._db.execute("SELECT ref FROM things WHERE n = ? AND status = 'stub'", (n,)).fetchone()
            if row and (n in self._redirects.hindering or not self._is_held(n)):
                found.append(row[0])
        return sorted(found)

    def wanted(self, limit: int) -> list[WantedStub]:
        """Up to `limit` stubs to be made, or made anew, for `put`."""
        self._settle()
        found: list[WantedStub] = []
        while self._candidates and len(found) < limit:
            stub = self._wanted(self._candidates.pop())
            found += [stub] if stub else []
        return sorted(found)

    def unburied(self) -> list[str]:
        """References whose redirect has ended and that have no row; those that were published get a tombstone."""
        self._settle()
        return sorted(each for each in self._redirects.ended if self._links.number(each) is None)

    def bury(self, reference: str, tombstone: Tombstone) -> None:
        """Insert the tombstone of a reference of `unburied`."""
        n = self._links.number_or_new(reference)
        self._touch(n)
        self._tombstones[n] = tombstone

    def on_cycle(self, key: str, references: list[str]) -> list[str]:
        """Return those of some things that are reached from themselves by links under a key: parts of themselves."""
        k = self._links.key(key)
        numbers = {reference: self._links.number(reference) for reference in references}
        return [reference for reference, n in numbers.items() if n is not None and self._is_below(k, n)]

    def finish(self) -> bool:
        """Write tombstones and counts, and commit.

        Returns:
            Whether ranks have become long, so that a full build is due.

        Raises:
            ValueError: stubs are still wanted, or not needed.
        """
        if left := [*self.unneeded(1), *(stub.reference for stub in self.wanted(1))]:
            message = f"stubs are still to be made or removed, such as {left[0]}"
            raise ValueError(message)
        for n in sorted({*self._former, *self._links.new}):
            former = self._former.get(n)
            row = self._db.execute("SELECT digest FROM things WHERE n = ?", (n,)).fetchone()
            if row and row[0] is None:
                self._entomb(n, former)
            self._listings.move(n, former.listing if former else None, listing(self._db, n) if row else None)
        self._listings.finish()
        self._db.execute("COMMIT")
        return self._links.worn

    def _change(self, n: int, reference: str, before: CatalogueFacts | None, after: CatalogueFacts | None) -> None:
        """Change the links and hints of a thing."""
        old, new = (each.entry if each else None for each in (before, after))
        self._links.change(n, old.link_days() if old else {}, new.link_days() if new else {})
        for facts, step in ((before, -1), (after, 1)):
            for hint in facts.hints if facts else ():
                self._hints.count(hint, step)
        statuses = [None if entry is None else (entry.status == "stub") for entry in (old, new)]
        claims = [
            {target for key, target in entry.links if key == REPLACES} if entry else set() for entry in (old, new)
        ]
        self._redirects.unsettled |= claims[0] ^ claims[1]
        if statuses[0] != statuses[1]:
            self._redirects.unsettled |= claims[0] | claims[1]
            self._redirects.record_changes(reference)

    def _empty(self, before: CatalogueFacts, status: str | None) -> int:
        n = self._links.number(before.entry.reference)
        if n is None:
            raise _differs(before.entry.reference)
        self._check(n, before)
        self._touch(n)
        self._db.execute(_EMPTY, (status, n))
        self._change(n, before.entry.reference, before, None)
        self._candidates.add(n)
        return n

    def _check(self, n: int, before: CatalogueFacts | None) -> None:
        """Compare the row of a thing with what is said of it before; its outline goes."""
        reference, digest, offset = self._db.execute(
            "SELECT ref, digest, offset FROM things WHERE n = ?", (n,)
        ).fetchone()
        if digest != (before.entry.digest if before else None):
            raise _differs(reference)
        if offset is not None:
            outlines.delete(self._db, offset)

    def _touch(self, n: int) -> None:
        """Note the row of a thing as it was before the update."""
        if n not in self._former:
            row = self._db.execute(
                "SELECT label, created, modified, deleted, digest FROM things WHERE n = ?", (n,)
            ).fetchone()
            if row is None or (row[3] is None and row[4] is None):  # a new row, for a link to it
                self._former[n] = None
            else:
                self._former[n] = _Former(listing(self._db, n), Tombstone(*row[:4]) if row[3] else None)

    def _touch_document(self, n: int) -> None:
        """Note the row of a thing before its links are counted anew: of a document, lists have that count."""
        if self._db.execute("SELECT 1 FROM things WHERE n = ? AND kind = 'record'", (n,)).fetchone():
            self._touch(n)

    def _settle(self) -> None:
        """Write what was only noted, and collect the things to look at."""
        self._redirects.settle()
        self._links.flush()
        self._hints.flush()
        for reference in self._hints.changed:
            if (n := self._links.number(reference)) is not None:
                self._candidates.add(n)
                self._restated.add(n)
        self._hints.changed.clear()
        self._candidates |= self._links.grown
        self._loose |= self._links.shrunk | self._redirects.hindering
        self._links.grown.clear()
        self._links.shrunk.clear()

    def _wanted(self, n: int) -> WantedStub | None:
        """Stub of a thing; None where it needs none, or has the right one."""
        row = self._db.execute("SELECT ref, digest, status FROM things WHERE n = ?", (n,)).fetchone()
        if row is None or row[2] == WITHDRAWN:
            return None
        reference, digest, status = row
        if digest is not None and not (status == "stub" and n in self._restated):
            return None
        linking = self._db.execute(
            "SELECT linking.ref, linking.source, name FROM links JOIN things AS linking ON linking.n = links.source"
            " JOIN keys USING (k) WHERE target = ? ORDER BY k, links.day, links.rank LIMIT 1",
            (n,),
        ).fetchone()
        self._restated.discard(n)
        if linking is None:
            return None
        hint, names = self._hints.best(reference), self._hints.names_of(reference)
        return WantedStub(reference, hint, names, digest is not None, linking[0], linking[1] or "", linking[2])

    def _is_held(self, n: int) -> bool:
        """Whether a record leads to a stub, perhaps by way of other stubs."""
        seen, todo = {n}, [n]
        while todo:
            target = (todo.pop(),)
            query = (
                "SELECT 1 FROM links JOIN things ON n = links.source WHERE target = ? AND status IS NOT 'stub' LIMIT 1"
            )
            if self._db.execute(query, target).fetchone():
                return True
            sources = {source for (source,) in self._db.execute("SELECT source FROM links WHERE target = ?", target)}
            todo += sources - seen
            seen |= sources
        return False

    def _is_below(self, k: int, n: int) -> bool:
        seen, level = {n}, {n}
        while level and len(seen) <= _MAX_CYCLE_THINGS:
            below = {
                source
                for target in level
                for (source,) in self._db.execute("SELECT source FROM links WHERE target = ? AND k = ?", (target, k))
            }
            if n in below:
                return True
            level = below - seen
            seen |= below
        return False

    def _entomb(self, n: int, former: _Former | None) -> None:
        """Make a tombstone of a row without a record; take the row away where nothing was published there."""
        tombstone = self._tombstones.get(n) or (former.tombstone if former else None)
        if tombstone is None:
            self._db.execute("DELETE FROM things WHERE n = ?", (n,))
            return
        columns = "label = ?, created = ?, modified = ?, deleted = ?"
        self._db.execute(f"UPDATE things SET {columns} WHERE n = ?", (*tombstone, n))  # noqa: S608  # ours


def _differs(reference: str) -> GenerationError:
    what = f"{reference} in the catalogue is not what the build takes it for"
    return GenerationError(what, todo="Run `kg build --full`.")
