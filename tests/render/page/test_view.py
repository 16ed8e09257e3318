"""View of a thing: values in rows under headings."""

import pytest

from kg import ontology
from kg.mapping.mapper import Mapper
from kg.render.page.view import sections
from kg.render.site.reader import ReaderPreferences

BASE = "https://archive.example.org/"
ONTOLOGY = ontology.load(BASE)
RECORD = {"id": "record/1", "kind": "record", "title": {"en": "A"}}


def rows(languages=("en",), **keys):
    """Key → values, on the page of a record with these keys and a title."""
    statements = Mapper(ONTOLOGY).statements({**RECORD, **keys})
    shown = sections(statements, "record/1", {}, ONTOLOGY, ReaderPreferences(tuple(languages), "/"))
    return {row.key: row.values for section in shown for row in section.rows}


def test_texts_stand_in_the_order_of_the_readers_languages():
    """Values in several languages come in the order of the reader's preferences, not of the record."""
    keys = {"identifiers": ["17"], "alternativeNames": {"en": ["E"], "ru": ["Р"], "es": ["S"]}}
    for languages in (("es", "ru", "en"), ("ru", "en", "es")):
        shown = rows(languages, **keys)["alternativeNames"]
        assert [value.language for value in shown] == list(languages)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,a", "file:///etc/passwd"])
def test_no_other_scheme_becomes_a_link(address):
    """Only an address of the web or of mail leads outward; any other is text, though no reader lets one through."""
    shown = rows(
        sourcePage=[address, "https://example.org/"], digitalObjects=[{"url": address, "label": {"en": "Scan"}}]
    )
    assert {value.text: value.href for value in shown["sourcePage"]} == {
        address: None,
        "https://example.org/": "https://example.org/",
    }
    assert [(value.text, value.href, value.outward) for value in shown["digitalObjects"]] == [("Scan", None, False)]


def test_parts_stand_in_the_order_of_the_record():
    """Levels of a reference stand from the archive down as the record has them, however statements come."""
    levels = [{"level": level, "value": str(number)} for number, level in enumerate(("fond", "opis", "delo", "list"))]
    statements = Mapper(ONTOLOGY).statements({**RECORD, "referenceLevels": levels})
    said = statements[f"{BASE}record/1"]
    for predicate, values in said.items():
        said[predicate] = list(reversed(values))
    shown = sections(statements, "record/1", {}, ONTOLOGY, ReaderPreferences(("en",), "/"))
    values = next(row.values for section in shown for row in section.rows if row.key == "referenceLevels")
    assert [value.text for value in values] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("5 April 1963", ""),
        ("5 APRIL 1963", ""),
        ("1963-04-05", ""),
        ("the day after the parade", "“the day after the parade”"),
    ],
)
def test_date_as_written_is_quoted_where_it_tells_more(text, note):
    """The text of a date is beside its phrase where it has more than the phrase."""
    (value,) = rows(dates=[{"role": "document", "edtf": "1963-04-05", "text": text}])["dates"]
    assert value.text == "5 April 1963"
    assert (note or "“") in value.note if note else "“" not in value.note


def test_one_language_of_an_extent_is_shown():
    """What is short and the same in several languages stands once: in the one that the reader likes best of those there."""
    extent = {"en": ["9 leaves"], "ru": ["9 листов"]}
    for languages, expected in ((("ru", "en"), ["9 листов"]), (("es", "en"), ["9 leaves"])):
        assert [value.text for value in rows(languages, extent=extent)["extent"]] == expected
