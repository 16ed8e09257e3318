"""What is said of a search: how facets are called, and the sentence that sums up what was found."""

from dataclasses import dataclass

from babel.numbers import format_decimal

from kg.render.site.translations import locale, translations

FACETS = {
    "kind": "Kind",
    "type": "Type",
    "person": "People",
    "place": "Places",
    "collection": "Collections",
    "topic": "Topics",
    "language": "Language",
    "archive": "Archives",
    "from": "Written or sent by",
    "to": "Received by",
    "year": "Time",
    "lacks": "Gaps",
}
"""Facet → how it is called."""

LACKS = {
    "date": "No date",
    "place": "No place",
    "person": "No people",
    "topic": "No topic",
    "collection": "No collection",
    "text": "No full text",
}
"""What a document may lack → how that is called."""

LEADS = {
    "from": "Written or sent",
    "to": "Received",
    "person": "By, to, with or about them",
    "place": "Written there, or about it",
    "topic": "On this topic",
    "type": "Of this type",
    "collection": "In this collection",
    "archive": "Kept there",
}
"""How documents stand to a thing, by facet → how that is called on its page."""

SORTS = {"relevance": "Best match first", "date": "Oldest first", "newest": "Newest first", "title": "By title"}
"""Order of a list → how it is called."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was found, in numbers.

    Attributes:
        documents: how many documents.
        others: how many things that are no documents.
        collections, people: how many the documents are from and name.
        first, last: years of the first and the last dated document; empty where none is dated.
    """

    documents: int
    others: int
    collections: int
    people: int
    first: str
    last: str


def sentence(tally: Tally, language: str) -> str:
    """What was found, in one sentence.

    >>> sentence(Tally(15, 0, 3, 12, "1962", "1963"), "en")
    '15 documents from 3 collections, 1962 to 1963, 12 people'
    """
    catalogue = translations(language)
    ngettext, gettext = catalogue.ngettext, catalogue.gettext

    def counted(text: str, number: int) -> str:
        return text % {"num": format_decimal(number, locale=locale(language))}

    if not (tally.documents or tally.others):
        return gettext("Nothing was found")
    said = []
    if tally.documents:
        documents = ngettext("%(num)s document", "%(num)s documents", tally.documents)
        said.append(counted(documents, tally.documents))
        if tally.collections:
            collections = ngettext("from %(num)s collection", "from %(num)s collections", tally.collections)
            said[0] += f" {counted(collections, tally.collections)}"
        if tally.first and tally.first != tally.last:
            said.append(gettext("%(first)s to %(last)s") % {"first": tally.first, "last": tally.last})
        elif tally.first:
            said.append(tally.first)
        if tally.people:
            said.append(counted(ngettext("%(num)s person", "%(num)s people", tally.people), tally.people))
    if tally.others:
        others = ngettext("%(num)s other entry", "%(num)s other entries", tally.others)
        said.append(counted(others, tally.others))
    return ", ".join(said)
