"""Published things: records and stubs of the live generation, prepared once more from their JSON.

What a record says to the catalogue and the graph follows from its JSON, so the state of a build needs no copy of it.
"""

from contextlib import closing
from typing import NamedTuple, Self

from kg.publish.pipeline.batch import BatchProcessor, PreparedRecord
from kg.store.generation.generation import GenerationFolder
from kg.store.generation.read_only_database import connect
from kg.store.generation.segments.reader import SegmentReader

_THERE = " FROM things WHERE ref = ? AND digest IS NOT NULL AND deleted IS NULL"
_PLACE = f"SELECT source, offset, length{_THERE}"
_DIGEST = f"SELECT digest, source{_THERE}"


class PublishedPlace(NamedTuple):
    """Place of a record or stub: the name of its source file, empty for a stub; its address and its length in bytes."""

    source: str
    address: int
    length: int


class PublishedThings:
    """Reader of the live generation; a context manager."""

    def __init__(self, folder: GenerationFolder, processor: BatchProcessor) -> None:
        self._db = connect(folder.catalogue)
        self._segments = SegmentReader(folder.records)
        self._processor = processor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with closing(self._db):
            self._segments.close()

    def place(self, reference: str) -> PublishedPlace | None:
        """Return where a record or stub lies; None for a reference that has neither."""
        row = self._db.execute(_PLACE, (reference,)).fetchone()
        return PublishedPlace(row[0] or "", row[1], row[2]) if row else None

    def digest(self, reference: str) -> tuple[str, str] | None:
        """Return the digest of a published record or stub, and the name of its source file; None without one."""
        row = self._db.execute(_DIGEST, (reference,)).fetchone()
        return (row[0], row[1] or "") if row else None

    def json(self, place: PublishedPlace) -> bytes:
        """Return the JSON of a record. Raises GenerationError where it can't be read."""
        return self._segments.record(place.address, place.length)

    def prepared(self, place: PublishedPlace) -> PreparedRecord:
        """Return a record as a build prepared it."""
        return self._processor.published(self.json(place), place.source)
