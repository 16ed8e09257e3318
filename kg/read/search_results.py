"""Results of a search: hits with labels and snippets, figures of the list, neighbours in it, completions."""

from dataclasses import dataclass, field
from typing import Any

from kg.date_roles import Date
from kg.read.search_request import SearchQuery
from kg.read.times import Axis
from kg.store.generation.things import Thing
from kg.store.search.facets import Facets
from kg.store.search.snippets import Snippet


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Hit of a search, for display.

    Attributes:
        thing: its row of the catalogue.
        record: its JSON.
        score: relevance; 0 in another order.
        title: its title or name in the preferred language, with marked hits.
        snippet: best passage of its texts, with marked hits; None where it has none.
        date: the date by which a time, or a role of dates, found it; empty where none was asked for.
        missing: words of a loose search that it lacks.
    """

    thing: Thing
    record: dict[str, Any]
    score: float
    title: Snippet
    snippet: Snippet | None
    date: Date = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Page of a search's list, with the figures of the list.

    Attributes:
        query: the query, after a correction of its words.
        total: length of the list.
        hits: hits of this page.
        after: cursor of the next page; empty on the last one.
        facets: facet counts of the list.
        undated: number of documents that match but for the time, since they have no date.
        axis: years that its documents cover; None where none is dated.
        corrected: corrected words that were searched instead; empty without a correction.
        suggestion: suggested words; empty for none.
        loose: True where the hits have some of the words instead of all.
        forms: (word, related forms) of words that are nowhere, where these were searched in their place.
        repeated: number of further things that have the words only in what most records of their source repeat.
        sort: order of the list.
        offset: number of hits before this page.
    """

    query: SearchQuery
    total: int
    hits: tuple[SearchHit, ...]
    after: str
    facets: Facets
    undated: int = 0
    axis: Axis | None = None
    corrected: str = ""
    suggestion: str = ""
    loose: bool = False
    forms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    repeated: int = 0
    sort: str = "relevance"
    offset: int = 0


@dataclass(frozen=True, slots=True)
class SearchNeighbours:
    """Neighbours of a thing in a search's list.

    Attributes:
        total: length of the list.
        before, after: references of the neighbours; empty at an end.
        page_cursor: cursor at which the thing's page starts; empty for the first page.
    """

    total: int
    before: str
    after: str
    page_cursor: str


@dataclass(frozen=True, slots=True)
class Completion:
    """Completion of a partial text.

    Attributes:
        thing: its row of the catalogue.
        record: its JSON; empty for a very long one.
    """

    thing: Thing
    record: dict[str, Any]
