"""Pages of the list of a kind: found by the counts of stretches, and not by a walk along the list (D-220)."""

import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import overload

from kg.store.generation.tables.schema import IS_LISTED
from kg.store.generation.things import ListPage, cursor_of, day_text


class ListPages(Sequence[ListPage]):
    """Pages of a list; each is looked up when it is asked for, and remembered.

    Attributes:
        entries: number of entries of the list.
    """

    def __init__(self, connection: Callable[[], sqlite3.Connection], kind: str, size: int) -> None:
        """Read the stretches of a list.

        Args:
            connection: returns the connection of this thread to the catalogue.
            kind: whose list it is.
            size: entries on a page.
        """
        self._connection, self._kind, self._size = connection, kind, size
        rows = connection().execute(
            "SELECT day, rank, n FROM stretches WHERE kind = ? AND n > 0 ORDER BY day, rank", (kind,)
        )
        stretches = rows.fetchall()
        self._begins = [(day, rank) for day, rank, _ in stretches]
        self._ends = list(accumulate(n for _, _, n in stretches))
        self.entries: int = self._ends[-1] if self._ends else 0
        self._pages: dict[int, ListPage] = {}

    def __len__(self) -> int:
        return (self.entries + self._size - 1) // self._size

    @overload
    def __getitem__(self, number: int) -> ListPage: ...
    @overload
    def __getitem__(self, number: slice) -> list[ListPage]: ...
    def __getitem__(self, number: int | slice) -> ListPage | list[ListPage]:
        """Return a page, by its number from 0, or some pages."""
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        if number not in self._pages:
            self._pages[number] = self._page(number)
        return self._pages[number]

    def _page(self, number: int) -> ListPage:
        begin = number * self._size
        last = self._entries(min(begin + self._size, self.entries) - 1, 1)[0]
        if not number:
            (first,) = self._entries(0, 1)
            return ListPage("", day_text(first[0]), day_text(last[0]))
        before, first = self._entries(begin - 1, 2)
        return ListPage(cursor_of(*before), day_text(first[0]), day_text(last[0]))

    def _entries(self, place: int, count: int) -> list[tuple[int, str]]:
        """Day and reference of the entries from a place on."""
        stretch = bisect_right(self._ends, place)
        offset = place - (self._ends[stretch - 1] if stretch else 0)
        return (
            self._connection()
            .execute(
                f"SELECT day, ref FROM things WHERE kind = ? AND {IS_LISTED} AND (day, rank) >= (?, ?)"  # noqa: S608  # ours
                " ORDER BY day, rank LIMIT ? OFFSET ?",
                (self._kind, *self._begins[stretch], count, offset),
            )
            .fetchall()
        )
