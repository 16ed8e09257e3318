"""Conflicts of an exported sheet with what was published after its export."""

import io
import json

import pytest
from publishing import BASE

from kg.publish import build
from kg.publish.round_trip.export import export_like
from kg.settings import Settings

TABLE = b"id,title@es,title@en,subjects,reference\n1,Carta,Letter,Trade,\n2,Nota,Note,Sugar,F. 2\n"
OTHER = {"id": "record/9", "title": {"en": "Nine"}}


class Collection:
    """A sheet, and another source that may say more of its records."""

    def __init__(self, folder):
        self.sheet, self.other = folder / "letters.csv", folder / "other.jsonl"
        self.sheet.write_bytes(TABLE)
        columns = {"subjects": {"key": "subjects", "separator": ";"}}
        sources = (
            {"path": "letters.csv", "merge": True, "columns": columns},
            {"path": "other.jsonl", "merge": True},
        )
        self.settings = Settings(
            base=BASE, folder=folder, sources=sources, search=False, tables=False, dumps=False, jobs=1
        )
        self.build()

    def build(self, *others):
        """Conflicts that a build tells."""
        self.other.write_text("".join(json.dumps(record) + "\n" for record in (OTHER, *others)))
        return [problem for problem in build.build(self.settings).problems() if "conflict" in problem.message]

    def export(self):
        export_like(self.settings, str(self.sheet), self.sheet, io.BytesIO())
        return self.sheet.read_bytes()


@pytest.fixture
def collection(tmp_path):
    return Collection(tmp_path)


def test_a_value_that_another_source_changed_is_told(collection):
    """Where another source gave a field a value after the export and the sheet another one, both values are told."""
    collection.export()
    other = {"id": "record/1", "reference": "F. 12", "title": {"es": "Carta"}}
    assert collection.build(other) == []
    collection.sheet.write_bytes(collection.sheet.read_bytes().replace(b"Trade,", b"Trade,F. 1", 1))
    (told,) = collection.build(other)
    assert (told.source, told.at, told.field, told.record) == (
        "letters.csv",
        "row 2",
        "column E (reference)",
        "record/1",
    )
    assert (told.value, told.severity) == ("F. 1", "note")
    assert told.expected.startswith("F. 12, as it was published")
    assert collection.build(other) == []


def test_a_change_that_an_old_export_takes_back_is_told(collection):
    """An export of before in the place of a sheet that was changed meanwhile tells what it takes back, and no other row."""
    old = collection.export()
    collection.sheet.write_bytes(TABLE.replace(b"Letter", b"A letter").replace(b"F. 2", b""))
    collection.build()
    collection.sheet.write_bytes(old.replace(b"2,Nota,", b"2,Apunte,", 1))
    told = collection.build()
    assert [(each.at, each.value, each.expected.partition(",")[0]) for each in told] == [
        ("row 2", "Letter", "A letter"),
        ("row 3", "F. 2", "nothing"),
    ]
    assert all("takes the change back" in each.message for each in told)


def test_own_edits_are_no_conflict(collection):
    """Edits of one export, published step by step, are no conflicts, and neither are rows added, copied or deleted."""
    collection.export()
    for old, new in ((b"1,Carta", b"1,Carta breve"), (b",Note,", b",A note,"), (b",Trade,", b",Trade; Sugar,")):
        collection.sheet.write_bytes(collection.sheet.read_bytes().replace(old, new, 1))
        assert collection.build() == []
    header, first, _ = collection.sheet.read_bytes().splitlines()
    collection.sheet.write_bytes(b"\n".join([header, first, b"3" + first[1:]]))
    assert collection.build() == []


def test_what_others_add_is_no_conflict(collection):
    """Where others added a field, a language or a value of a list, an edit beside it is no conflict."""
    collection.export()
    other = {"id": "record/1", "title": {"ru": "Письмо"}, "subjects": ["topic/war"], "scopeNote": {"en": "All of it."}}
    assert collection.build(other) == []
    edited = collection.sheet.read_bytes().replace(b"1,Carta", b"1,Carta breve", 1).replace(b",Trade,", b",Sugar,", 1)
    collection.sheet.write_bytes(edited)
    assert collection.build(other) == []


def test_a_deleted_record_that_comes_back_is_told(collection):
    """A record that was deleted after the export is published again by its row, and that is told."""
    old = collection.export()
    collection.sheet.write_bytes(TABLE.rpartition(b"2,")[0])
    collection.build()
    collection.sheet.write_bytes(old)
    (told,) = collection.build()
    assert (told.at, told.record) == ("row 3", "record/2")
    assert "deleted" in told.message


def test_a_version_that_no_export_wrote_is_told(collection):
    """A version that was edited is told; an empty one is none."""
    exported = collection.export()
    lines = exported.splitlines()
    header, first, second = lines
    version = first.rpartition(b",")[2]
    collection.sheet.write_bytes(
        b"\n".join([header, first.replace(version, b"latest"), second.replace(second.rpartition(b",")[2], b"")])
    )
    problems = [each for each in build.build(collection.settings).problems() if each.field == "kg:version"]
    assert [(each.at, each.value) for each in problems] == [("row 2", "latest")]
