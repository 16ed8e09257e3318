"""Connection table of a server process: closes idle connections, the longest idle first where descriptors run short.

A check of all connections each second costs less than a timer for each. The system gives a new descriptor the lowest
free number, so a connection with a high number means that the lower ones are taken. Then as many connections as needed
are closed before the next is accepted. Busy connections are spared as long as there are idle ones.
"""

import asyncio
import os
import resource
from pathlib import Path
from typing import Protocol

MAX_DESCRIPTORS = 1 << 16
"""Maximum number of descriptors of a process; each connection costs memory too."""

HIGH_WATER, LOW_WATER = 0.75, 0.5
"""Shares of the descriptors: above the first, connections are closed until the second is reached."""

_CHECK_SECONDS = 1.0
_READ_BYTES = 64 << 10
_DESCRIPTORS = Path("/proc/self/fd")


def raise_descriptor_limit() -> int:
    """Raise the process's descriptor limit as far as allowed and useful; return the new limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = max(soft, min(hard, MAX_DESCRIPTORS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit


class TrackedConnection(Protocol):
    """Connection in the table: its activity and its close."""

    @property
    def last_progress(self) -> float:
        """Time of the last progress: the start or end of a request, or of some bytes of its answer."""

    @property
    def busy(self) -> bool:
        """Whether a request is in progress."""

    def check(self, now: float) -> None:
        """Close the connection if it has idled for too long, or its client takes nothing."""

    def abort(self) -> None:
        """Close the connection at once."""


class ConnectionTable:
    """Connections of one server process.

    Attributes:
        buffer: read buffer of all connections; each parses its bytes before the next one reads.
        send_seconds: time within which a client has to take some of what is sent to it.
        closing: whether the process takes no more connections.
    """

    def __init__(self, send_seconds: float = 60.0) -> None:
        self.send_seconds = send_seconds
        self.buffer = memoryview(bytearray(_READ_BYTES))
        self.closing = False
        self._connections: dict[TrackedConnection, None] = {}  # in order, for which the clock is too coarse
        self._max_descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._shedding = False
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: TrackedConnection, descriptor: int) -> None:
        """Add a connection.

        Args:
            connection: a new connection.
            descriptor: the number of its descriptor.
        """
        self._connections[connection] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_CHECK_SECONDS, self._check)
        if descriptor >= HIGH_WATER * self._max_descriptors and not self._shedding:
            self._shedding = True
            self._shed()
            # Called after the connections that were aborted just now have been closed.
            asyncio.get_running_loop().call_soon(self._end_shedding)

    def remove(self, connection: TrackedConnection) -> None:
        """Remove a closed connection."""
        self._connections.pop(connection, None)

    def _check(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for connection in tuple(self._connections):
            connection.check(now)
        # Other descriptors may have taken the rest, so that no connection can be accepted.
        if len(self._connections) > LOW_WATER * self._max_descriptors:
            self._shed()
        self._timer = loop.call_later(_CHECK_SECONDS, self._check) if self._connections else None

    def _shed(self) -> None:
        """Close connections if too many descriptors are taken."""
        try:
            taken = len(os.listdir(_DESCRIPTORS))  # noqa: PTH208  # ten times as fast
        except OSError:  # no descriptor is left for the listing
            taken = self._max_descriptors
        if taken < HIGH_WATER * self._max_descriptors:
            return
        by_idleness = sorted(self._connections, key=lambda connection: (connection.busy, connection.last_progress))
        for connection in by_idleness[: int(taken - LOW_WATER * self._max_descriptors)]:
            connection.abort()

    def _end_shedding(self) -> None:
        self._shedding = False
