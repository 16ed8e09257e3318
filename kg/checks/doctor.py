"""Diagnosis of this machine: `kg doctor`.

Each check tries the facility itself where possible: it starts a query worker and sends a query, makes a hard link,
enters a namespace in a process that ends.
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
from pathlib import Path

from pyoxigraph import Store

from kg.checks import var_checks as var
from kg.checks.check_result import CheckResult
from kg.errors import KgError
from kg.publish.pipeline.sources import input_files
from kg.settings import Settings
from kg.store.generation.generations import Generations
from kg.store.pool.core.limits import PoolLimits
from kg.store.pool.pool import QueryPool

STORE_DESCRIPTORS = 96
"""Approximate number of file descriptors of an open store."""

_ADDRESS_SPACE = 3 << 30  # of a worker, beside a query's own memory: the store's, the thread's stack
_CONNECTIONS = 1024
_MIN_SQLITE = (3, 24)  # ON CONFLICT DO UPDATE
_GENERATIONS_NEEDED = 3  # a build writes a generation beside the live one, and sorts
_GENERATION_GROWTH = 8  # a generation is so many times as large as the sources, where texts are short
_MIN_FREE_BYTES = 8 << 20
_MEGABYTE = 1 << 20
# <linux/sched.h>: CLONE_NEWUSER, CLONE_NEWNET. In a process of its own, which ends.
_NAMESPACE_TEST = (
    "import ctypes, sys; sys.exit(ctypes.CDLL(None, use_errno=True).unshare(0x10000000 | 0x40000000) != 0)"
)


def examine(settings: Settings, *, deep: bool = False) -> list[CheckResult]:
    """Run every check.

    Args:
        settings: the collection.
        deep: also compare every byte of the live generation with its digests.
    """
    return [_run_check(check, settings) for check in (*_CHECKS, *([var.digests] if deep else []))]


def _run_check(check: Callable[[Settings], CheckResult], settings: Settings) -> CheckResult:
    """Result of a check; a check that can't run has a result, too."""
    try:
        return check(settings)
    except (OSError, KgError) as fault:
        return CheckResult(
            check.__name__.replace("_", " "), "bad", f"can't be looked at: {fault}", "See to that first."
        )


def is_servable(results: list[CheckResult]) -> bool:
    """Return whether the collection can be served here."""
    return all(result.grade != "bad" for result in results)


def python_version(_: Settings) -> CheckResult:
    """Check Python and the operating system against the supported ones."""
    state = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info < (3, 11, 2):  # for a forced installation
        return CheckResult("Python", "bad", state, "kg needs Python 3.11.2 or newer.")
    if platform.system() != "Linux":
        return CheckResult("Python", "bad", state, "Query workers are confined by means of Linux.")
    # Distributions optimise theirs in ways of their own (D-63).
    if sys.base_prefix != "/usr" and "--enable-optimizations" not in str(sysconfig.get_config_var("CONFIG_ARGS")):
        todo = "A tenth less is answered: build it with --enable-optimizations, or take the system's."
        return CheckResult("Python", "poor", f"{state}, compiled without optimisation", todo)
    return CheckResult("Python", "good", state)


def sqlite_version(_: Settings) -> CheckResult:
    """Check SQLite for the features of the catalogue."""
    if sqlite3.sqlite_version_info < _MIN_SQLITE:
        return CheckResult("SQLite", "bad", sqlite3.sqlite_version, "kg needs SQLite 3.24 or newer.")
    return CheckResult("SQLite", "good", sqlite3.sqlite_version)


def descriptors(_: Settings) -> CheckResult:
    """Check the limit of open files and connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = STORE_DESCRIPTORS * 2 + _CONNECTIONS
    state = f"{_limit_text(soft)} may be open, {_limit_text(hard)} if asked for"
    if soft != resource.RLIM_INFINITY and soft < STORE_DESCRIPTORS * 2:
        return CheckResult(
            "descriptors", "bad", state, f"A store alone takes {STORE_DESCRIPTORS}: `ulimit -n {needed}`."
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        return CheckResult("descriptors", "poor", state, f"For {_CONNECTIONS} connections: `ulimit -n {needed}`.")
    return CheckResult("descriptors", "good", state)


def _limit_text(limit: int) -> str:
    return "any number" if limit == resource.RLIM_INFINITY else f"{limit:,}"


def seccomp(_: Settings) -> CheckResult:
    """Check the kernel for a filter of system calls."""
    try:
        actions = Path("/proc/sys/kernel/seccomp/actions_avail").read_text(encoding="ascii").split()
    except OSError:
        actions = []
    if "errno" not in actions:
        todo = "Query workers then lean on their descriptor limit alone; a kernel with seccomp is safer."
        return CheckResult("seccomp", "poor", "this kernel has no filter of system calls", todo)
    return CheckResult("seccomp", "good", "system calls can be filtered")


def namespaces(_: Settings) -> CheckResult:
    """Check whether a process may have an empty network of its own."""
    process = subprocess.run([sys.executable, "-I", "-c", _NAMESPACE_TEST], capture_output=True, check=False)
    if process.returncode:
        todo = "One layer less around query workers: `sysctl kernel.unprivileged_userns_clone=1` may bring it."
        return CheckResult("namespaces", "poor", "a process can't have a network of its own here", todo)
    return CheckResult("namespaces", "good", "a process can have a network of its own")


def memory(settings: Settings) -> CheckResult:
    """Check the free memory for the query workers."""
    free = min(_available(), _group_limit())
    needed = settings.query_workers * (settings.query_memory << 20) + (settings.answers_mb << 20)
    state = f"{free // _MEGABYTE:,} MB free; query workers may take {needed // _MEGABYTE:,} MB"
    limit = resource.getrlimit(resource.RLIMIT_AS)[1]
    space = _ADDRESS_SPACE + (settings.query_memory << 20)
    if limit != resource.RLIM_INFINITY and limit < space:
        state = f"processes may have {limit // _MEGABYTE:,} MB of address space"
        return CheckResult("memory", "bad", state, f"A worker needs {space // _MEGABYTE:,} MB: `ulimit -v unlimited`.")
    if free < needed:
        return CheckResult(
            "memory",
            "poor",
            state,
            "Lower `query_workers` or `query_memory`, or queries may have the system kill the server.",
        )
    return CheckResult("memory", "good", state)


def _available() -> int:
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) << 10
    return 0


def _group_limit() -> int:
    """Memory limit of a container's control group, if there is one."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        path = Path("/sys/fs/cgroup", name)
        try:
            value = path.read_text(encoding="ascii").strip()
        except OSError:
            continue
        return int(value) if value.isdecimal() else sys.maxsize
    return sys.maxsize


def disk(settings: Settings) -> CheckResult:
    """Check the free space for the next generation, and hard links to the last."""
    folder = _existing_folder(settings.var_folder)
    if not os.access(folder, os.W_OK):
        return CheckResult("disk", "bad", f"{folder} can't be written", "Set `var` to a folder that can.")
    free = shutil.disk_usage(folder).free
    needed = max(
        _GENERATIONS_NEEDED * _live_size(settings), _GENERATION_GROWTH * _source_size(settings) + _MIN_FREE_BYTES
    )
    state = f"{free // _MEGABYTE:,} MB free in {folder}; the next build may take {needed // _MEGABYTE:,} MB"
    if free < needed:
        return CheckResult("disk", "poor", state, "Make room, or lower `keep`.")
    if not _takes_hard_links(folder):
        return CheckResult(
            "disk", "poor", f"{folder} takes no hard links", "Builds and rollbacks copy instead of sharing."
        )
    return CheckResult("disk", "good", state)


def _existing_folder(path: Path) -> Path:
    path = path.absolute()
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _live_size(settings: Settings) -> int:
    generations = Generations.of_settings(settings)
    number = generations.live()
    folder = generations.folder / f"{number:04}" if number is not None else None
    if folder is None or not folder.is_dir():  # reported by a check of its own
        return 0
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _source_size(settings: Settings) -> int:
    try:
        return sum(file.size for file in input_files(settings)[0])
    except KgError:  # a build reports their faults
        return 0


def _takes_hard_links(folder: Path) -> bool:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        file = Path(scratch, "file")
        file.touch()
        try:
            Path(scratch, "link").hardlink_to(file)
        except OSError:
            return False
    return True


def generation(settings: Settings) -> CheckResult:
    """Check for a generation that can be served."""
    try:
        live = Generations.of_settings(settings).open_live(settings.base)
    except KgError as fault:
        state = f"{fault.where}: {fault.what}" if fault.where else fault.what
        return CheckResult("generation", "bad", state, fault.todo or "Run `kg build`.")
    state = f"{live.number}, {live.manifest.triples:,} triples"
    live.close()
    return CheckResult("generation", "good", state)


def worker(_: Settings) -> CheckResult:
    """Check that a query worker starts, passes its own test and answers."""

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
            return CheckResult(
                "query worker", "bad", str(fault), "Without workers that can be confined, nothing is served."
            )
    if answer.strip() != b"true":
        return CheckResult("query worker", "bad", f"answered {answer[:50]!r}", "Install kg anew; its engine is broken.")
    return CheckResult("query worker", "good", "starts, can open no socket, and answers")


_CHECKS: tuple[Callable[[Settings], CheckResult], ...] = (
    python_version,
    sqlite_version,
    descriptors,
    seccomp,
    namespaces,
    memory,
    disk,
    generation,
    var.state,
    worker,
)
