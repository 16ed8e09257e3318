"""How a store that was loaded in pieces becomes quick to read: `python -m kg.store.triples.compaction STORE PROCESS`.

Each piece becomes a sorted file of its own in each index, and to read is to look into all of them. The engine merges
them beside the load, and what it merged before again and again: that took a third of a build's processor. So its
threads give way to all others while pieces come, and in the end everything is merged once. This is done by another
process, for a thread does not get back the priority that it gave up.
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

FILES = 2_048
"""Descriptors that a load asks for."""

_LAST = 19
"""The lowest priority there is: what no other thread uses."""


def open_more_files() -> int:
    """Let this process open as many files as a load has, if it may; how many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def give_way() -> None:
    """Let the engine's threads that merge take only what is left over, where a thread has a priority of its own."""
    for task in Path("/proc/self/task").glob("*"):
        with suppress(OSError):  # it has ended, or may not be changed
            if (task / "comm").read_text().startswith("rocksdb:low"):
                os.setpriority(os.PRIO_PROCESS, int(task.name), _LAST)


class Merging:
    """The merge of a store that nobody has open, in a process beside.

    Attributes:
        process: the number of that process.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        command = [sys.executable, "-I", "-m", "kg.store.triples.compaction", str(store), str(os.getpid())]
        self._beside = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.process = self._beside.pid

    def wait(self) -> None:
        """Wait for its end. Raises PublishError where the store can't be merged."""
        _, errors = self._beside.communicate()
        if self._beside.returncode:
            said = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it was stopped"]
            raise PublishError(
                f"the store can't be merged: {said[0]}", where=str(self._store), todo="Is the disk full?"
            )

    def stop(self) -> None:
        """End it; the store is as whole as before."""
        self._beside.kill()


def main() -> int:
    """Merge the store that the command line names, for the process that it names."""
    die_with_parent(int(sys.argv[2]))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine would not hear of it before it is done
    store = Store(sys.argv[1])
    store.optimize()
    store.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
