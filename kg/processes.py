"""Child processes: each ends with the process that started it."""

import ctypes
import os
import signal

MAX_BYTES_IN_PROCESS = 2 << 20
"""Bytes of input below which work stays in this process: the work is done before a child process has started."""

_LIBC = ctypes.CDLL(None, use_errno=True)

_PR_SET_PDEATHSIG = 1
"""<linux/prctl.h>"""


def die_with_parent(parent: int | None = None) -> None:
    """Have the kernel kill this process as soon as its parent has ended (prctl(2), PR_SET_PDEATHSIG).

    Args:
        parent: the process number of the parent. Where the parent ended before the kernel was told, this process ends
            at once; without a number it lives on, and has to notice by itself.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(1)
