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
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Unpack

from kg.errors import QueryBusy, QueryError, QueryTimeout
from kg.store import frames, scan
from kg.store.crew import Crew
from kg.store.process import Worker
from kg.store.queries import Options, formats_of, seconds_of
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

_SHORT = 0.02
"""Seconds in which no query takes memory that matters."""


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
        self._reserve = reserve
        self._most_long = long
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
        self._quick: dict[WorkerAnswer, Worker] = {}
        self._long: dict[WorkerAnswer, Worker] = {}
        self._turns: Turns[WorkerAnswer] = Turns(queue, max(1, (size + long) // 2), told=waiting)
        self._ticking: asyncio.TimerHandle | None = None
        self._closed = True

    async def start(self) -> None:
        """Start the workers. Raises KgError, in a worker's words, if they can't serve; none is left then."""
        await self._crew.start()
        self._closed = False

    async def close(self) -> None:
        """Kill all workers and wait until they are gone; queries that are under way get QueryBusy."""
        self._closed = True
        if self._ticking:
            self._ticking.cancel()
        for answer in self._turns.waiting:
            answer.fail(_closing())
        await self._crew.close(_closing())

    def query(self, text: str, **options: Unpack[Options]) -> "_Asking":
        """Ask; see `kg.store.queries`. Raises QueryError: one of those below it; also from the middle of an answer."""
        limits = self._limits.with_spare(options.get("spare", 0))
        seconds = seconds_of(options, self._deadline)
        return _Asking(self, text, _as_sent(options), limits, seconds, whose(options.get("client", "")))

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
        while self._turns.size and not self._closed:
            free = min(self._size + self._reserve - len(self._quick), self._crew.ready())
            answer = self._turns.next(last=free <= self._reserve) if free > 0 else None
            if answer is None:
                return
            self._quick[answer] = worker = self._crew.lend()
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
            self._crew.wanted += 1  # one stands in for it
            self._crew.fill()
            self._dispatch()
        elif self._turns.light_waits():
            running = {**self._long, answer: self._quick[answer]}
            greediest = max(running, key=lambda each: (self._turns.weight(each.client), -each.began))
            running[greediest].kill(QueryBusy("others wait, and this query took long", todo="Try again in a moment."))

    def _freed(self, answer: WorkerAnswer) -> None:
        """Take the worker of an answer back, if it had one."""
        worker = self._quick.pop(answer, None)
        if worker is None:
            worker = self._long.pop(answer, None)
            if worker is None:
                return
            self._crew.wanted -= 1
        took = self._turns.clock() - answer.began
        self._turns.leave(answer)
        self._crew.take_back(worker, grown=took > _SHORT)
        self._dispatch()


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


def _as_sent(options: Options) -> bytes:
    """What a worker is told besides the text."""
    return _told(
        formats_of(options),
        tuple(options.get("default_graphs", ())),
        tuple(options.get("named_graphs", ())),
        options.get("union", False),
        options.get("spare", 0),
        options.get("rows"),
    )


@lru_cache(maxsize=16)
def _told(  # noqa: PLR0913, PLR0917  # made in one place
    formats: tuple[str, ...],
    default_graphs: tuple[str, ...],
    named_graphs: tuple[str, ...],
    union: bool,
    spare: int,
    rows: int | None,
) -> bytes:
    return frames.options(
        formats=formats,
        default_graphs=default_graphs,
        named_graphs=named_graphs,
        union=union,
        spare=spare,
        rows=rows,
    )


def _room(memory: int, address_space: int | None) -> int:
    return max(LEAST_ADDRESS_SPACE, 2 * memory if address_space is None else address_space)


def _late(seconds: float) -> QueryTimeout:
    return QueryTimeout(f"the query took longer than {seconds:g} s", todo="Ask for less at a time.")


def _closing() -> QueryBusy:
    return QueryBusy("the service is closing", todo="Try again in a moment.")
