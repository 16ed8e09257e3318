"""Names in citations: what a heading has beyond a name is left out, and nothing else."""

import pytest

from kg.render.citations.cited_names import CitedName, cited_name, heading_name, inverted, name_list, natural


@pytest.mark.parametrize(
    ("heading", "agent_type", "expected"),
    [
        ("Hale, Martha, 1801-1877", "person", "Hale, Martha"),
        ("Hale, Martha, 1801–", "person", "Hale, Martha"),
        ("Hale, Martha, b. 1801", "person", "Hale, Martha"),
        ("Hale, Martha, d. 1877", "person", "Hale, Martha"),
        ("Hale, Martha, ca. 1801-ca. 1877", "person", "Hale, Martha"),
        ("Hale, Martha, approximately 1801-1877", "person", "Hale, Martha"),
        ("Hale, Martha, 1801 or 1802-1877", "person", "Hale, Martha"),
        ("Hale, Martha, 1801?-1877", "person", "Hale, Martha"),
        ("Hale, Martha, active 19th century", "person", "Hale, Martha"),
        ("Hale, Martha, fl. 1820-1840", "person", "Hale, Martha"),
        ("Martha Hale (1801-1877)", "person", "Martha Hale"),
        ("Орлова, Вера, 1901-1980", "person", "Орлова, Вера"),
        ("Орлова, Вера, род. 1901", "person", "Орлова, Вера"),
        ("Reed, Thomas, Jr., 1820-1890", "person", "Reed, Thomas, Jr."),
        ("Reed, Thomas, III", "person", "Reed, Thomas, III"),
        ("Ward, Emma, Mrs., 1851-1920", "person", "Ward, Emma"),
        ("Acton, John, Baron, 1834-1902", "person", "Acton, John"),
        ("Wells, Arthur, Duke of Wells, 1769-1852", "person", "Wells, Arthur"),
        ("Isolde II, Queen of the Islands, 1826-1899", "person", "Isolde II"),
        ("Clement, of Harbour, Saint, 1182-1226", "person", "Clement of Harbour"),
        ("Khan, Shah Rukh, 1965-", "person", "Khan, Shah Rukh"),
        ("Vera Orlova", "person", "Vera Orlova"),
        ("Thomas Reed, Ambassador to the Islands", "person", "Thomas Reed"),
        ("Dunne, Peter, 1901-", "", "Dunne, Peter"),
        ("Smith and Sons, Ltd.", "", "Smith and Sons, Ltd."),
        ("Conference on Wool, Northport, 1932-1934", "", "Conference on Wool, Northport, 1932-1934"),
        ("Ministry of Trade (1920-1930)", "organization", "Ministry of Trade (1920-1930)"),
        ("Treaty Office, 1920-1930", "", "Treaty Office, 1920-1930"),
        ("Hale family, 1700-1900", "family", "Hale family, 1700-1900"),
    ],
)
def test_a_heading_gives_the_name_alone(heading, agent_type, expected):
    """Life dates, titles and fuller forms of a person's heading are no part of the name; bodies are left whole."""
    assert inverted(heading_name(heading, agent_type)) == expected


def test_a_form_with_parts_goes_before_a_heading():
    """A form of the name with family and given name is cited, of several the one in the reader's language."""
    record = {
        "agentType": "person",
        "names": [
            {"text": "Shitov, Aleksandr", "form": "former", "family": "Shitov", "given": "Aleksandr"},
            {"text": "Алексеев, Александр", "language": "ru", "family": "Алексеев", "given": "Александр"},
            {"text": "Alekseyev, Aleksandr", "language": "en", "family": "Alekseyev", "given": "Aleksandr"},
        ],
    }
    assert cited_name(record, "A. Alekseyev", ["en"]) == CitedName("Alekseyev", "Aleksandr")
    assert cited_name(record, "A. Alekseyev", ["ru"]) == CitedName("Алексеев", "Александр")
    assert cited_name({}, "", ["en"]) is None


def test_lists_of_names_are_shortened_by_the_rules():
    """Up to the most names all are told; of more, the first ones and et al."""
    names = [CitedName("Alder", "Ada"), CitedName("Birch", "Bo"), CitedName("Cedar", "Cy"), CitedName("Elm", "Eva")]
    assert name_list(names[:1], most=3, shortened=1, first_inverted=True) == "Alder, Ada"
    assert name_list(names[:3], most=3, shortened=1, first_inverted=False) == "Ada Alder, Bo Birch, and Cy Cedar"
    assert name_list(names, most=3, shortened=1, first_inverted=False) == "Ada Alder et al."
    assert name_list(names, most=3, shortened=2, first_inverted=True) == "Alder, Ada, Bo Birch, et al."
    assert natural(CitedName("Ashe", "Edmund", "III")) == "Edmund Ashe III"
