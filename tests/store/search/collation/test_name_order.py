"""Order of names: the surname of a person, known from forms of the name or told by its language."""

import pytest

from kg.store.search.collation.name_order import heading
from kg.store.search.collation.title_order import sort_key

PERSON = {"agentType": "person"}
INVERTED = {"names": [{"text": "Castro Ruz, Fidel", "family": "Castro Ruz", "given": "Fidel", "language": "es"}]}


@pytest.mark.parametrize(
    ("more", "labels", "expected"),
    [
        ({}, {"en": "Kissinger, Henry A."}, "Kissinger, Henry A."),
        ({}, {"en": "Henry A. Kissinger"}, "Kissinger, Henry A."),
        ({}, {"en": "Thomas Reed Jr."}, "Reed, Thomas, Jr."),
        ({}, {"en": "Thomas Reed, Jr."}, "Reed, Thomas, Jr."),
        ({}, {"en": "Elizabeth II"}, "Elizabeth II"),
        ({}, {"en": "Voltaire"}, "Voltaire"),
        ({}, {"en": "Alcide De Gasperi"}, "De Gasperi, Alcide"),
        ({}, {"de": "Adam von Trott zu Solz"}, "Trott zu Solz, Adam von"),
        ({}, {"es": "Fidel Castro Ruz"}, "Castro Ruz, Fidel"),
        ({}, {"es": "José Antonio Echeverría"}, "Echeverría, José Antonio"),
        ({}, {"es": "José Ortega y Gasset"}, "Ortega y Gasset, José"),
        ({}, {"ru": "Никита Сергеевич Хрущёв"}, "Хрущёв, Никита Сергеевич"),
        ({}, {"ru": "Хрущёв Никита Сергеевич"}, "Хрущёв Никита Сергеевич"),
        ({}, {"ru": "Рауль Кастро"}, "Кастро, Рауль"),
        ({}, {"en": "Mao Zedong", "zh": "毛泽东"}, "Mao Zedong"),
        ({}, {"hu": "Nagy Imre"}, "Nagy Imre"),
        (INVERTED, {"en": "Fidel Castro Ruz"}, "Castro Ruz, Fidel"),
        ({"names": [{"text": "Mao, Zedong", "family": "Mao", "given": "Zedong"}]}, {"en": "Mao Zedong"}, "Mao, Zedong"),
        ({"alternativeNames": {"en": ["Fidel Castro"]}}, {"en": "Fidel Castro Ruz"}, "Castro Ruz, Fidel"),
        ({"names": [{"text": "Castro, Raúl, 1931-"}]}, {"en": "Raul Castro Ruz"}, "Castro, Raul Ruz"),
        (
            {"names": [{"text": "Ulyanov, V.", "family": "Ulyanov", "form": "former"}]},
            {"en": "V. I. Lenin"},
            "Lenin, V. I.",
        ),
    ],
)
def test_a_person_stands_under_the_surname(more, labels, expected):
    "In any language a person stands where a catalogue has the heading, with a comma in the name or without one."
    (language,) = list(labels)[:1]
    assert heading(PERSON | more, labels, language) == expected


@pytest.mark.parametrize("agent_type", ["organization", "family", None])
def test_other_names_stand_as_they_are(agent_type):
    "Bodies, families and agents of unknown type are in the order of the name that is shown."
    record = {"agentType": agent_type} if agent_type else {}
    assert heading(record, {"en": "Henry Hale Foundation"}, "en") == "Henry Hale Foundation"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"dates": [{"role": "birth", "edtf": "1801"}]}, "Hale, Henry"),
        ({"names": [{"text": "Henry Hale", "family": "Hale"}]}, "Hale, Henry"),
        ({"alternativeNames": {"@none": "Hale, Henry, 1801-1877"}}, "Hale, Henry"),
        ({"dates": [{"role": "active", "edtf": "1801"}], "alternativeNames": {"en": ["Hale, Ann"]}}, "Henry Hale"),
        ({"kind": "place", "alternativeNames": {"en": ["Hale, Henry"]}}, "Henry Hale"),
    ],
)
def test_an_agent_without_a_type_is_a_person_by_what_persons_alone_have(record, expected):
    "A birth, a death, a surname of its own, or the same name inverted tell a person where no type does."
    assert heading(record, {"en": "Henry Hale"}, "en") == expected


def test_a_list_has_the_surnames_of_its_own_language():
    "The heading is made of the name that a reader of the language sees."
    labels = {"en": "Fidel Castro Ruz", "ru": "Фидель Кастро Рус"}
    names = [
        {"family": "Castro Ruz", "text": "Castro Ruz, Fidel", "language": "en"},
        {"family": "Кастро Рус", "text": "Кастро Рус, Фидель", "language": "ru"},
    ]
    assert heading(PERSON | {"names": names}, labels, "ru") == "Кастро Рус, Фидель"
    assert sort_key(heading(PERSON | {"names": names}, labels, "en"), "en").startswith("castro ruz")
