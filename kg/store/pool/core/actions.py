"""Actions: what the core of a pool (`kg.store.pool.core.state`) has its shell do, as values.

Workers and queries are numbers here. The shell knows which process and which answer each number stands for.
"""

from dataclasses import dataclass
from enum import StrEnum

from kg.errors import KgError


class KillReason(StrEnum):
    """Reason for which a worker is killed, or is known to be dead; the words are labels of a metric."""

    DEADLINE = "time"
    RESULT_SIZE = "size"
    MEMORY = "memory"
    CRASH = "crash"
    CLIENT_LEFT = "client left"
    PREEMPTED = "others wait"
    GROWN = "grown"
    LOW_PRIORITY = "low priority"
    SURPLUS = "surplus"
    IDLE_DEATH = "died, idle"
    IDLE_MEMORY = "memory, idle"
    RETIRED = "retired"
    CLOSING = "closing"

    @property
    def blames_query(self) -> bool:
        """Whether it is for its query that a worker has to be started anew."""
        return self in _BLAMES_QUERY

    @property
    def blames_client(self) -> bool:
        """Whether its query's client could have another one killed like that, and pays for the start."""
        return self.blames_query and self is not KillReason.PREEMPTED


_BLAMES_QUERY = frozenset(
    {
        KillReason.DEADLINE,
        KillReason.RESULT_SIZE,
        KillReason.MEMORY,
        KillReason.CRASH,
        KillReason.CLIENT_LEFT,
        KillReason.PREEMPTED,
    }
)


@dataclass(frozen=True, slots=True)
class Start:
    """Start a worker, and tell the core whether it is ready (`started`) or not (`start_failed`).

    Attributes:
        worker: the new worker's number.
        after: seconds to wait before.
    """

    worker: int
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Send:
    """Send a query to a worker.

    Attributes:
        worker: the worker.
        query: the query.
        ahead: whether the worker is answering another query, so that this one is sent ahead of time (pipelining).
    """

    worker: int
    query: int
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Kill:
    """Kill a worker if it still lives, and clear away what is left of it.

    Attributes:
        worker: the worker.
        why: the reason.
        query: the query that it was answering, where its client knows of that or will be told (`Fail`).
    """

    worker: int
    why: KillReason
    query: int | None = None


@dataclass(frozen=True, slots=True)
class Fail:
    """End a query's answer with an error."""

    query: int
    error: KgError


@dataclass(frozen=True, slots=True)
class Demote:
    """Give a worker the lowest priority of the operating system, so that other workers go first."""

    worker: int


@dataclass(frozen=True, slots=True)
class Inspect:
    """Measure a worker's anonymous memory, take back a `Demote`, and tell the core of both (`inspected`)."""

    worker: int


@dataclass(frozen=True, slots=True)
class Close:
    """Close the pool: it was retired, and the last of its queries is over."""


Action = Start | Send | Kill | Fail | Demote | Inspect | Close
