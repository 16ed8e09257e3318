"""`make soak`: a server with two processes, built anew every 20 s, under all sorts of attackers for half an hour.

Samples of memory, descriptors, processes, generations and files are taken every 10 s. All are to be flat after the
first five minutes (`flatness.py`); a table and a verdict are printed, as Markdown, and the exit code is 1 where
something grows. `SOAK_SECONDS` shortens it: then the first sixth is left out.
"""

import contextlib
import os
import random
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import hostile_collection
import psutil
from attacking import Attack
from flatness import Bound, at_usual_number, flatness
from polite import Fared, Polite
from process_samples import Watched
from serving import free_port, kg, served

from kg.settings import Settings
from kg.web.serving.live import MAX_RETIRED

SECONDS, WARM_UP_SECONDS = 1_800, 300
BUILD_EVERY, SAMPLE_EVERY = 20, 10
PROCESSES = 2
PARAGRAPHS = 50_000
SHOWN = 12
"""Samples in the table of what was taken in the course of time."""

CHANGED = 20
"""Records that change between two builds."""

QUERY_MEMORY_MB, QUERY_WORKERS, KEEP = 256, 2, 3
SETTINGS = f"""
query_seconds = 5.0
query_workers = {QUERY_WORKERS}
query_memory = {QUERY_MEMORY_MB}
keep = {KEEP}
"""

MAX_WORKER_MB = 1_600
INDEX_MB = 20
MAX_SERVER_MB = 140 + PROCESSES * (150 + INDEX_MB + Settings.model_fields["answers_mb"].default + 32 + 100 + 32)
"""Of server processes, by the table of docs/operation.md; that of query workers is `MAX_WORKER_MB`."""

MAX_TEMPORARY_MB = 300
MAX_DISK_MB = 150 * (KEEP + 1)
"""Those that are kept and the one that is built: a generation has some 100 MB, and the sources 40."""

MAX_GENERATIONS = MAX_RETIRED + 2 + (PROCESSES - 1)
"""Those that are still read, the live one, and the one that is opened; processes take a new one one after the other."""

MAX_POOL_WORKERS = 4 * QUERY_WORKERS + 3
"""Of one generation in one process, as docs/operation.md has it."""

MAX_WORKERS = PROCESSES * 2 * MAX_POOL_WORKERS
"""Of the live generation and of the one before: its queries end within `query_seconds`, long before the next build."""

WORKER_DESCRIPTORS, GENERATION_DESCRIPTORS = 24, 20
"""Descriptors of a query worker with its pipes at both ends, and of a generation in a server process."""

ATTACKERS = (
    ("slow readers of dumps", 8, 1.0),
    ("slow readers of answers to queries", 8, 1.0),
    ("HTTP/1.0: large answers, read", 1, 2.0),
    ("HTTP/1.0: large answers, hardly read", 8, 1.0),
    ("queries that never end", 2, 1.0),
    ("queries that take memory", 2, 1.0),
    ("queries that crash the engine, another each time", 1, 1.0),
    ("queries that crash the engine, the same", 1, 1.0),
    ("64 connections: pages and data of all records", 4, 0.2),
    ("64 connections: a page with a random parameter", 4, 0.2),
    ("64 connections: lists, searches and pictures", 4, 0.2),
    ("600 half-sent bodies", 30, 1.0),
    ("forms of 1 MB of `%&`", 1, 0.5),
)
"""Name, connections, and pause between two requests of a connection; each has an address of its own."""

MAX_DESCRIPTORS = (
    2 * sum(connections for _, connections, _ in ATTACKERS)  # each has an answer, or what it is made from, besides
    + MAX_WORKERS * WORKER_DESCRIPTORS
    + PROCESSES * MAX_GENERATIONS * GENERATION_DESCRIPTORS
)

BOUNDS = {
    "server_mb": Bound(allowance=20),
    "worker_mb": Bound(allowance=60, most=MAX_WORKER_MB),
    "pss_mb": Bound(allowance=60, most=MAX_SERVER_MB + MAX_WORKER_MB),
    "descriptors": Bound(allowance=100, most=MAX_DESCRIPTORS),
    "processes": Bound(allowance=6, most=MAX_WORKERS + PROCESSES + 1),
    "workers": Bound(allowance=6, most=MAX_WORKERS),
    "generations": Bound(allowance=1, most=MAX_GENERATIONS),
    "temporary_mb": Bound(allowance=30, most=MAX_TEMPORARY_MB),
    "disk_mb": Bound(allowance=40, most=MAX_DISK_MB),
}
"""Figure of a sample → what is allowed of it. A query may take memory, and a reader hold a generation, for a while."""

WORKER_PARTS = {"worker_mb": "worker_mb", "pss_mb": "worker_pss_mb"}
"""Figure that swings with the number of workers → what the workers take of it."""

NAMES = {
    "server_mb": "resident memory of server processes, MB",
    "worker_mb": "resident memory of query workers, MB",
    "pss_mb": "memory of all, shared parts once, MB",
    "descriptors": "descriptors",
    "processes": "processes",
    "workers": "query workers",
    "generations": "generations that are read",
    "temporary_mb": "temporary files, MB",
    "disk_mb": "disk of `var`, MB",
}


_TITLE = re.compile(r"Synthetic \d+:")


@dataclass
class Builds:
    """Builds beside the server, one every 20 s, each of other records, for as long as the context lasts.

    Attributes:
        done: how many went live.
        failed: what the others said.
    """

    folder: Path
    done: int = 0
    failed: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self):
        self._thread = threading.Thread(target=self._build)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _build(self):
        chance = random.Random(1963)
        while not self._over.is_set():
            began = time.monotonic()
            self._change(chance)
            built = kg(self.folder, "build")
            if built.returncode:
                self.failed.append(built.stderr.decode()[-500:])
            else:
                self.done += 1
            self._over.wait(max(1, BUILD_EVERY - (time.monotonic() - began)))

    def _change(self, chance):
        """Change some records; a new file takes the old one's place in one step."""
        path = self.folder / "data" / "records-00000.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines()
        for _ in range(CHANGED):
            number = chance.randrange(len(lines))
            lines[number] = _TITLE.sub(f"Synthetic {chance.randrange(1_000)}:", lines[number], count=1)
        new = path.with_suffix(".new")
        new.write_text("\n".join(lines) + "\n", encoding="utf-8")
        new.replace(path)


@dataclass(frozen=True)
class Soaked:
    """What came of it: the Unix time of its begin, the samples, the builds, how all clients fared."""

    began: float
    watched: Watched
    builds: Builds
    polite: Fared
    seen: dict[str, dict[str, int]]


def soak(seconds, folder):
    """Run it in a folder."""
    port, temporary, site = free_port(), folder / "tmp", folder / "site"
    for each in (temporary, site):
        each.mkdir()
    hostile_collection.make(site, port, SETTINGS, PARAGRAPHS)
    with contextlib.ExitStack() as stack:
        environment = {"process": True, "TMPDIR": str(temporary)}
        _, server = stack.enter_context(served(site, port, "--workers", str(PROCESSES), **environment))
        watched = stack.enter_context(Watched(SAMPLE_EVERY, psutil.Process(server.pid), site / "var", temporary))
        builds = stack.enter_context(Builds(site))
        polite = stack.enter_context(Polite(port, hostile_collection.POLITE_KEYS, "127.0.0.2"))
        attacks = {
            name: stack.enter_context(
                Attack(port, name, source=f"127.0.0.{number}", connections=connections, pause=pause)
            )
            for number, (name, connections, pause) in enumerate(ATTACKERS, 10)
        }
        began = time.time()
        time.sleep(seconds)
        assert server.poll() is None, "the server ended"
    return Soaked(began, watched, builds, polite.fared, {name: dict(each.seen) for name, each in attacks.items()})


def flatnesses(watched, seconds):
    """Figure → what its series does after the first minutes."""
    warm = min(WARM_UP_SECONDS, seconds / 6)
    late = [(when, each) for when, each in zip(watched.times, watched.samples, strict=True) if when >= warm]
    times, samples = [when for when, _ in late], [each for _, each in late]
    return {
        name: flatness(times, [getattr(each, name) for each in samples], bound, _rising(name, samples))
        for name, bound in BOUNDS.items()
    }


def _rising(name, late):
    """The series whose rise counts: that of memory of workers without the swings of their number."""
    parts = WORKER_PARTS.get(name)
    values = [getattr(each, name) for each in late]
    if parts is None:
        return values
    return at_usual_number(values, [getattr(each, parts) for each in late], [each.workers for each in late])


def course(watched):
    """Rows of a table: what was taken in the course of time, in some ten lines."""
    every = max(1, len(watched.samples) // SHOWN)
    rows = [("minute", *NAMES.values())]
    for when, each in list(zip(watched.times, watched.samples, strict=True))[::every]:
        rows.append((f"{when / 60:.1f}", *(f"{getattr(each, name):,.0f}" for name in BOUNDS)))
    return rows


def table(rows):
    """Lines of a table in Markdown, the first row its head."""
    head, *others = rows
    return [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *others)]


def report(soaked, found, seconds):
    """The tables, and the verdict in a paragraph, as Markdown."""
    rows = [("figure", "median", "rise", "allowed", "most", "allowed", "flat")]
    for name, each in found.items():
        figures = (each.middle, each.rise, each.max_rise, each.peak, each.max_peak)
        rows.append((NAMES[name], *(f"{figure:,.1f}" for figure in figures), "yes" if each.flat else "**no**"))
    lines = [*table(rows), "", *table(course(soaked.watched))]
    polite, builds = soaked.polite, soaked.builds
    growing = [NAMES[name] for name, each in found.items() if not each.flat]
    verdict = (
        f"In {seconds / 60:.0f} minutes {builds.done} builds went live and {len(builds.failed)} failed. "
        f"{'Everything is flat' if not growing else 'Not flat: ' + ', '.join(growing)} from minute "
        f"{min(WARM_UP_SECONDS, seconds / 6) / 60:.1f} on. The polite client asked {len(polite.all):,} times: "
        f"{len(polite.wrong)} failed, {polite.refused} were refused, median {polite.quantile(0.5) * 1000:.0f} ms, "
        f"95 of 100 within {polite.quantile(0.95) * 1000:.0f} ms, the longest {polite.longest:.2f} s."
    )
    slow = [
        f"- slow: {path}, {took:.2f} s, asked {when - soaked.began:.1f} s after the begin"
        for when, took, path in sorted(polite.slow, key=lambda each: -each[1])[:SHOWN]
    ]
    attacks = [
        f"- {name}: {', '.join(f'{n:,} × {what}' for what, n in seen.items())}" for name, seen in soaked.seen.items()
    ]
    return "\n".join((*lines, "", verdict, "", *slow, *attacks, *builds.failed[:3], *map(str, polite.wrong[:3])))


def main():
    """Run it and say what came of it; the exit code is 1 where something grows, or a build fails."""
    seconds = float(os.environ.get("SOAK_SECONDS") or SECONDS)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soaked = soak(seconds, Path(folder))
    found = flatnesses(soaked.watched, seconds)
    print(report(soaked, found, seconds))  # noqa: T201  # the report of the run
    good = all(each.flat for each in found.values()) and not soaked.builds.failed and not soaked.polite.wrong
    sys.exit(not good)


if __name__ == "__main__":
    main()
