"""Levels of archives in an update of a name index: which lie elsewhere than before, and in what each lies now.

A level lies in the one that its record names first. In a cycle the level with the last reference lies in none, whatever
the order in which records were written (D-224).
"""

import sqlite3
from collections.abc import Iterable, Iterator

from kg.store.generation.names.catalogue_side import CatalogueSide


class LevelMoves:
    """Tree of levels before and after an update.

    Attributes:
        moved: numbers of the levels that lie elsewhere than before, or are new, or gone.
    """

    def __init__(
        self, db: sqlite3.Connection, old: CatalogueSide, new: CatalogueSide, references: Iterable[str]
    ) -> None:
        """Compare both generations.

        Args:
            db: the name index, as it is before.
            old: the generation before.
            new: the new generation.
            references: what changed.
        """
        self._db = db
        self._old, self._new = old, new
        changed = self._affected(references)
        self._now = {n: self._parent_now(n) for n in changed}
        self.moved = {n for n in changed if self._now[n] != self.before(n) or bool(new.named(n)) != bool(old.named(n))}

    def before(self, n: int) -> int | None:
        """Level in which one lay before; None for none."""
        row = self._db.execute("SELECT parent FROM tree WHERE n = ?", (n,)).fetchone()
        return int(row[0]) if row and row[0] > 0 else None

    def now(self, n: int) -> int | None:
        """Level in which one lies now; None for none."""
        return self._now[n] if n in self._now else self.before(n)

    def upwards_before(self, units: Iterable[int]) -> set[int]:
        """Some levels and all above them, as they lay before."""
        levels: set[int] = set()
        for unit in units:
            at: int | None = unit
            while at is not None and at not in levels:
                levels.add(at)
                at = self.before(at)
        return levels

    def upwards_now(self, units: Iterable[int]) -> set[int]:
        """Some levels and all above them, as they lie now."""
        levels: set[int] = set()
        for unit in units:
            at: int | None = unit
            while at is not None and at not in levels:
                levels.add(at)
                at = self.now(at)
        return levels

    def below_before(self) -> set[int]:
        """What moved, with all that lay below it."""
        levels: set[int] = set()
        queue = list(self.moved)
        while queue:
            n = queue.pop()
            if n not in levels:
                levels.add(n)
                queue += [each for (each,) in self._db.execute("SELECT n FROM tree WHERE parent = ?", (n,))]
        return levels

    def _affected(self, references: Iterable[str]) -> set[int]:
        """Levels that may lie elsewhere: what changed, what is below one that came or went, and cycles with these."""
        affected: set[int] = set()
        for reference in references:
            if not reference.startswith("archive/"):
                continue
            for side, other in ((self._old, self._new), (self._new, self._old)):
                n = side.number(reference)
                if n is None:
                    continue
                affected.add(n)
                if other.named(n) is None or other.redirect(reference) != side.redirect(reference):
                    affected.update(side.levels_below(n))
        for n in list(affected):
            for side in (self._old, self._new):
                affected.update(_chain(side, n)[1])
        return affected

    def _parent_now(self, n: int) -> int | None:
        if self._new.named(n) is None:
            return None
        above, cycle = _chain(self._new, n)
        if n in cycle and self._new.reference(n) == max(map(self._new.reference, cycle)):
            return None
        return above


def _chain(side: CatalogueSide, n: int) -> tuple[int | None, list[int]]:
    """Level that a level names as the one above it, and the cycle in which the way upwards ends."""
    way = [n]
    for at in _upwards(side, n):
        if at in way:
            return way[1] if len(way) > 1 else at, way[way.index(at) :]
        way.append(at)
    return (way[1] if len(way) > 1 else None), []


def _upwards(side: CatalogueSide, n: int) -> Iterator[int]:
    at = side.parent(n)
    while at is not None:
        yield at
        at = side.parent(at)
