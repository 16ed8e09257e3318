"""Evidence of documents on a thing that nobody has described: when, where, and with whom they name it."""

from dataclasses import dataclass

from kg.read import pictures
from kg.read.pictures import ThingCount
from kg.read.publication import Publication
from kg.read.search_request import SearchQuery
from kg.store.generation.things import Thing

MAX_NAMES = 10
"""People, and places, that are named."""


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """Evidence of documents on a thing.

    Attributes:
        years: first and last year in EDTF; empty where no document has a date.
        places, people: those that most of the documents name, each with the number of these.
    """

    years: str
    places: tuple[ThingCount, ...] = ()
    people: tuple[ThingCount, ...] = ()


def document_evidence(publication: Publication, thing: Thing, query: SearchQuery) -> DocumentEvidence | None:
    """Evidence of documents on a thing; None where they tell nothing.

    Args:
        publication: the publication.
        thing: the thing.
        query: the search for the documents that name it.
    """
    catalogue = publication.catalogue
    span = catalogue.linking_span(thing.n, list(catalogue.link_counts(thing.n)))
    first, last = (_year(each) for each in span) if span else ("", "")
    years = first if first == last else f"{first}/{last}"
    if not publication.searchable:
        return DocumentEvidence(years) if years else None
    people, _ = pictures.people(publication, query, MAX_NAMES + 1)
    places = pictures.places(publication, query, MAX_NAMES + 1)
    evidence = DocumentEvidence(years, _others(places, thing), _others(people, thing))
    return evidence if evidence.years or evidence.places or evidence.people else None


def _year(day: str) -> str:
    """Year of a day; a minus sign before it belongs to it."""
    return day[:1] + day[1:].partition("-")[0]


def _others(counts: list[ThingCount], thing: Thing) -> tuple[ThingCount, ...]:
    return tuple(each for each in counts if each.thing is not None and each.reference != thing.reference)[:MAX_NAMES]
