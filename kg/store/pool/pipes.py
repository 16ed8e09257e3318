"""Pipes to a worker, at the server's end: a reader of frames, a writer of bytes.

asyncio's own streams cost more than a small query does: each read of a frame's head and of its payload is a call
through several layers. Here the bytes of one read are cut into frames at once, for a callback.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable

from kg.store.pool.frames import HEADER

_read_buffer = bytearray(256 << 10)
"""Buffer of all reads: a new allocation of this size costs more than a copy of the few bytes of a read."""


class FrameReader:
    """Reader of frames, which calls back for each."""

    def __init__(self, descriptor: int, take: Callable[[bytes, bytes], None], end: Callable[[], None]) -> None:
        """Start to read.

        Args:
            descriptor: descriptor of the pipe; `close` closes it.
            take: called with kind and payload of each frame.
            end: called once, at the end of the pipe; an incomplete frame before it is dropped.
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
        """Stop reading, so that the writer waits (back-pressure); frames read already are still passed on."""
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._descriptor)

    def close(self) -> None:
        """Stop reading, and close the descriptor."""
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
            data = bytes(memoryview(_read_buffer)[: os.readv(self._descriptor, (_read_buffer,))])
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._cut(data)
        else:
            self._finish()

    def _cut(self, data: bytes) -> None:
        """Cut some bytes, behind the rest of those before, into complete frames."""
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
    """Non-blocking writer of bytes."""

    def __init__(self, descriptor: int) -> None:
        """Start with the descriptor of a pipe; `close` closes it."""
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._rest = b""

    def write(self, data: bytes) -> bool:
        """Write all bytes, those beyond the pipe's capacity later; return whether the pipe has a reader."""
        rest = self._rest + data if self._rest else data
        has_reader = True
        try:
            written = os.write(self._descriptor, rest)
        except BlockingIOError:
            written = 0
        except OSError:
            written, has_reader = len(rest), False
        was_waiting, self._rest = bool(self._rest), rest[written:]
        if bool(self._rest) != was_waiting:
            loop = asyncio.get_running_loop()
            if self._rest:
                loop.add_writer(self._descriptor, self.write, b"")
            else:
                loop.remove_writer(self._descriptor)
        return has_reader

    def close(self) -> None:
        """Stop writing, and close the descriptor."""
        if self._descriptor < 0:
            return
        if self._rest:
            asyncio.get_running_loop().remove_writer(self._descriptor)
        with contextlib.suppress(OSError):
            os.close(self._descriptor)
        self._descriptor = -1
