"""The workers of a pool: so many are kept ready, and whoever dies, grows or takes too much memory is replaced.

A worker is lent for a query, or a few that follow on one another, and taken back behind them. There may be more than
are wanted for a while, since those of long queries come back when others stand in for them already.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from kg.errors import KgError, QueryError, QueryTooHeavy
from kg.store.pool.worker_process import Worker

_LOOK_EVERY = 0.5
_GROWN = 32 << 20
_LONGEST_PAUSE = 10.0
_SURPLUS_SECONDS = 20.0
_log = logging.getLogger(__name__)


class Crew:
    """Some workers with one store.

    Attributes:
        wanted: how many there are to be, lent ones too.
        workers: all there are, also those that are on their way out.
    """

    def __init__(  # noqa: PLR0913  # each is one limit
        self,
        store: Path,
        options: dict[str, Any],
        *,
        wanted: int,
        surplus: int,
        memory: int,
        together: int,
        free: Callable[[], None],
        lost: Callable[[str], None],
    ) -> None:
        """Set the limits; `start` starts the workers.

        Args:
            store: the folder of the store.
            options: of a worker; see `kg.store.pool.worker`.
            wanted: how many workers there are to be.
            surplus: how many more may stay for a while.
            memory: bytes that a worker may take before it is killed.
            together: bytes that all of them may take.
            free: is called when there is a fresh one.
            lost: is told why one is gone, unless its query met with that.
        """
        self.wanted = wanted
        self.workers: set[Worker] = set()
        self._store = store
        self._options = options
        self._surplus = surplus
        self._memory = memory
        self._together = together
        self._free = free
        self._lost = lost
        self._idle: deque[Worker] = deque()
        self._lent: set[Worker] = set()
        self._starting = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Start the workers. Raises KgError, in a worker's words, if they can't serve; none is left then."""
        started = await asyncio.gather(*(self._new() for _ in range(self.wanted)), return_exceptions=True)
        self.workers = {worker for worker in started if isinstance(worker, Worker)}
        for fault in started:
            if isinstance(fault, BaseException):
                await self.close(QueryError("there is no service"))
                raise fault
        self._idle.extend(self.workers)
        self._later(self._watch())

    async def close(self, why: QueryError) -> None:
        """Kill all workers and wait until they are gone."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        workers = list(self.workers)
        for worker in workers:
            worker.kill(why)
        await asyncio.gather(*(worker.bury() for worker in workers))
        self.workers.clear()
        self._idle.clear()

    def ready(self) -> int:
        """How many can be lent at once; those on top that have died are buried."""
        while self._idle and not self._idle[-1].alive:
            self._found_dead(self._idle.pop())
        return len(self._idle)

    def next(self) -> Worker:
        """Who is lent next: the one that was busy last, whose things are in the processor's caches still."""
        return self._idle[-1]

    def lend(self) -> Worker:
        """Lend one of the idle ones; the caller knows that there is one."""
        worker = self._idle.pop()
        worker.worked = 0.0
        self._lent.add(worker)
        return worker

    def take_back(self, worker: Worker, *, grown: bool) -> None:
        """Take one back that was lent; `grown` says whether it may have grown meanwhile."""
        self._lent.discard(worker)
        if self._closed:
            return
        why = self._of_no_use(worker, grown=grown) if worker.alive else ""
        if worker.alive and not why:
            self._idle.append(worker)
            return
        if why:
            self._lost(why)
            worker.kill(QueryError("it is of no more use"))
        self._retire(worker)

    def _of_no_use(self, worker: Worker, *, grown: bool) -> str:
        """Why a worker that lives can't answer another query, or ""."""
        # What a query took, a worker keeps, and its next query would pay for the last. One that had to give way is of
        # use only where that can be taken back.
        if grown and worker.memory > worker.memory_at_start + _GROWN:
            return "grown"
        if not worker.hurry():
            return "low priority"
        return "surplus" if self._there >= self.wanted + self._surplus else ""

    def _found_dead(self, worker: Worker) -> None:
        """Tell of one that nobody had lent, and replace it."""
        self._lost("memory, idle" if isinstance(worker.why, QueryTooHeavy) else "died, idle")
        self._retire(worker)

    def fill(self) -> None:
        """Start as many as are missing."""
        while not self._closed and self._there < self.wanted:
            self._starting += 1
            self._later(self._add())

    @property
    def _there(self) -> int:
        return len(self._idle) + len(self._lent) + self._starting

    def _retire(self, worker: Worker) -> None:
        """Bury a worker that is of no more use, and see that there are enough."""
        self._later(self._bury(worker))
        self.fill()

    async def _bury(self, worker: Worker) -> None:
        await worker.bury()
        self.workers.discard(worker)

    async def _add(self) -> None:
        """Start one more worker, however long it takes."""
        pause = 0.1
        try:
            while True:
                try:
                    fresh = await self._new()
                except (KgError, OSError) as fault:
                    _log.error("a query worker can't be replaced: %s", fault)
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
                else:
                    self.workers.add(fresh)
                    self._idle.append(fresh)
                    return
        finally:
            self._starting -= 1
            self._free()

    async def _new(self) -> Worker:
        return await Worker.start(self._store, self._options)

    async def _watch(self) -> None:
        """Kill any worker whose query takes too much memory, the biggest where all together do, and who is too many."""
        loop = asyncio.get_running_loop()
        surplus_since = loop.time()
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            sizes = {worker: worker.memory for worker in self.workers}
            for worker, size in sizes.items():
                if size > self._memory:
                    worker.kill(_too_heavy(f"the query needs more memory than it may have ({self._memory >> 20} MB)"))
            if sum(sizes.values()) > self._together and len(sizes) > 1:
                max(sizes, key=lambda worker: sizes[worker]).kill(
                    _too_heavy("the queries need too much memory together")
                )
            for worker in [worker for worker in self._idle if not worker.alive]:
                self._idle.remove(worker)
                self._found_dead(worker)
            if self._there <= self.wanted:
                surplus_since = loop.time()
            elif self._idle and loop.time() - surplus_since > _SURPLUS_SECONDS:
                surplus = self._idle.popleft()
                surplus.kill(QueryError("there are enough others"))
                self._lost("surplus")
                self._retire(surplus)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _too_heavy(what: str) -> QueryTooHeavy:
    return QueryTooHeavy(what, todo="Ask for less: fewer rows to sort or group.")
