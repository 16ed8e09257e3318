"""Requests for a search: its words and filters, and a page of its list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.store.generation.things import Thing
from kg.store.search import fields
from kg.store.search.index import ORDERS
from kg.store.search.query_language import DayRange

TITLE = "title"
ORDERED_BY_DATE = frozenset(ORDERS)
"""Orders by date; their lists have no end."""

SORTS = ("relevance", *ORDERS, TITLE)
"""Orders of a list: by relevance, oldest first, newest first, by title in the reader's language."""


def _reference_of_unnamed(thing: Thing) -> str:
    return "" if thing.labels else thing.reference


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Query of a search.

    Attributes:
        words: words in the search language; may be empty.
        filters: (facet, value), all of which have to match.
        days: days that a date has to overlap; None for any. Of the chosen roles, a date of each has to.
        certain: True if the date has to lie within those days in full.
    """

    words: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    days: DayRange | None = None
    certain: bool = False

    @property
    def roles(self) -> tuple[str, ...]:
        """Chosen roles of dates."""
        return tuple(value for name, value in self.filters if name == fields.ROLE)

    @property
    def counted_role(self) -> str:
        """Role of the dates by which documents are counted in time; empty for any of the thing."""
        return self.roles[0] if len(self.roles) == 1 else ""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Request for a page of a search's list.

    Attributes:
        query: the query.
        languages: preferred languages of titles, the best first.
        sort: one of SORTS; empty for relevance with words, else date.
        after: cursor at which the page starts; empty for the first page.
        page: number of the page, from 1, where there is no cursor.
        limit: maximum number of hits on a page.
        nameless: from a thing to its title where it has no name, else to the empty string.
        marked: True for marked hits in titles and snippets; False for plain titles and no snippets.
    """

    query: SearchQuery
    languages: Sequence[str]
    sort: str = ""
    after: str = ""
    page: int = 1
    limit: int = 20
    nameless: Callable[[Thing], str] = _reference_of_unnamed
    marked: bool = True
