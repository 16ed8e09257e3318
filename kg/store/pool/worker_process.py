"""One worker process, as the server sees it: start it, ask it, fill answers with its frames, kill it.

Whoever kills a worker says why. Its pipe then ends, and whoever waits for its answer meets that reason; where the
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
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kg import errors
from kg.errors import GenerationError, KgError, QueryCrashed, QueryError, QuerySyntaxError, QueryTooHeavy
from kg.store.pool import frames
from kg.store.pool.answer import WorkerAnswer
from kg.store.pool.pipes import FrameReader, PipeWriter

START_SECONDS = 60
"""How long a worker may take to open its store; a big one after an unclean end takes seconds."""

PIPE = 1 << 20
"""Bytes that a pipe holds: at the kernel's 64 KiB each piece of an answer costs two changes of process."""

# A worker gets no more of the server's environment than this: no proxies, no secrets, no settings.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    # The engine asks for memory some hundred times a query. Where glibc keeps more of it at hand for the next time, up
    # to 7 MB in pieces under a kilobyte, a small query takes a twentieth less.
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=200",
}
_LAST_WORDS = 2000
_LEAST_URGENT = 19
_USUAL_OF = 8
_OUT_OF_MEMORY = ("memory allocation of", "bad_alloc", "MemoryError")
_ERRORS: dict[str, type[KgError]] = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, KgError)
}


class Worker:
    """A worker that said it is ready. Make one with `start`.

    Attributes:
        memory_at_start: bytes of memory that it took when it was ready.
        worked: seconds that its queries have taken, since somebody set this.
        usual: seconds that its queries take lately.
        refuses: whether it sends back what is sent ahead, which it does until it has nothing left to do.
    """

    def __init__(self, process: asyncio.subprocess.Process, requests: int, answers: int) -> None:
        assert process.stderr  # noqa: S101  # `start` asks for it
        self._process = process
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line: deque[WorkerAnswer] = deque()
        self._mourning: asyncio.Task[None] | None = None
        self._requests = PipeWriter(requests)
        self._answers = FrameReader(answers, self._take, self._end)
        self._errors = process.stderr
        self._last_words = b""
        self._listening = asyncio.create_task(self._listen())
        self._why: QueryError | None = None
        self.memory_at_start = 0
        self.worked = 0.0
        self.usual = 0.0
        self.refuses = False
        self._urgent = True
        # To kill by number could hit another process, to ask first whether it lives takes its end from whoever waits
        # for that.
        self._handle = os.pidfd_open(process.pid)

    @classmethod
    async def start(cls, store: Path, options: dict[str, Any]) -> "Worker":
        """Start a process and wait until it is ready. Raises KgError in the worker's words if not."""
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
        worker = cls(process, ours, answers)
        try:
            async with asyncio.timeout(START_SECONDS):
                await worker._ready
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
    def why(self) -> QueryError | None:
        """Why it was killed or died, as far as that is known."""
        return self._why

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

    @property
    def asked(self) -> Sequence[WorkerAnswer]:
        """Whose turn it is, and those behind it."""
        return self._line

    @property
    def backlog(self) -> float:
        """Seconds that it will need for what it was asked, as far as that can be told."""
        return self.usual * len(self._line)

    def ask(self, answer: WorkerAnswer) -> None:
        """Send it a query, whose answer it fills. That it died shows in the answer.

        Where it is answering another one, this one is sent ahead: it comes to it at once when that is over, unless that
        took long (see `kg.store.pool.frames.PATIENCE`).
        """
        first = not self._line
        self._line.append(answer)
        answer.given(self._hold)
        if first:
            self.refuses = False
            self._answers.resume()  # whoever took the last one may have let it wait up to its end
        self._requests.write(answer.request if first else frames.ahead(answer.request))

    def give_up(self, answer: WorkerAnswer, unwanted: WorkerAnswer) -> None:
        """Have one that was sent ahead answered by nobody here; another one stands for it until the worker says so."""
        unwanted.began = answer.began
        self._line[self._line.index(answer)] = unwanted

    def kill(self, why: QueryError) -> None:
        """Kill it, at once. The first reason counts."""
        self._why = self._why or why
        self._answers.resume()  # to meet the end
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def give_way(self) -> None:
        """Let all other processes of this machine go first."""
        if not self._urgent:
            return
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
        self._answers.close()  # whoever still waits meets the end
        if self._mourning:
            await self._mourning
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _hold(self, still: bool) -> None:
        """Read no more of an answer, or go on."""
        if still and self._why is None:
            self._answers.pause()
        elif not still:
            self._answers.resume()

    def _take(self, kind: bytes, payload: bytes) -> None:
        """Take a frame of what it says."""
        if self._why is not None:
            return
        if not self._ready.done():
            self._greet(kind, payload)
        elif not self._line or kind == frames.READY:
            self.kill(QueryCrashed(f"a query worker sent {kind!r} out of turn"))
        elif kind == frames.END:
            seconds = frames.read_end(payload)
            self.worked += seconds
            self.usual += (seconds - self.usual) / _USUAL_OF
            self._next().end()
        elif kind == frames.FAULT:
            self.worked += time.monotonic() - self._line[0].began  # what fails may have taken memory, too
            fault = _error(json.loads(payload))
            self._next().fail(fault if isinstance(fault, QueryError) else QueryCrashed(str(fault)))
        elif kind == frames.BACK:
            self.refuses = True
            self._next().again()
        else:
            try:
                self._line[0].take(kind, payload)
            except QueryError as fault:
                self.kill(fault)

    def _next(self) -> WorkerAnswer:
        """Come to the next one in the line; the one before."""
        over = self._line.popleft()
        if self._line:
            self._line[0].began = time.monotonic()
            self._answers.resume()
        return over

    def _greet(self, kind: bytes, payload: bytes) -> None:
        """Take the first frame: it is ready, or says why it can't be."""
        if kind == frames.READY:
            self._ready.set_result(None)
        elif kind == frames.FAULT:
            self._ready.set_exception(_error(json.loads(payload)))

    def _end(self) -> None:
        """Its pipe has ended, and so has it, or will at once."""
        if not self._ready.done():
            self._ready.set_exception(QueryCrashed("it ended"))
        elif self._why is not None:
            self._bereave(self._why)
        else:
            self._mourning = asyncio.create_task(self._mourn())

    def _bereave(self, why: QueryError) -> None:
        """Fail the one that it was answering, which it may have died of; others may answer those behind it."""
        line = list(self._line)
        self._line.clear()
        for answer in line[1:]:
            answer.again()
        for answer in line[:1]:
            answer.fail(why)

    async def _mourn(self) -> None:
        """Find out what it died of."""
        await self._listening
        await self._process.wait()
        if self._why is None:
            if any(words in self.last_words for words in _OUT_OF_MEMORY):
                self._why = QueryTooHeavy(
                    "the query needs more memory than it may have",
                    todo="Ask for less: fewer rows to sort or group.",
                )
            else:
                self._why = QueryCrashed("the engine gave up on the query", todo="Ask it in another way.")
        self._bereave(self._why)

    async def _listen(self) -> None:
        while words := await self._errors.read(4096):
            self._last_words = (self._last_words + words)[-_LAST_WORDS:]


def _error(said: dict[str, Any]) -> KgError:
    """The error that a worker reports, made again."""
    kind = _ERRORS.get(said["error"], QueryCrashed)
    if kind is QuerySyntaxError:
        return QuerySyntaxError(said["what"], line=said["line"], column=said["column"], todo=said["todo"])
    return kind(said["what"], where=said["where"], todo=said["todo"])
