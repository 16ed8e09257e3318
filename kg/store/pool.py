"""The queries of strangers, answered by processes that may die.

A pool keeps some workers with one store. A query waits for a free one (in a bounded queue, see
`kg.store.turns`), gets it for itself, and its answer is streamed as fast as it is taken. A worker is killed and
replaced when its query is over the deadline, its answer over the size or its memory over the limit, when the
client goes away before the end, or when the engine crashes. Whatever happens, the next query meets a sound
worker, a spare one if need be::

    pool = QueryPool(generation / "store")
    await pool.start()
    async with pool.query("SELECT …", format=("json", "turtle")) as answer:
        … answer.media_type …
        async for chunk in answer: …
    await pool.close()

A query that is not over after a moment, be it that it works or that its reader is slow, goes on beside the
others as a long one, so that the quick ones behind it need not wait. Where there are too many of those and
somebody waits who has asked little, the greediest client's longest one ends in QueryBusy.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg.errors import KgError, QueryBusy, QueryError, QueryTimeout, QueryTooHeavy
from kg.store import frames, scan
from kg.store.process import Worker
from kg.store.turns import Turns, whose
from kg.store.worker_answer import WorkerAnswer

DEADLINE = 10.0
RESULT_BYTES = 100_000_000
ROWS = 1_000_000
MEMORY = 1 << 30
LEAST_ADDRESS_SPACE = 1 << 30
"""Below this, above an idle worker's own, the engine aborts."""

MOMENT = 0.25
"""Seconds after which a query is a long one."""

TICK = 0.05
"""Seconds between two looks at the queries that run: one look at all of them costs less than a timer for each."""

_LOOK_EVERY = 0.5
_SHORT = 0.02
"""Seconds in which no query takes memory that matters."""
_GROWN = 32 << 20
_LONGEST_PAUSE = 10.0
_SURPLUS_SECONDS = 20.0
_log = logging.getLogger(__name__)


class QueryPool:
    """Some workers with one store, and a queue before them."""

    def __init__(  # noqa: PLR0913  # each is one limit
        self,
        store: Path,
        *,
        size: int = 2,
        reserve: int = 0,
        long: int = 0,
        spares: int = 0,
        deadline: float = DEADLINE,
        max_result_bytes: int = RESULT_BYTES,
        max_rows: int = ROWS,
        queue: int = 32,
        memory: int = MEMORY,
        address_space: int | None = None,
        limits: scan.Limits = scan.DEFAULT,
        base: str | None = None,
    ) -> None:
        """Set the limits; `start` starts the workers.

        Args:
            store: the folder of an Oxigraph store, which is opened read-only.
            size: how many queries run at once.
            reserve: how many more of clients who have taken little, and have none that runs.
            long: how many more may go on that are not over after a moment.
            spares: how many workers wait to stand in for those that are killed.
            deadline: seconds from when a worker gets a query until the end of its answer has been taken; and
                how long a query waits for a worker.
            max_result_bytes: longest answer.
            max_rows: most rows, or triples, of an answer.
            queue: how many queries may wait for a worker.
            memory: bytes of memory a worker may take before it is killed, and `size` times that all together;
                looked at twice a second.
            address_space: bytes above an idle worker's that it can't get over; by default twice `memory`, and
                never less than the engine needs.
            limits: what a query's text may be.
            base: what relative IRIs in queries are resolved against.
        """
        self._store = store
        self._size = size
        self._most_long = long
        self._reserve = reserve
        self._kept = size + reserve + spares
        self._deadline = deadline
        self._max_result_bytes = max_result_bytes
        self._memory = memory
        self._limits = limits
        self._options = {
            "address_space": max(LEAST_ADDRESS_SPACE, 2 * memory if address_space is None else address_space),
            "limits": asdict(limits),
            "rows": max_rows,
            "base": base,
        }
        self._idle: deque[Worker] = deque()
        self._workers: set[Worker] = set()
        self._quick: dict[WorkerAnswer, Worker] = {}
        self._long: dict[WorkerAnswer, Worker] = {}
        self._starting = 0
        self._turns: Turns[WorkerAnswer] = Turns(queue, max(1, (size + long) // 2))
        self._tasks: set[asyncio.Task[None]] = set()
        self._ticking: asyncio.TimerHandle | None = None
        self._closed = True

    async def start(self) -> None:
        """Start the workers. Raises KgError, in a worker's words, if they can't serve; none is left then."""
        started = await asyncio.gather(*(self._new() for _ in range(self._kept)), return_exceptions=True)
        faults = [fault for fault in started if isinstance(fault, BaseException)]
        self._workers = {worker for worker in started if isinstance(worker, Worker)}
        if faults:
            await self.close()
            raise faults[0]
        self._idle.extend(self._workers)
        self._closed = False
        self._later(self._watch())

    async def close(self) -> None:
        """Kill all workers and wait until they are gone; queries that are under way get QueryBusy."""
        self._closed = True
        if self._ticking:
            self._ticking.cancel()
        for answer in self._turns.waiting:
            answer.fail(_closing())
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        workers = list(self._workers)
        for worker in workers:
            worker.kill(_closing())
        await asyncio.gather(*(worker.bury() for worker in workers))
        self._workers.clear()
        self._idle.clear()

    def query(  # noqa: PLR0913  # what a request can say
        self,
        text: str,
        *,
        format: str | Sequence[str] = "json",  # noqa: A002  # the protocol's word
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        union: bool = False,
        spare: int = 0,
        timeout: float | None = None,
        client: str = "",
    ) -> "_Asking":
        """Ask; see `kg.store.queries`. Raises QueryError: one of those below it; also from the middle of an answer."""
        return _Asking(
            self,
            text,
            _options(
                (format,) if isinstance(format, str) else tuple(format),
                tuple(default_graphs),
                tuple(named_graphs),
                union,
                spare,
            ),
            self._limits.with_spare(spare),
            self._deadline if timeout is None else min(timeout, self._deadline),
            whose(client),
        )

    def ask(self, request: bytes, client: str, seconds: float) -> WorkerAnswer:
        """Have a query answered, as soon as it is its turn; the answer before it begins. Raises QueryError."""
        if self._closed:
            raise _closing()
        answer = WorkerAnswer(request, client, seconds, self._max_result_bytes, self._freed)
        self._turns.join(answer)
        self._dispatch()
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().call_later(TICK, self._tick)
        return answer

    def leave(self, answer: WorkerAnswer) -> None:
        """Nobody wants more of an answer; who has not got all of it stops its worker."""
        worker = self._quick.get(answer) or self._long.get(answer)
        if worker is not None:
            if not answer.ended:
                worker.kill(QueryError("nobody waits for the answer"))
            answer.let_go()
        else:
            self._turns.leave(answer)

    def _dispatch(self) -> None:
        """Give free workers to those whose turn it is."""
        while self._turns.size and self._idle and not self._closed:
            # The one that was busy last: what it needs is still in the processor's caches.
            if not self._idle[-1].alive:
                self._retire(self._idle.pop())
                continue
            free = min(self._size + self._reserve - len(self._quick), len(self._idle))
            answer = self._turns.next(last=free <= self._reserve) if free > 0 else None
            if answer is None:
                return
            self._quick[answer] = worker = self._idle.pop()
            worker.ask(answer)

    def _tick(self) -> None:
        """Look after all queries, as long as there are any: the late ones end, the slow ones give way."""
        now = self._turns.clock()
        for answer, worker in [*self._quick.items(), *self._long.items()]:
            took = now - answer.began
            if took >= answer.seconds:
                worker.kill(_late(answer.seconds))
            elif took >= MOMENT and self._most_long:
                worker.give_way()
                self._prolong(answer)
        for answer in [each for each in self._turns.waiting if now - each.joined >= self._deadline]:
            self._turns.leave(answer)
            answer.fail(QueryBusy("no worker came free in time", todo="Try again in a moment."))
        going_on = self._quick or self._long or self._turns.size
        self._ticking = asyncio.get_running_loop().call_later(TICK, self._tick) if going_on else None

    def _prolong(self, answer: WorkerAnswer) -> None:
        """Let a query that is not over go on as a long one; one of them may have to make room."""
        if answer not in self._quick:
            return
        if len(self._long) < self._most_long:
            self._long[answer] = self._quick.pop(answer)
            self._fill()
            self._dispatch()
        elif self._turns.light_waits():
            running = {**self._long, answer: self._quick[answer]}
            greediest = max(running, key=lambda each: (self._turns.weight(each.client), -each.began))
            running[greediest].kill(QueryBusy("others wait, and this query took long", todo="Try again in a moment."))

    def _freed(self, answer: WorkerAnswer) -> None:
        """Take the worker of an answer back, if it had one: for the next one, if it is sound."""
        worker = self._quick.pop(answer, None) or self._long.pop(answer, None)
        if worker is None or self._closed:
            return
        took = self._turns.clock() - answer.began
        self._turns.leave(answer)
        # What a query took, a worker keeps: one that grew is replaced, or its next query would pay for the
        # last. So is one that had to give way, where that can't be taken back.
        grew = took > _SHORT and worker.memory > worker.memory_at_start + _GROWN
        # One that comes back from a long query finds its place taken; it stays a while, since more of them may follow.
        if worker.alive and worker.hurry() and not grew and self._ready() < self._kept + self._most_long:
            self._idle.append(worker)
        else:
            worker.kill(QueryError("it is of no more use"))
            self._retire(worker)
        self._dispatch()

    def _ready(self) -> int:
        """How many workers there are, or soon will be, besides those of long queries."""
        return len(self._idle) + len(self._quick) + self._starting

    def _retire(self, worker: Worker) -> None:
        """Bury a worker that is of no more use, and see that there are enough."""
        self._later(self._bury(worker))
        self._fill()

    async def _bury(self, worker: Worker) -> None:
        await worker.bury()
        self._workers.discard(worker)

    def _fill(self) -> None:
        while not self._closed and self._ready() < self._kept:
            self._starting += 1
            self._later(self._add())

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
                    self._workers.add(fresh)
                    self._idle.append(fresh)
                    return
        finally:
            self._starting -= 1
            self._dispatch()

    async def _new(self) -> Worker:
        return await Worker.start(self._store, self._options)

    async def _watch(self) -> None:
        """Kill any worker whose query takes too much memory, the biggest where all together do, and who is too many."""
        loop = asyncio.get_running_loop()
        surplus_since = loop.time()
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            sizes = {worker: worker.memory for worker in self._workers}
            for worker, size in sizes.items():
                if size > self._memory:
                    worker.kill(_too_heavy(f"the query needs more memory than it may have ({self._memory >> 20} MB)"))
            if sum(sizes.values()) > self._memory * self._size and len(sizes) > 1:
                max(sizes, key=lambda worker: sizes[worker]).kill(
                    _too_heavy("the queries need too much memory together")
                )
            for worker in [worker for worker in self._idle if not worker.alive]:
                self._idle.remove(worker)
                self._retire(worker)
            if self._ready() <= self._kept:
                surplus_since = loop.time()
            elif self._idle and loop.time() - surplus_since > _SURPLUS_SECONDS:
                surplus = self._idle.popleft()
                surplus.kill(QueryError("there are enough others"))
                self._retire(surplus)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Asking:
    """One query, from its place in the line until its answer was taken or nobody wants more of it."""

    __slots__ = ("_answer", "_client", "_limits", "_options", "_pool", "_seconds", "_text")

    def __init__(  # noqa: PLR0913, PLR0917  # made in one place
        self, pool: QueryPool, text: str, options: bytes, limits: scan.Limits, seconds: float, client: str
    ) -> None:
        self._pool = pool
        self._text = text
        self._options = options
        self._limits = limits
        self._seconds = seconds
        self._client = client

    async def __aenter__(self) -> WorkerAnswer:
        request = frames.query(scan.check_size(self._text, self._limits), self._options)
        self._answer = self._pool.ask(request, self._client, self._seconds)
        try:
            await self._answer.begin()
        except BaseException:
            self._pool.leave(self._answer)
            raise
        return self._answer

    async def __aexit__(self, *_: object) -> None:
        self._pool.leave(self._answer)


@lru_cache(maxsize=16)
def _options(
    formats: tuple[str, ...], default_graphs: tuple[str, ...], named_graphs: tuple[str, ...], union: bool, spare: int
) -> bytes:
    return frames.options(
        formats=formats, default_graphs=default_graphs, named_graphs=named_graphs, union=union, spare=spare
    )


def _late(seconds: float) -> QueryTimeout:
    return QueryTimeout(f"the query took longer than {seconds:g} s", todo="Ask for less at a time.")


def _closing() -> QueryBusy:
    return QueryBusy("the service is closing", todo="Try again in a moment.")


def _too_heavy(what: str) -> QueryTooHeavy:
    return QueryTooHeavy(what, todo="Ask for less: fewer rows to sort or group.")
