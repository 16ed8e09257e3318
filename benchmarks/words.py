"""Words that mean nothing, in two alphabets: text of a real size and shape that nobody takes for a source."""

import random
from itertools import accumulate

_SYLLABLES = {
    "en": [first + vowel for first in ("b", "d", "f", "gr", "l", "m", "s", "tr") for vowel in ("a", "e", "o", "un")],
    "ru": [first + vowel for first in ("б", "д", "ж", "кр", "л", "м", "с", "тр") for vowel in ("а", "е", "о", "ун")],
}
_WORDS = 3_000
_SENTENCES = 2_000


class Zipf:
    """Draws numbers from 0 up, the n-th as often as 1/n: a few names are everywhere, most are rare."""

    def __init__(self, count: int) -> None:
        self._numbers = range(count)
        self._weights = list(accumulate(1 / rank for rank in range(1, count + 1)))

    def draw(self, chance: random.Random, count: int = 1) -> list[int]:
        """Some numbers, each once."""
        return list(dict.fromkeys(chance.choices(self._numbers, cum_weights=self._weights, k=count)))


class Prose:
    """Sentences of made-up words in one language."""

    def __init__(self, chance: random.Random, language: str) -> None:
        syllables = _SYLLABLES[language]
        words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(_WORDS)]
        zipf = Zipf(_WORDS)
        self._sentences = [
            " ".join(words[number] for number in zipf.draw(chance, chance.randint(6, 20))).capitalize() + "."
            for _ in range(_SENTENCES)
        ]

    def text(self, chance: random.Random, size: int) -> str:
        """About so many bytes of text (UTF-8)."""
        said: list[str] = []
        left = size
        while left > 0:
            sentence = chance.choice(self._sentences)
            said.append(sentence)
            left -= len(sentence.encode()) + 1
        return " ".join(said)

    def words(self, chance: random.Random, count: int) -> str:
        """So many words of one sentence, or fewer where it is shorter."""
        return " ".join(chance.choice(self._sentences).rstrip(".").split()[:count])
