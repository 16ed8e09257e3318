"""Processor time of a process and all its descendants, those that ended included.

A server replaces its query workers while it is measured. The kernel adds the time of a child to its parent's when the
parent has waited for the child (getrusage(2), RUSAGE_CHILDREN), so the sum over the processes that run and over what
their ended children used never shrinks.
"""

import time

import psutil

_SCHEDULER_CLOCK = 2
_TRIES = 5
"""Readings until one is taken during which no process began or ended."""


class ProcessorTime:
    """Meter of the processor time of a family of processes.

    Two things can't be counted, and the meter stands still instead of going back: a process whose parent died before
    it, and the hundredths of a second to which the kernel rounds the time of ended children.
    """

    def __init__(self, process: psutil.Process) -> None:
        """The meter of this process and of what it starts."""
        self._process = process
        self._reading = 0.0

    def seconds(self) -> float:
        """Seconds of processor used until now; never less than the reading before."""
        self._reading = max(self._reading, self._sum())
        return self._reading

    def _sum(self) -> float:
        total = 0.0
        members = family(self._process)
        for _ in range(_TRIES):
            # Parents first: a child that ends in between is missed rather than counted twice.
            total = sum(map(_used, members))
            before, members = members, family(self._process)
            if before == members:
                break
        return total


def family(process: psutil.Process) -> list[psutil.Process]:
    """A process and everything it started that still runs, parents before their children."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _used(process: psutil.Process) -> float:
    """Seconds that a process has used, with those of its children that ended; 0 once it is gone."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    ended: float = times.children_user + times.children_system
    try:
        # The clock of another process, in nanoseconds (clock_getcpuclockid(3)); /proc counts hundredths of a second.
        return time.clock_gettime((~process.pid << 3) | _SCHEDULER_CLOCK) + ended
    except OSError:
        return float(times.user + times.system) + ended
