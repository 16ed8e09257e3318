import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from waiting import no_endless_work

from kg.records.names import personal_names
from kg.records.names.personal_names import _EDGES

NOBODY = [
    "", " ", "-", "—", "...", "[?]", "???", "[Unknown person(s)]", "Unknown", "unknown man", "An unidentified man",
    "unidentified speakers", "Unidentified speaker 2", "anonymous", "[Anonymous]", "n/a", "N/A", "None", "null",
    "[s.n.]", "not identified", "Author unknown", "не установлено", "неизвестный", "Неизвестное лицо", "Автор неизвестен",
    "desconocido", "Anónimo", "persona desconocida",
]  # fmt: skip

SOMEBODY = [
    "White House operator", "Nan", "President", "Nixon, Richard M. (President)", "Anonymous Committee", "Noname Smith",
    "Unknown Soldier Foundation", "Nunez", "John Doe", "И. Неизвестный", "Na Hye-sok", "x" * 1_000_000,
]  # fmt: skip

OFFICES = {
    "Raul Castro Ruz, Minister of the Armed Forces of the Republic of Cuba": (
        "Raul Castro Ruz", "Minister of the Armed Forces of the Republic of Cuba"
    ),
    "Fidel Castro Ruz, Prime Minister of the Republic of Cuba": (
        "Fidel Castro Ruz", "Prime Minister of the Republic of Cuba"
    ),
    "A.I. Alekseyev, Soviet Ambassador to Cuba": ("A.I. Alekseyev", "Soviet Ambassador to Cuba"),
    "Nixon, Richard M. (President)": ("Nixon, Richard M.", "President"),
    "Agnew, Spiro T. (Vice President)": ("Agnew, Spiro T.", "Vice President"),
    "Scowcroft, Brent G. (Gen.)": ("Scowcroft, Brent G.", "Gen."),
    "Kissinger, Henry A., Assistant to the President": ("Kissinger, Henry A.", "Assistant to the President"),
    "Martin Luther King, Jr., President of the SCLC": ("Martin Luther King, Jr.", "President of the SCLC"),
    "Smith, John, member of the board, treasurer": ("Smith, John", "member of the board, treasurer"),
    "Громыко А.А., министр иностранных дел СССР": ("Громыко А.А.", "министр иностранных дел СССР"),
    "Raúl Castro, ministro de las Fuerzas Armadas": ("Raúl Castro", "ministro de las Fuerzas Armadas"),
    "Nixon, Richard M.": None,
    "Rusk, Dean": None,
    "Green, Marshall": None,
    "Busquets, Carmen (Dr.)": None,
    "Castro, General Raul": None,
    'Nixon, Thelma C. ("Pat") (Ryan)': None,
    'Haldeman, H. R. ("Bob")': None,
    "Nixon, Richard M. (Richard Milhous), 1913-1994": None,
    "Haig, Alexander M., Jr.": None,
    "Ministry of Foreign Affairs, Deputy Minister": None,
    "Department of State, Bureau of Public Affairs, Office of the Historian": None,
    "Secretary of State, Deputy Chief": None,
    "Havana, Cuba": None,
    ", Minister": None,
    "": None,
}  # fmt: skip

LISTS = {
    "James G. Hershberg and Gary Goldberg": ["James G. Hershberg", "Gary Goldberg"],
    "James G. Hershberg, Gary Goldberg and Sergey Radchenko": [
        "James G. Hershberg",
        "Gary Goldberg",
        "Sergey Radchenko",
    ],
    "James G. Hershberg, Gary Goldberg, and Sergey Radchenko": [
        "James G. Hershberg",
        "Gary Goldberg",
        "Sergey Radchenko",
    ],
    "James G. Hershberg & Gary Goldberg": ["James G. Hershberg", "Gary Goldberg"],
    "Martin Luther King, Jr., and Ralph Abernathy": ["Martin Luther King, Jr.", "Ralph Abernathy"],
    "Ford, Gerald R.; Haig, Alexander M., Jr.": ["Ford, Gerald R.", "Haig, Alexander M., Jr."],
    "Gary Goldberg; and National Archives; ": ["Gary Goldberg", "National Archives"],
    "Никита Хрущев и Фидель Кастро": ["Никита Хрущев", "Фидель Кастро"],
    "National Archives and Records Administration": None,
    "Blavatnik Family Foundation": None,
    "Department of State, Bureau of Public Affairs": None,
    "Fidel and Raul Castro": None,
    "Nixon, Richard M.": None,
    "Castro Ruz, Raúl Modesto": None,
    "Van Ryzin, William J.": None,
    "H&#233;bert, F. Edward": None,
    "José Ortega y Gasset": None,
    "Raul Castro Ruz, Minister of the Armed Forces": None,
    "Gary Goldberg": None,
}


@pytest.mark.parametrize("text", NOBODY)
def test_nobody(text):
    """A placeholder is no name."""
    assert personal_names.is_placeholder(text)


@pytest.mark.parametrize("text", SOMEBODY)
def test_somebody(text):
    """A role, or a name with such a word as a part, is no placeholder."""
    assert not personal_names.is_placeholder(text)


@pytest.mark.parametrize("text", OFFICES)
def test_office(text):
    """An office is what begins like one behind a comma or in brackets; given names and maiden names are none."""
    assert personal_names.split_office(text) == (OFFICES[text] or (text, None))


@pytest.mark.parametrize("text", LISTS)
def test_list(text):
    """A list is taken apart where each part is a whole name of a person, or where semicolons say so."""
    assert personal_names.split_list(text) == (LISTS[text] or [text])


def test_nothing_listed():
    """There are no empty names."""
    assert personal_names.split_list(" ") == personal_names.split_list(";") == []


def test_key():
    """The same name is the same text whatever its Unicode form and spaces; case is kept."""
    assert personal_names.key("Rau\u0301l \u00a0 Castro\n") == "Raúl Castro" != personal_names.key("RAÚL CASTRO")


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(["Raúl", "Castro", ",", "and", "(", ")", "Jr.", "Minister", "of", ";", '"', "de", "1963"]),
        max_size=10,
    ).map(" ".join),
)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_nothing_is_lost(text):
    """Whatever the text, its name and office together hold its words, and a list holds no empty name."""
    name, office = personal_names.split_office(text)
    letters = "".join(filter(str.isalnum, personal_names.key(text)))
    assert "".join(filter(str.isalnum, name + (office or ""))) == letters
    assert all(personal_names.split_list(text))
    personal_names.is_placeholder(text)


@pytest.mark.parametrize("text", ["(" * 1000, "a, " * 330, 'A ("' * 250, "and " * 250, ", " * 1_000_000])
def test_hostile(text):
    """A hostile text takes no time to speak of."""
    for function in (personal_names.is_placeholder, personal_names.split_office, personal_names.split_list):
        function(text)


def test_edges_take_linear_time() -> None:
    """A name of 200,000 signs that are no letters is stripped in linear time: the square of it would take minutes."""
    with no_endless_work():
        assert _EDGES.sub("", "a" + "\n" * 200_000 + "a" + "!" * 10) == "a" + "\n" * 200_000 + "a"
