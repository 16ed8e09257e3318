"""Tables through the whole build: faults at their columns, batches of large files, duplicates, metadata beside them."""

import json

import pytest

from kg import settings
from kg.errors import SettingsError
from kg.publish import build
from kg.publish.pipeline import sources

BASE = "https://archive.example.org/"


def publish(folder, content, **source):
    """A table published from a folder; the report, and the records."""
    (folder / "letters.csv").write_text(content, encoding="utf-8")
    made = settings.Settings(base=BASE, folder=folder, sources=({"path": "letters.csv", **source},), search=False)
    report = build.build(made)
    lines = (folder / "var/current/records/0001.jsonl").read_text(encoding="utf-8").splitlines()
    return report, {record["id"]: record for record in map(json.loads, lines)}


def test_faults_of_values_are_told_at_their_columns(tmp_path):
    """What normalisation finds is said of the column in which the value stands; a row without a title is left out."""
    content = (
        "No.,Heading,When,Sent,Link\n1,A,5 April 1963,31 June 1963,https://e.org/\n2,,1963,,\n3,C,,,javascript:x\n"
    )
    columns = {"No.": "id", "Heading": "title", "When": "dates", "Sent": "dates.sent", "Link": "license"}
    report, records = publish(tmp_path, content, columns=columns)
    told = {(problem.at, problem.field): problem.severity for problem in report.problems()}
    assert told == {
        ("row 2", "column D (Sent)"): "repaired",
        ("row 3", "column B (Heading)"): "rejected",
        ("row 4", "column E (Link)"): "repaired",
    }
    assert records.keys() == {"record/1", "record/3"}
    assert (tmp_path / "var/rejected/0001/letters.csv").read_text(encoding="utf-8") == "2,,1963,,\n"


def test_large_tables_are_read_in_batches(tmp_path, monkeypatch):
    """A table over the bound on whole files gives the same records, in batches that are streamed."""
    content = "id,title,creator\n" + "".join(f'{number},"Letter {number}",Scribe\n' for number in range(700))
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    _, whole = publish(tmp_path / "whole", content)
    monkeypatch.setattr(sources, "MAX_WHOLE_FILE", 1000)
    report, parts = publish(tmp_path / "parts", content)
    assert report.published == {"record": 700}
    assert parts == whole


def test_rows_of_one_id_are_told_or_merged(tmp_path):
    """Of two rows with an id the second is refused, with the row of the first; or they are merged where kg.toml says so."""
    content = "id,title,note\n1,A,x\n1,A,y\n"
    report, _ = publish(tmp_path, content)
    (told,) = [problem for problem in report.problems() if problem.severity == "rejected"]
    assert (told.at, told.value) == ("row 3", "record/1")
    assert "letters.csv row 2" in told.message
    _, records = publish(tmp_path, content, merge=True)
    assert records["record/1"]["note"] == {"@none": ["x", "y"]}


def test_metadata_in_a_folder_of_tables_are_no_source(tmp_path):
    """The document of CSVW beside a table is read with it, and never taken for records."""
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "a.csv").write_text("No.,What\n1,A\n", encoding="utf-8")
    columns = [{"titles": "No.", "name": "n"}, {"titles": "What", "propertyUrl": "dcterms:title", "lang": "en"}]
    document = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "a.csv",
        "tableSchema": {"columns": columns, "primaryKey": "n"},
    }
    (folder / "a.csv-metadata.json").write_text(json.dumps(document), encoding="utf-8")
    made = settings.Settings(base=BASE, folder=tmp_path, sources=({"path": "tables"},), search=False)
    assert build.build(made).published == {"record": 1}
    record = json.loads((tmp_path / "var/current/records/0001.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (record["id"], record["title"]) == ("record/1", {"en": "A"})


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"columns": {"Title": "titel"}}, "there is no key 'titel'; title, perhaps"),
        ({"columns": {"Title": "title@klingonish"}}, "is no language"),
        ({"columns": {"Date": "dates.brith"}}, "dates has no 'brith'; birth, perhaps"),
        ({"columns": {"Date": "dates@es"}}, "dates has no language"),
        ({"columns": {"Life": "biography"}}, "biography is for agent"),
        ({"columns": {"Level": "referenceLevels"}}, "referenceLevels needs its level"),
        ({"columns": {"Title": "title.x"}}, "title has no parts"),
        ({"columns": {"kg:dates": "dates"}}, "those of kg"),
        ({"kind": "letters"}, "there is no kind 'letters'"),
    ],
)
def test_columns_of_no_key_are_mistakes_in_the_settings(tmp_path, source, said):
    """A key, part, language or kind that there is none of ends the build before it begins, with the nearest."""
    with pytest.raises(SettingsError, match=said):
        publish(tmp_path, "id,title\n1,A\n", **source)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('encoding = "klingon"', "must be the name of an encoding"),
        ('encoding = "idna"', "must be the name of an encoding"),
        ('delimiter = ";;"', "must be one sign"),
        ("delimiter = '\"'", "must be one sign"),
        ("header = 0", "greater than or equal to 1"),
        (
            '[sources.columns]\n"T" = { key = "title", sep = ";" }',
            "is separator meant|Settings of a column are key, separator",
        ),
        ('[sources.columns]\n"T" = 5', "should be a key, such as"),
        ('[sources.columns]\n"T" = { separator = ";" }', "has to be set"),
    ],
)
def test_settings_of_a_table_are_checked(tmp_path, source, said):
    """Each setting of a table that can't be meant is named."""
    (tmp_path / "kg.toml").write_text(f'[[sources]]\npath = "a.csv"\n{source}\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=said):
        settings.load(tmp_path / "kg.toml")
