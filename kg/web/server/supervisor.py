"""Supervisor of server processes: restarts a dead one, after a growing pause where processes die at once.

A process that can't serve at its first start ends the server: no second start mends that. Each process listens by
itself, and the system deals connections out to them; those of a dead process go to the others.

Signals are noted at any time and handled one by one at the place that waits for them, never between two statements.
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

FIRST_PAUSE, MAX_PAUSE = 0.5, 30.0
"""Seconds before the restart of a process that died at once: the first pause, and the maximum."""

STABLE_SECONDS = 60.0
"""Age below which the death of a process counts as a death at once."""

EXIT_CANNOT_SERVE = os.EX_CONFIG
"""Exit code of a process that can't begin to serve."""

_STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})
_HANDLED_SIGNALS = _STOP_SIGNALS | {signal.SIGHUP, signal.SIGCHLD}
_POLL_SECONDS = 0.1
_LOG = logging.getLogger("kg")


class SignalQueue:
    """Queue of received signals, as a context; outside of it the previous handlers are in place.

    Attributes:
        stop: whether one of the signals taken from the queue says to stop.
    """

    def __init__(self) -> None:
        self.stop = False

    def __enter__(self) -> Self:
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._previous = [(number, signal.signal(number, _no_action)) for number in _HANDLED_SIGNALS]
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        for number, handler in self._previous:
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def next(self, seconds: float | None = None, others: Collection[Connection] = ()) -> int | None:
        """The next signal; None after a timeout, and where one of some other connections has something to say first."""
        sources: list[socket.socket | Connection] = [self._reader, *others]
        ready, _, _ = select.select(sources, [], [], seconds)
        if self._reader not in ready:
            return None
        (number,) = self._reader.recv(1)
        self.stop = self.stop or number in _STOP_SIGNALS
        return number


def _no_action(*_: Any) -> None:
    """Replace the signal's default action; the interpreter itself writes its number to the wake-up descriptor."""


class ServerProcess:
    """Server process.

    Attributes:
        is_restart: whether the process replaces an earlier one.
        restart_at: for a dead process, the time of its restart.
    """

    def __init__(self, process: Any, ready: Connection, *, is_restart: bool) -> None:
        self._process = process
        self._ready: Connection | None = ready
        self._has_reported = False
        self._started = time.monotonic()
        self.is_restart = is_restart
        self.restart_at: float | None = None

    @property
    def exit_code(self) -> int | None:
        """Exit code; None while the process lives."""
        code: int | None = self._process.exitcode
        return code

    @property
    def ready(self) -> bool:
        """Whether the process has reported that it serves, and lives."""
        if self._ready is not None and self._ready.poll():
            try:
                self._ready.recv_bytes()
                self._has_reported = True
            except EOFError:  # it died first
                pass
            self._end_reports()
        return self._has_reported and self.exit_code is None

    @property
    def report(self) -> Connection | None:
        """Connection on which the process's report is to come; None where none will."""
        return self._ready

    @property
    def is_stable(self) -> bool:
        """Whether the process has reached the age of STABLE_SECONDS."""
        return time.monotonic() - self._started >= STABLE_SECONDS

    def terminate(self) -> None:
        """Ask the process to end."""
        self._process.terminate()

    def kill(self) -> None:
        """Kill the process if it lives, and release it."""
        self._process.kill()
        self._process.join()
        self._end_reports()

    def _end_reports(self) -> None:
        if self._ready is not None:
            self._ready.close()
        self._ready = None


class Supervisor:
    """Supervisor of a fixed number of server processes."""

    def __init__(  # noqa: PLR0913  # what one command says
        self,
        target: Callable[..., None],
        arguments: Sequence[Any],
        *,
        processes: int,
        grace: float,
        spawn: bool,
        on_serving: Callable[[], object] = lambda: None,
    ) -> None:
        """A supervisor without processes; `run` starts them.

        Args:
            target: function that a process runs; its first argument is a function to call as soon as it serves.
            arguments: further arguments.
            processes: number of processes.
            grace: seconds that processes have to end.
            spawn: whether processes are spawned and not forked.
            on_serving: called once, as soon as all processes serve.
        """
        self._context = multiprocessing.get_context("spawn" if spawn else "fork")
        self._signals = SignalQueue()
        self._target = target
        self._arguments = arguments
        self._count = processes
        self._grace = grace
        self._processes: list[ServerProcess] = []
        self._quick_deaths = 0
        self._on_serving: Callable[[], object] | None = on_serving

    def run(self) -> None:
        """Serve until a signal to stop; exits with 1 if the first processes can't serve."""
        with self._signals:
            try:
                self._processes += (self._start() for _ in range(self._count))
                while not self._signals.stop:
                    self._handle_next()
                    self._tell_once_serving()
            finally:
                self._stop(self._processes)

    def _start(self, *, is_restart: bool = False) -> ServerProcess:
        ours, theirs = self._context.Pipe(duplex=False)
        arguments = (self._target, theirs, os.getpid(), *self._arguments)
        process = self._context.Process(target=_run_child, args=arguments, name="kg-server")  # type: ignore[attr-defined]
        if self._context.get_start_method() == "spawn":
            resource_tracker.ensure_running()  # its start with the first process would unblock the signals for that one
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED_SIGNALS)  # until the child has its own handlers
        process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        return ServerProcess(process, ours, is_restart=is_restart)

    def _handle_next(self) -> None:
        """Wait for a signal or a restart that is due, and handle it."""
        now = time.monotonic()
        pauses = [max(0.0, each.restart_at - now) for each in self._processes if each.restart_at is not None]
        reports = [each.report for each in self._processes if each.report is not None]
        if self._signals.next(min(pauses, default=None), reports) == signal.SIGHUP:
            self._replace_all()
        if self._signals.stop:
            return
        for index, process in enumerate(self._processes):
            if process.exit_code is None:
                continue
            if process.exit_code == EXIT_CANNOT_SERVE and not process.is_restart:
                sys.exit(1)
            if process.restart_at is None:
                process.restart_at = time.monotonic() + self._pause(process)
            if process.restart_at <= time.monotonic():
                self._processes[index] = self._start(is_restart=True)

    def _tell_once_serving(self) -> None:
        """Tell that all processes serve, the first time that they do."""
        ready = [process.ready for process in self._processes]  # all of them: each takes its report
        if all(ready) and self._on_serving is not None and not self._signals.stop:
            self._on_serving()
            self._on_serving = None

    def _pause(self, dead: ServerProcess) -> float:
        """Seconds before the restart of a dead process; they double with each death at once."""
        self._quick_deaths = 0 if dead.is_stable else self._quick_deaths + 1
        pause = min(FIRST_PAUSE * 2 ** (self._quick_deaths - 2), MAX_PAUSE) if self._quick_deaths > 1 else 0.0
        _LOG.error("a server process died; it is started again%s", f" in {pause:g} s" if pause else "")
        return pause

    def _replace_all(self) -> None:
        """Replace all processes by new ones, one after another."""
        for index, old in enumerate(tuple(self._processes)):
            new = self._start(is_restart=True)
            while not new.ready and new.exit_code is None and not self._signals.stop:
                self._signals.next(_POLL_SECONDS)
            if self._signals.stop:
                self._processes.append(new)
                return
            if new.exit_code is not None:
                _LOG.error("a new server process can't serve; the others stay")
                return
            self._processes[index] = new
            self._stop([old])

    def _stop(self, processes: Collection[ServerProcess]) -> None:
        """Stop processes within the grace period, or at once at a second Ctrl-C."""
        for process in processes:
            process.terminate()
        until = time.monotonic() + self._grace
        while any(process.exit_code is None for process in processes) and time.monotonic() < until:
            if self._signals.next(_POLL_SECONDS) == signal.SIGINT:
                break
        for process in processes:
            if process.exit_code is None:
                _LOG.warning("a server process that had not ended yet was killed")
            process.kill()


def _run_child(target: Callable[..., None], ready: Connection, parent: int, *arguments: Any) -> None:
    """Run a server process, which ends at a signal to stop and with the supervisor.

    The process leaves the terminal's group, so that Ctrl-C reaches the supervisor alone: answers in progress, and their
    workers, still get their grace period.
    """
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in _STOP_SIGNALS:
        signal.signal(number, _exit_at_signal)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # for the supervisor
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # the process may still write to the terminal
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED_SIGNALS)
    die_with_parent(parent)
    target(lambda: ready.send_bytes(b"serving"), *arguments)


def _exit_at_signal(*_: Any) -> NoReturn:
    for number in _STOP_SIGNALS:  # a second signal would disturb the exit
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


def exit_cannot_serve(reason: str | KgError) -> NoReturn:
    """End this process, which can't begin to serve."""
    sys.stderr.write(f"kg: {reason}\n")
    sys.exit(EXIT_CANNOT_SERVE)
