"""A load in many pieces: small ones, which are merged once in the end, by a process beside."""

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
from kg.store.triples.compaction import Merging
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
    """Pieces so small that a few lines are many."""
    monkeypatch.setattr(embedded, "PIECE", SIZE)


def loaded(folder, times, *, close=True):
    with BulkLoad(folder) as load:
        for number in range(times):
            load.write(lines(number))
        load.end(times * AT_ONCE)
    if close:
        load.close()
    return load


def test_pieces_are_merged(small, tmp_path):
    """However many pieces there were, each index is one file in the end, and nothing is missing."""
    load = loaded(tmp_path / "store", 40)
    assert load.triples() == 40 * AT_ONCE == EmbeddedGraph(tmp_path / "store").count()
    assert len(files(tmp_path / "store")) <= 6  # the strings, the three orders of triples, and two of housekeeping


def test_one_piece_is_left_alone(tmp_path, monkeypatch):
    """A load of one piece needs no process beside."""
    monkeypatch.setattr(embedded, "Merging", None)
    assert loaded(tmp_path / "store", 3).triples() == EmbeddedGraph(tmp_path / "store").count()


def test_files_that_wait_are_bounded(small, tmp_path, monkeypatch):
    """A load of any length waits for the engine before too many files are open."""
    monkeypatch.setattr(embedded, "MOST", 30)
    most = 0
    with BulkLoad(tmp_path / "store") as load:
        for number in range(200):
            load.write(lines(number))
            most = max(most, len(files(tmp_path / "store")))
        load.end(200 * AT_ONCE)
    load.close()
    assert EmbeddedGraph(tmp_path / "store").count() == 200 * AT_ONCE
    assert most < 4 * 100, most  # unbounded it would be near 800


def test_store_that_cant_be_merged(tmp_path):
    """What keeps a store from being merged is said."""
    store = Store(str(tmp_path / "store"))
    with pytest.raises(PublishError, match="can't be merged"):
        Merging(tmp_path / "store").wait()
    del store


def test_failed_build_stops_the_merge(small, tmp_path):
    """Where the rest of a build fails, nobody waits for the merge, and nothing goes on beside."""
    with suppress(ZeroDivisionError), BulkLoad(tmp_path / "store") as load:
        for number in range(40):
            load.write(lines(number))
        load.end(40 * AT_ONCE)
        raise ZeroDivisionError
    assert Store(str(tmp_path / "store")) is not None  # nobody else has it open


def test_failed_build_lets_the_store_go(tmp_path):
    """Where a build fails before anything is merged, its store is closed at once."""
    with suppress(ZeroDivisionError), BulkLoad(tmp_path / "store") as load:
        load.write(lines(0))
        raise ZeroDivisionError
    assert Store(str(tmp_path / "store")) is not None


def test_killed_build_takes_the_merge_along(small, tmp_path):
    """The process that merges ends with the one that started it, and the store is whole."""
    folder = tmp_path / "store"
    loaded(folder, 40)
    program = (
        "import sys\nfrom pathlib import Path\nfrom kg.store.triples.compaction import Merging\n"
        "merging = Merging(Path(sys.argv[1]))\nprint(merging.process, flush=True)\nmerging.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE) as parent:
        beside = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    eventually(lambda: not runs(beside), "the end of the process that merges")
    assert EmbeddedGraph(folder).count() == 40 * AT_ONCE
