"""How titles are put in order: as a reader of a language looks for them, not by the codes of their letters."""

import re
import unicodedata
from collections.abc import Iterator

LANGUAGES = ("en", "ru", "es")
"""Languages in whose order titles are kept; those that pages speak."""

LONGEST = 80
"""Letters of a title that count."""

_OWN = {"ru": re.compile(r"\W*[Ѐ-ӿ]")}
"""Language → what begins in the script that stands first in its lists, where that is not Latin."""

_LETTERS = {"es": ("n\u0303", "n~")}
"""Language → a letter of its own alphabet that is more than another one with a sign, and what stands for it."""

_SIGNS = re.compile("(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f]")
"""Signs on letters, but for that of й, which is a letter of its own wherever it is used."""

_NUMBER = re.compile(r"\d+")
_BESIDE = re.compile(r"[^\w~]+")


def field(language: str) -> str:
    """The field that has the order of titles for a language; that of English for one that is not kept."""
    return f"by_title_{language if language in LANGUAGES else LANGUAGES[0]}"


def title(labels: dict[str, str], language: str) -> str:
    """The title by which a thing is filed for readers of a language: in it, in English, or as it stands first.

    >>> title({"ru": "Письмо", "en": "Letter"}, "en"), title({"de": "Brief"}, "ru")
    ('Letter', 'Brief')
    """
    for each in (language, LANGUAGES[0], "@none"):
        if each in labels:
            return labels[each]
    return next(iter(labels.values()), "")


def key(text: str, language: str) -> str:
    """What stands for a title where titles are put in order.

    Signs and marks do not count, numbers do as such, and a language has its own alphabet.

    >>> sorted(["Émile", "“Elba”", "Letter 10", "Letter 9", "Zorin"], key=lambda text: key(text, "en"))
    ['“Elba”', 'Émile', 'Letter 9', 'Letter 10', 'Zorin']
    >>> sorted(["Nunez", "Ñico", "Noriega"], key=lambda text: key(text, "es"))
    ['Noriega', 'Nunez', 'Ñico']
    >>> sorted(["Castro", "Ёлкин", "Ежов", "Йота", "Иванов"], key=lambda text: key(text, "ru"))
    ['Ежов', 'Ёлкин', 'Иванов', 'Йота', 'Castro']
    """
    plain = text[: 2 * LONGEST].casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        if language in _LETTERS:
            apart = apart.replace(*_LETTERS[language])
        plain = unicodedata.normalize("NFC", _SIGNS.sub("", apart))
    filed = _NUMBER.sub(lambda digits: digits[0].zfill(10), _BESIDE.sub(" ", plain).strip())[:LONGEST]
    own = _OWN.get(language)
    return filed if own is None else f"{0 if own.match(filed) else 1}{filed}"


def keys(labels: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What stands for the title of a thing in each of the fields that keep titles in order."""
    for language in LANGUAGES:
        yield field(language), key(title(labels, language), language)
