"""Dumps of an incremental generation, and what else takes its patch."""

import gzip
import itertools
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from graphs import BASE, EDITS, PREFIXES, edited, lines_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store

from kg.errors import GenerationError
from kg.publish.outputs.dumps import dump_update
from kg.publish.outputs.dumps.dump_files import DumpFiles
from kg.publish.outputs.dumps.dump_formats import write_buckets
from kg.publish.outputs.dumps.dump_update import DumpChange, update_dumps, write_sums
from kg.store.dumps import bucket_table
from kg.store.dumps.dump_folder import DumpFolder, sha256_of
from kg.store.triples import store_update
from kg.store.triples.literals import canonical_ntriples
from kg.store.triples.patch import difference
from kg.store.triples.patch_file import PatchWriter, read_patch
from kg.store.triples.statistics import GraphStatistics
from kg.store.triples.store_update import StoreUpdate

GRAPH = {f"record/{n}": lines_of(f"record/{n}", [("", "title", f'"Letter {n}"')]) for n in range(60)}


def write(folder, graph):
    """Write the dumps of a graph anew."""
    with closing(DumpFiles(folder, PREFIXES, 1)) as dumps:
        for reference, lines in graph.items():
            dumps.add(reference, canonical_ntriples(lines))
        dumps.finish(lambda buckets, prefixes: lambda: write_buckets(buckets, prefixes))


def contents(folder):
    """Bytes, digests and tags of the files of a folder."""
    with closing(DumpFolder.open(folder)) as dumps:
        files = {}
        for name, file in dumps.files.items():
            with file.open() as stream:
                files[name] = stream.read(), dumps.sums()[name], file.entity_tag
        return files


def patch_of(path, before, after):
    """Write the patch from one graph to another; the path."""
    with closing(PatchWriter(path, BASE)) as writer:
        for reference in before.keys() | after.keys():
            writer.add(difference(reference, before.get(reference, b""), after.get(reference, b"")))
        writer.finish()
    return path


def change(things, **more):
    return DumpChange(BASE, PREFIXES, 2, things, **more)


def loaded(folder, graph):
    """A store with a graph."""
    store = Store(str(folder))
    store.bulk_load(input=b"".join(graph.values()), format=RdfFormat.N_TRIPLES, lenient=True)
    store.flush()


def quads(folder):
    return sorted(map(str, Store.read_only(str(folder))))


def counted(graph):
    """Statistics of a graph, counted anew."""
    made = GraphStatistics()
    made.add(b"".join(map(canonical_ntriples, graph.values())))
    return made


def figures(statistics):
    counts = [{key: n for key, n in each.items() if n} for each in (statistics.properties, statistics.classes)]
    return statistics.triples, statistics.hash, counts


@settings(max_examples=12)
@given(scripts=st.lists(EDITS, min_size=2, max_size=4), bulk=st.booleans())
def test_patches_give_what_is_made_anew(scripts, bulk):
    """After any edits store, dumps, counts and hash that took the patches equal those made anew of the last graph."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patched:
        folder = Path(name)
        patched.setattr(store_update, "BULK_LINES", 0 if bulk else 1_000)
        patched.setattr(store_update, "BATCH_BYTES", 500)
        patched.setattr(dump_update, "MAX_PACKS", 3)
        graph = edited({}, scripts[0])
        write(folder / "dumps-0", graph)
        loaded(folder / "store-0", graph)
        statistics = counted(graph)
        for n, edits in enumerate(scripts[1:]):
            after = edited(graph, edits)
            patch = patch_of(folder / f"patch-{n}", graph, after)
            with closing(StoreUpdate(folder / f"store-{n}", folder / f"store-{n + 1}")) as store:
                store.apply(read_patch(patch))
                store.flush()
            update_dumps(folder / f"dumps-{n}", folder / f"dumps-{n + 1}", read_patch(patch), change(len(after)))
            statistics.apply(read_patch(patch))
            graph = after
        last = len(scripts) - 1
        write(folder / "dumps-anew", graph)
        loaded(folder / "store-anew", graph)
        assert contents(folder / f"dumps-{last}") == contents(folder / "dumps-anew")
        assert quads(folder / f"store-{last}") == quads(folder / "store-anew")
        assert figures(statistics) == figures(counted(graph))
        lines = gzip.decompress(contents(folder / "dumps-anew")["kg.nt.gz"][0]).decode().splitlines()
        assert quads(folder / "store-anew") == sorted(line.removesuffix(" .") for line in lines)


def test_a_change_writes_its_bucket_alone(tmp_path):
    """The pack of a change has the bucket of its thing; all other bytes are shared by hard links with those before."""
    write(tmp_path / "a", GRAPH)
    after = GRAPH | {"record/7": lines_of("record/7", [("", "title", '"Another"')])}
    patch = patch_of(tmp_path / "patch", GRAPH, after)
    summary = update_dumps(tmp_path / "a", tmp_path / "b", read_patch(patch), change(60))
    assert (summary.buckets, summary.consolidated) == (1, False)
    assert summary.new_bytes < sum((tmp_path / "a" / f"kg-0001{each}").stat().st_size for each in (".nt.gz", ".ttl.gz"))
    for ending in (".nt.gz", ".ttl.gz"):
        assert (tmp_path / "a" / f"kg-0001{ending}").samefile(tmp_path / "b" / f"kg-0001{ending}")
    assert bucket_table.read_table(tmp_path / "b" / "kg-0002.table").generation == 2


def test_late_dumps_lie_beside_those_before(tmp_path):
    """Dumps that are made late, in the folder of those before, take effect by their table; digests can come later still."""
    write(tmp_path / "a", GRAPH)
    write(tmp_path / "anew", after := GRAPH | {"record/7": lines_of("record/7", [("", "title", '"Another"')])})
    patch = patch_of(tmp_path / "patch", GRAPH, after)
    update_dumps(tmp_path / "a", tmp_path / "a", read_patch(patch), change(60))
    assert not (tmp_path / "a" / "kg-0002.sha256").exists()
    write_sums(tmp_path / "a")
    assert (tmp_path / "a" / "kg-0002.sha256").read_text().endswith("  kg.ttl.gz\n")
    assert contents(tmp_path / "a") == contents(tmp_path / "anew")


def test_digests_of_the_whole_are_read_from_their_file(tmp_path):
    """Late digests are those that lie beside the table; a file of them that is cut is told."""
    write(tmp_path / "a", GRAPH)
    patch = patch_of(tmp_path / "patch", GRAPH, after := dict(itertools.islice(GRAPH.items(), 59)))
    update_dumps(tmp_path / "a", tmp_path / "b", read_patch(patch), change(len(after)))
    write_sums(tmp_path / "b")
    with closing(DumpFolder.open(tmp_path / "b")) as dumps:
        assert dumps.sums() == {name: sha256_of(file) for name, file in dumps.files.items()}
    sums = tmp_path / "b" / "kg-0002.sha256"
    sums.write_text(sums.read_text()[:70])
    with pytest.raises(GenerationError, match="digests"):
        DumpFolder.open(tmp_path / "b")


def test_consolidated_dumps_hold_nothing_of_what_is_gone(tmp_path):
    """Consolidated dumps lie in one pack, which is the whole file, and of a thing that is gone no byte is left."""
    write(tmp_path / "a", GRAPH)
    after = {reference: lines for reference, lines in GRAPH.items() if reference != "record/7"}
    patch = patch_of(tmp_path / "patch", GRAPH, after)
    update_dumps(tmp_path / "a", tmp_path / "b", read_patch(patch), change(59, consolidate=True))
    write(tmp_path / "anew", after)
    assert (tmp_path / "b" / "kg-0002.nt.gz").read_bytes() == (tmp_path / "anew" / "kg-0001.nt.gz").read_bytes()
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == [
        *("kg-0002.nt.gz", "kg-0002.table", "kg-0002.ttl.gz")
    ]
    assert contents(tmp_path / "b") == contents(tmp_path / "anew")


@pytest.mark.parametrize(
    ("before", "things"),
    [
        (GRAPH | {"record/7": lines_of("record/7", [("", "title", '"Other"')])}, 60),
        (dict(itertools.islice(GRAPH.items(), 50)), 60),
        (GRAPH, 61),
    ],
)
def test_dumps_of_another_state_are_told(tmp_path, before, things):
    """Where the dumps hold another graph than the patch changes, they are not made, so that a full build follows."""
    write(tmp_path / "a", before)
    after = GRAPH | {f"record/{n}": lines_of(f"record/{n}", [("", "title", '"X"')]) for n in (7, 55)}
    patch = patch_of(tmp_path / "patch", GRAPH, after)
    with pytest.raises(GenerationError, match=r"another state|are expected"):
        update_dumps(tmp_path / "a", tmp_path / "b", read_patch(patch), change(things))
    assert bucket_table.newest(tmp_path / "b") is None


def test_damaged_members_are_told(tmp_path):
    """A member whose bytes are not those that were written is never read on."""
    write(tmp_path / "a", GRAPH)
    pack = tmp_path / "a" / "kg-0001.nt.gz"
    content = bytearray(pack.read_bytes())
    for at in range(40, len(content), 50):
        content[at] ^= 1
    pack.write_bytes(content)
    after = GRAPH | {"record/7": lines_of("record/7", [("", "title", '"X"')])}
    patch = patch_of(tmp_path / "patch", GRAPH, after)
    with pytest.raises(GenerationError, match="other bytes"):
        update_dumps(tmp_path / "a", tmp_path / "b", read_patch(patch), change(60))
    shutil.rmtree(tmp_path / "a")
    with pytest.raises(GenerationError, match="no dumps"):
        update_dumps(tmp_path / "a", tmp_path / "b", read_patch(patch), change(60))
