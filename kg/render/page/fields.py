"""How keys are called on a page, and under which heading they stand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A key on a page: what it is called, the heading it stands under, and how its inverse is called."""

    key: str
    label: str
    section: str
    inverse: str = ""


SECTIONS = (
    "Summary",
    "People",
    "Places",
    "Text",
    "About",
    "In the archive",
    "Rights and access",
    "Description",
    "Further data",
)
"""Headings, in order."""

_GLANCE, _PEOPLE, _PLACES, _TEXT, _ABOUT, _ARCHIVE, _RIGHTS, _DESCRIPTION, _FURTHER = SECTIONS

BESIDE = frozenset({_ARCHIVE, _RIGHTS, _DESCRIPTION})
"""Those that stand beside the main column where there is room."""

PROSE = frozenset(
    (
        "summary",
        "description",
        "biography",
        "text",
        "scopeNote",
        "rights",
        "custodialHistory",
        "accessConditions",
        "note",
    )
)
"""Keys of running text."""

NAMED_PLACES = "mentions place"
"""No key of its own: the places among what the text names."""

_FIELDS = (
    Field("summary", "Summary", _GLANCE),
    Field("description", "Description", _GLANCE),
    Field("biography", "Life and history", _GLANCE),
    Field("occupations", "Occupations and offices", _GLANCE),
    Field("functions", "Functions", _GLANCE),
    Field("creator", "Author", _PEOPLE, "Author of"),
    Field("journalAuthor", "From the journal of", _PEOPLE, "From this journal"),
    Field("sender", "From", _PEOPLE, "Sent"),
    Field("recipient", "To", _PEOPLE, "Received"),
    Field("participants", "Participants", _PEOPLE, "Took part in"),
    Field("translator", "Translated by", _PEOPLE, "Translated"),
    Field("obtainedBy", "Obtained by", _PEOPLE, "Obtained"),
    Field("contributors", "Contributors", _PEOPLE, "Contributed to"),
    Field("donors", "Donors", _PEOPLE, "Paid for"),
    Field("sponsors", "Sponsors", _PEOPLE, "Supported"),
    Field("mentions", "Named in the text", _PEOPLE, "Named in"),
    Field("relations", "Relations", _PEOPLE, "Related"),
    Field("placeOfCreation", "Made at", _PLACES, "Made here"),
    Field("birthPlace", "Born at", _PLACES, "Born here"),
    Field("deathPlace", "Died at", _PLACES, "Died here"),
    Field("places", "Connected with", _PLACES, "About this place"),
    Field(NAMED_PLACES, "Named in the text", _PLACES),
    Field("latitude", "Latitude", _ABOUT),
    Field("longitude", "Longitude", _ABOUT),
    Field("type", "Type", _ABOUT, "Of this type"),
    Field("agentType", "Kind", _ABOUT),
    Field("gender", "Gender", _ABOUT),
    Field("level", "Level", _ABOUT),
    Field("dates", "Dates", _ABOUT),
    Field("names", "Forms of the name", _ABOUT),
    Field("alternativeNames", "Also called", _ABOUT),
    Field("subjects", "Subjects", _ABOUT, "About this"),
    Field("broader", "Broader topic", _ABOUT, "Narrower topics"),
    Field("partOf", "Part of", _ABOUT, "Contains"),
    Field("related", "Related documents", _ABOUT, "Related"),
    Field("scopeNote", "Scope", _ABOUT),
    Field("text", "Text", _TEXT),
    Field("language", "Language of the text", _TEXT),
    Field("originalLanguage", "Language of the original", _TEXT),
    Field("reference", "Archival reference", _ARCHIVE),
    Field("heldIn", "Lies in", _ARCHIVE, "Documents"),
    Field("repository", "Kept by", _ARCHIVE, "Keeps"),
    Field("collections", "Collections", _ARCHIVE, "In this collection"),
    Field("referenceLevels", "Levels of the reference", _ARCHIVE),
    Field("identifiers", "Identifiers", _ARCHIVE),
    Field("outgoingNumber", "Outgoing number", _ARCHIVE),
    Field("copyNumber", "Copy number", _ARCHIVE),
    Field("classification", "Original classification", _ARCHIVE),
    Field("extent", "Extent", _ARCHIVE),
    Field("physicalForm", "Physical form", _ARCHIVE),
    Field("duration", "Duration", _ARCHIVE),
    Field("custodialHistory", "Custodial history", _ARCHIVE),
    Field("digitalObjects", "Scans and recordings", _ARCHIVE),
    Field("rights", "Rights", _RIGHTS),
    Field("rightsHolder", "Rights holder", _RIGHTS, "Holds the rights in"),
    Field("license", "Licence of the document", _RIGHTS),
    Field("accessConditions", "Access", _RIGHTS),
    Field("restrictedUntil", "Restricted until", _RIGHTS),
    Field("citation", "Cite as", _RIGHTS),
    Field("sourcePage", "Source", _DESCRIPTION),
    Field("homepage", "Home page", _DESCRIPTION),
    Field("sameAs", "The same elsewhere", _DESCRIPTION),
    Field("exactMatch", "The same concept elsewhere", _DESCRIPTION),
    Field("describedBy", "Described by", _DESCRIPTION, "Described"),
    Field("describedOn", "Described on", _DESCRIPTION),
    Field("descriptionLicense", "Licence of the description", _DESCRIPTION),
    Field("note", "Note", _DESCRIPTION),
    Field("replaces", "Earlier address", _DESCRIPTION),
    Field("extra", "Other fields of the source", _FURTHER),
)

FIELDS = {field.key: field for field in _FIELDS}
"""Key → how it is shown. The title or name is the page's heading; id, kind and status are said in words."""

INVERSES = {field.key: field.inverse for field in _FIELDS if field.inverse} | {"relatedTo": "Related"}
"""Key → how the list of those is called that link to a thing under it."""

ONE_LANGUAGE = frozenset({"occupations", "functions", "extent", "physicalForm", "classification"})
"""Keys of which a page shows what is said in the reader's language alone, where something is."""

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

PARTS = {
    "role": "role",
    "certainty": "certainty",
    "timeCertainty": "certainty of the time",
    "startTime": "from",
    "endTime": "to",
    "script": "script",
    "form": "form",
    "rules": "rules",
    "language": "language",
    "dates": "dates",
    "type": "type",
    "mediaType": "media type",
    "extent": "extent",
    "identifier": "identifier",
}
"""How keys of parts are called."""

DATE_ROLES = {
    "document": "dated",
    "event": "tells of",
    "sent": "sent",
    "received": "received",
    "published": "published",
    "digitized": "digitised",
    "uploaded": "put on line",
    "birth": "born",
    "death": "died",
    "founded": "founded",
    "dissolved": "dissolved",
    "active": "active",
    "existence": "existed",
}

FIRST_DATES = ("document", "event", "sent", "birth", "death", "founded", "dissolved", "existence", "active")
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

STATUSES = {
    "stub": "Nothing more is known here: this page exists because other records link to it.",
    "described-only": "This document is not part of the collection; it is known from what another record says of it.",
}
