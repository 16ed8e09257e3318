from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.records.dates import edtf_strings, phrases

READ = {
    # one day, one month, one year
    "April 5, 1963": "1963-04-05",
    "5 April 1963": "1963-04-05",
    "5 Apr. 1963": "1963-04-05",
    "Apr 5, 1963": "1963-04-05",
    "the 5th of April, 1963": "1963-04-05",
    "1963 April 5": "1963-04-05",
    "Friday, April 5, 1963": "1963-04-05",
    "Friday 5 April 1963": "1963-04-05",
    "APRIL 5, 1963.": "1963-04-05",
    "April 1963": "1963-04",
    "April, 1963": "1963-04",
    "1963": "1963",
    "1963-04": "1963-04",
    "1963-04-05": "1963-04-05",
    "5.4.1963": "1963-04-05",
    "05.04.1963": "1963-04-05",
    "05.04.1963 г.": "1963-04-05",
    "15/4/1963": "1963-04-15",
    "4/15/1963": "1963-04-15",
    "5/5/1963": "1963-05-05",
    "1963/04/05": "1963-04-05",
    "04/1963": "1963-04",
    "5 апреля 1963 г.": "1963-04-05",
    "5-го апреля 1963 года": "1963-04-05",
    "апрель 1963": "1963-04",
    "в апреле 1963 года": "1963-04",
    "5 de abril de 1963": "1963-04-05",
    "1º de enero de 1959": "1959-01-01",
    "abril de 1963": "1963-04",
    "viernes, 5 de abril de 1963": "1963-04-05",
    "April 5, 1963, 10:30 a.m.": "1963-04-05",
    "April 5, 1963, 10-11:15 a.m.": "1963-04-05",
    "April 5, 1963, noon": "1963-04-05",
    "April 5, 1963, 12 noon.": "1963-04-05",
    "April 5, 1963—3 p.m.": "1963-04-05",
    # several days, all of them
    "22 and 23 February 1963": "{1963-02-22,1963-02-23}",
    "February 22 and 23, 1963": "{1963-02-22,1963-02-23}",
    "22, 23 and 25 February 1963": "{1963-02-22,1963-02-23,1963-02-25}",
    "22, 23, and 25 February 1963": "{1963-02-22,1963-02-23,1963-02-25}",
    "28 February and 1 March 1963": "{1963-02-28,1963-03-01}",
    "April 5, 1963 and May 7, 1964": "{1963-04-05,1964-05-07}",
    "22 и 23 февраля 1963 г.": "{1963-02-22,1963-02-23}",
    "22 y 23 de febrero de 1963": "{1963-02-22,1963-02-23}",
    # from one to the other
    "22-23 February 1963": "1963-02-22/1963-02-23",
    "October 16–28, 1962": "1962-10-16/1962-10-28",
    "16 October – 2 November 1962": "1962-10-16/1962-11-02",
    "October 16 – November 2, 1962": "1962-10-16/1962-11-02",
    "16 October 1962 – 28 October 1962": "1962-10-16/1962-10-28",
    "5 April 1962-10 May 1962": "1962-04-05/1962-05-10",
    "from October 16, 1962 to October 28, 1962": "1962-10-16/1962-10-28",
    "from 16 to 28 October 1962": "1962-10-16/1962-10-28",
    "from 1962-10 to 1962-11": "1962-10/1962-11",
    "March-April 1963": "1963-03/1963-04",
    "1962-1963": "1962/1963",
    "1962-63": "1962/1963",
    "1910-25": "1910/1925",
    "1910–11": "1910/1911",
    "1962-10": "1962-10",
    "с 16 по 28 октября 1962 г.": "1962-10-16/1962-10-28",
    "с 16 до 28 октября 1962 г.": "1962-10-16/1962-10-28",
    "1962-1963 гг.": "1962/1963",
    "del 16 al 28 de octubre de 1962": "1962-10-16/1962-10-28",
    "desde 1962 hasta 1963": "1962/1963",
    "since 1962": "1962/..",
    "from 1962": "1962/..",
    "1962-present": "1962/..",
    "1962 to the present": "1962/..",
    "until April 1963": "../1963-04",
    # one of several
    "between May 1, 1971 and May 5, 1971": "[1971-05-01..1971-05-05]",
    "on an unknown date between May 1, 1971 and May 5, 1971": "[1971-05-01..1971-05-05]",
    "between May 1 and 5, 1971": "[1971-05-01..1971-05-05]",
    "between 1 and 5 May 1971": "[1971-05-01..1971-05-05]",
    "between 1962 and 1964": "[1962..1964]",
    "between April 1962 and May 5, 1963": "[1962-04-01..1963-05-05]",
    "между 1 и 5 мая 1971 г.": "[1971-05-01..1971-05-05]",
    "entre el 1 y el 5 de mayo de 1971": "[1971-05-01..1971-05-05]",
    "1962 or 1963": "[1962,1963]",
    "26 or 27 October 1962": "[1962-10-26,1962-10-27]",
    "1962 или 1963": "[1962,1963]",
    "before 1962": "[..1962]",
    "not later than 5 April 1963": "[..1963-04-05]",
    "1962 or earlier": "[..1962]",
    "не позднее 1962 г.": "[..1962]",
    "antes de abril de 1963": "[..1963-04]",
    "after 5 April 1963": "[1963-04-05..]",
    "1962 or later": "[1962..]",
    # about, perhaps
    "circa 1962": "1962~",
    "c. 1962": "1962~",
    "c1962": "1962~",
    "ca. October 1962": "1962-10~",
    "about 1962": "1962~",
    "[ca. 1962]": "1962~",
    "ок. 1962": "1962~",
    "hacia 1962": "1962~",
    "circa 1962-1963": "1962~/1963~",
    "1962?": "1962?",
    "[1962?]": "1962?",
    "[1962]": "1962",
    "1962 [?]": "1962?",
    "5 April 1963?": "1963-04-05?",
    "probably 1962": "1962?",
    "possibly March 1963": "1963-03?",
    "probably 26 or 27 October 1962": "[1962-10-26?,1962-10-27?]",
    "circa 1962?": "1962%",
    "вероятно, 1962 г.": "1962?",
    "1962~": "1962~",
    # parts of what has a name
    "1960s": "196X",
    "the 1960s": "196X",
    "1960's": "196X",
    "1960-е гг.": "196X",
    "década de 1960": "196X",
    "early 1960s": "196X~",
    "1950s and 1960s": "{195X,196X}",
    "early 1963": "1963~",
    "late 1962": "1962~",
    "mid-April 1963": "1963-04~",
    "mid-1963": "1963~",
    "в начале 1963 г.": "1963~",
    "a mediados de abril de 1963": "1963-04~",
    "spring 1963": "1963-21",
    "fall of 1962": "1962-23",
    "winter 1962-63": "1962-24",
    "winter 1962–1963": "1962-24",
    "весной 1963 г.": "1963-21",
    "otoño de 1962": "1962-23",
}

NOT_UNDERSTOOD = """
4/5/1963
05-04-1963
5/4/63
5 April 63
April 31, 1963
between April 31, 1962 and 1963
30 февраля 1963 г.
29.02.1963
April
5 April
5
63
196
19631
1962-03-
December 30 – January 2, 1963
October 28–16, 1962
Moscow, April 5, 1963
sometime
some Tuesday in 1963
April Fools 1963
between 1962
between and
and
to
-
?
circa
,
from to 1962
1962 or
1962 and 1963 or 1964
between 1962 and 1963 and 1964
1962 - 1963 - 1964
winter 1962-64
5 April April 1963
1963 1964
undated
n.d.
б.д.
""".strip().split("\n")


@pytest.mark.parametrize("phrase", READ)
def test_read(phrase):
    """A date as people write it means one EDTF date."""
    assert phrases.read(phrase) == READ[phrase]


@pytest.mark.parametrize("phrase", [*NOT_UNDERSTOOD, "", " ", "April 5, 1963" * 100, "-" * 100, "\ud800", "1963\x00"])
def test_not_understood(phrase):
    """What is not a day, not known or not unambiguous is not read: there is no guess."""
    assert phrases.read(phrase) is None


@pytest.mark.parametrize(
    "text",
    [
        "undated",
        "Undated",
        "[undated]",
        "n.d.",
        "N. D.",
        "no date",
        "s.d.",
        "б.д.",
        "Б. д.",
        "без даты",
        "sin fecha",
    ],
)
def test_undated(text):
    """That there is no date is said in a few ways."""
    assert phrases.is_undated(text)


@pytest.mark.parametrize("text", ["", "1962", "April", "no dates known before 1962", "n" * 1_000_000])
def test_not_undated(text):
    """Anything else says nothing of the kind."""
    assert not phrases.is_undated(text)


SOME_WORDS = "5 22 April February 1962 1963 апреля мая of and or to - – , . from between before circa ? [ ] ( )"
WORDS = st.sampled_from(SOME_WORDS.split())


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=110), st.lists(WORDS, max_size=12).map(" ".join)))
def test_only_dates(text):
    """Whatever the text, what is read from it is a date in EDTF."""
    edtf = phrases.read(text)
    assert edtf is None or edtf_strings.check(edtf) == edtf


@given(
    st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31)),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%A, %B %d, %Y", "%d.%m.%Y", "%Y-%m-%d"]),
)
def test_every_day(day, form):
    """Every day is read back from each way to write it."""
    assert phrases.read(day.strftime(form)) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("30 February 1963", "no such day"),
        ("31 апреля 1963 г.", "no such day"),
        ("between May 5, 1971 and May 1, 1971", "ends before it begins"),
        ("5 April 1963", ""),
        ("4/5/1963", ""),
        ("some day", ""),
        ("5 April 1963 " * 20, ""),
    ],
)
def test_dates_that_can_not_be(text, why):
    """An impossible date has a fault; a phrase that is not understood has none."""
    assert why in phrases.fault(text)
    assert bool(why) == bool(phrases.fault(text))
