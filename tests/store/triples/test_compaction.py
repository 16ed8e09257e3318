"""Batched load: small batches, compacted once at the end by a child process."""

import signal
import subprocess
import sys
from contextlib import suppress

import psutil
import pytest
from pyoxigraph import Store
from waiting import eventually

from kg.errors import PublishError
from kg.store.triples import embedded
from kg.store.triples.compaction import Compaction
from kg.store.triples.embedded import BulkLoad, EmbeddedGraph

SIZE = 20_000
AT_ONCE = 500


def lines(number):
    """Lines of N-Triples, others for each number."""
    return b"".join(
        b'<http://e/s%d> <http://e/p%d> "%d" .\n' % (number * AT_ONCE + n, n % 7, n) for n in range(AT_ONCE)
    )


def files(folder):
    return [each for each in folder.iterdir() if each.suffix == ".sst"]


def runs(process):
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def small(monkeypatch):
    """Batches so small that a few lines fill many."""
    monkeypatch.setattr(embedded, "BATCH_BYTES", SIZE)


def loaded(folder, times, *, close=True):
    with BulkLoad(folder, "https://archive.example.org/") as load:
        for number in range(times):
            load.write(lines(number))
        load.end(times * AT_ONCE)
    if close:
        load.close()
    return load


def test_batches_are_compacted(small, tmp_path):
    """After any number of batches each index is one file, and no triple is missing."""
    load = loaded(tmp_path / "store", 40)
    assert load.triples() == 40 * AT_ONCE == EmbeddedGraph(tmp_path / "store").count()
    assert len(files(tmp_path / "store")) <= 6  # the strings, the three orders of triples, and two of housekeeping


def test_single_batch_is_not_compacted(tmp_path, monkeypatch):
    """A load of one batch starts no child process."""
    monkeypatch.setattr(embedded, "Compaction", None)
    assert loaded(tmp_path / "store", 3).triples() == EmbeddedGraph(tmp_path / "store").count()


def test_uncompacted_files_are_bounded(small, tmp_path, monkeypatch):
    """A load of any length waits for the engine before too many files are open."""
    monkeypatch.setattr(embedded, "MAX_UNMERGED_BATCHES", 30)
    most = 0
    with BulkLoad(tmp_path / "store", "https://archive.example.org/") as load:
        for number in range(200):
            load.write(lines(number))
            most = max(most, len(files(tmp_path / "store")))
        load.end(200 * AT_ONCE)
    load.close()
    assert EmbeddedGraph(tmp_path / "store").count() == 200 * AT_ONCE
    assert most < 4 * 100, most  # unbounded it would be near 800


def test_failed_compaction(tmp_path):
    """A failed compaction is a PublishError with the engine's reason."""
    store = Store(str(tmp_path / "store"))
    with pytest.raises(PublishError, match="can't be merged"):
        Compaction(tmp_path / "store").wait()
    del store


def test_failed_build_stops_compaction(small, tmp_path):
    """A failed build kills the compaction at once and leaves no process behind."""
    with suppress(ZeroDivisionError), BulkLoad(tmp_path / "store", "https://archive.example.org/") as load:
        for number in range(40):
            load.write(lines(number))
        load.end(40 * AT_ONCE)
        raise ZeroDivisionError
    assert Store(str(tmp_path / "store")) is not None  # no other process has it open


def test_failed_build_closes_the_store(tmp_path):
    """A build that fails before its compaction closes the store at once."""
    with suppress(ZeroDivisionError), BulkLoad(tmp_path / "store", "https://archive.example.org/") as load:
        load.write(lines(0))
        raise ZeroDivisionError
    assert Store(str(tmp_path / "store")) is not None


def test_killed_build_ends_compaction(small, tmp_path):
    """The compaction process ends with its parent, and the store is intact."""
    folder = tmp_path / "store"
    loaded(folder, 40)
    program = (
        "import sys\nfrom pathlib import Path\nfrom kg.store.triples.compaction import Compaction\n"
        "compaction = Compaction(Path(sys.argv[1]))\nprint(compaction.pid, flush=True)\ncompaction.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    eventually(lambda: not runs(child), "the end of the process that merges")
    assert EmbeddedGraph(folder).count() == 40 * AT_ONCE
