"""What becomes of records on their way from the sources into a generation."""

import json

import pytest
from publishing import BASE, publish
from waiting import no_endless_work

from kg import settings
from kg.publish import build
from kg.publish.pipeline import batch, sources
from kg.records.model import validation
from kg.records.problems import SourceProblem

LETTER = {"id": "record/1", "title": {"en": "A letter"}}
AUTHOR = {"id": "agent/a", "name": {"en": "Author, A."}}


def from_files(folder, files, *paths, **more):
    """Settings of some sources, of files with these records: name → records."""
    for name, records in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    return settings.Settings(base=BASE, folder=folder, sources=paths, **more)


def test_united_records_are_each_read_once(tmp_path):
    """Of two records that are united both are counted as read, and one as published."""
    made = from_files(
        tmp_path,
        {"a.jsonl": [AUTHOR], "b.jsonl": [{**AUTHOR, "occupations": {"en": ["Writer"]}}]},
        {"path": "a.jsonl"},
        {"path": "b.jsonl", "merge": True},
    )
    report = build.build(made)
    assert (report.read, report.published, report.merged) == ({"agent": 2}, {"agent": 1}, 1)


def test_hidden_files_of_a_folder_are_left_aside(tmp_path):
    """A file or a folder whose name begins with a dot, as editors and file systems leave them, is no source."""
    files = {"data/a.jsonl": [LETTER], "data/.a.jsonl": [AUTHOR], "data/.trash/b.jsonl": [AUTHOR]}
    report = build.build(from_files(tmp_path, files, {"path": "data"}))
    assert report.published == {"record": 1}


def test_file_in_two_sources_is_read_once(tmp_path):
    """A file that two sources name is read as the first of them says, and the report says so."""
    made = from_files(tmp_path, {"a.jsonl": [LETTER]}, {"path": "a.jsonl"}, {"path": "*.jsonl"})
    report = build.build(made)
    assert (report.read, report.rejected) == ({"record": 1}, 0)
    assert "lies in two sources" in (tmp_path / "var/current/problems.jsonl").read_text(encoding="utf-8")


def test_batches_of_long_lines_are_short(tmp_path, monkeypatch):
    """Lines are cut into batches by their bytes, too: memory does not follow their length."""
    monkeypatch.setattr(sources, "BATCH_BYTES", 1_000)
    records = [{**LETTER, "id": f"record/{n}", "title": {"en": "x" * 400}} for n in range(10)]
    found, _ = sources.input_files(from_files(tmp_path, {"a.jsonl": records}, {"path": "a.jsonl"}))
    cut = list(sources.batches(found))
    assert [number for each in cut for number, _ in each.lines] == list(range(1, 11))
    assert max(len(each.lines) for each in cut) == 3


def test_stub_of_which_a_link_says_nonsense_has_its_key_alone(tmp_path, monkeypatch):
    """Where what a link says of its target can't be published, the target has a stub with its key for a name."""
    faults = validation.faults

    def refusing(record, source, at):
        if record.get("name") == {"en": "Nonsense"}:
            return [SourceProblem(source, at, "name", "", "", "is no good", "rejected", record["id"])]
        return faults(record, source, at)

    monkeypatch.setattr(validation, "faults", refusing)
    link = {"id": "agent/b", "name": {"en": "Nonsense"}}
    with no_endless_work():
        made, report = publish(tmp_path, [{**LETTER, "creator": [link]}])
    assert (report.stubs, report.rejected) == (1, 0)
    stubs = [json.loads(line) for line in (made.var_folder / "current/records/0001.jsonl").read_text().splitlines()]
    assert [each["name"] for each in stubs if each["id"] == "agent/b"] == [{"@none": "b"}]


@pytest.mark.parametrize("key", ["partOf", "broader"])
def test_circle_is_told(tmp_path, key):
    """Two things that are above one another are published, and the report says that a tree can't show them."""
    kind, name = ("topic", "name") if key == "broader" else ("place", "name")
    records = [{"id": f"{kind}/{here}", name: {"en": here}, key: [f"{kind}/{there}"]} for here, there in ("ab", "ba")]
    made, report = publish(tmp_path, records)
    assert report.published == {kind: 2}
    told = (made.var_folder / "current/problems.jsonl").read_text(encoding="utf-8")
    assert f"is reached from itself by {key}" in told


def test_digest_of_a_thing_is_of_its_triples_and_its_json():
    """What changes in the JSON alone, a value that gave no statement, is a change too, as it is in the triples alone."""
    digests = {batch._digest(triples, record) for triples in (b"a", b"b") for record in (b"{}", b"[]")}
    assert len(digests) == 4


def test_link_that_leads_nowhere_is_told_where_it_says_nothing(tmp_path):
    """A link to what has no record is reported, but not one that says of its target what it is."""
    described = {"id": "agent/described", "name": {"en": "Described, A."}}
    made, report = publish(tmp_path, [{**LETTER, "creator": [described, "agent/unknown"]}])
    assert report.stubs == 2
    lines = (made.var_folder / "current/problems.jsonl").read_text(encoding="utf-8").splitlines()
    assert [each["value"] for each in map(json.loads, lines) if "leads nowhere" in each["message"]] == ["agent/unknown"]
