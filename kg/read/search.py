"""Search in one generation: hits with labels and snippets, facets, corrections, completions, SPARQL search clauses.

Hits and facets come from the index, labels from the catalogue, texts from the file of records.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import chain
from typing import Any

from tantivy import Query

from kg import language_ranges
from kg.date_roles import Date
from kg.errors import Message, SearchRefused
from kg.iris import Base
from kg.read import times
from kg.read.record_reader import RecordReader
from kg.read.times import Axis, YearSpan
from kg.store.generation.generation import Generation
from kg.store.generation.things import Thing
from kg.store.search import fields, query_language, sparql_search
from kg.store.search.collation import title_order
from kg.store.search.completions import Completer
from kg.store.search.facets import Facets
from kg.store.search.index import ORDERS, Hit, SearchIndex
from kg.store.search.query_builder import IndexRequest
from kg.store.search.query_language import DayRange, ParsedSearch, Word
from kg.store.search.snippets import HitMarker, Snippet, unmarked_snippet
from kg.store.search.sparql_search import RewrittenQuery, SearchRow
from kg.store.search.sparql_search_scan import SearchClause
from kg.store.search.spelling import SpellingSuggester
from kg.store.search.words.word_forms import WordForms
from kg.store.search.words.word_queries import MAX_FORMED

TITLE = "title"
ORDERED_BY_DATE = frozenset(ORDERS)
"""Orders by date; their lists have no end."""

SORTS = ("relevance", *ORDERS, TITLE)
"""Orders of a list: by relevance, oldest first, newest first, by title in the reader's language."""

Record = dict[str, Any]
"""Record of a thing, as it stands in its JSON."""

_MAX_BATCH, _MAX_BATCH_BYTES = 100, 256 << 10
"""Hits, and bytes of their records, that are read at a time."""

_MAX_READ = 64 << 10
"""Bytes of a record up to which it is read for a completion."""


_parse = partial(query_language.parse, read_days=times.read_days)
"""Parser of the words of a search, with times as people write them."""


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


@dataclass(frozen=True, slots=True)
class _PreparedSearch:
    """Prepared search: the engine's query, the number of hits, and the correction of the words."""

    query: SearchQuery
    parsed: ParsedSearch
    engine_query: Query
    total: int
    corrected: str = ""
    suggestion: str = ""
    loose: bool = False

    @property
    def times(self) -> tuple[DayRange, ...]:
        """Times that are asked for, in the field of time or among the words."""
        asked = [] if self.query.days is None else [self.query.days]
        return (*asked, *(term for term in self.parsed.postfix if isinstance(term, DayRange)))

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of dates that are asked for, as a facet or among the words."""
        named = (term.text for term in self.parsed.postfix if isinstance(term, Word) and term.field == fields.ROLE)
        return (*self.query.roles, *named)

    @property
    def order(self) -> str:
        """Default order: relevance with words, else date."""
        return "relevance" if self.parsed.words else "date"


def _index_order(order: str, languages: Sequence[str]) -> str:
    """Order in the index: for titles the sort field of the reader's language."""
    return title_order.sort_field(languages[0] if languages else "") if order == TITLE else order


class Finder:
    """Search service of one generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._reader = RecordReader(generation)
        self.base = Base(generation.manifest.base)
        self._spelling: SpellingSuggester | None = None
        self._completer: Completer | None = None
        self._facets = lru_cache(maxsize=64)(self._count_facets)
        self._axes = lru_cache(maxsize=64)(self._find_axis)

    def forget(self) -> None:
        """Drop the cached facets and axes."""
        self._facets.cache_clear()
        self._axes.cache_clear()

    @property
    def index(self) -> SearchIndex:
        """Index of the generation. Raises SearchRefused where it was built without one."""
        if self.generation.search is None:
            raise SearchRefused(
                Message("there is no search here: the collection was published without a search index"),
                todo=Message(
                    "The site's administrator can set `search = true` in kg.toml and publish the collection again."
                ),
            )
        return self.generation.search

    @property
    def completer(self) -> Completer:
        """Completer of partial texts."""
        if self._completer is None:
            self._completer = Completer(self.index)
        return self._completer

    @property
    def spelling(self) -> SpellingSuggester:
        """Spelling suggester of the index."""
        if self._spelling is None:
            self._spelling = SpellingSuggester(self.index)
        return self._spelling

    # For pages and data -------------------------------------------------------------------------------------------

    def find(self, request: SearchRequest) -> SearchResults:
        """Page of a search's list.

        Raises:
            SearchRefused: the query or the cursor is malformed.
        """
        results, batches = self.find_in_batches(request)
        return replace(results, hits=tuple(chain.from_iterable(batches)))

    def find_in_batches(self, request: SearchRequest) -> tuple[SearchResults, Iterator[list[SearchHit]]]:
        """The same without hits, and the hits in batches: a record is read when its batch is wanted.

        Raises:
            SearchRefused: the query or the cursor is malformed.
        """
        search = self._prepare(request.query)
        order = request.sort or search.order
        index_order = _index_order(order, request.languages)
        after: str | None = request.after
        if request.page > 1 and not after:
            after = self._cursor_at(search, index_order, (request.page - 1) * request.limit)
        # Behind the last page there is nothing.
        hits = [] if after is None else self.index.hits(search.engine_query, request.limit + 1, index_order, after)
        results = SearchResults(
            search.query,
            search.total,
            (),
            hits[request.limit - 1].cursor if len(hits) > request.limit else "",
            self._facets(search.query, search.loose),
            self._count_undated(search),
            self._axes(search.query, search.loose),
            search.corrected,
            search.suggestion,
            search.loose,
            tuple((word, forms.readable) for word, forms in self._forms(search.parsed).items()),
            self._count_repeated(search),
            order,
            search.total if after is None else self.index.count_before(search.engine_query, index_order, after),
        )
        marker = self._marker(search.parsed) if request.marked else None
        match = partial(times.matched_date, days=search.times, roles=search.roles, certain=search.query.certain)
        batches = self._search_hits(deque(hits[: request.limit]), marker, request, match)
        return results, self._with_missing_words(search, batches)

    def neighbours(self, request: SearchRequest, reference: str, at: int) -> SearchNeighbours | None:
        """Neighbours of a thing in a search's list.

        Args:
            request: request for the list; its `after` does not matter.
            reference: the thing.
            at: its position in the list, from 1.

        Returns:
            None for another thing at that position.
        """
        search = self._prepare(request.query)
        order = _index_order(request.sort or search.order, request.languages)
        first = max(at - 2, 0)
        hits = self.index.hits_from(search.engine_query, first, at - first + 1, order)
        here = at - 1 - first
        if len(hits) <= here or hits[here].reference != reference:
            return None
        offset = (at - 1) // request.limit * request.limit
        cursor = (self._cursor_at(search, order, offset) or "") if offset else ""
        references = [hit.reference for hit in hits]
        return SearchNeighbours(search.total, references[0] if here else "", "".join(references[here + 1 :]), cursor)

    def _cursor_at(self, search: _PreparedSearch, order: str, offset: int) -> str | None:
        """Cursor of a list behind some hits; None where it has fewer."""
        before = self.index.hits_from(search.engine_query, offset - 1, 1, order)
        return before[0].cursor if before else None

    def count(self, query: SearchQuery) -> int:
        """Number of hits."""
        return self._prepare(query).total

    def query(self, query: SearchQuery) -> Query:
        """Tantivy query of a search, corrected as in its list."""
        return self._prepare(query).engine_query

    def completions(self, text: str) -> list[Completion]:
        """Things whose name or title completes a partial text. Raises SearchRefused where that is no search yet."""
        references = self.completer.references(text)
        things = self.generation.catalogue.things(references)
        return [self._completion(things[each]) for each in references if each in things]

    def _completion(self, thing: Thing) -> Completion:
        return Completion(thing, self.record(thing.offset, thing.length) if thing.length <= _MAX_READ else {})

    def _prepare(self, query: SearchQuery) -> _PreparedSearch:
        """Search with all words; else with some of them; else with the spelling of ordinary words corrected."""
        search = self._attempt(query)
        if not search.parsed.words:
            return search
        correction = self.spelling.correct(search.parsed, query.words)
        for attempt in self._attempts(search, correction.ordinary):
            if attempt.total:
                is_new = correction.proposed != attempt.query.words
                return replace(attempt, suggestion=correction.proposed if is_new else "")
        return replace(search, suggestion=correction.proposed)

    def _attempts(self, search: _PreparedSearch, corrected_words: str) -> Iterator[_PreparedSearch]:
        yield search
        yield from self._loosely(search)
        if corrected_words:
            corrected = self._attempt(replace(search.query, words=corrected_words))
            yield replace(corrected, corrected=corrected_words)
            yield from (replace(each, corrected=corrected_words) for each in self._loosely(corrected))

    def _attempt(self, query: SearchQuery) -> _PreparedSearch:
        parsed = _parse(query.words)
        return _PreparedSearch(query, parsed, *self._run(query, parsed))

    def _loosely(self, search: _PreparedSearch) -> Iterator[_PreparedSearch]:
        """The search with some of its words, where it consists of several words alone."""
        if search.parsed.plain and len(search.parsed.words) > 1:
            engine_query, total = self._run(search.query, search.parsed, loose=True)
            yield replace(search, engine_query=engine_query, total=total, loose=True)

    def _forms(self, parsed: ParsedSearch) -> dict[str, WordForms]:
        """Words that are nowhere → their related forms, which are searched in their place."""
        forms = ((word.text, self.index.words.forms_of(word)) for word in parsed.words[:MAX_FORMED])
        return {text: related for text, related in forms if related}

    def _count_repeated(self, search: _PreparedSearch) -> int:
        """Number of further things that have the words only in boilerplate."""
        if search.parsed.everywhere or not self.index.words.in_boilerplate(search.parsed.words):
            return 0
        everywhere = replace(search.parsed, everywhere=True)
        return self._run(search.query, everywhere, loose=search.loose)[1] - search.total

    def _with_missing_words(
        self, search: _PreparedSearch, batches: Iterator[list[SearchHit]]
    ) -> Iterator[list[SearchHit]]:
        for batch in batches:
            if search.loose:
                missing = self.index.missing_words(search.parsed, [hit.thing.reference for hit in batch])
                yield [replace(hit, missing=missing[hit.thing.reference]) for hit in batch]
            else:
                yield batch

    def _marker(self, parsed: ParsedSearch) -> HitMarker:
        return HitMarker(parsed, self.index.languages, self._forms(parsed))

    def _run(self, query: SearchQuery, parsed: ParsedSearch, *, loose: bool = False) -> tuple[Query, int]:
        request = IndexRequest(parsed, query.filters, query.days, query.certain, loose=loose)
        engine_query = self.index.query(request)
        return engine_query, self.index.count(engine_query)

    def _count_undated(self, search: _PreparedSearch) -> int:
        """Number of documents that match but for the time, since they have no date; other things need none."""
        if search.query.days is None:
            return 0
        undated_query = replace(search.query, days=None)
        found, _ = self._run(undated_query, search.parsed, loose=search.loose)
        return self.index.count_dated(self.index.documents(found), dated=False)

    def _count_facets(self, query: SearchQuery, loose: bool) -> Facets:
        parsed = _parse(query.words)
        engine_query = self._run(query, parsed, loose=loose)[0]
        undated = None
        if query.days is not None and not query.roles:
            undated = self._run(replace(query, days=None), parsed, loose=loose)[0]
        return self.index.facets(engine_query, role=query.counted_role, days=query.days, undated=undated)

    def axis(self, query: SearchQuery) -> Axis | None:
        """Years that the documents of a search cover; None where none is dated."""
        search = self._prepare(query)
        return self._axes(search.query, search.loose)

    def _find_axis(self, query: SearchQuery, loose: bool) -> Axis | None:
        index, role = self.index, query.counted_role
        found = index.documents(self._run(query, _parse(query.words), loose=loose)[0])

        def count(first: int, last: int) -> int:
            return index.count(index.in_time(found, times.days_of_years(first, last), role))

        def beside(run: YearSpan, axis: YearSpan) -> int:
            days, without = (times.days_of_years(each.first, each.last) for each in (run, axis))
            return index.count(index.in_time(found, days, role, without=without))

        years = times.within(index.bounded_years(found, self._facets(query, loose).years, role), query.days)
        return times.axis_of(years, index.count_dated(found, dated=True), count, beside)

    def _search_hits(
        self, hits: deque[Hit], marker: HitMarker | None, request: SearchRequest, match: Callable[[Record], Date]
    ) -> Iterator[list[SearchHit]]:
        """Hits with their records, in batches of a few things and of records that are not long together."""
        while hits:
            batch = [hits.popleft()]
            size = batch[0].length
            while hits and len(batch) < _MAX_BATCH and size + hits[0].length <= _MAX_BATCH_BYTES:
                batch.append(hits.popleft())
                size += batch[-1].length
            things = self.generation.catalogue.things([hit.reference for hit in batch])
            found = (self._search_hit(hit, things[hit.reference], marker, request) for hit in batch)
            yield [replace(each, date=match(each.record)) for each in found]

    def _search_hit(self, hit: Hit, thing: Thing, marker: HitMarker | None, request: SearchRequest) -> SearchHit:
        tag = language_ranges.best(thing.labels, request.languages) or language_ranges.NO_LANGUAGE
        label = request.nameless(thing) or thing.labels[tag]
        if marker is None:
            record = self.record(hit.offset, hit.length)
            return SearchHit(thing, record, hit.score, unmarked_snippet(tag, label), None)
        title = marker.mark(tag, label)
        ranges = (tag, *request.languages)
        record = self._reader.bounded(hit.offset, hit.length, ranges)
        passages = self._passages(record, hit.offset, marker, ranges)
        return SearchHit(thing, record, hit.score, title, marker.snippet(passages))

    def record(self, offset: int, length: int) -> dict[str, Any]:
        """Record of a thing, from its offset and length in the file of records."""
        return self._reader.whole(offset, length)

    # For queries --------------------------------------------------------------------------------------------------

    def rewrite(self, query: str) -> RewrittenQuery:
        """SPARQL query with its search clauses replaced. Raises SearchRefused for a clause of another form."""
        return sparql_search.rewrite(query, self.base.value, self._clause_rows)

    def _clause_rows(self, clause: SearchClause) -> tuple[Sequence[SearchRow], bool]:
        parsed = _parse(clause.words)
        query = self.index.query(IndexRequest(parsed, language=clause.language))
        hits = self.index.hits(query, clause.limit + 1) if parsed.postfix else []
        marker = self._marker(parsed) if clause.snippet else None
        rows = [self._clause_row(hit, marker, clause.language) for hit in hits[: clause.limit]]
        return rows, len(hits) > clause.limit

    def _clause_row(self, hit: Hit, marker: HitMarker | None, language: str) -> SearchRow:
        record = self._reader.bounded(hit.offset, hit.length, (language,)) if marker else {}
        snippet = marker.snippet(self._passages(record, hit.offset, marker, (language,))) if marker else None
        iri = self.base.iri(hit.reference)
        return SearchRow(iri, hit.score, snippet.text, snippet.language) if snippet else SearchRow(iri, hit.score)

    def _passages(
        self, record: dict[str, Any], offset: int, marker: HitMarker, languages: Sequence[str]
    ) -> list[tuple[str, str]]:
        """Texts of a record, (language, text), the most informative first, but those in another language last.

        Args:
            record: the record.
            offset: its offset in the file of records.
            marker: marker of hits, which knows whether boilerplate is searched too; that comes last.
            languages: that of the title, then those of the reader; a text of no known language counts as in the first.
        """
        ranges = tuple(each for each in languages if not language_ranges.is_undetermined(each))

        def place(passage: tuple[str, str]) -> int:
            language, _ = passage
            return 0 if language_ranges.is_undetermined(language) else language_ranges.rank(language, ranges)[0]

        repeated = self.index.repeated
        texts = sorted([(each.language, each.text) for each in repeated.own_passages(record, offset)], key=place)
        if marker.has_number:
            texts += [(each.language, each.text) for each in repeated.varying_passages(record, offset)]
        if marker.everywhere:
            texts += [(each.language, each.text) for each in repeated.searched_passages(record)]
        return texts
