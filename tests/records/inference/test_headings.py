"""Headings of columns: meanings, languages, numbers, groups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.records.inference.headings import folded, read, table_rows
from kg.records.inference.meanings import key_of, level_key
from kg.records.model.keys import KEYS


@pytest.mark.parametrize(
    ("heading", "meaning", "language"),
    [
        ("Título (es)", "title", "es"),
        ("Title [ru]", "title", "ru"),
        ("title_en", "title", "en"),
        ("Title EN", "title", "en"),
        ("Название (рус.)", "title", "ru"),
        ("English title", "title", "en"),
        ("Título en español", "title", "es"),
        ("Title / English", "title", "en"),
        ("summary@es", "summary", "es"),
        ("Заголовок на русском языке", "title", "ru"),
    ],
)
def test_language_in_a_heading(heading, meaning, language):
    """A language in a heading, in any common form, is that of the cells."""
    read_heading = read(heading)
    assert (read_heading.meanings[0], read_heading.values_in) == (meaning, language)


@pytest.mark.parametrize(
    "heading", ["Size (in)", "Weight (kg)", "Sent to", "Record ID", "Item No", "Length (cm)", "Provenance (Lima)"]
)
def test_words_are_no_languages(heading):
    """Units, and words that are codes of languages besides, name no language."""
    assert read(heading).values_in == ""


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("Nº", "id"),
        ("№ п/п", "id"),
        ("Lfd. Nr.", "id"),
        ("Author(s)", "creator"),
        ("Verfasser/in", "creator"),
        ("EXPÉDITEUR", "sender"),
        ("Кому", "recipient"),
        ("Mots-clés", "subjects"),
        ("Palavras-chave", "subjects"),
        ("Estremi cronologici", "dates"),
        ("dateCreated", "dates"),
        ("dc:title", "title"),
        ("Ед. хр.", "folder"),
        ("Place of birth", "birthPlace"),
        ("Author / Name", "creator"),
        ("Dates / From", "start"),
        ("placeOfCreation", "placeOfCreation"),
        ("Place of creation", "placeOfCreation"),
    ],
)
def test_words_of_several_languages(heading, meaning):
    """Headings are known whatever their case, accents and signs; in a group by the word that tells more."""
    assert read(heading).meanings[0] == meaning


def test_numbered_headings():
    """The number at the end of a heading is apart from it."""
    numbered = read("Subject_07")
    assert (numbered.meanings, numbered.stem, numbered.number) == (("subjects",), "Subject", "07")


def test_rows_of_the_table_are_sound():
    """Each meaning is a key of the model, or becomes one; no word stands twice for one meaning and language."""
    made = {"start", "end", "birth", "death", "sent", "received", "published", "digitized", "surname", "givenName"}
    made |= {"lifeDates", "contact", "fond", "series", "papka", "box", "folder", "leaves", "month", "day"}
    rows = table_rows("headings.tsv")
    assert {meaning for meaning, _, _ in rows} <= KEYS.keys() | made
    assert {language for _, language, _ in rows} == {"en", "es", "ru", "de", "fr", "pt", "it"}
    assert all(folded(word) for _, _, word in rows)


def test_levels():
    """Levels of a Russian reference are its own, boxes and folders without a fond are containers."""
    assert level_key("series", "опись", frozenset({"ru"}), has_fond=True) == "referenceLevels.opis"
    assert level_key("folder", "folder", frozenset({"en"}), has_fond=False) == "containers.folder"
    assert key_of("creator", "agent") == ""


@given(st.text(max_size=300))
def test_any_heading_is_read(heading):
    """A heading of any characters is read."""
    assert isinstance(read(heading).text, str)
