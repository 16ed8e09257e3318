"""Snippets: the passage of a text with the most words of a search, with the hits marked."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.store.search.analysis import (
    WITHOUT_PREFIXES,
    indexed_stems,
    indexed_words,
    plain_words,
    rules_of,
    sounds,
    stem_readings,
    stems,
    word_positions,
)
from kg.store.search.folding import PLAIN_WORD, whole_name
from kg.store.search.query_language import ParsedSearch
from kg.store.search.words.word_forms import WordForms

SNIPPET_LENGTH = 240
"""Characters of a snippet."""

_MAX_SEARCHED_LENGTH = 30_000
"""Characters of a thing's texts, in total, that are searched for the best passage."""

_STOPS = ".,;:!?"
_LOWER_CASE = re.compile(f"(?:[a-z0-9]+|[а-я]+)[{_STOPS}]*")
"""Piece of a text that is a plain word in lower case (`folding.PLAIN_WORD`) with stops behind it."""

_FEW = 20
"""Pieces of a text up to which each is looked for by itself."""

Hit = tuple[int, int, int]
"""Start and end of a hit in a text, and the number of the search's word."""


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
    """Hit marker: finds the words of one search in texts; one marker serves all hits of a list.

    Attributes:
        everywhere: whether the search reads boilerplate too.
        has_number: whether a word of it has a figure, which boilerplate may have of its own.
    """

    def __init__(
        self, parsed: ParsedSearch, languages: Iterable[str], forms: Mapping[str, WordForms] | None = None
    ) -> None:
        """Create a marker.

        Args:
            parsed: the search.
            languages: languages of the index's stemming rules.
            forms: word of the search that the index lacks → the forms that are searched in its place.
        """
        self.everywhere = parsed.everywhere
        self.has_number = any(character.isdigit() for word in parsed.words for character in word.text)
        self._word_count = len(parsed.words)
        self._stems: dict[str, int] = {}
        self._sequences: list[tuple[tuple[str, ...], int]] = []
        self._sounds: dict[str, int] = {}
        self._forms: dict[str, int] = {}
        self._beginnings: list[tuple[str, int]] = []
        for number, word in enumerate(parsed.words):
            if word.prefix:
                self._beginnings += [(each, number) for each in plain_words(word.text)]
            for reading in stem_readings(word.text, list(languages)):
                if len(reading) == 1:
                    self._stems[reading[0]] = number
                else:
                    self._sequences.append((reading, number))
            name = whole_name(word.text)
            if name.isalpha() and not word.phrase:
                self._sounds |= dict.fromkeys(sounds(name), number)
            related = (forms or {}).get(word.text, WordForms())
            self._forms |= dict.fromkeys(related.words, number)
            self._stems |= dict.fromkeys(related.stems, number)
        beginnings = (beginning for beginning, _ in self._beginnings)
        self._initials = {text[0] for text in (*self._stems, *self._forms, *beginnings) if text}
        self._pieces_by_rules: dict[str, tuple[set[str], dict[str, tuple[Hit, ...]]]] = {}

    def _number_of(self, word: str, rules: str) -> int:
        may_be_one = word[0].lower() in self._initials or rules in WITHOUT_PREFIXES or not PLAIN_WORD.fullmatch(word)
        for stem in indexed_stems(word, rules) if may_be_one else ():
            if stem in self._stems:
                return self._stems[stem]
        if self._sounds and word[0].isupper():
            name = whole_name(word)
            for heard in sounds(name) if name.isalpha() else ():
                if heard in self._sounds:
                    return self._sounds[heard]
        if may_be_one and (self._forms or self._beginnings):
            return self._number_of_plain(indexed_words(word))
        return -1

    def _number_of_plain(self, words: list[str]) -> int:
        """Number of a search's word among unstemmed words of a text: by its forms, or its beginning."""
        for word in words:
            if word in self._forms:
                return self._forms[word]
        for beginning, number in self._beginnings:
            if words and words[0].startswith(beginning):
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

    def _find_hits(self, language: str, text: str) -> list[Hit]:
        """Hits in a text. Each distinct piece between spaces is looked up once for all texts."""
        rules, distinct = rules_of(language), set(text.split())
        looked_up, hits_in = self._pieces_by_rules.setdefault(rules, (set(), {}))
        fresh = distinct - looked_up
        looked_up |= fresh
        if rules not in WITHOUT_PREFIXES:
            # Most words of a text begin with another letter than any of the search, which is seen without their stems.
            fresh = {piece for piece in fresh if piece[0] in self._initials or not _LOWER_CASE.fullmatch(piece)}
        hits_in |= {piece: found for piece in fresh if (found := self._hits_in_piece(piece, rules))}
        hits = {
            (at + start, at + end): number
            for at, piece in _places(text, distinct.intersection(hits_in))
            for start, end, number in hits_in[piece]
        }
        if self._sequences:
            hits |= self._sequence_hits(list(word_positions(text)), rules)
        return _joined(sorted((start, end, number) for (start, end), number in hits.items()))

    def _hits_in_piece(self, piece: str, rules: str) -> tuple[Hit, ...]:
        word = piece.rstrip(_STOPS)
        places = [(0, len(word), word)] if PLAIN_WORD.fullmatch(word) else word_positions(piece)
        numbered = ((start, end, self._number_of(word, rules)) for start, end, word in places)
        return tuple(hit for hit in numbered if hit[2] >= 0)

    def _sequence_hits(self, words: list[tuple[int, int, str]], rules: str) -> dict[tuple[int, int], int]:
        """Hits of phrases, and of words that are cut into signs: several stems side by side."""
        places = [(start, end, stem) for start, end, word in words for stem in stems(word, rules)]
        in_order = [stem for _, _, stem in places]
        hits: dict[tuple[int, int], int] = {}
        for reading, number in self._sequences:
            at = 0
            while at < len(in_order):
                if in_order[at] == reading[0] and tuple(in_order[at : at + len(reading)]) == reading:
                    hits |= {(start, end): number for start, end, _ in places[at : at + len(reading)]}
                    at += len(reading)
                else:
                    at += 1
        return hits


def _places(text: str, pieces: set[str]) -> Iterator[tuple[int, str]]:
    """Places of some pieces in a text: of each that stands between spaces, in any order."""
    if len(pieces) > _FEW:
        at = 0
        for piece in text.split():
            at = text.index(piece, at)
            if piece in pieces:
                yield at, piece
            at += len(piece)
        return
    for piece in pieces:
        at = text.find(piece)
        while at >= 0:
            end = at + len(piece)
            if (not at or text[at - 1].isspace()) and (end == len(text) or text[end].isspace()):
                yield at, piece
            at = text.find(piece, end)


def _joined(hits: list[Hit]) -> list[Hit]:
    """Hits with those that touch as one, as the signs of a word are."""
    joined: list[Hit] = []
    for start, end, number in hits:
        if joined and joined[-1][1] == start and joined[-1][2] == number:
            joined[-1] = (joined[-1][0], end, number)
        else:
            joined.append((start, end, number))
    return joined


def _tag(language: str) -> str:
    return "" if language.startswith("@") else language


def _best_passage(hits: list[Hit], length: int) -> tuple[int, int]:
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


def _cut(language: str, text: str, hits: list[Hit], at: int, length: int) -> Snippet:
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


def _parts(text: str, hits: list[Hit]) -> list[tuple[str, bool]]:
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
