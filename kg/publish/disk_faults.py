"""Disk faults in words: a full disk, and other errors of the file system."""

import errno
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import PublishError

_FULL_DISK_CODES = frozenset({errno.ENOSPC, errno.EDQUOT})
# Libraries in other languages give the text of the system's error, and no number.
_FULL_DISK_TEXT = re.compile(r"no space left|(?:os error|errno) 28\b|disk is full|quota exceeded", re.IGNORECASE)
_MIN_FREE_BYTES = 1 << 20
"""Free bytes below which a disk is full; SQLite then reports an I/O error where another file took the last bytes."""


@contextmanager
def reported(var: Path) -> Iterator[None]:
    """Turn a full disk and other disk faults into a PublishError with a remedy."""
    try:
        yield
    except (OSError, sqlite3.Error, PublishError) as fault:
        if _is_full(fault, var):
            todo = "Make room, or lower `keep` in kg.toml, and try again."
            raise PublishError("the disk is full; nothing was published", where=str(var), todo=todo) from None
        if isinstance(fault, PublishError):
            raise
        what, where = str(fault), str(var)
        if isinstance(fault, OSError):
            what, where = fault.strerror or what, str(fault.filename or var)
        else:
            what = f"the catalogue can't be written: {what}"
        raise PublishError(f"{what}; nothing was published", where=where) from None


def _is_full(fault: Exception, var: Path) -> bool:
    if getattr(fault, "errno", None) in _FULL_DISK_CODES or _FULL_DISK_TEXT.search(str(fault)):
        return True
    if getattr(fault, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_IOERR:  # the high bits name the operation
        return False
    try:
        return shutil.disk_usage(var).free < _MIN_FREE_BYTES
    except OSError:
        return False
