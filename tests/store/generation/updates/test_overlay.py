"""A base that generations share is never written, and a log beside it is whole or refused."""

import hashlib
import os
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from kg.errors import GenerationError, PublishError
from kg.store.generation import inventory, read_only_database
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.catalogue_builder import CatalogueBuilder, CatalogueEntry
from kg.store.generation.read_only_database import log_of
from kg.store.generation.updates import overlay
from kg.store.generation.updates.overlay import share
from kg.store.generation.updates.process import CatalogueUpdate
from kg.store.generation.updates.updater import CatalogueFacts

NOW = "2030-01-01T00:00:00Z"


class NothingPublished:
    """A ledger without an entry."""

    def entry(self, _):
        return None

    def entries(self):
        return []


def record(n, label="A"):
    """Facts of a record, whose digest is its label."""
    label = f'{{"en":"{label}"}}'.encode()
    return CatalogueFacts(CatalogueEntry(f"record/{n}", label, None, None, None, None, label.decode(), "", "", ()))


@pytest.fixture
def base(tmp_path):
    """A catalogue of 200 records, as a full build writes it."""
    path = tmp_path / "0001" / "catalogue.sqlite"
    path.parent.mkdir()
    with closing(CatalogueBuilder(path, NothingPublished(), NOW)) as builder:
        for n in range(200):
            builder.add(record(n).entry, 0, 2)
        builder.finish()
    return path


def updated(base, number, label, of=7, before="A"):
    """The catalogue of the next generation, with one record changed."""
    path = base.parent.parent / f"{number:04}" / base.name
    path.parent.mkdir()
    with CatalogueUpdate(base, path) as update:
        update.put(record(of, label), 0, 2, times=(NOW, NOW), before=record(of, before))
        update.finish()
    return path


def label(path, n=7):
    """The label of a record in a catalogue."""
    with closing(Catalogue(path)) as catalogue:
        return catalogue.thing(f"record/{n}").labels["en"]


def state(path):
    """Bytes of a file, and when it was written."""
    return hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns


def test_a_full_build_stands_alone(base):
    """What a full build writes is one file, which later generations may share."""
    assert sorted(each.name for each in base.parent.iterdir()) == ["catalogue.sqlite"]
    assert base.read_bytes()[18:20] == b"\2\2"  # SQLite's file format, 1.3: of a write-ahead log


def test_the_base_is_shared_and_stays(base):
    """Three generations share a base that none of them writes; each reads its own state, and so does the first."""
    before = state(base)
    second = updated(base, 2, "B")
    third = updated(second, 3, "C", before="B")
    assert (label(base), label(second), label(third)) == ("A", "B", "C")
    assert state(base) == before
    assert base.samefile(second)
    assert base.samefile(third)
    assert log_of(third).stat().st_size > log_of(second).stat().st_size > 0


def test_a_reader_writes_nothing(base):
    """Readers of a base with a log, in threads and with attached databases, change neither file when they close."""
    second = updated(base, 2, "B")
    before = state(second), state(log_of(second))
    with closing(Catalogue(second)) as catalogue, ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda n: catalogue.thing(f"record/{n}").labels["en"], range(200)))
    assert (found[7], set(found[8:])) == ("B", {"A"})
    with closing(sqlite3.connect(f"file:{second.parent}/ledger.sqlite", uri=True, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        read_only_database.attach(db, second, "live")
        assert db.execute("SELECT label FROM live.things WHERE ref = 'record/7'").fetchone() == (b'{"en":"B"}',)
        db.execute("CREATE TABLE own (n INTEGER)")
    assert (state(second), state(log_of(second))) == before
    names = {each.name for each in second.parent.iterdir()}
    assert names == {"catalogue.sqlite", "catalogue.sqlite-wal", "ledger.sqlite"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes in any folder")
def test_a_folder_without_write_permission_is_read(base):
    """A base with a log is read in a folder in which nothing may be written."""
    second = updated(base, 2, "B")
    second.parent.chmod(0o500)
    try:
        assert label(second) == "B"
    finally:
        second.parent.chmod(0o700)


def test_nothing_is_read_without_its_log(base):
    """No way to open a catalogue leaves out its log, as `immutable` would."""
    second = updated(base, 2, "B")
    with closing(sqlite3.connect(f"file:{second}?immutable=1", uri=True)) as db:
        assert db.execute("SELECT label FROM things WHERE ref = 'record/7'").fetchone() == (b'{"en":"A"}',)
    assert label(second) == "B"
    with closing(read_only_database.connect(second)) as db:
        assert db.execute("SELECT label FROM things WHERE ref = 'record/7'").fetchone() == (b'{"en":"B"}',)


def test_an_update_that_fails_leaves_the_base(base):
    """A build that gives up in the middle leaves the base as it is, and no process."""
    before = state(base)
    path = base.parent.parent / "0002" / base.name
    path.parent.mkdir()
    update = CatalogueUpdate(base, path)

    def give_up():
        with update:
            update.put(record(7, "B"), 0, 2, times=(NOW, NOW), before=record(7))
            update.wanted(1)
            raise RuntimeError("given up")

    with pytest.raises(RuntimeError, match="given up"):
        give_up()
    assert update._process.poll() is not None
    assert (state(base), label(base)) == (before, "A")


def test_a_fault_comes_with_the_next_answer(base):
    """A change that is refused is told by the next call that is waited for; the process ends."""
    path = base.parent.parent / "0002" / base.name
    path.parent.mkdir()
    with CatalogueUpdate(base, path) as update:
        update.put(record(7, "B"), 0, 2, times=(NOW, NOW), before=record(7, "another"))
        with pytest.raises(GenerationError, match="record/7"):
            update.finish()
    with pytest.raises(PublishError, match="has ended"):
        update.wanted(1)


def test_a_writer_that_closes_is_seen(base, monkeypatch):
    """A writer that closed its connection would have written into the base: then the update fails."""
    second = base.parent.parent / "0002" / base.name
    second.parent.mkdir()
    share(base, second)
    watched = overlay.SharedBase(second)
    with closing(overlay.open_log(second)) as db:
        db.execute("UPDATE things SET label = 'x'")
    with pytest.raises(GenerationError, match="share"):
        watched.check()


def test_a_long_log_is_folded_into_a_base(base, monkeypatch):
    """A log above a share of its base ends: the next generation has a base of its own, and the others keep theirs."""
    second = updated(base, 2, "B")
    monkeypatch.setattr(overlay, "MAX_LOG_SHARE", 0.0)
    before = state(second), state(log_of(second))
    third = updated(second, 3, "C", of=8)
    assert not third.samefile(base)
    assert (label(third, 7), label(third, 8), label(second, 8)) == ("B", "C", "A")
    assert (state(second), state(log_of(second))) == before


def test_a_torn_log_is_seen_at_open(base):
    """A log that is cut, or has another byte, is refused at open: SQLite would read the state before in silence."""
    second = updated(base, 2, "B")
    files = inventory.take(second.parent)
    inventory.check_logs(second.parent, files)
    whole = log_of(second).read_bytes()
    log_of(second).write_bytes(whole[:-100] + bytes(100))
    assert label(second) == "A"  # what has to be seen before
    with pytest.raises(GenerationError, match=r"catalogue\.sqlite-wal holds something else"):
        inventory.check_logs(second.parent, files)
    log_of(second).write_bytes(whole[:-100])
    with pytest.raises(GenerationError, match=r"catalogue\.sqlite-wal has"):
        inventory.check_sizes(second.parent, files)


def test_a_log_that_goes_is_seen(base):
    """A log that is cut beneath an open catalogue is an error of the next question, not the state before."""
    second = updated(base, 2, "B")
    with closing(Catalogue(second)) as catalogue:
        assert catalogue.thing("record/7").labels["en"] == "B"
        log_of(second).unlink()
        with pytest.raises(GenerationError, match=r"catalogue\.sqlite-wal can't be read"):
            catalogue.thing("record/7")


def test_a_copy_needs_both_files(base, tmp_path):
    """A copy of both files reads as its original does."""
    second = updated(base, 2, "B")
    for path in (second, log_of(second)):
        shutil.copyfile(path, tmp_path / path.name)
    assert label(tmp_path / second.name) == "B"


def test_a_catalogue_without_log_pages_is_refused(tmp_path):
    """A catalogue of an earlier format can't be shared: the error says to build in full."""
    path = tmp_path / "catalogue.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE things (n INTEGER)")
    with pytest.raises(GenerationError, match="share"):
        overlay.open_log(path)
