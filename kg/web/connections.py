"""Close connections that nobody uses when descriptors run short, the longest idle first.

The server's own time-outs close what idles for seconds; who opens thousands at once is quicker. A thread looks at how
many descriptors the process has. The kernel knows of each connection when bytes last came; those that have a
request under way are spared as long as there are others.
"""

import contextlib
import os
import resource
import socket
import struct
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

MOST = 1 << 16
"""Descriptors that a process takes; each connection costs memory too."""

FULL, EASED = 0.75, 0.5
"""Shares of the descriptors: from the first on connections are closed, until no more than the second are taken."""

_LOOK_EVERY = 0.1
_DESCRIPTORS = Path("/proc/self/fd")
# struct tcp_info of <linux/tcp.h>: eight bytes, then numbers; the twelfth says how long ago data came, in ms.
_TCP_INFO = struct.Struct("=8x44xI")


def raise_limit() -> int:
    """Take as many descriptors as the process may have and has use for; how many those are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(soft, min(hard, MOST))
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


class Watch:
    """Looks after the connections of one server process."""

    def __init__(self, busy: Callable[[], Collection[tuple[str, int]]], ports: Collection[int]) -> None:
        """Begin.

        Args:
            busy: the peers that have a request under way.
            ports: where the server listens; connections of other ports are none of ours.
        """
        self._busy = busy
        self._ports = ports
        self._most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        threading.Thread(target=self._look, daemon=True, name="connections").start()

    def _look(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                self.ease()
            time.sleep(_LOOK_EVERY)

    def ease(self) -> int:
        """Close what has to be closed; how many that were."""
        taken = len(os.listdir(_DESCRIPTORS))  # noqa: PTH208  # ten times as fast, ten times a second
        if taken < FULL * self._most:
            return 0
        busy = set(self._busy())
        ranked = sorted(self._connections(), key=lambda each: (each[1] in busy, -each[2]))
        victims = ranked[: int(taken - EASED * self._most)]
        for connection, _, _ in victims:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for connection, _, _ in ranked:
            connection.close()
        return len(victims)

    def _connections(self) -> Iterator[tuple[socket.socket, tuple[str, int], int]]:
        """Each connection of ours as a copy of its descriptor, which keeps it from being another one meanwhile."""
        for name in os.listdir(_DESCRIPTORS):  # noqa: PTH208  # as above
            with contextlib.suppress(OSError, ValueError):
                if not os.readlink(_DESCRIPTORS / name).startswith("socket:"):  # noqa: PTH115  # as above
                    continue
                copy = socket.socket(fileno=os.dup(int(name)))
                try:
                    peer, idle = copy.getpeername(), _idle(copy)
                    ours = copy.getsockname()[1] in self._ports
                except (OSError, IndexError, struct.error):
                    ours = False
                if ours:
                    yield copy, (peer[0], peer[1]), idle
                else:
                    copy.close()


def _idle(connection: socket.socket) -> int:
    """Milliseconds since bytes came last."""
    (idle,) = _TCP_INFO.unpack(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size))
    return int(idle)
