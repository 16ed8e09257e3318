"""Related things of a thing, each once with the reason: one names the other, or they share people or days (D-153)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kg.render.data.record import references
from kg.store.generation.catalogue import MAX_COUNTED_LINKS, Catalogue
from kg.store.generation.things import Thing

MAX_KIN = 5
"""Maximum number of records with the same people on a page, and of records of the same days."""

MAX_DATE_DAYS = 31
"""Length of a date, in days, above which records of the same days mean nothing."""

PARTICIPANT_KEYS = ("creator", "sender", "recipient", "participants")
"""Keys of the participants in a record's event."""

RELATED = "related"
"""Key of the links between related things."""


class Reason(StrEnum):
    """Reason why a thing stands among the related ones."""

    MUTUAL = "mutual"
    """Each names the other."""
    NAMED = "named"
    """The page's thing names it."""
    NAMING = "naming"
    """It names the page's thing."""
    PEOPLE = "people"
    """The same people took part in both."""
    DAYS = "days"
    """Both are of the same days."""


@dataclass(frozen=True, slots=True)
class RelatedThing:
    """Related thing with the reason, and the number of people in common where that is the reason."""

    thing: Thing
    reason: Reason
    shared: int = 0


@dataclass(frozen=True, slots=True)
class RelatedThings:
    """Related things of a thing.

    Attributes:
        things: each once, those that are named first.
        naming: how many name the thing, without those that it names itself.
        after: where the list of these goes on; None at its end.
        begins: whether the list begins at its beginning.
    """

    things: tuple[RelatedThing, ...] = ()
    naming: int = 0
    after: str | None = None
    begins: bool = True


def related_things(  # noqa: PLR0913, PLR0917  # what one list is made of
    catalogue: Catalogue,
    thing: Thing,
    record: Mapping[str, Any],
    linked: Mapping[str, tuple[Thing, Mapping[str, Any]]],
    limit: int,
    after: str = "",
) -> RelatedThings:
    """Related things of a thing.

    Args:
        catalogue: the catalogue of the generation.
        thing: the thing.
        record: its record.
        linked: reference → row and record of a thing that it links to.
        limit: maximum number of those that name it.
        after: where their list goes on; empty for its beginning, which has all the others with it.
    """
    found: dict[str, RelatedThing] = {}
    mutual = 0
    for reference in references(record, RELATED):
        if reference in linked and reference != thing.reference:
            target, other = linked[reference]
            is_mutual = thing.reference in references(other, RELATED)
            mutual += is_mutual
            found[reference] = RelatedThing(target, Reason.MUTUAL if is_mutual else Reason.NAMED)
    links = catalogue.linking_things(thing.n, RELATED, limit + 1, after)
    next_cursor = links[limit - 1].cursor if len(links) > limit else None
    naming = [link.thing for link in links[:limit] if link.thing.reference not in found and link.thing.n != thing.n]
    count = max(catalogue.link_counts(thing.n).get(RELATED, 0) - mutual, len(naming))
    others = [RelatedThing(each, Reason.NAMING) for each in naming]
    if after:
        return RelatedThings(tuple(others), count, next_cursor, begins=False)
    found |= {each.thing.reference: each for each in others}
    if thing.kind == "record":
        for each in (*_kin(catalogue, thing, record, linked, found), *_days(catalogue, thing, found)):
            found.setdefault(each.thing.reference, each)
    return RelatedThings(tuple(found.values()), count, next_cursor)


def _kin(
    catalogue: Catalogue,
    thing: Thing,
    record: Mapping[str, Any],
    linked: Mapping[str, tuple[Thing, Mapping[str, Any]]],
    stated: Iterable[str],
) -> list[RelatedThing]:
    """Other records with the same people, without people of very many records: these mean nothing and cost much."""
    left_out = set(stated)
    people = []
    for reference in dict.fromkeys(references(record, *PARTICIPANT_KEYS)):
        if reference in linked:
            n = linked[reference][0].n
            if sum(catalogue.link_counts(n).values()) <= MAX_COUNTED_LINKS:
                people.append(n)
    if not people:
        return []
    kin = catalogue.things_sharing_targets(people, list(PARTICIPANT_KEYS), thing.n, MAX_KIN + len(left_out))
    fresh = [(other, shared) for other, shared in kin if other.reference not in left_out]
    return [RelatedThing(other, Reason.PEOPLE, shared) for other, shared in fresh[:MAX_KIN]]


def _days(catalogue: Catalogue, thing: Thing, stated: Iterable[str]) -> list[RelatedThing]:
    """Other records whose date begins within the days of this record, if these are few."""
    if not _is_short(thing.start, thing.end):
        return []
    left_out = set(stated)
    things = catalogue.records_starting_between(thing.start or "", thing.end or "", 2 * MAX_KIN + len(left_out) + 1)
    fresh = [other for other in things if other.n != thing.n and other.reference not in left_out]
    return [RelatedThing(other, Reason.DAYS) for other in fresh[:MAX_KIN]]


def _is_short(start: str | None, end: str | None) -> bool:
    """Whether a period is short enough to mean something."""
    try:
        return (
            bool(start and end)
            and (date.fromisoformat(end or "") - date.fromisoformat(start or "")).days <= MAX_DATE_DAYS
        )
    except ValueError:  # a year before the first, or with five digits
        return start == end
