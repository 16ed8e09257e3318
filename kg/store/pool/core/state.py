r"""Core of a query pool: states, events, actions; no input or output, no clock, no event loop.

Each query is in one state, and one table (`kg.store.pool.core.assignments`) has it with its worker::

                  submitted
                      │
                      ▼      sent to an idle worker
    ┌────────────► WAITING ───────────────────────────┐
    │                 │ sent to a busy one            │
    │ sent back,      ▼                               ▼    LONG_AFTER, if there is room
    ├──────────────AHEAD ──────────────────────────► RUNNING ────────────────────────► LONG
    │ taken back,     │ the one before has ended      │                                 │
    │ worker died     │                               │ ended and read, failed, left,   │
    │                 │ left, taken back              │ over a limit, worker died       │
    │                 ▼                               ▼                                 │
    └─ ─ ─ ─ ─ ─ TAKEN_BACK ───────────────────────► DONE ◄─────────────────────────────┘
                        the worker has come past it

- WAITING: in the fair queue. It fails when it waits for the deadline.
- AHEAD: sent to a worker that answers another query (pipelining). The worker comes to it at once, unless the one before
  is slow: then it sends back what is behind, and the core, which sees no sooner than that, takes it back after PATIENCE
  without waiting for the worker. What is taken back leaves a row in the worker's line until the worker has come past
  it, and waits again itself; where its client has left, it is done.
- RUNNING: the worker answers it, or has answered (`complete`) and more is unread than may wait. So a client that reads
  slowly keeps a worker, and the deadline counts until the end is read.
- LONG: has run for LONG_AFTER. It runs on, at the lowest priority once other queries come, and another worker stands in
  for its own. Where all places for long queries are taken and a light client waits, the longest one of the heaviest
  client ends (preemption: that client is over its share).

Each event is a method: it takes the time as a number of seconds and returns the actions that follow from it
(`kg.store.pool.core.actions`). A worker is forgotten as soon as it is to be killed: its query has failed then, those
behind it wait again, and whatever it says later is an event of a worker that nobody knows, from which nothing
follows. Each query is told of its end once at most, by `Fail`; a client that leaves is not told.

A worker that has worked is inspected before it is idle again, since it may have grown
(`kg.store.pool.core.memory_growth`) or be at the lowest priority still. `retired` lets a pool run dry: it takes no
further query, needs fewer and fewer workers, and is closed with its last query.

A client whose queries kill workers is charged for the starts of new ones, and after some kills such queries of it have
a queue of their own, the quarantine (`kg.store.pool.core.kill_memory`).

Doubts: a worker that dies before it has read a query seems to have died of it. The times are the server's, so a server
that is late itself sees slow workers; the recall alone makes allowance for that (D-25).
"""

from collections.abc import Mapping

from kg.errors import KgError, QueryError, QueryTooHeavy
from kg.store.pool import frames
from kg.store.pool.core import long_queries, memory_bounds
from kg.store.pool.core.actions import Action, Close, Fail, Inspect, Kill, KillReason
from kg.store.pool.core.assignments import Assignment, PoolWorker, QueryState
from kg.store.pool.core.kill_memory import AskedQuery, KillMemory
from kg.store.pool.core.limits import PoolLimits
from kg.store.pool.core.memory_bounds import CALM
from kg.store.pool.core.scheduler import Scheduler, closing

TICK = 0.05
"""Seconds between two ticks while there are queries: one look at all costs less than a timer for each."""

PATIENCE = 2 * frames.PATIENCE
"""Seconds after which a query that was sent ahead is taken back. A little longer than what a worker takes for slow, so
that it will have sent back what is given to others here."""

SAMPLE_EVERY = 0.5
"""Seconds between two samples of the memory of all workers; see `PoolState.watched`."""


class PoolState:
    """States of all queries and workers of a pool."""

    def __init__(self, limits: PoolLimits, processors: int, kills: KillMemory | None = None) -> None:
        """A pool without workers, which takes no query before `open`.

        Args:
            limits: limits of the pool.
            processors: processors that server and workers have together.
            kills: the memory of killed workers, where other pools share it.
        """
        self._limits = limits
        self._kills = KillMemory() if kills is None else kills
        self._scheduler = Scheduler(limits, processors, self._kills)
        self._open = False
        self._surplus_since: float | None = None

    @property
    def waiting(self) -> int:
        """Number of queries that wait for a worker."""
        return self._scheduler.queue.size

    @property
    def has_no_worker(self) -> bool:
        """Whether no worker is left, and the last one that was started could not serve."""
        workers = self._scheduler.workers
        return self._open and workers.failing and not workers.members

    @property
    def has_queries(self) -> bool:
        """Whether there is a query to look after, be it one that was taken back."""
        return bool(self._scheduler.table or self._scheduler.workers.busy)

    @property
    def is_pipelining(self) -> bool:
        """Whether a query is behind another one."""
        return any(len(worker.line) > 1 for worker in self._scheduler.workers.busy.values())

    def state_of(self, query: int) -> QueryState:
        """The state of a query."""
        row = self._scheduler.table.get(query)
        return QueryState.DONE if row is None else row.state

    def receiver(self, worker: int) -> int | None:
        """The query that a worker is answering; None where the answer is for nobody."""
        member = self._scheduler.workers.busy.get(worker)
        if member is None or not member.line:
            return None
        row = member.line[0]
        return None if row.state is QueryState.TAKEN_BACK else row.query

    def open(self) -> list[Action]:
        """Begin to take queries."""
        self._open = True
        return [*self._scheduler.workers.fill(self._scheduler.wanted)]

    def retire(self) -> list[Action]:
        """Take no further query (the pool's generation was replaced), and close with the last one."""
        if not self._open:
            return []
        self._open = False
        scheduler = self._scheduler
        scheduler.retired = True
        actions: list[Action] = []
        if not scheduler.queue.size:
            for worker in list(scheduler.workers.idle):
                actions += scheduler.replace(worker, KillReason.RETIRED)
        return self._drained(actions)

    def close(self) -> list[Action]:
        """Fail all queries, kill all workers."""
        self._open = False
        scheduler = self._scheduler
        scheduler.workers.give_up_starts()
        actions: list[Action] = [Fail(query, closing()) for query in scheduler.table]
        actions += [Kill(worker, KillReason.CLOSING) for worker in scheduler.workers.members]
        self._scheduler = Scheduler(self._limits, 1, self._kills)
        return actions

    def watched(self, now: float) -> list[int]:
        """Workers whose memory is sampled with each tick: those whose query has run for longer than that."""
        busy = self._scheduler.workers.busy.items()
        return [number for number, worker in busy if any(now - row.began >= TICK for row in worker.begun())]

    def expects(self, worker: int) -> bool:
        """Whether a worker has something to say: it has a query, or is not known any more."""
        member = self._scheduler.workers.members.get(worker)
        return member is None or bool(member.line)

    def submitted(
        self, query: int, client: str, seconds: float, now: float, asked: AskedQuery | None = None
    ) -> list[Action]:
        """A client asks. Raises QueryBusy, QueryTooMany; QueryCrashed where the query did that again and again.

        Args:
            query: the query's number; never given before.
            client: the client (see `kg.store.fairness.fair_queue.client_of`).
            seconds: how long the query may run.
            now: the time.
            asked: the query itself, by which it is known again.
        """
        if not self._open:
            raise closing()
        row = Assignment(client, query=query, seconds=seconds, sender=client, asked=asked)
        self._scheduler.join(row, now)
        return self._scheduler.dispatch(now)

    def left(self, query: int, now: float) -> list[Action]:
        """A client wants no more of its answer."""
        scheduler = self._scheduler
        row = scheduler.table.get(query)
        if row is None:
            return []
        worker = scheduler.workers.members.get(row.worker) if row.worker is not None else None
        if worker is None:
            return self._drained(scheduler.release(row, now))
        if row.complete:
            return self.read(query, now)
        if row is worker.line[0]:
            return self._drained(scheduler.kill(worker, KillReason.CLIENT_LEFT, None, now))
        scheduler.withdraw(worker, row)
        return self._after(scheduler.release(row, now), now)

    def read(self, query: int, now: float) -> list[Action]:
        """A client has read its complete answer, but for the little that may wait."""
        row = self._scheduler.table.get(query)
        if row is None or not row.complete or row.worker is None:
            return []
        self._scheduler.workers.members[row.worker].unread.remove(row)
        return self._after(self._scheduler.release(row, now), now)

    def ended(self, worker: int, seconds: float, now: float, *, unread: bool = False) -> list[Action]:
        """A worker has answered its query.

        Args:
            worker: the worker.
            seconds: how long it had with the query.
            now: the time.
            unread: whether more of the answer is unread than may wait without the worker.
        """
        member = self._busy_worker(worker)
        if member is None:
            return []
        member.work(seconds)
        row = member.advance(now)
        if row.asked is not None:
            self._kills.answered(row.sender, row.asked)
        if unread and row.state is not QueryState.TAKEN_BACK:
            row.complete = True
            member.unread.append(row)
            return []
        return self._over(row, member, now)

    def failed(self, worker: int, error: KgError, now: float) -> list[Action]:
        """A worker says that its query failed; it lives."""
        member = self._busy_worker(worker)
        if member is None:
            return []
        member.work_seconds += now - member.line[0].began  # it may have taken memory as well
        row = member.advance(now)
        fail: list[Action] = [] if row.state is QueryState.TAKEN_BACK else [Fail(row.query, error)]
        return [*fail, *self._over(row, member, now)]

    def sent_back(self, worker: int, now: float) -> list[Action]:
        """A worker sends back the next query of its line, since the one before was slow."""
        member = self._busy_worker(worker)
        if member is None:
            return []
        row = member.advance(now)
        # It refuses whatever comes before it has read that its line is empty.
        member.refuses = True
        if row.state is not QueryState.TAKEN_BACK:
            self._scheduler.requeue(row)
        return self._after(self._scheduler.settle(member, now), now)

    def started(self, worker: int, memory: int, now: float, seconds: float | None = None) -> list[Action]:
        """A worker is ready.

        Args:
            worker: the worker.
            memory: bytes of anonymous memory that it takes.
            now: the time.
            seconds: how long its start took.
        """
        if not self._scheduler.workers.add(worker, memory, now, seconds):
            return [Kill(worker, KillReason.CLOSING)]
        return self._scheduler.dispatch(now)

    def start_failed(self, worker: int) -> list[Action]:
        """A worker could not be started."""
        return [*self._scheduler.workers.start_again(worker)]

    def died(
        self, worker: int, error: QueryError, now: float, *, received: bool = True, crash: bool = False
    ) -> list[Action]:
        """A worker is dead, though nobody killed it.

        Args:
            worker: the worker.
            error: what it died of.
            now: the time.
            received: whether it can have received its query; if not, that one waits for another worker.
            crash: whether it was the engine itself that gave up.
        """
        scheduler = self._scheduler
        member = scheduler.workers.members.get(worker)
        if member is None:
            return []
        if member.line and not received:
            for row in reversed(list(member.line)):
                scheduler.requeue(row)
            member.line.clear()
        if member.line:
            why = KillReason.MEMORY if isinstance(error, QueryTooHeavy) else KillReason.CRASH
            return self._drained(scheduler.kill(member, why, error, now, crash=crash))
        return self._drained(scheduler.kill(member, KillReason.IDLE_DEATH, None, now))

    def broken(self, worker: int, why: KillReason, error: QueryError, now: float) -> list[Action]:
        """A worker has to be killed by its query: the answer is too long, say."""
        member = self._scheduler.workers.members.get(worker)
        return [] if member is None else self._drained(self._scheduler.kill(member, why, error, now))

    def inspected(self, worker: int, memory: int, now: float, *, urgent: bool) -> list[Action]:
        """A worker was inspected between two queries.

        Args:
            worker: the worker.
            memory: bytes of anonymous memory that it takes.
            now: the time.
            urgent: whether it has its usual priority, be it again.
        """
        scheduler = self._scheduler
        member = scheduler.workers.members.get(worker)
        if member is None:
            return []
        if member.growth.inspect(memory):
            actions = scheduler.replace(member, KillReason.GROWN)
        elif not urgent:
            actions = scheduler.replace(member, KillReason.LOW_PRIORITY)
        else:
            member.demoted = False
            actions = scheduler.rest(member, now)
        return self._after(actions, now)

    def tick(self, now: float) -> list[Action]:
        """Look after all queries: late ones end, slow ones give way."""
        return self._drained(long_queries.tick(self._scheduler, now))

    def recall(self, now: float) -> list[Action]:
        """Take back what was sent ahead behind a query that is slower than was foreseen."""
        scheduler = self._scheduler
        for worker in scheduler.workers.busy.values():
            if len(worker.line) > 1 and now - worker.line[0].began >= PATIENCE:
                for row in reversed(list(worker.line)):
                    if row.state is QueryState.AHEAD:
                        scheduler.withdraw(worker, row)
                        scheduler.requeue(row)
        return scheduler.dispatch(now)

    def sampled(self, sizes: Mapping[int, int], now: float) -> list[Action]:
        """The memory of the workers was measured.

        Args:
            sizes: bytes of anonymous memory of each worker.
            now: the time.
        """
        scheduler = self._scheduler
        actions = memory_bounds.sampled(scheduler, sizes, now)
        if scheduler.workers.present <= scheduler.wanted:
            self._surplus_since = None
        elif self._surplus_since is None:
            self._surplus_since = now
        elif not actions and scheduler.workers.idle and now - self._surplus_since > CALM:
            actions = scheduler.replace(scheduler.workers.idle[0], KillReason.SURPLUS)
        return self._drained([*actions, *scheduler.dispatch(now)])

    def _busy_worker(self, worker: int) -> PoolWorker | None:
        """A worker with a query, if it is known still."""
        member = self._scheduler.workers.busy.get(worker)
        return member if member is not None and member.line else None

    def _over(self, row: Assignment, worker: PoolWorker, now: float) -> list[Action]:
        """A worker is past an assignment."""
        if row.state is QueryState.TAKEN_BACK:
            return self._after(self._scheduler.settle(worker, now), now)
        return self._after(self._scheduler.release(row, now), now)

    def _after(self, actions: list[Action], now: float) -> list[Action]:
        """See who is next, unless the worker that was busy last is only just inspected."""
        if not actions or not isinstance(actions[-1], Inspect):
            actions += self._scheduler.dispatch(now)
        return self._drained(actions)

    def _drained(self, actions: list[Action]) -> list[Action]:
        """Close a retired pool behind its last query."""
        scheduler = self._scheduler
        if not scheduler.retired or scheduler.table:
            return actions
        scheduler.retired = False
        return [*actions, *self.close(), Close()]
