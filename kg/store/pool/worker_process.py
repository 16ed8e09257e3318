"""Worker process, as the server holds it: start it, send it queries, hand on its frames, kill it.

Input and output alone: the core (`kg.store.pool.core.state`) has the queries of each worker. Where a process dies
unasked, its last words say whether it ran out of memory.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, Protocol

from kg import errors
from kg.errors import GenerationError, KgError, Message, QueryCrashed, QueryError, QuerySyntaxError, QueryTooHeavy
from kg.store.pool import frames
from kg.store.pool.core.scheduler import crashed
from kg.store.pool.pipes import FrameReader, PipeWriter

START_SECONDS = 60
"""How long a worker may take to open its store; a big one after an unclean end takes seconds."""

PIPE = 1 << 20
"""Bytes that a pipe holds: at the kernel's 64 KiB each piece of an answer costs two changes of process (D-23)."""

# A worker gets no more of the server's environment than this: no proxies, no secrets, no settings.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    # The engine asks for memory some hundred times a query. Where glibc keeps more of it at hand for the next time, up
    # to 7 MB in pieces under a kilobyte, a small query takes a twentieth less (D-28).
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=200",
}
_LAST_WORDS = 2000
"""Bytes of standard error that are looked at when a process is dead."""

_LEAST_URGENT = 19
"""Lowest priority, setpriority(2)."""

_CRASHES = frozenset(
    {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP, signal.SIGSYS}
)
"""Signals by which a process ends for what it does itself; SIGKILL comes from others, for want of memory say."""

_OUT_OF_MEMORY = ("memory allocation of", "bad_alloc", "MemoryError")
_ERRORS: dict[str, type[KgError]] = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, KgError)
}


class ProcessOwner(Protocol):
    """Receiver of what a process says, and of its death."""

    def received(self, worker: int, kind: bytes, payload: bytes) -> None:
        """A frame has come from a worker that is ready."""

    def died(self, worker: int, error: QueryError, *, crash: bool) -> None:
        """A worker that was ready is dead, and nobody killed it; whether it was the engine that gave up."""


class WorkerProcess:
    """A process that said it is ready. Make one with `start`.

    Attributes:
        number: the worker's number in the pool.
    """

    def __init__(
        self, number: int, owner: ProcessOwner, process: asyncio.subprocess.Process, requests: int, answers: int
    ) -> None:
        assert process.stderr  # noqa: S101  # `start` asks for it
        self.number = number
        self._owner = owner
        self._process = process
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._post_mortem: asyncio.Task[None] | None = None
        self._requests = PipeWriter(requests)
        self._answers = FrameReader(answers, self._take, self._end)
        self._errors = process.stderr
        self._last_words = b""
        self._listening = asyncio.create_task(self._listen())
        self._killed = False
        self._urgent = True
        # To kill by number could hit another process, to ask first whether it lives takes its end from whoever waits
        # for that.
        try:
            self._handle = os.pidfd_open(process.pid)
        except ProcessLookupError:  # it has died at once
            self._handle = -1

    @classmethod
    async def start(cls, number: int, owner: ProcessOwner, store: Path, options: dict[str, Any]) -> "WorkerProcess":
        """Start a process and wait until it is ready. Raises KgError in the worker's words if not.

        Args:
            number: the worker's number in the pool.
            owner: receives what the process says.
            store: the folder of the store.
            options: options of the worker; see `kg.store.pool.worker`.
        """
        its_requests, ours = os.pipe()
        answers, its_answers = os.pipe()
        for pipe in (ours, its_answers):
            with contextlib.suppress(OSError):  # as much as this user may have
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-m", "kg.store.pool.worker", str(store), json.dumps(options)),
                stdin=its_requests,
                stdout=its_answers,
                stderr=asyncio.subprocess.PIPE,
                env=_ENVIRONMENT,
            )
        except BaseException:
            os.close(ours)
            os.close(answers)
            raise
        finally:
            os.close(its_requests)
            os.close(its_answers)
        started = cls(number, owner, process, ours, answers)
        try:
            async with asyncio.timeout(START_SECONDS):
                await started._ready
        except TimeoutError:
            await started.bury()
            raise GenerationError(f"a query worker was not ready after {START_SECONDS} s", where=str(store)) from None
        except QueryCrashed:
            await started.bury()
            raise GenerationError(
                f"a query worker can't start: {started.last_words or 'it said nothing'}", where=str(store)
            ) from None
        except BaseException:
            await started.bury()
            raise
        return started

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def last_words(self) -> str:
        """The end of what it wrote on its standard error."""
        return self._last_words.decode("utf-8", "replace").strip()

    @property
    def memory(self) -> int:
        """Bytes of anonymous memory; 0 when it is gone. What lies in files or is shared is not its own (proc(5))."""
        try:
            fields = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()
        except OSError:
            return 0
        return (int(fields[1]) - int(fields[2])) * resource.getpagesize()

    def send(self, request: bytes, *, ahead: bool) -> bool:
        """Send a query; whether the process can have got it.

        Args:
            request: the frame of the query.
            ahead: whether it is answering another one: it comes to this one at once when that is over, unless that
                took long (see `kg.store.pool.frames.PATIENCE`).
        """
        if ahead:
            return self._requests.write(frames.ahead(request))
        self._answers.resume()
        return self._requests.write(request)

    def pause(self) -> None:
        """Read no more of its answer, so that it has to wait (back-pressure)."""
        if not self._killed:
            self._answers.pause()

    def resume(self) -> None:
        """Read on."""
        self._answers.resume()

    def kill(self) -> None:
        """Kill it, at once; nothing of what it says is handed on any more."""
        self._killed = True
        self._answers.resume()  # to meet the end
        if self._process.returncode is None and self._handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def demote(self) -> None:
        """Let all other processes of this machine go first."""
        if self._urgent:
            self._urgent = False
            with contextlib.suppress(OSError):
                self._set_priority(_LEAST_URGENT)

    def promote(self) -> bool:
        """Take that back; whether that could be done, which takes a right that not every user has."""
        if not self._urgent:
            with contextlib.suppress(OSError):
                self._set_priority(0)
                self._urgent = True
        return self._urgent

    def _set_priority(self, priority: int) -> None:
        for thread in Path(f"/proc/{self._process.pid}/task").iterdir():  # on Linux each has its own
            os.setpriority(os.PRIO_PROCESS, int(thread.name), priority)

    async def bury(self) -> None:
        """Kill it if it lives, and wait until nothing is left of it, neither process nor pipe."""
        self.kill()
        self._requests.close()
        await self._process.wait()
        await self._listening
        self._answers.close()
        if self._post_mortem:
            await self._post_mortem
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _take(self, kind: bytes, payload: bytes) -> None:
        """Take a frame."""
        if self._killed:
            return
        if self._ready.done():
            self._owner.received(self.number, kind, payload)
        elif kind == frames.READY:
            self._ready.set_result(None)
        elif kind == frames.FAULT:
            self._ready.set_exception(error_of(payload))

    def _end(self) -> None:
        """Its pipe has ended, and so has it, or will at once."""
        if not self._ready.done():
            self._ready.set_exception(QueryCrashed("it ended"))
        elif not self._killed:
            self._post_mortem = asyncio.create_task(self._find_cause())

    async def _find_cause(self) -> None:
        """Find out what it died of."""
        await self._listening
        await self._process.wait()
        if self._killed:
            return
        if any(words in self.last_words for words in _OUT_OF_MEMORY):
            todo = Message("Reduce the number of rows to be sorted or grouped.")
            error = QueryTooHeavy(Message("the query needs more memory than is allowed"), todo=todo)
            self._owner.died(self.number, error, crash=False)
        else:
            self._owner.died(self.number, crashed(), crash=-(self._process.returncode or 0) in _CRASHES)

    async def _listen(self) -> None:
        while words := await self._errors.read(4096):
            self._last_words = (self._last_words + words)[-_LAST_WORDS:]


def error_of(payload: bytes) -> KgError:
    """The error that a worker reports in a FAULT, made again."""
    said: dict[str, Any] = json.loads(payload)
    kind = _ERRORS.get(said["error"], QueryCrashed)
    what, where, todo = (_unpacked(said[each]) for each in ("what", "where", "todo"))
    if kind is QuerySyntaxError:
        return QuerySyntaxError(what, line=said["line"], column=said["column"], todo=todo)
    return kind(what, where=where, todo=todo)


def _unpacked(text: Any) -> Any:
    """A text of a report, as a worker packed it."""
    if not isinstance(text, dict):
        return text
    template, values = text["template"], text["values"]
    return Message(template, **{name: _unpacked(value) for name, value in values.items()})
