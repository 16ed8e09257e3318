"""Words that nothing has, and what may have been meant: the nearest word of the index, by spelling and by sound."""

import re
from collections import Counter
from functools import lru_cache

from kg.store.search.analysis import plain_words, readings, sound, sounds
from kg.store.search.index import SearchIndex
from kg.store.search.query_language import Parsed, Word

_MOST = 300_000
"""Words that are known; a collection with more has its rarest ones left out of suggestions."""

_SHORTEST = 4
_MOST_PUT_RIGHT = 5
"""Words of one search that the nearest ones are looked for; who mistypes more gets no suggestion."""

_LIKE = ("ckq", "sz", "vwf", "ijy", "gh", "bp", "dt", "гх", "сз", "вф", "бп", "дт", "ие", "ао")
"""Letters that are taken for one another at the beginning of a name."""

_FIELDS = ("word", "vocabulary")


class Spelling:
    """Knows the words of an index. Reads them when it is first asked."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._words: dict[str, list[tuple[str, int, int]]] | None = None
        self.nearest = lru_cache(maxsize=1024)(self._nearest)

    def knows(self, word: Word) -> bool:
        """Whether anything in the index has a word, by its spelling or by its sound."""
        if word.phrase or word.prefix or word.field:
            return True
        found = readings(word.text, self._index.languages)
        if any(len(stems) > 1 for stems in found):
            return True
        if any(self._index.searcher.doc_freq(place, stems[0]) for stems in found for place in ("title", "text")):
            return True
        heard = sounds(word.text) if word.text.isalpha() else ()
        return any(self._index.searcher.doc_freq(place, each) for each in heard for place in ("sound", "text_sound"))

    def better(self, parsed: Parsed, text: str) -> str:
        """A search with the words that nothing has put right; empty where there is nothing to put right."""
        put_right = text
        unknown = [word for word in parsed.wanted if not self.knows(word)]
        for word in unknown if len(unknown) <= _MOST_PUT_RIGHT else ():
            if nearest := self.nearest(word.text):
                nearest = nearest.title() if word.text.istitle() else nearest
                # What is put in is folded: it holds no sign that means anything here.
                put_right = re.sub(rf"(?<!\w){re.escape(word.text)}(?!\w)", nearest, put_right, count=1)
        return put_right if put_right != text else ""

    def _nearest(self, text: str) -> str:
        words = plain_words(text)
        if len(words) != 1 or len(words[0]) < _SHORTEST or len(words[0]) > 40:
            return ""
        wanted, heard = words[0], sound(text)
        most = 1 if len(wanted) <= 5 else 2
        best = (0.0, 0, "")
        has = _letters(wanted)
        for word, count, letters in self._alike(wanted):
            if (has ^ letters).bit_count() > 2 * most:  # a letter exchanged for another is two that differ
                continue
            away = distance(wanted, word, most)
            if away <= most:
                # One that sounds the same is half a step away; of two as near, the one that is more frequent.
                near = away - 0.5 * (sound(word) == heard)
                best = max(best, (most + 1 - near, count, word))
        return best[2]

    def _alike(self, wanted: str) -> list[tuple[str, int, int]]:
        """Words that begin with the same letter, one like it, or with the second: the first may be wrong."""
        letters = {wanted[0], wanted[1], *next((group for group in _LIKE if wanted[0] in group), "")}
        return [each for letter in sorted(letters) for each in self._known().get(letter, ())]

    def _known(self) -> dict[str, list[tuple[str, int, int]]]:
        if self._words is None:
            counts: Counter[str] = Counter()
            for name in _FIELDS:
                for word, count in self._index.searcher.terms_with_prefix(name, ""):
                    if len(word) >= _SHORTEST and not word.isdecimal():
                        counts[word] += count
            found: dict[str, list[tuple[str, int, int]]] = {}
            for word, count in counts.most_common(_MOST):
                found.setdefault(word[0], []).append((word, count, _letters(word)))
            self._words = found
        return self._words


def _letters(word: str) -> int:
    """Which letters a word has, as bits; some share one."""
    bits = 0
    for sign in word:
        bits |= 1 << ord(sign) % 64
    return bits


def distance(one: str, other: str, most: int) -> int:
    """How many signs have to be changed, added, left out or exchanged with their neighbour; over `most`, any number.

    >>> distance("kastor", "kastro", 2), distance("ship", "shops", 2), distance("abc", "xyz", 1) > 1
    (1, 2, True)
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != there))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == there:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(*row, *before) > most:
            return most + 1
    return row[-1]
