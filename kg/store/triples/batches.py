"""Triples gathered into pieces, which threads load while more come: of whatever size, memory stays bounded."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Pieces:
    """A load in pieces.

    Attributes:
        count: how many pieces were handed over to be loaded.
    """

    def __init__(self, load: Callable[[bytes], None], *, size: int, threads: int, waiting: int) -> None:
        """Nothing is loaded yet.

        Args:
            load: loads a piece of N-Triples; what it raises is raised again by the call that waits for it.
            size: bytes from which a piece is one.
            threads: how many load at once.
            waiting: how many pieces may be under way while more come.
        """
        self._load = load
        self._most = size
        self._waiting = waiting
        self._gathered: list[bytes] = []
        self._size = 0
        self._loading: deque[Future[None]] = deque()
        self._threads = ThreadPoolExecutor(threads, "load")
        self.count = 0

    def write(self, ntriples: bytes) -> None:
        """Take whole lines of N-Triples; waits while loading is behind."""
        self._gathered.append(ntriples)
        self._size += len(ntriples)
        if self._size >= self._most:
            self._hand_over()
            self._wait(self._waiting)

    def finish(self) -> None:
        """Load what is left, and wait until all is loaded."""
        self._hand_over()
        self._wait(0)

    def stop(self) -> None:
        """Begin no further piece, and wait for those that are being loaded."""
        self._threads.shutdown(cancel_futures=True)

    def _hand_over(self) -> None:
        if self._gathered:
            self.count += 1
            self._loading.append(self._threads.submit(self._load, b"".join(self._gathered)))
        self._gathered = []
        self._size = 0

    def _wait(self, most: int) -> None:
        while len(self._loading) > most:
            self._loading.popleft().result()
