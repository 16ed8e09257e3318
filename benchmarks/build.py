"""A build from records to the switch, beside the engine's bare load of the same triples.

The two alternate, each run in a process of its own, so that whatever else the machine does disturbs both alike.
"""

import gzip
import json
import shutil
import sys
from pathlib import Path
from statistics import median

from benchmarks import synthetic
from benchmarks.processes import KG, Ran, run
from benchmarks.results import Row

REPEATS = {100_000: 1, 10_000: 3, 0: 3}
"""From so many records on → how often each is measured; the median counts."""

_BARE = """
import sys
from pyoxigraph import RdfFormat, Store
store = Store(sys.argv[1])
store.bulk_load(path=sys.argv[2], format=RdfFormat.N_TRIPLES)
store.flush()
"""


def collection(folder: Path, size: int) -> Path:
    """The folder of a synthetic collection, made where it is not there."""
    path = folder / f"{size}-{synthetic.SEED}"
    if not (path / "kg.toml").is_file():
        shutil.rmtree(path, ignore_errors=True)
        synthetic.write(path, size)
    return path


def kg_build(path: Path, *, dumps: bool) -> Ran:
    """Build a collection from nothing."""
    shutil.rmtree(path / "var", ignore_errors=True)
    return run([KG, "--config", str(path / "kg.toml"), "build", "--json"], {"KG_DUMPS": str(dumps).lower()})


def bare_load(path: Path) -> Ran:
    """Load the triples of a collection into an empty store, and no more."""
    shutil.rmtree(path / "bare", ignore_errors=True)
    return run([sys.executable, "-c", _BARE, str(path / "bare"), str(path / "triples.nt")])


def unpack(path: Path) -> None:
    """Lay the triples of the live generation, from its own dump, beside it."""
    with gzip.open(path / "var/current/dumps/kg.nt.gz") as packed, (path / "triples.nt").open("wb") as plain:
        shutil.copyfileobj(packed, plain, 1 << 20)


def measure(folder: Path, size: int) -> list[Row]:
    """Rows for one size: with dumps, without, bare."""
    path = collection(folder, size)
    with_dumps = kg_build(path, dumps=True)
    unpack(path)
    repeats = next(count for least, count in REPEATS.items() if size >= least)
    builds, bares = [], []
    for _ in range(repeats):
        bares.append(bare_load(path))
        builds.append(kg_build(path, dumps=False))
    report = json.loads(builds[-1].output)
    records = sum(report["published"].values())
    shutil.rmtree(path / "bare")
    (path / "triples.nt").unlink()
    bare = median(each.seconds for each in bares)
    runs = (("bare load", bares), ("build", builds), ("build with dumps", [with_dumps]))
    return [_row(size, what, some, (records, report["triples"]), bare) for what, some in runs]


def _row(size: int, what: str, runs: list[Ran], counts: tuple[int, int], bare: float) -> Row:
    seconds = median(each.seconds for each in runs)
    records, triples = counts
    return {
        "size": size,
        "what": what,
        "runs": len(runs),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(median(each.cpu for each in runs), 2),
        "records_a_second": round(records / seconds),
        "triples_a_second": round(triples / seconds),
        "peak_mb": round(max(each.memory for each in runs) / 1e6),
        "times_bare": round(seconds / bare, 2),
    }
