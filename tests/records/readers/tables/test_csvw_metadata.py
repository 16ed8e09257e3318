"""Metadata of CSVW beside a table: keys by properties, dialect, identities; nothing is fetched, and no fault ends a build."""

import json

import pytest
from tables import BASE, items_of, problems_of, records_of

from kg.records.readers.base import RawRecord
from kg.records.readers.tables.csvw_metadata import is_metadata

COLUMNS = [
    {"name": "no", "titles": ["Nr", "No."], "propertyUrl": "dcterms:identifier"},
    {"name": "t", "titles": {"pl": "Tytuł"}, "propertyUrl": "http://purl.org/dc/elements/1.1/title", "lang": "pl"},
    {
        "name": "d",
        "titles": "Data",
        "propertyUrl": "dc:date",
        "datatype": {"base": "date", "format": "MM/dd/yyyy"},
        "null": ["-"],
    },
    {"name": "s", "titles": "Tematy", "propertyUrl": "dcterms:subject", "separator": "|"},
    {"name": "w", "titles": "W", "suppressOutput": True},
    {"name": "l", "virtual": True, "propertyUrl": "dcterms:language", "default": "pl"},
    {"name": "a", "titles": "Autor", "propertyUrl": "dcterms:creator", "valueUrl": f"{BASE}agent/{{a}}"},
]
DOCUMENT = {
    "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
    "url": "letters.csv",
    "dialect": {"delimiter": ";", "encoding": "cp1250"},
    "tableSchema": {"aboutUrl": f"{BASE}record/{{no}}", "columns": COLUMNS},
}
TABLE = "Nr;Tytuł;Data;Tematy;W;Autor\n7;Łódź;04/05/1963;a|b;x;12\n8;B;-;;;\n".encode("cp1250")


def written(folder, document, name="letters.csv-metadata.json"):
    """A folder with metadata in it."""
    (folder / name).write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return folder


def test_columns_are_what_their_properties_say(tmp_path):
    """Terms of other vocabularies become keys, with language, separator, null, default, form of dates and targets."""
    items = items_of(written(tmp_path, DOCUMENT), TABLE)
    first, second = (item.record for item in items if isinstance(item, RawRecord))
    assert (first["id"], second["id"]) == ("record/7", "record/8")
    assert first["title"] == {"pl": "Łódź"}
    assert first["dates"] == [{"role": "document", "edtf": "1963-04-05", "text": "04/05/1963"}]
    assert [each["name"]["@none"] for each in first["subjects"]] == ["a", "b"]
    assert first["creator"] == ["agent/12"]
    assert first["language"] == second["language"] == ["pl"]
    assert "dates" not in second
    assert "extra" not in first
    assert problems_of(items) == []


def test_settings_go_before_metadata(tmp_path):
    """A column that kg.toml names is what kg.toml says."""
    (first, _) = records_of(written(tmp_path, DOCUMENT), TABLE, columns={"Tytuł": "title@de"})
    assert first["title"] == {"de": "Łódź"}


def test_a_table_without_headings_has_those_of_its_metadata(tmp_path):
    """With `header` false the columns are called by the schema; the primary key makes the id; quotes are as told."""
    schema = {
        "primaryKey": ["box", "n"],
        "columns": [{"name": "box"}, {"name": "n"}, {"name": "t", "propertyUrl": "dcterms:title"}],
    }
    tables = [
        {"url": "other.csv"},
        {"url": "letters.csv", "dialect": {"header": False, "quoteChar": "'"}, "tableSchema": schema},
    ]
    written(tmp_path, {"@context": "http://www.w3.org/ns/csvw", "tables": tables}, "csv-metadata.json")
    records = records_of(tmp_path, "1,2,'A, b'\n1,3,C\n")
    assert [(record["id"], record["title"]["@none"]) for record in records] == [
        ("record/1-2", "A, b"),
        ("record/1-3", "C"),
    ]


def test_metadata_of_another_table_are_not_taken(tmp_path):
    """The metadata of a folder are those of the table whose address they name."""
    written(tmp_path, DOCUMENT | {"url": "other.csv"}, "csv-metadata.json")
    assert records_of(tmp_path, "id;title\n1;A\n")[0]["title"] == {"@none": "A"}


@pytest.mark.parametrize(
    ("document", "is_told"),
    [
        ("{", True),
        ("[" * 100_000, True),
        ("[]", False),
        ('{"tableSchema": "https://elsewhere.example.org/schema.json"}', True),
        ('{"url": 5, "tables": {}}', False),
        ('{"tables": [1, "x"]}', False),
        (
            '{"dialect": {"encoding": "klingon", "delimiter": 5, "quoteChar": 7, "skipRows": "x", "headerRowCount": "q"}}',
            False,
        ),
        (
            '{"tableSchema": {"primaryKey": {}, "columns": [5, {"titles": {"en": ["title", 5]}, "propertyUrl": ["x"], "lang": 7}]}}',
            False,
        ),
        (
            '{"tableSchema": {"columns": [{"titles": "when", "propertyUrl": "dc:date", "datatype": {"base": "date", "format": "x"}}]}}',
            True,
        ),
    ],
)
def test_faulty_metadata_are_told_and_the_table_is_read(tmp_path, document, is_told):
    """Whatever stands in the metadata, the table is read, and nothing is fetched."""
    items = items_of(written(tmp_path, document), "id,title\n1,A\n")
    assert [item.record["id"] for item in items if isinstance(item, RawRecord)] == ["record/1"]
    assert bool(problems_of(items)) == is_told


def test_metadata_are_no_records():
    """A document of CSVW beside a table is not taken for JSON records."""
    head = json.dumps(DOCUMENT).encode()
    assert is_metadata(head, "letters.csv-metadata.json")
    assert not is_metadata(b'{"id": "record/1"}', "letters.csv-metadata.json")
    assert not is_metadata(head, "letters.json")
