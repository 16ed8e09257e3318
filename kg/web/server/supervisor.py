"""Server processes are watched, and one that dies is started again: later and later where it dies at once.

Where a process says that it can't begin to serve, the first time it is started, the server stops: no second try mends
that. Each process listens by itself, and the system gives each its share of the connections; those of a dead one go to
the others.

Signals are heard at any time and taken one by one where they are waited for, so that none comes between two lines.
"""

import logging
import multiprocessing
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Collection, Sequence
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any, NoReturn, Self

from kg.errors import KgError
from kg.processes import die_with_parent

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a process is started that died at once again, and at most."""

STEADY = 60.0
"""Seconds after which a process that dies has not died at once."""

CANT_SERVE = os.EX_CONFIG
"""The exit code of a process that can't begin to serve."""

_STOP = frozenset({signal.SIGTERM, signal.SIGINT})
_TAKEN = _STOP | {signal.SIGHUP, signal.SIGCHLD}
_LOOK = 0.1
_LOG = logging.getLogger("kg")


class Signals:
    """Signals that came, as a context; outside of it they do what they did before.

    Attributes:
        stop: whether one of those taken says to stop.
    """

    def __init__(self) -> None:
        self.stop = False

    def __enter__(self) -> Self:
        self._heard, self._told = socket.socketpair()
        self._told.setblocking(False)
        self._before = [(each, signal.signal(each, _note)) for each in _TAKEN]
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        for each, handler in self._before:
            signal.signal(each, handler)
        self._heard.close()
        self._told.close()

    def next(self, seconds: float | None = None) -> int | None:
        """The next one; None when so much time has passed."""
        ready, _, _ = select.select([self._heard], [], [], seconds)
        if not ready:
            return None
        (told,) = self._heard.recv(1)
        self.stop = self.stop or told in _STOP
        return told


def _note(*_: Any) -> None:
    """Stands for what a signal would do; that it came is written down by the interpreter itself."""


class Process:
    """A server process.

    Attributes:
        again: whether another one stood in its place before.
        due: when it is to be started again, which is dead.
    """

    def __init__(self, process: Any, ready: Connection, *, again: bool) -> None:
        self._process = process
        self._ready = ready
        self._birth = time.monotonic()
        self.again = again
        self.due: float | None = None

    @property
    def exit_code(self) -> int | None:
        """None as long as it lives."""
        code: int | None = self._process.exitcode
        return code

    @property
    def ready(self) -> bool:
        """Whether it has said that it serves."""
        return self._ready.poll()

    @property
    def steady(self) -> bool:
        """Whether it has lived for a while."""
        return time.monotonic() - self._birth >= STEADY

    def terminate(self) -> None:
        """Tell it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it, if it lives, and forget it."""
        self._process.kill()
        self._process.join()
        self._ready.close()


class Supervisor:
    """A server of some processes."""

    def __init__(
        self, target: Callable[..., None], arguments: Sequence[Any], *, processes: int, grace: float, afresh: bool
    ) -> None:
        """Describe it.

        Args:
            target: what each process does; called with what it calls when it serves, and the arguments.
            arguments: the arguments.
            processes: how many there are.
            grace: seconds that they have to end.
            afresh: whether they are started afresh and not forked.
        """
        self._context = multiprocessing.get_context("spawn" if afresh else "fork")
        self._signals = Signals()
        self._target = target
        self._arguments = arguments
        self._many = processes
        self._grace = grace
        self._processes: list[Process] = []
        self._quick_deaths = 0

    def run(self) -> None:
        """Serve until told to stop; exits with 1 where that can't even begin."""
        with self._signals:
            try:
                self._processes += (self._start() for _ in range(self._many))
                while not self._signals.stop:
                    self._look()
            finally:
                self._end(self._processes)

    def _start(self, *, again: bool = False) -> Process:
        ours, theirs = self._context.Pipe(duplex=False)
        arguments = (self._target, theirs, os.getpid(), *self._arguments)
        process = self._context.Process(target=_begin, args=arguments, name="kg-server")  # type: ignore[attr-defined]
        if self._context.get_start_method() == "spawn":
            resource_tracker.ensure_running()  # with the first process, it would let signals through to that one
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _TAKEN)  # until it has its own way with them
        process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        return Process(process, ours, again=again)

    def _look(self) -> None:
        """Wait until something happens, and do what it needs."""
        pauses = [max(0.0, each.due - time.monotonic()) for each in self._processes if each.due is not None]
        if self._signals.next(min(pauses, default=None)) == signal.SIGHUP:
            self._renew()
        if self._signals.stop:
            return
        for place, each in enumerate(self._processes):
            if each.exit_code is None:
                continue
            if each.exit_code == CANT_SERVE and not each.again:
                sys.exit(1)
            if each.due is None:
                each.due = time.monotonic() + self._pause(each)
            if each.due <= time.monotonic():
                self._processes[place] = self._start(again=True)

    def _pause(self, dead: Process) -> float:
        """Seconds until the next start, the more the more often processes died at once."""
        self._quick_deaths = 0 if dead.steady else self._quick_deaths + 1
        pause = min(FIRST_PAUSE * 2 ** (self._quick_deaths - 2), LONGEST_PAUSE) if self._quick_deaths > 1 else 0.0
        _LOG.error("a server process died; it is started again%s", f" in {pause:g} s" if pause else "")
        return pause

    def _renew(self) -> None:
        """Put new processes in the place of all, one after another."""
        for place, old in enumerate(tuple(self._processes)):
            new = self._start(again=True)
            while not new.ready and new.exit_code is None and not self._signals.stop:
                self._signals.next(_LOOK)
            if self._signals.stop:
                self._processes.append(new)
                return
            if new.exit_code is not None:
                _LOG.error("a new server process can't serve; the others stay")
                return
            self._processes[place] = new
            self._end([old])

    def _end(self, processes: Collection[Process]) -> None:
        """Have these end in their time, or at once at a second Ctrl-C."""
        for each in processes:
            each.terminate()
        until = time.monotonic() + self._grace
        while any(each.exit_code is None for each in processes) and time.monotonic() < until:
            if self._signals.next(_LOOK) == signal.SIGINT:
                break
        for each in processes:
            if each.exit_code is None:
                _LOG.warning("a server process that had not ended yet was killed")
            each.kill()


def _begin(target: Callable[..., None], ready: Connection, parent: int, *arguments: Any) -> None:
    """Beginning of a process: signals end it, and the end of its supervisor does.

    It leaves the terminal's group, so that Ctrl-C comes to the one that watches alone: answers that are under way, and
    the workers at them, have their time then too.
    """
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for each in _STOP:
        signal.signal(each, _leave_at_signal)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # for the one that watches
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # it may still write to the terminal
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _TAKEN)
    die_with_parent(parent)
    target(lambda: ready.send_bytes(b"serving"), *arguments)


def _leave_at_signal(*_: Any) -> NoReturn:
    for each in _STOP:  # another one would only disturb
        signal.signal(each, signal.SIG_IGN)
    sys.exit(0)


def leave(why: str | KgError) -> NoReturn:
    """End this process, which can't begin to serve."""
    sys.stderr.write(f"kg: {why}\n")
    sys.exit(CANT_SERVE)
