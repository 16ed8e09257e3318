"""The two ends of a worker's pipes, as the server holds them.

asyncio's own streams cost more than a small query does: each read of a frame's head and of its payload is a call
through several layers. Here what has come is cut into frames where it arrives, and whoever waits is woken once.
"""

import asyncio
import contextlib
import os
from collections import deque

from kg.store.frames import HEADER

_AT_ONCE = 256 << 10


class FrameReader:
    """Frames out of a pipe, read ahead up to a limit; beyond it whoever writes has to wait."""

    def __init__(self, descriptor: int, most: int) -> None:
        """Take a descriptor, which is closed by `close`; `most` is how many bytes are read ahead."""
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._rest = bytearray()
        self._reading = self._ended = False
        self._waiter: asyncio.Future[None] | None = None
        self.held = 0
        """Bytes of frames that wait to be taken."""
        self._resume()

    async def next(self) -> tuple[bytes, bytes]:
        """Kind and payload of the next frame. Raises EOFError where the pipe ends before it is whole."""
        while not self._frames:
            if self._ended:
                raise EOFError
            self._resume()
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        kind, payload = self._frames.popleft()
        self.held -= len(payload)
        if not self._reading and self.held <= self._most // 2:
            self._resume()
        return kind, payload

    def close(self) -> None:
        """Read no more; whoever waits meets the end."""
        self._end()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _resume(self) -> None:
        if not self._reading and not self._ended:
            self._reading = True
            self._loop.add_reader(self._descriptor, self._read)

    def _pause(self) -> None:
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._descriptor)

    def _end(self) -> None:
        self._pause()
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _read(self) -> None:
        try:
            data = os.read(self._descriptor, _AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end()
            return
        self._cut(data)
        if self.held > self._most:
            self._pause()
        if self._frames:
            self._wake()

    def _cut(self, data: bytes) -> None:
        """Make frames of what has come."""
        if self._rest:
            self._rest += data
            data = bytes(self._rest)
            self._rest.clear()
        at = 0
        while len(data) - at >= HEADER.size:
            kind, length = HEADER.unpack_from(data, at)
            end = at + HEADER.size + length
            if end > len(data):
                break
            self._frames.append((kind, data[at + HEADER.size : end]))
            self.held += length
            at = end
        self._rest += data[at:]


class PipeWriter:
    """Bytes into a pipe."""

    def __init__(self, descriptor: int) -> None:
        """Take a descriptor, which is closed by `close`."""
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor

    async def write(self, data: bytes) -> None:
        """Write all of it. Raises ConnectionError where nobody reads."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                await self._writable()

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_writer(self._descriptor, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_writer(self._descriptor)

    def close(self) -> None:
        """Write no more."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1
