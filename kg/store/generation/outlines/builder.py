"""Outline builder: the places of a long record's values in its JSON, written by the build that writes the record.

Places are counted in bytes of the compact JSON that orjson writes. A text has the ends of its parts, a list the place
of each item in the order in which they are shown; what is short stands in the outline itself (D-185).
"""

import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

OUTLINED_LENGTH = 100_000
"""Bytes of a record from which it has an outline; a shorter one is parsed in a millisecond or two."""

RECORD_NODE, ABSTRACT_NODE = 0, -1
"""Numbers of the nodes of the record and of its abstract; long items of lists have those from 1 on."""

NUMBERS_PER_CHUNK = 1_024
"""Numbers in a row of the table of places."""

NUMBER = "I"
"""Type code of a number: 32 bits, since no record has 4 GB."""

NUMBERS_PER_ITEM = 3
"""Numbers of an item of a list: its place, its length, its node or 0."""

SCHEMA = """
CREATE TABLE outlines (offset INTEGER, node INTEGER, outline BLOB NOT NULL, PRIMARY KEY (offset, node)) WITHOUT ROWID;
CREATE TABLE outline_places (
  offset INTEGER, chunk INTEGER, numbers BLOB NOT NULL, PRIMARY KEY (offset, chunk)
) WITHOUT ROWID;
"""

_INLINE_LENGTH = 300
"""Bytes of a value that stands in the outline itself; fewer than any text has from which a page shows a part."""

_LONG_ITEM_LENGTH = 16_000
"""Bytes of an item of a list from which it has a node of its own."""

Node = list[Any]
"""Node of an outline: its form (`v` value, `t` text, `l` list, `d` texts by language, `o` object), and its places."""


class RecordOutline(NamedTuple):
    """Outline of a record: a tuple, since a process sends it.

    Attributes:
        nodes: number → node as JSON.
        places: numbers that nodes refer to.
    """

    nodes: dict[int, bytes]
    places: bytes

    def chunks(self, offset: int) -> Iterator[tuple[int, int, bytes]]:
        """Yield rows of the table of places, for the record at an offset."""
        width = NUMBERS_PER_CHUNK * array(NUMBER).itemsize
        for number, begin in enumerate(range(0, len(self.places), width)):
            yield offset, number, self.places[begin : begin + width]


class Layout(NamedTuple):
    """Layout of pages, which decides what an outline has the places of.

    Attributes:
        rooms: key → bytes that a page has for a value; of texts by language, language → bytes.
        parts: from a text and its room to its parts.
        order: from a key and its values to their places in the order in which they are shown.
        languages: from the texts of a key by language to the languages that a page may show.
    """

    rooms: Mapping[str, int | Mapping[str, int]]
    parts: Callable[[str, float], Sequence[str]]
    order: Callable[[str, Sequence[Any]], Sequence[int]]
    languages: Callable[[Mapping[str, Any]], Mapping[str, Any]]


def outline(record: Mapping[str, Any], abstract: Mapping[str, Any], layout: Layout) -> RecordOutline:
    """Return the outline of a record.

    Args:
        record: the record, which the file of records has as `orjson.dumps` writes it.
        abstract: what pages of other things read of it.
        layout: the layout of pages.
    """
    return _OutlineBuilder(layout).outline(record, abstract)


class _OutlineBuilder:
    """Builder of one outline."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._places = array(NUMBER)
        self._nodes: dict[int, bytes] = {}

    def outline(self, record: Mapping[str, Any], abstract: Mapping[str, Any]) -> RecordOutline:
        rooms, keys, at = self._layout.rooms, {}, 1
        for key, value in record.items():
            at += _size(key) + 1
            room = rooms.get(key, 0)
            is_by_language = isinstance(value, dict) and isinstance(room, Mapping)
            keys[key] = self._texts(key, value, at, room) if is_by_language else self._node(key, value, at, room)
            at += _size(value) + 1
        self._nodes[RECORD_NODE] = orjson.dumps({"rooms": rooms, "keys": keys})
        self._nodes[ABSTRACT_NODE] = orjson.dumps(abstract)
        return RecordOutline(self._nodes, self._places.tobytes())

    def _texts(self, key: str, texts: Mapping[str, Any], at: int, rooms: Any) -> Node:
        begin, end, nodes = at, at + _size(texts), {}
        shown = self._layout.languages(texts)
        at += 1
        for tag, text in texts.items():
            at += _size(tag) + 1
            if tag in shown:
                nodes[tag] = self._node(key, text, at, rooms.get(tag, 0))
            at += _size(text) + 1
        return ["d", begin, end, len(texts), nodes]

    def _node(self, key: str, value: Any, at: int, room: Any) -> Node:
        is_number = not isinstance(value, str | list | dict)
        if is_number or _size(value) <= _INLINE_LENGTH:
            return ["v", value]
        room = room if isinstance(room, int | float) else 0
        if isinstance(value, str):
            return self._text(self._layout.parts(value, room), at)
        if isinstance(value, list):
            return self._list(key, value, at, room)
        return self._object(value, at, room)

    def _text(self, parts: Sequence[str], at: int) -> Node:
        first, end = len(self._places), at + 1
        for part in parts:
            end += _size(part) - 2  # JSON escapes each character by itself, so that parts have the length of the whole
            self._places.append(end)
        return ["t", at + 1, first, len(parts)]

    def _list(self, key: str, values: list[Any], at: int, room: float) -> Node:
        spans = []
        at += 1
        for item in values:
            size = _size(item)
            spans.append((at, size))
            at += size + 1
        numbers = array(NUMBER)
        for number in self._layout.order(key, values):
            begin, size = spans[number]
            numbers.extend((begin, size, self._item(values[number], begin, room) if size > _LONG_ITEM_LENGTH else 0))
        first = len(self._places)
        self._places.extend(numbers)
        return ["l", first, len(values)]

    def _item(self, item: Any, at: int, room: float) -> int:
        """Number of the node of a long item."""
        node = self._node("", item, at, room)
        number = 1 + len(self._nodes)
        self._nodes[number] = orjson.dumps(node)
        return number

    def _object(self, members: Mapping[str, Any], at: int, room: float) -> Node:
        nodes = {}
        at += 1
        for name, value in members.items():
            at += _size(name) + 1
            nodes[name] = self._node("", value, at, room)
            if isinstance(value, str):
                first = self._layout.parts(value, room)[0]
                room = max(room - len(first.encode("utf-8", "surrogatepass")), 0)
            at += _size(value) + 1
        return ["o", nodes]


def _size(value: Any) -> int:
    """Bytes of a value as JSON."""
    return len(orjson.dumps(value))


def insert(db: sqlite3.Connection, offset: int, record_outline: RecordOutline) -> None:
    """Insert the outline of the record at an offset into a catalogue."""
    nodes = ((offset, number, node) for number, node in record_outline.nodes.items())
    db.executemany("INSERT INTO outlines VALUES (?, ?, ?)", nodes)
    db.executemany("INSERT INTO outline_places VALUES (?, ?, ?)", record_outline.chunks(offset))


def delete(db: sqlite3.Connection, offset: int) -> None:
    """Delete the outline of the record at an offset from a catalogue, where it has one."""
    for table in ("outlines", "outline_places"):
        db.execute(f"DELETE FROM {table} WHERE offset = ?", (offset,))  # noqa: S608  # ours
