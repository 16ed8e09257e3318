"""Values of the catalogue: things, list entries and pages, neighbours, cursors."""

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"[0-9]{1,18}")  # what SQLite takes for an integer

DATE_TEXT_MARK = '"'
"""Sign before a date in words, in the column that else has EDTF, which never begins so."""

ORDERED = frozenset({"heldIn", "partOf"})
"""Keys of links whose lists follow the order of the finding aid, where there is one (D-130)."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A row of the catalogue.

    Attributes:
        n: its number in this generation.
        reference: kind/key.
        kind: record, agent …
        labels: language → label; empty for a bare reference.
        status: `stub`, `described-only`, or None for a full record.
        start, end: first and last day of its date, or None.
        edtf: that date in EDTF, which may be less precise than two days; None where the date is not EDTF.
        created, modified, deleted: times in UTC (ISO 8601); deleted is None for a live thing.
        digest: of its triples and its JSON.
        offset, length: address of its JSON in the segments of records, and its bytes.
        date_text: its date as the source writes it, where that says more than EDTF; else empty.
    """

    n: int
    reference: str
    kind: str
    labels: dict[str, str]
    status: str | None
    start: str | None
    end: str | None
    edtf: str | None
    created: str
    modified: str
    digest: str
    deleted: str | None
    offset: int
    length: int
    date_text: str = ""


@dataclass(frozen=True, slots=True)
class ListEntry:
    """Entry of a list: a thing and the cursor of the list behind it."""

    thing: Thing
    cursor: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """Page of a list.

    Attributes:
        cursor: cursor at which the page starts; empty for the first page.
        first, last: days of its first and last thing; empty where they are undated.
    """

    cursor: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class LinkNeighbours:
    """Neighbours of a thing among the things that link to the same target under the same key.

    Attributes:
        before, after: the neighbours; None at an end of the list.
        position: the thing's own position, from 1; None in a list too long to count.
        count: length of the list.
        key: the key of the links.
    """

    before: Thing | None
    after: Thing | None
    position: int | None
    count: int
    key: str


def position_key(position: int) -> str:
    """Return the sort key of a place in the order of a finding aid; it goes before every date.

    >>> position_key(12) < position_key(105) < "-0044" < "1962"
    True
    """
    return f"!{position:09}"


def parse_cursor(cursor: str) -> tuple[str, int]:
    """Date and number of a cursor; any text is accepted, since a cursor comes from an address.

    >>> parse_cursor("1962-10-27_15"), parse_cursor("1962_x")
    (('1962-10-27', 15), ('1962', -1))
    """
    start, _, number = cursor.partition("_")
    return start, int(number) if _NUMBER.fullmatch(number) else -1
