"""Freed memory of the process: given back to the system when there is much of it.

The C library keeps freed pages that lie below pages in use. A server that once made the pages of very long records
would keep their memory for good: 458 MB, of which 183 are free (D-175).
"""

import ctypes
import gc
import resource
from pathlib import Path

MIN_GROWTH = 32 << 20
"""Bytes by which the process has to have grown since the last time: to give pages back takes some milliseconds."""

_STATM = Path("/proc/self/statm")


class FreedMemory:
    """Free pages of this process, by its growth."""

    def __init__(self) -> None:
        """Nothing was given back yet."""
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
        self._least = _anonymous_bytes()

    def give_back(self) -> bool:
        """Give free pages back to the system if the process has grown; return whether it was asked to take any."""
        now = _anonymous_bytes()
        self._least = min(self._least, now)
        if self._trim is None or now - self._least < MIN_GROWTH:
            return False
        # Requests whose client has left refer to themselves by their exceptions: the collector frees them.
        gc.collect()
        self._trim(0)
        self._least = _anonymous_bytes()
        return True


def _anonymous_bytes() -> int:
    """Resident memory of the process without mapped files; 0 where the system doesn't tell."""
    try:
        _, resident, shared, *_ = map(int, _STATM.read_text(encoding="ascii").split())
    except OSError:
        return 0
    return (resident - shared) * resource.getpagesize()
