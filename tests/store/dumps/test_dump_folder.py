"""Folder of the dumps, open for reading."""

import gzip
import hashlib
from contextlib import closing

import pytest
from graphs import PREFIXES, lines_of

from kg.errors import GenerationError
from kg.publish.outputs.dumps.dump_files import DumpFiles
from kg.publish.outputs.dumps.dump_formats import write_buckets
from kg.store.dumps.dump_folder import DumpFolder, has_dumps
from kg.store.dumps.published_dumps import PublishedDumps


def write(folder, graph, generation=1):
    """Write the dumps of a graph anew."""
    with closing(DumpFiles(folder, PREFIXES, generation)) as dumps:
        for reference, lines in graph.items():
            dumps.add(reference, lines)
        dumps.finish(lambda buckets, prefixes: lambda: write_buckets(buckets, prefixes))


GRAPH = {f"record/{n}": lines_of(f"record/{n}", [("", "title", f'"Letter {n}"')]) for n in range(100)}


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "dumps", GRAPH)
    return tmp_path / "dumps"


def test_any_part_is_a_part_of_the_whole(folder):
    """A file is read at any place, to its end and no further; unpacked it is the graph."""
    with closing(DumpFolder.open(folder)) as dumps:
        file = dumps.files["kg.nt.gz"]
        with file.open() as stream:
            whole = stream.read()
        assert len(whole) == file.size
        for at in range(0, file.size + 10, 97):
            for size in (0, 1, 50, 5_000, 1 << 20):
                assert file.read_at(at, size) == whole[at : at + size]
        assert sorted(gzip.decompress(whole).splitlines()) == sorted(b"".join(GRAPH.values()).splitlines())
        assert dumps.sums()["kg.nt.gz"] == hashlib.sha256(whole).hexdigest()


def test_files_of_an_earlier_version_are_read(folder, tmp_path):
    """A folder with the files as they are sent has the same contents; their digests are those beside them."""
    plain = tmp_path / "plain"
    plain.mkdir()
    assert not has_dumps(plain)
    with closing(DumpFolder.open(folder)) as dumps:
        for name, file in dumps.files.items():
            with file.open() as stream:
                (plain / name).write_bytes(stream.read())
        (plain / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in dumps.sums().items()))
        assert has_dumps(plain)
        with closing(DumpFolder.open(plain)) as old:
            assert old.sums() == dumps.sums()
            assert list(old.files) == list(dumps.files)
            assert old.files["kg.ttl.gz"].read_at(5, 500) == dumps.files["kg.ttl.gz"].read_at(5, 500)
            assert old.files["kg.ttl.gz"].entity_tag == dumps.sums()["kg.ttl.gz"]


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(path.read_bytes()[:50]), lambda path: path.unlink()])
def test_a_pack_that_is_cut_or_gone_is_told(folder, harm):
    """A folder whose pack has another size than its table says is not opened, and not read on."""
    published = PublishedDumps(folder)
    assert published.newest() is published.newest()
    pack = folder / "kg-0001.ttl.gz"
    content = pack.read_bytes()
    harm(pack)
    with pytest.raises(GenerationError, match=r"damaged: kg-0001\.ttl\.gz"):
        DumpFolder.open(folder)
    if pack.exists():
        with pytest.raises(GenerationError, match=r"damaged: kg-0001\.ttl\.gz"):
            published.newest()
    pack.write_bytes(content)
    DumpFolder.open(folder).close()
    published.close()
