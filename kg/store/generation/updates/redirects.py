"""Redirects of a catalogue that is updated: they come and go with the records that replace others.

A thing without a record is redirected where a record says that it replaces it, of several the first by reference, or
where its source names its successor. Both are looked up in the catalogue, so that a claim counts as long as it is made,
whatever else changes (D-219).
"""

import sqlite3
from collections.abc import Callable

from kg.store.generation.catalogue_builder import REPLACES
from kg.store.generation.updates.links import LinkRows

_IS_RECORD = "digest IS NOT NULL AND status IS NOT 'stub'"


class RedirectChanges:
    """Redirects that may have to change.

    Attributes:
        unsettled: references whose redirect is looked at when the others are changed.
        hindering: numbers of stubs that stand where a redirect has to be.
        ended: references whose redirect has ended in this update.
    """

    def __init__(self, db: sqlite3.Connection, links: LinkRows, touch: Callable[[int], object]) -> None:
        """Create the list of changes.

        Args:
            db: the catalogue.
            links: its links.
            touch: called with the number of a thing before its row goes.
        """
        self._db, self._links, self._touch = db, links, touch
        self.unsettled: set[str] = set()
        self.hindering: set[int] = set()
        self.ended: set[str] = set()

    def record_changes(self, reference: str) -> None:
        """Look at a reference that gets or loses its record, and at those whose source names it as the successor."""
        self.unsettled.add(reference)
        rows = self._db.execute("SELECT ref FROM successions WHERE target = ?", (reference,))
        self.unsettled |= {ref for (ref,) in rows}

    def succeed(self, old: str, new: str) -> None:
        """Note the successor that a source names; empty where it names none any more."""
        self._db.execute("DELETE FROM successions WHERE ref = ?", (old,))
        if new:
            self._db.execute("INSERT INTO successions VALUES (?, ?)", (old, new))
        self.unsettled.add(old)

    def end(self, reference: str) -> None:
        """End the redirect of a reference, where it has one."""
        if self._current(reference) is not None:
            self._links.end_redirect(reference)
            self.ended.add(reference)

    def settle(self) -> None:
        """Change the redirects of all references that were looked at."""
        references = sorted(self.unsettled)
        self.unsettled.clear()
        # First all that end: a replacement may be replaced itself by now, and has to give its links back before.
        for reference in references:
            if self._current(reference) not in {None, self._wanted(reference)}:
                self.end(reference)
        for reference in references:
            target = self._wanted(reference)
            if target is None or target == self._current(reference):
                continue
            n = self._links.number(reference)
            if n is not None and self._has_digest(n):  # a stub, which its maker removes with its links
                self.hindering.add(n)
                self.unsettled.add(reference)
                continue
            if n is not None:
                self._touch(n)
            self._links.redirect(reference, target)
            self.ended.discard(reference)

    def _current(self, reference: str) -> str | None:
        row = self._db.execute("SELECT target FROM redirects WHERE ref = ?", (reference,)).fetchone()
        return row[0] if row else None

    def _wanted(self, reference: str) -> str | None:
        """Replacement of a thing; None for a record, and for a thing that nothing replaces."""
        if self._db.execute(f"SELECT 1 FROM things WHERE ref = ? AND {_IS_RECORD}", (reference,)).fetchone():  # noqa: S608  # ours
            return None
        replaces = self._links.key(REPLACES)
        (claim,) = self._db.execute(
            f"SELECT MIN(ref) FROM things WHERE {_IS_RECORD} AND n IN ("  # noqa: S608  # ours
            "SELECT source FROM redirected_links WHERE redirected_links.ref = ?1 AND k = ?2 UNION ALL"
            " SELECT links.source FROM things AS old JOIN links ON links.target = old.n WHERE old.ref = ?1 AND k = ?2)",
            (reference, replaces),
        ).fetchone()
        if claim is not None:
            return str(claim)
        row = self._db.execute(
            "SELECT target FROM successions JOIN things ON things.ref = target"  # noqa: S608  # ours
            f" WHERE successions.ref = ? AND {_IS_RECORD}",
            (reference,),
        ).fetchone()
        return row[0] if row else None

    def _has_digest(self, n: int) -> bool:
        row = self._db.execute("SELECT 1 FROM things WHERE n = ? AND digest IS NOT NULL", (n,)).fetchone()
        return row is not None
