"""`make fuzz`: the readers of tables over mutated files of each format, in processes with bounds.

Each process reads some hundred files. It may use so much memory and processor time and no more, and may say of no file
that kg failed at it. What breaks a bound is kept in `var/fuzz`, with the seed that makes it again. `FUZZ_SECONDS` says
how long (300), `FUZZ_SEED` with which seed to begin.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from table_seeds import SEEDS, mutated

from kg.records import readers
from kg.records.readers.base import ReadFailure, SourceFile, isolate_failures

SECONDS = 300
FILES_AT_ONCE = 300
"""Files of a process."""

MAX_MEMORY = 1 << 30
"""Maximum growth of a process's address space, in bytes."""

MAX_SECONDS = 60
"""Processor time of a process, for all its files, in seconds: each takes some milliseconds."""

MAX_ITEMS = 200_000
"""Maximum number of records and problems of a file: those that are made have a hundred rows."""

KEPT = Path("var/fuzz")


def read(path: Path, format_: str) -> int:
    """Read a file to its end; return how many records and problems it has. Raises AssertionError for a fault of kg."""
    count = 0
    source = SourceFile(path, path.name, origin="a")
    try:
        for item in isolate_failures(source, readers.read(format_, source)):
            count += 1
            assert count < MAX_ITEMS, f"{path.name} has over {MAX_ITEMS} items"
            if isinstance(item, ReadFailure):
                assert "kg failed at this" not in item.problem.message, item.problem.message
    except OSError:
        return count
    return count


def child(ending: str, seed: int, folder: Path) -> None:
    """Read files of a format, one for each seed; the one under way lies in the folder."""
    format_, write = SEEDS[ending]
    sound = folder / f"sound.{ending}"
    write(sound)
    content = sound.read_bytes()
    assert read(sound, format_) > 1
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + MAX_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    path = folder / f"mutated.{ending}"
    for number in range(seed, seed + FILES_AT_ONCE):
        path.write_bytes(mutated(content, random.Random(number)))
        (folder / "seed").write_text(str(number), encoding="ascii")
        read(path, format_)


def _run(ending: str, seed: int, folder: Path) -> str:
    """What a process fell over; empty for nothing."""
    command = [sys.executable, __file__, ending, str(seed), str(folder)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=10 * MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"no end within {10 * MAX_SECONDS} s"
    return ran.stderr.strip()[-2000:] or f"ended with {ran.returncode}" if ran.returncode else ""


def main() -> int:
    """Fuzz until the time is over; return how many files broke a bound."""
    end = time.monotonic() + float(os.environ.get("FUZZ_SECONDS", SECONDS))
    seed = int(os.environ.get("FUZZ_SEED", "0"))
    wanted = os.environ.get("FUZZ_FORMATS", ",".join(SEEDS)).split(",")
    done: Counter[str] = Counter()
    faults = 0
    while time.monotonic() < end:
        for ending in wanted:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                fault = _run(ending, seed, folder)
                done[ending] += FILES_AT_ONCE
                if fault:
                    faults += 1
                    made = (folder / "seed").read_text(encoding="ascii") if (folder / "seed").exists() else "sound"
                    KEPT.mkdir(parents=True, exist_ok=True)
                    kept = KEPT / f"{made}.{ending}"
                    if made != "sound":
                        kept.write_bytes((folder / f"mutated.{ending}").read_bytes())
                    sys.stdout.write(f"{ending}, seed {made}, kept as {kept}:\n{fault}\n\n")
                    sys.stdout.flush()
        seed += FILES_AT_ONCE
    sys.stdout.write(
        f"{done.total():,} files read ({', '.join(f'{n:,} {each}' for each, n in done.items())}); {faults} faults\n"
    )
    return faults


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(min(main(), 1))
