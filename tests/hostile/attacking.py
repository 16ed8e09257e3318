"""An attacker at work: one address, so many connections, in a process of its own.

An attacker (`attackers.py`) is how many connections, and a coroutine of what each does over and over with its `Client`.
"""

import asyncio
import contextlib
import json
import random
import socket
import subprocess
import sys
from collections import Counter

PAUSE = 0.02
"""Seconds until a connection that failed is tried again."""

PATIENCE = 60
"""Seconds after which an answer that does not come counts as none."""

MANY = 10_000
"""More connections than any attacker has."""

SMALL_WINDOW = 4096
_READ_BYTES = 1 << 18


class Attack:
    """Attackers of one address against a server, for as long as the context lasts; `seen` is how often what came."""

    def __init__(self, port, *names, source="127.0.0.1", connections=MANY, pause=0.0):
        self.seen = Counter()
        how = (str(port), source, str(connections), str(pause))
        self._command = [sys.executable, "-m", "attackers", *how, *names]

    def __enter__(self):
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"PYTHONPATH": ":".join(sys.path)}
        )
        return self

    def __exit__(self, *_):
        told, _ = self._process.communicate(timeout=60)
        self.seen = Counter(json.loads(told))


class Client:
    """One connection of an attacker.

    Attributes:
        number: of the connection among those of its attacker.
        chance: its own random numbers.
    """

    def __init__(self, port, source, number, seen, seed):
        self.number = number
        self.chance = random.Random(f"{seed}/{number}")
        self._port, self._source, self._seen = port, source, seen
        self._reader = self._writer = None

    async def _connect(self, window=None):
        line = socket.socket()
        line.setblocking(False)
        if window:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        line.bind((self._source, 0))
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", self._port))
        return await asyncio.open_connection(sock=line, limit=window or _READ_BYTES)

    def close(self):
        """Close the connection; the next request opens one."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None

    async def ask(self, request):
        """Send a request and read its answer to the end; the connection stays open where the server lets it."""
        self._seen["asked"] += 1
        async with asyncio.timeout(PATIENCE):
            if self._writer is None:
                self._reader, self._writer = await self._connect()
            self._writer.write(request)
            head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
            await self._read_body(head)
        if b"\r\nconnection: close" in head or head.startswith(b"http/1.0"):
            self.close()
        self._seen[head[9:12].decode()] += 1

    async def _read_body(self, head):
        if b"\r\ntransfer-encoding: chunked" in head:
            while size := int(await self._reader.readuntil(b"\r\n"), 16):
                await self._skip(size + 2)
            await self._reader.readexactly(2)
        elif b"\r\ncontent-length: " in head:
            await self._skip(int(head.partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]))
        else:
            while await self._reader.read(_READ_BYTES):
                pass

    async def _skip(self, size):
        while size:
            got = await self._reader.read(min(size, _READ_BYTES))
            if not got:
                raise ConnectionResetError("cut")
            size -= len(got)

    async def hold(self, request, seconds, *, every=0.2, take=512):
        """Send a request on a connection of its own, and for so many seconds take some bytes now and then, or none."""
        reader, writer = await self._connect(SMALL_WINDOW)
        try:
            writer.write(request)
            self._seen["held"] += 1
            for _ in range(int(seconds / every)):
                await asyncio.sleep(every)
                if take and not await reader.read(take):
                    self._seen["ended"] += 1
                    return
        finally:
            writer.transport.abort()

    async def send_half(self, head, body, seconds):
        """Send a head and a part of its body, and wait for so many seconds unless the server answers or closes."""
        reader, writer = await self._connect()
        try:
            writer.write(head)
            writer.write(body)
            self._seen["half sent"] += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    answer = await reader.read(12)
                self._seen[answer[9:12].decode() or "closed"] += 1
        finally:
            writer.transport.abort()


async def _go_on(client, session, seen, pause):
    """Do what a connection does, over and over; a connection that the server closes is made anew."""
    while True:
        try:
            await session(client)
            await asyncio.sleep(pause)
        except TimeoutError:
            seen["no answer"] += 1
            client.close()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            seen["closed"] += 1
            client.close()
            await asyncio.sleep(PAUSE)


async def attack(port, source, attackers, *, connections=MANY, pause=0.0):
    """Attack until standard input ends; how often which status came, and what else.

    Args:
        port: of the server.
        source: the address of all connections.
        attackers: who attack.
        connections: at most so many of each.
        pause: seconds after each time that a connection has done what it does.
    """
    seen = Counter()
    tasks = []
    for attacker in attackers:
        for number in range(min(attacker.connections, connections)):
            client = Client(port, source, number, seen, attacker.name)
            tasks.append(asyncio.create_task(_go_on(client, attacker.session, seen, pause)))
    await asyncio.to_thread(sys.stdin.read)
    await _end(tasks)
    return seen


async def _end(tasks):
    """Cancel all tasks, again where one takes it for a time-out of its own. Raises what ended a task before."""
    left = tasks
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=1)
    for task in tasks:
        if not task.cancelled():
            task.result()
