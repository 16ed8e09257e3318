"""Items of a source file as the state of builds keeps them: a mark of each record, its reference, its place.

A record whose mark is known, and of which nothing was to be told, is not looked at again. Some 30 bytes stay of each.
"""

import hashlib
import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import orjson

from kg.records.readers.base import RawRecord

MARK_LENGTH = 16
"""Bytes of a mark."""

_LEVEL = 1
_NUMBERED = re.compile(r"(.*?)([1-9][0-9]{0,8})")


class SourceItem(NamedTuple):
    """Item of a source file.

    Attributes:
        mark: of the record as its file has it.
        reference: the record's; empty where it was left out.
        at: its place in the file.
        is_clean: whether it was published with nothing to be told of it, so that its mark is enough the next time.
    """

    mark: bytes
    reference: str
    at: str
    is_clean: bool


def mark_of_line(line: bytes) -> bytes:
    """Return the mark of a record that is a line."""
    return hashlib.sha256(line, usedforsecurity=False).digest()[:MARK_LENGTH]


def mark_of(item: RawRecord) -> bytes:
    """Return the mark of a record as its reader made it, with all that the file around it gave to it."""
    said = orjson.dumps([item.record, item.version], default=repr, option=orjson.OPT_NON_STR_KEYS)
    return mark_of_line(said)


@dataclass(slots=True)
class FileItems:
    """Items of one file, in order, held in little memory.

    Attributes:
        marks: the marks, one behind the other.
        references: reference of each item.
        clean: a byte for each item: 1 where it is clean.
    """

    marks: bytearray = field(default_factory=bytearray)
    references: list[str] = field(default_factory=list)
    clean: bytearray = field(default_factory=bytearray)
    _runs: list[tuple[int, str, int]] = field(default_factory=list)
    """Places: from the item of that number on, a text before a number that counts up; 0 for a text without one."""

    def append(self, item: SourceItem) -> None:
        """Add an item."""
        self._add_place(item.at)
        self.marks += item.mark
        self.references.append(item.reference)
        self.clean.append(item.is_clean)

    def __len__(self) -> int:
        return len(self.references)

    def __iter__(self) -> Iterator[SourceItem]:
        for place, (reference, at) in enumerate(zip(self.references, self.places(), strict=True)):
            yield SourceItem(self.mark(place), reference, at, bool(self.clean[place]))

    def known_items(self, forced: Collection[str]) -> dict[bytes, str]:
        """Return mark → reference of each item that need not be looked at again.

        Args:
            forced: references of items that are looked at in any case.
        """
        return self._marked(forced, b"\1")

    def told_items(self, forced: Collection[str]) -> dict[bytes, str]:
        """Return mark → reference of each published item of which something was told; arguments as of `known_items`."""
        return self._marked(forced, b"\0")

    def published_items(self, forced: Collection[str]) -> dict[bytes, str]:
        """Return mark → reference of each published item; arguments as of `known_items`."""
        return self._marked(forced, b"\0\1")

    def _marked(self, forced: Collection[str], clean: bytes) -> dict[bytes, str]:
        return {
            self.mark(place): reference
            for place, reference in enumerate(self.references)
            if reference and self.clean[place] in clean and reference not in forced
        }

    def mark(self, place: int) -> bytes:
        """Return the mark of an item, by its number from 0."""
        return bytes(self.marks[place * MARK_LENGTH : (place + 1) * MARK_LENGTH])

    def places(self) -> list[str]:
        """Return the place of each item."""
        found: list[str] = []
        ends = [start for start, _, _ in self._runs[1:]] + [len(self)]
        for (start, text, number), end in zip(self._runs, ends, strict=True):
            found += [f"{text}{number + step}" if number else text for step in range(end - start)]
        return found

    def columns(self) -> tuple[bytes, bytes, bytes, bytes]:
        """Return the items as four columns of the state: marks, clean, references, places."""
        return (
            bytes(self.marks),
            zlib.compress(self.clean, _LEVEL),
            zlib.compress("\n".join(self.references).encode(), _LEVEL),
            zlib.compress(orjson.dumps(self._runs), _LEVEL),
        )

    @classmethod
    def of_columns(cls, marks: bytes, clean: bytes, references: bytes, places: bytes) -> Self:
        """Return the items in four columns of the state."""
        names = zlib.decompress(references).decode().split("\n") if marks else []
        runs = [(start, text, number) for start, text, number in orjson.loads(zlib.decompress(places))]
        return cls(bytearray(marks), names, bytearray(zlib.decompress(clean)), runs)

    def _add_place(self, at: str) -> None:
        numbered = _NUMBERED.fullmatch(at)
        text, number = (numbered[1], int(numbered[2])) if numbered else (at, 0)
        if self._runs:
            start, last_text, last_number = self._runs[-1]
            is_next = last_number and number == last_number + len(self) - start
            if text == last_text and (is_next or (not number and not last_number)):
                return
        self._runs.append((len(self), text, number))
