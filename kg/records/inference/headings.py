"""Headings of columns: their meanings by a table of words in seven languages, and the language that they name.

The table is `headings.tsv`: a meaning (a key of the model, or what becomes one together with other columns, as
`surname`), a language, and its words. Headings are compared without case, accents and signs.

>>> read("Título (es)").meanings, read("Título (es)").values_in
(('title',), 'es')
>>> read("Subject 12").meanings, read("Subject 12").stem, read("Subject 12").number
(('subjects',), 'Subject', '12')
>>> read("Date of the letter").is_whole, read("Date of the letter").meanings
(False, ('dates',))
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources

from kg.records.model.keys import KEYS
from kg.records.names import language_tags

MAX_LENGTH = 200
"""Maximum length of a heading in characters, as far as it is looked into."""

GROUP = " / "
"""Sign between the heading of a group of columns and that of a column in it."""

_GENERAL = frozenset({"name", "surname", "givenName", "id", "type", "note", "text", "title"})
"""Meanings that say little of a column in a group: the name of an author is the author."""

_DESCRIBING = frozenset({"title", "summary", "description", "text", "note", "reference", "extent", "physicalForm"})
"""Meanings of groups whose columns tell of the thing itself: a title in the group Description is its title."""

_MAX_WORD = 80
"""Maximum length of a heading that is a known word, with the language that it names."""

_MIN_PHRASE = 4
"""Minimum length of a word that is recognised inside a longer heading."""

_BRACKETED = re.compile(r"(.*\S)\s*[(\[{]\s*([^()\[\]{}]+?)\s*\.?\s*[)\]}]\s*", re.DOTALL)
_CODED = re.compile(r"(.*[^\W_])\s*(?:[_@:/|,.–—-]\s*|\s+in\s+|\s)([^\W\d_]{2,20})\.?", re.DOTALL)
_NUMBERED = re.compile(r"(.*[^\W\d_])[\W_]*(\d{1,3})[\W_]*", re.DOTALL)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAMESPACE = re.compile(r"(?:dc|dcterms|dct|schema|ead|isad|rico|foaf|bf|mods)[:.]\s*", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W_]+")
_PREPOSITIONS = frozenset({"in", "en", "на", "auf", "em", "the", "языке", "language", "text", "version", "по"})
_CODES = frozenset(
    {
        "en",
        "es",
        "ru",
        "de",
        "fr",
        "pt",
        "it",
        "uk",
        "pl",
        "nl",
        "cs",
        "sk",
        "sl",
        "sv",
        "da",
        "nb",
        "fi",
        "el",
        "tr",
        "ar",
        "he",
    }
    | {
        "fa",
        "zh",
        "ja",
        "ko",
        "hu",
        "ro",
        "bg",
        "sr",
        "hr",
        "ca",
        "la",
        "eu",
        "gl",
        "et",
        "lv",
        "lt",
        "ka",
        "hy",
        "vi",
        "hi",
        "yi",
    }
)
"""Codes of two letters that headings name languages by; others are units and words there: `cm`, `kg`, `in`, `no`."""


@dataclass(frozen=True, slots=True)
class ColumnHeading:
    """Reading of a heading.

    Attributes:
        text: the heading, its blanks single.
        meanings: keys of the model, or meanings that become one; the likeliest first, empty where no word is known.
        languages: languages in which the heading has its first meaning.
        values_in: the language that it names, as that of the cells; empty for none.
        is_key: whether it is the name of a key itself.
        is_whole: whether the whole heading is a known word, and no part of it alone.
        word: the known word.
        stem: the heading without the number at its end, where it has one.
        number: that number.
    """

    text: str
    meanings: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    values_in: str = ""
    is_key: bool = False
    is_whole: bool = True
    word: str = ""
    stem: str = ""
    number: str = ""


@lru_cache(maxsize=32_768)
def folded(text: str) -> str:
    """Return a text without case, accents and signs, its words parted by single blanks.

    >>> folded("Código de Referência:"), folded("dateCreated"), folded("№ п/п")
    ('codigo de referencia', 'date created', 'no п п')
    """
    apart = _CAMEL.sub(" ", text)
    plain = "".join(c for c in unicodedata.normalize("NFKD", apart.casefold()) if not unicodedata.combining(c))
    return _NO_WORD.sub(" ", plain).strip().casefold()


@lru_cache(maxsize=32_768)
def read(heading: str) -> ColumnHeading:
    """Return the reading of a heading."""
    text = " ".join(heading[:MAX_LENGTH].split())
    key, _, tag = text.partition("@")
    if key in KEYS and (not tag or language_tags.tag(tag)):
        return ColumnHeading(text, (key,), values_in=language_tags.tag(tag) or "" if tag else "", is_key=True, word=key)
    numbered = _NUMBERED.fullmatch(text)
    stem, number = (numbered[1].strip(), numbered[2]) if numbered else ("", "")
    said = _NAMESPACE.sub("", stem or text, count=1)
    if known := _whole(said) or _of_group(said):
        return replace(_heading(text, *known), stem=stem, number=number)
    for candidate, values_in in _without_language(said):
        if phrase := _phrase_in(folded(candidate)):
            return replace(_heading(text, phrase, values_in), is_whole=False, stem=stem, number=number)
    return ColumnHeading(text, stem=stem, number=number)


def has_word_of(meaning: str, heading: str) -> bool:
    """Return whether some words of a heading have a meaning, whatever the others say.

    >>> has_word_of("contact", "Donor phone"), has_word_of("contact", "Donor")
    (True, False)
    """
    words = folded(heading[:MAX_LENGTH]).split(" ")
    spans = ((start, end) for start in range(len(words)) for end in range(start + 1, len(words) + 1))
    return any(meaning in _words().get(" ".join(words[start:end]), ()) for start, end in spans)


def is_word(text: str) -> bool:
    """Return whether a whole text is a word of headings, or a key.

    >>> is_word("Título (es)"), is_word("Letter to the mayor")
    (True, False)
    """
    if len(text) > _MAX_WORD:
        return False
    numbered = _NUMBERED.fullmatch(text)
    return text.partition("@")[0] in KEYS or _whole(numbered[1].strip() if numbered else text) is not None


def _whole(text: str) -> tuple[str, str] | None:
    """Known word that a whole heading is, and the language that it names besides; None for another heading."""
    for candidate, values_in in _without_language(text):
        if (word := folded(candidate)) in _words():
            return word, values_in
    return None


def _of_group(text: str) -> tuple[str, str] | None:
    """Known word of a heading below the heading of a group, `Author / Name`: its own, or that of the group."""
    group, parted, own = text.rpartition(GROUP)
    if not parted:
        return None
    own_word, group_word = _whole(own), _whole(group)
    if own_word and group_word and _first_meaning(own_word) in _GENERAL:
        return own_word if _first_meaning(group_word) in _DESCRIBING else group_word
    return own_word or group_word


def _first_meaning(word: tuple[str, str]) -> str:
    return next(iter(_words()[word[0]]))


def _heading(text: str, word: str, values_in: str) -> ColumnHeading:
    meanings = _words()[word]
    languages = next(iter(meanings.values()))
    return ColumnHeading(text, tuple(meanings), languages, values_in, word=word)


def _without_language(text: str) -> Iterator[tuple[str, str]]:
    """Heading without the language that it names, and that language; at last the heading as it is."""
    for pattern in (_BRACKETED, _CODED):
        if (match := pattern.fullmatch(text)) and (language := _language(match[2], is_code=pattern is _CODED)):
            yield _without_preposition(match[1]), language
    words = text.split(" ")
    if len(words) > 1 and (language := _named(words[0])):
        yield " ".join(words[1:]), language
    if len(words) > 2 and folded(words[-1]) in _PREPOSITIONS and (language := _named(words[-2])):
        yield _without_preposition(" ".join(words[:-2])), language
    if bracketed := _BRACKETED.fullmatch(text):
        yield text, ""
        yield bracketed[1], ""
        return
    yield text, ""


def _without_preposition(text: str) -> str:
    words = text.split(" ")
    while len(words) > 1 and folded(words[-1]) in _PREPOSITIONS:
        words.pop()
    return " ".join(words)


def _language(text: str, *, is_code: bool) -> str:
    """Language that a part of a heading names; a code behind a blank or a sign has to be no word."""
    if language := _named(text):
        return language
    if len(text) == 2:
        return text.casefold() if text.casefold() in _CODES else ""
    return "" if is_code else language_tags.tag(text) or ""


def _named(text: str) -> str:
    return language_names().get(folded(text), "")


def _phrase_in(text: str) -> str:
    """Longest known phrase among the words of a heading; of equal ones the first."""
    words = text.split(" ")
    phrases = _words()
    for length in range(len(words) - 1, 0, -1):
        for start in range(len(words) - length + 1):
            phrase = " ".join(words[start : start + length])
            if len(phrase) >= _MIN_PHRASE and phrase in phrases:
                return phrase
    return ""


@cache
def _words() -> dict[str, dict[str, frozenset[str]]]:
    """Folded word → meaning → languages in which it has that meaning."""
    words: dict[str, dict[str, frozenset[str]]] = {}
    for meaning, language, word in table_rows("headings.tsv"):
        meanings = words.setdefault(folded(word), {})
        meanings[meaning] = meanings.get(meaning, frozenset()) | {language}
    for key in KEYS:
        words.setdefault(folded(key), {}).setdefault(key, frozenset({"en"}))
    return words


@cache
def language_names() -> dict[str, str]:
    """Return folded names of languages, as headings have them, with their tags."""
    return {folded(word): tag for tag, what, word in table_rows("languages.tsv") if what == "names"}


@cache
def table_rows(name: str) -> tuple[tuple[str, str, str], ...]:
    """Return the rows of one of the package's tables, one for each of the words in its third column."""
    lines = resources.files(__package__).joinpath(name).read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple((first, second, word) for first, second, words in rows for word in words.split("; "))
