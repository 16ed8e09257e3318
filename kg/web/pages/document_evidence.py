"""What documents tell of a thing that nobody has described: when, where, and with whom."""

from dataclasses import dataclass

from kg.read import pictures
from kg.read.pictures import ThingCount
from kg.render.site.date_phrases import date_phrase
from kg.store.generation.things import Thing
from kg.web.pages.search_links import DOCUMENTS, WIDEST
from kg.web.search.query_string import SearchState
from kg.web.serving.context import Context

MAX_NAMES = 10
"""People, and places, that are named."""


@dataclass(frozen=True, slots=True)
class CountedName:
    """Name of a thing, its language and reference, and the number of documents that name it, too."""

    reference: str
    label: str
    language: str
    count: int


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """What documents tell of a thing: years in words, places and people, those with the most documents first."""

    years: str
    places: tuple[CountedName, ...]
    people: tuple[CountedName, ...]


def document_evidence(thing: Thing, context: Context) -> DocumentEvidence | None:
    """What documents tell of a thing; None where they tell nothing."""
    catalogue = context.publication.catalogue
    span = catalogue.linking_span(thing.n, list(catalogue.link_counts(thing.n)))
    first, last = (_year(each) for each in span) if span else ("", "")
    years = date_phrase(first if first == last else f"{first}/{last}", context.reader.language) if first else ""
    places: tuple[CountedName, ...] = ()
    people: tuple[CountedName, ...] = ()
    if context.publication.searchable:
        query = SearchState(filters=(DOCUMENTS, (WIDEST[thing.kind], thing.reference))).wanted
        found, _ = pictures.people(context.publication, query, MAX_NAMES + 1)
        people = _names(found, thing, context)
        places = _names(pictures.places(context.publication, query, MAX_NAMES + 1), thing, context)
    return DocumentEvidence(years, places, people) if years or places or people else None


def _year(day: str) -> str:
    """Year of a day; a minus sign before it belongs to it."""
    return day[:1] + day[1:].partition("-")[0]


def _names(counts: list[ThingCount], thing: Thing, context: Context) -> tuple[CountedName, ...]:
    names = []
    for each in counts:
        if each.thing is not None and each.reference != thing.reference:
            label, language = context.reader.called(each.thing.labels, each.reference, each.thing.status)
            names.append(CountedName(each.reference, label, language, each.count))
    return tuple(names[:MAX_NAMES])
