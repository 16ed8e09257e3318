"""Collation of titles: sort keys by the alphabet of a language, instead of the codes of letters (D-45)."""

import re
import unicodedata

from kg.store.search.folding import IGNORED

LANGUAGES = ("en", "ru", "es")
"""Languages of the sort keys: those of the pages."""

MAX_KEY_LENGTH = 80
"""Characters of a sort key."""

_FIRST_SCRIPT = {"ru": re.compile(r"\W*[Ѐ-ӿ]")}
"""Language → start of a title in the script that comes first in its lists, where that is not Latin."""

PREFIXED = frozenset(_FIRST_SCRIPT)
"""Languages whose sort keys begin with a figure that is no part of the title."""

_LETTERS = {"es": ("n\u0303", "n~")}
"""Language → a letter with a diacritic that is a letter of its own alphabet, and its sort key."""

_DIACRITICS = re.compile("(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f]")
"""Diacritics, but for that of й, which is a letter of its own in every alphabet."""

_NUMBER = re.compile(r"\d+")
_PUNCTUATION = re.compile(r"[^\w~]+")


def sort_field(language: str) -> str:
    """Field of the sort keys of a language; that of English for any other language."""
    return f"by_title_{language if language in LANGUAGES else LANGUAGES[0]}"


def sort_key(text: str, language: str) -> str:
    """Sort key of a title: without punctuation and diacritics, numbers by value, by the language's alphabet.

    >>> sorted(["Émile", "“Elba”", "Letter 10", "Letter 9", "Zorin"], key=lambda text: sort_key(text, "en"))
    ['“Elba”', 'Émile', 'Letter 9', 'Letter 10', 'Zorin']
    >>> sorted(["Nunez", "Ñico", "Noriega"], key=lambda text: sort_key(text, "es"))
    ['Noriega', 'Nunez', 'Ñico']
    >>> sorted(["Castro", "Ёлкин", "Ежов", "Йота", "Иванов"], key=lambda text: sort_key(text, "ru"))
    ['Ежов', 'Ёлкин', 'Иванов', 'Йота', 'Castro']
    >>> sorted(["Zorin", "ʿAbd al-Qādir", "Adams"], key=lambda text: sort_key(text, "en"))
    ['ʿAbd al-Qādir', 'Adams', 'Zorin']
    """
    plain = IGNORED.sub("", text[: 2 * MAX_KEY_LENGTH]).casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        if language in _LETTERS:
            decomposed = decomposed.replace(*_LETTERS[language])
        plain = unicodedata.normalize("NFC", _DIACRITICS.sub("", decomposed))
    sort_text = _NUMBER.sub(lambda digits: digits[0].zfill(10), _PUNCTUATION.sub(" ", plain).strip())[:MAX_KEY_LENGTH]
    first_script = _FIRST_SCRIPT.get(language)
    return sort_text if first_script is None else f"{0 if first_script.match(sort_text) else 1}{sort_text}"
