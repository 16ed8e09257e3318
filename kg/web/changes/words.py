"""Changes in words: how each sort of change is called, and the entries that changes are of, with their labels."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from kg.store.log.changes import (
    CHANGED,
    CREATED,
    DELETED,
    MERGED,
    NAMED,
    REMAPPED,
    RESTORED,
    WITHDRAWN,
    Change,
)
from kg.web.serving.context import Context

SORTS = {
    CREATED: "New",
    CHANGED: "Changed",
    DELETED: "Deleted",
    MERGED: "Merged into another entry",
    WITHDRAWN: "Withdrawn",
    RESTORED: "Published again",
}
"""Sort of change → how it is called."""

REMAPPED_WORD = {REMAPPED: "Data written otherwise; the record is the same", NAMED: "Mentioned by others only"}
"""The same of sorts that stand in the history of an entry alone."""

GONE = frozenset({DELETED, MERGED, WITHDRAWN})
"""Changes after which an entry has no page of its own."""


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """Entry by its name, as a reader sees it.

    Attributes:
        reference: of the entry.
        label, language: how it is called, and the language of that.
        is_there: whether its address leads to a page.
    """

    reference: str
    label: str
    language: str
    is_there: bool

    @classmethod
    def live(cls, context: Context, reference: str) -> Self:
        """Return an entry as it is called now; by its reference where it is there no more."""
        thing = context.publication.catalogue.things([reference]).get(reference)
        if thing is None:
            return cls(reference, reference, "", is_there=False)
        label, language = context.reader.called(thing.labels, reference, thing.status)
        return cls(reference, label, language, is_there=thing.deleted is None)


@dataclass(frozen=True, slots=True)
class ChangedThing:
    """Change of an entry, as a reader sees it.

    Attributes:
        change: the change.
        entry: the entry, as it was called then.
        target: the entry into which it was merged.
        former: its whole identifier, where a change of base has closed it.
    """

    change: Change
    entry: NamedEntry
    target: NamedEntry | None = None
    former: str = ""


def changed_things(context: Context, changes: Iterable[Change]) -> list[ChangedThing]:
    """Return some changes with the names of their entries, in their order."""
    return [_changed(context, each) for each in changes]


def _changed(context: Context, change: Change) -> ChangedThing:
    former = f"{change.base}{change.reference}" if change.base and change.base != context.base.value else ""
    label, language = context.reader.called(dict(change.labels), change.reference, None)
    entry = NamedEntry(change.reference, label, language, is_there=change.what not in GONE and not former)
    target = NamedEntry.live(context, change.target) if change.target else None
    return ChangedThing(change, entry, target, former)
