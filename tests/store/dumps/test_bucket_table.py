"""Bucket table of the dumps."""

import pytest

from kg.errors import GenerationError
from kg.store.dumps import bucket_table
from kg.store.dumps.bucket_table import BucketTable, Columns


@pytest.fixture
def table():
    columns = {ending: Columns.empty(5) for ending in (".nt.gz", ".ttl.gz")}
    for member, (pack, at, content) in {1: (1, 0, b"abc"), 2: (1, 3, b"de"), 3: (2, 0, b"f"), 4: (1, 5, b"g")}.items():
        columns[".nt.gz"].place(member, (pack, at), 100, content)
    return BucketTable(7, 2, 30, 300, columns, {1: {".nt.gz": 10, ".ttl.gz": 0}, 2: {".nt.gz": 1}}, {".nt.gz": "aa"})


def test_a_table_is_read_as_it_was_written(table, tmp_path):
    """Every column and figure comes back, and the file is there whole or not at all."""
    table.write(tmp_path / "kg-0002.table")
    assert bucket_table.read_table(tmp_path / "kg-0002.table") == table
    assert [path.name for path in tmp_path.iterdir()] == ["kg-0002.table"]


def test_a_torn_table_is_told(table, tmp_path):
    """A table that is cut, or of which a byte is another, is refused, never read as one with fewer buckets."""
    path = tmp_path / "kg-0001.table"
    table.write(path)
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(GenerationError, match="can't be read"):
            bucket_table.read_table(path)
    for at in range(0, len(content), 11):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(GenerationError, match="can't be read"):
            bucket_table.read_table(path)


def test_members_that_lie_together_are_one_run(table):
    """Bytes are read in as few pieces as they lie in, and dead ones are counted."""
    assert table.formats[".nt.gz"].runs() == [(1, 0, 5), (2, 0, 1), (1, 5, 1)]
    assert table.formats[".ttl.gz"].runs() == []
    assert table.formats[".nt.gz"].used_bytes() == {1: 6, 2: 1}
    assert table.dead_share() == pytest.approx(4 / 11)


def test_the_highest_table_counts(table, tmp_path):
    """Of several tables that with the highest number counts; a file that is no table is passed over."""
    assert bucket_table.newest(tmp_path) is None
    for name in ("kg-0002.table", "kg-0010.table", ".kg-0011.table", "kg-0012.table.away"):
        table.write(tmp_path / name)
    assert bucket_table.newest(tmp_path) == (10, tmp_path / "kg-0010.table")


def test_the_tag_follows_the_bytes(table):
    """Other bytes of the same number have another entity tag; another pack for the same bytes has not."""
    columns = table.formats[".nt.gz"]
    before = columns.entity_tag()
    columns.place(2, (9, 100), 100, b"de")
    assert columns.entity_tag() == before
    columns.place(2, (9, 100), 100, b"dE")
    assert columns.entity_tag() != before
