"""Controlled vocabularies of the model: the words of its choices; those of dates stand in `kg.date_roles`."""

STATUSES = ("stub", "described-only")
AGENT_TYPES = ("person", "organization", "family")
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
