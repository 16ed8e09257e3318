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
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kg.errors import KgError, QueryBusy, QueryError, QueryTimeout, QueryTooHeavy
from kg.store import scan
from kg.store.process import Worker
from kg.store.turns import Turn, Turns, whose
from kg.store.worker_answer import WorkerAnswer

DEADLINE = 10.0
RESULT_BYTES = 100_000_000
ROWS = 1_000_000
MEMORY = 1 << 30
LEAST_ADDRESS_SPACE = 1 << 30
"""Below this, above an idle worker's own, the engine aborts."""

MOMENT = 0.25
"""Seconds after which a query is a long one."""

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
        self._kept = size + spares
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
        self._quick: dict[Turn, Worker] = {}
        self._long: dict[Turn, Worker] = {}
        self._starting = 0
        self._turns = Turns(queue, max(1, (size + long) // 2))
        self._tasks: set[asyncio.Task[None]] = set()
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
        for turn in self._turns.waiting:
            if not turn.ready.done():
                turn.ready.set_exception(_closing())
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

    @contextlib.asynccontextmanager
    async def query(  # noqa: PLR0913  # what a request can say
        self,
        text: str,
        *,
        format: str | Sequence[str] = "json",  # noqa: A002  # the protocol's word
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        union: bool = False,
        spare: int = 0,
        timeout: float | None = None,  # noqa: ASYNC109  # it can only lower the deadline
        client: str = "",
    ) -> AsyncIterator[WorkerAnswer]:
        """Ask; see `kg.store.queries`. Raises QueryError: one of those below it; also from the middle of an answer."""
        scan.check_size(text, self._limits.with_spare(spare))
        seconds = self._deadline if timeout is None else min(timeout, self._deadline)
        turn, worker = await self._free(whose(client))
        loop = asyncio.get_running_loop()
        late = QueryTimeout(f"the query took longer than {seconds:g} s", todo="Ask for less at a time.")
        alarms = [loop.call_later(seconds, worker.kill, late)]
        if self._most_long:
            alarms.append(loop.call_later(MOMENT, worker.give_way))
            alarms.append(loop.call_later(MOMENT, self._prolong, turn))
        answer = WorkerAnswer(worker, self._max_result_bytes)
        try:
            await worker.ask(
                query=text,
                formats=[format] if isinstance(format, str) else list(format),
                default_graphs=list(default_graphs),
                named_graphs=list(named_graphs),
                union=union,
                spare=spare,
            )
            await answer.begin()
            yield answer
        finally:
            for alarm in alarms:
                alarm.cancel()
            self._give_back(turn, sound=answer.done)

    async def _free(self, client: str) -> tuple[Turn, Worker]:
        """A worker for one query, which has to be given back."""
        if self._closed:
            raise _closing()
        turn = self._turns.join(client)
        try:
            self._dispatch()
            if not turn.ready.done():
                async with asyncio.timeout(self._deadline):
                    await turn.ready
            turn.ready.result()
        except TimeoutError:
            self._abandon(turn)
            raise QueryBusy("no worker came free in time", todo="Try again in a moment.") from None
        except BaseException:
            self._abandon(turn)
            raise
        return turn, self._quick[turn]

    def _abandon(self, turn: Turn) -> None:
        """Nobody waits for this turn any more, though it may have just come."""
        if turn in self._quick:
            self._give_back(turn, sound=True)
        else:
            self._turns.leave(turn)

    def _dispatch(self) -> None:
        """Give free workers to those whose turn it is."""
        while self._idle and len(self._quick) < self._size and not self._closed:
            # The one that was busy last: what it needs is still in the processor's caches.
            if not self._idle[-1].alive:
                self._retire(self._idle.pop())
                continue
            last = min(self._size - len(self._quick), len(self._idle)) == 1
            turn = self._turns.next(last=last and self._most_long > 0)
            if turn is None:
                return
            self._quick[turn] = self._idle.pop()
            if not turn.ready.done():  # who waited may have left, and abandons it in a moment
                turn.ready.set_result(None)

    def _prolong(self, turn: Turn) -> None:
        """Let a query that is not over go on as a long one; one of them may have to make room."""
        loop = asyncio.get_running_loop()
        if turn not in self._quick:
            return
        if len(self._long) < self._most_long:
            self._long[turn] = self._quick.pop(turn)
        elif self._turns.light_waits():
            running = {**self._long, turn: self._quick[turn]}
            greediest = max(running, key=lambda each: (self._turns.weight(each.client), -each.began))
            running[greediest].kill(QueryBusy("others wait, and this query took long", todo="Try again in a moment."))
            loop.call_later(MOMENT, self._prolong, turn)
        else:
            loop.call_later(MOMENT, self._prolong, turn)
        self._fill()
        self._dispatch()

    def _give_back(self, turn: Turn, *, sound: bool) -> None:
        worker = self._quick.pop(turn, None) or self._long.pop(turn)
        took = self._turns.clock() - turn.began
        self._turns.leave(turn)
        # What a query took, a worker keeps: one that grew is replaced, or its next query would pay for the
        # last. So is one that had to give way, where that can't be taken back.
        grew = took > _SHORT and worker.memory > worker.memory_at_start + _GROWN
        if self._closed:
            return
        # One that comes back from a long query finds its place taken; it stays a while, since more of them may follow.
        if sound and worker.alive and worker.hurry() and not grew and self._ready() < self._kept + self._most_long:
            self._idle.append(worker)
        else:
            worker.kill(QueryError("nobody waits for the answer"))
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


def _closing() -> QueryBusy:
    return QueryBusy("the service is closing", todo="Try again in a moment.")


def _too_heavy(what: str) -> QueryTooHeavy:
    return QueryTooHeavy(what, todo="Ask for less: fewer rows to sort or group.")
