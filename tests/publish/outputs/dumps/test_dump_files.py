"""Dumps of a full build."""

import gzip
from contextlib import closing

import pytest
from graphs import PREFIXES, lines_of

from kg.publish.outputs.dumps import dump_files
from kg.publish.outputs.dumps.dump_files import DumpFiles
from kg.publish.outputs.dumps.dump_formats import write_buckets
from kg.store.dumps import bucket_table, record_sort
from kg.store.dumps.buckets import bits_for, bucket_of, digest_of

GRAPH = {f"record/{n}": lines_of(f"record/{n}", [("", "title", f'"Letter {n}"')]) for n in range(200)}


def dumped(folder, graph):
    """The N-Triples of the dumps of a graph, and the bytes of both packs."""
    with closing(DumpFiles(folder, PREFIXES, 1)) as dumps:
        for reference, lines in graph:
            dumps.add(reference, lines)
        dumps.finish(lambda buckets, prefixes: lambda: write_buckets(buckets, prefixes))
    packs = [(folder / f"kg-0001{ending}").read_bytes() for ending in (".nt.gz", ".ttl.gz")]
    return gzip.decompress(packs[0]), packs


def test_the_order_is_bucket_thing_line(tmp_path):
    """Lines stand in the order of bucket, thing and line, and no more than two files and a table are left."""
    lines, _ = dumped(tmp_path / "dumps", GRAPH.items())
    bits = bits_for(len(GRAPH))
    order = sorted(GRAPH, key=lambda reference: (bucket_of(digest_of(reference.encode()), bits), reference))
    assert lines == b"".join(b"".join(sorted(GRAPH[reference].splitlines(keepends=True))) for reference in order)
    names = sorted(path.name for path in (tmp_path / "dumps").iterdir())
    assert names == ["kg-0001.nt.gz", "kg-0001.table", "kg-0001.ttl.gz"]


@pytest.mark.parametrize(("buffer", "task"), [(1_000, 1 << 20), (1 << 30, 300)])
def test_the_order_of_the_sources_leaves_no_trace(tmp_path, monkeypatch, buffer, task):
    """The same graph gives the same bytes, whatever the order of its things and of their lines, and what fits in memory."""
    _, packs = dumped(tmp_path / "a", GRAPH.items())
    monkeypatch.setattr(record_sort.RecordSort.__init__, "__kwdefaults__", {"buffer_bytes": buffer})
    monkeypatch.setattr(dump_files, "TASK_BYTES", task)
    other = [(name, b"".join(reversed(lines.splitlines(keepends=True)))) for name, lines in reversed(GRAPH.items())]
    assert dumped(tmp_path / "b", other)[1] == packs
    table = bucket_table.read_table(tmp_path / "b" / "kg-0001.table")
    assert (table.things, table.triples, table.generation) == (200, 400, 1)


def test_an_empty_graph_has_dumps(tmp_path):
    """Dumps of nothing are gzip files of nothing, and Turtle with its prefixes."""
    lines, packs = dumped(tmp_path / "dumps", [])
    assert lines == b""
    assert gzip.decompress(packs[1]).startswith(b"@prefix dcterms:")
