"""A generation whose catalogue is a base with a log opens as any other, and not with a log that is torn."""

import os
import shutil
from contextlib import closing
from dataclasses import replace

import pytest
from publishing import publish

from kg.errors import GenerationError
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.catalogue_builder import CatalogueEntry, copy_with_new_times
from kg.store.generation.generation import Generation, GenerationFolder
from kg.store.generation.generations import Generations
from kg.store.generation.read_only_database import log_of
from kg.store.generation.updates.process import CatalogueUpdate
from kg.store.generation.updates.updater import CatalogueFacts

TIMES = ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z")


@pytest.fixture
def folder(tmp_path):
    """A generation that shares its files with the one before; one record has another label in its catalogue."""
    settings, _ = publish(
        tmp_path, [{"id": f"record/{n}", "title": {"en": f"Letter {n}"}} for n in range(3)], tables=False
    )
    with closing(Generations.of_settings(settings).open_live()) as live:
        before = live.catalogue.thing("record/1")
        source = live.folder
        manifest = live.manifest
    target = GenerationFolder(source.path.with_name("0002"))
    left_out = shutil.ignore_patterns("manifest.json", "catalogue.sqlite*")
    shutil.copytree(source.path, target.path, copy_function=os.link, ignore=left_out)
    entry = CatalogueEntry(
        before.reference, b'{"en":"A"}', None, None, None, None, before.digest, "records.jsonl", "", ()
    )
    with CatalogueUpdate(source.catalogue, target.catalogue) as update:
        former, said = CatalogueFacts(entry), CatalogueFacts(entry._replace(label=b'{"en":"Changed"}', digest="x"))
        update.put(said, before.offset, before.length, times=TIMES, before=former)
        update.finish()
    target.write_manifest(replace(manifest, generation=2), (source.path, manifest.files))
    return target


def test_a_generation_with_a_log_is_read(folder):
    """The log is in the inventory, and what the generation says is what it has in the log."""
    assert "catalogue.sqlite-wal" in folder.read_manifest().files
    folder.check_whole()
    with closing(Generation(folder)) as generation:
        assert generation.catalogue.thing("record/1").labels == {"en": "Changed"}
        assert generation.catalogue.thing("record/2").labels == {"en": "Letter 2"}


def test_a_torn_log_is_no_generation(folder):
    """A log of the right size with a wrong end is refused at open, where SQLite would give the state before."""
    log = log_of(folder.catalogue)
    log.write_bytes(log.read_bytes()[:-64] + bytes(64))
    with pytest.raises(GenerationError, match="holds something else"):
        Generation(folder)
    with pytest.raises(GenerationError, match="holds something else"):
        folder.check_whole()


def test_a_rollback_makes_a_base_of_its_own(folder, tmp_path):
    """The catalogue that a rollback copies has what the log has, and shares nothing with any generation."""

    class NothingPublished:
        def entry(self, _):
            return None

        def entries(self):
            return []

    copy = tmp_path / "catalogue.sqlite"
    before = folder.catalogue.stat().st_mtime_ns, log_of(folder.catalogue).read_bytes()
    copy_with_new_times(folder.logged_catalogue(), copy, NothingPublished(), "2031-01-01T00:00:00Z")
    with closing(Catalogue(copy)) as catalogue:
        thing = catalogue.thing("record/1")
    assert (thing.labels, thing.modified) == ({"en": "Changed"}, "2031-01-01T00:00:00Z")
    assert not log_of(copy).exists()
    assert (folder.catalogue.stat().st_mtime_ns, log_of(folder.catalogue).read_bytes()) == before
