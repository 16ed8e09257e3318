"""Reader of record segments: a record by its address, or all lines in the order of their addresses."""

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Self

from kg.errors import GenerationError
from kg.store import file_sizes
from kg.store.generation.segments.folder import MAX_SEGMENTS, SegmentFolder, address_of, place_of


class SegmentReader:
    """Reader of the segments of one generation; thread-safe. A file is opened for the first record that is read."""

    def __init__(self, folder: SegmentFolder) -> None:
        self._folder = folder
        self._descriptors: dict[int, int] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def record(self, address: int, length: int) -> bytes:
        """JSON of a record, by the address and length of its catalogue row (D-222).

        Raises:
            GenerationError: the segment is gone, ends before, or holds something else there.
        """
        found = self.read(address, length)
        if not found.startswith(b"{") or not found.endswith(b"}"):
            what = "the generation is damaged: something else stands in the place of a record"
            raise self._error(address, what)
        return found

    def read(self, address: int, length: int) -> bytes:
        """Bytes from an address on. Raises GenerationError where the segment is gone, or ends before."""
        segment, offset = place_of(address)
        try:
            found = self._read(segment, offset, length)
        except OSError as fault:
            what = f"the generation is damaged: a segment of its records can't be read ({fault.strerror})"
            raise self._error(address, what) from None
        if len(found) != length:
            what = f"the generation is damaged: {len(found)} of the {length} bytes of a record can be read"
            raise self._error(address, what)
        return found

    def numbered_lines(self) -> Iterator[tuple[int, bytes]]:
        """(address, record) of every line of every segment, those of replaced and deleted records too."""
        for segment in self._folder.numbers():
            offset = 0
            with self._folder.file(segment).open("rb") as file:
                for line in file:
                    yield address_of(segment, offset), line[:-1]
                    offset += len(line)

    def open_sizes(self) -> dict[str, int]:
        """Path in the folder of the generation → present size of each segment that is open."""
        root = self._folder.path.parent
        with self._lock:
            return {
                str(self._folder.file(segment).relative_to(root)): os.fstat(descriptor).st_size
                for segment, descriptor in self._descriptors.items()
            }

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            for descriptor in self._descriptors.values():
                with suppress(OSError):
                    os.close(descriptor)
            self._descriptors.clear()

    def _read(self, segment: int, offset: int, length: int) -> bytes:
        descriptor = self._descriptors.get(segment)
        if descriptor is None:
            descriptor = self._open(segment)
        if descriptor is not None:
            return os.pread(descriptor, length, offset)
        with self._folder.file(segment).open("rb") as file:  # more segments than a process should hold open
            return os.pread(file.fileno(), length, offset)

    def _open(self, segment: int) -> int | None:
        """Descriptor of a segment, which stays open; None where as many as may be are open already."""
        with self._lock:
            if segment not in self._descriptors and len(self._descriptors) < MAX_SEGMENTS:
                self._descriptors[segment] = os.open(self._folder.file(segment), os.O_RDONLY)
            return self._descriptors.get(segment)

    def _error(self, address: int, what: str) -> GenerationError:
        return GenerationError(what, where=str(self._folder.file(place_of(address)[0])), todo=file_sizes.TODO)
