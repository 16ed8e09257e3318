"""Excerpt of a long record: as much of it as a page shows, with the number of what is left out.

Long texts come in parts, one of which an excerpt has; long lists come from any value on. Parts begin where paragraphs
or words do, and depend on the record alone. Formats of data have the whole record; most records are short, and are
their own excerpt (D-113, D-151).

A record is a mapping of JSON values, or one whose texts and lists are read when they are asked for, by an outline that
a build made with `rooms`, `parts_of` and `weight_order` (D-185).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from kg import key_annotations, language_ranges
from kg.date_roles import principal
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

Rooms = Mapping[str, int | Mapping[str, int]]
"""Key → bytes that a value of it may have on a page; of texts by language, language → bytes."""


@runtime_checkable
class PartedText(Protocol):
    """Text that is read part by part."""

    @property
    def parts(self) -> int:
        """Number of its parts."""
        ...

    def part(self, number: int) -> str:
        """Return a part, from 1."""
        ...


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


def excerpt(
    record: Mapping[str, Any],
    languages: Sequence[str],
    place: RecordPlace | None = None,
    rooms_of_record: Rooms | None = None,
) -> Excerpt:
    """The excerpt of a record.

    Relations come by weight: those that the source counts most often are first.

    Args:
        record: the record: JSON, or a mapping with parted texts and sequences that are in order of weight already.
        languages: those of the reader, the best first.
        place: which part of its long texts, the last one where a text has fewer; and where one list begins.
        rooms_of_record: its rooms, where they are known.
    """
    place = place or RecordPlace()
    cutter = _Cutter(languages, place, rooms(record) if rooms_of_record is None else rooms_of_record)
    cut = {key: cutter.value(key, value) for key, value in record.items()}
    cut = {key: value for key, value in cut.items() if value not in ([], {}) or not record[key]}
    return Excerpt(cut, place.part, cutter.parts, cutter.left_out, cutter.lists)


def rooms(record: Mapping[str, Any]) -> Rooms:
    """Return the rooms of a record: each key has what those before it leave of a page.

    Texts by language have as many characters as one another, so that their parts stand side by side.
    """
    found: dict[str, int | Mapping[str, int]] = {}
    left = float(MAX_LENGTH)
    for key, value in record.items():
        if not isinstance(value, dict):
            found[key] = int(left)
            left = max(left - _taken(key, value, left), 0)
            continue
        names = list(value)[:MAX_LANGUAGES]
        widths = {name: _width(value[name]) for name in names}
        share = PART_LENGTH / ((sum(widths.values()) or 1) if key in _PROSE else 1)
        found[key] = of_language = {}
        for name, width in widths.items():
            room = min(share * width, left)
            of_language[name] = int(room)
            left = max(left - _taken(key, value[name], room), 0)
    return found


def _taken(key: str, value: Any, room: float) -> float:
    """Bytes of texts that a page takes of a value, or of the first values of a list."""
    if isinstance(value, str):
        return min(len(value) * _width(value), room)
    taken = 0.0
    items: Any = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in list(items)[: most_values(key)]:
        taken += _taken(key, item, room)
        if taken >= room:
            return room
    return taken


def parts_of(text: str, room: float) -> list[str]:
    """Return the parts of a text for a room in bytes; it is a part itself where there is room for the whole."""
    most = max(int(room / _width(text)), MIN_PART_LENGTH)
    if len(text) <= most and text.count(_PARAGRAPH_BREAK) < PART_PARAGRAPHS:
        return [text]
    return list(text_parts(text, min(most, PART_LENGTH)))


def weight_order(key: str, values: Sequence[Any]) -> Sequence[int]:
    """Return the places of values in the order in which they are shown: relations by their counts, *the* date first.

    >>> weight_order("relations", [{"target": "agent/a"}, {"target": "agent/b", "count": 9}])
    [1, 0]
    """
    places = range(len(values))
    if key == "dates" and len(values) > FEW_VALUES:
        the_date = principal(values)
        return sorted(places, key=lambda place: values[place] is not the_date)
    if key != "relations":
        return places
    return sorted(places, key=lambda place: -(values[place].get("count") or 0))


class _Cutter:
    """Cutter of values, which counts what it leaves out."""

    def __init__(self, languages: Sequence[str], place: RecordPlace, rooms_of_record: Rooms) -> None:
        self._languages = languages
        self._place = place
        self._rooms = rooms_of_record
        self._length = 0
        self._values = 0
        self._is_parted = False
        self.parts = 1
        self.left_out: dict[str, int] = {}
        self.lists: dict[str, ListPart] = {}

    def value(self, key: str, value: Any) -> Any:
        """Value of a key of the record: a text, a list, or texts by language."""
        room = self._rooms.get(key, 0)
        if isinstance(value, Mapping):
            return self._by_language(key, value, room if isinstance(room, Mapping) else {})
        return self._of_one_language(key, value, room if isinstance(room, int) else 0)

    def _of_one_language(self, key: str, value: Any, room: int) -> Any:
        is_list = isinstance(value, Sequence) and not isinstance(value, str)
        return self._some(key, value, room) if is_list else self._text(value, room)[0]

    def _by_language(self, key: str, texts: Mapping[str, Any], rooms_: Mapping[str, int]) -> dict[str, Any]:
        """Texts by language; where there is no room any more, the text in the reader's language stands alone."""
        names = list(texts)
        if len(names) > MAX_LANGUAGES or self._length >= MAX_LENGTH:
            names = language_ranges.in_order(texts, self._languages)[:MAX_LANGUAGES]
        cut: dict[str, Any] = {}
        for name in names:
            if cut and self._length >= MAX_LENGTH:
                break
            text = self._of_one_language(key, texts[name], rooms_.get(name, 0))
            if text != []:
                cut[name] = text
        total = getattr(texts, "total", len(texts))
        if total > len(cut):
            self.left_out[key] = total - len(cut)
        return cut

    def _item(self, value: Any, room: float) -> Any:
        """Value of a list: a text, or an object of the model with its keys, which share the room."""
        if not isinstance(value, Mapping):
            return self._text(value, room)[0]
        item: dict[str, Any] = {}
        for name, each in value.items():
            if isinstance(each, Mapping):
                item[name] = self._item(each, room)
            elif isinstance(each, Sequence) and not isinstance(each, str):
                item[name] = [self._item(some, room) for some in each[:MAX_VALUES]]
            else:
                item[name], taken = self._text(each, room)
                room = max(room - taken, 0)
        return item

    def _some(self, key: str, values: Sequence[Any], room: int) -> list[Any]:
        """Values from the place on, as many as there is room for, and at least one."""
        begin = self._place.first - 1 if key == self._place.key else 0
        most = most_values(key) if self._values < _FIRST_VALUES or begin else _LAST_VALUES
        cut: list[Any] = []
        for value in _ordered(key, values, begin, most):
            before = self._length, self.parts
            self._is_parted = False
            item = self._item(value, room)
            if cut and self._length > MAX_LENGTH:
                self._length, self.parts = before
                break
            cut.append(item)
            if self._is_parted:  # parts of the next text would begin with this one's last
                break
        self._values += len(cut)
        if len(cut) < len(values):
            earlier = self.lists.get(key)  # of the same text in another language
            if earlier is None or earlier.total < len(values):
                self.lists[key] = ListPart(begin + 1, begin + len(cut), len(values))
        return cut

    def _text(self, text: Any, room: float) -> tuple[Any, float]:
        """Part of a text, and the bytes of the first one, on which the room of others depends."""
        if isinstance(text, str):
            parts = parts_of(text, room)
            part, count, first = parts[min(self._place.part, len(parts)) - 1], len(parts), parts[0]
        elif isinstance(text, PartedText):
            count = text.parts
            part = first = text.part(min(self._place.part, count))
        else:
            return text, 0
        self._length += int(len(part) * _width(part))
        self.parts = max(self.parts, count)
        self._is_parted = self._is_parted or count > 1
        return part, len(first) * _width(first)


def _ordered(key: str, values: Sequence[Any], begin: int, most: int) -> Iterator[Any]:
    """Some values of a list, which JSON has in the order of its source."""
    places = weight_order(key, values) if isinstance(values, list) else range(len(values))
    return (values[place] for place in places[begin : begin + most])


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
