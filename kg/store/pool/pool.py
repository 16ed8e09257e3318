"""Query pool: queries of strangers, answered by worker processes that may die.

The shell around `kg.store.pool.core.state`, which decides everything: events come in here (queries, frames of
workers, their deaths, time), and the actions that follow are carried out. Whatever happens, the next query meets a
sound worker, a spare one if need be::

    pool = QueryPool(generation / "store", PoolLimits(size=2))
    await pool.start()
    async with pool.query("SELECT …", format=("json", "turtle")) as answer:
        … answer.media_type …
        async for chunk in answer: …
    await pool.close()
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Unpack

from kg.errors import GenerationError, KgError, QueryCrashed, QueryError, QueryTimeout, QueryTooHeavy, QueryTooLarge
from kg.store.fairness.fair_queue import client_of
from kg.store.pool import frames
from kg.store.pool.answer import AnswerStream
from kg.store.pool.core.actions import Action, Close, Demote, Fail, Inspect, Kill, KillReason, Send, Start
from kg.store.pool.core.kill_memory import AskedQuery, KillMemory
from kg.store.pool.core.limits import PoolLimits
from kg.store.pool.core.state import PATIENCE, SAMPLE_EVERY, TICK, PoolState
from kg.store.pool.observer import PoolObserver
from kg.store.pool.pooled_query import PooledQuery, packed
from kg.store.pool.worker_process import WorkerProcess, error_of
from kg.store.sparql.query_service import QueryOptions, deadline_seconds

_UNCOUNTED = frozenset({KillReason.CLOSING, KillReason.RETIRED})
"""Reasons for which a worker is gone as it should be."""

_SYMPTOMS = (QueryCrashed, QueryTooHeavy, QueryTimeout)
"""Errors to which a query on a damaged store may come as well."""

_log = logging.getLogger(__name__)


class QueryPool:
    """Worker processes with one store, and the queue before them."""

    def __init__(  # noqa: PLR0913  # each is a part that another one may share or leave out
        self,
        store: Path,
        limits: PoolLimits | None = None,
        *,
        base: str | None = None,
        observer: PoolObserver | None = None,
        kills: KillMemory | None = None,
        check_store: Callable[[], None] | None = None,
    ) -> None:
        """A pool without workers; `start` starts them.

        Args:
            store: the folder of an Oxigraph store, which is opened read-only.
            limits: limits of workers and queries.
            base: the IRI against which relative IRIs in queries are resolved.
            observer: receives figures.
            kills: the memory of killed workers, where other pools share it.
            check_store: compares the store's files with what they ought to be, twice a second; raises GenerationError.
        """
        self._store = store
        self._limits = limits or PoolLimits()
        self._options = {
            "address_space": self._limits.worker_address_space,
            "limits": asdict(self._limits.text),
            "rows": self._limits.max_rows,
            "base": base,
        }
        self._check_store = check_store
        self._damage = ""
        self._observer = observer
        self._observed = 0
        self._state = PoolState(self._limits, len(os.sched_getaffinity(0)), kills)
        self._processes: dict[int, WorkerProcess] = {}
        self._streams: dict[int, AnswerStream] = {}
        self._last = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._launching = asyncio.Semaphore(1)
        self._drained = asyncio.Event()
        self._ticking: asyncio.TimerHandle | None = None
        self._recalling: asyncio.TimerHandle | None = None
        self._sampling: asyncio.TimerHandle | None = None
        self._carriers: dict[type[Action], Callable[[Any], Sequence[Action] | None]] = {
            Send: self._send,
            Kill: self._kill,
            Fail: self._fail,
            Start: self._start,
            Inspect: self._inspect,
            Demote: self._demote,
            Close: self._close,
        }

    async def start(self) -> None:
        """Start the workers. Raises KgError, in a worker's words, if they can't serve; none is left then."""
        starts = [action for action in self._state.open() if isinstance(action, Start)]
        found = await asyncio.gather(*(self._launch(action.worker) for action in starts), return_exceptions=True)
        for fault in found:
            if isinstance(fault, BaseException):
                await self.close()
                raise fault
        self._sampling = asyncio.get_running_loop().call_later(SAMPLE_EVERY, self._sample)

    async def close(self) -> None:
        """Kill all workers and wait until they are gone; queries that are under way get QueryBusy."""
        self._drained.set()
        for timer in (self._ticking, self._recalling, self._sampling):
            if timer:
                timer.cancel()
        self._carry_out(self._state.close())
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, *self._tasks, return_exceptions=True)

    async def drain(self) -> None:
        """Take no further query, and close behind the last one that is under way."""
        self._carry_out(self._state.retire())
        await self._drained.wait()
        await self.close()

    def check(self) -> None:
        """Compare the store's files with what they ought to be. Raises GenerationError where no query is answered."""
        self._look_at_store()
        if self._damage:
            raise self._store_fault()
        if self._state.has_no_worker:
            raise GenerationError("no query worker can be started", where=str(self._store))

    def query(self, text: str, **options: Unpack[QueryOptions]) -> PooledQuery:
        """Ask; see `kg.store.sparql.query_service`. Raises KgError, also from the middle of an answer."""
        limits = self._limits.text.with_added_bytes(options.get("spare", 0))
        seconds = deadline_seconds(options, self._limits.deadline)
        graphs = tuple(options.get("default_graphs", ())), tuple(options.get("named_graphs", ()))
        asked = AskedQuery(text, (*graphs, options.get("union", False)))
        return PooledQuery(self, asked, packed(options), limits, seconds, client_of(options.get("client", "")))

    def submit(self, request: bytes, client: str, seconds: float, asked: AskedQuery) -> AnswerStream:
        """Have a query answered, as soon as a worker is there for it.

        Args:
            request: the query, as a worker is sent it.
            client: the client.
            seconds: how long it may run.
            asked: the query itself.

        Raises:
            QueryBusy, QueryTooMany, QueryCrashed: it gets no worker.
            GenerationError: the store is damaged.
        """
        if self._damage:
            raise self._store_fault()
        self._last = query = self._last + 1
        stream = self._streams[query] = AnswerStream(query, request, self._limits.max_result_bytes, self)
        try:
            self._carry_out(self._state.submitted(query, client, seconds, time.monotonic(), asked))
        except BaseException:
            del self._streams[query]
            raise
        if self._ticking is None:
            self._ticking = asyncio.get_running_loop().call_later(TICK, self._tick)
        return stream

    def leave(self, stream: AnswerStream) -> None:
        """Want no more of an answer; a worker that is not done with it is stopped."""
        self._streams.pop(stream.query, None)
        if actions := self._state.left(stream.query, time.monotonic()):
            self._carry_out(actions)

    def read(self, query: int) -> None:
        """Take note that a complete answer is read."""
        self._carry_out(self._state.read(query, time.monotonic()))

    def received(self, worker: int, kind: bytes, payload: bytes) -> None:
        """Take a frame of a worker."""
        state = self._state
        query = state.receiver(worker)
        if kind == frames.READY or (query is None and not state.expects(worker)):
            error: QueryError = QueryCrashed(f"a query worker sent {kind!r} out of turn")
            self._carry_out(state.broken(worker, KillReason.CRASH, error, time.monotonic()))
            return
        stream = self._streams.get(query) if query is not None else None
        if kind == frames.END:
            self._processes[worker].resume()
            unread = stream is not None and stream.complete()
            self._carry_out(state.ended(worker, frames.read_end(payload), time.monotonic(), unread=unread))
        elif kind == frames.FAULT:
            self._processes[worker].resume()
            self._carry_out(state.failed(worker, error_of(payload), time.monotonic()))
        elif kind == frames.BACK:
            self._carry_out(state.sent_back(worker, time.monotonic()))
        elif stream is not None:
            try:
                stream.take(kind, payload)
            except QueryTooLarge as fault:
                self._carry_out(state.broken(worker, KillReason.RESULT_SIZE, fault, time.monotonic()))

    def died(self, worker: int, error: QueryError, *, crash: bool) -> None:
        """Take note that a worker is dead."""
        self._carry_out(self._state.died(worker, error, time.monotonic(), crash=crash))

    def _tick(self) -> None:
        now = time.monotonic()
        if watched := self._state.watched(now):
            self._carry_out(self._state.sampled({each: self._processes[each].memory for each in watched}, now))
        self._carry_out(self._state.tick(now))
        going_on = self._state.has_queries
        self._ticking = asyncio.get_running_loop().call_later(TICK, self._tick) if going_on else None

    def _recall_later(self) -> None:
        due = time.monotonic() + PATIENCE
        self._recalling = asyncio.get_running_loop().call_later(PATIENCE, self._recall, due)

    def _recall(self, due: float) -> None:
        self._recalling = None
        now = time.monotonic()
        if now - due < PATIENCE:  # else this process is late itself, and answers lie unread that have come long ago
            self._carry_out(self._state.recall(now))
        if self._recalling is None and self._state.is_pipelining:
            self._recall_later()

    def _look_at_store(self) -> None:
        """Note whether the store is damaged: the engine tells of that, or takes memory without end, or dies of it."""
        if self._check_store is None:
            return
        try:
            self._check_store()
        except GenerationError as fault:
            if not self._damage:
                _log.error("no query is answered any more: %s", fault)
            self._damage = fault.what
        else:
            self._damage = ""

    def _store_fault(self) -> GenerationError:
        return GenerationError(self._damage, where=str(self._store), todo="Run `kg build`.")

    def _sample(self) -> None:
        self._look_at_store()
        sizes = {worker: process.memory for worker, process in self._processes.items()}
        self._sampling = asyncio.get_running_loop().call_later(SAMPLE_EVERY, self._sample)
        self._carry_out(self._state.sampled(sizes, time.monotonic()))

    def _carry_out(self, actions: list[Action]) -> None:
        """Carry actions out in their order; what follows from one comes behind the others."""
        carriers = self._carriers
        for action in actions:
            more = carriers[type(action)](action)
            if more:
                actions.extend(more)
        if self._observer is not None and self._observed != self._state.waiting:
            self._observed = self._state.waiting
            self._observer.queue_length(self._observed)

    def _send(self, action: Send) -> Sequence[Action] | None:
        process, stream = self._processes[action.worker], self._streams[action.query]
        stream.source = process
        if action.ahead:
            process.send(stream.request, ahead=True)  # were it dead, the query before this one would have met that
            if self._recalling is None:
                self._recall_later()
            return None
        if process.send(stream.request, ahead=False):
            return None
        dead = QueryCrashed("the worker is dead")
        return self._state.died(action.worker, dead, time.monotonic(), received=False)

    def _kill(self, action: Kill) -> None:
        process = self._processes.pop(action.worker, None)
        if process is not None:
            process.kill()
            self._keep(process.bury(), self._tasks)
        if self._observer is not None and action.query is None and action.why not in _UNCOUNTED:
            self._observer.worker_lost(action.why.value)

    def _fail(self, action: Fail) -> None:
        stream = self._streams.get(action.query)
        if stream is None:
            return
        if isinstance(action.error, _SYMPTOMS):
            self._look_at_store()
        stream.fail(self._store_fault() if self._damage else action.error)

    def _inspect(self, action: Inspect) -> Sequence[Action]:
        process = self._processes[action.worker]
        urgent = process.promote()
        return self._state.inspected(action.worker, process.memory, time.monotonic(), urgent=urgent)

    def _demote(self, action: Demote) -> None:
        self._processes[action.worker].demote()

    def _start(self, action: Start) -> None:
        self._keep(self._start_later(action), self._starting)

    def _close(self, _: Close) -> None:
        self._drained.set()

    async def _start_later(self, action: Start) -> None:
        """Start one more worker, in its time, and after those that are being started: a start fills a processor."""
        await asyncio.sleep(action.after)
        try:
            async with self._launching:
                await self._launch(action.worker)
        except (KgError, OSError) as fault:
            _log.error("a query worker can't be replaced: %s", fault)
            self._carry_out(self._state.start_failed(action.worker))

    async def _launch(self, worker: int) -> None:
        began = time.monotonic()
        process = await WorkerProcess.start(worker, self, self._store, self._options)
        self._processes[worker] = process
        now = time.monotonic()
        self._carry_out(self._state.started(worker, process.memory, now, now - began))

    def _keep(self, work: Any, among: set[asyncio.Task[None]]) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
