"""Record segments: addresses, a next segment beside linked ones, what is dead in them, damage."""

import pytest

from kg.errors import GenerationError
from kg.store.generation.segments import reader as reader_module
from kg.store.generation.segments.folder import (
    MAX_SEGMENTS,
    SegmentCounts,
    SegmentFolder,
    address_of,
    needs_compaction,
    place_of,
)
from kg.store.generation.segments.reader import SegmentReader
from kg.store.generation.segments.writer import SegmentWriter, erase


def written(path, records, before=None, dead=()):
    """Segments of a generation with some more records; those of some places are dead."""
    path.mkdir(exist_ok=True)
    folder = SegmentFolder(path)
    with SegmentWriter(folder, before) as writer:
        for address, length in dead:
            writer.bury(address, length)
        places = [(writer.add(record), len(record)) for record in records]
    return folder, places


def test_a_record_is_read_by_its_address_in_any_segment(tmp_path):
    """An address is that of one record, in the generation that wrote it and in those that link its segment."""
    first, places = written(tmp_path / "a", [b'{"id": 1}', b'{"id": 22}'])
    second, more = written(tmp_path / "b", [b'{"id": 333}'], first)
    third, last = written(tmp_path / "c", [b'{"id": 4}'], second)
    addresses = [address for address, _ in (*places, *more, *last)]
    assert addresses == sorted(addresses)
    assert [place_of(address)[0] for address in addresses] == [1, 1, 2, 3]
    with SegmentReader(third) as reader:
        read = [reader.record(*place) for place in (*places, *more, *last)]
        assert read == [b'{"id": 1}', b'{"id": 22}', b'{"id": 333}', b'{"id": 4}']
        assert list(reader.numbered_lines()) == list(zip(addresses, read, strict=True))
    assert first.file(1).samefile(third.file(1))


def test_what_is_dead_is_counted_and_a_dead_segment_is_not_linked(tmp_path):
    """Replaced and deleted records stay, counted; a segment without a live one goes, and its number with it."""
    first, places = written(tmp_path / "a", [b'{"id": 1}', b'{"id": 2}'])
    second, (more,) = written(tmp_path / "b", [b'{"id": 3}'], first, places[:1])
    assert second.counts() == {1: SegmentCounts(20, 10), 2: SegmentCounts(10, 0)}
    third, _ = written(tmp_path / "c", [b'{"id": 4}'], second, [more])
    assert third.counts() == {1: SegmentCounts(20, 10), 2: SegmentCounts(10, 10), 3: SegmentCounts(10, 0)}
    fourth, _ = written(tmp_path / "d", [b'{"id": 5}'], third)
    assert fourth.numbers() == [1, 3, 4]
    assert first.counts() == {1: SegmentCounts(20, 0)}


def test_a_generation_without_new_records_has_no_new_segment(tmp_path):
    """Where records were deleted alone, no empty file is left."""
    first, places = written(tmp_path / "a", [b'{"id": 1}', b'{"id": 2}'])
    second, _ = written(tmp_path / "b", [], first, places[:1])
    assert second.numbers() == [1]
    empty, _ = written(tmp_path / "c", [])
    assert empty.numbers() == [1]


def test_segments_of_an_equal_generation_are_shared(tmp_path):
    """A rollback links all segments, and has their counts."""
    first, places = written(tmp_path / "a", [b'{"id": 1}'])
    second, _ = written(tmp_path / "b", [b'{"id": 2}'], first, places)
    (tmp_path / "c").mkdir()
    again = SegmentFolder(tmp_path / "c")
    again.link(second)
    assert (again.counts(), again.numbers()) == (second.counts(), [1, 2])


def test_a_generation_of_one_file_is_segment_zero(tmp_path):
    """The file of records of an earlier kg is read by its offsets, and linked into a generation with segments."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "records.jsonl").write_bytes(b'{"id": 1}\n{"id": 2}\n')
    old = SegmentFolder(tmp_path / "a")
    with SegmentReader(old) as reader:
        assert reader.record(10, 9) == b'{"id": 2}'
    assert old.counts() == {0: SegmentCounts(20)}
    new, ((address, _),) = written(tmp_path / "b", [b'{"id": 3}'], old)
    with SegmentReader(new) as reader:
        assert (address, reader.record(10, 9)) == (address_of(1, 0), b'{"id": 2}')


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:5]), "5 of the 9 bytes"),
        (lambda path: path.unlink(), "can't be read"),
        (lambda path: path.write_bytes(b"x" * 20), "something else stands"),
    ],
)
def test_damage_is_told(tmp_path, harm, said):
    """A segment that is cut, gone or another file is told with its place, and nothing of it is taken for a record."""
    folder, (place,) = written(tmp_path / "a", [b'{"id": 1}'])
    harm(folder.file(1))
    with SegmentReader(folder) as reader, pytest.raises(GenerationError, match=said) as told:
        reader.record(*place)
    assert "0001.jsonl" in str(told.value.where)


def test_counts_that_are_damaged_are_told(tmp_path):
    """Counts that can't be read stop a build upon them, and are not taken for none."""
    folder, _ = written(tmp_path / "a", [b'{"id": 1}'])
    (folder.path / "segments.json").write_text("[]")
    with pytest.raises(GenerationError, match="counts"):
        folder.counts()


def test_open_files_are_bounded(tmp_path, monkeypatch):
    """Beyond a number of open segments a record is read all the same."""
    monkeypatch.setattr(reader_module, "MAX_SEGMENTS", 2)
    before, places = None, []
    for number in range(4):
        before, more = written(tmp_path / str(number), [b'{"id": %d}' % number], before)
        places += more
    with SegmentReader(before) as reader:
        assert [reader.record(*place) for place in places] == [b'{"id": %d}' % number for number in range(4)]
        assert sorted(reader.open_sizes()) == ["records/0001.jsonl", "records/0002.jsonl"]


def test_many_segments_or_many_dead_bytes_ask_for_a_full_build():
    """The next build is a full one where segments are many, or more than a fifth of their bytes is dead."""
    mib = 1 << 20
    assert (
        needs_compaction({1: SegmentCounts(100 * mib, 20 * mib)}) == needs_compaction({1: SegmentCounts(50, 50)}) == ""
    )
    assert "21 %" in needs_compaction({1: SegmentCounts(50 * mib, 20 * mib), 2: SegmentCounts(50 * mib, mib)})
    assert str(MAX_SEGMENTS) in needs_compaction({number: SegmentCounts(9) for number in range(MAX_SEGMENTS)})
    assert needs_compaction({}) == ""


def test_an_erased_record_leaves_no_byte(tmp_path):
    """What must not stay is overwritten in a copy; other records keep their addresses, and earlier generations theirs."""
    first, places = written(tmp_path / "a", [b'{"id": 1}', b'{"id": "secret"}', b'{"id": 3}'])
    second, _ = written(tmp_path / "b", [], first, places[1:2])
    erase(second, places[1:2])
    assert b"secret" in first.file(1).read_bytes()
    assert b"secret" not in second.file(1).read_bytes()
    assert [path.name for path in second.path.iterdir() if path.suffix != ".json"] == ["0001.jsonl"]
    with SegmentReader(second) as reader:
        assert [reader.record(*place) for place in (places[0], places[2])] == [b'{"id": 1}', b'{"id": 3}']
