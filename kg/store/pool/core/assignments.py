"""Assignments: of each query its state and its worker; of each worker its queries, in the order of their answers."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from kg.store.fairness.fair_queue import QueuedJob
from kg.store.pool.core.kill_memory import AskedQuery
from kg.store.pool.core.memory_growth import MemoryGrowth

_MEAN_OF = 8
"""Queries over which the usual time of a worker's queries is smoothed."""


class QueryState(Enum):
    """State of a query; `kg.store.pool.core.state` has them as a diagram."""

    WAITING = auto()
    AHEAD = auto()
    RUNNING = auto()
    LONG = auto()
    TAKEN_BACK = auto()
    DONE = auto()


@dataclass(eq=False, slots=True)
class Assignment(QueuedJob):
    """Row of the table: one query and where it stands.

    Attributes:
        query: the query's number.
        seconds: how long the query may run.
        state: the query's state.
        worker: the worker's number, once there is one.
        complete: whether the whole answer has come, though more of it is still to be read than may wait.
        sender: the client; `client` is its line in the queue, which for some queries is its quarantine.
        asked: the query itself, as far as it is remembered where it kills its worker.
    """

    query: int = 0
    seconds: float = 0.0
    state: QueryState = QueryState.WAITING
    worker: int | None = None
    complete: bool = False
    sender: str = ""
    asked: AskedQuery | None = None


@dataclass(eq=False, slots=True)
class PoolWorker:
    """A worker that is ready or answers, as the core of the pool sees it.

    Attributes:
        number: the worker's number.
        growth: the growth of its memory.
        line: assignments in the order in which the worker comes to them, the one that it answers first.
        unread: assignments that are complete, but not read.
        work_seconds: seconds of work since it was last idle.
        usual: seconds that its queries take of late.
        refuses: whether nothing more may be sent ahead until its line is empty: it would send that back, or what it
            answers may kill it.
        demoted: whether it has the lowest priority.
        idle_since: when it became idle.
    """

    number: int
    growth: MemoryGrowth
    line: deque[Assignment] = field(default_factory=deque)
    unread: list[Assignment] = field(default_factory=list)
    work_seconds: float = 0.0
    usual: float = 0.0
    refuses: bool = False
    demoted: bool = False
    idle_since: float = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether it has no query."""
        return not self.line and not self.unread

    @property
    def is_long(self) -> bool:
        """Whether it has a long query."""
        return any(row.state is QueryState.LONG for row in self.begun())

    @property
    def backlog(self) -> float:
        """Seconds that it will need for its line, as far as that can be foreseen."""
        return self.usual * len(self.line)

    def begun(self) -> Iterator[Assignment]:
        """The assignments with which it has begun, until they are read."""
        yield from self.unread
        if self.line:
            yield self.line[0]

    def assign(self, row: Assignment) -> bool:
        """Append a query to its line; whether it is to be sent ahead."""
        ahead = bool(self.line)
        row.worker = self.number
        row.state = QueryState.AHEAD if ahead else QueryState.RUNNING
        self.line.append(row)
        return ahead

    def work(self, seconds: float) -> None:
        """Note how long it had with a query."""
        self.work_seconds += seconds
        self.usual += (seconds - self.usual) / _MEAN_OF

    def advance(self, now: float) -> Assignment:
        """Take the first assignment off its line, and begin with the one behind it."""
        over = self.line.popleft()
        if self.line:
            first = self.line[0]
            first.began = now
            if first.state is QueryState.AHEAD:
                first.state = QueryState.RUNNING
        return over

    def withdraw(self, row: Assignment, seconds: float) -> None:
        """Put a row in the place of one that was sent ahead: the worker comes to it, though nobody waits for that.

        Args:
            row: the row.
            seconds: how long the worker may run with it.
        """
        taken_back = Assignment(
            "", row.joined, row.began, row.query, seconds, QueryState.TAKEN_BACK, worker=self.number
        )
        self.line[self.line.index(row)] = taken_back
