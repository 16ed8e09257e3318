"""How keys are called on a page, and under which heading they stand; and how other words of a record are called.

Labels and sections of keys are the model's to say (`ontology/keys.json`); the order of sections is said here.
"""

from kg import key_annotations
from kg.key_annotations import Caption, Heading, PageSection

SECTIONS = (
    PageSection.SUMMARY,
    PageSection.TEXT,
    PageSection.PEOPLE,
    PageSection.PLACES,
    PageSection.ABOUT,
    PageSection.ARCHIVE,
    PageSection.RIGHTS,
    PageSection.DESCRIPTION,
    PageSection.FURTHER,
)
"""Titles of sections, in order."""

BESIDE = frozenset({PageSection.ARCHIVE, PageSection.RIGHTS, PageSection.DESCRIPTION})
"""Those that stand beside the main column where there is room."""

NAMED_PLACES = "mentions place"
"""No key of its own: the places among what the text names."""

_ANNOTATIONS = key_annotations.load()


def _headings() -> dict[str, Heading]:
    """Key → its row, in the order of a page."""
    found = {key: each.shown for key, each in _ANNOTATIONS.items() if isinstance(each.shown, Heading)}
    found[NAMED_PLACES] = Heading("Mentioned in the text", PageSection.PLACES, rank=2)
    return dict(sorted(found.items(), key=lambda row: (SECTIONS.index(row[1].section), row[1].rank)))


FIELDS = _headings()
"""Key → how it is shown. The title or name is the page's heading; id, kind and status are said in words."""

PROSE = frozenset(key for key, heading in FIELDS.items() if heading.prose)
"""Keys of running text."""

INVERSES = {key: heading.inverse for key, heading in FIELDS.items() if heading.inverse} | {
    "relatedTo": "Related according to their own descriptions"
}
"""Key → how the list of those is called that link to a thing under it."""

ROLES = {
    "creator": "author",
    "journalAuthor": "from the journal",
    "sender": "sender",
    "recipient": "recipient",
    "participants": "participant",
    "mentions": "mentioned",
    "translator": "translator",
    "obtainedBy": "obtained it for publication",
    "contributors": "contributor",
    "donors": "donor",
    "sponsors": "sponsor",
    "repository": "holds it",
    "rightsHolder": "holds the rights",
    "describedBy": "described by them",
    "placeOfCreation": "created here",
    "places": "connected with this place",
    "subjects": "about this",
    "type": "of this type",
    "collections": "in this collection",
    "heldIn": "held here",
    "relatedTo": "related",
}
"""Key of a link from a document → what the thing of the page is to it, in a small word beside the document."""

ONE_LANGUAGE = frozenset(key for key, heading in FIELDS.items() if heading.one_language)
"""Keys of which a page shows what is said in the reader's language alone, where something is."""


def _captions(parts: dict[str, key_annotations.Annotations]) -> dict[str, str]:
    """Key of a part → its label in the note beside the part, in the order of the note."""
    found = {name: each.shown for name, each in parts.items() if isinstance(each.shown, Caption)}
    return {name: caption.label for name, caption in sorted(found.items(), key=lambda each: each[1].rank)}


CAPTIONS = {key: _captions(each.parts) for key, each in _ANNOTATIONS.items() if each.parts}
"""Key → key of its parts → how that is called in the note beside a part."""

LEVELS = {
    "archive": "archive",
    "fonds": "fonds",
    "fond": "fond",
    "record-group": "record group",
    "collection": "collection",
    "subfonds": "part of a fonds",
    "series": "series",
    "subseries": "part of a series",
    "opis": "inventory",
    "papka": "folder",
    "delo": "file",
    "file": "file",
    "volume": "volume",
    "box": "box",
    "folder": "folder",
    "reel": "reel",
    "item": "item",
    "frames": "frames",
    "pages": "pages",
    "leaves": "leaves",
    "other": "",
}
"""Levels of an archival arrangement, in words that are not an archivist's alone."""

NAME_FORMS = {
    "authorized": "in an authority file",
    "maiden": "name at birth",
    "pseudonym": "pseudonym",
    "abbreviation": "abbreviation",
    "former": "former name",
}
"""Forms of a name that are worth a word; how its parts are ordered is seen."""

DATE_ROLES = {
    "document": "dated",
    "bulk": "mostly from",
    "event": "describes events of",
    "sent": "sent",
    "received": "received",
    "published": "published",
    "printed": "printed",
    "cast": "cast",
    "exhibited": "exhibited",
    "broadcast": "broadcast",
    "remade": "remade",
    "digitized": "digitised",
    "uploaded": "put online",
    "birth": "born",
    "death": "died",
    "founded": "founded",
    "dissolved": "dissolved",
    "active": "active",
    "existence": "existed",
}

FIRST_DATES = ("document", "bulk", "event", "sent", "birth", "death", "founded", "dissolved", "existence", "active")
"""Roles of dates that stand under the title."""

KINDS = {
    "record": ("Document", "Documents"),
    "agent": ("Person or organisation", "People and organisations"),
    "place": ("Place", "Places"),
    "collection": ("Collection", "Collections"),
    "archive": ("Archive or part of its holdings", "Archives and their holdings"),
    "topic": ("Topic", "Topics"),
}
"""Kind → what one is called, what several are called."""

AGENT_TYPES = {"person": "Person", "organization": "Organisation", "family": "Family"}
"""What an agent is, where that is told, and what it is called."""

GENDERS = {"male": "male", "female": "female"}
"""The words for a gender that are translated; a source may have others, which stay."""

COMPASS = {"latitude": ("%(degrees)s° N", "%(degrees)s° S"), "longitude": ("%(degrees)s° E", "%(degrees)s° W")}
"""Key of a coordinate → how one is told that is positive, and one that is negative."""

STUB_OF_DOCUMENT = "This document is not described here; other documents refer to it."
"""What is said of a document that is only linked to."""

STATUSES = {
    "stub": "No description yet: the information on this page comes from the documents.",
    "described-only": "This document is not in the collection; it is known from the description in another record.",
}
