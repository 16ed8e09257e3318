"""Language of a column's texts, by the small words in them and by their script.

>>> language_of(["Carta al embajador sobre la visita", "Informe de la reunión en La Habana"]).tag
'es'
>>> language_of(["Havana", "Moscow"]).tag
''
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from kg.records.inference.headings import table_rows

_MAX_CELL = 400
"""Characters of a cell that are looked into."""
_CLEAR_MAJORITY = 0.85
"""Share of the recognised cells from which on they are all taken for one language."""
_PLAIN_CELLS, _PLAIN_WORDS = 3, 5
"""Recognised cells, or known words in them, that are enough to tell a language."""
_WORD = re.compile(r"[^\W\d_]+")
_OF_SCRIPTS = {"HEBREW": "he", "GREEK": "el", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "GEORGIAN": "ka"}
"""Scripts of one language in common use."""
_UKRAINIAN = re.compile(r"[іїєґ]")
_RUSSIAN = re.compile(r"[ыэъё]")


@dataclass(frozen=True, slots=True)
class CellLanguage:
    """Language of cells.

    Attributes:
        tag: the language that nearly all recognised cells are in; empty where there is none.
        is_plain: whether enough words or cells tell it.
        mixed: the languages of the cells, the commonest first, where they are in several.
    """

    tag: str
    is_plain: bool = False
    mixed: tuple[str, ...] = ()


def language_of(cells: Iterable[str]) -> CellLanguage:
    """Return the language of the texts in cells."""
    votes: Counter[str] = Counter()
    words = 0
    for cell in cells:
        tag, known = _of_text(cell[:_MAX_CELL])
        votes[tag] += bool(tag)
        words += known
    del votes[""]
    total = votes.total()
    if not total:
        return CellLanguage("")
    (first, count), *_ = votes.most_common(1)
    if count >= _CLEAR_MAJORITY * total:
        return CellLanguage(first, is_plain=total >= _PLAIN_CELLS or words >= _PLAIN_WORDS)
    common = tuple(tag for tag, number in votes.most_common() if number >= max(2, 0.1 * total))
    return CellLanguage("", mixed=common)


def _of_text(text: str) -> tuple[str, int]:
    """Language of a text, empty where no language has more of its words than another, and how many they are."""
    words = _WORD.findall(text.casefold())
    if tag := _by_script(text):
        return tag, len(words)
    scores: Counter[str] = Counter()
    for word in words:
        languages = _function_words().get(word, ())
        for language in languages:
            scores[language] += 6 // len(languages)
    for pattern, language in ((_UKRAINIAN, "uk"), (_RUSSIAN, "ru")):
        if scores and pattern.search(text.casefold()):
            scores[language] += 6
    best = scores.most_common(2)
    if not best:
        return _by_letters(text), 1
    if len(best) > 1 and best[0][1] == best[1][1]:
        return "", 0
    return best[0][0], sum(best[0][0] in _function_words().get(word, ()) for word in words)


def _by_letters(text: str) -> str:
    """Language of a text in Cyrillic letters that one language alone has."""
    lower = text.casefold()
    return "uk" if _UKRAINIAN.search(lower) else "ru" if _RUSSIAN.search(lower) else ""


def _by_script(text: str) -> str:
    """Language of a script that one language alone has in common use."""
    for character in text:
        if character > "\u036f" and character.isalpha():
            script = unicodedata.name(character, "").partition(" ")[0]
            if script in _OF_SCRIPTS:
                return _OF_SCRIPTS[script]
    return ""


@cache
def _function_words() -> dict[str, tuple[str, ...]]:
    """Small word → languages that have it."""
    words: dict[str, list[str]] = {}
    for tag, what, word in table_rows("languages.tsv"):
        if what == "words":
            words.setdefault(word, []).append(tag)
    return {word: tuple(tags) for word, tags in words.items()}
