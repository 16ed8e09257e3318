"""Counts for pictures of a search: documents by time, places with coordinates, people and their ties."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from kg.read import times
from kg.read.publication import Publication
from kg.read.search_request import SearchQuery
from kg.read.times import Axis
from kg.store.generation.things import Thing


@dataclass(frozen=True, slots=True)
class TimelineCounts:
    """Documents of a search by time.

    Attributes:
        axis: the years from end to end, and those that stand apart; None where no document is dated.
        documents: number of documents.
        undated: number of those without a date.
        by_unit: from a month, year, decade or century to its counts, by number (`kg.store.search.times`).
    """

    axis: Axis | None
    documents: int
    undated: int
    by_unit: Callable[[str], Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class ThingCount:
    """A thing that hits of a search name, and the number of these hits.

    Attributes:
        reference: of the thing.
        thing: its row of the catalogue; None where it is not there.
        count: hits that name it.
        coordinates: its latitude and longitude in degrees, where its record has both.
    """

    reference: str
    thing: Thing | None
    count: int
    coordinates: tuple[float, float] | None = None


def documents_by_time(publication: Publication, query: SearchQuery) -> TimelineCounts:
    """Return the documents of a search by time. Raises SearchRefused."""
    index, found = publication.finder.index, publication.finder.query(query)
    documents = index.documents(found)

    @cache
    def by_unit(unit: str) -> Mapping[int, int]:
        counts = index.unit_counts(found, unit, query.counted_role).counts
        return times.units_within(counts, unit, query.days)

    count, undated = index.count(documents), index.count_dated(documents, dated=False)
    return TimelineCounts(publication.finder.axis(query), count, undated, by_unit)


def covered_days(publication: Publication, query: SearchQuery) -> tuple[str, str] | None:
    """Return the first and the last day of the documents of a search, on its axis; None where none is dated."""
    axis = publication.finder.axis(query)
    if axis is None:
        return None
    index = publication.finder.index
    found = index.documents(publication.finder.query(query))
    days = index.first_and_last_day(found, times.days_of_years(axis.first, axis.last))
    return None if days is None else (times.day_text(days[0]) or "", times.day_text(days[1]) or "")


def all_documents_by_time(months: Mapping[str, int], documents: int) -> TimelineCounts:
    """Return documents by the start of their date, where there is no index.

    Args:
        months: month (`1962-10`), or year where no month is known, → documents.
        documents: number of documents.
    """

    @cache
    def by_unit(unit: str) -> Mapping[int, int]:
        return times.counts_by_unit(months, unit)

    years = by_unit("year")
    dated = sum(years.values())

    def count(first: int, last: int) -> int:
        return sum(number for year, number in years.items() if first <= year <= last)

    axis = times.axis_of(sorted(years), dated, count, lambda run, _: count(run.first, run.last))
    return TimelineCounts(axis, documents, documents - dated, by_unit)


def places(publication: Publication, query: SearchQuery, limit: int) -> list[ThingCount]:
    """Return the places that most hits of a search name, with their coordinates. Raises SearchRefused."""
    counts = _counts(publication, query, "place", limit)
    return [
        ThingCount(each.reference, each.thing, each.count, _coordinates(publication, each.thing)) for each in counts
    ]


def people(
    publication: Publication, query: SearchQuery, limit: int
) -> tuple[list[ThingCount], dict[tuple[str, str], int]]:
    """Return the people that most hits of a search name, and the hits of each two of them. Raises SearchRefused."""
    index, finder = publication.finder.index, publication.finder
    return _counts(publication, query, "person", limit), index.pair_counts(finder.query(query), "person", limit)


def _counts(publication: Publication, query: SearchQuery, facet: str, limit: int) -> list[ThingCount]:
    finder = publication.finder
    counts = finder.index.value_counts(finder.query(query), facet, limit)
    things = publication.catalogue.things([reference for reference, _ in counts])
    return [ThingCount(reference, things.get(reference), count) for reference, count in counts]


def _coordinates(publication: Publication, thing: Thing | None) -> tuple[float, float] | None:
    (record,) = publication.things.records([thing]) if thing else ({},)
    latitude, longitude = record.get("latitude"), record.get("longitude")
    return None if latitude is None or longitude is None else (latitude, longitude)
