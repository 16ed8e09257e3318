"""People in titles and credits: two are two, or nobody; bodies, affiliations and "and others" are no people."""

import pytest

from kg.records.names import named_people

TITLES = {
    "Josip Vuk, President of the Republic, and Edvard Kova, Vice President": [
        ("Josip Vuk", "President of the Republic"),
        ("Edvard Kova", "Vice President"),
    ],
    "Nikita Ivanov, First Secretary, and Mao Zeming": [("Nikita Ivanov", "First Secretary"), ("Mao Zeming", None)],
    "Marshal R. Ya. Malin and Chinese Ambassador Liu Xin": [
        ("R. Ya. Malin", "Marshal"),
        ("Liu Xin", "Chinese Ambassador"),
    ],
    "Anna Miller, Minister of Trade, Ivo Berg, Ambassador, and Karl Low, Consul": [
        ("Anna Miller", "Minister of Trade"),
        ("Ivo Berg", "Ambassador"),
        ("Karl Low", "Consul"),
    ],
    "Anna Miller, Minister of Trade and Industry": [("Anna Miller", "Minister of Trade and Industry")],
    "Anna Miller, Minister of Foreign Affairs and Trade, and Karl Low": [
        ("Anna Miller", "Minister of Foreign Affairs and Trade"),
        ("Karl Low", None),
    ],
    "Anna Miller and others": [("Anna Miller", None)],
    "Ng, Ada": [("Ng, Ada", None)],
    "Никита Хрущев и Фидель Кастро": [("Никита Хрущев", None), ("Фидель Кастро", None)],
    "Anna Miller, Minister of Trade and Karl Low": [],
    "Fidel and Raul Castro": [],
    "the Ambassador of Utopia": [],
    "Prime Minister Castro, Foreign Minister Roa and President Dorticos": [],
}  # fmt: skip

CREDITS = {
    "the National Security Archive": [("National Security Archive", "organization")],
    "James Hersh, Town University,": [("James Hersh", "person")],
    "Jean van der Berg, Jr. and others": [("Jean van der Berg, Jr.", "person")],
    "Sergey Radin et al.": [("Sergey Radin", "person")],
    "Anna Miller, Ivo Berg, and others": [("Anna Miller", "person"), ("Ivo Berg", "person")],
    "Иван Петров и др.": [("Иван Петров", "person")],
    "Ana Ruiz y otros": [("Ana Ruiz", "person")],
    "Karl Low u. a.": [("Karl Low", "person")],
    "Ann Low for the Town Centre": [("Ann Low", "person")],
    "Town Archives and James Hersh": [("Town Archives", "organization"), ("James Hersh", "person")],
    "the Blue Circle": [("Blue Circle", None)],
    "Jim Roe. See also the archive file": [],
}


@pytest.mark.parametrize("text", TITLES)
def test_in_title(text):
    """People with offices are parted where the grammar is certain, and are nobody where it is not."""
    assert list(named_people.in_title(text)) == TITLES[text]


@pytest.mark.parametrize("text", CREDITS)
def test_in_credit(text):
    """A credit names people without affiliation and others, and bodies as bodies; a sentence names nobody."""
    assert list(named_people.in_credit(text)) == CREDITS[text]


@pytest.mark.parametrize("text", ["", "and others", "x" * 100_000, "a and " * 20_000])
def test_no_names(text):
    """A text without a name, or one too long for names, gives none."""
    assert named_people.in_title(text) == named_people.in_credit(text) == () or text == ""
