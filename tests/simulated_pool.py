"""A pool whose workers are simulated: the core as it is, without processes, and a clock that a test moves."""

from collections import deque
from dataclasses import dataclass, field

from kg.errors import QueryBusy, QueryCrashed, QueryTooMany
from kg.store.pool.core.actions import Close, Demote, Fail, Inspect, Kill, Send, Start
from kg.store.pool.core.assignments import QueryState
from kg.store.pool.core.kill_memory import AskedQuery
from kg.store.pool.core.limits import PoolLimits
from kg.store.pool.core.state import PoolState

MB = 1 << 20
BASE = 30 * MB
"""Bytes that a simulated worker takes when it is ready."""


@dataclass
class SimulatedWorker:
    """A worker as it is: the queries that lie before it, and what it takes.

    Attributes:
        inbox: numbers of the queries that it was sent and has not answered.
        memory: bytes that it takes.
        demoted: whether it has the lowest priority.
    """

    inbox: deque = field(default_factory=deque)
    memory: int = BASE
    demoted: bool = False


class SimulatedPool:
    """The core and a shell that does at once what it is told, with workers that answer when a test says so.

    Attributes:
        now: the time in seconds.
        workers: the workers that live, by number.
        starting: the workers that are being started.
        sent: each Send, in order.
        kills: each Kill, in order.
        answered, failed, left, refused: how each query ended.
        unread: queries whose answer is complete and not read.
        may_promote: whether a priority can be taken back.
    """

    def __init__(self, processors=2, start=True, **limits):
        self.now = 1000.0
        self.limits = PoolLimits(**{"size": 1, "deadline": 5.0, **limits})
        self.state = PoolState(self.limits, processors)
        self.workers = {}
        self.starting = {}
        self.sent, self.kills = [], []
        self.answered, self.failed, self.left, self.refused = set(), {}, set(), {}
        self.unread = set()
        self.closed = False
        self.may_promote = True
        self._last = 0
        self.do(self.state.open())
        if start:
            self.start_all()

    @property
    def scheduler(self):
        """The table behind the state."""
        return self.state._scheduler

    def do(self, actions):
        """Carry actions out."""
        for action in actions:
            match action:
                case Start(worker, after):
                    assert worker not in self.workers
                    self.starting[worker] = after
                case Send(worker, query, ahead):
                    assert ahead == bool(self.workers[worker].inbox)
                    assert self.state.state_of(query) is not QueryState.DONE
                    self.sent.append(action)
                    self.workers[worker].inbox.append(query)
                case Kill(worker):
                    self.kills.append(action)
                    self.workers.pop(worker, None)
                case Fail(query, error):
                    assert query not in self.answered | self.failed.keys() | self.left
                    self.failed[query] = error
                case Demote(worker):
                    self.workers[worker].demoted = True
                case Inspect(worker):
                    simulated = self.workers[worker]
                    simulated.demoted = simulated.demoted and not self.may_promote
                    urgent = not simulated.demoted
                    actions.extend(self.state.inspected(worker, simulated.memory, self.now, urgent=urgent))
                case Close():
                    assert not self.closed
                    self.closed = True
        return actions

    def start_all(self):
        """Have all workers that are being started be ready."""
        while self.starting:
            worker, _ = self.starting.popitem()
            self.workers[worker] = SimulatedWorker()
            self.do(self.state.started(worker, BASE, self.now))

    def ask(self, client="", seconds=None, text=""):
        """Ask a query; its number."""
        self._last += 1
        query = self._last
        try:
            seconds = seconds or self.limits.deadline
            self.do(self.state.submitted(query, client, seconds, self.now, AskedQuery(text)))
        except (QueryBusy, QueryTooMany, QueryCrashed) as fault:
            self.refused[query] = fault
        return query

    def end(self, worker, seconds=0.001, *, unread=False, then=0):
        """Have a worker answer the first query of its inbox, which takes so long and leaves it with more memory."""
        self.now += seconds
        simulated = self.workers[worker]
        query = simulated.inbox.popleft()
        simulated.memory += then
        receiver = self.state.receiver(worker)
        if receiver is not None:
            assert receiver == query
            (self.unread if unread else self.answered).add(query)
        return self.do(self.state.ended(worker, seconds, self.now, unread=unread))

    def read(self, query):
        """Have a client read the rest of its complete answer."""
        self.answered.add(query)
        return self.do(self.state.read(query, self.now))

    def fault(self, worker):
        """Have a worker fail the first query of its inbox."""
        self.workers[worker].inbox.popleft()
        return self.do(self.state.failed(worker, QueryCrashed("it gave up"), self.now))

    def send_back(self, worker):
        """Have a worker send back the first query of its inbox."""
        self.workers[worker].inbox.popleft()
        return self.do(self.state.sent_back(worker, self.now))

    def die(self, worker, *, received=True, crash=False):
        """Have a worker die."""
        del self.workers[worker]
        error = QueryCrashed("it died")
        return self.do(self.state.died(worker, error, self.now, received=received, crash=crash))

    def crash(self, client, text):
        """Ask a query that crashes its worker at once, if it comes to one; its number."""
        query = self.ask(client, text=text)
        row = self.scheduler.table.get(query)
        if row is not None and row.worker is not None:
            self.die(row.worker, crash=True)
            self.start_all()
        return query

    def leave(self, query):
        """Have a client leave."""
        if query not in self.answered | self.failed.keys() | self.refused.keys():
            self.left.add(query)
        return self.do(self.state.left(query, self.now))

    def tick(self, after=0.05):
        """Let time pass, and the core look after its queries."""
        self.now += after
        return self.do(self.state.tick(self.now))

    def recall(self, after=0.01):
        """Let time pass, and the core take back what was sent ahead."""
        self.now += after
        return self.do(self.state.recall(self.now))

    def sample(self, after=0.5):
        """Let time pass, and the core see the memory of all workers."""
        self.now += after
        sizes = {worker: simulated.memory for worker, simulated in self.workers.items()}
        return self.do(self.state.sampled(sizes, self.now))

    def worker_of(self, query):
        """The worker that a query is at."""
        return self.scheduler.table[query].worker

    def check(self):
        """Hold the core's table against what there is."""
        scheduler = self.scheduler
        # A complete answer outlives its worker.
        ended = self.unread - scheduler.table.keys()
        self.unread -= ended
        self.answered |= ended - self.failed.keys() - self.left
        members = scheduler.workers.members
        assert members.keys() == self.workers.keys()
        at_workers = []
        for number, worker in members.items():
            assert [row.query for row in worker.line] == list(self.workers[number].inbox)
            assert len(worker.line) <= 8
            wanted = [row for row in (*worker.line, *worker.unread) if row.state is not QueryState.TAKEN_BACK]
            at_workers += wanted
            states = [row.state for row in worker.line]
            assert all(state in {QueryState.AHEAD, QueryState.TAKEN_BACK} for state in states[1:])
            assert not states or states[0] is not QueryState.AHEAD
            assert (worker in scheduler.workers.idle) == worker.is_idle
            assert (number in scheduler.workers.busy) != worker.is_idle
            assert (number in scheduler.long) == worker.is_long
        waiting = list(scheduler.queue.waiting)
        assert len(waiting) == scheduler.queue.size == self.state.waiting
        assert all(row.state is QueryState.WAITING and row.worker is None for row in waiting)
        rows = [row.query for row in (*at_workers, *waiting)]
        assert len(rows) == len(set(rows))
        assert set(rows) == scheduler.table.keys()
        assert scheduler.queue.running == len(at_workers)
        done = self.failed.keys() | self.left | self.refused.keys()
        assert not set(rows) & done
        assert set(rows) == set(range(1, self._last + 1)) - done - self.answered
        assert len(scheduler.long) <= self.limits.long
        assert scheduler.workers.present <= self.limits.workers + self.limits.long
        # Where a long query ends, its worker may be busy with the one behind it.
        busy = len(scheduler.workers.busy) - len(scheduler.long)
        assert busy <= self.limits.size + self.limits.reserve + self.limits.long

    def finish(self):
        """Have everything answered, however often that takes."""
        for _ in range(10_000):
            self.start_all()
            for query, row in list(self.scheduler.table.items()):
                if row.complete:
                    self.read(query)
            busy = next((worker for worker, simulated in self.workers.items() if simulated.inbox), None)
            if busy is not None:
                self.end(busy)
            elif self.scheduler.table:  # a pause
                self.tick()
            else:
                break
        self.check()
        assert not self.scheduler.table
