"""JSON and JSON Lines reader: records, and messages for unreadable ones."""

import json

import pytest

from kg.records.normalisation.records import normalise_record
from kg.records.readers import READERS
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile

BASE = "https://archive.example.org/data/"


def read(tmp_path, text, name="a.jsonl", **source):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(READERS[name.rpartition(".")[2]](SourceFile(file, name, base=BASE, **source)))


@pytest.mark.parametrize("escaped", [False, True])
def test_addresses_of_our_own(tmp_path, escaped):
    """An id or a link may be an address below the base; an outward address stays one."""
    record = {
        "id": BASE + "agent/a%20b",
        "name": "A",
        "relations": [{"target": {"id": BASE + "agent/c.html", "name": "C"}}],
        "sameAs": [BASE + "agent/d"],
        "places": BASE + "place/e",
    }
    text = json.dumps(record)
    (item,) = read(tmp_path, text.replace("/", "\\/") if escaped else text)
    assert isinstance(item, RawRecord)
    assert item.record == record | {
        "id": "agent/a%20b",
        "relations": [{"target": {"id": "agent/c", "name": "C"}}],
        "places": "place/e",
    }


def test_prefix(tmp_path):
    """A prefix goes before keys, but not before those inside an address below the base."""
    (item,) = read(tmp_path, f'{{"id": "record/1", "creator": ["agent/a", "{BASE}agent/b"]}}', prefix="x-")
    assert (item.record["id"], item.record["creator"]) == ("record/x-1", ["agent/x-a", "agent/b"])


@pytest.mark.parametrize(
    "text",
    [
        '{\n "id": "record/1",\n "title": "A"\n}\n',
        '[\n{"id": "record/1"},\n{"id": "record/2"}\n]',
        '[{"id": 1},\n{"id": 2}]',
    ],
)
def test_json_over_several_lines(tmp_path, text):
    """JSON over several lines in a file of JSON Lines is reported once, with the remedy."""
    (item,) = read(tmp_path, text)
    assert isinstance(item, ReadFailure)
    assert "over several lines" in item.problem.message
    assert "named .json" in item.problem.expected


def test_a_list_in_a_line(tmp_path):
    """A list in a line is reported with the remedy."""
    _, item = read(tmp_path, '{"id": "record/1"}\n[{"id": "record/2"}]')
    assert "named .json" in item.problem.expected


def test_one_broken_line(tmp_path):
    """A truncated line costs that line alone."""
    _, item = read(tmp_path, '{"id": "record/1",\n{"id": "record/2"}')
    assert isinstance(item, RawRecord)


def test_many_keys(tmp_path):
    """A duplicate key among very many is detected without quadratic work."""
    keys = ",".join(f'"{n}" :{n}' for n in range(50_000))
    (item,) = read(tmp_path, f'{{"id": "record/1", {keys}, "7": 1}}')
    assert "'7' stands twice" in item.problem.message


@pytest.mark.parametrize(
    "written",
    [
        "18446744073709551616",
        "123456789012345678901234567890",
        "1.10",
        "1e5",
        "100000.0",
        "-0",
        "1E-7",
        "0.10000000000000001",
    ],
)
@pytest.mark.parametrize(
    "line", ['{{"id":"record/1","title":"A","identifiers":[{}]}}', '{{"id": "record/1", "title": {}}}']
)
def test_numbers_keep_their_digits(tmp_path, written, line):
    """A number under a key of text has the digits that stand in the source, in either format."""
    for name in ("a.jsonl", "a.json"):
        path = tmp_path / name
        path.write_text(line.format(written) + "\n", encoding="utf-8")
        (item,) = READERS[name.partition(".")[2]](SourceFile(path, name))
        record, problems = normalise_record(item.record, name, "", item.raw)
        assert record["title"] == ({"@none": "A"} if "identifiers" in record else {"@none": written})
        assert record.get("identifiers", [written]) == [written]
        assert not problems


def test_a_number_under_a_key_of_numbers(tmp_path):
    """Degrees are numbers, however they are written."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "place/1", "name": "A", "latitude": 23.10, "longitude": -8.2e1}\n', encoding="utf-8")
    (item,) = READERS["jsonl"](SourceFile(path, "a.jsonl"))
    record, problems = normalise_record(item.record, "a.jsonl", "", item.raw)
    assert (record["latitude"], record["longitude"]) == (23.1, -82)
    assert not problems
