"""A build from records to the switch, beside the engine's bare load of the same triples.

The two take turns of half a second, each in processes of its own, so that whatever else the machine does disturbs both
alike.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks.collections import Plan, collection, kg_build
from benchmarks.processes import Job, Ran, in_turn, run
from benchmarks.results import Row
from kg.store.dumps.dump_folder import NTRIPLES, DumpFolder

REPEATS = {100_000: 1, 1_000: 3, 0: 1}
"""From so many records on → how often each is measured; the median counts."""

_BARE = """
import sys
from pyoxigraph import RdfFormat, Store
store = Store(sys.argv[1])
store.bulk_load(path=sys.argv[2], format=RdfFormat.N_TRIPLES)
store.flush()
"""


def bare_load(path: Path) -> Job:
    """Load the triples of a collection into an empty store, and no more."""
    shutil.rmtree(path / "bare", ignore_errors=True)
    return Job([sys.executable, "-c", _BARE, str(path / "bare"), str(path / "triples.nt")])


def unpack(path: Path) -> None:
    """Lay the triples of the live generation, from its own dump, beside it."""
    with (
        closing(DumpFolder.open(path / "var/current/dumps")) as dumps,
        gzip.open(dumps.files[NTRIPLES].open()) as packed,
        (path / "triples.nt").open("wb") as plain,
    ):
        shutil.copyfileobj(packed, plain, 1 << 20)


def measure(plan: Plan) -> Iterator[tuple[str, list[Row]]]:
    """Rows for each size: bare, with nothing but store and catalogue, with all that may be made beside, with tables."""
    for size in plan.sizes:
        yield f"build, {size:,} records", _measured(collection(plan.work, size), size)


def _measured(path: Path, size: int) -> list[Row]:
    whole = run(kg_build(path, dumps=True, search=True))
    unpack(path)
    with_tables = run(kg_build(path, tables=True))
    repeats = next(count for least, count in REPEATS.items() if size >= least)
    pairs = [in_turn([bare_load(path), kg_build(path)]) for _ in range(repeats)]
    bares, builds = [bare for bare, _ in pairs], [build for _, build in pairs]
    report = json.loads(builds[-1].output)
    records = sum(report["published"].values())
    shutil.rmtree(path / "bare")
    (path / "triples.nt").unlink()
    bare = median(each.seconds for each in bares)
    runs = (
        ("bare load", bares),
        ("build", builds),
        ("build with index and dumps", [whole]),
        ("build with tables", [with_tables]),
    )
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
