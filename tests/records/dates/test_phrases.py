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
    "Decr. 3d, 1871": "1871-12-03",
    "in or before 1871": "[..1871]",
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
    # museums
    "1807–8": "1807/1808",
    "c.1803–8": "1803~/1808~",
    "?c.1779–80": "1779%/1780%",
    "?1805": "?1805",
    "1805/6": "1805/1806",
    "1962/63": "1962/1963",
    "1999–2000": "1999/2000",
    "1998–02": "1998/2002",
    "c.1900–1": "1900~/1901~",
    "1820-c.1830": "1820/1830~",
    "c.1845–c.1848": "1845~/1848~",
    "1830 (?)": "1830?",
    "1840–5 (?)": "1840?/1845?",
    "?mid-1790s": "179X%",
    "late 1790s": "179X~",
    "c.1620–5, later additions": "1620~/1625~",
    "1805 or 1806": "[1805,1806]",
    "1788 or 1794": "[1788,1794]",
    "1805 or after": "[1805..]",
    "1839–41 or later": "[1839..]",
    "1827, and later": "1827/..",
    "by 1805": "[..1805]",
    "before c.1830": "[..1830~]",
    "1973, 1986": "{1973,1986}",
    "1972–3/2012": "{1972..1973,2012}",
    "1910, dated 1911": "{1910,1911}",
    "1834, engraved 1836": "{1834,1836}",
    "1930s–40s": "193X/194X",
    "1999–ongoing": "1999/..",
    "autumn 1889": "1889-23",
    "1914, 1964": "{1914,1964}",
    "between ca. 1940 and 1945": "[1940-01-01~..1945-12-31~]",
    "between 1940 and 1945?": "[1940?..1945?]",
    "c.1790–5, ?1797": "{1790~..1795~,1797%}",
    # archives
    "1900-": "1900/..",
    "1963 -": "1963/..",
    "-1963": "../1963",
    "–1963": "../1963",
    "?-1940": "/1940",
    "1940-?": "1940/",
    "[1963?]-1970": "1963?/1970",
    "1963-[1970]": "1963/1970",
    "[19]63": "1963",
    "[n.d., ca. 1963]": "1963~",
    "undated (ca. 1963)": "1963~",
    "n.d. [1963?]": "1963?",
    "1905-1910, undated": "1905/1910",
    "1963 and undated": "1963",
    "undated, 1963, 1970": "{1963,1970}",
    "1963-1964, undated, 1970": "{1963..1964,1970}",
    "1960, 1963": "{1960,1963}",
    "1963; 1965; 1967": "{1963,1965,1967}",
    "1899-1902, 1910": "{1899..1902,1910}",
    "1914-1918 and 1939-1945": "{1914..1918,1939..1945}",
    "1963 and 1965-1967": "{1963,1965..1967}",
    "April 2014-ongoing": "2014-04/..",
    "1950 to present": "1950/..",
    "since 1950": "1950/..",
    "from 1945": "1945/..",
    "1961 onwards": "1961/..",
    "1963 and later": "1963/..",
    "1963 and earlier": "[..1963]",
    "1963 or before": "[..1963]",
    "pre-1945": "[..1945]",
    "post-1945": "[1945..]",
    "on or before 5 April 1963": "[..1963-04-05]",
    "after 1900 and before 1910": "[1900..1910]",
    "not before 1900, not after 1910": "[1900..1910]",
    "circa 1930s": "193X~",
    "1930s-1940s": "193X/194X",
    "1960-1970s": "1960/197X",
    "1950-60s": "1950/196X",
    "1980s and 1990s": "{198X,199X}",
    "early to mid-1960s": "196X~",
    "mid to late 1960s": "196X~",
    "18--": "18XX",
    "[196-?]": "196X?",
    "[19..]": "19XX",
    "[191.]": "191X",
    "1900s": "19XX",
    "early 1900s": "19XX~",
    "1890s-1900s": "189X/190X",
    "1800s-1900s": "18XX/19XX",
    "late 1800s-early 1900s": "18XX~/19XX~",
    "2000s": "200X",
    "1905–06": "1905/1906",
    "1905-06, 1908-09": "{1905..1906,1908..1909}",
    "circa 1905-06": "1905~/1906~",
    "1999-00": "1999/2000",
    "Spring/Summer 1963": "1963-21/1963-22",
    "Fall 1962-Spring 1963": "1962-23/1963-21",
    "winter 1962/63": "1962-24",
    "1963-64 Season": "1963/1964",
    "Dates: 1963-1970": "1963/1970",
    "1963-1970 (inclusive)": "1963/1970",
    "1910s-20s": "191X/192X",
    "1963-1963": "1963",
    "1964-undated": "1964/",
    # year first
    "1963 April": "1963-04",
    "1963, April 5": "1963-04-05",
    "1963 Apr. 5-7": "1963-04-05/1963-04-07",
    "1963 January 5-February 2": "1963-01-05/1963-02-02",
    "1998 January - June": "1998-01/1998-06",
    "1963: Jan-Mar": "1963-01/1963-03",
    "1963 May, July": "{1963-05,1963-07}",
    "1963 Apr 5, 7": "{1963-04-05,1963-04-07}",
    "1963 April 5, 1964": "{1963-04-05,1964}",
    "1963 Apr. 5-7, 1964 May": "{1963-04-05..1963-04-07,1964-05}",
    "1962 January-1963 March": "1962-01/1963-03",
    "1962 January-March, 1963 May-June": "{1962-01..1962-03,1963-05..1963-06}",
    "1963 Dec 30-1964 Jan 2": "1963-12-30/1964-01-02",
    "1799 May 12-1800 June 1": "1799-05-12/1800-06-01",
    "1963 Spring-1964 Fall": "1963-21/1964-23",
    # day or month first
    "March 3-7, 1963": "1963-03-03/1963-03-07",
    "April 5, 7, 1963": "{1963-04-05,1963-04-07}",
    "April and May 1963; June 1964": "{1963-04,1963-05,1964-06}",
    "Jan, Feb, and May 1963": "{1963-01,1963-02,1963-05}",
    "Jan.-Feb., 1963": "1963-01/1963-02",
    "Nov. 3, 1885-Jan. 5, 1886": "1885-11-03/1886-01-05",
    "19 May-24 June 1963": "1963-05-19/1963-06-24",
    "5/6 April 1963": "1963-04-05/1963-04-06",
    "Dec 1962/Jan 1963": "1962-12/1963-01",
    "1962, April 5, 1963": "{1962,1963-04-05}",
    "June 1963-July": "1963-06/1963-07",
    "July 4, 1776-1783": "1776-07-04/1783",
    "Thurs., May 5, 1963": "1963-05-05",
    # centuries and parts
    "19th century": "18XX",
    "19th c.": "18XX",
    "nineteenth century": "18XX",
    "late 19th century": "18XX~",
    "mid-19th century": "18XX~",
    "18th-19th centuries": "17XX/18XX",
    "18th and 19th centuries": "{17XX,18XX}",
    "late 18th-early 19th century": "17XX~/18XX~",
    "18/19th century": "17XX/18XX",
    "first half of the 20th century": "[1900..1950]",
    "2nd quarter of the 19th century": "[1825..1850]",
    "last third of the 18th century": "[1766..1800]",
    "1st quarter 1963": "1963-33",
    "first half of 1963": "1963-40",
    "third quarter of the 19th century": "[1850..1875]",
    "XIX век": "18XX",
    "конец XIX века": "18XX~",
    "2-я пол. XIX в.": "[1850..1900]",
    "кон. XIX - нач. XX вв.": "18XX~/19XX~",
    "siglo XIX": "18XX",
    "ss. XVIII-XIX": "17XX/18XX",
    "primera mitad del siglo XX": "[1900..1950]",
    "XIXe siècle": "18XX",
    "mi-XIXe siècle": "18XX~",
    "fin du XIXe siècle": "18XX~",
    "XIXe-XXe siècle": "18XX/19XX",
    "19. Jahrhundert": "18XX",
    "19./20. Jh.": "18XX/19XX",
    "1. Hälfte 19. Jh.": "[1800..1850]",
    "Anfang 20. Jahrhundert": "19XX~",
    # languages
    "5 avril 1963": "1963-04-05",
    "1er mars 1890": "1890-03-01",
    "décembre 1917": "1917-12",
    "decembre 1917": "1917-12",
    "du 5 au 7 mars 1890": "1890-03-05/1890-03-07",
    "mars-avril 1890": "1890-03/1890-04",
    "vers 1900": "1900~",
    "avant 1900": "[..1900]",
    "années 1960": "196X",
    "5. April 1963": "1963-04-05",
    "5.-7. April 1963": "1963-04-05/1963-04-07",
    "vom 5. bis 7. April 1963": "1963-04-05/1963-04-07",
    "5.4.-7.5.1963": "1963-04-05/1963-05-07",
    "um 1900": "1900~",
    "nach 1900": "[1900..]",
    "1960er Jahre": "196X",
    "zwischen 1900 und 1910": "[1900..1910]",
    "5.IV.1963": "1963-04-05",
    "5-IV-1963": "1963-04-05",
    "5/IV/1963": "1963-04-05",
    "1963-IV-5": "1963-04-05",
    "IV-1963": "1963-04",
    "XII.1963": "1963-12",
    "с 5.IV по 15.V.1963": "1963-04-05/1963-05-15",
    "5.IV.-15.V.1963": "1963-04-05/1963-05-15",
    "1917 г., декабрь": "1917-12",
    "декабрь 1917 г. – январь 1918 г.": "1917-12/1918-01",
    "не ранее 1917 - не позднее 1920": "[1917..1920]",
    "1940-е гг.": "194X",
    "до 1917 г.": "[..1917]",
    "hacia 1900": "1900~",
    "abril-mayo de 1963": "1963-04/1963-05",
    "entre 1900 y 1910": "[1900..1910]",
    "3 maggio 1963": "1963-05-03",
    "5 de março de 1963": "1963-03-05",
    "5 mei 1963": "1963-05-05",
    "5 maja 1963": "1963-05-05",
    "5 травня 1963": "1963-05-05",
    # programs
    "19630405": "1963-04-05",
    "1963-04-05 10:30:00": "1963-04-05",
    "2020-01-02 10:11:12 -0500": "2020-01-02",
    "1963-04-05T00:00:00.000Z": "1963-04-05",
    "1963-04-05T10:30": "1963-04-05",
    "5 April 1963, 10:30": "1963-04-05",
    "Apr 5 1963 12:00AM": "1963-04-05",
    "1963-04-05 10:30 AM": "1963-04-05",
    "1963-04-00": "1963-04",
    "1963-00-00": "1963",
    "05-Apr-1963": "1963-04-05",
    "Jan-1963": "1963-01",
    "1963-04-05 - 1963-04-07": "1963-04-05/1963-04-07",
    "9/15/1963": "1963-09-15",
    # eras and calendars
    "44 BC": "-0043",
    "c. 300 BC": "-0299~",
    "300-200 BC": "-0299/-0199",
    "5th century BC": "-04XX",
    "50 BC-AD 50": "-0049/0050",
    "AD 70": "0070",
    "70 CE": "0070",
    "3rd-4th century AD": "02XX/03XX",
    "25 January 1918 O.S.": "1918-02-07",
    "2/15 May 1917": "1917-05-15",
    "May 2/15, 1917": "1917-05-15",
    "25 January (7 February) 1918": "1918-02-07",
    "20 April/3 May 1917": "1917-05-03",
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
1962-03-
1963-04-05-
5723
0000
0002-11-30T00:00:00Z
5723 [1962/63]
1345 AH
14 thermidor an II
950
1963 [photocopy]
1970 [i.e. 1971]
1963 (1964)
©1963
turn of the century
2/14 May 1917
10 February 1731/2
bulk 1963-1970, 1950-1990
1960-July
April 1963, 22
1885, Nov. 3-1886, Jan. 5
1963 to
1963-1960s
1963-1900s, 1970
1905-1900s
44 BC BC
? and 1899 bulk
5th / May 5th undated 1930s in
December 30-January 2 1963
5 April April 1963
1963 1964
1963 0405
1963 9999
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
        "o. D.",
        "sans date",
        "undatiert",
        "date not known",
        "dates not examined",
        "[n.d.?]",
        "s/f",
        "б/д",
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


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("published 1882", [("published", "1882", "published 1882")]),
        ("exhibited 1805", [("exhibited", "1805", "exhibited 1805")]),
        ("active 1820–40", [("active", "1820/1840", "active 1820–40")]),
        ("bulk 1962-1964", [("bulk", "1962/1964", "bulk 1962-1964")]),
        ("1977, printed 1992", [("", "1977", "1977"), ("printed", "1992", "printed 1992")]),
        ("1964–5, cast 1969", [("", "1964/1965", "1964–5"), ("cast", "1969", "cast 1969")]),
        ("c.1808, ?exhibited 1810", [("", "1808~", "c.1808"), ("exhibited", "1810?", "exhibited 1810")]),
        ("1935, reconstructed 1989", [("", "1935", "1935"), ("remade", "1989", "reconstructed 1989")]),
        ("1960-1965 (bulk 1962-1964)", [("", "1960/1965", "1960-1965"), ("bulk", "1962/1964", "bulk 1962-1964")]),
        ("1900-1950, 1920-1930 (bulk)", [("", "1900/1950", "1900-1950"), ("bulk", "1920/1930", "1920-1930")]),
        ("1970-1979, bulk: 1975-1977", [("", "1970/1979", "1970-1979"), ("bulk", "1975/1977", "bulk: 1975-1977")]),
        ("1963 (printed later)", [("", "1963", "1963")]),
        ("1963, printed", []),
        ("1961, 2009 edition", []),
    ],
)
def test_roles(text, dates):
    """A date with a role has it, and a text with two dates gives both, each with its part of the text."""
    assert [(date.role, date.edtf, date.text) for date in phrases.parse(text).dates] == dates


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("1905-06", ["1905-06", "1905/1906"]),
        ("04/05/1963", ["1963-04-05", "1963-05-04"]),
        ("the 1900s", ["19XX", "190X"]),
        ("1910-25", []),
        ("1905–06", []),
    ],
)
def test_ambiguous_figures(text, others):
    """Figures with two readings keep both, for an encoded date to choose."""
    assert sorted(date.edtf for date in phrases.parse(text).others) == sorted(others)


def test_years_of_what_is_not_understood():
    """The years of a text are known though it is not understood, unless they are of another calendar."""
    assert phrases.parse("Letters of 1963 and 1979, some torn").years == {1963, 1979}
    assert phrases.parse("1345 AH").years == frozenset()


@pytest.mark.parametrize("text", ["1963-04-00", "1963-00-00"])
def test_remark(text):
    """A part of two noughts is told."""
    assert "00 is none" in phrases.parse(text).remark


MONTHS = {
    "January 1963": [
        "January",
        "janvier",
        "Januar",
        "enero",
        "января",
        "gennaio",
        "janeiro",
        "januari",
        "stycznia",
        "січня",
    ],
    "December 1963": [
        "December",
        "décembre",
        "Dezember",
        "diciembre",
        "декабря",
        "dicembre",
        "dezembro",
        "december",
        "grudnia",
        "грудня",
    ],
}


@pytest.mark.parametrize("month", MONTHS)
def test_months_of_each_language(month):
    """The name of a month is that month in each of the languages."""
    expected = "1963-01" if month.startswith("Jan") else "1963-12"
    assert {phrases.read(f"{name} 1963") for name in MONTHS[month]} == {expected}


SPANS = st.tuples(st.integers(1500, 2025), st.integers(1, 60))
RANGES = {
    "{0}-{1}": "{0}/{1}",
    "{0} - {1}": "{0}/{1}",
    "{0}–{1}": "{0}/{1}",
    "from {0} to {1}": "{0}/{1}",
    "{0} to {1}, undated": "{0}/{1}",
    "c.{0}–{1}": "{0}~/{1}~",
    "{0}-{1}?": "{0}?/{1}?",
    "{0}, {1}": "{{{0},{1}}}",
    "{0} and {1}": "{{{0},{1}}}",
    "{0} or {1}": "[{0},{1}]",
    "{0} May 5-{1} June 6": "{0}-05-05/{1}-06-06",
    "May 5, {0}-June 6, {1}": "{0}-05-05/{1}-06-06",
    "5 May {0}-6 June {1}": "{0}-05-05/{1}-06-06",
    "{0} Jan.-{1} Feb.": "{0}-01/{1}-02",
    "spring {0}-fall {1}": "{0}-21/{1}-23",
    "{0}, printed {1}": "{0}",
    "{0}-{1} (bulk {1})": "{0}/{1}",
    "not before {0}, not after {1}": "[{0}..{1}]",
    "{0}, {1} May": "{{{0},{1}-05}}",
    "{0} June, {1} May": "{{{0}-06,{1}-05}}",
}


@given(SPANS, st.sampled_from(sorted(RANGES)))
def test_every_pair_of_years(span, form):
    """Each way to write two years gives these years, whatever they are."""
    first, last = span[0], span[0] + span[1]
    assert phrases.read(form.format(first, last)) == RANGES[form].format(first, last)


PIECES = st.sampled_from(
    [
        "1899",
        "1905",
        "1910-25",
        "1905-06",
        "1907–8",
        "1930s",
        "1900s",
        "April",
        "Jan.",
        "5",
        "5th",
        "16-18",
        ",",
        "-",
        "–",
        "and",
        "or",
        "/",
        ";",
        "circa",
        "?",
        "early",
        "mid-",
        "spring",
        "1963",
        "19th",
        "century",
        "before",
        "after",
        "to",
        "between",
        "undated",
        "bulk",
        "printed",
        "(",
        ")",
        "until",
        "1963-04-05",
        "half",
        "first",
        "present",
        "BC",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=8).map(" ".join))
def test_no_year_is_left_out(text):
    """Each year that stands in an understood phrase lies in one of its dates: none is dropped."""
    phrase = phrases.parse(text)
    if not phrase.dates or "BC" in text:
        return
    starts = [int((date.span.start or "0001")[:4]) for date in phrase.dates]
    ends = [int((date.span.end or "9999")[:4]) for date in phrase.dates]
    assert all(min(starts) <= year <= max(ends) for year in phrase.years)
