"""Private files: those that only their owner and group may read, such as a log with the addresses of readers."""

import contextlib
import os
import stat
from pathlib import Path

MODE = 0o640
"""Permissions of a private file, at most."""


def open_private(path: str | Path, flags: int) -> int:
    """Open a file, created with MODE, and take from one that is there what goes beyond; the `opener` of `open`.

    The file of another owner keeps its permissions, and so does what is no file: a terminal, a pipe.
    """
    descriptor = os.open(path, flags, MODE)
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and stat.S_IMODE(found.st_mode) & ~MODE:
        with contextlib.suppress(PermissionError):
            os.fchmod(descriptor, stat.S_IMODE(found.st_mode) & MODE)
    return descriptor


def make_private(path: Path) -> None:
    """Create a file, or take from one what goes beyond MODE. What can't be opened is left to who opens it next."""
    with contextlib.suppress(OSError):
        os.close(open_private(path, os.O_RDONLY | os.O_CREAT))
