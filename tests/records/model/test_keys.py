"""The model's table: each row says how its key is shown, searched and tabled, or why not."""

import pytest
from publishing import BASE

from kg import key_annotations
from kg.iris import KINDS, Base
from kg.key_annotations import Caption, Faceted, Heading, Indexed
from kg.records.model import annotations
from kg.records.model.columns import columns
from kg.records.model.key import Elsewhere, Key, Omitted, Value
from kg.records.model.keys import KEYS, keys_of

PATHS = [((key,), key) for key in KEYS.values()] + [((key, part), part) for key in KEYS.values() for part in key.parts]
ROWS = pytest.mark.parametrize(("path", "row"), PATHS, ids=lambda each: each.name if isinstance(each, Key) else "")


@ROWS
def test_what_is_left_out_has_a_reason(path, row):
    "A key that no page shows, no search reads or no table has says why, in a sentence."
    for said in (row.shown, row.searched, row.column):
        if isinstance(said, Omitted):
            assert said.reason.endswith(".")
            assert len(said.reason.split()) > 3
        elif isinstance(said, Elsewhere):
            assert said.where


@ROWS
def test_rows_of_parts_and_of_records_differ(path, row):
    "A key of a record has a row of a page and columns of its own; a key of a part has a note, and a column of the part."
    in_part = len(path) == 2
    assert not isinstance(row.shown, Heading if in_part else Caption)
    assert bool(row.column) is in_part or isinstance(row.column, Omitted)
    assert bool(row.parts) is (row.value is Value.PART)
    if in_part and not isinstance(row.column, Omitted):
        made = columns(path[0].kinds[0], ("en",), Base(BASE))
        assert row.column in {each.name for each in made if each.key == path[0].name}


@ROWS
def test_a_link_is_called_something_at_its_other_end(path, row):
    "A link that a page shows has a heading for the list on the page of its target; nothing else but relations has one."
    if isinstance(row.shown, Heading):
        assert bool(row.shown.inverse) is (row.value is Value.LINK or row.name == "relations")


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_rows_of_a_section_are_called_alike(kind):
    "A label stands once in a section of a page, so that a reader knows what is meant."
    headings = [(key.shown.section, key.shown.label) for key in keys_of(kind) if isinstance(key.shown, Heading)]
    assert len(headings) == len(set(headings))


def test_annotations_are_what_the_table_says():
    "`ontology/keys.json` is what the table says, `make docs` writes it; what is read from it is the same values."
    assert key_annotations.FILE.read_text(encoding="utf-8") == annotations.as_file(), "run `make docs`"
    read = key_annotations.load()
    for path, row in PATHS:
        found = read[path[0].name].parts[row.name] if len(path) == 2 else read[row.name]
        assert found.shown == (row.shown if isinstance(row.shown, Heading | Caption) else None)
        assert found.searched == (row.searched if isinstance(row.searched, Indexed | Faceted) else None)
