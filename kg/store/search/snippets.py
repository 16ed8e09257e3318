"""Snippets: the passage of a text with the most words of a search, with the hits marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.store.search.analysis import plain_words, rules_of, sounds, stem_readings, stems, word_positions, words_of
from kg.store.search.query_language import ParsedSearch

SNIPPET_LENGTH = 240
"""Characters of a snippet."""

_MAX_SEARCHED_LENGTH = 30_000
"""Characters of a thing's texts, in total, that are searched for the best passage."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Passage of a text with marked hits.

    Attributes:
        language: language of the text; empty where it is unknown.
        parts: (text, True for a hit), in order.
    """

    language: str
    parts: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """The passage as plain text."""
        return "".join(text for text, _ in self.parts)


def unmarked_snippet(language: str, text: str) -> Snippet:
    """Snippet of a full text without marks."""
    return Snippet(_tag(language), ((text, False),) if text else ())


class HitMarker:
    """Hit marker: finds the words of one search in texts; one marker serves all hits of a list."""

    def __init__(self, parsed: ParsedSearch, languages: Iterable[str]) -> None:
        self._word_count = len(parsed.words)
        self._stems: dict[str, int] = {}
        self._sounds: dict[str, int] = {}
        self._beginnings: list[tuple[str, int]] = []
        for number, word in enumerate(parsed.words):
            if word.prefix:
                self._beginnings += [(each, number) for each in plain_words(word.text)]
            for reading in stem_readings(word.text, list(languages)):
                self._stems |= dict.fromkeys(reading, number)
            if word.text.isalpha() and not word.phrase:
                self._sounds |= dict.fromkeys(sounds(word.text), number)
        self._numbers_by_rules: dict[str, dict[str, int]] = {}

    def _number_of(self, word: str, rules: str) -> int:
        for stem in stems(word, rules):
            if stem in self._stems:
                return self._stems[stem]
        if word[0].isupper():
            for heard in sounds(word) if word.isalpha() else ():
                if heard in self._sounds:
                    return self._sounds[heard]
        for beginning, number in self._beginnings:
            if plain_words(word)[:1] and plain_words(word)[0].startswith(beginning):
                return number
        return -1

    def mark(self, language: str, text: str) -> Snippet:
        """Snippet of a full text with marked hits, for a title."""
        return Snippet(_tag(language), tuple(_parts(text, self._find_hits(language, text))))

    def snippet(self, passages: Sequence[tuple[str, str]], length: int = SNIPPET_LENGTH) -> Snippet | None:
        """Best passage of some texts (language, text), the earliest of equal ones; None without a text."""
        best: tuple[int, Snippet] | None = None
        left = _MAX_SEARCHED_LENGTH
        for language, text in passages:
            if best and (not left or best[0] == self._word_count):  # no other passage has more
                break
            searched = text[:left]
            left -= len(searched)
            hits = self._find_hits(language, searched)
            score, at = _best_passage(hits, length)
            if best is None or score > best[0]:
                best = (score, _cut(language, searched, hits, at, length))
        return best[1] if best else None

    def _find_hits(self, language: str, text: str) -> list[tuple[int, int, int]]:
        """Hits in a text: start, end, number of the word. Each distinct word is looked up once for all texts."""
        rules, words = rules_of(language), words_of(text)
        numbers = self._numbers_by_rules.setdefault(rules, {})
        for word in words - numbers.keys():
            numbers[word] = self._number_of(word, rules)
        present = {word: numbers[word] for word in words if numbers[word] >= 0}
        return list(word_positions(text, present)) if present else []


def _tag(language: str) -> str:
    return "" if language.startswith("@") else language


def _best_passage(hits: list[tuple[int, int, int]], length: int) -> tuple[int, int]:
    """Number of distinct words in the best passage, and its start."""
    best, at = 0, 0
    for first, (start, _, _) in enumerate(hits):
        numbers = set()
        for _, end, number in hits[first : first + 20]:
            if end - start > length:
                break
            numbers.add(number)
        if len(numbers) > best:
            best, at = len(numbers), start
    return best, at


def _cut(language: str, text: str, hits: list[tuple[int, int, int]], at: int, length: int) -> Snippet:
    """Snippet around a position, cut at words."""
    begin = max(0, at - length // 4)
    if begin:
        space = text.find(" ", begin, at)
        begin = space + 1 if space >= 0 else begin
    end = min(len(text), begin + length)
    if end < len(text):
        space = text.rfind(" ", begin + length // 2, end)
        end = space if space >= 0 else end
    inside = [(start - begin, stop - begin, which) for start, stop, which in hits if start >= begin and stop <= end]
    parts = _parts(text[begin:end], inside)
    before = [("… ", False)] if begin else []
    after = [(" …", False)] if end < len(text) else []
    return Snippet(_tag(language), (*before, *parts, *after))


def _parts(text: str, hits: list[tuple[int, int, int]]) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    at = 0
    for start, end, _ in hits:
        if start > at:
            parts.append((text[at:start], False))
        parts.append((text[start:end], True))
        at = end
    if at < len(text):
        parts.append((text[at:], False))
    return parts
