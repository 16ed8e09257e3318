"""Encodings of tables as text: found out by marks and letters, with the doubt told letter by letter."""

import pytest
from tables import items_of, problems_of, records_of, source_of

from kg.records.readers.base import RawRecord
from kg.records.readers.tables.text import encodings

SPANISH = "id;title\n1;Carta del señor Muñoz\n2;¿Qué pasó en La Habana?\n"
CZECH = "id;title\n1;Dopis příteli Jiřímu Šťastnému\n2;Žádost o vízum, květen\n"
POLISH = "id;title\n1;List do przyjaciół w Łodzi\n2;Źródła i świadectwa\n"
HUNGARIAN = "id;title\n1;Levél a főtitkárhoz\n2;Jegyzőkönyv az ülésről\n"
PORTUGUESE = "id;title\n1;Relações e instruções\n2;São João, opiniões\n"
RUSSIAN = "id;title\n1;Письмо товарищу Хрущёву\n2;Запись беседы с послом\n"
GERMAN = "id;title\n1;Brief an Müller über die Größe\n2;Straße nach Köln\n"
TURKISH = "id;title\n1;Büyükelçiliğe mektup\n2;İşçi sınıfı, başlangıç\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *(
            (SPANISH, each)
            for each in ("cp1252", "mac_roman", "cp850", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
        ),
        *((CZECH, each) for each in ("cp1250", "cp852")),
        *((POLISH, each) for each in ("cp1250", "cp852", "iso8859_2")),
        (HUNGARIAN, "cp1250"),
        (PORTUGUESE, "cp1252"),
        *((RUSSIAN, each) for each in ("cp1251", "koi8_r", "cp866", "utf-16")),
        (GERMAN, "cp1252"),
        (TURKISH, "cp1254"),
    ],
)
def test_encoding_is_found(tmp_path, text, encoding):
    """A table in any of the encodings that archives' programs write has its letters."""
    titles = [record["title"]["@none"] for record in records_of(tmp_path, text.encode(encoding))]
    assert titles == [line.partition(";")[2] for line in text.splitlines()[1:]]


def test_the_doubt_is_told_by_letters(tmp_path):
    """An encoding that was guessed is told once, with the letters that another one would read otherwise."""
    (told,) = problems_of(items_of(tmp_path, SPANISH.encode("cp1252")))
    assert told.severity == "note"
    assert "taken for cp1252" in told.message
    assert "cp1250 would read ń for ñ" in told.message
    assert 'encoding = "cp1252"' in told.expected


def test_the_encoding_of_the_settings_goes_first(tmp_path):
    """With `encoding` nothing is guessed and nothing told."""
    items = items_of(tmp_path, "id;title\n1;café\n".encode("cp1250"), encoding="cp1250")
    assert [item.record["title"]["@none"] for item in items if isinstance(item, RawRecord)] == ["café"]
    assert problems_of(items) == []


def test_bytes_outside_the_encoding_are_told_at_their_row(tmp_path):
    """A line of Windows in a text of UTF-8 is read as that, and told; the others stay as they are."""
    content = b"id,title\n" + "1,Žluťoučký kůň\n".encode() + "2,José\n".encode("cp1252") + "3,Příběh\n".encode()
    items = items_of(tmp_path, content)
    assert [item.record["title"]["@none"] for item in items if isinstance(item, RawRecord)] == [
        "Žluťoučký kůň",
        "José",
        "Příběh",
    ]
    (told,) = problems_of(items)
    assert (told.at, told.severity, told.value) == ("row 3", "repaired", "0xe9")


def test_letters_late_in_a_file_tell_its_encoding(tmp_path):
    """The whole file is looked through: a letter behind a megabyte of ASCII counts."""
    content = b"id;title\n" + b"1;plain\n" * 200_000 + "2;Muñoz\n".encode("cp1252")
    assert encodings.find(source_of(tmp_path, content).path, "").name == "cp1252"


def test_half_a_character_in_utf16_is_told(tmp_path):
    """A file that breaks off within a character has the rest, and is told."""
    items = items_of(tmp_path, "id;title\n1;Müller\n".encode("utf-16")[:-3])
    assert [item.record["id"] for item in items if isinstance(item, RawRecord)] == ["record/1"]
    assert any("U+FFFD" in problem.message for problem in problems_of(items))
