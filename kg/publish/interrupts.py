"""Ctrl-C is obeyed also where Python loses it: an exception within a destructor or a callback is only told of."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def remembered() -> Iterator[Callable[[], None]]:
    """Remember Ctrl-C while the context lasts; what it gives raises KeyboardInterrupt if it was pressed meanwhile.

    In a thread, or where somebody handles the signal already, it changes nothing.
    """
    came = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        came.set()
        signal.default_int_handler(number, frame)

    def obey() -> None:
        if came.is_set():
            raise KeyboardInterrupt

    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield obey
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield obey
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
