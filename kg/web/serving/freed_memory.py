"""Freed memory of the process: given back to the system when there is much of it.

The C library keeps freed pages that lie below pages in use. A server that once made the pages of very long records
would keep their memory for good: 458 MB, of which 183 are free (D-175).
"""

import ctypes
import gc
import resource
from pathlib import Path

TRIM_GROWTH = 4 << 20
"""Bytes by which the process has to have grown for free pages to be given back, which takes a millisecond."""

COLLECT_GROWTH = 32 << 20
"""Bytes by which it has to have grown for the garbage collector to run before, which takes some tens of them."""

MMAP_THRESHOLD = 1 << 20
"""Bytes from which a block of memory is a mapping of its own, which goes back to the system when it is freed."""

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
_ARENAS = 2
_STATM = Path("/proc/self/statm")


def limit_fragmentation() -> None:
    """Let threads share their heaps, and large blocks go back to the system, in the whole process; before its threads.

    glibc gives each thread a heap of its own, and raises the size from which a block is mapped with each that is freed:
    heaps grow for half an hour under load, two thirds of them free (D-175).
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(_M_MMAP_THRESHOLD, MMAP_THRESHOLD)
        set_option(_M_ARENA_MAX, _ARENAS)


class FreedMemory:
    """Free pages of this process, by its growth."""

    def __init__(self) -> None:
        """Nothing was given back yet."""
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
        self._trimmed = self._collected = _anonymous_bytes()

    def give_back(self) -> bool:
        """Give free pages back to the system if the process has grown; return whether it was asked to take any."""
        now = _anonymous_bytes()
        self._trimmed, self._collected = min(self._trimmed, now), min(self._collected, now)
        if self._trim is None or now - self._trimmed < TRIM_GROWTH:
            return False
        collects = now - self._collected >= COLLECT_GROWTH
        if collects:
            # Requests whose client has left refer to themselves by their exceptions: the collector frees them.
            gc.collect()
        self._trim(0)
        self._trimmed = _anonymous_bytes()
        if collects:
            self._collected = self._trimmed
        return True


def _anonymous_bytes() -> int:
    """Resident memory of the process without mapped files; 0 where the system doesn't tell."""
    try:
        _, resident, shared, *_ = map(int, _STATM.read_text(encoding="ascii").split())
    except OSError:
        return 0
    return (resident - shared) * resource.getpagesize()
