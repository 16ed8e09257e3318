"""Fair queue of jobs by client: least use of late first, and no client fills the queue alone.

A client is an address (of IPv6 its network). Its use is counted in seconds of service, which fade with time. Some rules
keep the door open for clients with small jobs. A client that has used a lot waits behind those that have not, and can't
have the last free place of service; nor can one that has a place already. Among the clients that have not used much,
those come first whose jobs were the shortest: a crowd of strangers, each with a first long job, does not stand before a
client whose hundred jobs took a moment each.

The queue is pure: each method takes the time as a number of seconds, and nothing here reads a clock.
"""

import ipaddress
from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Generic, TypeVar

from kg.errors import QueryBusy, QueryTooMany

HALF_LIFE = 10.0
"""Seconds after which half of a client's use is forgotten."""

HEAVY_USE = 1.0
"""Seconds of service of late from which on a client waits behind the others."""

UNKNOWN_JOB = 0.1
"""Seconds that the job of an unknown client is taken to need."""

_MAX_CLIENTS = 10_000
"""Clients whose use is remembered; beyond it the lighter half is forgotten."""


def client_of(address: str) -> str:
    """The client that an address belongs to: of IPv6, where a client has many addresses, the network.

    >>> client_of("2001:db8::1:2:3"), client_of("192.0.2.7"), client_of("")
    ('2001:db8::/64', '192.0.2.7', '')
    """
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address


@dataclass(eq=False, slots=True)
class QueuedJob:
    """A job that waits for service, or has it.

    Attributes:
        client: the client's name; "" where that is not known, and then no rule holds.
        joined: when the job began to wait.
        began: when its service began.
    """

    client: str
    joined: float = 0.0
    began: float = 0.0


Job = TypeVar("Job", bound=QueuedJob)
_Rank = tuple[bool, float, int]


@dataclass(slots=True)
class FairQueue(Generic[Job]):
    """Jobs that wait and jobs in service, with what each client has used.

    Attributes:
        limit: jobs that may wait.
        share: places of service that one client may have at once.
        size: jobs that wait.
    """

    limit: int
    share: int
    size: int = 0
    _waiting: dict[str, deque[Job]] = field(default_factory=dict)
    _running: dict[str, dict[Job, Hashable]] = field(default_factory=dict)
    _used: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    _ranks: dict[str, _Rank] = field(default_factory=dict)

    @property
    def waiting(self) -> Iterator[Job]:
        """The jobs that wait."""
        return chain.from_iterable(self._waiting.values())

    @property
    def running(self) -> int:
        """Number of jobs in service."""
        return sum(map(len, self._running.values()))

    def join(self, job: Job, now: float) -> None:
        """Append a job. Raises QueryBusy for a full queue, QueryTooMany where this client has half of it already."""
        jobs = self._waiting.get(job.client)
        if job.client and jobs and len(jobs) >= max(1, self.limit // 2):
            raise QueryTooMany(
                "too many of your queries are waiting", todo="Try again in a moment, with fewer at once."
            )
        if self.size >= self.limit:
            raise QueryBusy("too many queries are waiting", todo="Try again in a moment.")
        if jobs is None:
            jobs = self._waiting[job.client] = deque()
        jobs.append(job)
        job.joined = now
        self.size += 1

    def leave(self, job: Job, now: float) -> None:
        """Remove a job, whether it waits or is in service; the time of service is its client's use."""
        if self._end(job):
            self._charge(job, now)
        elif job in self._waiting.get(job.client, ()):
            self._remove(job)

    def rejoin(self, job: Job) -> None:
        """Put a job in service back before all others of its client, without any use."""
        if self._end(job):
            self._waiting.setdefault(job.client, deque()).appendleft(job)
            self.size += 1

    def next(self, now: float, *, last: bool, place: Hashable = None) -> Job | None:
        """Take the next job into service; None where no client may have the place.

        Args:
            now: the time.
            last: whether only the last places are free, which are for light clients without any.
            place: the place of service, behind the jobs that have it already; None for a place of the job's own.
        """
        fit = [client for client in self._waiting if not client or self._fits(client, now, place, last=last)]
        if not fit:
            return None
        chosen = fit[0] if len(fit) == 1 else min(fit, key=lambda client: self._ranked(client, now))
        job = self._waiting[chosen][0]
        self._remove(job)
        job.began = now
        self._running.setdefault(chosen, {})[job] = job if place is None else place
        return job

    def light_waits(self, now: float) -> bool:
        """Whether a client waits that has not used much."""
        return any(self.use(client, now) < HEAVY_USE for client in self._waiting)

    def use(self, client: str, now: float) -> float:
        """Seconds of service that a client has used of late, those of its jobs in service included."""
        if not client:
            return 0.0
        return self._past(client, now)[0] + sum(now - job.began for job in self._running.get(client, ()))

    def _rank(self, client: str, now: float) -> _Rank:
        """The order among clients that wait: the least is next."""
        use = self.use(client, now)
        if use >= HEAVY_USE:
            return True, use, self._places(client)
        _, jobs = self._past(client, now)
        return False, (use + UNKNOWN_JOB) / (jobs + 1), self._places(client)

    def _ranked(self, client: str, now: float) -> _Rank:
        """The rank; of a light client without service as it was first: it hardly changes until a job of it runs."""
        rank = self._ranks.get(client)
        if rank is None or rank[0] or client in self._running:
            rank = self._ranks[client] = self._rank(client, now)
        return rank

    def _places(self, client: str) -> int:
        """Number of places that a client has."""
        running = self._running.get(client)
        return len(set(running.values())) if running else 0

    def _fits(self, client: str, now: float, place: Hashable, *, last: bool) -> bool:
        """Whether a client may have a place: a free one, or one behind others, where it may be one of them."""
        running = self._running.get(client)
        if running is None:
            return not (last and self._ranked(client, now)[0])
        return not last and (self._places(client) < self.share or place in running.values())

    def _end(self, job: Job) -> bool:
        """End the service of a job; whether it had any."""
        running = self._running.get(job.client)
        if not running or job not in running:
            return False
        del running[job]
        if not running:
            del self._running[job.client]
        self._ranks.pop(job.client, None)
        return True

    def _remove(self, job: Job) -> None:
        """Remove a job that waits."""
        jobs = self._waiting[job.client]
        jobs.remove(job)
        self.size -= 1
        if not jobs:
            del self._waiting[job.client]
            self._ranks.pop(job.client, None)

    def _past(self, client: str, now: float) -> tuple[float, float]:
        """Seconds that a client has used of late, and for how many jobs; both fade."""
        seconds, jobs, when = self._used.get(client, (0.0, 0.0, now))
        left = 0.5 ** ((now - when) / HALF_LIFE)
        return seconds * left, jobs * left

    def _charge(self, job: Job, now: float) -> None:
        if not job.client:
            return
        seconds, jobs = self._past(job.client, now)
        self._used[job.client] = (seconds + now - job.began, jobs + 1, now)
        if len(self._used) > _MAX_CLIENTS:
            heaviest = sorted(self._used, key=lambda client: self._past(client, now)[0], reverse=True)
            self._used = {client: self._used[client] for client in heaviest[: _MAX_CLIENTS // 2]}
