"""The search index, made beside the load: a process of its own reads the file of records while it grows.

The file itself is the buffer between the two, so neither waits for the other and memory stays bounded. A small
collection is indexed here: that is done before another process has started.
"""

import os
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from kg.errors import PublishError
from kg.processes import die_with_parent
from kg.publish.pipeline.executor import SMALL
from kg.store.search.index_builder import IndexBuilder

_LOOK_EVERY = 0.05


class Indexing:
    """An index under way; a context manager that waits for its end, or stops it where the build failed."""

    def __init__(self, records: Path, folder: Path) -> None:
        self._records = records
        self._folder = folder
        self._beside: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def grown(self, size: int) -> None:
        """The file of records has so many bytes now; from some size on the work is begun beside."""
        if self._beside is None and size >= SMALL:
            command = [
                sys.executable,
                "-I",
                "-m",
                "kg.publish.outputs.search_index",
                str(self._records),
                str(self._folder),
            ]
            self._beside = subprocess.Popen([*command, str(os.getpid())], stdin=subprocess.PIPE, stderr=subprocess.PIPE)

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beside is None:
            if fault is None:
                _index_here(self._records, self._folder)
            return
        with self._beside as beside:
            if fault is not None:
                beside.kill()
                return
            size = self._records.stat().st_size
            _, errors = beside.communicate(b"%d\n" % size)
        if beside.returncode:
            said = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it was stopped"]
            raise PublishError(f"the search index can't be made: {said[0]}", where=str(self._folder))


def _index_here(records: Path, folder: Path) -> None:
    builder = IndexBuilder(folder)
    offset = 0
    with records.open("rb") as lines:
        for line in lines:
            builder.add(line[:-1], offset)
            offset += len(line)
    builder.finish()


def follow(records: BinaryIO, builder: IndexBuilder, size_from: int) -> bool:
    """Index the lines of a file that grows, until it has the size that comes through a descriptor.

    Returns whether that size came: without it whoever writes the file has given up.
    """
    offset, size, held = 0, -1, b""
    while size < 0 or offset < size:
        piece = records.readline()
        if piece.endswith(b"\n"):
            line, held = held + piece, b""
            builder.add(line[:-1], offset)
            offset += len(line)
            continue
        held += piece  # half a line, or none: the rest is still to be written
        if size < 0 and select.select([size_from], [], [], _LOOK_EVERY)[0]:
            told = os.read(size_from, 100)
            if not told:
                return False
            size = int(told)
    return True


def main() -> int:
    """Index the file of records that the command line names into the folder that it names, for a process.

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
