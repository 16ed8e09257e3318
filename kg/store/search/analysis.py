"""From text to what the index knows of it: words folded and stemmed by language, and names by their sound.

A text is cut into words, in lower case, without diacritics, each reduced to its stem by the rules of the language that
the text is in; a language without rules keeps its words whole. Names are kept by their sound besides: transliterated
and without what spellings differ in, so that *Mikoyan*, *Mikoian* and *Микоян* are one.

>>> stems("conversaciones", "es") == stems("conversación", "es")
True
>>> sound("Mikoyan") == sound("Микоян") == sound("Mikoian")
True
>>> sound("Alekseyev") == sound("Alexeev") == sound("Алексеев")
True
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer
from text_unidecode import unidecode

LONGEST_WORD = 60
"""Bytes of the longest word that is indexed."""

STEMMED = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
"""Language → the rules by which its words are stemmed."""

PLAIN = "@none"
"""Stands for a language without rules of its own."""

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[^\W\d_]+")
# Capitals of the scripts that have them; to ask each word whether it begins with one takes five times as long.
_CAPITALISED = re.compile(
    r"(?<![^\W_])[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u024f\u0386-\u03ab\u0400-\u042f\u0490\u0531-\u0556\u1e00-\u1eff][^\W\d_]+"
)
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]+")
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
# Scripts without spaces between words: each sign is a word, and a word of several signs a phrase.
_SIGNS = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_LONE = re.compile("[\ud800-\udfff]")

# A reader leaves out the accent on which the rules lean: both spellings of the ending are tried.
_ACCENTED_ENDINGS = {"es": (("ion", "ión"), ("ia", "ía")), "pt": (("cao", "ção"), ("coes", "ções"))}

_CYRILLIC = dict(
    zip("абвгдезийклмнопрстуфыэіґўј", "abvgdeziiklmnoprstufieigui", strict=True),
    ж="zh", х="kh", ц="ts", ч="ch", ш="sh", щ="shch", ъ="", ь="", ю="yu", я="ya", ї="yi", є="ye",
    љ="l", њ="n", ћ="c", ђ="dj", џ="dzh",
)  # fmt: skip


def folded(text: str) -> str:
    """A text as the index reads it: composed, one letter for two that Russian prints alike, no vowel points."""
    if text.isascii():
        return text
    text = _LONE.sub(" ", _composed(text))
    if _GREEK.search(text):
        text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text)))
    return _SIGNS.sub(r" \1 ", _MARKS.sub("", text))


def _composed(text: str) -> str:
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.replace("ё", "е").replace("Ё", "Е")


@cache
def analyzer(language: str) -> TextAnalyzer:
    """What cuts a text of a language into stems; give it folded text."""
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(LONGEST_WORD))
    builder = builder.filter(Filter.lowercase())
    if language in STEMMED:
        builder = builder.filter(Filter.stemmer(STEMMED[language]))
    return builder.filter(Filter.ascii_fold()).build()


def rules_of(tag: str) -> str:
    """The language whose rules a tag asks for: its first part, or PLAIN where there are none.

    >>> rules_of("es-419"), rules_of("uk")
    ('es', '@none')
    """
    language = tag.partition("-")[0].lower()
    return language if language in STEMMED else PLAIN


_REMEMBERED = 60
"""Letters of a word up to which what becomes of it is remembered: strangers send long ones, each another."""


def stems(word: str, language: str) -> tuple[str, ...]:
    """The stems of a word, or of the words that it falls into, by the rules of a language."""
    return _stems(word, language) if len(word) <= _REMEMBERED else _stems.__wrapped__(word, language)


@lru_cache(maxsize=16384)
def _stems(word: str, language: str) -> tuple[str, ...]:
    return tuple(analyzer(language).analyze(folded(word)))


def readings(word: str, languages: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """What a reader's word may stand as in the index, over some languages; each reading is one stem or a phrase."""
    found: dict[tuple[str, ...], None] = {}
    lower = word.lower()
    for language in languages:
        found[stems(lower, language)] = None
        for bare, accented in _ACCENTED_ENDINGS.get(language, ()):
            if lower.endswith(bare):
                found[stems(lower.removesuffix(bare) + accented, language)] = None
    return tuple(each for each in found if each)


def plain_words(text: str) -> list[str]:
    """The words of a text, folded and whole."""
    return analyzer(PLAIN).analyze(folded(text))


def spoken(text: str, *, names_only: bool) -> Iterator[str]:
    """The sounds of the words of a text; of those alone that begin with a capital, if so asked."""
    for word in dict.fromkeys((_CAPITALISED if names_only else _NAME).findall(text)):
        yield from sounds(word)


def sounds(word: str) -> tuple[str, ...]:
    """The sound of a name, and where it may be a Russian one in another case, that of its first case too."""
    return _sounds(word) if len(word) <= _REMEMBERED else _sounds.__wrapped__(word)


@lru_cache(maxsize=65536)
def _sounds(word: str) -> tuple[str, ...]:
    heard = [sound(word)]
    lower = word.lower()
    if "а" <= lower[0] <= "я":
        first = _OBLIQUE_ADJECTIVE.sub("ский", lower)
        first = first if first != lower else _OBLIQUE.sub("", lower)
        if len(first) >= _SHORTEST_STEM:
            heard.append(sound(first))
    return tuple(each for each in dict.fromkeys(heard) if each)


_SHORTEST_STEM = 4
_SHORTEST_SOUND = 3
_OBLIQUE_ADJECTIVE = re.compile("ск(ого|ому|им|ом)$")
_OBLIQUE = re.compile("(ом|ем|ым|а|у|е)$")

# Spellings of one sound, longest first; what stands on the right is one sign of our own.
_SPELLINGS = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        ("schtsch|shch|chtch|sch|sh", "S"),
        ("tsch|tch|ch", "C"),
        ("dzh|dj|zh", "j"),
        ("kh", "h"),
        ("ph", "f"),
        ("th", "t"),
        ("ck|qu|q", "k"),
        ("x", "ks"),
        ("gu(?=[ei])", "g"),
        ("c(?=[eiy])", "s"),
        ("c", "k"),
        ("z", "s"),
        ("w", "v"),
        ("ff$", "v"),
        ("ou", "u"),
        ("(iy|ij|ii|yi|y|j)$", "i"),
        ("[iy](?=[aeou])", ""),
        ("(?<=[aeou])j(?=[aeou])", ""),
        ("y", "i"),
        (r"(.)\1+", r"\1"),
    )
)


def sound(word: str) -> str:
    """How a name sounds, whatever its script; empty for what is too short to tell.

    >>> sound("Кастро"), sound("Castro"), sound("Хрущёв"), sound("Khrushchev")
    ('kastro', 'kastro', 'hruSev', 'hruSev')
    """
    lower = _composed(word.lower())
    latin = "".join(_CYRILLIC.get(sign, sign) for sign in lower)
    latin = re.sub("[^a-z]", "", unidecode(latin).lower())
    for pattern, sign in _SPELLINGS:
        latin = pattern.sub(sign, latin)
    return latin if len(latin) >= _SHORTEST_SOUND else ""


def words_of(text: str) -> set[str]:
    """The words of a text as they stand there, each once."""
    return set(_WORD.findall(text))


def places(text: str, wanted: Mapping[str, int]) -> Iterator[tuple[int, int, int]]:
    """Where some words stand in a text, as they stand there: beginning, end, and the number that each has."""
    for found in _WORD.finditer(text):
        number = wanted.get(found[0])
        if number is not None:
            yield found.start(), found.end(), number
