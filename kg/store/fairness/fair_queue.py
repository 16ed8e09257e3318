"""Fair queue of jobs by client: least recent use first, and no client fills the queue alone.

A client is an address (of IPv6 its network). Its use is counted in seconds of service, with exponential decay. Some
rules keep the service open for clients with small jobs. A heavy client waits behind the light ones, and can't have the
last free slot; nor can a client that has a slot already. Among light clients the order is that of their mean job times:
a crowd of new clients, each with a first long job, does not come before a client whose hundred jobs were short.

The queue is pure: each method takes the time as a number of seconds, and nothing here reads a clock.
"""

import ipaddress
from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Generic, TypeVar

from kg.errors import Message, QueryBusy, QueryTooMany

HALF_LIFE = 10.0
"""Half-life of a client's use, in seconds."""

HEAVY_USE = 1.0
"""Recent use, in seconds, from which on a client is heavy, and waits behind the light ones."""

UNKNOWN_JOB = 0.1
"""Estimated seconds of a new client's first job."""

MAX_PAUSED_JOBS = 4
"""Maximum number of waiting jobs of a client that has pauses."""

_MAX_CLIENTS = 10_000
"""Maximum number of clients with a record of their use; beyond it the lighter half is dropped."""


def client_of(address: str) -> str:
    """The client of an address: of IPv6, where a client has many addresses, the network.

    >>> client_of("2001:db8::1:2:3"), client_of("192.0.2.7"), client_of("")
    ('2001:db8::/64', '192.0.2.7', '')
    """
    return address if ":" not in address else _network(address)


@lru_cache(maxsize=4_096)
def _network(address: str) -> str:
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address


@dataclass(eq=False, slots=True)
class QueuedJob:
    """Job in the queue or in service.

    Attributes:
        client: the client's name; "" for an unknown client, to whom no rule applies.
        joined: start of the wait.
        began: start of the service.
    """

    client: str
    joined: float = 0.0
    began: float = 0.0


Job = TypeVar("Job", bound=QueuedJob)
_Rank = tuple[bool, float, int]


@dataclass(slots=True)
class FairQueue(Generic[Job]):
    """Queue of waiting jobs, with the jobs in service and the use of each client.

    Attributes:
        limit: maximum number of waiting jobs.
        share: maximum number of slots of one client.
        by_use: whether clients are ordered by their use alone, since all jobs are short.
        client_limit: maximum number of waiting jobs of one client; None for half of all.
        size: number of waiting jobs.
    """

    limit: int
    share: int
    by_use: bool = False
    client_limit: int | None = None
    size: int = 0
    _waiting: dict[str, deque[Job]] = field(default_factory=dict)
    _running: dict[str, dict[Job, Hashable]] = field(default_factory=dict)
    _used: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    _ranks: dict[str, _Rank] = field(default_factory=dict)
    _pauses: dict[str, float] = field(default_factory=dict)

    @property
    def waiting(self) -> Iterator[Job]:
        """The waiting jobs."""
        return chain.from_iterable(self._waiting.values())

    def waiting_of(self, client: str) -> list[Job]:
        """The waiting jobs of a client."""
        return list(self._waiting.get(client, ()))

    @property
    def running(self) -> int:
        """Number of jobs in service."""
        return sum(map(len, self._running.values()))

    def join(self, job: Job, now: float) -> None:
        """Append a job. Raises QueryBusy for a full queue, QueryTooMany for a client that has its share of it."""
        jobs = self._waiting.get(job.client)
        share = self.limit // 2 if self.client_limit is None else self.client_limit
        most = MAX_PAUSED_JOBS if job.client in self._pauses else share
        if job.client and jobs and len(jobs) >= max(1, most):
            raise QueryTooMany(
                Message("too many of your queries are waiting"),
                todo=Message("Try again in a moment, with fewer requests at a time."),
            )
        if self.size >= self.limit:
            raise QueryBusy(Message("too many queries are waiting"), todo=Message("Try again in a moment."))
        if jobs is None:
            jobs = self._waiting[job.client] = deque()
        jobs.append(job)
        job.joined = now
        self.size += 1

    def leave(self, job: Job, now: float) -> None:
        """Remove a waiting job, or one in service, whose time is added to its client's use."""
        if self._end(job):
            self.charge(job.client, now - job.began, now, jobs=1)
        elif job in self._waiting.get(job.client, ()):
            self._remove(job)

    def move(self, job: Job, client: str, now: float) -> None:
        """Have a waiting job wait as another client's. Raises QueryTooMany; it waits no more then."""
        joined = job.joined
        self._remove(job)
        job.client = client
        self.join(job, now)
        job.joined = joined

    def rejoin(self, job: Job) -> None:
        """Return a job from service to the front of its client's jobs, without any use."""
        if self._end(job):
            self._waiting.setdefault(job.client, deque()).appendleft(job)
            self.size += 1

    def pause(self, client: str, until: float, now: float) -> None:
        """Let a client have one job at a time, in a slot that it shares with no other, and none before a time.

        Args:
            client: the client.
            until: the time.
            now: the present time; former pauses that are over are dropped where there are many.
        """
        self._pauses[client] = until
        if len(self._pauses) > _MAX_CLIENTS:
            self._pauses = {
                each: end
                for each, end in self._pauses.items()
                if end > now or each in self._waiting or each in self._running
            }

    def has_pauses(self, client: str) -> bool:
        """Whether a client has one job at a time, in a slot of its own."""
        return client in self._pauses

    def next(self, now: float, *, last: bool, slot: Hashable = None, shared: bool = False) -> Job | None:
        """Take the next job into service; None if no client may have the slot.

        Args:
            now: the time.
            last: whether only the last slots are free, which are for light clients without a slot.
            slot: slot to share with the jobs that have it already; None for a slot of the job's own.
            shared: whether other jobs have the slot.
        """
        fitting = [
            client for client in self._waiting if not client or self._fits(client, now, slot, last=last, shared=shared)
        ]
        if not fitting:
            return None
        chosen = fitting[0] if len(fitting) == 1 else min(fitting, key=lambda client: self._ranked(client, now))
        job = self._waiting[chosen][0]
        self._remove(job)
        job.began = now
        self._running.setdefault(chosen, {})[job] = job if slot is None else slot
        return job

    def light_waits(self, now: float) -> bool:
        """Whether a light client waits."""
        return any(
            self.use(client, now) < HEAVY_USE for client in self._waiting if not self._pauses.get(client, now) > now
        )

    def use(self, client: str, now: float) -> float:
        """Recent use of a client in seconds of service, with that of its jobs in service."""
        if not client:
            return 0.0
        return self._past(client, now)[0] + sum(now - job.began for job in self._running.get(client, ()))

    def _rank(self, client: str, now: float) -> _Rank:
        """Sort key of a waiting client; the least is next."""
        use = self.use(client, now)
        if self.by_use:
            return False, use, self._slots(client)
        if use >= HEAVY_USE:
            return True, use, self._slots(client)
        _, jobs = self._past(client, now)
        return False, (use + UNKNOWN_JOB) / (jobs + 1), self._slots(client)

    def _ranked(self, client: str, now: float) -> _Rank:
        """The rank, cached for a light client without a slot: it hardly changes until one of its jobs runs."""
        rank = self._ranks.get(client)
        if rank is None or rank[0] or client in self._running:
            rank = self._ranks[client] = self._rank(client, now)
        return rank

    def _slots(self, client: str) -> int:
        """Number of slots of a client."""
        running = self._running.get(client)
        return len(set(running.values())) if running else 0

    def _fits(self, client: str, now: float, slot: Hashable, *, last: bool, shared: bool) -> bool:
        """Whether a client may have a slot: a free one, or one that a job of its own has."""
        running = self._running.get(client)
        if client in self._pauses and (shared or running or now < self._pauses[client]):
            return False
        if running is None:
            return not (last and self._ranked(client, now)[0])
        return not last and (self._slots(client) < self.share or slot in running.values())

    def _end(self, job: Job) -> bool:
        """End the service of a job; return whether it was in service."""
        running = self._running.get(job.client)
        if not running or job not in running:
            return False
        del running[job]
        if not running:
            del self._running[job.client]
        self._ranks.pop(job.client, None)
        return True

    def _remove(self, job: Job) -> None:
        """Remove a waiting job."""
        jobs = self._waiting[job.client]
        jobs.remove(job)
        self.size -= 1
        if not jobs:
            del self._waiting[job.client]
            self._ranks.pop(job.client, None)

    def _past(self, client: str, now: float) -> tuple[float, float]:
        """Recent use of a client without its jobs in service: seconds and number of jobs, both with decay."""
        seconds, jobs, when = self._used.get(client, (0.0, 0.0, now))
        decay = 0.5 ** ((now - when) / HALF_LIFE)
        return seconds * decay, jobs * decay

    def charge(self, client: str, seconds: float, now: float, *, jobs: int = 0) -> None:
        """Add seconds to a client's use, of so many jobs."""
        if not client:
            return
        used, former = self._past(client, now)
        self._used[client] = (used + seconds, former + jobs, now)
        self._ranks.pop(client, None)
        if len(self._used) > _MAX_CLIENTS:
            heaviest = sorted(self._used, key=lambda client: self._past(client, now)[0], reverse=True)
            self._used = {client: self._used[client] for client in heaviest[: _MAX_CLIENTS // 2]}
