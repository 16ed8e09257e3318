"""Who gets the next free worker: whoever is known to ask small questions, and none may fill the queue alone.

A client is an address (of IPv6 its network). What it takes is counted in seconds of workers, which fade with
time. Some rules keep the door open for those who ask small questions. A client that has taken a lot waits behind those
who have not, and can't have the last worker that is free; nor can one that has another already. Among those who
have not taken much the ones come first whose questions were the shortest: a crowd of strangers, each with a first
long one, does not stand before somebody whose hundred questions took a moment each.
"""

import ipaddress
import math
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Generic, TypeVar

from kg.errors import QueryBusy, QueryTooMany

HALF_LIFE = 10.0
"""Seconds after which half of what a client took is forgotten."""

HEAVY = 1.0
"""Seconds of workers lately from which on a client waits behind the others."""

UNKNOWN = 0.1
"""Seconds that the question of somebody unknown is taken to need."""

_MOST_CLIENTS = 10_000


def whose(address: str) -> str:
    """The client that an address belongs to: of IPv6, where one has many, the network.

    >>> whose("2001:db8::1:2:3"), whose("192.0.2.7"), whose("")
    ('2001:db8::/64', '192.0.2.7', '')
    """
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address


@dataclass(eq=False, slots=True)
class Turn:
    """One query that waits for a worker, or has it.

    Attributes:
        client: who asks; "" where that is not known, for whom no rules hold.
        seconds: how long it may have the worker.
        joined: when it began to wait.
        began: when it got its worker.
    """

    client: str
    seconds: float = math.inf
    joined: float = 0.0
    began: float = 0.0


Each = TypeVar("Each", bound=Turn)
_Rank = tuple[bool, float, int]


@dataclass(slots=True)
class Turns(Generic[Each]):
    """Those who wait and those who run.

    Attributes:
        most: how many may wait.
        most_running: how many one client may have running.
        clock: seconds.
        size: how many wait.
        told: is told how many wait, whenever that changes.
    """

    most: int
    most_running: int
    clock: Callable[[], float] = time.monotonic
    size: int = 0
    told: Callable[[int], None] = lambda _: None
    _waiting: dict[str, deque[Each]] = field(default_factory=dict)
    _running: dict[str, dict[Each, Hashable]] = field(default_factory=dict)
    _taken: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    _ranks: dict[str, _Rank] = field(default_factory=dict)

    @property
    def waiting(self) -> Iterator[Each]:
        """Those who wait."""
        return chain.from_iterable(self._waiting.values())

    @property
    def running(self) -> int:
        """How many run."""
        return sum(map(len, self._running.values()))

    def join(self, turn: Each) -> None:
        """Wait from now on. Raises QueryBusy where too many do, QueryTooMany where too many of this client do."""
        line = self._waiting.get(turn.client)
        if turn.client and line and len(line) >= max(1, self.most // 2):
            raise QueryTooMany(
                "too many of your queries are waiting", todo="Try again in a moment, with fewer at once."
            )
        if self.size >= self.most:
            raise QueryBusy("too many queries are waiting", todo="Try again in a moment.")
        if line is None:
            line = self._waiting[turn.client] = deque()
        line.append(turn)
        turn.joined = self.clock()
        self._waits(1)

    def leave(self, turn: Each) -> None:
        """Wait or run no longer."""
        if self._end(turn):
            self._charge(turn)
        elif turn in self._waiting.get(turn.client, ()):
            self._take(turn)

    def return_to_line(self, turn: Each) -> None:
        """Wait again, before all others of the same client: it did not run."""
        if self._end(turn):
            self._waiting.setdefault(turn.client, deque()).appendleft(turn)
            self._waits(1)

    def next(self, *, last: bool, place: Hashable = None) -> Each | None:
        """Whose turn it is, who runs from now on.

        Args:
            last: whether only the last workers are free, which are for those who have none, and are light.
            place: where it runs, behind those that run there already; None for where none does.
        """
        fit = [client for client in self._waiting if not client or self._fits(client, place, last=last)]
        if not fit:
            return None
        chosen = fit[0] if len(fit) == 1 else min(fit, key=self._ranked)
        turn = self._waiting[chosen][0]
        self._take(turn)
        turn.began = self.clock()
        self._running.setdefault(chosen, {})[turn] = turn if place is None else place
        return turn

    def light_waits(self) -> bool:
        """Whether somebody waits who has not taken much."""
        return any(self.weight(client) < HEAVY for client in self._waiting)

    def weight(self, client: str) -> float:
        """How many seconds of workers a client has taken lately, with what it is taking."""
        if not client:
            return 0.0
        now = self.clock()
        return self._past(client, now)[0] + sum(now - turn.began for turn in self._running.get(client, ()))

    def _rank(self, client: str) -> _Rank:
        """What tells whose turn it is: the least."""
        weight = self.weight(client)
        if weight >= HEAVY:
            return True, weight, self._busy(client)
        _, questions = self._past(client, self.clock())
        return False, (weight + UNKNOWN) / (questions + 1), self._busy(client)

    def _ranked(self, client: str) -> _Rank:
        """The same; of who only waits, and is light, as it was at first: it hardly changes until something runs."""
        rank = self._ranks.get(client)
        if rank is None or rank[0] or client in self._running:
            rank = self._ranks[client] = self._rank(client)
        return rank

    def _busy(self, client: str) -> int:
        """In how many places a client is."""
        running = self._running.get(client)
        return len(set(running.values())) if running else 0

    def _fits(self, client: str, place: Hashable, *, last: bool) -> bool:
        """Whether a client may have a place: a free one, or one behind others, where it may be one of them."""
        running = self._running.get(client)
        if running is None:
            return not (last and self._ranked(client)[0])
        return not last and (self._busy(client) < self.most_running or place in running.values())

    def _end(self, turn: Each) -> bool:
        """Run no longer; whether it did."""
        running = self._running.get(turn.client)
        if not running or turn not in running:
            return False
        del running[turn]
        if not running:
            del self._running[turn.client]
        self._ranks.pop(turn.client, None)
        return True

    def _take(self, turn: Each) -> None:
        """Take one who waits out of the line."""
        line = self._waiting[turn.client]
        line.remove(turn)
        self._waits(-1)
        if not line:
            del self._waiting[turn.client]
            self._ranks.pop(turn.client, None)

    def _waits(self, more: int) -> None:
        self.size += more
        self.told(self.size)

    def _past(self, client: str, now: float) -> tuple[float, float]:
        """Seconds that a client has taken lately, and for how many questions; both fade."""
        seconds, questions, when = self._taken.get(client, (0.0, 0.0, now))
        left = 0.5 ** ((now - when) / HALF_LIFE)
        return seconds * left, questions * left

    def _charge(self, turn: Each) -> None:
        if not turn.client:
            return
        now = self.clock()
        seconds, questions = self._past(turn.client, now)
        self._taken[turn.client] = (seconds + now - turn.began, questions + 1, now)
        if len(self._taken) > _MOST_CLIENTS:
            kept = sorted(self._taken, key=lambda client: self._past(client, now)[0], reverse=True)
            self._taken = {client: self._taken[client] for client in kept[: _MOST_CLIENTS // 2]}
