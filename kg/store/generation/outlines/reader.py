"""Long record as its outline tells it: values are read from the file of records when they are asked for."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import orjson

from kg.store.generation.outlines.builder import (
    ABSTRACT_NODE,
    NUMBER,
    NUMBERS_PER_CHUNK,
    NUMBERS_PER_ITEM,
    RECORD_NODE,
    Node,
)
from kg.store.generation.read_only_database import ReadOnlyDatabase

_TABLES = 2

_MAX_PARSED_BYTES = 1_000_000
"""Bytes of a list that are parsed at a time: other threads wait meanwhile."""


class Outlines:
    """Outlines of a generation's long records, by the offset of a record in the file of records.

    Attributes:
        are_there: whether the generation has any table of them.
    """

    def __init__(self, database: ReadOnlyDatabase) -> None:
        self._database = database
        tables = "SELECT COUNT(*) FROM sqlite_master WHERE name IN ('outlines', 'outline_places')"
        # A generation of an earlier kg has none: its long records are parsed whole.
        self.are_there = database.connection.execute(tables).fetchone()[0] == _TABLES

    def node(self, offset: int, number: int) -> Any:
        """Return a node of an outline, parsed; None for none."""
        if not self.are_there:
            return None
        row = self._database.connection.execute(
            "SELECT outline FROM outlines WHERE offset = ? AND node = ?", (offset, number)
        ).fetchone()
        return orjson.loads(row[0]) if row else None

    def abstract(self, offset: int) -> dict[str, Any] | None:
        """Return the abstract of a record; None where it has no outline."""
        found: dict[str, Any] | None = self.node(offset, ABSTRACT_NODE)
        return found

    def record(self, offset: int, read: Callable[[int, int], bytes]) -> "LongRecord | None":
        """Return a long record that is read value by value; None where it has no outline.

        Args:
            offset: its offset in the file of records.
            read: from an offset in that file and a length to the bytes there.
        """
        node = self.node(offset, RECORD_NODE)
        return LongRecord(_RecordSource(self, offset, read), node["keys"], node["rooms"]) if node else None

    def chunk(self, offset: int, number: int) -> Sequence[int]:
        """Return a chunk of the places of a record."""
        row = self._database.connection.execute(
            "SELECT numbers FROM outline_places WHERE offset = ? AND chunk = ?", (offset, number)
        ).fetchone()
        return array(NUMBER, row[0])


@dataclass(frozen=True, slots=True)
class _RecordSource:
    """Source of the values of a record: its outline, and its bytes."""

    outlines: Outlines
    offset: int
    read: Callable[[int, int], bytes]
    _chunks: dict[int, Sequence[int]] = field(default_factory=dict)

    def number(self, place: int) -> int:
        """Number at a place."""
        chunk, at = divmod(place, NUMBERS_PER_CHUNK)
        if chunk not in self._chunks:
            self._chunks[chunk] = self.outlines.chunk(self.offset, chunk)
        return self._chunks[chunk][at]

    def bytes_between(self, begin: int, end: int) -> bytes:
        """Bytes of the record."""
        return self.read(self.offset + begin, end - begin)

    def items_between(self, begin: int, end: int) -> list[Any]:
        """Items of a list that stand one behind the other."""
        items: list[Any] = orjson.loads(b"[%b]" % self.bytes_between(begin, end))
        return items

    def decoded(self, node: Node) -> Any:
        """Value of a node: itself, or what reads it when it is asked."""
        match node:
            case ["v", value]:
                return value
            case ["t", begin, first, count]:
                return StoredText(self, begin, first, count)
            case ["l", first, count]:
                return StoredList(self, first, count)
            case ["d", begin, end, total, nodes]:
                return StoredTexts(self, begin, end, total, nodes)
            case _:
                return {name: self.decoded(each) for name, each in node[1].items()}


@dataclass(frozen=True, slots=True)
class StoredText:
    """Text of a long record, read part by part.

    Attributes:
        parts: number of its parts.
    """

    _source: _RecordSource
    _begin: int
    _first: int
    parts: int

    def part(self, number: int) -> str:
        """Return a part, from 1."""
        begin = self._begin if number == 1 else self._source.number(self._first + number - 2)
        return self._between(begin, self._source.number(self._first + number - 1))

    def whole(self) -> str:
        """Return the whole text."""
        return self._between(self._begin, self._source.number(self._first + self.parts - 1))

    def _between(self, begin: int, end: int) -> str:
        text: str = orjson.loads(b'"%b"' % self._source.bytes_between(begin, end))
        return text


@dataclass(frozen=True, slots=True)
class StoredList(Sequence[Any]):
    """List of a long record, in the order in which it is shown; items are read when they are asked for."""

    _source: _RecordSource
    _first: int
    _count: int

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> list[Any]: ...
    def __getitem__(self, place: int | slice) -> Any:
        """Return an item, or some; a long item is an object whose values are read when they are asked for."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self._count))]
        if not 0 <= place < self._count:
            raise IndexError(place)
        begin, length, node = self._numbers(place)
        if node:
            return self._source.decoded(self._source.outlines.node(self._source.offset, node))
        return orjson.loads(self._source.bytes_between(begin, begin + length))

    def _numbers(self, place: int) -> tuple[int, int, int]:
        at = self._first + NUMBERS_PER_ITEM * place
        return self._source.number(at), self._source.number(at + 1), self._source.number(at + 2)

    def whole(self) -> list[Any]:
        """Return all items in the order of the record, in which they stand one behind the other."""
        items: list[Any] = []
        spans = sorted(self._numbers(place)[:2] for place in range(self._count))
        begin = end = 0
        for at, length in spans:
            if begin and at + length - begin > _MAX_PARSED_BYTES:
                items += self._source.items_between(begin, end)
                begin = 0
            begin, end = begin or at, at + length
        return items + self._source.items_between(begin, end)


@dataclass(frozen=True, slots=True)
class StoredTexts(Mapping[str, Any]):
    """Texts of a key by language: those that a page may show, of `total`."""

    _source: _RecordSource
    _begin: int
    _end: int
    total: int
    _nodes: Mapping[str, Node]

    def __getitem__(self, tag: str) -> Any:
        return self._source.decoded(self._nodes[tag])

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def whole(self) -> dict[str, Any]:
        """Return the texts in all languages."""
        if len(self._nodes) == self.total:
            return {tag: _whole(self[tag]) for tag in self}
        texts: dict[str, Any] = orjson.loads(self._source.bytes_between(self._begin, self._end))
        return texts


@dataclass(frozen=True, slots=True)
class LongRecord(Mapping[str, Any]):
    """Long record: a mapping whose values are read when they are asked for.

    Attributes:
        rooms: key → bytes that a page has for a value of it; of texts by language, language → bytes.
    """

    _source: _RecordSource
    _nodes: Mapping[str, Node]
    rooms: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self._source.decoded(self._nodes[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def whole(self) -> dict[str, Any]:
        """Return the whole record, parsed value by value, so that no other thread waits for the whole of it."""
        return {key: _whole(self[key]) for key in self}


def _whole(value: Any) -> Any:
    if isinstance(value, StoredText | StoredList | StoredTexts):
        return value.whole()
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    return value
