"""The connections of a server process: who idles is closed, the longest idle first where descriptors run short.

One look a second at all of them costs less than a timer for each. The system gives a new descriptor the lowest free
number, so a connection with a high one says that those below are taken: then as many as needed are closed before more
are accepted. Those that have a request under way are spared as long as there are others.
"""

import asyncio
import os
import resource
from pathlib import Path
from typing import Protocol

MOST = 1 << 16
"""Descriptors that a process takes; each connection costs memory too."""

FULL, EASED = 0.75, 0.5
"""Shares of the descriptors: from the first on connections are closed, until no more than the second are taken."""

_LOOK_EVERY = 1.0
_READ_AT_ONCE = 64 << 10
_DESCRIPTORS = Path("/proc/self/fd")


def raise_limit() -> int:
    """Take as many descriptors as the process may have and has use for; how many those are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(soft, min(hard, MOST))
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


class Closable(Protocol):
    """A connection, as far as it matters here."""

    @property
    def since(self) -> float:
        """When it began to idle, or its request did."""

    @property
    def busy(self) -> bool:
        """Whether it has a request under way."""

    def look(self, now: float) -> None:
        """Close it, if it has idled for too long."""

    def drop(self) -> None:
        """Close it at once."""


class Connections:
    """The connections of one server process.

    Attributes:
        buffer: into which whatever comes is read; one for all, since it is parsed before anything else is read.
        ending: whether no more are wanted.
    """

    def __init__(self) -> None:
        self.buffer = memoryview(bytearray(_READ_AT_ONCE))
        self.ending = False
        self._all: dict[Closable, None] = {}  # in their order, which the clock does not tell within a millisecond
        self._most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._easing = False
        self._looking: asyncio.TimerHandle | None = None

    def add(self, connection: Closable, descriptor: int) -> None:
        """Look after a connection.

        Args:
            connection: a new one.
            descriptor: its number.
        """
        self._all[connection] = None
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(_LOOK_EVERY, self._look)
        if descriptor >= FULL * self._most and not self._easing:
            self._easing = True
            self._ease()
            # Called after those that were dropped just now have been closed.
            asyncio.get_running_loop().call_soon(self._eased)

    def remove(self, connection: Closable) -> None:
        """Forget a connection that is closed."""
        self._all.pop(connection, None)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in tuple(self._all):
            connection.look(now)
        if len(self._all) > EASED * self._most:  # others may have taken the rest, so that none can be accepted
            self._ease()
        self._looking = loop.call_later(_LOOK_EVERY, self._look) if self._all else None

    def _ease(self) -> None:
        try:
            taken = len(os.listdir(_DESCRIPTORS))  # noqa: PTH208  # ten times as fast
        except OSError:  # there is none left to look with
            taken = self._most
        if taken < FULL * self._most:
            return
        ranked = sorted(self._all, key=lambda each: (each.busy, each.since))
        for connection in ranked[: int(taken - EASED * self._most)]:
            connection.drop()

    def _eased(self) -> None:
        self._easing = False
