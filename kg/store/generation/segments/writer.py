"""Writer of a record segment: the only one of a full build, or the next one beside those that it links."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from typing import Self

from kg.store.generation.segments.folder import FIRST_SEGMENT, SegmentCounts, SegmentFolder, address_of, place_of


class SegmentWriter:
    """Writer of one segment; a context manager, at whose end the counts of all segments are written.

    Attributes:
        counts: number → counts of each segment so far.
    """

    def __init__(self, folder: SegmentFolder, before: SegmentFolder | None = None) -> None:
        """Open the segment, and link those of another generation in which a record is alive.

        Args:
            folder: segments of the new generation.
            before: segments of the generation that it follows; None for a full build.
        """
        folder.path.mkdir(exist_ok=True)
        self._folder = folder
        earlier = before.counts() if before else {}
        self.counts = {number: each for number, each in earlier.items() if each.dead < each.size}
        for number in self.counts if before else ():
            os.link(before.file(number), folder.file(number))  # type: ignore[union-attr]
        self._segment = max(earlier, default=FIRST_SEGMENT - 1) + 1
        self._file = folder.file(self._segment).open("xb")
        self._offset = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if kind is None:
            self._finish()

    @property
    def address(self) -> int:
        """Address of the record that comes next."""
        return address_of(self._segment, self._offset)

    @property
    def size(self) -> int:
        """Bytes of the segment so far."""
        return self._offset

    def add(self, record: bytes) -> int:
        """Append a record, which has no line break; return its address."""
        address = self.address
        self._file.write(record + b"\n")
        self._offset += len(record) + 1
        return address

    def bury(self, address: int, length: int) -> None:
        """Count a record of an earlier segment as dead, by its address and length: it was replaced or deleted."""
        segment, _ = place_of(address)
        there = self.counts[segment]
        self.counts[segment] = replace(there, dead=there.dead + length + 1)

    def flush(self) -> None:
        """Write out what was added, so that it can be read."""
        self._file.flush()

    def _finish(self) -> None:
        if self._offset or not self.counts:
            self.counts[self._segment] = SegmentCounts(self._offset)
        else:
            self._folder.file(self._segment).unlink()
        self._folder.write_counts(self.counts)


def erase(folder: SegmentFolder, places: Iterable[tuple[int, int]]) -> None:
    """Overwrite dead records with blanks, in a generation that is not published yet.

    A segment with such a record becomes a file of this generation's own; the addresses of all other records stay.

    Args:
        folder: segments of the generation.
        places: (address, length) of each record, of which no byte may stay.
    """
    by_segment: dict[int, list[tuple[int, int]]] = {}
    for address, length in places:
        segment, offset = place_of(address)
        by_segment.setdefault(segment, []).append((offset, length))
    for segment, spans in by_segment.items():
        path = folder.file(segment)
        copy = path.with_suffix(".erasing")
        shutil.copyfile(path, copy)
        with copy.open("r+b") as file:
            for offset, length in spans:
                file.seek(offset)
                file.write(b" " * length)
        copy.rename(path)
