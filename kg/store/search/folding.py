r"""Text folding: one spelling of each word, in every script, before a text is cut into words (D-146).

Signs that a reader types or leaves out at will are nothing: apostrophes and the letters of transliteration that look
like them, soft hyphens, joiners, byte-order marks, vowel points, stops between single letters. Letters that keyboards
of several languages share are one: those for yeh and kaf, Russian io and ie, Turkish İ and i. Scripts without spaces
between words, and Hangul, where particles are written onto nouns, are cut into their signs: a word of several signs is
a phrase.

>>> fold("Gor'kogo"), fold("Gor\u02b9kogo"), fold("the G.D.R. in quar\u00adters")
('Gorkogo', 'Gorkogo', 'the GDR in quarters')
>>> fold("외교"), fold("กรุงเทพ").split()
(' 외  교 ', ['ก', 'รุ', 'ง', 'เท', 'พ'])
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

PLAIN = "@none"
"""Tag of a language without rules of its own."""

INVISIBLE = (
    "\u00ad\u034f\u0640\u061c\u180b-\u180f\u200c-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"
)
"""Signs of format, which part no word (UAX 29, WB4), and the Arabic sign that lengthens a letter; a class of signs.

The zero-width space, U+200B, does part words.
"""

_APOSTROPHES = "'`\u00b4\u2018\u2019\u201b\u2032\u2033\u2035\u055a\u05f3\u05f4\uff07\uff40"
"""Signs that are written as an apostrophe; a class of signs."""

_MODIFIER_LETTERS = "\u02b9-\u02c1\u02ca\u02cb\u02c8\u02ee\u0374\u0559\ua78b\ua78c"
"""Letters for soft and hard signs, ayn, hamza and the glottal stop; a class of signs."""

MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
"""Accents that no letter includes, and vowel points; a class of signs."""

_IDEOGRAPHS = (
    "\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3\U00020000-\U0003ffff"
)
"""Han, Kana and Hangul, of which each sign is a token; a class of signs."""

_SYLLABLES = "\u0e01-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u1780-\u17d3\u17dd"
"""Thai, Lao, Burmese and Khmer, of which each consonant with its vowels is a token; a class of signs."""

SIGN_TOKEN = "|".join(
    (
        f"[{_IDEOGRAPHS}][\u3099\u309a]?",
        "[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]*",
        "[\u0ec0-\u0ec4]?[\u0e81-\u0eae\u0edc-\u0edf][\u0eb0-\u0ebd\u0ec8-\u0ece]*",
        "[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b4-\u17d1\u17d3\u17dd])*",
        "[\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d](?:\u1039[\u1000-\u1021]|[\u102b-\u103e\u1056-\u1059])*",
    )
)
"""Pattern of a token in a script that is cut into signs."""

_LETTER_RUN = f"[^\\W_{_IDEOGRAPHS}{_SYLLABLES}]+"
_ABBREVIATION = r"(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_])(?:\.(?![^\W_]))?"
_JOINTS = f"{INVISIBLE}{MARKS}{_APOSTROPHES}"

WORD = re.compile(f"{_ABBREVIATION}|{SIGN_TOKEN}|{_LETTER_RUN}(?:[{_JOINTS}]+{_LETTER_RUN})*[{MARKS}]*|[^\\W_]")
"""A word of a text as it is written, which folds to one token, or to few."""

ASCII_WORD = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z](?:\.[A-Za-z])+(?![A-Za-z0-9])(?:\.(?![A-Za-z0-9]))?|[A-Za-z0-9]+(?:['`][A-Za-z0-9]+)*"
)
"""The same in a text of ASCII alone."""

PLAIN_WORD = re.compile("[A-Za-z0-9]+|[А-Яа-я]+")
"""A word whose stems begin with its own first letter in lower case (but see `analysis.WITHOUT_PREFIXES`)."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_COMPATIBLE = re.compile("[\ufb00-\ufdff\ufe70-\ufefc\uff01-\uffee]+")
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_MODIFIERS = re.compile(f"[{_MODIFIER_LETTERS}]+")
_MARKED = re.compile(f"[{MARKS}]+")
IGNORED = re.compile(f"[{_APOSTROPHES}{_MODIFIER_LETTERS}{INVISIBLE}]+")
"""Signs that are nothing in an order of titles either."""

_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_SIGNS = re.compile(SIGN_TOKEN)
_HAS_SIGNS = re.compile(f"[{_IDEOGRAPHS}{_SYLLABLES}]")
# Signs within a token that the engine's tokeniser takes for a border, as tone marks and killers of vowels.
_UNLETTERED = re.compile("[\u0e47-\u0e4c\u0e4e\u0ec8-\u0ecc\u0ece\u17c9-\u17d3\u17dd\u1037\u1039\u103a\u3099\u309a]")

_ABBREVIATIONS = re.compile(_ABBREVIATION)
_DOTTED = re.compile(r"\.[^\W\d_](?![^\W_])")
_ANY_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_INNER_APOSTROPHE = re.compile("'(?<=[^\\W_]')(?=[^\\W_])")
_OF_FIGURES = re.compile(r"'(?<=\d')(?=\d)")
_WITH_APOSTROPHE = re.compile(r"(?<![^\W_])[^\W_]++(?:'[^\W_]+)+")
_POSSESSIVE = re.compile(r"'(?<=[^\W\d_]')[sS](?![^\W_])")
_WITH_NON_JOINER = re.compile("[^\\W_]+(?:\u200c[^\\W_]+)+")
_AROUND_WORD = re.compile(r"^[\W_]+|[\W_]+$")
_TURKISH_SUFFIX = re.compile(r"'(?<=[^\W_]')[^\W_]+")

_ELIDED = {
    "fr": "[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu",
    "it": "[ldcsmtv]|un|all|dall|dell|nell|sull|coll|quest|quell|bell|sant",
    "ca": "[ldmtsn]",
}
"""Language → words that lose their vowel before another word, with an apostrophe in its place."""

ELIDING = frozenset(_ELIDED)
"""Languages with such words."""

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("İ", "i"),
        **dict.fromkeys("ё", "е"),
        **dict.fromkeys("Ё", "Е"),
    }
)
_SHARED_ARABIC = str.maketrans(
    {
        **dict.fromkeys("\u06a9\u06aa", "\u0643"),
        **dict.fromkeys("\u06cc\u0649\u06ce\u06d0\u06d2", "\u064a"),
        **dict.fromkeys("\u06c1\u06be\u06d5\u06c0", "\u0647"),
        "\u06c3": "\u0629",
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
    }
)
"""Letters of Persian, Urdu and Kurdish keyboards, and figures, as Arabic or Latin has them."""

_UNSTEMMED_ARABIC = str.maketrans({**dict.fromkeys("\u0623\u0625\u0622\u0671", "\u0627"), "\u0629": "\u0647"})
"""The same of alef and final he, which the rules of Arabic need as they are."""


def fold(text: str, rules: str = PLAIN) -> str:
    """Fold a text by the rules of a language: its words as the engine's tokeniser cuts and stems them."""
    if not _needs_folding(text, rules):
        return text
    return _apart(_without_apostrophes(_spelt(text, rules), rules))


def fold_for_index(text: str, rules: str = PLAIN) -> str:
    """The same, and behind it the other readings of words with an apostrophe or with stops.

    A text that says *d'Estaing* is found by *destaing*, and by *estaing* too.
    """
    if not _needs_folding(text, rules):
        return text
    spelt = _spelt(text, rules)
    folded = _apart(_without_apostrophes(spelt, rules))
    others = " ".join(dict.fromkeys(_other_readings(spelt)))
    others_apart = _apart(others) if others else ""
    if "\u200c" in text:  # Persian parts of a word, which many write with a space between
        parts = " ".join(match[0].replace("\u200c", " ") for match in _WITH_NON_JOINER.finditer(text))
        others_apart = f"{others_apart} {_spelt(parts, rules)}"
    if _DOTTED.search(text):
        letters = dict.fromkeys(letter for match in _ABBREVIATIONS.finditer(text) for letter in match[0].split("."))
        others_apart = f"{others_apart} {' '.join(letters)}"
    return f"{folded}\n{others_apart}" if others_apart else folded


def fold_readings(text: str, rules: str = PLAIN) -> tuple[str, ...]:
    """Possible foldings of what a reader wrote: as the text would be, and cut at apostrophes and stops."""
    if not _needs_folding(text, rules):
        return (text,)
    cut = _apart(_ANY_APOSTROPHE.sub(" ", _spelt(text, rules, stops=False)))
    return tuple(dict.fromkeys((fold(text, rules), cut)))


def joined(text: str) -> str:
    """Text in words without apostrophes, joiners and stops, with the other readings behind it; not cut into signs."""
    if not _needs_folding(text):
        return text
    spelt = _spelt(text, PLAIN)
    return " ".join((_without_apostrophes(spelt, PLAIN), *dict.fromkeys(_other_readings(spelt))))


def whole_name(word: str) -> str:
    """Name that a reader wrote, in one: without apostrophes, joiners, and signs before it and behind."""
    if PLAIN_WORD.fullmatch(word):
        return word
    return _AROUND_WORD.sub("", _without_apostrophes(_spelt(word, PLAIN), PLAIN))


def _needs_folding(text: str, rules: str = PLAIN) -> bool:
    return rules == "tr" or not text.isascii() or "'" in text or "`" in text or "." in text


def _spelt(text: str, rules: str, *, stops: bool = True) -> str:
    """One spelling of each letter; every apostrophe is the one of ASCII."""
    if rules == "tr" or not text.isascii():
        text = _letters(text, rules)
    text = text.replace("`", "'")
    if stops and _DOTTED.search(text):
        text = _ABBREVIATIONS.sub(lambda match: match[0].replace(".", ""), text)
    return text


def _letters(text: str, rules: str) -> str:
    text = _SURROGATES.sub(" ", text)
    text = _COMPATIBLE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = _INVISIBLE.sub("", _MODIFIERS.sub("", text))
    text = composed(_ANY_APOSTROPHE.sub("'", text), rules)
    if _ARABIC.search(text):
        text = text.translate(_SHARED_ARABIC)
        text = text if rules == "ar" else text.translate(_UNSTEMMED_ARABIC)
    if _GREEK.search(text):
        text = unicodedata.normalize("NFC", _MARKED.sub("", unicodedata.normalize("NFD", text)))
    return _MARKED.sub("", text)


def composed(text: str, rules: str = PLAIN) -> str:
    """Text in NFC, without the dots of io, and İ as i; in Turkish, I is the capital of the dotless letter."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if rules == "tr":
        text = text.replace("I", "ı")
    return text.translate(_LETTERS) if "ё" in text or "İ" in text or "Ё" in text else text


def _without_apostrophes(text: str, rules: str) -> str:
    if "'" not in text:
        return text
    if rules in _ELIDED:
        text = _elisions(rules).sub(r"\1 ", text)
    elif rules == "tr":
        text = _TURKISH_SUFFIX.sub("", text)
    else:
        text = _POSSESSIVE.sub("", text)
    return _OF_FIGURES.sub(" ", text).replace("'", "")


@cache
def _elisions(rules: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])({_ELIDED[rules]})'(?=[^\W\d_])", re.IGNORECASE)


def _other_readings(text: str) -> Iterator[str]:
    """Words with apostrophes within, in one, and their parts of more than one letter."""
    if "'" in text and _INNER_APOSTROPHE.search(text):
        for match in _WITH_APOSTROPHE.finditer(text):
            parts = match[0].split("'")
            yield "".join(parts)
            yield from (part for part in parts if len(part) > 1)


def _apart(text: str) -> str:
    """Text with each sign of the scripts that are cut into signs as a word."""
    if text.isascii() or not _HAS_SIGNS.search(text):
        return text
    return _SIGNS.sub(lambda match: f" {_UNLETTERED.sub('', match[0])} ", text)
