"""Hits of a search with their labels from the catalogue and their passages from the file of records."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from kg import language_ranges
from kg.date_roles import Date
from kg.iris import Base
from kg.read import times
from kg.read.prepared_search import PreparedSearch, SearchPreparer
from kg.read.record_reader import RecordReader
from kg.read.search_request import SearchRequest
from kg.read.search_results import SearchHit
from kg.store.generation.generation import Generation
from kg.store.generation.things import Thing
from kg.store.search.index import Hit
from kg.store.search.query_language import ParsedSearch
from kg.store.search.snippets import HitMarker, unmarked_snippet
from kg.store.search.sparql_search import SearchRow

Record = dict[str, Any]
"""Record of a thing, as it stands in its JSON."""

_MAX_BATCH, _MAX_BATCH_BYTES = 100, 256 << 10
"""Hits, and bytes of their records, that are read at a time."""


class HitReader:
    """Reader of the hits of one generation's searches.

    Attributes:
        records: reader of their records.
    """

    def __init__(self, generation: Generation, searches: SearchPreparer) -> None:
        """Create a reader.

        Args:
            generation: the generation.
            searches: preparer of its searches, for the forms that stand for words.
        """
        self._catalogue = generation.catalogue
        self._base = Base(generation.manifest.base)
        self._searches = searches
        self.records = RecordReader(generation)

    def batches(self, hits: Sequence[Hit], search: PreparedSearch, request: SearchRequest) -> Iterator[list[SearchHit]]:
        """Hits with their records, in batches of a few things and of records that are not long together."""
        marker = self.marker(search.parsed) if request.marked else None
        match = partial(times.matched_date, days=search.times, roles=search.roles, certain=search.query.certain)
        for batch in self._batches(deque(hits), marker, request, match):
            yield self._with_missing_words(search, batch) if search.loose else batch

    def marker(self, parsed: ParsedSearch) -> HitMarker:
        """Marker of the words of a search in titles and texts."""
        return HitMarker(parsed, self._searches.index.languages, self._searches.forms(parsed))

    def row(self, hit: Hit, marker: HitMarker | None, language: str) -> SearchRow:
        """Row of a search clause in a query: with a snippet in a language, where there is a marker."""
        record = self.records.bounded(hit.offset, hit.length, (language,)) if marker else {}
        snippet = marker.snippet(self._passages(record, hit.offset, marker, (language,))) if marker else None
        iri = self._base.iri(hit.reference)
        return SearchRow(iri, hit.score, snippet.text, snippet.language) if snippet else SearchRow(iri, hit.score)

    def _with_missing_words(self, search: PreparedSearch, batch: list[SearchHit]) -> list[SearchHit]:
        missing = self._searches.index.missing_words(search.parsed, [hit.thing.reference for hit in batch])
        return [replace(hit, missing=missing[hit.thing.reference]) for hit in batch]

    def _batches(
        self, hits: deque[Hit], marker: HitMarker | None, request: SearchRequest, match: Callable[[Record], Date]
    ) -> Iterator[list[SearchHit]]:
        while hits:
            batch = [hits.popleft()]
            size = batch[0].length
            while hits and len(batch) < _MAX_BATCH and size + hits[0].length <= _MAX_BATCH_BYTES:
                batch.append(hits.popleft())
                size += batch[-1].length
            things = self._catalogue.things([hit.reference for hit in batch])
            found = (self._search_hit(hit, things[hit.reference], marker, request) for hit in batch)
            yield [replace(each, date=match(each.record)) for each in found]

    def _search_hit(self, hit: Hit, thing: Thing, marker: HitMarker | None, request: SearchRequest) -> SearchHit:
        tag = language_ranges.best(thing.labels, request.languages) or language_ranges.NO_LANGUAGE
        label = request.nameless(thing) or thing.labels[tag]
        if marker is None:
            record = self.records.whole(hit.offset, hit.length)
            return SearchHit(thing, record, hit.score, unmarked_snippet(tag, label), None)
        title = marker.mark(tag, label)
        ranges = (tag, *request.languages)
        record = self.records.bounded(hit.offset, hit.length, ranges)
        passages = self._passages(record, hit.offset, marker, ranges)
        return SearchHit(thing, record, hit.score, title, marker.snippet(passages))

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

        repeated = self._searches.index.repeated
        texts = sorted([(each.language, each.text) for each in repeated.own_passages(record, offset)], key=place)
        if marker.has_number:
            texts += [(each.language, each.text) for each in repeated.varying_passages(record, offset)]
        if marker.everywhere:
            texts += [(each.language, each.text) for each in repeated.searched_passages(record)]
        return texts
