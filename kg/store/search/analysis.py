"""Text analysis: folding, stemming by language, and phonetic keys of names.

A text is tokenised into words, in lower case, without diacritics, each reduced to its stem by the rules of the text's
language; a language without rules keeps its words unstemmed. Names have phonetic keys besides, transliterated and
without the differences of spellings, so that *Mikoyan*, *Mikoian* and *Микоян* are equal (D-42).

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

MAX_WORD_BYTES = 60
"""Maximum length of an indexed word, in bytes."""

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
"""Language → tantivy's stemmer."""

PLAIN = "@none"
"""Tag of a language without a stemmer."""

_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[^\W\d_]+")
# Capitals of the scripts that have them; a test of each word takes five times as long.
_CAPITALISED = re.compile(
    r"(?<![^\W_])[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u024f\u0386-\u03ab\u0400-\u042f\u0490\u0531-\u0556\u1e00-\u1eff][^\W\d_]+"
)
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]+")
_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
# Scripts without spaces between words: each sign is a word, and a word of several signs a phrase.
_IDEOGRAPHS = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_SURROGATES = re.compile("[\ud800-\udfff]")

# Readers often omit the accent that the stemming rules need: both spellings of the ending are tried.
_ACCENTED_ENDINGS = {"es": (("ion", "ión"), ("ia", "ía")), "pt": (("cao", "ção"), ("coes", "ções"))}

_CYRILLIC = dict(
    zip("абвгдезийклмнопрстуфыэіґўј", "abvgdeziiklmnoprstufieigui", strict=True),
    ж="zh", х="kh", ц="ts", ч="ch", ш="sh", щ="shch", ъ="", ь="", ю="yu", я="ya", ї="yi", є="ye",
    љ="l", њ="n", ћ="c", ђ="dj", џ="dzh",
)  # fmt: skip


def fold(text: str) -> str:
    """Fold a text: NFC, ё without its dots, no vowel points, ideographs as words."""
    if text.isascii():
        return text
    text = _SURROGATES.sub(" ", _composed(text))
    if _GREEK.search(text):
        text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text)))
    return _IDEOGRAPHS.sub(r" \1 ", _MARKS.sub("", text))


def _composed(text: str) -> str:
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.replace("ё", "е").replace("Ё", "Е")


@cache
def analyzer(language: str) -> TextAnalyzer:
    """Tantivy's analyzer for folded text of a language: tokeniser, lower case, stemmer, ASCII folding."""
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(MAX_WORD_BYTES))
    builder = builder.filter(Filter.lowercase())
    if language in STEMMED:
        builder = builder.filter(Filter.stemmer(STEMMED[language]))
    return builder.filter(Filter.ascii_fold()).build()


def rules_of(tag: str) -> str:
    """Language of the stemming rules for a tag: its first part, or PLAIN where there are none.

    >>> rules_of("es-419"), rules_of("uk")
    ('es', '@none')
    """
    language = tag.partition("-")[0].lower()
    return language if language in STEMMED else PLAIN


_MAX_CACHED_LENGTH = 60
"""Letters of a word up to which its analysis is cached: hostile clients send long words, all of them distinct."""


def stems(word: str, language: str) -> tuple[str, ...]:
    """Stems of a word, or of its parts, by the rules of a language."""
    return _stems(word, language) if len(word) <= _MAX_CACHED_LENGTH else _stems.__wrapped__(word, language)


@lru_cache(maxsize=16384)
def _stems(word: str, language: str) -> tuple[str, ...]:
    return tuple(analyzer(language).analyze(fold(word)))


def stem_readings(word: str, languages: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Possible stems of a reader's word in the index, over some languages; each reading is one stem or a phrase."""
    stems_of_word: dict[tuple[str, ...], None] = {}
    lower = word.lower()
    for language in languages:
        stems_of_word[stems(lower, language)] = None
        for bare, accented in _ACCENTED_ENDINGS.get(language, ()):
            if lower.endswith(bare):
                stems_of_word[stems(lower.removesuffix(bare) + accented, language)] = None
    return tuple(reading for reading in stems_of_word if reading)


def plain_words(text: str) -> list[str]:
    """Words of a text, folded and unstemmed."""
    return analyzer(PLAIN).analyze(fold(text))


def sounds_of_text(text: str, *, names_only: bool) -> Iterator[str]:
    """Phonetic keys of the words of a text, or of its capitalised words alone."""
    for word in dict.fromkeys((_CAPITALISED if names_only else _NAME).findall(text)):
        yield from sounds(word)


def sounds(word: str) -> tuple[str, ...]:
    """Phonetic keys of a name: its own, and for a possible oblique case of a Russian name that of the nominative."""
    return _sounds(word) if len(word) <= _MAX_CACHED_LENGTH else _sounds.__wrapped__(word)


@lru_cache(maxsize=65536)
def _sounds(word: str) -> tuple[str, ...]:
    results = [sound(word)]
    lower = word.lower()
    if "а" <= lower[0] <= "я":
        first = _OBLIQUE_ADJECTIVE.sub("ский", lower)
        first = first if first != lower else _OBLIQUE.sub("", lower)
        if len(first) >= _SHORTEST_STEM:
            results.append(sound(first))
    return tuple(key for key in dict.fromkeys(results) if key)


_SHORTEST_STEM = 4
_SHORTEST_SOUND = 3
_OBLIQUE_ADJECTIVE = re.compile("ск(ого|ому|им|ом)$")
_OBLIQUE = re.compile("(ом|ем|ым|а|у|е)$")

# Spellings of one sound, longest first, and the sign of the phonetic key.
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
    """Phonetic key of a name in any script; empty for a name too short.

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
    """Distinct words of a text, unfolded."""
    return set(_WORD.findall(text))


def word_positions(text: str, numbers: Mapping[str, int]) -> Iterator[tuple[int, int, int]]:
    """Positions of some words in a text: start, end, and the number of the word.

    Args:
        text: the text.
        numbers: word, unfolded → its number.
    """
    for match in _WORD.finditer(text):
        number = numbers.get(match[0])
        if number is not None:
            yield match.start(), match.end(), number
