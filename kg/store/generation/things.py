"""What a catalogue tells: things, and their places in lists."""

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"[0-9]{1,18}")  # what SQLite takes for an integer


@dataclass(frozen=True, slots=True)
class Thing:
    """A row of the catalogue.

    Attributes:
        n: its number in this generation.
        reference: kind/key.
        kind: record, agent …
        labels: language → label; empty where nothing is known but the reference.
        status: `stub`, `described-only`, or None for a full record.
        start, end: first and last day of its date, or None.
        said: that date in EDTF, which may say less than two days do; None where it is none.
        created, modified, deleted: when, in UTC (ISO 8601); deleted is None while it is there.
        digest: of its triples and its JSON.
        offset, length: where its JSON lies.
    """

    n: int
    reference: str
    kind: str
    labels: dict[str, str]
    status: str | None
    start: str | None
    end: str | None
    said: str | None
    created: str
    modified: str
    digest: str
    deleted: str | None
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Linked:
    """One thing that links to another, as a list shows it."""

    thing: Thing
    cursor: str
    """Where the list goes on after it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page of a list.

    Attributes:
        cursor: where the list goes on with it; empty for the first.
        first, last: days of the first and the last thing on it; empty where they have none.
    """

    cursor: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands around one thing in a list.

    Attributes:
        before, after: its neighbours; None at an end.
        position: its own place, from 1; None in a list that is too long to count up to it.
        count: how long the list is.
        key: the key under which the things of the list link to what they have in common.
    """

    before: Thing | None
    after: Thing | None
    position: int | None
    count: int
    key: str


def place_of(cursor: str) -> tuple[str, int]:
    """The date and the number that a cursor stands for; it comes from an address, so it may be anything.

    >>> place_of("1962-10-27_15"), place_of("1962_x")
    (('1962-10-27', 15), ('1962', -1))
    """
    start, _, number = cursor.partition("_")
    return start, int(number) if _NUMBER.fullmatch(number) else -1
