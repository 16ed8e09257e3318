"""Controlled vocabularies of the model: the words of its choices."""

STATUSES = ("stub", "described-only")
AGENT_TYPES = ("person", "organization", "family")
DATE_ROLES = {
    "document": "the document itself was written",
    "bulk": "most of it was written, where the dates of all reach further",
    "event": "what the document tells of took place",
    "sent": "it was sent",
    "received": "it was received",
    "published": "it was published or released",
    "printed": "it was printed, as a photograph or an etching is after it was made",
    "cast": "it was cast",
    "exhibited": "it was exhibited",
    "broadcast": "it was broadcast",
    "remade": "it was made anew, changed or copied",
    "digitized": "it was digitised",
    "uploaded": "it was put on line by the source",
    "birth": "a person was born",
    "death": "a person died",
    "founded": "a body was founded",
    "dissolved": "a body ceased to be",
    "active": "somebody or something is known to have been active or in force",
    "existence": "somebody or something existed",
}
"""Role of a date → its event."""

LEVELS = [
    "archive",
    "fonds",
    "fond",
    "record-group",
    "collection",
    "subfonds",
    "series",
    "subseries",
    "opis",
    "papka",
    "delo",
    "file",
    "volume",
    "box",
    "folder",
    "reel",
    "item",
    "frames",
    "pages",
    "leaves",
    "other",
]
"""Names of the levels of an archival arrangement, top first, as archives of different countries call them."""
