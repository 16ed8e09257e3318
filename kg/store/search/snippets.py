"""Some of a text, chosen for the words that are looked for, with the hits marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.store.search.analysis import places, plain_words, readings, rules_of, sounds, stems, words_of
from kg.store.search.query_language import Parsed

LENGTH = 240
_LOOKED_THROUGH = 30_000
"""Characters of a thing's texts, all together, that are looked through for the best place."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """Some of a text.

    Attributes:
        language: of the text; empty where it is not known.
        parts: pieces of it in order, each with whether it is a hit.
    """

    language: str
    parts: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """It as plain text."""
        return "".join(text for text, _ in self.parts)


def plain(language: str, text: str) -> Snippet:
    """A whole text in which nothing is marked."""
    return Snippet(_tag(language), ((text, False),) if text else ())


class Marker:
    """Finds the words of one search in texts; one for all the hits of a list."""

    def __init__(self, parsed: Parsed, languages: Iterable[str]) -> None:
        self._wanted = len(parsed.wanted)
        self._stems: dict[str, int] = {}
        self._sounds: dict[str, int] = {}
        self._beginnings: list[tuple[str, int]] = []
        for number, word in enumerate(parsed.wanted):
            if word.prefix:
                self._beginnings += [(each, number) for each in plain_words(word.text)]
            for reading in readings(word.text, list(languages)):
                self._stems |= dict.fromkeys(reading, number)
            if word.text.isalpha() and not word.phrase:
                self._sounds |= dict.fromkeys(sounds(word.text), number)
        self._known: dict[str, dict[str, int]] = {}

    def _looked_up(self, word: str, rules: str) -> int:
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

    def marked(self, language: str, text: str) -> Snippet:
        """A whole text, with the hits marked: for a title."""
        return Snippet(_tag(language), tuple(_parts(text, self._found(language, text))))

    def snippet(self, passages: Sequence[tuple[str, str]], length: int = LENGTH) -> Snippet | None:
        """The best place in some passages (language, text), the earlier one where two are as good; None without any."""
        best: tuple[int, Snippet] | None = None
        left = _LOOKED_THROUGH
        for language, text in passages:
            if best and (not left or best[0] == self._wanted):  # no other place has more
                break
            looked = text[:left]
            left -= len(looked)
            found = self._found(language, looked)
            worth, at = _best_place(found, length)
            if best is None or worth > best[0]:
                best = (worth, _cut(language, looked, found, at, length))
        return best[1] if best else None

    def _found(self, language: str, text: str) -> list[tuple[int, int, int]]:
        """Where the words that are looked for stand: beginning, end, number. A word is looked up once for all hits."""
        rules, words = rules_of(language), words_of(text)
        numbers = self._known.setdefault(rules, {})
        for word in words - numbers.keys():
            numbers[word] = self._looked_up(word, rules)
        there = {word: numbers[word] for word in words if numbers[word] >= 0}
        return list(places(text, there)) if there else []


def _tag(language: str) -> str:
    return "" if language.startswith("@") else language


def _best_place(found: list[tuple[int, int, int]], length: int) -> tuple[int, int]:
    """How many different words stand together at the best place, and where that begins."""
    best, at = 0, 0
    for first, (start, _, _) in enumerate(found):
        together = set()
        for _, end, number in found[first : first + 20]:
            if end - start > length:
                break
            together.add(number)
        if len(together) > best:
            best, at = len(together), start
    return best, at


def _cut(language: str, text: str, found: list[tuple[int, int, int]], at: int, length: int) -> Snippet:
    """The text around a place, from word to word."""
    begin = max(0, at - length // 4)
    if begin:
        space = text.find(" ", begin, at)
        begin = space + 1 if space >= 0 else begin
    end = min(len(text), begin + length)
    if end < len(text):
        space = text.rfind(" ", begin + length // 2, end)
        end = space if space >= 0 else end
    inside = [(start - begin, stop - begin, which) for start, stop, which in found if start >= begin and stop <= end]
    parts = _parts(text[begin:end], inside)
    before = [("… ", False)] if begin else []
    after = [(" …", False)] if end < len(text) else []
    return Snippet(_tag(language), (*before, *parts, *after))


def _parts(text: str, found: list[tuple[int, int, int]]) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    at = 0
    for start, end, _ in found:
        if start > at:
            parts.append((text[at:start], False))
        parts.append((text[start:end], True))
        at = end
    if at < len(text):
        parts.append((text[at:], False))
    return parts
