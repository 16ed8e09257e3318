"""Processes under measurement: how long, how much processor, how much memory, the whole family counted."""

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.processor_time import family

KG = str(Path(sys.executable).with_name("kg"))
OXIGRAPH = Path(sys.executable).with_name("oxigraph")

_LOOK_EVERY = 0.02
_TURN = 0.5
_STOP_WITHIN = 15


@dataclass(frozen=True, slots=True)
class Job:
    """A command, and what its environment has besides."""

    command: list[str]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process took.

    Attributes:
        seconds: from start to end, by the clock; the time in which it was stopped left out.
        cpu: seconds of processor, children included.
        memory: the most that it and its children had at once, in bytes (PSS: what is shared counts once).
        output: what it printed.
    """

    seconds: float
    cpu: float
    memory: int
    output: bytes


def memory_of(process: psutil.Process) -> int:
    """Bytes (PSS) of a process and its children; 0 once it is gone."""
    total = 0
    for each in family(process):
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def run(job: Job) -> Ran:
    """Run a command to its end and watch it. Raises CalledProcessError where it fails; its errors are shown."""
    return in_turn([job])[0]


def in_turn(jobs: Sequence[Job]) -> list[Ran]:
    """Run commands side by side, each alone for half a second while the others are stopped.

    So whatever else the machine does in the meantime disturbs all alike, however long it lasts. Raises what `run` does.
    """
    running = [_Running(job) for job in jobs]
    try:
        while any(each.over is None for each in running):
            for each in running:
                if each.over is None:
                    each.go_on(_TURN)
    finally:
        for each in running:
            each.end()
    return [each.ran() for each in running]


class _Running:
    """A command that is stopped, but for its turns."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `end`
        self._seconds = 0.0
        self._peak = 0
        self.over: resource.struct_rusage | None = None
        self._started = subprocess.Popen(job.command, stdout=self._output, env={**os.environ, **job.env})
        self._process = psutil.Process(self._started.pid)
        self._stop()

    def go_on(self, seconds: float) -> None:
        began = time.perf_counter()
        for each in reversed(family(self._process)):
            each.resume()
        while self.over is None and time.perf_counter() - began < seconds:
            time.sleep(_LOOK_EVERY)
            pid, status, used = os.wait4(self._started.pid, os.WNOHANG)
            if pid:
                self._started.returncode = os.waitstatus_to_exitcode(status)
                self.over = used
        self._seconds += time.perf_counter() - began
        if self.over is None:
            self._stop()
            self._peak = max(self._peak, memory_of(self._process))

    def _stop(self) -> None:
        """The first one first: what is stopped starts no other."""
        self._process.suspend()
        for each in family(self._process)[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.suspend()

    def end(self) -> None:
        for each in family(self._process) if self.over is None else ():
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        self._output.seek(0)
        self._said = self._output.read()
        self._output.close()

    def ran(self) -> Ran:
        if self._started.returncode or self.over is None:
            raise subprocess.CalledProcessError(self._started.returncode, self._job.command)
        return Ran(self._seconds, self.over.ru_utime + self.over.ru_stime, self._peak, self._said)


@contextmanager
def background(command: list[str], log: Path, env: Mapping[str, str] | None = None) -> Iterator[psutil.Process]:
    """A server while the context lasts; what it prints goes to a file."""
    with log.open("ab") as out:
        started = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
    try:
        yield psutil.Process(started.pid)
    finally:
        started.terminate()
        try:
            started.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
