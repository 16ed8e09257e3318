"""Compaction of a store after a batched load: `python -m kg.store.triples.compaction STORE PROCESS`.

Each batch becomes a sorted file of its own in each index, and a read has to look into all of them. The engine compacts
beside the load, the same data again and again: that took a third of a build's processor time. So its compaction
threads run at the lowest priority during the load, and everything is compacted once at the end. Another process does
this, because a thread does not get back a priority that it gave up (D-14).
"""

import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from pyoxigraph import Store

from kg.errors import PublishError
from kg.processes import die_with_parent

FILE_DESCRIPTORS = 2_048
"""File descriptors that a load asks for."""

_LOWEST_PRIORITY = 19
"""Lowest scheduling priority (nice value): processor time that no other thread uses."""


def raise_descriptor_limit() -> int:
    """Raise this process's limit of open files to that of a load, as far as permitted; returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = FILE_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(FILE_DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit


def lower_priority() -> None:
    """Lower the priority of the engine's compaction threads, on systems where a thread has a priority of its own."""
    for task in Path("/proc/self/task").glob("*"):
        with suppress(OSError):  # the thread has ended, or may not be changed
            if (task / "comm").read_text().startswith("rocksdb:low"):
                os.setpriority(os.PRIO_PROCESS, int(task.name), _LOWEST_PRIORITY)


class Compaction:
    """Compaction of a closed store in a child process.

    Attributes:
        pid: process id of the child.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        command = [sys.executable, "-I", "-m", "kg.store.triples.compaction", str(store), str(os.getpid())]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.pid = self._process.pid

    def wait(self) -> None:
        """Wait for the end of the child process. Raises PublishError where compaction failed."""
        _, errors = self._process.communicate()
        if self._process.returncode:
            last_line = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it was stopped"]
            raise PublishError(
                f"the store can't be merged: {last_line[0]}", where=str(self._store), todo="Is the disk full?"
            )

    def stop(self) -> None:
        """Kill the child process; the store stays intact."""
        self._process.kill()


def main() -> int:
    """Command line: compact the store of the first argument; ends with the process of the second."""
    die_with_parent(int(sys.argv[2]))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine does not return to Python before the end
    store = Store(sys.argv[1])
    store.optimize()
    store.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
