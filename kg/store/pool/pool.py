"""The queries of strangers, answered by processes that may die.

A pool keeps some workers with one store. A query waits for a free one (in a bounded queue, see
`kg.store.fairness.fair_queue`), gets it for itself, and its answer is streamed as fast as it is taken. A worker is
killed and replaced when its query is over the deadline, its answer over the size or its memory over the limit, when the
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
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Unpack

from kg.errors import QueryBusy, QueryError, QueryTimeout
from kg.store.fairness.fair_queue import Turns, whose
from kg.store.pool import frames
from kg.store.pool.answer import Unwanted, WorkerAnswer
from kg.store.pool.assignments import Lines
from kg.store.pool.pooled_query import Asking, as_sent
from kg.store.pool.worker_process import Worker
from kg.store.pool.worker_set import Crew
from kg.store.sparql import query_checks
from kg.store.sparql.query_service import QueryOptions, deadline_seconds

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

_SHORT = 0.02
"""Seconds in which no query takes memory that matters."""

_PATIENCE = 2 * frames.PATIENCE
"""Seconds that a query waits behind another one. A little longer than what a worker takes for slow, so that it will
have sent back what is given to others here."""

_QUICK, _QUICK_IN_A_CROWD = 0.0001, 0.0005
"""Seconds of waiting behind other queries from which on it is quicker to wake a worker: the server itself takes about
the former for a query, and where it and the workers share few processors, waking takes from the others."""


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
        limits: query_checks.QueryLimits = query_checks.DEFAULT,
        base: str | None = None,
        lost: Callable[[str], None] = lambda _: None,
        waiting: Callable[[int], None] = lambda _: None,
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
            lost: is told why a worker is gone, unless its query met with that.
            waiting: is told how many queries wait for a worker, whenever that changes.
        """
        self._size = size
        self._quick = _QUICK_IN_A_CROWD if len(os.sched_getaffinity(0)) <= size else _QUICK
        self._reserve = reserve
        self._most_long = long
        self._lost = lost
        self._deadline = deadline
        self._max_result_bytes = max_result_bytes
        self._limits = limits
        self._crew = Crew(
            store,
            {"address_space": _room(memory, address_space), "limits": asdict(limits), "rows": max_rows, "base": base},
            wanted=size + reserve + spares,
            surplus=long,
            memory=memory,
            together=memory * size,
            free=self._dispatch,
            lost=lost,
        )
        self._lines = Lines()
        self._long: dict[Worker, WorkerAnswer] = {}
        self._turns: Turns[WorkerAnswer] = Turns(queue, max(1, (size + long) // 2), told=waiting)
        self._ticking: asyncio.TimerHandle | None = None
        self._recalling: asyncio.TimerHandle | None = None
        self._closed = True

    async def start(self) -> None:
        """Start the workers. Raises KgError, in a worker's words, if they can't serve; none is left then."""
        await self._crew.start()
        self._closed = False

    async def close(self) -> None:
        """Kill all workers and wait until they are gone; queries that are under way get QueryBusy."""
        self._closed = True
        for timer in (self._ticking, self._recalling):
            if timer:
                timer.cancel()
        for answer in self._turns.waiting:
            answer.fail(_closing())
        await self._crew.close(_closing())

    def query(self, text: str, **options: Unpack[QueryOptions]) -> Asking:
        """Ask; see `kg.store.sparql.query_service`. Raises QueryError, also from the middle of an answer."""
        limits = self._limits.with_added_bytes(options.get("spare", 0))
        seconds = deadline_seconds(options, self._deadline)
        return Asking(self, text, as_sent(options), limits, seconds, whose(options.get("client", "")))

    def ask(self, request: bytes, client: str, seconds: float) -> WorkerAnswer:
        """Have a query answered, as soon as it is its turn; the answer before it begins. Raises QueryError."""
        if self._closed:
            raise _closing()
        answer = WorkerAnswer(request, client, seconds, self._max_result_bytes, self._freed, self._again)
        self._turns.join(answer)
        self._dispatch()
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().call_later(TICK, self._tick)
        return answer

    def leave(self, answer: WorkerAnswer) -> None:
        """Nobody wants more of an answer; who has not got all of it stops its worker."""
        worker = self._lines.worker_of(answer)
        if worker is None:
            self._turns.leave(answer)
            return
        if not answer.ended:
            if answer is worker.asked[0]:
                worker.kill(QueryError("nobody waits for the answer"))
            else:
                self._lines.give_up(answer, self._unwanted())
        answer.let_go()

    def _dispatch(self) -> None:
        """Give workers to those whose turn it is: free ones, or where questions are short, busy ones first."""
        while self._turns.size and not self._closed:
            soon = self._lines.free_soon(self._turns.clock())
            if soon is not None and soon.backlog < self._quick and self._look_ahead(soon):
                continue
            if not (self._begin() or (soon is not None and self._look_ahead(soon))):
                return

    def _begin(self) -> bool:
        """Give a free worker to the next one, if there is one for it."""
        free = min(self._size + self._reserve - (len(self._lines) - len(self._long)), self._crew.ready())
        answer = self._turns.next(last=free <= self._reserve, place=self._crew.next()) if free > 0 else None
        if answer is None:
            return False
        self._lines.give(answer, self._crew.lend())
        return True

    def _look_ahead(self, worker: Worker) -> bool:
        """Have the next one wait for a worker that is busy, if it is for that one."""
        answer = self._turns.next(last=False, place=worker)
        if answer is None:
            return False
        self._lines.give(answer, worker)
        if self._recalling is None:
            self._recall_soon()
        return True

    def _recall_soon(self) -> None:
        loop = asyncio.get_running_loop()
        self._recalling = loop.call_later(_PATIENCE, self._recall, loop.time() + 2 * _PATIENCE)

    def _recall(self, in_time: float) -> None:
        """Look for others for those that wait behind a query that takes longer than was thought."""
        self._recalling = None
        behind = self._lines.behind()
        # Where we are late ourselves, answers lie unread that have come long ago.
        if asyncio.get_running_loop().time() < in_time:
            now = self._turns.clock()
            for worker in [each for each in behind if now - each.asked[0].began >= _PATIENCE]:
                for answer in list(worker.asked)[:0:-1]:
                    if not isinstance(answer, Unwanted):
                        self._lines.give_up(answer, self._unwanted())
                        self._again(answer)
        if behind:
            self._recall_soon()

    def _unwanted(self) -> Unwanted:
        """What stands in a worker's line for a query that it is not to answer; as short a time as may be."""
        return Unwanted(b"", "", TICK, self._max_result_bytes, self._freed, self._again)

    def _tick(self) -> None:
        """Look after all queries, as long as there are any: the late ones end, the slow ones give way."""
        now = self._turns.clock()
        for answer, worker in self._lines:
            took = now - answer.began
            if took >= answer.seconds:
                self._stop(answer, worker, _late(answer.seconds))
            elif took >= MOMENT and self._most_long:
                worker.give_way()
                self._prolong(answer, worker)
        for answer in [each for each in self._turns.waiting if now - each.joined >= self._deadline]:
            self._turns.leave(answer)
            answer.fail(QueryBusy("no worker came free in time", todo="Try again in a moment."))
        going_on = len(self._lines) or self._turns.size
        self._ticking = asyncio.get_running_loop().call_later(TICK, self._tick) if going_on else None

    def _prolong(self, answer: WorkerAnswer, worker: Worker) -> None:
        """Let a query that is not over go on as a long one; one of them may have to make room."""
        if worker in self._long:
            return
        if len(self._long) < self._most_long:
            self._long[worker] = answer
            self._crew.wanted += 1  # one stands in for it
            self._crew.fill()
            self._dispatch()
        elif self._turns.light_waits():
            running = {**self._long, worker: answer}
            greediest = max(running, key=lambda each: (self._turns.weight(running[each].client), -running[each].began))
            busy = QueryBusy("others wait, and this query took long", todo="Try again in a moment.")
            self._stop(running[greediest], greediest, busy)

    def _stop(self, answer: WorkerAnswer, worker: Worker, why: QueryError) -> None:
        """End an answer early; a worker that has done its part may live."""
        if answer.ended:
            answer.fail(why)
            return
        worker.kill(why)
        if isinstance(answer, Unwanted):
            self._lost("client left")

    def _again(self, answer: WorkerAnswer) -> None:
        """Its worker has not begun with an answer: it waits for another one."""
        worker = self._lines.take(answer)
        if self._closed:
            answer.fail(_closing())
        else:
            self._turns.return_to_line(answer)
        self._take_back(worker)

    def _freed(self, answer: WorkerAnswer) -> None:
        """Take the worker of an answer back, if it had one."""
        if self._lines.worker_of(answer) is None:
            return
        worker = self._lines.take(answer)
        self._turns.leave(answer)
        self._take_back(worker)

    def _take_back(self, worker: Worker | None) -> None:
        """Take back a worker that has nothing left to do, if it is one, and see who is next."""
        if worker is not None:
            if self._long.pop(worker, None):
                self._crew.wanted -= 1
            self._crew.take_back(worker, grown=worker.worked > _SHORT)
        self._dispatch()


def _room(memory: int, address_space: int | None) -> int:
    return max(LEAST_ADDRESS_SPACE, 2 * memory if address_space is None else address_space)


def _late(seconds: float) -> QueryTimeout:
    return QueryTimeout(f"the query took longer than {seconds:g} s", todo="Ask for less at a time.")


def _closing() -> QueryBusy:
    return QueryBusy("the service is closing", todo="Try again in a moment.")
