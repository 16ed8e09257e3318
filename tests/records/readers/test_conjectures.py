"""What an authority record marks as a guess is no value of a key; relations have the number that the source marks."""

import pytest

from kg.records.readers import READERS, sniff
from kg.records.readers.base import RawRecord, SourceFile

AUTHORITY = """<eac-cpf xmlns="urn:isbn:1-931666-33-4" xmlns:xlink="http://www.w3.org/1999/xlink">
<control><recordId>p-1</recordId><languageDeclaration><language languageCode="eng">English</language></languageDeclaration></control>
<cpfDescription><identity><entityType>person</entityType><nameEntry><part>Ashton, Roy</part></nameEntry></identity>
<description>{description}</description><relations>{relations}</relations></cpfDescription></eac-cpf>"""

GENDER = """<localDescriptions localType="http://example.org/terms#gender"><localDescription localType="field:375" {marks}>
<term>male</term>{note}</localDescription>{around}</localDescriptions>"""


def agent(tmp_path, description="", relations=""):
    """The agent of an authority record with a description and relations."""
    path = tmp_path / "p-1.xml"
    path.write_text(AUTHORITY.format(description=description, relations=relations), encoding="utf-8")
    name = sniff(path.read_bytes(), path.name)
    (record,) = (
        item.record for item in READERS[name](SourceFile(path, path.name, origin="test")) if isinstance(item, RawRecord)
    )
    return record


def note(text):
    return f"<descriptiveNote><p>{text}</p></descriptiveNote>"


@pytest.mark.parametrize(
    ("marks", "said", "around"),
    [
        ("", "This term has been predicted from the given name.", ""),
        ("", 'By analytics, at a certainty of <span localType="certainty">-1.0</span>.', ""),
        ("", 'Scale: <span localType="http://example.org/terms#confidence">0</span>', ""),
        ("", "", "Automatically assigned by a machine learning model."),
        ('certainty="0"', "", ""),
        ('cert="guess"', "As read.", ""),
        ("", "Sexo predicho a partir del nombre.", ""),
        ("", "Пол предсказан программой по имени.", ""),
        ("", "Predicted from the name; not confirmed.", ""),
    ],
)
def test_a_guess_is_kept_with_who_says_so(tmp_path, marks, said, around):
    """A value that a program guessed, or of no certainty, stands under `extra` with its note, and under no key."""
    description = GENDER.format(marks=marks, note=note(said) if said else "", around=note(around) if around else "")
    record = agent(tmp_path, description)
    assert "gender" not in record
    (kept,) = [each["value"] for each in record["extra"] if each["value"].startswith("male")]
    for text in filter(None, (said, around)):
        word = text.partition("<")[0].split()[-1] if "<" in text else text.split()[-1]
        assert any(word in each["value"] for each in record["extra"]), (kept, record["extra"])


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ("", ""),
        ("", "From his own papers."),
        ('certainty="0.9"', ""),
        ("", "At first predicted from the name, since confirmed by his daughter."),
    ],
)
def test_what_somebody_says_is_a_value(tmp_path, marks, said):
    """A value that a person states, or has confirmed, stays under its key."""
    description = GENDER.format(marks=marks, note=note(said) if said else "", around="")
    assert agent(tmp_path, description)["gender"] == "male"


def test_guesses_of_other_kinds(tmp_path):
    """Occupations, places and relations that a program guessed are no values either."""
    guess = note("Inferred by an algorithm from the correspondence.")
    record = agent(
        tmp_path,
        f"<occupation><term>Spinner</term>{guess}</occupation>"
        f"<place><placeEntry>Leeds</placeEntry>{guess}</place><occupation><term>Dyer</term></occupation>",
        f'<cpfRelation xlink:href="p-2"><relationEntry>Meadows, Ed</relationEntry>{guess}</cpfRelation>',
    )
    assert record["occupations"] == {"en": ["Dyer"]}
    assert "places" not in record
    assert "relations" not in record
    kept = {each["value"].partition(" (")[0] for each in record["extra"]}
    assert {"Spinner", "Leeds", "Meadows, Ed"} <= kept


def test_a_relation_has_its_number(tmp_path):
    """The number that a note marks as how often a relation was is a value of its own; without a mark it is text."""
    relation = '<cpfRelation xlink:href="p-{0}"><relationEntry>Meadows, Ed</relationEntry>{1}</cpfRelation>'
    marked = note('They conversed <span localType="frequency">1,209</span> times.')
    record = agent(tmp_path, "", relation.format(2, marked) + relation.format(3, note("They conversed 9 times.")))
    first, second = record["relations"]
    assert (first["count"], first["note"]) == (1209, {"en": "They conversed 1,209 times."})
    assert "count" not in second
