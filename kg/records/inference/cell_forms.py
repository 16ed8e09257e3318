"""Forms of cells: what the text of a cell looks like, by kg's own readers of dates, languages, names and references.

>>> sorted(forms_of("Castro Ruz, Raúl")), sorted(forms_of("5 April 1963")), sorted(forms_of("https://example.org/1"))
(['inverted name'], ['date'], ['address'])
>>> sorted(forms_of("1963")), sorted(forms_of("Spanish"))
(['code', 'date', 'number', 'year'], ['language'])
"""

import re
from functools import lru_cache

from kg.records.dates import phrases
from kg.records.names import archival_references, language_tags, personal_names

MAX_LENGTH = 300
"""Characters of a cell up to which it may be something else than a text."""

SHORT = 60
"""Characters up to which a text is a word or a name, and no sentence."""

_ADDRESS = re.compile(r"(?:https?|ftp)://\S+|www\.\S+\.\S+|(?:urn|doi|ark|info):\S+", re.IGNORECASE)
_AUTHORITY = re.compile(
    r"https?://(?:www\.|d-)?(?:wikidata\.org|viaf\.org|nb\.info|id\.loc\.gov|orcid\.org|isni\.org|geonames\.org)"
    r"/\S+|Q\d+"
    r"|Q\d+"
)
_FILE = re.compile(
    r"[^\n]{1,200}\.(?:jpe?g|png|tiff?|gif|webp|pdf|jp2|mp3|mp4|wav|mov|avi|djvu|heic|bmp|m4a|ogg|flac)(?:[?#]\S*)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d+)?")
_YEAR = re.compile(r"1\d{3}|20\d{2}")
_CODE = re.compile(r"(?=\S*\d)[^\W_](?:[\w./:()-]*[\w)])?")
_NAME_LIKE = re.compile(r"[A-Z][a-z]{1,2}")
"""Words such as Bo and Lim, which are names of people, where codes of languages are `bo` or `BO`."""
_CONTACT = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[A-Za-z]{2,}|(?=(?:\D*\d){5})\+?[\d ()/.-]{5,24}")
_MASK = re.compile(r"\d+")
_NAME_PART = r"[^\W\d_][\w.'’`-]*(?: [\w.'’`-]+){0,4}"
_INVERTED = re.compile(
    rf"({_NAME_PART}), ({_NAME_PART})(?:, (?:Jr|Sr|I{{1,3}}|IV)\.?)?(?:,? \(?[\d–?c. -]{{1,20}}\)?)?"
)
_LEAVES = re.compile(
    r"\d+ (?:pp?|pages?|leaves|leaf|ff?|л|лл|листов|листа?|страниц|с|стр|Bl|Blatt|S|Seiten|feuillets?|hojas?|h|"
    r"fols?|páginas?|folhas?|pagine|carte|cc)\b\.?.*",
    re.IGNORECASE,
)
_DURATION = re.compile(r"(?:\d{1,3}:)?[0-5]?\d:[0-5]\d|PT\d+\S*")


@lru_cache(maxsize=65_536)
def forms_of(cell: str) -> frozenset[str]:
    """Return the forms that the text of a cell has; none where it is a text like any other.

    Forms are: `address`, `authority` (an entry of an authority file), `file`, `number`, `year`, `date`, `code` (a word
    with digits, without blanks), `language`, `inverted name`, `name` (of a person, direct), `reference`, `extent`,
    `duration`, `long` (a text of sentences).
    """
    if len(cell) > MAX_LENGTH:
        return frozenset({"long"})
    forms = {name for name, pattern in _PATTERNS.items() if pattern.fullmatch(cell)}
    if forms & {"address", "file"}:
        return frozenset(forms - {"code"})
    if len(cell) > 2 * SHORT:
        forms.add("long")
    if any(character.isdigit() for character in cell):
        return frozenset(forms | _of_digits(cell, forms))
    return frozenset(forms | _of_words(cell))


def _of_digits(cell: str, forms: set[str]) -> set[str]:
    others = set()
    if len(cell) <= 2 * SHORT and phrases.parse(cell).dates and not ("number" in forms and "year" not in forms):
        others.add("date")
    if _INVERTED.fullmatch(cell):
        others.add("inverted name")
    if " " in cell and archival_references.read(cell):
        others.add("reference")
    return others


def _of_words(cell: str) -> set[str]:
    if len(cell) > SHORT:
        return set()
    if _is_language(cell):
        return {"language"}
    if is_inverted(cell):
        return {"inverted name"}
    if phrases.is_undated(cell):
        return {"date"}
    return {"name"} if personal_names.is_personal(cell) else set()


def is_inverted(text: str) -> bool:
    """Return whether a text looks like a name with the family name first, "Last, First".

    >>> is_inverted("Castro Ruz, Raúl"), is_inverted("Havana, Cuba"), is_inverted("letters, and notes")
    (True, True, False)
    """
    match = _INVERTED.fullmatch(text)
    if not match or personal_names.is_body(text):
        return False
    parts = [part.split(" ") for part in match.groups()]
    return not any(word[0].islower() and word not in personal_names.PARTICLES for words in parts for word in words)


def _is_language(cell: str) -> bool:
    """Whether a cell names languages alone."""
    names = [name for name in re.split(r"\s*(?:[;,/|&\n]|\band\b|\by\b|\bи\b|\bund\b|\bet\b)\s*", cell) if name]
    return bool(names) and all(language_tags.tag(name) is not None and not _NAME_LIKE.fullmatch(name) for name in names)


def is_contact(cell: str) -> bool:
    """Return whether a cell has the form of a telephone number or of an e-mail address, be it another number.

    >>> is_contact("+34 954 56 12 30"), is_contact("jp@example.org"), is_contact("12 leaves")
    (True, True, False)
    """
    return _CONTACT.fullmatch(cell) is not None


def mask(cell: str) -> str:
    """Return the shape of a cell: its text with one sign for each number.

    >>> mask("MS 12/345")
    'MS #/#'
    """
    return _MASK.sub("#", cell)


_PATTERNS = {
    "address": _ADDRESS,
    "authority": _AUTHORITY,
    "file": _FILE,
    "number": _NUMBER,
    "year": _YEAR,
    "code": _CODE,
    "extent": _LEAVES,
    "duration": _DURATION,
}
