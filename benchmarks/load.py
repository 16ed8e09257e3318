"""Clients that ask a server over and over, each on a connection of its own that stays open.

A client of this kind takes some 40 µs of processor for a request, where a general HTTP client in Python takes more than
the servers that are measured; and it is the same for every server (D-89).
"""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load.

    Attributes:
        seconds: how long it lasted.
        latencies: seconds from each request to the end of its answer, of good answers alone, sorted.
        refused: how many answers were errors, or broken off.
        size: bytes of all answers.
    """

    seconds: float
    latencies: tuple[float, ...]
    refused: int
    size: int

    def quantile(self, share: float) -> float:
        """The latency that this share of the answers did not exceed; 0 where there is none."""
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)] if self.latencies else 0.0

    @property
    def answered(self) -> int:
        """How many good answers came."""
        return len(self.latencies)


def together(loads: Iterable[Load]) -> Load:
    """Several loads as one."""
    some = list(loads)
    latencies = sorted(latency for load in some for latency in load.latencies)
    return Load(
        sum(load.seconds for load in some),
        tuple(latencies),
        sum(load.refused for load in some),
        sum(load.size for load in some),
    )


def get(port: int, path: str, *headers: str) -> bytes:
    """A GET request, ready to be sent."""
    return "\r\n".join((f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", "")).encode("ascii")


def load(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> Load:
    """Have some clients at once send these requests, each its next one when the last is answered."""
    return asyncio.run(_load(port, requests, clients, seconds))


async def _load(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> Load:
    began = time.perf_counter()
    found = await asyncio.gather(*(_ask_on(port, requests, began + seconds) for _ in range(clients)))
    took = time.perf_counter() - began
    return replace(together(each for some in found for each in some), seconds=took)


async def _ask_on(port: int, requests: Iterator[bytes], until: float) -> list[Load]:
    """Ask until the time is over; where the server breaks a connection off, on a new one."""
    found = []
    while not found or time.perf_counter() < until:
        client = _Client(requests, until)
        await asyncio.get_running_loop().create_connection(lambda client=client: client, "127.0.0.1", port)
        await client.done
        found.append(Load(0.0, tuple(client.latencies), client.refused, client.size))
    return found


class _Client(asyncio.Protocol):
    """One connection: asks, waits for the end of the answer, asks again, until the time is over."""

    def __init__(self, requests: Iterator[bytes], until: float) -> None:
        self.latencies: list[float] = []
        self.refused = self.size = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._until = until

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._answer = Answer()
        self._began = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        if not self._answer.take(data):
            return
        now = time.perf_counter()
        if self._answer.status < 400:
            self.latencies.append(now - self._began)
        else:
            self.refused += 1
        self.size += len(self._answer.held)
        if now < self._until:
            self._ask()
        else:
            self.done.set_result(None)
            self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.done.done():
            self.refused += 1
            self.done.set_result(None)


class Answer:
    """An answer while it comes: takes bytes until it is whole (RFC 9112, 6.3, with a length or in chunks)."""

    def __init__(self) -> None:
        self.held = bytearray()
        self.status = 0
        self._at = 0
        self._end: int | None = None

    def take(self, data: bytes) -> bool:
        """Take some bytes; whether the answer is whole."""
        self.held += data
        if not self._at and not self._begin():
            return False
        return len(self.held) >= self._end if self._end is not None else self._chunks()

    def _begin(self) -> bool:
        end = self.held.find(_HEAD_END)
        if end < 0:
            return False
        lines = self.held[:end].decode("latin-1").lower().split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self._at = end + len(_HEAD_END)
        fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        if "chunked" not in fields.get("transfer-encoding", ""):
            self._end = self._at + int(fields.get("content-length", "0"))
        return True

    def _chunks(self) -> bool:
        while (line := self.held.find(b"\r\n", self._at)) >= 0:
            size = int(self.held[self._at : line], 16)
            after = line + 2 + size + 2
            if len(self.held) < after:
                return False
            if not size:
                return True
            self._at = after
        return False
