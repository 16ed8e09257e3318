"""States of source files: what the file system says of each, and digests of their bytes, with what lies beside them.

A file that was changed in the very moment of a look may change again without a trace, as in the index of git: of such a
file nothing is known, and its bytes are compared the next time.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kg.records.readers.tables.csvw_metadata import metadata_files

SETTLED_NS = 2_000_000_000
"""Age of a change, in ns, from which another one has another time on every file system in use."""


def stat_of(path: Path, now_ns: int) -> tuple[int, ...] | None:
    """Return what the file system says of a file, and of the files beside it that are read with it.

    Args:
        path: the file.
        now_ns: the time, in ns since 1970.

    Returns:
        Sizes, times in ns and identities; None where a change would not be seen, or the file is gone.
    """
    said: list[int] = []
    try:
        for each in _read_together(path):
            status = each.stat()
            if now_ns - max(status.st_mtime_ns, status.st_ctime_ns) < SETTLED_NS:
                return None
            said += (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    except OSError:
        return None
    return tuple(said)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_beside(path: Path) -> str:
    """Return the digest of what is read with a file: metadata of a table, a database's log; empty for nothing."""
    digests = []
    for each in list(_read_together(path))[1:]:
        with suppress(OSError):
            digests.append(digest_of(each))
    return hashlib.sha256("".join(digests).encode()).hexdigest() if digests else ""


def _read_together(path: Path) -> Iterator[Path]:
    """Yield a file, then those beside it that are read with it."""
    yield path
    for each in (*metadata_files(path), path.with_name(f"{path.name}-wal")):
        if os.path.lexists(each):
            yield each
