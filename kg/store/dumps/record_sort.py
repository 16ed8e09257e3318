"""External sort of records by the SHA-256 of their references, in bounded memory at any number of records.

Records are gathered in partitions by the first bits of their digests. Once the buffer is full, each partition's part of
it goes to a temporary file as a compressed chunk; at the end one partition after the other is read back and sorted.
"""

import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import zstandard

from kg.store.dumps.buckets import bucket_of, digest_of

BUFFER_BYTES = 48 << 20
"""Bytes of records in memory before they go to the file."""

_PARTITION_BITS = 10
"""Bits of a partition's number: of a million records of 12 kB each a partition has 12 MB."""

_OVERHEAD = 250
"""Bytes that a record takes in memory beside its payload."""

_LEVEL = 1
_LENGTHS = struct.Struct("<II")


class SortedRecord(NamedTuple):
    """Record in the order of the sort: its digest, its reference and its payload."""

    digest: bytes
    reference: bytes
    payload: bytes


class RecordSort:
    """External sort of records; each reference comes once."""

    def __init__(self, path: Path, *, buffer_bytes: int = BUFFER_BYTES) -> None:
        """Set the bounds; the file is made when the buffer is full for the first time.

        Args:
            path: the temporary file.
            buffer_bytes: bytes in memory before they go to the file.
        """
        self._path = path
        self._file: IO[bytes] | None = None
        self._buffer_bytes = buffer_bytes
        self._buffered = 0
        self._partitions: list[list[SortedRecord]] = [[] for _ in range(1 << _PARTITION_BITS)]
        self._spills: list[array[int]] = []
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self.count = 0

    def add(self, reference: str, payload: bytes) -> None:
        """Add a record."""
        name = reference.encode()
        digest = digest_of(name)
        self._partitions[bucket_of(digest, _PARTITION_BITS)].append(SortedRecord(digest, name, payload))
        self.count += 1
        self._buffered += len(payload) + _OVERHEAD
        if self._buffered >= self._buffer_bytes:
            self._spill()

    def sorted(self) -> Iterator[SortedRecord]:
        """Yield the records in the order of their digests, once; nothing can be added any more."""
        for number, partition in enumerate(self._partitions):
            records = partition
            self._partitions[number] = []
            for spill in self._spills:
                records += self._read(spill[number], spill[number + 1])
            records.sort()
            yield from records

    def close(self) -> None:
        """Delete the file, sorted or not."""
        if self._file:
            self._file.close()
            self._path.unlink(missing_ok=True)
            self._file = None

    def _spill(self) -> None:
        if self._file is None:
            self._file = self._path.open("w+b")
        ends = array("Q", [self._file.tell()])
        for partition in self._partitions:
            if partition:
                chunk = b"".join([each for record in partition for each in _packed(record)])
                self._file.write(self._compressor.compress(chunk))
                partition.clear()
            ends.append(self._file.tell())
        self._spills.append(ends)
        self._buffered = 0

    def _read(self, start: int, end: int) -> Iterator[SortedRecord]:
        """Yield the records of a chunk."""
        if start == end or self._file is None:
            return
        self._file.seek(start)
        chunk = zstandard.ZstdDecompressor().decompress(self._file.read(end - start))
        at = 0
        while at < len(chunk):
            name_length, payload_length = _LENGTHS.unpack_from(chunk, at)
            name_end = at + _LENGTHS.size + name_length
            name = chunk[at + _LENGTHS.size : name_end]
            at = name_end + payload_length
            yield SortedRecord(digest_of(name), name, chunk[name_end:at])


def _packed(record: SortedRecord) -> tuple[bytes, bytes, bytes]:
    return _LENGTHS.pack(len(record.reference), len(record.payload)), record.reference, record.payload
