"""How what is found falls into facets: counts by value, by year, by pairs, all exact."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tantivy import Query, Searcher

from kg.store.search import fields

_BUCKETS = 60_000
"""As many values of a facet as are counted: the engine refuses more than 65,000 in all that is asked at once."""

_YEARS = 5_000


@dataclass(frozen=True, slots=True)
class Facets:
    """How what was found falls into kinds, people, years and so on.

    Attributes:
        counts: facet → (value, how many), the most first; the whole of it up to `most`.
        distinct: facet → how many values there are.
        starts, ends: year → how many documents have a date that begins in it, or ends in it; open ends are far away.
    """

    counts: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    distinct: dict[str, int] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)

    def touching(self, first: int, last: int) -> int:
        """How many documents have a date that touches a span of years."""
        begun = sum(count for year, count in self.starts.items() if year <= last)
        return begun - sum(count for year, count in self.ends.items() if year < first)

    @property
    def years(self) -> dict[int, int]:
        """Year → how many documents have a date that touches it, in order."""
        bounded = [year for year in (*self.starts, *self.ends) if abs(year) < fields.OPEN_YEAR]
        found: dict[int, int] = {}
        now = sum(count for year, count in self.starts.items() if year <= -fields.OPEN_YEAR)
        for year in range(min(bounded, default=0), max(bounded, default=-1) + 1):
            now += self.starts.get(year, 0) - self.ends.get(year - 1, 0)
            if now:
                found[year] = now
        return found


def facets(searcher: Searcher, query: Query, documents: Query, top: Callable[[str], str], most: int) -> Facets:
    """Count what is found by each facet.

    Args:
        searcher: the index.
        query: what is found.
        documents: the documents among it, whose years count.
        top: from a level of an archive to its institution.
        most: how many values of each.
    """
    asked = {name: _terms(name, _BUCKETS if name == "archive" else most) for name in fields.COUNTED}
    told = searcher.aggregate(query, asked)
    counts = {name: _buckets(told[name]) for name in fields.COUNTED}
    counts["archive"] = _institutions(counts["archive"], top, most)
    full = [name for name in fields.COUNTED if len(counts[name]) == most]
    distinct = {name: len(counts[name]) for name in fields.COUNTED}
    if full:
        values = searcher.aggregate(query, {name: {"cardinality": {"field": name}} for name in full})
        distinct |= {name: round(values[name]["value"] or 0) for name in full}
    told = searcher.aggregate(documents, {name: _terms(name, _YEARS) for name in ("start_year", "end_year")})
    return Facets(counts, distinct, dict(_buckets(told["start_year"])), dict(_buckets(told["end_year"])))


def counted(searcher: Searcher, query: Query, name: str, most: int) -> list[tuple[Any, int]]:
    """The values of one field and how many have them, the most first."""
    return _buckets(searcher.aggregate(query, {name: _terms(name, most)})[name])


def together(searcher: Searcher, query: Query, name: str, most: int) -> dict[tuple[str, str], int]:
    """How often two values of a facet stand together, among the `most` that are most frequent."""
    chosen = [str(value) for value, _ in counted(searcher, query, name, most)]
    if not chosen:
        return {}
    # Those alone: whoever else stands together with one of them may be ten thousands.
    among = {"terms": {**_terms(name, most)["terms"], "include": chosen}}
    found: dict[tuple[str, str], int] = {}
    for bucket in searcher.aggregate(query, {name: {**among, "aggs": {"with": among}}})[name]["buckets"]:
        for other, count in _buckets(bucket["with"]):
            if str(bucket["key"]) < other:
                found[str(bucket["key"]), other] = count
    return found


def _institutions(levels: list[tuple[str, int]], top: Callable[[str], str], most: int) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for level, count in levels:
        institution = top(level)
        found[institution] = found.get(institution, 0) + count
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))[:most]


def _terms(name: str, size: int) -> dict[str, Any]:
    # Counted whole in each part of the index, so that the sums are exact.
    return {"terms": {"field": name, "size": size, "segment_size": _BUCKETS}}


def _buckets(told: dict[str, Any]) -> list[tuple[Any, int]]:
    found = [(bucket["key"], bucket["doc_count"]) for bucket in told["buckets"]]
    return sorted(found, key=lambda each: (-each[1], each[0]))
