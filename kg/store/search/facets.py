"""Facet counts of a search: by value, by year, by pairs of values, all exact."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tantivy import Query, Searcher

from kg.store.search import fields

MAX_VALUES = 60_000
"""Values of a facet that are counted: the engine refuses more than 65,000 buckets in a request."""

MAX_EXACT = 5_000
"""Values of a facet up to which their number is counted, so that it is that of the list (D-161)."""

_MAX_YEARS = 5_000
"""Years that are counted."""


@dataclass(frozen=True, slots=True)
class Facets:
    """Facet counts of a result: by kind, person, year and so on.

    Attributes:
        counts: facet → (value, count), the largest count first, up to a limit.
        distinct: facet → number of distinct values.
        starts, ends: year → number of documents whose date starts, or ends, in it; open ends have far-away years.
    """

    counts: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    distinct: dict[str, int] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)

    def overlapping(self, first: int, last: int) -> int:
        """Number of documents whose date overlaps a span of years."""
        started = sum(count for year, count in self.starts.items() if year <= last)
        return started - sum(count for year, count in self.ends.items() if year < first)

    @property
    def years(self) -> dict[int, int]:
        """Year → number of documents whose date overlaps it, in order."""
        bounded = [year for year in (*self.starts, *self.ends) if abs(year) < fields.OPEN_YEAR]
        counts: dict[int, int] = {}
        open_dates = sum(count for year, count in self.starts.items() if year <= -fields.OPEN_YEAR)
        for year in range(min(bounded, default=0), max(bounded, default=-1) + 1):
            open_dates += self.starts.get(year, 0) - self.ends.get(year - 1, 0)
            if open_dates:
                counts[year] = open_dates
        return counts


def count_facets(searcher: Searcher, query: Query, documents: Query, top: Callable[[str], str], limit: int) -> Facets:
    """Count the values of all facets in a result.

    Args:
        searcher: reader of the index.
        query: the query of the result.
        documents: query of the documents in it, for the counts by year.
        top: from a level of an archive to its institution.
        limit: maximum number of values of each facet.
    """
    aggregations = {name: _terms(name, MAX_VALUES if name == "archive" else limit) for name in fields.COUNTED}
    result = searcher.aggregate(query, aggregations)
    counts = {name: _buckets(result[name]) for name in fields.COUNTED}
    all_institutions = institutions(counts["archive"], top)
    counts["archive"] = all_institutions[:limit]
    full = [name for name in fields.COUNTED if len(counts[name]) == limit and name != "archive"]
    distinct = {name: len(counts[name]) for name in fields.COUNTED}
    distinct["archive"] = len(all_institutions)
    distinct |= _distinct(searcher, query, full)
    result = searcher.aggregate(documents, {name: _terms(name, _MAX_YEARS) for name in ("start_year", "end_year")})
    return Facets(counts, distinct, dict(_buckets(result["start_year"])), dict(_buckets(result["end_year"])))


def _distinct(searcher: Searcher, query: Query, names: list[str]) -> dict[str, int]:
    """Facet → number of its values: counted up to MAX_EXACT, above that estimated by the engine (within 2 %)."""
    if not names:
        return {}
    estimates = searcher.aggregate(query, {name: {"cardinality": {"field": name}} for name in names})
    distinct = {name: round(estimates[name]["value"] or 0) for name in names}
    few = {name: _terms(name, MAX_EXACT) for name in names if distinct[name] < MAX_EXACT}
    counted = searcher.aggregate(query, few) if few else {}
    return distinct | {name: len(counted[name]["buckets"]) for name in few}


def value_counts(searcher: Searcher, query: Query, name: str, limit: int) -> list[tuple[Any, int]]:
    """(value, count) of one field, the largest count first."""
    return _buckets(searcher.aggregate(query, {name: _terms(name, limit)})[name])


def pair_counts(searcher: Searcher, query: Query, name: str, limit: int) -> dict[tuple[str, str], int]:
    """Co-occurrence counts of two values of a facet, among its `limit` most frequent values."""
    values = [str(value) for value, _ in value_counts(searcher, query, name, limit)]
    if not values:
        return {}
    # Restricted to those values: the others that co-occur with one of them may be ten thousands.
    aggregation = {"terms": {**_terms(name, limit)["terms"], "include": values}}
    pairs: dict[tuple[str, str], int] = {}
    for bucket in searcher.aggregate(query, {name: {**aggregation, "aggs": {"with": aggregation}}})[name]["buckets"]:
        for other, count in _buckets(bucket["with"]):
            if str(bucket["key"]) < other:
                pairs[str(bucket["key"]), other] = count
    return pairs


def institutions(levels: list[tuple[str, int]], top: Callable[[str], str]) -> list[tuple[str, int]]:
    """(institution, count) from the counts of its levels, the largest count first."""
    counts: dict[str, int] = {}
    for level, count in levels:
        institution = top(level)
        counts[institution] = counts.get(institution, 0) + count
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _terms(name: str, size: int) -> dict[str, Any]:
    # Counted in full in each segment of the index, so that the sums are exact.
    return {"terms": {"field": name, "size": size, "segment_size": MAX_VALUES}}


def _buckets(result: dict[str, Any]) -> list[tuple[Any, int]]:
    counts = [(bucket["key"], bucket["doc_count"]) for bucket in result["buckets"]]
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))
