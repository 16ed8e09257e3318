"""Worker set: the workers that are ready, busy or being started, and how many of them there are to be.

There may be more for a while than are wanted: the workers of long queries become idle when others stand in for them
already, and to start one costs as much as a thousand small queries.
"""

from collections import deque

from kg.store.pool.core.actions import Start
from kg.store.pool.core.assignments import PoolWorker
from kg.store.pool.core.memory_growth import MemoryGrowth

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0
"""Seconds before a worker is started again that could not be; each time twice as many."""

_START_SECONDS, _LEAST_START, _MOST_START = 0.2, 0.05, 1.0
"""Seconds of a start that are assumed before one was measured, and bounds of what is charged for one: a machine that is
busy otherwise is no client's fault."""

_MEAN_OF = 4
"""Starts over which their time is smoothed."""


class WorkerSet:
    """Workers by number.

    Attributes:
        members: workers that are ready or busy.
        idle: those without a query, the one that was busy last at the end: its data is in the processor's caches.
        busy: those with queries, the one that has been busy longest first.
        start_seconds: seconds that a start takes of late.
        failing: whether the last start failed.
    """

    def __init__(self, memory: int) -> None:
        """No worker yet; each may take so many bytes of memory."""
        self.members: dict[int, PoolWorker] = {}
        self.idle: deque[PoolWorker] = deque()
        self.busy: dict[int, PoolWorker] = {}
        self.start_seconds = _START_SECONDS
        self.failing = False
        self._memory = memory
        self._starting: dict[int, float] = {}
        self._last = 0

    @property
    def present(self) -> int:
        """Number of workers, those that are being started included."""
        return len(self.members) + len(self._starting)

    def fill(self, wanted: int) -> list[Start]:
        """Start as many workers as are missing."""
        return [self._start(0.0, _FIRST_PAUSE) for _ in range(wanted - self.present)]

    def add(self, number: int, memory: int, now: float, seconds: float | None = None) -> bool:
        """Add a worker that is ready; whether it is still expected.

        Args:
            number: the worker's number.
            memory: bytes that it takes.
            now: the time.
            seconds: how long its start took, where that was measured.
        """
        if self._starting.pop(number, None) is None:
            return False
        self.failing = False
        if seconds is not None:
            charged = min(_MOST_START, max(_LEAST_START, seconds))
            self.start_seconds += (charged - self.start_seconds) / _MEAN_OF
        worker = self.members[number] = PoolWorker(number, MemoryGrowth(self._memory, memory))
        self.rest(worker, now)
        return True

    def start_again(self, number: int) -> list[Start]:
        """Start a worker once more that could not be started, after a pause."""
        pause = self._starting.pop(number, None)
        self.failing = True
        return [] if pause is None else [self._start(pause, min(2 * pause, _LONGEST_PAUSE))]

    def give_up_starts(self) -> None:
        """Expect none of the workers that are being started."""
        self._starting.clear()

    def lend(self) -> PoolWorker:
        """Take the idle worker that was busy last; there has to be one."""
        worker = self.idle.pop()
        worker.work_seconds = 0.0
        self.busy[worker.number] = worker
        return worker

    def rest(self, worker: PoolWorker, now: float) -> None:
        """Let a worker be idle."""
        worker.idle_since = now
        self.idle.append(worker)

    def remove(self, worker: PoolWorker) -> None:
        """Forget a worker."""
        del self.members[worker.number]
        self.busy.pop(worker.number, None)
        if worker in self.idle:
            self.idle.remove(worker)

    def _start(self, after: float, pause: float) -> Start:
        self._last += 1
        self._starting[self._last] = pause
        return Start(self._last, after)
