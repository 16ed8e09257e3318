"""What a server and all its processes take: memory, descriptors, processes, generations, files in temporary folders."""

import contextlib
import os
import re
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

MEGABYTE = 1 << 20
_GENERATION = re.compile(r"/generations/(\d+)")
_WORKER = "kg.store.pool"


@dataclass(frozen=True)
class Sample:
    """What is taken at one moment.

    Attributes:
        server_mb: resident memory of the server processes, in MB.
        worker_mb: resident memory of all other processes, the query workers.
        pss_mb: memory of all of them, what they share counted once.
        worker_pss_mb: that of the query workers.
        descriptors: open in all of them.
        processes: of all sorts.
        workers: query workers.
        generations: numbers of generations of which files are open or mapped.
        temporary_mb: files in the temporary folder, and open ones that have no name any more.
        disk_mb: of `var`.
    """

    server_mb: float = 0
    worker_mb: float = 0
    pss_mb: float = 0
    worker_pss_mb: float = 0
    descriptors: int = 0
    processes: int = 0
    workers: int = 0
    generations: int = 0
    temporary_mb: float = 0
    disk_mb: float = 0

    @property
    def all_mb(self):
        """Resident memory of all processes."""
        return self.server_mb + self.worker_mb


def sample(server, var, temporary):
    """What a server (psutil.Process) takes now; its folders are `var` and the one for its temporary files."""
    taken = dict.fromkeys(asdict(Sample()), 0)
    unnamed, generations = {}, set()
    for each in [server, *server.children(recursive=True)]:
        with contextlib.suppress(psutil.Error, OSError):
            worker = any(_WORKER in word for word in each.cmdline())
            taken["worker_mb" if worker else "server_mb"] += each.memory_info().rss / MEGABYTE
            taken["workers"] += worker
            taken["processes"] += 1
            pss = _pss(Path(f"/proc/{each.pid}")) / MEGABYTE
            taken["pss_mb"] += pss
            taken["worker_pss_mb"] += pss * worker
            _look_into(Path(f"/proc/{each.pid}"), taken, unnamed, generations)
    taken["temporary_mb"] = (sum(unnamed.values()) + _size_of(temporary)) / MEGABYTE
    taken["generations"] = len(generations)
    taken["disk_mb"] = _size_of(var) / MEGABYTE
    return Sample(**taken)


def _look_into(process, taken, unnamed, generations):
    """Add what one process takes; files without a name by device and number, since processes share them."""
    generations.update(_GENERATION.findall((process / "maps").read_text(encoding="utf-8", errors="replace")))
    for descriptor in (process / "fd").iterdir():
        taken["descriptors"] += 1
        with contextlib.suppress(OSError):
            target = str(descriptor.readlink())
            generations.update(_GENERATION.findall(target))
            if target.endswith(" (deleted)") and not _GENERATION.search(target):
                found = descriptor.stat()
                unnamed[found.st_dev, found.st_ino] = found.st_blocks * 512


def _pss(process):
    lines = (process / "smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) << 10


def _size_of(folder):
    """Bytes on disk of all files below a folder."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(f"{place}/{name}").st_blocks * 512
    return total


class Watched:
    """Samples of a server, one each so many seconds, for as long as the context lasts.

    Attributes:
        samples: all of them.
        times: seconds from the begin to each.
    """

    def __init__(self, every, *places):
        self.samples, self.times = [], []
        self._every, self._places = every, places
        self._over = threading.Event()

    def __enter__(self):
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _watch(self):
        began = time.monotonic()
        while not self._over.wait(self._every):
            self.times.append(time.monotonic() - began)
            self.samples.append(sample(*self._places))

    def most(self, name):
        """The most of something at once."""
        return max((getattr(each, name) for each in self.samples), default=0)
