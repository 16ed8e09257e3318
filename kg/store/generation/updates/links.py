"""Links of a catalogue that is updated: rows that come and go by the difference of what a source says before and after.

There is no index of links by their source: what a record said before is known by mapping its old JSON. A link to a
thing that another one replaced goes to that; where it was meant to go is kept beside, so that it comes back (D-219).
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import count
from typing import NamedTuple

from kg.errors import GenerationError
from kg.store.generation.catalogue_builder import REPLACES
from kg.store.generation.tables.ranks import MAX_LENGTH, rank_of

_MAX_CACHED_NUMBERS = 50_000

Links = Mapping[tuple[str, str], int]
"""Key and target of each link of a source → the day by which it goes in lists."""


class _Target(NamedTuple):
    """Target of a link: its number, and the reference that was redirected to it, if any."""

    n: int
    redirected: str


class _Rows(NamedTuple):
    """Rows of a source's links.

    Attributes:
        links: target, key and day of each.
        redirected: reference that was replaced, and key → day, and whether there is a direct link to its replacement.
    """

    links: set[tuple[int, int, int]]
    redirected: dict[tuple[str, int], tuple[int, bool]]


class LinkRows:
    """Links, their counts and the rows of their targets.

    Attributes:
        grown, shrunk: numbers of things to which there are more links, or fewer, since the last look.
        new: numbers of the things that got a row.
        worn: whether a rank of these is long.
    """

    def __init__(self, db: sqlite3.Connection, touch: Callable[[int], None]) -> None:
        """Read the keys.

        Args:
            db: the catalogue.
            touch: called with the number of a thing before its links are counted anew.
        """
        self._db, self._touch = db, touch
        self._keys: dict[str, int] = {name: k for k, name in db.execute("SELECT k, name FROM keys")}
        self._targets: dict[str, _Target] = {}
        self._steps: Counter[tuple[int, int]] = Counter()
        self.grown: set[int] = set()
        self.shrunk: set[int] = set()
        self.new: set[int] = set()
        self.worn = False
        (last,) = db.execute("SELECT COALESCE(MAX(n), 0) FROM things").fetchone()
        self._numbers = count(last + 1)  # SQLite would give the number of a row that went in this update to another

    def number(self, reference: str) -> int | None:
        """Number of a thing that has a row; None for any other."""
        row = self._db.execute("SELECT n FROM things WHERE ref = ?", (reference,)).fetchone()
        return row[0] if row else None

    def number_or_new(self, reference: str) -> int:
        """Number of a thing, which gets a row if it has none."""
        n = self.number(reference)
        if n is None:
            n = next(self._numbers)
            rank = rank_of(self._db, reference)
            self.worn = self.worn or len(rank) > MAX_LENGTH
            row = (n, reference, reference.partition("/")[0], rank)
            self._db.execute("INSERT INTO things (n, ref, kind, rank) VALUES (?, ?, ?, ?)", row)
            self.new.add(n)
            self._targets.pop(reference, None)
        return n

    def key(self, name: str) -> int:
        """Number of a key of the model."""
        k = self._keys.get(name)
        if k is None:
            k = self._keys[name] = max(self._keys.values(), default=-1) + 1
            self._db.execute("INSERT INTO keys VALUES (?, ?)", (k, name))
        return k

    def change(self, source: int, before: Links, after: Links) -> None:
        """Change the links of a source from those that it said to those that it says."""
        if before == after:
            return
        (rank,) = self._db.execute("SELECT rank FROM things WHERE n = ?", (source,)).fetchone()
        old, new = self._rows(before), self._rows(after)
        for target, k, day in old.links - new.links:
            self._delete(target, k, day, rank)
        for target, k, day in new.links - old.links:
            self._insert(target, k, day, rank, source)
        for reference, k in old.redirected:
            self._db.execute(
                "DELETE FROM redirected_links WHERE ref = ? AND k = ? AND source = ?", (reference, k, source)
            )
        self._db.executemany(
            "INSERT INTO redirected_links VALUES (?, ?, ?, ?, ?)",
            [(reference, k, source, day, direct) for (reference, k), (day, direct) in new.redirected.items()],
        )

    def redirect(self, old: str, new: str) -> None:
        """Redirect a reference without a record, and the links to it, to another thing; its row goes."""
        self._targets.clear()
        self._db.execute("INSERT INTO redirects VALUES (?, ?)", (old, new))
        n, target, replaces = self.number(old), self.number_or_new(new), self.key(REPLACES)
        if n is None:
            return
        rows = self._db.execute("SELECT k, day, rank, source FROM links WHERE target = ?", (n,)).fetchall()
        for k, day, rank, source in rows:
            # Whether the link to the other thing is one of the source's own, and none that was redirected before.
            there = self._is_there(target, k, day, rank)
            direct = there and self._directness(new, k, source)
            self._db.execute("INSERT INTO redirected_links VALUES (?, ?, ?, ?, ?)", (old, k, source, day, direct))
            self._delete(n, k, day, rank)
            if k != replaces and not there:
                self._insert(target, k, day, rank, source)
        self.flush()
        self._db.execute("DELETE FROM things WHERE n = ?", (n,))

    def end_redirect(self, old: str) -> None:
        """Give the links to a replaced thing back to it; it has a row again where there are any."""
        (new,) = self._db.execute("SELECT target FROM redirects WHERE ref = ?", (old,)).fetchone()
        target, replaces = self.number_or_new(new), self.key(REPLACES)
        rows = self._db.execute(
            "SELECT k, links.source, links.day, direct, rank FROM redirected_links AS links"
            " JOIN things ON things.n = links.source WHERE links.ref = ?",
            (old,),
        ).fetchall()
        self._db.execute("DELETE FROM redirects WHERE ref = ?", (old,))
        self._db.execute("DELETE FROM redirected_links WHERE ref = ?", (old,))
        self._targets.clear()
        n = self.number_or_new(old) if rows else 0
        for k, source, day, direct, rank in rows:
            self._insert(n, k, day, rank, source)
            if k != replaces and not direct and not self._is_redirected(new, k, source):
                self._delete(target, k, day, rank)

    def flush(self) -> None:
        """Write the counts of links."""
        for (target, k), step in self._steps.items():
            if not step:
                continue
            self._touch(target)
            (self.grown if step > 0 else self.shrunk).add(target)
            self._db.execute(
                "INSERT INTO link_counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
                (target, k, step),
            )
            if step < 0:
                self._db.execute("DELETE FROM link_counts WHERE target = ? AND k = ? AND n = 0", (target, k))
        self._steps.clear()

    def _rows(self, links: Links) -> _Rows:
        replaces = self.key(REPLACES)
        rows = _Rows(set(), {})
        for (name, reference), day in links.items():
            k, target = self.key(name), self._target(reference)
            if target.redirected:
                (new,) = self._db.execute("SELECT target FROM redirects WHERE ref = ?", (reference,)).fetchone()
                rows.redirected[reference, k] = (day, (name, new) in links)
            if not (target.redirected and k == replaces):
                rows.links.add((target.n, k, day))
        return rows

    def _target(self, reference: str) -> _Target:
        found = self._targets.get(reference)
        if found is None:
            n = self.number(reference)
            row = n is None and self._db.execute("SELECT target FROM redirects WHERE ref = ?", (reference,)).fetchone()
            found = (
                _Target(self.number_or_new(row[0]), reference) if row else _Target(self.number_or_new(reference), "")
            )
            if len(self._targets) >= _MAX_CACHED_NUMBERS:
                self._targets.clear()
            self._targets[reference] = found
        return found

    def _is_there(self, target: int, k: int, day: int, rank: bytes) -> bool:
        key = (target, k, day, rank)
        row = self._db.execute("SELECT 1 FROM links WHERE target = ? AND k = ? AND day = ? AND rank = ?", key)
        return row.fetchone() is not None

    def _redirected_to(self, new: str, k: int, source: int) -> tuple[bool] | None:
        found: tuple[bool] | None = self._db.execute(
            "SELECT direct FROM redirected_links JOIN redirects USING (ref) WHERE source = ? AND k = ? AND target = ?",
            (source, k, new),
        ).fetchone()
        return found

    def _directness(self, new: str, k: int, source: int) -> bool:
        """Whether the link of a source is one that it says itself, where there is a link."""
        found = self._redirected_to(new, k, source)
        return found is None or bool(found[0])

    def _is_redirected(self, new: str, k: int, source: int) -> bool:
        return self._redirected_to(new, k, source) is not None

    def _insert(self, target: int, k: int, day: int, rank: bytes, source: int) -> None:
        self._db.execute("INSERT INTO links VALUES (?, ?, ?, ?, ?)", (target, k, day, rank, source))
        self._steps[target, k] += 1

    def _delete(self, target: int, k: int, day: int, rank: bytes) -> None:
        key = (target, k, day, rank)
        gone = self._db.execute("DELETE FROM links WHERE target = ? AND k = ? AND day = ? AND rank = ?", key)
        if gone.rowcount != 1:
            what = "the catalogue lacks a link that the record had: it is not of the generation that is built on"
            raise GenerationError(what, todo="Run `kg build --full`.")
        self._steps[target, k] -= 1
