"""Excerpt of a long record: as much of it as a page shows, with the number of what is left out.

Long texts come in parts, one of which an excerpt has; long lists come from any value on. Parts begin where paragraphs
or words do, and depend on the text alone. Formats of data have the whole record; most records are short, and are their
own excerpt (D-113, D-151).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg import key_annotations, language_ranges
from kg.key_annotations import Faceted, Heading

FEW_VALUES, MAX_LINKS, MAX_VALUES, MAX_EXTRA = 20, 60, 200, 100
"""Values of a key; of links that a search follows; of running text, each a paragraph; of what no key is for."""

_FIRST_VALUES, _LAST_VALUES = 300, 5
"""Values of all keys that are shown in these numbers, and those of a key that comes behind them."""

MAX_LANGUAGES = 30
"""Languages of a text or name, the reader's first."""

PART_LENGTH, PART_PARAGRAPHS = 60_000, 1_000
"""Bytes (UTF-8) of a part of a text in all of its languages, and paragraphs."""

MAX_LENGTH, MIN_PART_LENGTH = 64_000, 600
"""Bytes of all texts of an excerpt; and characters of a part that is shown where there are as many already."""

_PARAGRAPH_BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Place in a long record.

    Attributes:
        part: which part of its long texts, from 1.
        key: the key of a list that does not begin at its beginning; empty for none.
        first: the number of the first value of that list, from 1.
    """

    part: int = 1
    key: str = ""
    first: int = 1


@dataclass(frozen=True, slots=True)
class ListPart:
    """Part of a long list: numbers of its first and last value, from 1, and the number of all."""

    first: int
    last: int
    total: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Excerpt of a record.

    Attributes:
        record: what it has of the record.
        part: the number of the part of each long text, from 1.
        parts: how many the longest text has.
        left_out: key → number of languages that are left out.
        lists: key → which of its values it has, where it has not all of them.
    """

    record: Mapping[str, Any]
    part: int = 1
    parts: int = 1
    left_out: Mapping[str, int] = field(default_factory=dict)
    lists: Mapping[str, ListPart] = field(default_factory=dict)


def is_short(record: Mapping[str, Any]) -> bool:
    """Return whether a record is short enough to be its own excerpt, by the number of its values."""
    lists = (key for key, value in record.items() if isinstance(value, list) and len(value) > most_values(key))
    return next(lists, None) is None and not any(
        len(texts) > most_values(key)
        for key, value in record.items()
        if isinstance(value, dict)
        for texts in value.values()
        if isinstance(texts, list)
    )


def most_values(key: str) -> int:
    """Return the number of values of a key that an excerpt has at a time."""
    return _VALUES_AT_A_TIME.get(key, FEW_VALUES)


def excerpt(record: Mapping[str, Any], languages: Sequence[str], place: RecordPlace | None = None) -> Excerpt:
    """The excerpt of a record.

    Relations come by weight: those that the source counts most often are first.

    Args:
        record: the record as JSON.
        languages: those of the reader, the best first.
        place: which part of its long texts, the last one where a text has fewer; and where one list begins.
    """
    place = place or RecordPlace()
    cutter = _Cutter(languages, place)
    cut = {key: cutter.value(key, by_weight(key, value)) for key, value in record.items()}
    cut = {key: value for key, value in cut.items() if value not in ([], {}) or not record[key]}
    return Excerpt(cut, place.part, cutter.parts, cutter.left_out, cutter.lists)


def by_weight(key: str, values: Any) -> Any:
    """Return relations in order of their counts, and any other values as they are.

    >>> by_weight("relations", [{"target": "agent/a"}, {"target": "agent/b", "count": 9}])
    [{'target': 'agent/b', 'count': 9}, {'target': 'agent/a'}]
    """
    if key != "relations" or not isinstance(values, list):
        return values
    return sorted(values, key=lambda relation: -(relation.get("count") or 0))


class _Cutter:
    """Cutter of values, which counts what it leaves out."""

    def __init__(self, languages: Sequence[str], place: RecordPlace) -> None:
        self._languages = languages
        self._place = place
        self._length = 0
        self._values = 0
        self._share = PART_LENGTH
        self.parts = 1
        self.left_out: dict[str, int] = {}
        self.lists: dict[str, ListPart] = {}

    def value(self, key: str, value: Any) -> Any:
        """Value of a key of the record: a text, a list, or texts by language."""
        if isinstance(value, list):
            return self._some(key, value)
        if isinstance(value, dict):
            return self._by_language(key, value)
        return self._text(value) if isinstance(value, str) else value

    def _by_language(self, key: str, texts: Mapping[str, Any]) -> dict[str, Any]:
        """Texts by language, each with as many characters as the others, so that parts stand beside one another.

        Where there is no room any more, the text in the reader's language stands alone.
        """
        names = list(texts)
        if len(names) > MAX_LANGUAGES or self._length >= MAX_LENGTH:
            names = language_ranges.in_order(texts, self._languages)[:MAX_LANGUAGES]
        widths = sum(_width(texts[name]) for name in names) if key in _PROSE else 1
        self._share = int(PART_LENGTH / widths) if widths else PART_LENGTH
        cut: dict[str, Any] = {}
        for name in names:
            if cut and self._length >= MAX_LENGTH:
                break
            text = self.value(key, texts[name])
            if text != []:
                cut[name] = text
        self._share = PART_LENGTH
        if len(texts) > len(cut):
            self.left_out[key] = len(texts) - len(cut)
        return cut

    def _item(self, value: Any) -> Any:
        """Value of a list: a text, or an object of the model with its keys."""
        if isinstance(value, dict):
            return {name: self._item(each) for name, each in value.items()}
        return self._text(value) if isinstance(value, str) else value

    def _some(self, key: str, values: list[Any]) -> list[Any]:
        """Values from the place on, as many as there is room for, and at least one."""
        begin = self._place.first - 1 if key == self._place.key else 0
        most = most_values(key) if self._values < _FIRST_VALUES or begin else _LAST_VALUES
        cut: list[Any] = []
        for value in values[begin : begin + most]:
            if cut and self._length >= MAX_LENGTH:
                break
            cut.append(self._item(value))
        self._values += len(cut)
        if len(cut) < len(values):
            earlier = self.lists.get(key)  # of the same text in another language
            if earlier is None or earlier.total < len(values):
                self.lists[key] = ListPart(begin + 1, begin + len(cut), len(values))
        return cut

    def _text(self, text: str) -> str:
        # What is left does not depend on the part, so that the same text has the same parts in each of them.
        width = _width(text)
        most = max(min(self._share, int((MAX_LENGTH - self._length) / width)), MIN_PART_LENGTH)
        self._length += int(min(len(text), most) * width)
        if len(text) <= most and text.count(_PARAGRAPH_BREAK) < PART_PARAGRAPHS:
            return text
        parts = list(text_parts(text, most))
        self.parts = max(self.parts, len(parts))
        return parts[min(self._place.part, len(parts)) - 1]


def _width(text: Any) -> float:
    """Bytes of a character of a text in UTF-8, on the average; of the first of several texts."""
    if isinstance(text, list):
        text = text[0] if text else ""
    if not isinstance(text, str) or not text or text.isascii():
        return 1.0
    return len(text.encode("utf-8", "surrogatepass")) / len(text)


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


_PROSE = frozenset(
    key for key, each in key_annotations.load().items() if isinstance(each.shown, Heading) and each.shown.prose
)
"""Keys of running text."""

_LINKS = frozenset(key for key, each in key_annotations.load().items() if isinstance(each.searched, Faceted))
"""Keys of links that a search follows, such as participants: a meeting of forty is shown whole."""

_VALUES_AT_A_TIME = {**dict.fromkeys(_LINKS, MAX_LINKS), **dict.fromkeys(_PROSE, MAX_VALUES), "extra": MAX_EXTRA}
"""Key → its values that an excerpt has at a time, where these are not FEW_VALUES."""
