import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.render.site.date_phrases import date_phrase
from kg.render.site.translations import LANGUAGES


@pytest.mark.parametrize(
    ("edtf", "said"),
    [
        ("1963-04-05", "5 April 1963"),
        ("1963-02", "February 1963"),
        ("1963", "1963"),
        ("1962~", "about 1962"),
        ("1962-11~", "about November 1962"),
        ("2001-06-19?", "19 June 2001 (uncertain)"),
        ("1962%", "about 1962 (uncertain)"),
        ("1962-10-XX", "October 1962"),
        ("196X", "the 1960s"),
        ("1962-21", "spring 1962"),
        ("{1963-02-22,1963-02-23}", "22 and 23 February 1963"),
        ("[1962-10-26,1962-10-27]", "26 or 27 October 1962"),
        ("[1971-05-01..1971-05-05]", "on an unknown day between 1 May 1971 and 5 May 1971"),
        ("[..1962]", "1962 or earlier"),
        ("1962-10/..", "from October 1962"),
        ("../1963", "until 1963"),
        ("1963-02/1963-03", "February 1963 to March 1963"),
        ("-0026-09-04", "4 September 27 BC"),
        ("-0026-09", "September 27 BC"),
        ("-0026", "27 BC"),
        ("0000", "1 BC"),
        ("-0043?", "44 BC (uncertain)"),
        ("-0499/-0400", "500 BC to 401 BC"),
        ("-04XX", "500 to 401 BC"),
        ("Y-12000", "12001 BC"),
        ("Y17000", "17000"),
        ("1963-XX-05", "on day 5 of an unknown month of 1963"),
        ("XXXX-04-05", "5 April of an unknown year"),
        ("156X-12-25", "25 December of a year in the 1560s"),
        ("1962-33", "first quarter of 1962"),
        ("1962-41", "second half of 1962"),
        ("1962-25", "spring 1962"),
        ("1962-29", "spring 1962 (southern hemisphere)"),
        ("1950S2", "about 1950"),
        ("-0026-02-30", "-0026-02-30"),
    ],
)
def test_what_a_date_says_stands_in_words(edtf, said):
    "A date phrase keeps the meaning of EDTF: certainty, one of a set, all of a set, open ends."
    assert date_phrase(edtf, "en") == said


def test_each_language_writes_dates_in_its_own_way():
    "Days and months stand as the language of the page writes them."
    assert date_phrase("1963-04-05", "ru").startswith("5 апреля 1963")
    assert date_phrase("{1963-02-22,1963-02-23}", "es") == "22 y 23 de febrero de 1963"


@given(st.text(max_size=30), st.sampled_from(LANGUAGES))
def test_what_is_no_date_is_said_as_it_stands(text, language):
    "A page can show any text in place of a date."
    assert isinstance(date_phrase(text, language), str)


@pytest.mark.parametrize(("language", "said"), [("ru", "27 г. до н. э."), ("es", "27 a. C.")])
def test_years_before_christ_are_said_in_each_language(language, said):
    "A year before Christ has its number and its era, the year 0000 being the first."
    assert date_phrase("-0026", language) == said
