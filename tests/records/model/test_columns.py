"""Columns of tables: each key of the model has one, or its row says why not."""

import csv

import pytest
from marked_keys import MARKED
from publishing import BASE

from kg.iris import KINDS, Base
from kg.records.model.columns import columns
from kg.records.model.key import Omitted
from kg.store.generation.generations import Generations


@pytest.fixture(scope="module")
def tables(marked_keys):
    """Kind → reference → the row of the table."""
    generations = Generations.of_settings(marked_keys)
    folder = generations.generation_folder(generations.live()).tables
    found = {}
    for kind in KINDS:
        with (folder / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
            found[kind] = {row["id"]: row for row in csv.DictReader(file)}
    return found


@pytest.mark.parametrize("marked", MARKED, ids=str)
def test_every_key_is_in_its_columns(tables, marked):
    "A mark under a key is in a column of the key, of a part in the one that the row names; left out, it is in none."
    row = tables[marked.kind][marked.reference]
    if isinstance(marked.key.column, Omitted) or isinstance(marked.row.column, Omitted):
        assert not any(marked.mark in cell for cell in row.values())
    elif marked.part:
        assert marked.mark in row[marked.part.column]
    else:
        names = [each.name for each in columns(marked.kind, ("en",), Base(BASE)) if each.key == marked.key.name]
        assert any(marked.mark in row[name] for name in names)
