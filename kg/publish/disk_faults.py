"""What the disk does to whoever writes to it, in words."""

import errno
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import PublishError

_NUMBERS = frozenset({errno.ENOSPC, errno.EDQUOT})
# Libraries in other languages give the text of the system's error, and no number.
_WORDS = re.compile(r"no space left|(?:os error|errno) 28\b|disk is full|quota exceeded", re.IGNORECASE)
_NOTHING_LEFT = 1 << 20
"""Bytes; SQLite calls it an error of input and output where another file took the last of them."""


@contextmanager
def errors(var: Path) -> Iterator[None]:
    """Say a full disk, and what else the disk may do, as one error that says what to do."""
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
    if getattr(fault, "errno", None) in _NUMBERS or _WORDS.search(str(fault)):
        return True
    if getattr(fault, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_IOERR:  # the rest says what it was doing
        return False
    try:
        return shutil.disk_usage(var).free < _NOTHING_LEFT
    except OSError:
        return False
