"""Facet counts of a search: by value, by year, by pairs of values, all exact."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tantivy import Query, Searcher

from kg.store.search import fields, times
from kg.store.search.times import TimeCounts

MAX_VALUES = 60_000
"""Values of a facet that are counted: the engine refuses more than 65,000 buckets in a request."""

_WHOLE = frozenset({"archive", fields.ROLE})
"""Facets of which every value is counted: levels of archives, to be added up; roles, which are few."""

MAX_EXACT = 5_000
"""Values of a facet up to which their number is counted, so that it is that of the list (D-157)."""


@dataclass(frozen=True, slots=True)
class Facets:
    """Facet counts of a result: by kind, person, year and so on.

    Attributes:
        counts: facet → (value, count), the largest count first, up to a limit.
        distinct: facet → number of distinct values.
        years, decades: number of documents that a date touches in each.
    """

    counts: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    distinct: dict[str, int] = field(default_factory=dict)
    years: TimeCounts = field(default_factory=TimeCounts)
    decades: TimeCounts = field(default_factory=TimeCounts)


def count_facets(searcher: Searcher, query: Query, top: Callable[[str], str], limit: int) -> Facets:
    """Count the values of all facets in a result, but for the years.

    Args:
        searcher: reader of the index.
        query: the query of the result.
        top: from a level of an archive to its institution.
        limit: maximum number of values of each facet.
    """
    aggregations = {name: _terms(name, MAX_VALUES if name in _WHOLE else limit) for name in fields.COUNTED}
    result = searcher.aggregate(query, aggregations)
    counts = {name: _buckets(result[name]) for name in fields.COUNTED}
    all_institutions = institutions(counts["archive"], top)
    counts["archive"] = all_institutions[:limit]
    full = [name for name in fields.COUNTED if len(counts[name]) == limit and name not in _WHOLE]
    distinct = {name: len(counts[name]) for name in fields.COUNTED}
    distinct["archive"] = len(all_institutions)
    distinct |= _distinct(searcher, query, full)
    return Facets(counts, distinct)


def unit_counts(searcher: Searcher, query: Query, unit: str, role: str = "") -> TimeCounts:
    """Number of documents that a date touches in each unit of time.

    Args:
        searcher: reader of the index.
        query: query of the documents.
        unit: one of `times.UNITS`.
        role: role of the date; empty for any date that tells of the time of the thing.
    """
    names = times.unit_fields(unit, of_role=bool(role))
    result = searcher.aggregate(query, {name: _terms(name, MAX_VALUES) for name in names})
    starts, ends = (dict(_buckets(result[name])) for name in names)
    if role:
        starts, ends = times.in_role(starts, role), times.in_role(ends, role)
    return TimeCounts(starts, ends)


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
