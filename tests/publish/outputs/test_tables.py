"""Tables: what stands in them, what describes them, what becomes of them in a rollback."""

import csv
import hashlib
from collections import Counter
from contextlib import closing

import orjson
import pyarrow.parquet as pq
import pytest
from csvw import CSVW
from publishing import BASE, publish

from kg.iris import KINDS, Base
from kg.publish import rollback
from kg.publish.outputs import csvw
from kg.publish.outputs.tables import in_csv
from kg.records.model.columns import columns
from kg.records.model.key import Omitted
from kg.records.model.keys import keys_of
from kg.store.generation.generations import Generations

RECORDS = [
    {
        "id": "record/one",
        "title": {"en": "=HYPERLINK(1)", "ru": "Письмо", "fr": "Lettre"},
        "alternativeNames": {"en": ["A | B"], "de": ["Brief"]},
        "dates": [{"role": "document", "edtf": "1962-10~", "text": "October 1962"}],
        "creator": ["agent/castro", {"id": "agent/unknown", "name": {"en": "Somebody"}}],
        "summary": {"en": ["First.", 'Second, "quoted",\nin two lines.']},
        "referenceLevels": [{"level": "fond", "value": "0104"}],
        "text": {"en": "The text."},
    },
    {"id": "record/two", "title": {"en": "Undated"}, "replaces": ["record/zero"]},
    {
        "id": "agent/castro",
        "name": {"en": "Raúl Castro", "ru": "Рауль Кастро"},
        "relations": [{"target": "record/two"}],
    },
    {"id": "place/havana", "name": {"en": "Havana"}, "latitude": 23.13, "longitude": -82.38},
]


@pytest.fixture
def tables(tmp_path):
    settings, report = publish(tmp_path / "made", RECORDS, languages=("en", "ru"))
    generations = Generations.of_settings(settings)
    return settings, report, generations.generation_folder(generations.live()).tables


def rows(folder, kind):
    with (folder / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_a_row_says_what_the_record_says(tables):
    "A row has labels by language, dates, links by name and by reference, and lists with | between."
    row = rows(tables[2], "record")["record/one"]
    assert row["iri"] == f"{BASE}record/one"
    assert (row["title_ru"], row["title_other"]) == ("Письмо", "Lettre@fr")
    assert row["alternative_names"] == "A ¦ B|Brief"
    assert (row["date"], row["start"], row["end"]) == ("1962-10~", "1962-10-01", "1962-10-31")
    assert row["creator"] == "Raúl Castro|Somebody"
    assert row["creator_id"] == "agent/castro|agent/unknown"
    assert row["summary"] == 'First.\n\nSecond, "quoted",\nin two lines.'
    assert row["reference_levels"] == "fond: 0104"
    agent = rows(tables[2], "agent")["agent/castro"]
    assert (agent["relations"], agent["relations_id"]) == ("Undated", "record/two")


def test_every_record_has_a_row_in_both_files(tables):
    "Tables have a row for each thing that has a page, but for documents that are only named."
    settings, _, folder = tables
    with closing(Generations.of_settings(settings).open_live()) as generation:
        things = [(name.partition("/")[0], status) for name, _, status, _, _ in generation.catalogue.digests()]
    counts = Counter(kind for kind, status in things if (kind, status) != ("record", "stub"))
    for kind in KINDS:
        assert len(rows(folder, kind)) == pq.read_table(folder / f"{kind}.parquet").num_rows == counts[kind]


def test_parquet_has_values_as_they_are(tables):
    "In Parquet lists are lists, days are days, numbers are numbers, and nothing has an apostrophe in front."
    folder = tables[2]
    row = pq.read_table(folder / "record.parquet").to_pylist()[0]
    assert row["title_en"] == "=HYPERLINK(1)"
    assert row["alternative_names"] == ["A | B", "Brief"]
    assert row["start"].isoformat() == "1962-10-01"
    assert pq.read_table(folder / "place.parquet").to_pylist()[0]["longitude"] == -82.38


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", ["=1", "2"]])
def test_no_spreadsheet_runs_a_cell(text):
    "What a spreadsheet would take for a formula has an apostrophe in front; a number stays one."
    assert in_csv(text).startswith("'")
    assert in_csv(-1.5) == -1.5


def test_lines_end_as_rfc_4180_has_it(tables):
    "Lines end with CR LF, and the file has no byte order mark."
    head = (tables[2] / "place.csv").read_bytes()
    assert head.startswith(b"id,iri,")
    assert head.count(b"\r\n") == head.count(b"\n") == 2


@pytest.mark.parametrize("kind", KINDS)
def test_descriptions_are_csv_on_the_web(tables, kind):
    "A CSVW library reads each table by its description, and finds nothing wrong."
    folder = tables[2]
    read = CSVW(str(folder / f"{kind}.csv"), md_url=str(folder / f"{kind}{csvw.METADATA_SUFFIX}"), validate=True)
    assert read.is_valid
    assert not read.warnings
    assert len(list(read.tables[0])) == len(rows(folder, kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_has_a_column_with_an_example(kind):
    "Every key but those whose row says why not has a column; each has a meaning and, for the model's examples, a value."
    table_columns = columns(kind, ("en",), Base(BASE))
    wanted = {key.name for key in keys_of(kind) if not isinstance(key.column, Omitted)}
    assert wanted == {column.key for column in table_columns}
    assert len({column.name for column in table_columns}) == len(table_columns)
    example, labels = csvw.sample_record(kind)
    for column in table_columns:
        column.cell(example, labels)
        assert column.meaning.endswith(".")


def test_tables_of_names_count_their_documents(tables):
    "A table of people, places or topics says how many documents name each, as the list of the kind does; of documents none."
    folder = tables[2]
    counted = {key: row["documents"] for key, row in rows(folder, "agent").items()}
    assert counted == {"agent/castro": "1", "agent/unknown": "1"}
    assert {row["documents"] for row in rows(folder, "place").values()} == {"0"}
    assert pq.read_table(folder / "agent.parquet").column("documents").to_pylist() == [1, 1]
    assert "documents" not in rows(folder, "record")["record/one"]


def test_digests_are_those_of_the_files(tables):
    "SHA256SUMS has the digest of every other file."
    folder = tables[2]
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    assert len(lines) == 3 * len(KINDS)
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_a_rollback_has_the_tables_of_its_generation(tables):
    "A generation that is rolled back to has the same tables, as the same files on the disk."
    settings, _, folder = tables
    publish(settings.folder, RECORDS[1:], languages=("en", "ru"))
    rollback.rollback(settings)
    generations = Generations.of_settings(settings)
    again = generations.generation_folder(generations.live()).tables
    assert again != folder
    assert (again / "record.csv").samefile(folder / "record.csv")


def test_tables_can_be_left_out(tmp_path):
    "With `tables = false` a build writes none."
    settings, _ = publish(tmp_path / "made", RECORDS, tables=False)
    generations = Generations.of_settings(settings)
    assert not generations.generation_folder(generations.live()).tables.exists()


def test_the_description_counts_what_is_filled_in(tables):
    "A description says how many rows there are, and in how many of them a column says something."
    document = orjson.loads((tables[2] / f"record{csvw.METADATA_SUFFIX}").read_bytes())
    filled = {each["name"]: each["void:entities"] for each in document["tableSchema"]["columns"]}
    assert document["void:entities"] == 2
    assert (filled["id"], filled["summary"], filled["sender"]) == (2, 1, 0)
