"""Counts for pictures of a search: documents by month, places with coordinates, people and their ties."""

from dataclasses import dataclass

from kg.read.publication import Publication
from kg.read.search import SearchQuery
from kg.store.generation.things import Thing

MAX_MONTHS = 10_000
"""Months that a timeline counts, eight centuries of them."""


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """Documents of a search by time.

    Attributes:
        counts: month (`1962-10`), or year where no month is known, → documents.
        undated: documents without a date.
    """

    counts: dict[str, int]
    undated: int


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


def documents_by_month(publication: Publication, query: SearchQuery) -> MonthCounts:
    """Return the documents of a search by month. Raises SearchRefused."""
    index, found = publication.finder.index, publication.finder.query(query)
    documents = index.documents(found)
    counts = {
        f"{month // 100:04}-{month % 100:02}".removesuffix("-00"): count
        for month, count in index.value_counts(documents, "month", MAX_MONTHS)
        if month > 0
    }
    return MonthCounts(counts, index.count(documents) - sum(counts.values()))


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
    record = publication.finder.record(thing.offset, thing.length) if thing else {}
    latitude, longitude = record.get("latitude"), record.get("longitude")
    return None if latitude is None or longitude is None else (latitude, longitude)
