"""Text analysis: stemming by language, and phonetic keys of names.

A text is folded (`folding.py`) and tokenised into words, in lower case, without diacritics, each reduced to its
stem by the rules of the text's language; a language without rules keeps its words unstemmed. Names have phonetic keys
besides, transliterated and without the differences of spellings, so that *Mikoyan*, *Mikoian* and *Микоян* are equal
(D-42).

>>> stems("conversaciones", "es") == stems("conversación", "es")
True
>>> sound("Mikoyan") == sound("Микоян") == sound("Mikoian")
True
>>> sound("Alekseyev") == sound("Alexeev") == sound("Алексеев")
True
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from tantivy import Filter, PreTokenizedString, TextAnalyzer, TextAnalyzerBuilder, Tokenizer
from text_unidecode import unidecode

from kg.store.search.folding import (
    ASCII_WORD,
    ELIDING,
    PLAIN,
    WORD,
    composed,
    fold,
    fold_for_index,
    fold_readings,
    joined,
)

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

WITHOUT_PREFIXES = frozenset({"nl"})
"""Languages whose rules take the beginning of a word off, too: Dutch *geschreven* has the stem of *schrijven*."""

_NAME = re.compile(r"[^\W\d_]+")
# Capitals of the scripts that have them; a test of each word takes five times as long.
_CAPITALISED = re.compile(
    r"(?<![^\W_])[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u024f\u0386-\u03ab\u0400-\u042f\u0490\u0531-\u0556\u1e00-\u1eff][^\W\d_]+"
)
# Readers often omit the accent that the stemming rules need: both spellings of the ending are tried.
_ACCENTED_ENDINGS = {"es": (("ion", "ión"), ("ia", "ía")), "pt": (("cao", "ção"), ("coes", "ções"))}

_CYRILLIC = dict(
    zip("абвгдезийклмнопрстуфыэіґўј", "abvgdeziiklmnoprstufieigui", strict=True),
    ж="zh", х="kh", ц="ts", ч="ch", ш="sh", щ="shch", ъ="", ь="", ю="yu", я="ya", ї="yi", є="ye",
    љ="l", њ="n", ћ="c", ђ="dj", џ="dzh",
)  # fmt: skip


@cache
def analyzer(language: str) -> TextAnalyzer:
    """Tantivy's analyzer for folded text of a language: tokeniser, lower case, stemmer, ASCII folding."""
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(MAX_WORD_BYTES))
    builder = builder.filter(Filter.lowercase())
    if language in STEMMED:
        builder = builder.filter(Filter.stemmer(STEMMED[language]))
    return builder.filter(Filter.ascii_fold()).build()


def rules_of(tag: str) -> str:
    """Language of the rules of folding and stemming for a tag: its first part, or PLAIN where there are none.

    >>> rules_of("es-419"), rules_of("uk")
    ('es', '@none')
    """
    language = tag.partition("-")[0].lower()
    return language if language in STEMMED or language in ELIDING else PLAIN


_MAX_CACHED_LENGTH = 60
"""Letters of a word up to which its analysis is cached: hostile clients send long words, all of them distinct."""


def stems(word: str, language: str) -> tuple[str, ...]:
    """Stems of a word, or of its parts, by the rules of a language."""
    return _stems(word, language) if len(word) <= _MAX_CACHED_LENGTH else _stems.__wrapped__(word, language)


@lru_cache(maxsize=16384)
def _stems(word: str, language: str) -> tuple[str, ...]:
    return tuple(analyzer(language).analyze(fold(word, language)))


def indexed_stems(word: str, language: str) -> tuple[str, ...]:
    """Stems under which a word of a text is found: its own, and those of its other readings."""
    cached = _indexed_stems if len(word) <= _MAX_CACHED_LENGTH else _indexed_stems.__wrapped__
    return cached(word, language)


@lru_cache(maxsize=16384)
def _indexed_stems(word: str, language: str) -> tuple[str, ...]:
    return tuple(analyzer(language).analyze(fold_for_index(word, language)))


def pre_tokenized(text: str, language: str) -> PreTokenizedString:
    """Stems of a text with their positions, for the index."""
    return analyzer(language).pre_tokenize(fold_for_index(text, language))


def stem_readings(word: str, languages: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Possible stems of a reader's word in the index, over some languages; each reading is one stem or a phrase."""
    cached = _readings if len(word) <= _MAX_CACHED_LENGTH else _readings.__wrapped__
    return tuple(dict.fromkeys(reading for language in languages for reading in cached(word, language)))


@lru_cache(maxsize=16384)
def _readings(word: str, language: str) -> tuple[tuple[str, ...], ...]:
    readings = [tuple(analyzer(language).analyze(folded)) for folded in fold_readings(word, language)]
    readings += [stems(spelling, language) for spelling in _accented(word, language)]
    return tuple(reading for reading in dict.fromkeys(readings) if reading)


def _accented(word: str, language: str) -> Iterator[str]:
    """Spellings of a word with the accents and dots that readers leave out, and the stemming rules need."""
    lower = word.lower()
    for bare, accented in _ACCENTED_ENDINGS.get(language, ()):
        if lower.endswith(bare):
            yield lower.removesuffix(bare) + accented
    if language == "tr" and "i" in lower:
        yield _harmonious(lower.replace("\u0307", ""))


def _harmonious(word: str) -> str:
    r"""Turkish word whose vowels agree: behind a back vowel, an i is a dotless letter that the keyboard gave a dot.

    >>> _harmonious("izmir"), _harmonious("limani") == "liman\u0131"
    ('izmir', True)
    """
    letters, back = [], False
    for letter in word:
        if letter in "aıoueöü":
            back = letter in "aıou"
        letters.append("ı" if letter == "i" and back else letter)
    return "".join(letters)


def plain_words(text: str) -> list[str]:
    """Words of a text, folded and unstemmed."""
    return analyzer(PLAIN).analyze(fold(text))


def indexed_words(text: str) -> list[str]:
    """The same, with the other readings of words with apostrophes or stops."""
    return analyzer(PLAIN).analyze(fold_for_index(text))


def sounds_of_text(text: str, *, names_only: bool) -> Iterator[str]:
    """Phonetic keys of the words of a text, or of its capitalised words alone."""
    for word in dict.fromkeys((_CAPITALISED if names_only else _NAME).findall(joined(text))):
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
    lower = composed(word.lower())
    latin = "".join(_CYRILLIC.get(sign, sign) for sign in lower)
    latin = re.sub("[^a-z]", "", unidecode(latin).lower())
    for pattern, sign in _SPELLINGS:
        latin = pattern.sub(sign, latin)
    return latin if len(latin) >= _SHORTEST_SOUND else ""


def word_positions(text: str) -> Iterator[tuple[int, int, str]]:
    """Words of a text, unfolded: start, end, word."""
    for match in (ASCII_WORD if text.isascii() else WORD).finditer(text):
        yield match.start(), match.end(), match[0]
