"""Search index build beside the load: a process of its own reads the file of records while it grows.

The file itself is the buffer between the two, so neither waits for the other and memory stays bounded. A small
collection is indexed here: that is done before another process has started (D-39).
"""

import os
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from kg.errors import PublishError
from kg.processes import MAX_BYTES_IN_PROCESS, die_with_parent
from kg.store.search.index_builder import IndexBuilder

_POLL_SECONDS = 0.05


class IndexProcess:
    """Process that builds the index; a context manager that waits for its end, or stops it when the build fails."""

    def __init__(self, records: Path, folder: Path) -> None:
        self._records = records
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def file_grown(self, size: int) -> None:
        """Start the process once the file of records has some size."""
        if self._process is None and size >= MAX_BYTES_IN_PROCESS:
            command = [
                sys.executable,
                "-I",
                "-m",
                "kg.publish.outputs.search_index",
                str(self._records),
                str(self._folder),
            ]
            self._process = subprocess.Popen(
                [*command, str(os.getpid())], stdin=subprocess.PIPE, stderr=subprocess.PIPE
            )

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is None:
            if fault is None:
                _index_in_process(self._records, self._folder)
            return
        with self._process as process:
            if fault is not None:
                process.kill()
                return
            size = self._records.stat().st_size
            _, errors = process.communicate(b"%d\n" % size)
        if process.returncode:
            last_line = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it was stopped"]
            raise PublishError(f"the search index can't be made: {last_line[0]}", where=str(self._folder))


def _index_in_process(records: Path, folder: Path) -> None:
    builder = IndexBuilder(folder)
    offset = 0
    with records.open("rb") as lines:
        for line in lines:
            builder.add(line[:-1], offset)
            offset += len(line)
    builder.finish()


def follow(records: BinaryIO, builder: IndexBuilder, size_from: int) -> bool:
    """Index the lines of a growing file, up to the size that comes through a descriptor.

    Returns whether that size came; without it the build has failed.
    """
    offset, size, partial_line = 0, -1, b""
    while size < 0 or offset < size:
        chunk = records.readline()
        if chunk.endswith(b"\n"):
            line, partial_line = partial_line + chunk, b""
            builder.add(line[:-1], offset)
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
    """Index the file of records in the first argument into the folder in the second, as a process.

    If that is gone, the folder may be another build's by now.
    """
    die_with_parent(int(sys.argv[3]))
    builder = IndexBuilder(Path(sys.argv[2]))
    with Path(sys.argv[1]).open("rb") as records:
        if not follow(records, builder, sys.stdin.fileno()):
            return 1
    builder.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
