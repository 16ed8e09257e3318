"""Whole file of a dump, as it is sent: members of packs, one behind the other, read at any place."""

import io
import os
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from pathlib import Path

from kg.errors import GenerationError
from kg.store.file_sizes import TODO


class OpenPack:
    """Open pack of a generation. A server that reads it goes on though its folder is deleted."""

    def __init__(self, path: Path, size: int | None = None) -> None:
        """Open a pack.

        Args:
            path: its file.
            size: its bytes; None for those that it has.

        Raises:
            GenerationError: it can't be opened, or has another size.
        """
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDONLY)
        except OSError as fault:
            what = f"the generation is damaged: {path.name} can't be read ({fault.strerror})"
            raise GenerationError(what, where=str(path.parent), todo=TODO) from None
        self.size = os.fstat(self._descriptor).st_size if size is None else size
        try:
            self.check()
        except GenerationError:
            self.close()
            raise

    def check(self) -> None:
        """Compare its size with the one that it had. Raises GenerationError for one that is cut, grown or gone."""
        try:
            size = self.path.stat().st_size
        except OSError:  # deleted with its folder, or alone: what is open can be read to its end
            size = os.fstat(self._descriptor).st_size
        if size != self.size:
            what = f"the generation is damaged: {self.path.name} has {size:,} bytes, and {self.size:,} are expected"
            raise GenerationError(what, where=str(self.path.parent), todo=TODO)

    def read(self, at: int, size: int) -> bytes:
        """Bytes at a place. Raises GenerationError where there are fewer."""
        content = os.pread(self._descriptor, size, at)
        while len(content) < size:
            more = os.pread(self._descriptor, size - len(content), at + len(content))
            if not more:
                what = f"the generation is damaged: {self.path.name} ends at byte {at + len(content):,}"
                raise GenerationError(what, where=str(self.path.parent), todo=TODO)
            content += more
        return content

    def close(self) -> None:
        """Close it."""
        os.close(self._descriptor)


class DumpFile:
    """Whole file of a dump in a format.

    Attributes:
        name: under which it is sent.
        size: in bytes.
        entity_tag: another one for other bytes.
    """

    def __init__(self, name: str, entity_tag: str, runs: Iterable[tuple[OpenPack, int, int]]) -> None:
        """Put a file together.

        Args:
            name: under which it is sent.
            entity_tag: of its bytes.
            runs: the bytes of which it is made: pack, place in it, length above 0.
        """
        self.name = name
        self.entity_tag = entity_tag
        self._packs: list[OpenPack] = []
        self._places = array("Q")
        self._ends = array("Q")
        end = 0
        for pack, at, length in runs:
            self._packs.append(pack)
            self._places.append(at)
            end += length
            self._ends.append(end)
        self.size = end

    def check(self) -> None:
        """Compare the sizes of its packs. Raises GenerationError for one that is cut, grown or gone."""
        for pack in set(self._packs):
            pack.check()

    def read_at(self, at: int, size: int) -> bytes:
        """Bytes at a place; fewer at the end, none behind it. Raises GenerationError where a pack is cut."""
        parts = []
        end = min(at + size, self.size)
        run = bisect_right(self._ends, at)
        while at < end:
            start = self._ends[run - 1] if run else 0
            length = min(end, self._ends[run]) - at
            parts.append(self._packs[run].read(self._places[run] + at - start, length))
            at += length
            run += 1
        return b"".join(parts)

    def open(self) -> io.BufferedReader:
        """Open it as a binary file for reading from its beginning."""
        return io.BufferedReader(_RawDump(self), 1 << 18)


class _RawDump(io.RawIOBase):
    """Dump as a raw stream."""

    def __init__(self, file: DumpFile) -> None:
        self._file = file
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        content = self._file.read_at(self._at, len(buffer))
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)
