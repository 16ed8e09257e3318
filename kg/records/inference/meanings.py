"""Meanings of columns: what their cells look like, and the key of each by the kind of the rows.

>>> key_of("name", "agent"), key_of("name", "record"), key_of("birth", "agent"), key_of("latitude", "record")
('name', 'mentions', 'dates.birth', '')
"""

from kg.records.model.keys import KEYS, Value, label_key

LABELS = frozenset({"title", "name"})
"""Meanings of the label of a thing."""

PEOPLE = frozenset(name for name, key in KEYS.items() if key.value is Value.LINK and key.to == ("agent",))
"""Keys of names of people and bodies."""

PLACES = frozenset(name for name, key in KEYS.items() if key.value is Value.LINK and key.to == ("place",))
"""Keys of names of places."""

TEXTS = frozenset(name for name, key in KEYS.items() if key.value is Value.TEXT)
"""Keys of texts in a language."""

MANY = frozenset(name for name, key in KEYS.items() if key.many and name not in {"dates", "extra"})
"""Keys that take several values."""

SPLIT = frozenset(name for name in MANY if KEYS[name].value in {Value.LINK, Value.TAG, Value.URL, Value.STRING}) | {
    "alternativeNames",
    "occupations",
    "functions",
}
"""Keys whose cells may hold several values."""

DATED = frozenset(
    {"dates", "lifeDates", "start", "end", "birth", "death", "sent", "received", "published", "digitized"}
)
"""Meanings of dates."""

OF_PEOPLE = frozenset({"lifeDates", "birth", "death"})
"""Meanings of dates of people, which are none of a document that names them."""

CONTACT = "contact"
"""Meaning of the number or address at which a living person is reached."""

_ROLES = {
    "birth": "birth",
    "death": "death",
    "sent": "sent",
    "received": "received",
    "published": "published",
    "digitized": "digitized",
}
"""Meaning of a date → its role."""

EXPECTED: dict[str, tuple[frozenset[str], str]] = {
    **dict.fromkeys(DATED | {"restrictedUntil", "describedOn"}, (frozenset({"date"}), "is read as a date")),
    **dict.fromkeys(("language", "originalLanguage"), (frozenset({"language"}), "names a language")),
    **dict.fromkeys(("sourcePage", "homepage"), (frozenset({"address"}), "is an address")),
    **dict.fromkeys(("exactMatch", "sameAs"), (frozenset({"address"}), "is an address of an authority file")),
    "license": (frozenset({"address"}), "is the address of a licence"),
    "digitalObjects": (frozenset({"address"}), "is the address of a file"),
    **dict.fromkeys(("latitude", "longitude"), (frozenset({"number"}), "is a number")),
}
"""Meaning → forms that its cells have, and how a reason says so."""

REQUIRED_FORMS = frozenset(
    {"sourcePage", "homepage", "exactMatch", "sameAs", "license", "digitalObjects", "latitude", "longitude", "language"}
    | {"originalLanguage"}
)
"""Meanings whose keys take nothing else than that form: other cells are another thing."""

_OTHER_KEYS: dict[str, dict[str, str]] = {
    "name": {"record": "mentions"},
    "summary": {"agent": "biography", "place": "description", "collection": "summary", "topic": "description"},
    "scopeNote": {"agent": "biography", "place": "description", "topic": "description"},
    "biography": {
        "record": "custodialHistory",
        "collection": "scopeNote",
        "archive": "custodialHistory",
        "place": "note",
    },
    "creator": {"agent": "", "place": ""},
    "subjects": {"agent": "", "place": ""},
}
"""Meaning → kind → another key than the one of its name."""

_LEVELS = {
    "fond": "fond", "record group": "record-group", "rg": "record-group", "fonds": "fonds", "fondo": "fonds",
    "bestand": "fonds", "fundo": "fonds", "opis": "opis", "delo": "delo",
}  # fmt: skip
"""Word of a heading → the level that it names."""
_RUSSIAN_LEVELS = {
    "fond": "fond",
    "series": "opis",
    "papka": "papka",
    "folder": "delo",
    "leaves": "leaves",
    "box": "box",
}
_LEVEL_MEANINGS = frozenset({"fond", "series", "papka", "box", "folder", "leaves"})


def key_of(meaning: str, kind: str) -> str:
    """Return the key that a meaning has for rows of a kind; empty where the kind has none, or needs other columns."""
    if meaning in LABELS and (kind != "record" or meaning == "title"):
        return label_key(kind)
    if meaning in OF_PEOPLE and kind != "agent":
        return ""
    meaning = "dates" if meaning == "lifeDates" else _OTHER_KEYS.get(meaning, {}).get(kind, meaning)
    if role := _ROLES.get(meaning):
        return f"dates.{role}"
    if meaning in {"start", "end"}:
        return "dates"
    return meaning if meaning in KEYS and kind in KEYS[meaning].kinds else ""


def is_level(meaning: str) -> bool:
    """Return whether a meaning is a level of an archival reference, or a container."""
    return meaning in _LEVEL_MEANINGS


def level_key(meaning: str, word: str, languages: frozenset[str], *, has_fond: bool) -> str:
    """Return the key of a level of the reference, or of a container.

    Args:
        meaning: the meaning of the heading, `folder` say.
        word: the word of the heading.
        languages: its languages.
        has_fond: whether the table has the fond, too, so that its levels make a reference.

    >>> level_key("folder", "дело", frozenset({"ru"}), has_fond=True)
    'referenceLevels.delo'
    >>> level_key("box", "box", frozenset({"en"}), has_fond=False)
    'containers.box'
    """
    if "ru" in languages:
        level = _RUSSIAN_LEVELS.get(meaning, meaning)
    else:
        level = _LEVELS.get(word, "fonds" if meaning == "fond" else "file" if word.startswith("file") else meaning)
    if has_fond or level in {"series", "opis", "papka", "delo", "fond", "fonds", "record-group"}:
        return f"referenceLevels.{level}"
    return f"containers.{level}"
