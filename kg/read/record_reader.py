"""Record reader: records of a generation whole, as the page of their thing shows them, or as other pages read them.

What pages read of a record is bounded, whatever its length: of a long one its outline tells where its values stand, and
other pages have its abstract (D-185). In a generation without outlines a long record is parsed whole.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from kg.render.data.abstract import without_long_keys
from kg.render.data.excerpt import Excerpt, RecordPlace, excerpt, is_short
from kg.store.generation.generation import Generation
from kg.store.generation.outlines.builder import OUTLINED_LENGTH
from kg.store.generation.outlines.reader import LongRecord

SHORT_RECORD = 32_000
"""Bytes up to which a record is its own excerpt, if its lists are short as well."""

_CACHE_SIZE, _LONG_RECORD_CACHE_SIZE = 4_096, 256
_MAX_CACHED_RECORD = 4_000
"""Entries of the caches for records and parts of long records; the length of a long record (D-48)."""


class RecordReader:
    """Reader of the records of a generation, by their offsets and lengths in the file of records."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._cached_record = lru_cache(_CACHE_SIZE)(self.whole)
        self._cached_long_record = lru_cache(_LONG_RECORD_CACHE_SIZE)(self._without_long_keys)

    def whole(self, offset: int, length: int) -> dict[str, Any]:
        """Return a whole record; a long one is parsed value by value, and holds up no other thread for longer."""
        long = self._generation.long_record(offset, length)
        if long is not None:
            return long.whole()
        record: dict[str, Any] = orjson.loads(self._generation.record(offset, length))
        return record

    def for_page(self, offset: int, length: int) -> LongRecord | dict[str, Any]:
        """Return a record for the page of its thing: a long one is read value by value."""
        return self._generation.long_record(offset, length) or self.whole(offset, length)

    def bounded(self, offset: int, length: int, languages: Sequence[str]) -> dict[str, Any]:
        """Return a record for a line about it; of a long one, its excerpt for a reader of some languages."""
        record = self.for_page(offset, length)
        return dict(excerpt(record, languages, None, record.rooms).record) if isinstance(record, LongRecord) else record

    def without_texts(self, offset: int, length: int) -> dict[str, Any]:
        """Return a record without its long texts, but with all of its links."""
        return without_long_keys(self.whole(offset, length))

    def for_others(self, offset: int, length: int) -> dict[str, Any]:
        """Return what pages of other things read of a record, or of a long one its abstract."""
        read = self._cached_record if length <= _MAX_CACHED_RECORD else self._cached_long_record
        return read(offset, length)

    def forget(self) -> None:
        """Drop the cached records."""
        self._cached_record.cache_clear()
        self._cached_long_record.cache_clear()

    def page_length(self, length: int) -> int:
        """Return the number of bytes of a record of a length that its page may read."""
        return min(length, OUTLINED_LENGTH) if self._generation.catalogue.outlines.are_there else length

    def _without_long_keys(self, offset: int, length: int) -> dict[str, Any]:
        abstract = self._generation.abstract(offset, length)
        return self.without_texts(offset, length) if abstract is None else abstract


def excerpt_of(
    record: Mapping[str, Any], length: int, languages: Sequence[str], place: RecordPlace | None = None
) -> Excerpt | None:
    """Return the excerpt of a record; None for a short one, which is its own.

    Args:
        record: the record, as its page reads it.
        length: its length in bytes.
        languages: those of the reader, the best first.
        place: which part of its texts, and where a list begins.
    """
    if length <= SHORT_RECORD and is_short(record):
        return None
    return excerpt(record, languages, place, record.rooms if isinstance(record, LongRecord) else None)
