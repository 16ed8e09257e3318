"""Spelling suggestions: for a word that the index lacks, its nearest word by edit distance and phonetic key."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from kg.store.search.analysis import plain_words, sound
from kg.store.search.index import SearchIndex
from kg.store.search.query_language import ParsedSearch

_MAX_WORDS = 300_000
"""Words in the vocabulary; a larger collection has no suggestions of its rarest words."""

_MIN_WORD_LENGTH = 4
_MIN_TWO_EDITS = 8
"""Letters of a word from which on two of them may be wrong."""

_MAX_CORRECTIONS = 5
"""Unknown words of one search that are corrected; a search with more gets no suggestion."""

_SIMILAR_LETTERS = ("ckq", "sz", "vwf", "ijy", "gh", "bp", "dt", "гх", "сз", "вф", "бп", "дт", "ие", "ао")
"""Letters that are often confused at the beginning of a name."""

_FIELDS = ("word", "vocabulary")


@dataclass(frozen=True, slots=True)
class Correction:
    """Correction of the words of a search; a text is empty where it would be the same.

    Attributes:
        proposed: the text with every unknown word corrected.
        ordinary: the text with those corrected that have an ordinary word near them. No search is carried out with a
            proper name in the place of what was written (D-148).
    """

    proposed: str = ""
    ordinary: str = ""


class SpellingSuggester:
    """Spelling suggester over the vocabulary of an index, which it reads at first use."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._words: dict[str, list[tuple[str, int, int]]] | None = None
        self.nearest = lru_cache(maxsize=1024)(self._nearest)

    def correct(self, parsed: ParsedSearch, text: str) -> Correction:
        """Correction of the words that the index lacks, and has no related form of."""
        words = self._index.words
        unknown = [word for word in parsed.words if not words.knows(word)]
        proposed = ordinary = text
        for word in unknown if len(unknown) <= _MAX_CORRECTIONS else ():
            if not words.forms_of(word) and (nearest := self.nearest(word.text)):
                cased = nearest.title() if word.text.istitle() else nearest
                # The replacement is folded: it holds no sign with a meaning in a pattern.
                pattern = rf"(?<!\w){re.escape(word.text)}(?!\w)"
                proposed = re.sub(pattern, cased, proposed, count=1)
                if not self.is_name(nearest):
                    ordinary = re.sub(pattern, cased, ordinary, count=1)
        return Correction(proposed if proposed != text else "", ordinary if ordinary != text else "")

    def is_name(self, word: str) -> bool:
        """Test for a proper name: a word that people or places bear, or that every record has with a capital."""
        if self._index.words.is_borne(word):
            return True
        frequency = self._index.terms.count
        # The key of a short name is none: what could be one is taken for a name.
        heard = sound(word)
        return not heard or frequency("text_sound", heard) >= max(frequency(field, word) for field in _FIELDS)

    def _nearest(self, text: str) -> str:
        words = plain_words(text)
        if len(words) != 1 or len(words[0]) < _MIN_WORD_LENGTH or len(words[0]) > 40:
            return ""
        target, target_sound = words[0], sound(text)
        max_distance = 1 if len(target) < _MIN_TWO_EDITS else 2
        best = (0.0, 0, "")
        target_letters = _letter_bits(target)
        for word, count, letters in self._candidates(target):
            if (target_letters ^ letters).bit_count() > 2 * max_distance:  # an exchanged letter differs in two bits
                continue
            edits = edit_distance(target, word, max_distance)
            if edits <= max_distance and (number := self._number(word, count)):
                # A word with the same sound is half an edit nearer; of two as near, the more frequent one wins.
                cost = edits - 0.5 * (sound(word) == target_sound)
                best = max(best, (max_distance + 1 - cost, number, word))
        return best[2]

    def _number(self, word: str, count: int) -> int:
        """Number of records that have a word; 0 for one of deleted records alone."""
        terms = self._index.terms
        return sum(terms.count(field, word) for field in _FIELDS) if terms.has_deleted else count

    def _candidates(self, target: str) -> list[tuple[str, int, int]]:
        """Words with the same first letter, a similar one, or the second letter, since the first may be wrong."""
        letters = {target[0], target[1], *next((group for group in _SIMILAR_LETTERS if target[0] in group), "")}
        return [each for letter in sorted(letters) for each in self._vocabulary().get(letter, ())]

    def _vocabulary(self) -> dict[str, list[tuple[str, int, int]]]:
        if self._words is None:
            counts: Counter[str] = Counter()
            for name in _FIELDS:
                for word, count in self._index.terms.beginning(name, ""):
                    if len(word) >= _MIN_WORD_LENGTH and not word.isdecimal():
                        counts[word] += count
            by_letter: dict[str, list[tuple[str, int, int]]] = {}
            for word, count in counts.most_common(_MAX_WORDS):
                by_letter.setdefault(word[0], []).append((word, count, _letter_bits(word)))
            self._words = by_letter
        return self._words


def _letter_bits(word: str) -> int:
    """Set of a word's letters as bits; some letters share one."""
    bits = 0
    for sign in word:
        bits |= 1 << ord(sign) % 64
    return bits


def edit_distance(one: str, other: str, limit: int) -> int:
    """Edit distance of two words with transpositions (Damerau-Levenshtein); any larger number over `limit`.

    >>> edit_distance("kastor", "kastro", 2), edit_distance("ship", "shops", 2), edit_distance("abc", "xyz", 1) > 1
    (1, 2, True)
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, sign in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != there))
            if i > 1 and j > 1 and sign == other[j - 2] and one[i - 2] == there:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(*row, *before) > limit:
            return limit + 1
    return row[-1]
