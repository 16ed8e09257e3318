"""Descriptions of the columns of tables: in the reader's language, of every column that a build writes."""

import pytest
from publishing import BASE

from kg.iris import KINDS, Base
from kg.records.model.columns import columns
from kg.render.site.pages import Site, render_page
from kg.render.site.table_columns import column_description
from kg.render.site.translations import LANGUAGES

PREFERRED = ("en", "ru", "pt-BR")


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_described_in_every_language(kind):
    """A column that a build writes has a description of its own in each language of pages; in English that of the file."""
    for column in columns(kind, PREFERRED, Base(BASE)):
        said = [column_description(column.name, language) for language in LANGUAGES]
        assert all(said)
        assert len(set(said)) == len(LANGUAGES), column.name
        if "Language: " not in column.meaning:  # the file has the tag, the page the name of the language
            assert said[0] == column.meaning


def test_a_language_is_called_by_its_name():
    """The column of a language says which, as its reader calls it; the name of the column may be that of a variant."""
    assert "испанский" in column_description("title_es", "ru")
    assert "portugués (Brasil)" in column_description("name_pt_br", "es")


@pytest.mark.parametrize("name", ["colour_of_the_box", "title_", "colour", ""])
def test_what_is_no_column(name):
    """A name that is no column of the model has no description."""
    assert column_description(name, "ru") == ""


def test_a_column_that_the_model_has_no_more():
    """A column of an earlier version keeps its English description, and is marked as English."""
    column = {"name": "colour", "meaning": "", "meaning_in_english": "Colour of the box.", "type": "string"}
    table = {
        "kind": "record",
        "files": [],
        "rows": 1,
        "state": "2030-01-01T00:00:00Z",
        "columns": [column | {"many": False, "example": "", "filled": 1}],
    }
    site = Site("Papers", "", "", "", "/", BASE, "https://example.org/licence", language="ru")
    page = render_page("tables", site, {"tables": [table]}).decode()
    assert '<td lang="en">Colour of the box.</td>' in page
