"""Links from pages to searches: for the documents of a thing, for coverage and gaps of the collection."""

from collections.abc import Iterator
from dataclasses import dataclass

from kg.read.search_request import SearchQuery
from kg.render.site import search_summary as said
from kg.render.site.translations import translations
from kg.store.generation.things import Thing
from kg.store.search.fields import LACKED, LACKS, RECORD
from kg.web.search.query_string import SearchState
from kg.web.serving.context import Context

_ASKED = {
    "agent": ("from", "to", "person"),
    "place": ("place",),
    "topic": ("type", "topic"),
    "collection": ("collection",),
    "archive": ("archive",),
}
"""Kind of a thing → the facets by which documents stand to it; the widest last."""

WIDEST = {kind: facets[-1] for kind, facets in _ASKED.items()}
"""Kind of a thing → the facet by which all of its documents stand to it."""

DOCUMENTS = ("kind", RECORD)
"""The filter that leaves documents alone."""


@dataclass(frozen=True, slots=True)
class SearchLink:
    """A search that a page offers: what it is called, how many it finds, its address behind the question mark."""

    title: str
    count: int
    query: str


def search_links(thing: Thing, context: Context) -> list[SearchLink]:
    """The searches for documents that belong to a thing; none without a search index."""
    asked = ((said.LINK_LABELS[facet], (facet, thing.reference)) for facet in _ASKED.get(thing.kind, ()))
    return list(_search_links(asked, context))


def gaps(context: Context) -> list[SearchLink]:
    """The searches for documents that lack something."""
    return list(_search_links(((said.GAP_LABELS[name], (LACKS, name)) for name in LACKED), context))


def _search_links(asked: Iterator[tuple[str, tuple[str, str]]], context: Context) -> Iterator[SearchLink]:
    if not context.publication.searchable:
        return
    say = translations(context.reader.language).gettext
    for title, filter_ in asked:
        state = SearchState(filters=(DOCUMENTS, filter_))
        count = context.publication.finder.count(SearchQuery(filters=state.filters))
        if count:
            yield SearchLink(say(title), count, state.address())
