"""Tantivy index reader: hits in several orders, positions in a list, counts and facets."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tantivy import DocAddress, FieldType, Index, Occur, Order, Query, Schema, Searcher

from kg.date_roles import OF_DESCRIPTION, OF_RELEASE
from kg.errors import GenerationError, Message, SearchRefused
from kg.store import file_sizes
from kg.store.search import facets, fields, times
from kg.store.search.analysis import analyzer
from kg.store.search.facets import Facets
from kg.store.search.folding import PLAIN
from kg.store.search.indexing.counts import INFO_FILE, META_FILE
from kg.store.search.query_builder import IndexRequest, QueryBuilder
from kg.store.search.query_language import MAX_OFFSET, DayRange, ParsedSearch
from kg.store.search.repeated.matcher import RepeatedMatcher
from kg.store.search.repeated.table import RepeatedTable, RepeatedTexts
from kg.store.search.times import TimeCounts
from kg.store.search.words.clauses import all_of, any_value, count, reference_at
from kg.store.search.words.term_counts import TermCounts
from kg.store.search.words.word_queries import WordQueries

_MAX_COUNTED_AGAIN = 500
"""Institutions whose documents are counted again where some lie in two files."""

_MAX_YEARS = 60
"""Years up to which they are shown one by one, and decades are not counted."""

_TRIES, _PAUSE = 20, 0.01
"""Attempts to delete a folder that the engine still writes to, and seconds between them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Hit of a search.

    Attributes:
        reference: kind/key.
        score: relevance; 0 in a list in another order.
        offset, length: address of its JSON in the segments of records, and its bytes.
        cursor: cursor of the list behind it.
    """

    reference: str
    score: float
    offset: int
    length: int
    cursor: str


ORDERS = {"date": ("by_date", Order.Asc), "newest": ("by_date_back", Order.Desc)}
"""Order by date → its field and direction. Other orders are `relevance` and the fields of titles."""


class SearchIndex:
    """Reader of a published index; thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Open an index. Raises GenerationError where it can't be read."""
        try:
            info = json.loads((folder / INFO_FILE).read_text(encoding="utf-8"))
            self._sizes = file_sizes.present(folder, folder.iterdir())
            index = _open_index(folder)
            table = RepeatedTable.read(folder) if info["version"] == fields.VERSION else RepeatedTable()
        except (OSError, ValueError, KeyError, TypeError) as fault:
            what = f"the search index can't be read: {fault}"
            raise GenerationError(what, where=str(folder), todo="Run `kg build --full`.") from None
        if info["version"] != fields.VERSION:
            what = "the search index was made by another version of kg"
            raise GenerationError(what, where=str(folder), todo="Run `kg build --full`.")
        self._folder = folder
        self._opened: Searcher = index.searcher()
        self._schema = index.schema
        self._repeated = RepeatedMatcher(table, index.schema)
        self._queries = QueryBuilder(
            index.schema,
            self._opened,
            info["languages"],
            info["above"],
            self._repeated,
            slots=info["date_slots"],
            deleted=_count_deleted(folder),
        )
        self.repeated = RepeatedTexts(table)
        self._has_shared_documents: bool = info["held_twice"]

    def close(self) -> None:
        """Close the files."""
        del self._opened, self._queries

    @property
    def schema(self) -> Schema:
        """Schema of the index."""
        return self._schema

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of the index's stemming rules."""
        return self._queries.languages

    @property
    def words(self) -> WordQueries:
        """Queries of single words, and what the index knows of them."""
        return self._queries.words

    @property
    def terms(self) -> TermCounts:
        """Counts of the terms of the index."""
        return self._queries.terms

    @property
    def searcher(self) -> Searcher:
        """Tantivy's searcher. Raises GenerationError where a file of the index was cut since it was opened.

        The engine maps its files into memory: a page behind the new end would end the process.
        """
        file_sizes.check(self._folder, self._sizes)
        return self._opened

    def query(self, request: IndexRequest) -> Query:
        """Tantivy query of a request. Raises SearchRefused for an unknown facet, GenerationError as `searcher`."""
        file_sizes.check(self._folder, self._sizes)
        return self._queries.query(request)

    def top(self, archive: str) -> str:
        """Institution above a level of an archive."""
        return self._queries.top(archive)

    def count(self, query: Query) -> int:
        """Number of hits."""
        return count(self.searcher, query)

    def missing_words(self, parsed: ParsedSearch, references: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Words of a search that each of some things lacks."""
        searcher = self.searcher
        listed = any_value(self._schema, "ref", references)
        missing: dict[str, list[str]] = {reference: [] for reference in references}
        for word in parsed.words:
            query = all_of([self._queries.word(word, everywhere=parsed.everywhere), listed])
            hits = searcher.search(query, max(1, len(references)), count=False).hits
            having = {reference_at(searcher, address) for _, address in hits}
            for reference in missing.keys() - having:
                missing[reference].append(word.text)
        return {reference: tuple(words) for reference, words in missing.items()}

    def count_dated(self, query: Query, *, dated: bool) -> int:
        """Number of hits with, or without, a date that tells of the time of the thing."""
        return self.count(all_of([query, Query.term_query(self._schema, "dated", dated)]))

    def hits(self, query: Query, limit: int, order: str = "relevance", after: str = "") -> list[Hit]:
        """Page of hits.

        Args:
            query: result of `query`.
            limit: maximum number of hits.
            order: `relevance`, `date`, `newest`, or the field of titles in a language.
            after: cursor of the hit before the page; empty for the first page.

        Raises:
            SearchRefused: the cursor is invalid, or beyond MAX_OFFSET.
        """
        if order in ORDERS:
            return self._hits_by_date(query, limit, order, _parse_cursor(after))
        offset = _parse_cursor(after) or 0
        if not 0 <= offset <= MAX_OFFSET:
            raise SearchRefused(
                Message("a list in this order ends after %(most)s", most=f"{MAX_OFFSET:,}"),
                todo=Message("Narrow the search, or sort by date."),
            )
        sorting: dict[str, Any] = {} if order == "relevance" else {"order_by_field": order, "order": Order.Asc}
        results: Any = self.searcher.search(query, limit, count=False, offset=offset, **sorting).hits
        scores = [0.0 if sorting else score for score, _ in results]
        return self._read_hits([address for _, address in results], scores, range(offset + 1, MAX_OFFSET))

    def hits_from(self, query: Query, first: int, limit: int, order: str = "relevance") -> list[Hit]:
        """Hits from an offset in the list, counted from 0; none from MAX_OFFSET on."""
        if first >= MAX_OFFSET:
            return []
        if order not in ORDERS:
            return self.hits(query, limit, order, str(first))
        name, direction = ORDERS[order]
        results = self.searcher.search(
            query, limit, count=False, offset=first, order_by_field=name, order=direction
        ).hits
        return self._read_hits([address for _, address in results], [0.0] * len(results), [key for key, _ in results])

    def count_before(self, query: Query, order: str, after: str) -> int:
        """Number of hits up to a cursor, its own hit included."""
        key = _parse_cursor(after)
        if key is None or order not in ORDERS:
            return key or 0
        name, direction = ORDERS[order]
        low, high = (-(2**62), key) if direction == Order.Asc else (key, 2**62)
        return self.count(all_of([query, Query.range_query(self._schema, name, FieldType.Integer, low, high)]))

    def _hits_by_date(self, query: Query, limit: int, order: str, after: int | None) -> list[Hit]:
        name, direction = ORDERS[order]
        if after is not None:
            low, high = (after + 1, 2**62) if direction == Order.Asc else (-(2**62), after - 1)
            query = all_of([query, Query.range_query(self._schema, name, FieldType.Integer, low, high)])
        results = self.searcher.search(query, limit, count=False, order_by_field=name, order=direction).hits
        return self._read_hits([address for _, address in results], [0.0] * len(results), [key for key, _ in results])

    def _read_hits(self, addresses: list[DocAddress], scores: Sequence[float], cursors: Iterable[int]) -> list[Hit]:
        searcher = self.searcher
        offsets = searcher.fast_field_values("offset", addresses)
        lengths = searcher.fast_field_values("length", addresses)
        rows = zip(addresses, scores, offsets, lengths, cursors, strict=False)
        return [
            Hit(reference_at(searcher, address), score, int(offset or 0), int(length or 0), str(cursor))
            for address, score, offset, length, cursor in rows
        ]

    def facets(  # noqa: PLR0913  # the list, and how its values are counted
        self,
        query: Query,
        years: TimeCounts,
        limit: int = 12,
        *,
        role: str = "",
        days: DayRange | None = None,
        undated: Query | None = None,
    ) -> Facets:
        """Facet counts of a query; decades of documents alone, where there are many years.

        Args:
            query: result of `query`.
            years: its documents by year, of `unit_counts`.
            limit: maximum number of values of each facet.
            role: role of the dates that are counted by year; empty for any of the thing.
            days: days by which the query is narrowed: roles count whose dates overlap them.
            undated: the query without those days, if a role may be chosen by which it finds something else.
        """
        counts = replace(
            facets.count_facets(self.searcher, query, self._queries.top, limit),
            years=years,
            decades=self.unit_counts(query, "decade", role) if len(years.counts) > _MAX_YEARS else TimeCounts(),
        )
        if days is not None:
            roles = self._roles_in_time(query if undated is None else undated, days, counts)
            counts.counts[fields.ROLE][:] = roles
            counts.distinct[fields.ROLE] = len(roles)
        counts.counts["archive"][:] = self._counted_once(query, counts.counts["archive"])
        counts.counts[fields.LANGUAGE][:] = self._with_variants(query, counts.counts[fields.LANGUAGE])
        return counts

    def _roles_in_time(self, query: Query, days: DayRange, counted: Facets) -> list[tuple[str, int]]:
        """(role, what it finds in some days), for the roles of hits and for those that find nothing if not chosen."""
        names = dict.fromkeys((*(name for name, _ in counted.counts[fields.ROLE]), *OF_RELEASE, *OF_DESCRIPTION))
        counts = ((name, self.count(all_of([query, self._queries.touching(days, name)]))) for name in names)
        return sorted(((name, count) for name, count in counts if count), key=lambda pair: (-pair[1], pair[0]))

    def _counted_once(self, query: Query, archives: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """(institution, count), where a document in two files of one archive was counted twice."""
        if not self._has_shared_documents:
            return archives
        first, rest = archives[:_MAX_COUNTED_AGAIN], archives[_MAX_COUNTED_AGAIN:]
        again = [(name, self.count(all_of([query, self._queries.facet("archive", name)]))) for name, _ in first]
        return sorted([*again, *rest], key=lambda pair: (-pair[1], pair[0]))

    def _with_variants(self, query: Query, languages: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """(language, count), a language with the documents in its variants, as many as it finds."""
        counts = [
            (tag, self.count(all_of([query, self._queries.facet(fields.LANGUAGE, tag)])))
            if len(self._queries.tags_within(tag)) > 1
            else (tag, count)
            for tag, count in languages
        ]
        return sorted(counts, key=lambda pair: (-pair[1], pair[0]))

    def all_values(self, query: Query, facet: str) -> list[tuple[str, int]]:
        """(value, count) of a facet, the largest count first; of archives the institutions."""
        values = facets.value_counts(self.searcher, query, facet, facets.MAX_VALUES)
        if facet == fields.LANGUAGE:
            return self._with_variants(query, values)
        if facet != "archive":
            return values
        return self._counted_once(query, facets.institutions(values, self._queries.top))

    def documents(self, query: Query) -> Query:
        """Query of the documents among the hits."""
        return all_of([query, Query.term_query(self._schema, "kind", fields.RECORD)])

    def in_time(self, query: Query, days: DayRange, role: str = "", *, without: DayRange | None = None) -> Query:
        """Query of the hits with a date that overlaps some days.

        Args:
            query: result of `query`.
            days: the days.
            role: role of the date; empty for any of the thing.
            without: days that no date of the hit overlaps.
        """
        found = all_of([query, self._queries.touching(days, role)])
        if without is None:
            return found
        return Query.boolean_query([(Occur.Must, found), (Occur.MustNot, self._queries.touching(without, role))])

    def unit_counts(self, query: Query, unit: str, role: str = "") -> TimeCounts:
        """Documents among the hits by month, year, decade or century; see `facets.unit_counts`."""
        return facets.unit_counts(self.searcher, self.documents(query), unit, role)

    def bounded_years(self, query: Query, counted: TimeCounts, role: str = "") -> list[int]:
        """Years of the documents among the hits, in order; of a date with an open end the year of the other one.

        Args:
            query: query of the documents.
            counted: their counts by year.
            role: role of the dates; empty for any of the thing.
        """
        if not counted.is_open:
            return list(counted.counts)
        fields_, numbers = times.unit_fields("year", of_role=bool(role)), times.open_numbers(role)
        open_ = [
            (Occur.MustNot, Query.range_query(self._schema, name, FieldType.Integer, number, number))
            for name, number in zip(fields_, numbers, strict=True)
        ]
        closed = Query.boolean_query([(Occur.Must, query), *open_])
        return sorted(counted.bounds.union(self.unit_counts(closed, "year", role).counts))

    def first_and_last_day(self, query: Query, days: DayRange) -> tuple[int, int] | None:
        """First and last of some days on which dates of the hits begin or end; None where none does."""
        found: list[int] = []
        for first, last, roles in self._queries.slots:
            for name, order in ((first, Order.Asc), (last, Order.Desc)):
                bounded = all_of([query, self._queries.bounded_by(name, roles, days)])
                hits = self.searcher.search(bounded, 1, count=False, order_by_field=name, order=order).hits
                found += [int(day) for day, _ in hits]
        return (min(found), max(found)) if found else None

    def value_counts(self, query: Query, name: str, limit: int) -> list[tuple[Any, int]]:
        """(value, count) of one field, the largest count first."""
        return facets.value_counts(self.searcher, query, name, limit)

    def pair_counts(self, query: Query, name: str, limit: int) -> dict[tuple[str, str], int]:
        """Co-occurrence counts of the most frequent values of a facet."""
        return facets.pair_counts(self.searcher, query, name, limit)


def is_of_another_version(folder: Path) -> bool:
    """Whether the index in a folder was made by a kg whose index this one does not read; False where that is unknown.

    Its generation is served without a search until the next build.
    """
    try:
        version = json.loads((folder / INFO_FILE).read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(version != fields.VERSION)


def _count_deleted(folder: Path) -> int:
    """Number of the deleted documents of an index, which the engine counts until it merges their segment."""
    meta = json.loads((folder / META_FILE).read_text(encoding="utf-8"))
    return sum(each["deletes"]["num_deleted_docs"] for each in meta["segments"] if each.get("deletes"))


def _open_index(folder: Path) -> Index:
    """Open an index that may lie in a read-only folder.

    The engine puts a lock file beside the files that it opens, but a generation is immutable: the index is opened
    through a folder of links. All of its files are memory-mapped then, so that the links can be deleted (D-41).
    """
    links = Path(tempfile.mkdtemp(prefix="kg-search-"))
    try:
        for path in folder.resolve().iterdir():
            (links / path.name).symlink_to(path)
        index = Index.open(str(links))
        index.register_tokenizer("kg", analyzer(PLAIN))
        index.config_reader("manual")
        index.searcher()
    finally:
        _remove(links)
    return index


def _remove(links: Path) -> None:
    """Delete the links; again where a thread of the engine put its lock file there meanwhile."""
    for _ in range(_TRIES):
        shutil.rmtree(links, ignore_errors=True)
        if not links.exists():
            return
        time.sleep(_PAUSE)


def _parse_cursor(text: str) -> int | None:
    if not text:
        return None
    try:
        return max(-(2**62), min(2**62, int(text)))
    except ValueError:
        what = Message("“%(value)s” is not a point in a list", value=text[:40])
        raise SearchRefused(what, todo=Message("Follow the link to the next page.")) from None
