"""From words to what is found: the read side's other use case.

The index says what fits and how it falls into facets; labels come from the catalogue, texts from the file of records.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import orjson
from tantivy import Query

from kg.errors import SearchRefused
from kg.iris import Base
from kg.store.generation.generation import Generation
from kg.store.generation.things import Thing
from kg.store.search import fields, query_language, sparql_search, title_order
from kg.store.search.facets import Facets
from kg.store.search.index import ORDERS, Hit, SearchIndex
from kg.store.search.query_builder import Asked
from kg.store.search.query_language import Days, Parsed
from kg.store.search.snippets import Marker, Snippet, plain
from kg.store.search.sparql_search import Rewritten, Row
from kg.store.search.sparql_search_scan import Clause
from kg.store.search.spelling import Spelling

TITLE = "title"
SORTS = ("relevance", *ORDERS, TITLE)
"""Orders of a list: by how well it fits, from the oldest, from the newest, by title in the reader's language."""

COMPLETIONS = 8
"""How many completions are offered while somebody types."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for.

    Attributes:
        words: in the language of searches; may be empty.
        filters: (facet, value) that all hold.
        days: a time that the date has to touch; None for any.
        certain: whether the whole date has to lie in that time.
    """

    words: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    days: Days | None = None
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found.

    Attributes:
        thing: its row of the catalogue.
        record: its JSON.
        score: how well it fits; 0 in another order.
        title: its title or name in the language preferred, with the hits marked.
        snippet: some of its text, with the hits marked; None where it has none.
    """

    thing: Thing
    record: dict[str, Any]
    score: float
    title: Snippet
    snippet: Snippet | None


@dataclass(frozen=True, slots=True)
class Results:
    """What was found.

    Attributes:
        wanted: what was looked for, after the words were put right or taken loosely.
        total: how many there are.
        found: those of this page.
        after: where the list goes on; empty at its end.
        facets: how all of it falls into facets.
        undated: how many were left out because they have no date.
        span: first and last day of the dated documents among it; empty where there is none.
        corrected: the words that were searched instead, since nothing has those that were given.
        suggestion: words that may have been meant.
        loose: whether only most of the words stand in each.
        sort: the order of the list.
        begun: how many stand before the first of this page.
    """

    wanted: Wanted
    total: int
    found: tuple[Found, ...]
    after: str
    facets: Facets
    undated: int = 0
    span: tuple[str, str] = ("", "")
    corrected: str = ""
    suggestion: str = ""
    loose: bool = False
    sort: str = "relevance"
    begun: int = 0


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a thing stands in a list of what is found.

    Attributes:
        total: how many the list has.
        before, after: what stands beside it; empty at an end.
        page: the cursor behind which the page of the list begins on which it stands; empty for the first.
    """

    total: int
    before: str
    after: str
    page: str


@dataclass(frozen=True, slots=True)
class _Search:
    """A search ready to be run: what the engine is asked, and what became of the words on the way."""

    wanted: Wanted
    parsed: Parsed
    query: Query
    total: int
    corrected: str = ""
    suggestion: str = ""
    loose: bool = False

    @property
    def order(self) -> str:
        """The order that suits: by how well it fits where there are words."""
        return "relevance" if self.parsed.wanted else "date"


def _kept(order: str, languages: Sequence[str]) -> str:
    """The order as the index keeps it: titles stand in that of the reader's language."""
    return title_order.field(languages[0] if languages else "") if order == TITLE else order


def _by_reference(thing: Thing) -> str:
    return "" if thing.labels else thing.reference


class Finder:
    """What can be found in one generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.base = Base(generation.manifest.base)
        self._spelling: Spelling | None = None
        self._facets = lru_cache(maxsize=64)(self._counted)

    @property
    def index(self) -> SearchIndex:
        """The index. Raises SearchRefused where the generation was built without one."""
        if self.generation.search is None:
            raise SearchRefused(
                "nothing can be searched here: the collection was published without a search index",
                todo="Its keeper sets `search = true` in kg.toml and builds it again.",
            )
        return self.generation.search

    @property
    def spelling(self) -> Spelling:
        """The words of the index."""
        if self._spelling is None:
            self._spelling = Spelling(self.index)
        return self._spelling

    # For pages and data -------------------------------------------------------------------------------------------

    def find(  # noqa: PLR0913  # what one list is made of
        self,
        wanted: Wanted,
        languages: Sequence[str],
        *,
        sort: str = "",
        after: str = "",
        limit: int = 20,
        nameless: Callable[[Thing], str] = _by_reference,
        marked: bool = True,
    ) -> Results:
        """Search.

        Args:
            wanted: what is looked for.
            languages: those preferred for titles.
            sort: one of SORTS; by relevance where there are words, else by date, if empty.
            after: where the list goes on.
            limit: how many at most.
            nameless: from a thing to what it is called if it has no name, else to the empty string.
            marked: whether hits are marked in titles, and in a snippet of the texts; else there is none.

        Raises:
            SearchRefused: it can't be understood.
        """
        search = self._search(wanted)
        order = sort or search.order
        kept = _kept(order, languages)
        hits = self.index.hits(search.query, limit + 1, kept, after)
        marker = Marker(search.parsed, self.index.languages) if marked else None
        things = self.generation.catalogue.things([hit.reference for hit in hits[:limit]])
        found = [self._found(hit, things[hit.reference], marker, languages, nameless) for hit in hits[:limit]]
        return Results(
            search.wanted,
            search.total,
            tuple(found),
            hits[limit - 1].cursor if len(hits) > limit else "",
            self._facets(search.wanted, search.loose),
            self._undated(search),
            self._span(search.query),
            search.corrected,
            search.suggestion,
            search.loose,
            order,
            self.index.before(search.query, kept, after),
        )

    def neighbours(  # noqa: PLR0913  # what one place in a list is made of
        self, reference: str, wanted: Wanted, languages: Sequence[str], *, at: int, sort: str = "", limit: int = 20
    ) -> Neighbours | None:
        """What stands before and after a thing in a list.

        Args:
            reference: the thing.
            wanted: what is looked for.
            languages: those preferred for titles.
            at: its place in the list, which begins with 1.
            sort: as for `find`.
            limit: how many stand on a page of the list.

        Returns:
            None if the thing does not stand in that place.
        """
        search = self._search(wanted)
        order = _kept(sort or search.order, languages)
        first = max(at - 2, 0)
        hits = self.index.stretch(search.query, first, at - first + 1, order)
        here = at - 1 - first
        if len(hits) <= here or hits[here].reference != reference:
            return None
        begun = (at - 1) // limit * limit
        page = self.index.stretch(search.query, begun - 1, 1, order)[0].cursor if begun else ""
        beside = [hit.reference for hit in hits]
        return Neighbours(search.total, beside[0] if here else "", "".join(beside[here + 1 :]), page)

    def count(self, wanted: Wanted) -> int:
        """How many there are."""
        return self._search(wanted).total

    def query(self, wanted: Wanted) -> Query:
        """What is looked for, in the engine's terms; put right or taken loosely as in a list of it."""
        return self._search(wanted).query

    def completions(self, text: str) -> list[Thing]:
        """Things whose name goes on from what was typed."""
        typed = query_language.parse(f"{text}*" if text[-1:].isalnum() else text)
        words = [replace(word, field="title") for word in typed.wanted if word.text]
        if not words or not typed.plain:
            return []
        query = self.index.query(
            Asked(Parsed((*words, *([query_language.Operator.AND] * (len(words) - 1))), (), plain=False))
        )
        hits = self.index.hits(query, COMPLETIONS)
        things = self.generation.catalogue.things([hit.reference for hit in hits])
        return [things[hit.reference] for hit in hits]

    def _search(self, wanted: Wanted) -> _Search:
        parsed = query_language.parse(wanted.words)
        query, total = self._run(wanted, parsed)
        suggestion = self.spelling.better(parsed, wanted.words) if parsed.wanted else ""
        if total or not parsed.wanted:
            return _Search(wanted, parsed, query, total, suggestion=suggestion)
        if suggestion:
            better = replace(wanted, words=suggestion)
            right = query_language.parse(suggestion)
            query, total = self._run(better, right)
            if total:
                return _Search(better, right, query, total, corrected=suggestion)
            wanted, parsed = better, right
        if parsed.plain and len(parsed.wanted) > 1:
            query, total = self._run(wanted, parsed, most=True)
            return _Search(wanted, parsed, query, total, corrected=suggestion, loose=bool(total))
        return _Search(wanted, parsed, query, total)

    def _run(self, wanted: Wanted, parsed: Parsed, *, most: bool = False) -> tuple[Query, int]:
        asked = Asked(parsed, wanted.filters, wanted.days, wanted.certain, most=most)
        query = self.index.query(asked)
        return query, self.index.count(query)

    def _undated(self, search: _Search) -> int:
        """How many would have been found but have no date."""
        if search.wanted.days is None:
            return 0
        timeless = replace(search.wanted, days=None)
        return self.index.undated(self._run(timeless, search.parsed, most=search.loose)[0])

    def _counted(self, wanted: Wanted, loose: bool) -> Facets:
        return self.index.facets(self._run(wanted, query_language.parse(wanted.words), most=loose)[0])

    def _span(self, query: Query) -> tuple[str, str]:
        """First and last day of the dated documents among what is found."""
        dated = self.index.dated_documents(query)
        ends = [self.index.hits(dated, 1, order) for order in ("date", "newest")]
        things = self.generation.catalogue.things([hit.reference for hits in ends for hit in hits])
        if not things:
            return "", ""
        first, last = (things[hits[0].reference] for hits in ends)
        return first.start or first.end or "", last.end or last.start or ""

    def _found(
        self, hit: Hit, thing: Thing, marker: Marker | None, languages: Sequence[str], nameless: Callable[[Thing], str]
    ) -> Found:
        record = self.record(hit.offset, hit.length)
        tag = next((each for each in languages if each in thing.labels), next(iter(thing.labels), "@none"))
        called = nameless(thing) or thing.labels[tag]
        if marker is None:
            return Found(thing, record, hit.score, plain(tag, called), None)
        title = marker.marked(tag, called)
        return Found(thing, record, hit.score, title, marker.snippet(_passages(record)))

    def record(self, offset: int, length: int) -> dict[str, Any]:
        """A record from where it lies."""
        record: dict[str, Any] = orjson.loads(self.generation.record(offset, length))
        return record

    # For queries --------------------------------------------------------------------------------------------------

    def rewrite(self, query: str) -> Rewritten:
        """A query with its searches answered. Raises SearchRefused for one that has not the one form."""
        return sparql_search.rewrite(query, self.base.value, self._rows)

    def _rows(self, asked: Clause) -> tuple[Sequence[Row], bool]:
        parsed = query_language.parse(asked.words)
        query = self.index.query(Asked(parsed, language=asked.language))
        hits = self.index.hits(query, asked.limit + 1) if parsed.postfix else []
        marker = Marker(parsed, self.index.languages) if asked.snippet else None
        return [self._row(hit, marker) for hit in hits[: asked.limit]], len(hits) > asked.limit

    def _row(self, hit: Hit, marker: Marker | None) -> Row:
        said = marker.snippet(_passages(self.record(hit.offset, hit.length))) if marker else None
        iri = self.base.iri(hit.reference)
        return Row(iri, hit.score, said.text, said.language) if said else Row(iri, hit.score)


def _passages(record: dict[str, Any]) -> list[tuple[str, str]]:
    """The texts of a record, (language, text), the most telling first."""
    return [(language, text) for _, language, text in fields.texts_under(record, fields.TEXT_KEYS)]
