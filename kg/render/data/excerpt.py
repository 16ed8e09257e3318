"""Excerpt of a long record: as much of it as a page shows, with the number of what is left out.

Long texts come in parts, one of which an excerpt has. Parts begin where paragraphs or words do, and depend on the text
alone. Formats of data have the whole record; most records are short, and are their own excerpt (D-113).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg import language_ranges

MAX_VALUES = 200
"""Values of a key."""

MAX_LANGUAGES = 30
"""Languages of a text or name, the reader's first."""

PART_LENGTH, PART_PARAGRAPHS = 100_000, 1_000
"""Characters and paragraphs of a part of a text."""

MAX_LENGTH, MIN_PART_LENGTH = 300_000, 2_000
"""Characters of all texts of an excerpt; and those of a part that is shown where there are as many already."""

_PARAGRAPH_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Excerpt of a record.

    Attributes:
        record: what it has of the record.
        part: the number of the part of each long text, from 1.
        parts: how many the longest text has.
        left_out: key → number of values, or languages, that are left out.
    """

    record: Mapping[str, Any]
    part: int = 1
    parts: int = 1
    left_out: Mapping[str, int] = field(default_factory=dict)


def excerpt(record: Mapping[str, Any], languages: Sequence[str], part: int = 1) -> Excerpt:
    """The excerpt of a record.

    Args:
        record: the record as JSON.
        languages: those of the reader, the best first.
        part: which part of its long texts; where a text has fewer, its last one.
    """
    cutter = _Cutter(languages, part)
    cut = {key: cutter.value(key, value) for key, value in record.items()}
    return Excerpt(cut, part, cutter.parts, cutter.left_out)


class _Cutter:
    """Cutter of values, which counts what it leaves out."""

    def __init__(self, languages: Sequence[str], part: int) -> None:
        self._languages = languages
        self._part = part
        self._length = 0
        self.parts = 1
        self.left_out: dict[str, int] = {}

    def value(self, key: str, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return list(self._some(key, value, MAX_VALUES))
        if isinstance(value, dict):
            if len(value) <= MAX_LANGUAGES:  # a text in some languages, or an object of the model
                return {name: self.value(key, each) for name, each in value.items()}
            names = language_ranges.in_order(value, self._languages)
            return dict(self._some(key, [(name, value[name]) for name in names], MAX_LANGUAGES))
        if isinstance(value, tuple):  # language and text
            return value[0], self.value(key, value[1])
        return value

    def _some(self, key: str, values: list[Any], most: int) -> Iterator[Any]:
        """The first values, as many as there is room for, and at least one."""
        for number, value in enumerate(values):
            if number >= most or (number and self._length >= MAX_LENGTH):
                self.left_out[key] = self.left_out.get(key, 0) + len(values) - number
                return
            yield self.value(key, value)

    def _text(self, text: str) -> str:
        # What is left does not depend on the part, so that the same text has the same parts in each of them.
        most = max(min(PART_LENGTH, MAX_LENGTH - self._length), MIN_PART_LENGTH)
        self._length += min(len(text), most)
        if len(text) <= most and text.count(_PARAGRAPH_BREAK) < PART_PARAGRAPHS:
            return text
        parts = list(text_parts(text, most))
        self.parts = max(self.parts, len(parts))
        return parts[min(self._part, len(parts)) - 1]


def text_parts(text: str, most: int = PART_LENGTH) -> Iterator[str]:
    """The parts of a text, which are the whole text together.

    Args:
        text: the text.
        most: maximum number of characters of a part.
    """
    begin = 0
    while begin < len(text):
        window = text[begin : begin + most]
        *_, beyond = window.split(_PARAGRAPH_BREAK, PART_PARAGRAPHS)
        if window.count(_PARAGRAPH_BREAK) >= PART_PARAGRAPHS:
            length = len(window) - len(beyond)
        elif begin + most < len(text):
            length = _end(window, _PARAGRAPH_BREAK) or _end(window, " ") or _end(window, "\n") or most
        else:
            length = len(window)
        yield text[begin : begin + length]
        begin += length


def _end(window: str, gap: str) -> int:
    """Length up to the end of the last gap in the second half; 0 for none."""
    at = window.rfind(gap, len(window) // 2)
    return at + len(gap) if at >= 0 else 0
