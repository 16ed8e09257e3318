"""Pipe ends of a worker, as the server holds them: a reader of frames, a writer of bytes.

asyncio's own streams cost more than a small query does: each read of a frame's head and of its payload is a call
through several layers. Here what has come is cut into frames where it arrives, and handed to whom it is for.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable

from kg.store.pool.frames import HEADER

_into = bytearray(256 << 10)
"""What is read at once, into one place: to make room for so much costs more each time than to copy the little it is."""


class FrameReader:
    """Frames out of a pipe, handed on as they come."""

    def __init__(self, descriptor: int, take: Callable[[bytes, bytes], None], end: Callable[[], None]) -> None:
        """Begin to read.

        Args:
            descriptor: of the pipe; `close` closes it.
            take: gets kind and payload of each frame.
            end: is called once, where the pipe ends; what comes before it and is no whole frame is dropped.
        """
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._take = take
        self._end = end
        self._loop = asyncio.get_running_loop()
        self._rest: list[bytes] = []
        self._missing = 0
        self._reading = self._ended = False
        self.resume()

    def resume(self) -> None:
        """Read on."""
        if not self._reading and not self._ended:
            self._reading = True
            self._loop.add_reader(self._descriptor, self._read)

    def pause(self) -> None:
        """Read no further, so that whoever writes has to wait; frames that are here already are still handed on."""
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._descriptor)

    def close(self) -> None:
        """Read no more."""
        self._finish()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _finish(self) -> None:
        self.pause()
        if not self._ended:
            self._ended = True
            self._end()

    def _read(self) -> None:
        try:
            data = bytes(memoryview(_into)[: os.readv(self._descriptor, (_into,))])
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._cut(data)
        else:
            self._finish()

    def _cut(self, data: bytes) -> None:
        """Make frames of what has come, once one is whole."""
        if self._rest:
            self._rest.append(data)
            self._missing -= len(data)
            if self._missing > 0:
                return
            data = b"".join(self._rest)
            self._rest.clear()
        at = end = 0
        while len(data) - at >= HEADER.size:
            kind, length = HEADER.unpack_from(data, at)
            end = at + HEADER.size + length
            if end > len(data):
                break
            self._take(kind, data[at + HEADER.size : end])
            at = end
        if at < len(data):
            self._rest.append(data[at:])
            self._missing = max(end, at + HEADER.size) - len(data)


class PipeWriter:
    """Bytes into a pipe."""

    def __init__(self, descriptor: int) -> None:
        """Take a descriptor, which is closed by `close`."""
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._rest = b""

    def write(self, data: bytes) -> bool:
        """Write all of it, what the pipe can't take at once as soon as it can; whether the pipe has a reader."""
        rest = self._rest + data if self._rest else data
        has_reader = True
        try:
            written = os.write(self._descriptor, rest)
        except BlockingIOError:
            written = 0
        except OSError:
            written, has_reader = len(rest), False
        waited, self._rest = bool(self._rest), rest[written:]
        if bool(self._rest) != waited:
            loop = asyncio.get_running_loop()
            if self._rest:
                loop.add_writer(self._descriptor, self.write, b"")
            else:
                loop.remove_writer(self._descriptor)
        return has_reader

    def close(self) -> None:
        """Write no more."""
        if self._descriptor < 0:
            return
        if self._rest:
            asyncio.get_running_loop().remove_writer(self._descriptor)
        with contextlib.suppress(OSError):
            os.close(self._descriptor)
        self._descriptor = -1
