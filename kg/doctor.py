"""What this machine lacks: `kg doctor`.

Each check tries the thing itself where it can, instead of asking what ought to be: a query worker is started and asked,
a hard link is made, a namespace is entered in a process that ends.
"""

import asyncio
import os
import platform
import resource
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pyoxigraph import Store

from kg.errors import KgError
from kg.publish.pipeline.sources import inputs
from kg.settings import Settings
from kg.store.generation.generations import Generations
from kg.store.pool.limits import PoolLimits
from kg.store.pool.pool import QueryPool

Grade = Literal["good", "poor", "bad"]

WORKER_FILES = 96
"""Descriptors that one open store takes, about."""

_ADDRESS_SPACE = 3 << 30  # of a worker, beside what a query may take: the store's, the thread's stack
_CONNECTIONS = 1024
_SQLITE = (3, 24)  # ON CONFLICT DO UPDATE
_ROOM = 3  # a build writes a generation beside the live one, and sorts
_GROWN = 8  # a generation is so many times as large as the sources, where texts are short
_SMALLEST = 8 << 20
_MEGABYTE = 1 << 20
# <linux/sched.h>: CLONE_NEWUSER, CLONE_NEWNET. In a process of its own, which ends.
_NAMESPACE = "import ctypes, sys; sys.exit(ctypes.CDLL(None, use_errno=True).unshare(0x10000000 | 0x40000000) != 0)"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        name: what was looked at.
        grade: good; poor, where it works with less; bad, where the collection can't be served.
        said: how it is here.
        todo: what to do about it; empty where it is good.
    """

    name: str
    grade: Grade
    said: str
    todo: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything."""
    return [_looked_at(check, settings) for check in _CHECKS]


def _looked_at(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    """What a check finds; that it can't look is a finding, too."""
    try:
        return check(settings)
    except (OSError, KgError) as fault:
        return Finding(check.__name__.replace("_", " "), "bad", f"can't be looked at: {fault}", "See to that first.")


def sound(findings: list[Finding]) -> bool:
    """Whether the collection can be served here."""
    return all(each.grade != "bad" for each in findings)


def python_version(_: Settings) -> Finding:
    """Whether Python and the system are ones that kg knows."""
    said = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < (3, 11):  # noqa: UP036  # whoever forced an installation reads it here
        return Finding("Python", "bad", said, "kg needs Python 3.11 or newer.")
    if platform.system() != "Linux":
        return Finding("Python", "bad", said, "Query workers are confined by means of Linux.")
    # Distributions optimise theirs in ways of their own.
    if sys.base_prefix != "/usr" and "--enable-optimizations" not in str(sysconfig.get_config_var("CONFIG_ARGS")):
        todo = "A tenth less is answered: build it with --enable-optimizations, or take the system's."
        return Finding("Python", "poor", f"{said}, compiled without optimisation", todo)
    return Finding("Python", "good", said)


def sqlite_version(_: Settings) -> Finding:
    """Whether SQLite has what the catalogue asks of it."""
    if sqlite3.sqlite_version_info < _SQLITE:
        return Finding("SQLite", "bad", sqlite3.sqlite_version, "kg needs SQLite 3.24 or newer.")
    return Finding("SQLite", "good", sqlite3.sqlite_version)


def descriptors(_: Settings) -> Finding:
    """Whether enough files and connections may be open at a time."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = WORKER_FILES * 2 + _CONNECTIONS
    said = f"{_count(soft)} may be open, {_count(hard)} if asked for"
    if soft != resource.RLIM_INFINITY and soft < WORKER_FILES * 2:
        return Finding("descriptors", "bad", said, f"A store alone takes {WORKER_FILES}: `ulimit -n {needed}`.")
    if soft != resource.RLIM_INFINITY and soft < needed:
        return Finding("descriptors", "poor", said, f"For {_CONNECTIONS} connections: `ulimit -n {needed}`.")
    return Finding("descriptors", "good", said)


def _count(limit: int) -> str:
    return "any number" if limit == resource.RLIM_INFINITY else f"{limit:,}"


def seccomp(_: Settings) -> Finding:
    """Whether the kernel filters system calls."""
    try:
        actions = Path("/proc/sys/kernel/seccomp/actions_avail").read_text(encoding="ascii").split()
    except OSError:
        actions = []
    if "errno" not in actions:
        todo = "Query workers then lean on their descriptor limit alone; a kernel with seccomp is safer."
        return Finding("seccomp", "poor", "this kernel has no filter of system calls", todo)
    return Finding("seccomp", "good", "system calls can be filtered")


def namespaces(_: Settings) -> Finding:
    """Whether a process may have a network of its own, with nothing in it."""
    done = subprocess.run([sys.executable, "-I", "-c", _NAMESPACE], capture_output=True, check=False)
    if done.returncode:
        todo = "One layer less around query workers: `sysctl kernel.unprivileged_userns_clone=1` may bring it."
        return Finding("namespaces", "poor", "a process can't have a network of its own here", todo)
    return Finding("namespaces", "good", "a process can have a network of its own")


def memory(settings: Settings) -> Finding:
    """Whether the query workers' memory is there."""
    free = min(_available(), _group_limit())
    needed = settings.query_workers * (settings.query_memory << 20) + (settings.answers_mb << 20)
    said = f"{free // _MEGABYTE:,} MB free; query workers may take {needed // _MEGABYTE:,} MB"
    limit = resource.getrlimit(resource.RLIMIT_AS)[1]
    space = _ADDRESS_SPACE + (settings.query_memory << 20)
    if limit != resource.RLIM_INFINITY and limit < space:
        said = f"processes may have {limit // _MEGABYTE:,} MB of address space"
        return Finding("memory", "bad", said, f"A worker needs {space // _MEGABYTE:,} MB: `ulimit -v unlimited`.")
    if free < needed:
        return Finding(
            "memory",
            "poor",
            said,
            "Lower `query_workers` or `query_memory`, or queries may have the system kill the server.",
        )
    return Finding("memory", "good", said)


def _available() -> int:
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) << 10
    return 0


def _group_limit() -> int:
    """What the control group of a container may have, if that is less than everything."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        path = Path("/sys/fs/cgroup", name)
        try:
            value = path.read_text(encoding="ascii").strip()
        except OSError:
            continue
        return int(value) if value.isdecimal() else sys.maxsize
    return sys.maxsize


def disk(settings: Settings) -> Finding:
    """Whether the next generation has room, and may share files with the last."""
    folder = _existing(settings.var_folder)
    if not os.access(folder, os.W_OK):
        return Finding("disk", "bad", f"{folder} can't be written", "Set `var` to a folder that can.")
    free = shutil.disk_usage(folder).free
    needed = max(_ROOM * _live_size(settings), _GROWN * _source_size(settings) + _SMALLEST)
    said = f"{free // _MEGABYTE:,} MB free in {folder}; the next build may take {needed // _MEGABYTE:,} MB"
    if free < needed:
        return Finding("disk", "poor", said, "Make room, or lower `keep`.")
    if not _links(folder):
        return Finding("disk", "poor", f"{folder} takes no hard links", "Builds and rollbacks copy instead of sharing.")
    return Finding("disk", "good", said)


def _existing(path: Path) -> Path:
    path = path.absolute()
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _live_size(settings: Settings) -> int:
    generations = Generations.of_settings(settings)
    number = generations.live()
    folder = generations.folder / f"{number:04}" if number is not None else None
    if folder is None or not folder.is_dir():  # which is told as a finding of its own
        return 0
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _source_size(settings: Settings) -> int:
    try:
        return sum(each.size for each in inputs(settings)[0])
    except KgError:  # a build tells what is wrong with them
        return 0


def _links(folder: Path) -> bool:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        file = Path(scratch, "file")
        file.touch()
        try:
            Path(scratch, "link").hardlink_to(file)
        except OSError:
            return False
    return True


def generation(settings: Settings) -> Finding:
    """Whether there is something to serve."""
    try:
        live = Generations.of_settings(settings).open_live(settings.base)
    except KgError as fault:
        said = f"{fault.where}: {fault.what}" if fault.where else fault.what
        return Finding("generation", "bad", said, fault.todo or "Run `kg build`.")
    said = f"{live.number}, {live.manifest.triples:,} triples"
    live.close()
    return Finding("generation", "good", said)


def worker(_: Settings) -> Finding:
    """Whether a query worker starts, passes its own test and answers."""

    async def ask(folder: Path) -> bytes:
        pool = QueryPool(folder, PoolLimits(size=1))
        await pool.start()
        try:
            async with pool.query("ASK {}", format="csv") as answer:
                return b"".join([piece async for piece in answer])
        finally:
            await pool.close()

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "store")
        store = Store(str(folder))
        store.flush()
        del store
        try:
            answer = asyncio.run(ask(folder))
        except (KgError, OSError) as fault:
            return Finding(
                "query worker", "bad", str(fault), "Without workers that can be confined, nothing is served."
            )
    if answer.strip() != b"true":
        return Finding("query worker", "bad", f"answered {answer[:50]!r}", "Install kg anew; its engine is broken.")
    return Finding("query worker", "good", "starts, can open no socket, and answers")


_CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    python_version,
    sqlite_version,
    descriptors,
    seccomp,
    namespaces,
    memory,
    disk,
    generation,
    worker,
)
