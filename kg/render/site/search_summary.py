"""Search summary: labels of facets, gaps and orders, and the sentence with the counts of a result."""

from dataclasses import dataclass

from babel.numbers import format_decimal

from kg.render.site.translations import locale, translations

FACET_LABELS = {
    "kind": "Category",
    "type": "Type of document",
    "person": "People",
    "place": "Places",
    "collection": "Collections",
    "topic": "Topics",
    "language": "Language",
    "archive": "Archives",
    "from": "Written or sent by",
    "to": "Recipient",
    "year": "Time",
    "role": "Type of date",
    "lacks": "Gaps",
    "thing": "Selected documents",
}
"""Facet → label."""

GAP_LABELS = {
    "date": "No date",
    "place": "No place",
    "person": "No people mentioned",
    "topic": "No topic",
    "collection": "No collection",
    "text": "No full text",
    "reference": "No archival reference",
    "language": "No language",
    "summary": "No summary",
    "rights": "No statement of rights",
    "scan": "No scan or recording",
}
"""Value of the facet of gaps → label."""

LINK_LABELS = {
    "from": "Written or sent",
    "to": "Received",
    "person": "By, to, with or about them",
    "place": "Written here or about this place",
    "topic": "On this topic",
    "type": "Of this type",
    "collection": "In this collection",
    "archive": "Held here",
}
"""Facet → label of the link from a thing to its documents."""

SORT_LABELS = {"relevance": "Best match", "date": "Oldest first", "newest": "Newest first", "title": "Title A–Z"}
"""Order of a list → label."""


@dataclass(frozen=True, slots=True)
class ResultCounts:
    """Counts of a result.

    Attributes:
        documents: number of documents.
        others: number of other things.
        collections, people: number of the documents' collections and of the people in them.
        first, last: years of the first and the last dated document; empty where none is dated.
    """

    documents: int
    others: int
    collections: int
    people: int
    first: str
    last: str


def summary_sentence(tally: ResultCounts, language: str) -> str:
    """Sentence with the counts of a result.

    >>> summary_sentence(ResultCounts(15, 0, 3, 12, "1962", "1963"), "en")
    '15 documents from 3 collections, 1962 to 1963, 12 people'
    """
    catalogue = translations(language)
    ngettext, gettext = catalogue.ngettext, catalogue.gettext

    def counted(text: str, number: int) -> str:
        return text % {"num": format_decimal(number, locale=locale(language))}

    if not (tally.documents or tally.others):
        return gettext("No results")
    phrases = []
    if tally.documents:
        documents = ngettext("%(num)s document", "%(num)s documents", tally.documents)
        phrases.append(counted(documents, tally.documents))
        if tally.collections:
            collections = ngettext("from %(num)s collection", "from %(num)s collections", tally.collections)
            phrases[0] += f" {counted(collections, tally.collections)}"
        if tally.first and tally.first != tally.last:
            phrases.append(gettext("%(first)s to %(last)s") % {"first": tally.first, "last": tally.last})
        elif tally.first:
            phrases.append(tally.first)
        if tally.people:
            phrases.append(counted(ngettext("%(num)s person", "%(num)s people", tally.people), tally.people))
    if tally.others:
        others = ngettext("%(num)s other entry", "%(num)s other entries", tally.others)
        phrases.append(counted(others, tally.others))
    return ", ".join(phrases)
