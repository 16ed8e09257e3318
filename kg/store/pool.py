"""The queries of strangers, answered by processes that may die.

A pool keeps some workers with one store. A query waits for a free one (in a bounded queue), gets it for
itself, and its answer is streamed as fast as it is taken. A worker is killed and replaced when its query is
over the deadline, its answer over the size or its memory over the limit, when the client goes away before
the end, or when the engine crashes. Whatever happens, the next query meets a sound worker::

    pool = QueryPool(generation / "store")
    await pool.start()
    async with pool.query("SELECT …", format=("json", "turtle")) as answer:
        … answer.media_type …
        async for chunk in answer: …
    await pool.close()
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Coroutine, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from kg.errors import KgError, QueryBusy, QueryError, QueryTimeout, QueryTooLarge
from kg.store import frames, scan
from kg.store.process import Worker
from kg.store.results import FORMATS, Kind

DEADLINE = 10.0
RESULT_BYTES = 100_000_000
MEMORY = 1 << 30

_LOOK_EVERY = 0.5
_LONGEST_PAUSE = 10.0
_log = logging.getLogger(__name__)


class Answer:
    """An answer while it comes: iterate over it for its bytes, once.

    Attributes:
        kind: select, ask, or construct (which DESCRIBE is too).
        format: the name of its format.
        media_type: the same as a value of Content-Type.
        limited: whether a search in the query found more than its limit.
    """

    def __init__(self, worker: Worker, most: int) -> None:
        self.kind: Kind = "select"
        self.format = ""
        self.media_type = ""
        self.limited = False
        self.done = False
        self._worker = worker
        self._left = most

    async def begin(self) -> None:
        """Wait for the head. Raises the QueryError that the query came to instead."""
        _, payload = await self._frame(frames.HEAD)
        head = json.loads(payload)
        self.kind = head["kind"]
        self.format = head["format"]
        self.media_type = FORMATS[self.format].media_type

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while not self.done:
            kind, payload = await self._frame(frames.DATA, frames.END)
            if kind == frames.END:
                self.done = True
                return
            self._left -= len(payload)
            if self._left < 0:
                fault = QueryTooLarge("the answer is longer than may be sent", todo="Ask for less, with LIMIT.")
                self._worker.kill(fault)
                raise fault
            yield payload

    async def _frame(self, *expected: bytes) -> tuple[bytes, bytes]:
        try:
            return await self._worker.frame(*expected)
        except QueryError:
            # A worker that lives reported the fault itself, and is as good as before.
            self.done = self._worker.alive
            raise


class QueryPool:
    """Some workers with one store, and a queue before them."""

    def __init__(  # noqa: PLR0913  # each is one limit
        self,
        store: Path,
        *,
        size: int = 2,
        deadline: float = DEADLINE,
        max_result_bytes: int = RESULT_BYTES,
        queue: int = 32,
        memory: int = MEMORY,
        address_space: int | None = None,
        limits: scan.Limits = scan.DEFAULT,
        base: str | None = None,
    ) -> None:
        """Set the limits; `start` starts the workers.

        Args:
            store: the folder of an Oxigraph store, which is opened read-only.
            size: how many workers.
            deadline: seconds from when a worker gets a query until the end of its answer has been taken; and
                how long a query waits for a worker.
            max_result_bytes: longest answer.
            queue: how many queries may wait for a worker.
            memory: bytes of memory a worker may take before it is killed; looked at twice a second.
            address_space: bytes above an idle worker's that it can't get over; by default twice `memory`.
            limits: what a query's text may be.
            base: what relative IRIs in queries are resolved against.
        """
        self._store = store
        self._size = size
        self._deadline = deadline
        self._max_result_bytes = max_result_bytes
        self._queue = queue
        self._memory = memory
        self._limits = limits
        self._options = {
            "address_space": 2 * memory if address_space is None else address_space,
            "limits": {"size": limits.size, "depth": limits.depth, "chain": limits.chain},
            "base": base,
        }
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._workers: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._closed = True

    async def start(self) -> None:
        """Start the workers. Raises KgError, in a worker's words, if they can't serve; none is left then."""
        started = await asyncio.gather(*(self._new() for _ in range(self._size)), return_exceptions=True)
        faults = [fault for fault in started if isinstance(fault, BaseException)]
        self._workers = {worker for worker in started if isinstance(worker, Worker)}
        if faults:
            await self.close()
            raise faults[0]
        for worker in self._workers:
            self._idle.put_nowait(worker)
        self._closed = False
        self._later(self._watch())

    async def close(self) -> None:
        """Kill all workers and wait until they are gone; queries that are under way get QueryBusy."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        workers = list(self._workers)
        for worker in workers:
            worker.kill(_closing())
        await asyncio.gather(*(worker.bury() for worker in workers))
        self._workers.clear()

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
    ) -> AsyncIterator[Answer]:
        """Ask; within the context the answer can be read. To leave before its end stops the query.

        Args:
            text: the query.
            format: a name in FORMATS, or several by preference: the first that can hold the answer is taken.
            default_graphs: IRIs of graphs that are the default graph together.
            named_graphs: IRIs of the graphs that GRAPH sees.
            union: whether the default graph is all graphs together, where neither is given.
            spare: bytes that the server itself added to the text, which count towards no limit.
            timeout: seconds, if less than the deadline.

        Raises:
            QueryError: one of those below it in `kg.errors`; also from the middle of an answer.
        """
        scan.check_size(text, self._limits.with_spare(spare))
        seconds = self._deadline if timeout is None else min(timeout, self._deadline)
        worker = await self._free()
        late = QueryTimeout(f"the query took longer than {seconds:g} s", todo="Ask for less at a time.")
        alarm = asyncio.get_running_loop().call_later(seconds, worker.kill, late)
        answer = Answer(worker, self._max_result_bytes)
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
            alarm.cancel()
            self._give_back(worker, sound=answer.done)

    async def _free(self) -> Worker:
        """A worker for one query, which has to be given back."""
        if self._closed:
            raise _closing()
        if self._idle.empty() and self._waiting >= self._queue:
            raise QueryBusy("too many queries are waiting", todo="Try again in a moment.")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._deadline):
                while not (worker := await self._idle.get()).alive:
                    self._give_back(worker, sound=False)
        except TimeoutError:
            raise QueryBusy("no worker came free in time", todo="Try again in a moment.") from None
        finally:
            self._waiting -= 1
        return worker

    def _give_back(self, worker: Worker, *, sound: bool) -> None:
        # What a query took, a worker keeps: one that grew is replaced, or its next query would pay for the
        # last.
        if sound and worker.alive and worker.memory < self._memory // 2:
            self._idle.put_nowait(worker)
        elif not self._closed:
            worker.kill(QueryError("nobody waits for the answer"))
            self._later(self._replace(worker))

    async def _replace(self, worker: Worker) -> None:
        """Put a new worker in the place of one that is of no more use."""
        await worker.bury()
        self._workers.discard(worker)
        pause = 0.1
        while True:
            try:
                fresh = await self._new()
            except (KgError, OSError) as fault:
                _log.error("a query worker can't be replaced: %s", fault)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self._workers.add(fresh)
                self._idle.put_nowait(fresh)
                return

    async def _new(self) -> Worker:
        return await Worker.start(self._store, self._options)

    async def _watch(self) -> None:
        """Kill any worker whose query takes too much memory."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            for worker in self._workers:
                if worker.memory > self._memory:
                    worker.kill(
                        QueryTooLarge(
                            f"the query needs more memory than it may have ({self._memory >> 20} MB)",
                            todo="Ask for less: fewer rows to sort or group.",
                        )
                    )

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _closing() -> QueryBusy:
    return QueryBusy("the service is closing", todo="Try again in a moment.")


def run_once(
    store: Path,
    text: str,
    out: BinaryIO,
    *,
    format: str | Sequence[str] = "json",  # noqa: A002  # as in `query`
    spare: int = 0,
    **limits: Any,
) -> str:
    """Ask one query of a store, as a command does, and write its answer to `out`; the media type of it.

    Takes the limits that QueryPool takes, and raises what `QueryPool.query` raises.
    """

    async def ask() -> str:
        pool = QueryPool(store, size=1, **limits)
        await pool.start()
        try:
            async with pool.query(text, format=format, spare=spare) as answer:
                async for chunk in answer:
                    out.write(chunk)
                return answer.media_type
        finally:
            await pool.close()

    return asyncio.run(ask())
