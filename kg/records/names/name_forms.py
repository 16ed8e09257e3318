"""Forms of one name: whether two texts may name the same, as far as their words tell.

>>> are_forms("Nixon, Richard M. (President)", "Nixon, Richard Milhous, 1913-1994"), are_forms("Kay, Ada", "Kay, Bert")
(True, False)
>>> are_forms("Хрущев, Никита", "Khrushchev, Nikita S."), are_forms("NATO", "North Atlantic Treaty Organization")
(True, True)
"""

import difflib
import re
from functools import lru_cache

from text_unidecode import unidecode

_WORD = re.compile(r"[a-z]+")
_ALIKE = 0.8
"""Ratio from which two words are spellings of one, as in two transliterations."""
_SMALL = frozenset({"of", "the", "and", "for", "de", "la", "le", "et", "y", "und", "der", "die", "das", "i"})
_MAX_LENGTH = 300
_CACHE_SIZE = 4096


@lru_cache(_CACHE_SIZE)
def are_forms(first: str, second: str) -> bool:
    """Return whether each word of the shorter name stands in the longer one, in full, as an initial, or spelt alike."""
    one, other = _words(first[:_MAX_LENGTH]), _words(second[:_MAX_LENGTH])
    if not one or not other:  # figures or signs alone
        return first.strip() == second.strip()
    if _acronym(one) in other or _acronym(other) in one:
        return True
    short, long = sorted((one, other), key=len)
    rest = list(long)
    whole = False
    for word in short:
        match = next((each for each in rest if _same_word(word, each)), None)
        if match is None:
            return False
        rest.remove(match)
        whole = whole or (len(word) > 1 and len(match) > 1)
    return whole


def _words(name: str) -> list[str]:
    words = _WORD.findall(unidecode(name).casefold())
    return [word for word in words if word not in _SMALL] or words


def _acronym(words: list[str]) -> str:
    return "".join(word[0] for word in words) if len(words) > 1 else "\0"


def _same_word(one: str, other: str) -> bool:
    if one == other or 1 in {len(one), len(other)}:
        return one[0] == other[0]
    return one[0] == other[0] and difflib.SequenceMatcher(None, one, other).ratio() >= _ALIKE
