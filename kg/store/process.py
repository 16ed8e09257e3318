"""One worker process, as the server sees it: start it, ask it, read its frames, kill it.

Whoever kills a worker says why. Its pipe then ends, and whoever reads from it meets that reason; where the
pipe ends and nobody gave a reason, the worker died of the query.
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
from typing import Any

from kg import errors
from kg.errors import GenerationError, KgError, QueryCrashed, QueryError, QuerySyntaxError, QueryTooHeavy
from kg.store import frames
from kg.store.pipes import FrameReader, PipeWriter

START_SECONDS = 60
"""How long a worker may take to open its store; a big one after an unclean end takes seconds."""

BUFFER = 128 << 10
"""Bytes read ahead of whoever takes the answer (three times that at most); beyond it the worker waits."""

PIPE = 1 << 20
"""Bytes that an answer's pipe holds: at the kernel's 64 KiB each piece costs two changes of process."""

# A worker gets no more of the server's environment than this: no proxies, no secrets, no settings.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
_LAST_WORDS = 2000
_LEAST_URGENT = 19
_OUT_OF_MEMORY = ("memory allocation of", "bad_alloc", "MemoryError")
_ERRORS: dict[str, type[KgError]] = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, KgError)
}


class Worker:
    """A worker that said it is ready. Make one with `start`.

    Attributes:
        memory_at_start: bytes of memory that it took when it was ready.
    """

    def __init__(self, process: asyncio.subprocess.Process, requests: PipeWriter, answers: FrameReader) -> None:
        assert process.stderr  # noqa: S101  # `start` asks for it
        self._process = process
        self._requests = requests
        self._answers = answers
        self._errors = process.stderr
        self._last_words = b""
        self._listening = asyncio.create_task(self._listen())
        self._why: QueryError | None = None
        self.memory_at_start = 0
        self._urgent = True
        # To kill by number could hit another process, to ask first whether it lives takes its end from whoever waits
        # for that.
        self._handle = os.pidfd_open(process.pid)

    @classmethod
    async def start(cls, store: Path, options: dict[str, Any]) -> "Worker":
        """Start a process and wait until it is ready. Raises KgError in the worker's words if not."""
        its_requests, ours = os.pipe()
        answers, its_answers = os.pipe()
        with contextlib.suppress(OSError):  # as much as this user may have
            fcntl.fcntl(its_answers, fcntl.F_SETPIPE_SZ, PIPE)
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-m", "kg.store.worker", str(store), json.dumps(options)),
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
        worker = cls(process, PipeWriter(ours), FrameReader(answers, BUFFER))
        try:
            async with asyncio.timeout(START_SECONDS):
                await worker.frame(frames.READY)
            worker.memory_at_start = worker.memory
        except TimeoutError:
            await worker.bury()
            raise GenerationError(f"a query worker was not ready after {START_SECONDS} s", where=str(store)) from None
        except QueryCrashed:
            await worker.bury()
            raise GenerationError(
                f"a query worker can't start: {worker.last_words or 'it said nothing'}", where=str(store)
            ) from None
        except BaseException:
            await worker.bury()
            raise
        return worker

    @property
    def alive(self) -> bool:
        """Whether it can be asked something."""
        return self._why is None and self._process.returncode is None

    @property
    def last_words(self) -> str:
        """What it wrote on its standard error, the end of it."""
        return self._last_words.decode("utf-8", "replace").strip()

    @property
    def memory(self) -> int:
        """Bytes of memory that it alone takes; 0 when it is gone."""
        try:
            fields = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()
        except OSError:
            return 0
        return (int(fields[1]) - int(fields[2])) * resource.getpagesize()

    async def ask(self, **request: Any) -> None:
        """Send it a query. That it died meanwhile shows when its answer is read."""
        with contextlib.suppress(ConnectionError):
            await self._requests.write(frames.said(frames.QUERY, **request))

    async def frame(self, *expected: bytes) -> tuple[bytes, bytes]:
        """The next frame, of one of these kinds. Raises the error that the worker reports or died of."""
        try:
            kind, payload = await self._answers.next()
        except EOFError:
            raise await self._died_of() from None
        if kind == frames.FAULT:
            raise _error(json.loads(payload))
        if kind not in expected:
            self.kill(QueryCrashed(f"a query worker sent {kind!r} out of turn"))
            raise await self._died_of()
        return kind, payload

    def kill(self, why: QueryError) -> None:
        """Kill it, at once. The first reason counts."""
        self._why = self._why or why
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def give_way(self) -> None:
        """Let all other processes of this machine go first."""
        self._urgent = False
        with contextlib.suppress(OSError):
            self._set_priority(_LEAST_URGENT)

    def hurry(self) -> bool:
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
        self.kill(QueryCrashed("the worker was stopped"))
        self._requests.close()
        await self._process.wait()
        await self._listening
        self._answers.close()  # whoever still reads meets the end
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    async def _listen(self) -> None:
        while words := await self._errors.read(4096):
            self._last_words = (self._last_words + words)[-_LAST_WORDS:]

    async def _died_of(self) -> QueryError:
        if self._why is None:
            await self._listening
            await self._process.wait()
        if self._why is not None:
            return self._why
        if any(words in self.last_words for words in _OUT_OF_MEMORY):
            return QueryTooHeavy(
                "the query needs more memory than it may have",
                todo="Ask for less: fewer rows to sort or group.",
            )
        return QueryCrashed("the engine gave up on the query", todo="Ask it in another way.")


def _error(said: dict[str, Any]) -> KgError:
    """The error that a worker reports, made again."""
    kind = _ERRORS.get(said["error"], QueryCrashed)
    if kind is QuerySyntaxError:
        return QuerySyntaxError(said["what"], line=said["line"], column=said["column"], todo=said["todo"])
    return kind(said["what"], where=said["where"], todo=said["todo"])
