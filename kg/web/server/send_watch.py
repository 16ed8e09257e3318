"""Watch over what is sent to a client: how much of it the client has taken, and whether it goes on taking.

Bytes are taken when the client's system has acknowledged them. Those that wait in the transport are not, nor those that
the kernel still holds, of which it may hold megabytes: SIOCOUTQ tells how many (tcp(7)).
"""

import asyncio
import fcntl
import socket
import struct
import termios

MIN_RATE = 1 << 10
"""Bytes a second that a client has to take of a long answer, in the mean over RATE_SECONDS.

The slowest lines in use (GPRS, an old modem, a satellite shared by a ship) carry some kB/s, and this is what remains of
them on a bad day: a dump of 100 MB takes 28 hours. Less serves no purpose but to hold a connection (D-100).
"""

RATE_SECONDS = 300.0
"""Seconds over which the rate is the mean: a line that is away for a minute or two is still a good one."""

_RESET = struct.pack("ii", 1, 0)
_NO_RESET = struct.pack("ii", 0, 0)


class SendWatch:
    """Bytes sent on a connection, and those taken.

    Attributes:
        sent: bytes given to the transport so far; counted by whoever gives them.
        stalled_since: time since which nothing has been taken; None while nothing waits to be taken.
    """

    __slots__ = ("_descriptor", "_rated_from", "_rated_taken", "_taken", "_transport", "sent", "stalled_since")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._descriptor: int = transport.get_extra_info("socket").fileno()
        self.sent = self._taken = 0
        self.stalled_since: float | None = None
        self._rated_from: float | None = None
        self._rated_taken = 0

    def look(self, now: float) -> bool:
        """Take note of what has been taken; return whether it is more than at the last look."""
        if self.sent == self._taken:
            return False
        waiting = self._transport.get_write_buffer_size()
        if not waiting and self._transport.is_closing():  # the descriptor may be another connection's by now
            self.forget()
            return False
        taken = max(self._taken, self.sent - waiting - _bytes_in_kernel(self._descriptor))
        progress = taken > self._taken
        if taken == self.sent:
            self.stalled_since = self._rated_from = None
        elif progress or self.stalled_since is None:
            self.stalled_since = now
        self._taken = taken
        return progress

    def is_late(self, now: float, seconds: float) -> bool:
        """Whether the client has taken nothing for some seconds, or too little for minutes; after a look."""
        if self.stalled_since is None:
            return False
        if now - self.stalled_since > seconds:
            return True
        if self._rated_from is None or now - self._rated_from >= RATE_SECONDS:
            too_slow = self._rated_from is not None and self._taken - self._rated_taken < MIN_RATE * RATE_SECONDS
            self._rated_from, self._rated_taken = now, self._taken
            return too_slow
        return False

    def begin_answer(self) -> None:
        """Measure the rate of the answer that begins by itself: many short ones in a row are no long one."""
        self._rated_from = None

    def forget(self) -> None:
        """Expect nothing more to be taken: the connection is closed."""
        self._taken = self.sent
        self.stalled_since = self._rated_from = None

    def set_reset(self, *, on: bool) -> None:
        """Let the connection end with a reset instead of a proper end, whoever closes it: the system too, if we die."""
        if not self._transport.is_closing() or self._transport.get_write_buffer_size():
            self._transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, _RESET if on else _NO_RESET
            )


def _bytes_in_kernel(descriptor: int) -> int:
    """Bytes of a socket that its peer has not acknowledged; 0 where the system does not tell."""
    try:
        (size,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, b"\0\0\0\0"))
    except OSError:
        return 0
    return int(size)
