"""Search index build beside the load: a process of its own reads the first segment of records while it grows.

The file itself is the buffer between the two, so neither waits for the other and memory stays bounded. A small
collection is indexed here: that is done before another process has started (D-39). Which source a record is from
stands in a file beside it: a line for each place where another source begins, written before the records behind it.
"""

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from kg.errors import PublishError
from kg.processes import MAX_BYTES_IN_PROCESS, die_with_parent
from kg.store.generation.segments.folder import FIRST_SEGMENT, SegmentFolder, address_of
from kg.store.generation.segments.reader import SegmentReader
from kg.store.search.index_builder import IndexBuilder

_POLL_SECONDS = 0.05


class IndexProcess:
    """Process that builds the index; a context manager that waits for its end, or stops it when the build fails."""

    def __init__(self, records: SegmentFolder, folder: Path) -> None:
        self._records = records
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._sources = RecordSources(folder)
        self._source = ""

    def __enter__(self) -> Self:
        return self

    def record_comes(self, address: int, source: str) -> None:
        """Note the source of the record that comes at an address; empty for a stub."""
        if source != self._source:
            self._source = source
            self._sources.append(address, source)

    def file_grown(self, size: int) -> None:
        """Start the process once the segment has some size."""
        if self._process is None and size >= MAX_BYTES_IN_PROCESS:
            command = [
                sys.executable,
                "-I",
                "-m",
                "kg.publish.outputs.search_index",
                str(self._records.path.parent),
                str(self._folder),
            ]
            self._process = subprocess.Popen(
                [*command, str(os.getpid())], stdin=subprocess.PIPE, stderr=subprocess.PIPE
            )

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._finish(fault)
        finally:
            self._sources.delete()

    def _finish(self, fault: BaseException | None) -> None:
        if self._process is None:
            if fault is None:
                _index_in_process(self._records, self._folder, self._sources)
            return
        with self._process as process:
            if fault is not None:
                process.kill()
                return
            size = self._records.file(FIRST_SEGMENT).stat().st_size
            _, errors = process.communicate(b"%d\n" % size)
        if process.returncode:
            last_line = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it was stopped"]
            raise PublishError(f"the search index can't be made: {last_line[0]}", where=str(self._folder))


class RecordSources:
    """File of the sources of records: (address, name) where another source begins, a line each; empty for stubs."""

    def __init__(self, folder: Path) -> None:
        """Create a reader and writer of the file beside the folder of an index."""
        self._path = folder.with_name(f"{folder.name}-sources")
        self._spans: list[tuple[int, str]] = []
        self._size = 0
        self._place = -1

    def append(self, address: int, name: str) -> None:
        """Write a line; it is there before the records behind the address are."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([address, name]) + "\n")

    def source_at(self, address: int) -> str:
        """Name of the source of the record at an address, which is not before that of an earlier call."""
        self._read_on()
        while self._place + 1 < len(self._spans) and self._spans[self._place + 1][0] <= address:
            self._place += 1
        return self._spans[self._place][1] if self._place >= 0 else ""

    def delete(self) -> None:
        """Delete the file."""
        self._path.unlink(missing_ok=True)

    def _read_on(self) -> None:
        size = self._path.stat().st_size if self._path.exists() else 0
        if size > self._size:
            with self._path.open("rb") as file:
                file.seek(self._size)
                for line in file.read(size - self._size).splitlines():
                    span: list[Any] = json.loads(line)
                    self._spans.append((int(span[0]), str(span[1])))
            self._size = size


def _index_in_process(records: SegmentFolder, folder: Path, sources: RecordSources) -> None:
    builder = IndexBuilder(folder)
    with SegmentReader(records) as reader:
        for address, record in reader.numbered_lines():
            builder.add(record, address, sources.source_at(address))
        builder.finish(reader.record)


def follow(records: BinaryIO, builder: IndexBuilder, sources: RecordSources, size_from: int) -> bool:
    """Index the records of a growing first segment, up to the size that comes through a descriptor.

    Returns whether that size came; without it the build has failed.
    """
    offset, size, partial_line = 0, -1, b""
    while size < 0 or offset < size:
        chunk = records.readline()
        if chunk.endswith(b"\n"):
            line, partial_line = partial_line + chunk, b""
            address = address_of(FIRST_SEGMENT, offset)
            builder.add(line[:-1], address, sources.source_at(address))
            offset += len(line)
            continue
        partial_line += chunk  # half a line, or none: the rest is still to be written
        if size < 0 and select.select([size_from], [], [], _POLL_SECONDS)[0]:
            size_text = os.read(size_from, 100)
            if not size_text:
                return False
            size = int(size_text)
    return True


def main() -> int:
    """Index the first segment of the generation in the first argument into the folder in the second, as a process.

    If that is gone, the folder may be another build's by now.
    """
    die_with_parent(int(sys.argv[3]))
    segments, folder = SegmentFolder(Path(sys.argv[1])), Path(sys.argv[2])
    builder = IndexBuilder(folder)
    with segments.file(FIRST_SEGMENT).open("rb") as records:
        if not follow(records, builder, RecordSources(folder), sys.stdin.fileno()):
            return 1
    with SegmentReader(segments) as reader:
        builder.finish(reader.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
