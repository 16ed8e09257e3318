"""Search in one generation: hits with labels and snippets, facets, corrections, completions, SPARQL search clauses.

Hits and facets come from the index, labels from the catalogue, texts from the file of records.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any

from tantivy import Query

from kg.iris import Base
from kg.read import times
from kg.read.prepared_search import PreparedSearch, SearchPreparer, parse
from kg.read.search_hits import HitReader
from kg.read.search_request import TITLE, SearchQuery, SearchRequest
from kg.read.search_results import Completion, SearchHit, SearchNeighbours, SearchResults
from kg.read.times import Axis, YearSpan
from kg.store.generation.generation import Generation
from kg.store.generation.things import Thing
from kg.store.search import sparql_search
from kg.store.search.collation import title_order
from kg.store.search.completions import Completer
from kg.store.search.facets import Facets
from kg.store.search.index import SearchIndex
from kg.store.search.query_builder import IndexRequest
from kg.store.search.sparql_search import RewrittenQuery, SearchRow
from kg.store.search.sparql_search_scan import SearchClause
from kg.store.search.times import TimeCounts

_MAX_READ = 64 << 10
"""Bytes of a record up to which it is read for a completion."""


def _index_order(order: str, languages: Sequence[str]) -> str:
    """Order in the index: for titles the sort field of the reader's language."""
    return title_order.sort_field(languages[0] if languages else "") if order == TITLE else order


class Finder:
    """Search service of one generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self._searches = SearchPreparer(generation)
        self._hits = HitReader(generation, self._searches)
        self.base = Base(generation.manifest.base)
        self._completer: Completer | None = None
        self._facets = lru_cache(maxsize=64)(self._count_facets)
        self._years = lru_cache(maxsize=64)(self._count_years)
        self._axes = lru_cache(maxsize=64)(self._find_axis)

    def forget(self) -> None:
        """Drop the cached queries, facets and axes."""
        self._searches.run.cache_clear()
        self._facets.cache_clear()
        self._years.cache_clear()
        self._axes.cache_clear()

    @property
    def index(self) -> SearchIndex:
        """Index of the generation. Raises SearchRefused where it was built without one."""
        return self._searches.index

    @property
    def completer(self) -> Completer:
        """Completer of partial texts."""
        if self._completer is None:
            self._completer = Completer(self.index)
        return self._completer

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
        search = self._searches.prepare(request.query)
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
            self._searches.count_undated(search),
            self._axes(search.query, search.loose),
            search.corrected,
            search.suggestion,
            search.loose,
            tuple(
                (word, tuple(dict.fromkeys(forms.readable)))
                for word, forms in self._searches.forms(search.parsed).items()
            ),
            self._searches.count_repeated(search),
            order,
            search.total if after is None else self.index.count_before(search.engine_query, index_order, after),
        )
        return results, self._hits.batches(hits[: request.limit], search, request)

    def neighbours(self, request: SearchRequest, reference: str, at: int) -> SearchNeighbours | None:
        """Neighbours of a thing in a search's list.

        Args:
            request: request for the list; its `after` does not matter.
            reference: the thing.
            at: its position in the list, from 1.

        Returns:
            None for another thing at that position.
        """
        search = self._searches.prepare(request.query)
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

    def _cursor_at(self, search: PreparedSearch, order: str, offset: int) -> str | None:
        """Cursor of a list behind some hits; None where it has fewer."""
        before = self.index.hits_from(search.engine_query, offset - 1, 1, order)
        return before[0].cursor if before else None

    def count(self, query: SearchQuery) -> int:
        """Number of hits."""
        return self._searches.prepare(query).total

    def query(self, query: SearchQuery) -> Query:
        """Tantivy query of a search, corrected as in its list."""
        return self._searches.prepare(query).engine_query

    def completions(self, text: str) -> list[Completion]:
        """Things whose name or title completes a partial text. Raises SearchRefused where that is no search yet."""
        references = self.completer.references(text)
        things = self.generation.catalogue.things(references)
        return [self._completion(things[each]) for each in references if each in things]

    def _completion(self, thing: Thing) -> Completion:
        return Completion(thing, self.record(thing.offset, thing.length) if thing.length <= _MAX_READ else {})

    def record(self, offset: int, length: int) -> dict[str, Any]:
        """Record of a thing, from its offset and length in the file of records."""
        return self._hits.records.whole(offset, length)

    # Figures of a list --------------------------------------------------------------------------------------------

    def _count_facets(self, query: SearchQuery, loose: bool) -> Facets:
        parsed = parse(query.words)
        engine_query = self._searches.run(query, parsed, loose=loose)[0]
        undated = None
        if query.days is not None and not query.roles:
            undated = self._searches.run(replace(query, days=None), parsed, loose=loose)[0]
        years = self._years(query, loose)
        return self.index.facets(engine_query, years, role=query.counted_role, days=query.days, undated=undated)

    def _count_years(self, query: SearchQuery, loose: bool) -> TimeCounts:
        engine_query, _ = self._searches.run(query, parse(query.words), loose=loose)
        return self.index.unit_counts(engine_query, "year", query.counted_role)

    def years(self, query: SearchQuery) -> TimeCounts:
        """Documents of a search by year."""
        search = self._searches.prepare(query)
        return self._years(search.query, search.loose)

    def axis(self, query: SearchQuery) -> Axis | None:
        """Years that the documents of a search cover; None where none is dated."""
        search = self._searches.prepare(query)
        return self._axes(search.query, search.loose)

    def _find_axis(self, query: SearchQuery, loose: bool) -> Axis | None:
        index, role = self.index, query.counted_role
        found = index.documents(self._searches.run(query, parse(query.words), loose=loose)[0])

        def count(first: int, last: int) -> int:
            return index.count(index.in_time(found, times.days_of_years(first, last), role))

        def beside(run: YearSpan, axis: YearSpan) -> int:
            days, without = (times.days_of_years(each.first, each.last) for each in (run, axis))
            return index.count(index.in_time(found, days, role, without=without))

        years = times.within(index.bounded_years(found, self._years(query, loose), role), query.days)
        return times.axis_of(years, index.count_dated(found, dated=True), count, beside)

    # For queries --------------------------------------------------------------------------------------------------

    def rewrite(self, query: str) -> RewrittenQuery:
        """SPARQL query with its search clauses replaced. Raises SearchRefused for a clause of another form."""
        return sparql_search.rewrite(query, self.base.value, self._clause_rows)

    def _clause_rows(self, clause: SearchClause) -> tuple[Sequence[SearchRow], bool]:
        parsed = parse(clause.words)
        query = self.index.query(IndexRequest(parsed, language=clause.language))
        hits = self.index.hits(query, clause.limit + 1) if parsed.postfix else []
        marker = self._hits.marker(parsed) if clause.snippet else None
        rows = [self._hits.row(hit, marker, clause.language) for hit in hits[: clause.limit]]
        return rows, len(hits) > clause.limit
