"""Who gets the next free worker: whoever has taken the least lately, and none may fill the queue alone.

A client is an address (of IPv6 its network). What it takes is counted in seconds of workers, which fade with
time. Two rules keep the door open for those who ask small questions: a client that has taken a lot waits
behind those who have not, and can't have the last worker that is free; nor can one that has another already.
"""

import asyncio
import ipaddress
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from kg.errors import QueryBusy, QueryTooMany

HALF_LIFE = 10.0
"""Seconds after which half of what a client took is forgotten."""

HEAVY = 1.0
"""Seconds of workers lately from which on a client waits behind the others."""

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
        ready: set when it gets its worker.
        began: when it did.
    """

    client: str
    ready: asyncio.Future[None]
    began: float = 0.0


@dataclass(slots=True)
class Turns:
    """Those who wait and those who run.

    Attributes:
        most: how many may wait.
        most_running: how many one client may have running.
        clock: seconds.
    """

    most: int
    most_running: int
    clock: Callable[[], float] = time.monotonic
    waiting: list[Turn] = field(default_factory=list)
    running: set[Turn] = field(default_factory=set)
    _taken: dict[str, tuple[float, float]] = field(default_factory=dict)

    def join(self, client: str) -> Turn:
        """Wait from now on. Raises QueryBusy where too many do, QueryTooMany where too many of this client do."""
        if client and sum(turn.client == client for turn in self.waiting) >= max(1, self.most // 2):
            raise QueryTooMany(
                "too many of your queries are waiting", todo="Try again in a moment, with fewer at once."
            )
        if len(self.waiting) >= self.most:
            raise QueryBusy("too many queries are waiting", todo="Try again in a moment.")
        turn = Turn(client, asyncio.get_running_loop().create_future())
        self.waiting.append(turn)
        return turn

    def leave(self, turn: Turn) -> None:
        """Wait or run no longer."""
        if turn in self.running:
            self.running.discard(turn)
            self._charge(turn)
        elif turn in self.waiting:
            self.waiting.remove(turn)

    def next(self, *, last: bool) -> Turn | None:
        """Whose turn it is, who runs from now on; the last free worker is for those who have none, and are light."""
        if not self.waiting:
            return None
        if len(self.waiting) == 1 and not last and not self.running:
            chosen = self.waiting[0]
        else:
            busy = Counter(turn.client for turn in self.running)
            fit = [turn for turn in self.waiting if not turn.client or busy[turn.client] < self.most_running]
            weights = {turn.client: self.weight(turn.client) for turn in fit}
            if last:
                fit = [
                    turn for turn in fit if not turn.client or (weights[turn.client] < HEAVY and not busy[turn.client])
                ]
            if not fit:
                return None
            chosen = min(fit, key=lambda turn: (weights[turn.client], busy[turn.client]))
        self.waiting.remove(chosen)
        chosen.began = self.clock()
        self.running.add(chosen)
        return chosen

    def light_waits(self) -> bool:
        """Whether somebody waits who has not taken much."""
        return any(self.weight(turn.client) < HEAVY for turn in self.waiting)

    def weight(self, client: str) -> float:
        """How many seconds of workers a client has taken lately, with what it is taking."""
        if not client:
            return 0.0
        now = self.clock()
        return self._past(client, now) + sum(now - turn.began for turn in self.running if turn.client == client)

    def _past(self, client: str, now: float) -> float:
        seconds, when = self._taken.get(client, (0.0, now))
        return float(seconds * 0.5 ** ((now - when) / HALF_LIFE))

    def _charge(self, turn: Turn) -> None:
        if not turn.client:
            return
        now = self.clock()
        self._taken[turn.client] = (self._past(turn.client, now) + now - turn.began, now)
        if len(self._taken) > _MOST_CLIENTS:
            kept = sorted(self._taken, key=lambda client: self._past(client, now), reverse=True)
            self._taken = {client: self._taken[client] for client in kept[: _MOST_CLIENTS // 2]}
