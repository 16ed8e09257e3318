"""Processes under measurement: how long, how much processor, how much memory, the whole family counted."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

KG = str(Path(sys.executable).with_name("kg"))
OXIGRAPH = Path(sys.executable).with_name("oxigraph")

_LOOK_EVERY = 0.2
_STOP_WITHIN = 15


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process took.

    Attributes:
        seconds: from start to end, by the clock.
        cpu: seconds of processor, children included.
        memory: the most that it and its children had at once, in bytes (PSS: what is shared counts once).
        output: what it printed.
    """

    seconds: float
    cpu: float
    memory: int
    output: bytes


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and everything it started that still runs."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def memory_of(process: psutil.Process) -> int:
    """Bytes (PSS) of a process and its children; 0 once it is gone."""
    total = 0
    for each in family(process):
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def cpu_of(process: psutil.Process) -> float:
    """Seconds of processor that a process and its children, those that run and those that ended, have used."""
    total = 0.0
    for each in family(process):
        try:
            times = each.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


def run(command: list[str], env: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end and watch it. Raises CalledProcessError where it fails; its errors are shown."""
    before = os.times()
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **(env or {})}) as started:
        with _watched(psutil.Process(started.pid)) as peak:
            output, _ = started.communicate()
        seconds = time.perf_counter() - began
    if started.returncode:
        raise subprocess.CalledProcessError(started.returncode, command)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Ran(seconds, cpu, peak[0], output)


@contextmanager
def _watched(process: psutil.Process) -> Iterator[list[int]]:
    """Look at the memory of a process five times a second; the most stands in the list at the end."""
    peak = [0]
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_EVERY):
            peak[0] = max(peak[0], memory_of(process))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


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
