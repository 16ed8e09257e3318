"""Scheduler: the table of assignments, and the rules by which queries come to workers and leave them.

An idle worker is given the next query of the fair queue. What a small query costs is mostly waking a process, so a
query is rather sent ahead to a busy worker (pipelining) where that one will come to it soon, by how long its queries
usually take. Pure, as all of the core: see `kg.store.pool.core.state`.
"""

from collections import deque

from kg.errors import Message, QueryBusy, QueryCrashed, QueryError, QueryTooMany
from kg.store.fairness.fair_queue import FairQueue
from kg.store.pool import frames
from kg.store.pool.core.actions import Action, Fail, Inspect, Kill, KillReason, Send
from kg.store.pool.core.assignments import Assignment, PoolWorker, QueryState
from kg.store.pool.core.kill_memory import KillMemory
from kg.store.pool.core.limits import PoolLimits
from kg.store.pool.core.worker_set import WorkerSet

MAX_LINE = 8
"""Queries that a worker has at most."""

PIPELINED_UP_TO = 0.002
"""Seconds of a worker's usual query up to which another one may be sent ahead (D-24)."""

UNBROKEN_WORK = 0.25
"""Seconds of work after which a worker is to be idle for once, to be inspected."""

QUICK, QUICK_IN_A_CROWD = 0.0001, 0.0005
"""Seconds of backlog up to which a query is sent ahead although another worker is idle: the server itself takes about
the former for a query, and where it and the workers share few processors, waking takes from the others."""

SHORT_WORK = 0.02
"""Seconds of work in which no worker grows by what matters."""

UNWANTED_SECONDS = 0.05
"""Seconds that a worker may run with a query that was taken back, should it come to it all the same."""


class Scheduler:
    """Table of assignments with the queue before it and the workers behind it.

    Attributes:
        table: each query that is not done, by its number.
        queue: the queries that wait, and the use of each client.
        workers: the workers.
        long: the long query of each worker that has one.
        kills: the queries and clients that killed workers.
    """

    def __init__(self, limits: PoolLimits, processors: int, kills: KillMemory) -> None:
        """Nothing is scheduled.

        Args:
            limits: limits of the pool.
            processors: processors that server and workers have together.
            kills: the queries and clients that killed workers.
        """
        self.limits = limits
        self.kills = kills
        self.table: dict[int, Assignment] = {}
        self.queue: FairQueue[Assignment] = FairQueue(limits.queue, limits.share)
        self.workers = WorkerSet(limits.memory)
        self.long: dict[int, Assignment] = {}
        self.quick = QUICK_IN_A_CROWD if processors <= limits.size else QUICK
        self.retired = False
        self._workers = limits.workers
        self._last_sent: deque[tuple[int, float]] = deque(maxlen=2)

    @property
    def wanted(self) -> int:
        """Workers that there are to be: another one stands in for each with a long query."""
        wanted = self._workers + len(self.long)
        return min(wanted, len(self.table)) if self.retired else wanted

    def join(self, row: Assignment, now: float) -> None:
        """Take a query into the table and the queue. Raises QueryBusy, QueryTooMany, QueryCrashed."""
        if row.asked is not None:
            if self.kills.refuses(row.asked, now):
                raise crashed()
            if self.kills.quarantines(row.sender, row.asked, now):
                row.client = self._quarantine(row.sender, now)
        self.queue.join(row, now)
        self.table[row.query] = row

    def has_others(self, row: Assignment, since: float) -> bool:
        """Whether another query waits, or was sent to a worker since a time."""
        return bool(self.queue.size) or any(query != row.query and sent > since for query, sent in self._last_sent)

    def worker_of(self, row: Assignment) -> PoolWorker:
        """The worker of a query that has one."""
        if row.worker is None:
            raise ValueError(f"query {row.query} has no worker")
        return self.workers.members[row.worker]

    def dispatch(self, now: float) -> list[Action]:
        """Send queries to workers, as far as the rules let them have any."""
        actions: list[Action] = []
        while self.queue.size:
            soon = self._soon_idle(now)
            sent = self._pipeline(soon, now) if soon and soon.backlog < self.quick else None
            sent = sent or self._begin(now) or (self._pipeline(soon, now) if soon else None)
            if sent is None:
                break
            actions.append(sent)
        return actions

    def release(self, row: Assignment, now: float) -> list[Action]:
        """End a query: it needs no worker any more, and its client is charged for what it had."""
        self.table.pop(row.query, None)
        self.queue.leave(row, now)
        row.state = QueryState.DONE
        worker = self.workers.members.get(row.worker) if row.worker is not None else None
        return [] if worker is None else self.settle(worker, now)

    def settle(self, worker: PoolWorker, now: float) -> list[Action]:
        """Note whether a worker has a long query still, and let it be idle where it has none at all."""
        if worker.number in self.long and not worker.is_long:
            del self.long[worker.number]
        if not worker.is_idle:
            return []
        self.workers.busy.pop(worker.number, None)
        if worker.demoted or worker.work_seconds > SHORT_WORK:
            return [Inspect(worker.number)]
        return self.rest(worker, now)

    def rest(self, worker: PoolWorker, now: float) -> list[Action]:
        """Let a worker be idle, unless the pool is retired and nothing waits."""
        if self.retired and not self.queue.size:
            return self.replace(worker, KillReason.RETIRED)
        self.workers.rest(worker, now)
        return []

    def requeue(self, row: Assignment) -> None:
        """Put a query back before all others of its client: no worker has begun with it."""
        row.state = QueryState.WAITING
        row.worker = None
        self.queue.rejoin(row)

    def withdraw(self, worker: PoolWorker, row: Assignment) -> None:
        """Take back a query that was sent ahead; the worker sends it back, too, or answers it in vain."""
        worker.withdraw(row, UNWANTED_SECONDS)

    def replace(self, worker: PoolWorker, why: KillReason) -> list[Action]:
        """Kill a worker without a query, and start as many as are missing then."""
        self.workers.remove(worker)
        return [Kill(worker.number, why), *self.workers.fill(self.wanted)]

    def kill(
        self, worker: PoolWorker, why: KillReason, error: QueryError | None, now: float, *, crash: bool = False
    ) -> list[Action]:
        """Kill a worker for the query that it answers; those behind it wait for another one.

        Args:
            worker: the worker.
            why: the reason.
            error: what the query fails with; None where its client has left.
            now: the time.
            crash: whether the engine itself gave up on the query.
        """
        line, unread = list(worker.line), list(worker.unread)
        worker.line.clear()
        worker.unread.clear()
        self.workers.remove(worker)
        self.long.pop(worker.number, None)
        for row in reversed(line[1:]):
            if row.state is QueryState.AHEAD:
                self.requeue(row)
        for row in unread:
            self.release(row, now)
        if not line:
            actions: list[Action] = [Kill(worker.number, why)]
        elif line[0].state is QueryState.TAKEN_BACK:
            actions = [Kill(worker.number, KillReason.CLIENT_LEFT)]
        else:
            culprit = line[0]
            self.release(culprit, now)
            actions = [Kill(worker.number, why, culprit.query)]
            actions += [Fail(culprit.query, error)] if error else []
            actions += self._blame(culprit, now, crash=crash) if why.blames_client else []
        return [*actions, *self.workers.fill(self.wanted), *self.dispatch(now)]

    def _blame(self, culprit: Assignment, now: float, *, crash: bool) -> list[Action]:
        """Charge a client for the start of the worker that its query killed, and sort its waiting queries anew."""
        self.queue.charge(culprit.client, self.workers.start_seconds, now)
        client = culprit.sender
        if culprit.asked is None:
            return []
        self.kills.killed(client, culprit.asked, now, crash=crash)
        if self.queue.has_pauses(quarantine_of(client)):
            self._quarantine(client, now)
        actions: list[Action] = []
        for row in self.queue.waiting_of(client):
            if row.asked is not None and self.kills.quarantines(client, row.asked, now):
                try:
                    self.queue.move(row, self._quarantine(client, now), now)
                except (QueryBusy, QueryTooMany) as fault:
                    del self.table[row.query]
                    row.state = QueryState.DONE
                    actions.append(Fail(row.query, fault))
        return actions

    def _quarantine(self, client: str, now: float) -> str:
        """Name of a client's quarantine in the queue, which has its present pause."""
        name = quarantine_of(client)
        self.queue.pause(name, self.kills.paused_until(client), now)
        return name

    def _begin(self, now: float) -> Send | None:
        """Give an idle worker to the next query, if there is one for it."""
        idle = self.workers.idle
        free = self.limits.size + self.limits.reserve - (len(self.workers.busy) - len(self.long))
        free = min(free, len(idle))
        if free <= 0:
            return None
        row = self.queue.next(now, last=free <= self.limits.reserve, slot=idle[-1].number)
        if row is None:
            return None
        worker = self.workers.lend()
        worker.refuses = self.queue.has_pauses(row.client)
        worker.assign(row)
        self._last_sent.append((row.query, now))
        return Send(worker.number, row.query)

    def _pipeline(self, worker: PoolWorker, now: float) -> Send | None:
        """Send the next query ahead to a busy worker, if it is for that one."""
        row = self.queue.next(now, last=False, slot=worker.number, shared=True)
        if row is None:
            return None
        worker.assign(row)
        self._last_sent.append((row.query, now))
        return Send(worker.number, row.query, ahead=True)

    def _soon_idle(self, now: float) -> PoolWorker | None:
        """The busy worker with the shortest line, of those that will get through it quickly; None if there is none."""
        since = now - frames.PATIENCE
        found, least = None, MAX_LINE
        for worker in self.workers.busy.values():
            queries = len(worker.line)
            if (
                0 < queries < least
                and not worker.unread
                and worker.work_seconds < UNBROKEN_WORK
                and worker.line[0].began > since
                and worker.usual < PIPELINED_UP_TO
                and not worker.refuses
            ):
                found, least = worker, queries
        return found


def quarantine_of(client: str) -> str:
    """Name of a client's quarantine among the clients of the queue (see `kg.store.pool.core.kill_memory`)."""
    return f"{client} in quarantine"


def crashed() -> QueryCrashed:
    """Error of a query on which the engine gave up."""
    return QueryCrashed(Message("the query could not be executed"), todo=Message("Phrase the query differently."))


def closing() -> QueryBusy:
    """Error of a query to a pool that is being closed."""
    return QueryBusy(Message("the service is shutting down"), todo=Message("Try again in a moment."))
