"""Batched loading: N-Triples are buffered into batches that threads load, so that memory stays bounded at any size."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class BatchLoader:
    """Back-pressured batch loader: `write` blocks while too many batches are pending.

    Attributes:
        count: number of batches submitted so far.
    """

    def __init__(self, load: Callable[[bytes], None], *, batch_bytes: int, threads: int, max_pending: int) -> None:
        """Start the loader's threads.

        Args:
            load: loads a batch of N-Triples; its exception is raised again by the call that waits for the batch.
            batch_bytes: size in bytes at which a batch is submitted.
            threads: number of loading threads.
            max_pending: number of batches that may be pending before `write` blocks.
        """
        self._load = load
        self._batch_bytes = batch_bytes
        self._max_pending = max_pending
        self._buffer: list[bytes] = []
        self._buffered_bytes = 0
        self._pending: deque[Future[None]] = deque()
        self._executor = ThreadPoolExecutor(threads, "load")
        self.count = 0

    def write(self, ntriples: bytes) -> None:
        """Buffer whole lines of N-Triples; blocks while loading is behind."""
        self._buffer.append(ntriples)
        self._buffered_bytes += len(ntriples)
        if self._buffered_bytes >= self._batch_bytes:
            self._submit()
            self._wait(self._max_pending)

    def finish(self) -> None:
        """Load the last batch, and wait for all of them."""
        self._submit()
        self._wait(0)

    def stop(self) -> None:
        """Cancel the pending batches, and wait for those being loaded."""
        self._executor.shutdown(cancel_futures=True)

    def _submit(self) -> None:
        if self._buffer:
            self.count += 1
            self._pending.append(self._executor.submit(self._load, b"".join(self._buffer)))
        self._buffer = []
        self._buffered_bytes = 0

    def _wait(self, limit: int) -> None:
        while len(self._pending) > limit:
            self._pending.popleft().result()
