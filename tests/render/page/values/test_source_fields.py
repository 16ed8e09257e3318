"""Fields of a source have names in words, never paths."""

import pytest

from kg.render.page.values.source_fields import field_name


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("odd[@id='encoderCredits']/p", "Encoder credits"),
        ("filedesc/titlestmt/sponsor[@id='grantSponsor']", "Grant sponsor"),
        ("processinfo[@id='history']/p", "Processing: history"),
        ("bioghist/p", "History"),
        ("archdesc/did/physdesc/@label", "Physical description: label"),
        (
            "localDescriptions[@localType='http://example.org/t#legalForm']/localDescription[@localType='f:110']/term",
            "Legal form",
        ),
        ("@otherlevel", "Otherlevel"),
        ("dates[2].weekDay", "Dates 2: week day"),
        ("box_colour", "Box colour"),
        ("Colour of the box", "Colour of the box"),
        ("p", "P"),
    ],
)
def test_names(field, name):
    """What an element is called by its own id or type, or by the standard, is its name; no path is left."""
    assert field_name(field, "en") == name


def test_the_words_of_the_standards_are_translated():
    """Elements of EAD and EAC-CPF are called in the reader's language; the source's own words stay."""
    assert field_name("processinfo[@id='history']/p", "es") == "Tratamiento archivístico: history"
    assert field_name("custodhist/p", "ru") == "История хранения"
