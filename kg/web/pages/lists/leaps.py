"""Leaps of a list: links to any of its pages.

From the first page of a list any of its pages is two links away: one to the part of the list that it is in, one within
this part. So from the start page any of 100,000 documents is reached in four links, however their dates lie (D-57).
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any, Protocol

SIZE = 50
"""Entries on a page."""


class LeapPage(Protocol):
    """Page of a list: its cursor, and what its first and last entry are known by."""

    @property
    def cursor(self) -> str:
        """Cursor at which it starts; empty for the first page."""
        ...

    @property
    def first(self) -> str:
        """Day or name of its first entry."""
        ...

    @property
    def last(self) -> str:
        """Day or name of its last entry."""
        ...


@dataclass(frozen=True, slots=True)
class Leap:
    """A link to another page of a list.

    Attributes:
        begin, end: the places of its first and last thing.
        first, last: the days or names of these; empty where they have none.
        after: the cursor of the page; empty for the first.
        here: whether it is this page, or the part that this page is in.
    """

    begin: int
    end: int
    first: str
    last: str
    after: str
    here: bool


def place(pages: Sequence[LeapPage], after: str, key: Callable[[str], Any]) -> int:
    """Number of the page that begins behind a cursor, or has its thing.

    Args:
        pages: of the list.
        after: the cursor.
        key: from a cursor to what orders the list.
    """
    return max(bisect_right(pages, key(after), key=lambda page: key(page.cursor)) - 1, 0)


def leaps(pages: Sequence[LeapPage], here: int, count: int) -> tuple[list[Leap], list[Leap]]:
    """The parts of a list, and the pages of the part that a page is in: about as many of the one as of the other."""
    size = isqrt(max(len(pages) - 1, 0)) + 1
    begins = range(0, len(pages), size)
    part = here - here % size

    def leap(first: int, last: int, *, here: bool) -> Leap:
        end = min((last + 1) * SIZE, count)
        return Leap(first * SIZE + 1, end, pages[first].first, pages[last].last, pages[first].cursor, here)

    parts = [leap(at, min(at + size, len(pages)) - 1, here=at == part) for at in begins]
    near = [leap(at, at, here=at == here) for at in range(part, min(part + size, len(pages)))]
    return (parts, near) if len(parts) > 1 else ([], near if len(near) > 1 else [])
