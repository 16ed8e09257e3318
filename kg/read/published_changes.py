"""Changes of a collection as readers of one generation see them: up to that generation, and no further.

The log goes on while a server still answers from a former generation. Whoever follows `/changes.json` gets from one
answer the changes up to the generation that the answer names, so that the things that the answer tells of are the
things that the same server serves (D-230).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kg.store.log.change_log import ChangeLog
from kg.store.log.changes import Change, PublishedThing


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """Part of the changes.

    Attributes:
        generation: number of the last generation that it tells of.
        complete: whether that is the generation which is served; else the log has not been brought up to it yet.
        changes: the changes.
        goes_on: whether there are more, in the order of the changes.
    """

    generation: int
    complete: bool
    changes: list[Change]
    goes_on: bool


@dataclass(frozen=True, slots=True)
class _ToldSpan:
    """End of what is told: generation, its last sequence, and whether it is the one that is served."""

    generation: int
    last: int
    complete: bool


class LostPosition(Exception):
    """Sequence number that is none of this log: the log was lost and made anew, or the number is made up."""


class PublishedChanges:
    """Changes up to one generation."""

    def __init__(self, log: ChangeLog, generation: int) -> None:
        self._log = log
        self._generation = generation

    def after(self, since: int, limit: int) -> ChangesPage:
        """Return changes after a sequence number, oldest first.

        Args:
            since: the sequence number; 0 for all.
            limit: maximum number of changes.

        Raises:
            LostPosition: the log never had this number.
            GenerationError: the log can't be read.
        """
        reach = self._reach()
        start, last = self._log.bounds()
        if since and not start <= since <= last:
            raise LostPosition
        found = self._log.changes(since, limit + 1, reach.last)
        return ChangesPage(reach.generation, reach.complete, found[:limit], goes_on=len(found) > limit)

    def newest(
        self,
        limit: int,
        *,
        before: int | None = None,
        kind: str | None = None,
        what: str | None = None,
        day: date | None = None,
    ) -> ChangesPage:
        """Return changes, newest first.

        Args:
            limit: maximum number of changes.
            before: sequence number before which they lie; None for the newest of all.
            kind: the kind of things; None for all.
            what: the change; None for all.
            day: the day on which they were published, in UTC; None for all.

        Raises:
            GenerationError: the log can't be read.
        """
        reach = self._reach()
        first, end = 0, reach.last + 1
        if day is not None:
            first = self._log.sequence_before(day.isoformat())
            end = min(end, self._log.sequence_before(_day_after(day)) + 1)
        end = end if before is None else min(end, before)
        found = [each for each in self._log.newest(end, limit + 1, kind, what) if each.sequence > first]
        return ChangesPage(reach.generation, reach.complete, found[:limit], goes_on=len(found) > limit)

    def block(self, after: int, size: int) -> ChangesPage:
        """Return the changes that have some of the next sequence numbers, oldest first.

        Args:
            after: sequence number before the first of them.
            size: how many numbers these are.

        Raises:
            GenerationError: the log can't be read.
        """
        reach = self._reach()
        found = self._log.changes(after, size, min(reach.last, after + size))
        return ChangesPage(reach.generation, reach.complete, found, goes_on=False)

    def history(self, reference: str) -> ChangesPage:
        """Return all changes of a thing, newest first, with those of the mapping alone.

        Raises:
            GenerationError: the log can't be read.
        """
        reach = self._reach()
        known = [each for each in self._log.history(reference) if each.sequence <= reach.last]
        return ChangesPage(reach.generation, reach.complete, known[::-1], goes_on=False)

    def published(self, reference: str) -> PublishedThing | None:
        """Return what the log knows of a thing; None where it was never published. Raises GenerationError."""
        return self._log.published(reference)

    def last_sequence(self) -> int:
        """Return the sequence number of the last change. Raises GenerationError."""
        return self._reach().last

    def _reach(self) -> _ToldSpan:
        last = self._log.sequence_of_generation(self._generation)
        if last is not None:
            return _ToldSpan(self._generation, last, complete=True)
        before = next(self._former(), None)
        return before or _ToldSpan(0, 0, complete=False)

    def _former(self) -> Iterator[_ToldSpan]:
        """Generations before the one that is served, newest first."""
        for each in self._log.generations():
            if each.number < self._generation:
                yield _ToldSpan(each.number, each.last, complete=False)


def _day_after(day: date) -> str:
    """Day after a day, as a text that sorts behind each of its times; for the last day of all such a text."""
    return (day + timedelta(days=1)).isoformat() if day < date.max else "A"
