"""Values of the catalogue: things, list entries and pages, neighbours, cursors."""

import re
from dataclasses import dataclass
from typing import NamedTuple

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


class ThingTimes(NamedTuple):
    """Times of a thing: its reference, its first publication and its last change, in UTC (ISO 8601)."""

    reference: str
    created: str
    modified: str


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


FIRST = -(2**31)
"""Day before all others: that of undated things in lists of a kind."""

PLACED = FIRST + 1
"""Day of the place 0 in a finding aid; places go before every date."""

FIRST_DATE = -99_999_999
"""Number below that of any date, and above that of any place."""

UNDATED_DAY = 2**31 - 1
"""Day behind all others: that of undated things in lists of links."""

_MAX_POSITION = 999_999_999

_DAY = re.compile(r"(-?[0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def sort_day(text: str) -> int:
    """Return the number by which a day goes in lists: of a date, a place in a finding aid, "~" or nothing.

    Any text is accepted, since a cursor comes from an address.

    >>> [sort_day(each) for each in ("", "!000000012", "-0043-03-15", "1962-10-27", "~")]
    [-2147483648, -2147483635, -429685, 19621027, 2147483647]
    >>> sort_day("-0044-03-15") < sort_day("-0043-01-01") < sort_day("0001-01-01"), sort_day("1962")
    (True, 19620000)
    """
    if not text:
        return FIRST
    if text[0] == "!" and text[1:].isascii() and text[1:].isdecimal():
        return PLACED + min(int(text[1:12]), _MAX_POSITION)
    found = _DAY.fullmatch(text)
    if not found:
        return UNDATED_DAY
    year, month, day = (int(part or 0) for part in found.groups())
    return year * 10_000 + month * 100 + day


def day_text(day: int) -> str:
    """Return the text of a day's number, as `sort_day` reads it.

    >>> [day_text(sort_day(each)) for each in ("", "!000000012", "-0043-03-15", "1962-10-27", "~")]
    ['', '!000000012', '-0043-03-15', '1962-10-27', '~']
    """
    if day == FIRST:
        return ""
    if day < FIRST_DATE:
        return position_key(day - PLACED)
    if day == UNDATED_DAY:
        return "~"
    year, rest = divmod(day, 10_000)
    return f"{'-' if year < 0 else ''}{abs(year):04}-{rest // 100:02}-{rest % 100:02}"


def cursor_of(day: int, reference: str) -> str:
    """Return the cursor of a list behind a thing: it holds in every generation, whether the thing is there or not."""
    return f"{day_text(day)}_{reference}"


def parse_cursor(cursor: str) -> tuple[int, str]:
    """Day and reference of a cursor; any text is accepted, since a cursor comes from an address.

    A cursor of an earlier kg has a number in place of the reference: it leads to the beginning of the day.

    >>> parse_cursor("1962-10-27_record/15"), parse_cursor("1962-10-27_15")
    ((19621027, 'record/15'), (19621027, ''))
    """
    start, _, reference = cursor.partition("_")
    return sort_day(start), reference if "/" in reference else ""
