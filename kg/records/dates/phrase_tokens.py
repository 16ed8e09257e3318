"""Lexer of date phrases: figures and words of any of the languages become the same tokens.

>>> [token.kind + token.value for token in tokens("22 and 23 february 1963").tokens]
['d22', '&', 'd23', 'M02', 'y1963']
>>> [token.kind + token.value for token in tokens("5 апреля 1963 г.").tokens], tokens("april fools")
(['d5', 'M04', 'y1963'], None)
"""
# ruff: noqa: RUF002  # letters and dashes of several scripts are what this module is about
# letters and dashes of several scripts are what this module is about

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from kg.records.dates.phrase_words import MAX_PIECES, SYMBOLS


class Token(NamedTuple):
    """Token of a phrase.

    Attributes:
        kind: y year, perhaps with X for unknown figures; d day or ordinal; n other number; M month; S season; t day,
            month and year in one; o two days in two calendars; R Roman number; z `1900s`; q short decade; *role*;
            *undated*; else a sign or a symbol of the vocabulary.
        value: figures; empty for signs.
        start, end: its place in the phrase.
    """

    kind: str
    value: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a phrase.

    Attributes:
        tokens: the tokens.
        ambiguous: whether the figures can be read in another way.
        undecided: whether none of the ways is the usual one: `4/5/1963`.
        remark: note on a part that stands for nothing: `1963-04-00`; empty where there is none.
    """

    tokens: tuple[Token, ...]
    ambiguous: bool = False
    undecided: bool = False
    remark: str = ""


class _Figures(NamedTuple):
    """Tokens of some figures: (kind, value), and what is to be known of them."""

    tokens: tuple[tuple[str, str], ...]
    ambiguous: bool = False
    undecided: bool = False
    remark: str = ""


def _date(year: str, month: str, day: str) -> _Figures:
    """Day, month and year; months and days of two noughts are unknown."""
    if not int(month):
        return _Figures((("y", year),), remark="month 00 is none; the year is read")
    if not int(day):
        return _Figures((("y", year), ("M", f"{month:0>2}")), remark="day 00 is none; the month is read")
    return _Figures((("t", f"{year}-{month:0>2}-{day:0>2}"),))


def _either_first(first: str, second: str, year: str, *, other: bool) -> _Figures:
    """Day and month in either order: known where they are equal, or one is too large for a month."""
    if first == second or int(first) > 12:
        return _date(year, second, first)
    if int(second) > 12:
        return _date(year, first, second)
    day, month = (second, first) if other else (first, second)
    return _Figures(_date(year, month, day).tokens, ambiguous=True, undecided=True)


def _after_year(year: str, sign: str, number: str, *, other: bool) -> _Figures | None:
    """Two years, or year and month: `1905-06` may be either, `1962-63`, `1807–8` and `1962/63` can't be months.

    A long dash stands between years alone.
    """
    is_month = len(number) == 2 and 1 <= int(number) <= 12
    is_later = number > year[-len(number) :]
    rolls_over = len(number) == 2 and year[2:] >= "80" and number <= "20" and (sign in "–—" or number == "00")
    two_years = None
    if is_later or (rolls_over and (year[2:] == "99" or sign in "–—")):
        century = int(year[: -len(number)]) + (0 if is_later else 1)
        two_years = _Figures((("y", year), ("/" if sign == "/" else "-", ""), ("y", f"{century}{number}")))
    year_month = _Figures((("y", year), ("M", number))) if is_month and sign in "-/" else None
    if sign == "-" and number == "00" and two_years is None:
        return _date(year, number, number)
    if two_years and year_month:
        first, second = (two_years, year_month) if other or sign == "/" else (year_month, two_years)
        return _Figures(first.tokens, ambiguous=True) if second else first
    return two_years or year_month


def _decade(year: str, *, other: bool) -> _Figures | None:
    """Ten years; of a round hundred, such as the 1900s, a hundred or ten."""
    if year[2:] != "00":
        return _Figures((("y", f"{year[:3]}X"),)) if year[3] == "0" else None
    if year == "2000" or other:
        return _Figures((("y", f"{year[:3]}X"),), ambiguous=year != "2000")
    return _Figures((("z", year),), ambiguous=True)


def _with_month_word(day: str, word: str, year: str) -> _Figures | None:
    """Day as databases print it, `05-Apr-1963`."""
    symbol = SYMBOLS.get((word,), "")
    if not symbol.startswith("M"):
        return None
    return _date(year, symbol[1:], day)


def _two_days(first: str, second: str) -> _Figures:
    """Days that follow one another, 5/6 April, or one day in two calendars, 2/15 May."""
    if int(second) == int(first) + 1:
        return _Figures((("d", first), ("/", ""), ("d", second)))
    return _Figures((("o", f"{first}/{second}"),))


_ROMAN_NUMBERS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi"
_ROMAN = {roman: str(number) for number, roman in enumerate(_ROMAN_NUMBERS.split(), 1)}
_ROMAN_MONTH = r"(i{1,3}|iv|vi{0,3}|ix|xi{0,2})"
"""Month in Roman figures, as is usual from Spain to Russia: `12-IV-1971`, `12.IV.`, `IV/1971`."""
_Y = r"([12]\d{3})"
_END = r"(?![^\W_])"
_FIGURES: tuple[tuple[re.Pattern[str], Callable[..., _Figures | None]], ...] = (
    (re.compile(rf"{_Y}([-./])(\d\d?)\2(\d\d?){_END}"), lambda y, _, m, d, **_o: _date(y, m, d)),
    (re.compile(rf"(\d\d?)-([^\W\d_]{{3,}})\.?-{_Y}(?!\d)"), lambda d, m, y, **_o: _with_month_word(d, m, y)),
    (
        re.compile(rf"(\d\d?) ?([-–/.]) ?{_ROMAN_MONTH} ?\2 ?{_Y}(?!\d)"),
        lambda d, _, m, y, **_o: _date(y, _ROMAN[m], d),
    ),
    (re.compile(rf"{_Y}([-–/.]){_ROMAN_MONTH}\2(\d\d?)(?!\d)"), lambda y, _, m, d, **_o: _date(y, _ROMAN[m], d)),
    (
        re.compile(rf"{_ROMAN_MONTH} ?[-/.] ?{_Y}(?!\d)"),
        lambda m, y, **_o: _Figures((("M", f"{_ROMAN[m]:0>2}"), ("y", y))),
    ),
    (
        re.compile(rf"(\d\d?)\.{_ROMAN_MONTH}\b(?!\.?\s?\d)"),
        lambda d, m, **_o: _Figures((("d", d), ("M", f"{_ROMAN[m]:0>2}"))),
    ),
    (re.compile(rf"(\d\d?)\. ?(\d\d?)\. ?{_Y}(?!\d)"), lambda d, m, y, **_o: _date(y, m, d)),
    (re.compile(rf"(\d\d?)([/-])(\d\d?)\2{_Y}{_END}"), lambda a, _, b, y, other: _either_first(a, b, y, other=other)),
    (re.compile(r"(\d\d?)\.(\d\d?)\.(?!\d)"), lambda d, m, **_o: _Figures((("d", d), ("M", f"{m:0>2}")))),
    (re.compile(rf"(\d\d?)[./]{_Y}(?!\d)"), lambda m, y, **_o: _Figures((("M", f"{m:0>2}"), ("y", y)))),
    (re.compile(r"([12]\d{3})([-–—/])(\d\d?)(?![^\W_]|-\d|['’]s)"), _after_year),
    (re.compile(rf"{_Y}(?: ?['’]?s|-?[ехЕ]|-?ые|er){_END}"), _decade),
    (
        re.compile(rf"['’]?([1-9]0)(?:['’]?s|er){_END}"),
        lambda d, **_o: _Figures((("q", d),)),
    ),
    (re.compile(r"((?:1\d|20)\d\d)(0\d|1[0-2])([0-2]\d|3[01])(?!\d)"), lambda y, m, d, **_o: _date(y, m, d)),
    (re.compile(rf"([12]\d\d)[-_–xх]{_END}(?!-?\d)"), lambda y, **_o: _Figures((("y", f"{y}X"),))),
    (re.compile(r"([12]\d\d)\?(?!\d)"), lambda y, **_o: _Figures((("y", f"{y}X"), ("?", "")))),
    (re.compile(rf"(1\d|20)(?:--|__|xx|хх|\?\?|——?(?!\s?\d)){_END}"), lambda y, **_o: _Figures((("y", f"{y}XX"),))),
    (re.compile(r"(1\d|20)\.\.(?![.\d])"), lambda y, **_o: _Figures((("y", f"{y}XX"),))),  # 19..
    (re.compile(r"([12]\d\d)\.(?=$|[\s,?-])"), lambda y, **_o: _Figures((("y", f"{y}X"),))),  # 191.
    (re.compile(rf"{_Y}(?!\d)"), lambda y, **_o: _Figures((("y", y),))),
    (re.compile(r"(\d{3,4})(?!\d)"), lambda number, **_o: _Figures((("number", number),))),
    (
        re.compile(r"(\d\d?)(?:st|nd|rd|th) ?c(?![^\W_])(?!\.? ?\d)"),  # the 19th c.
        lambda d, **_o: _Figures((("d", d), ("C", ""))),
    ),
    (re.compile(rf"(\d\d?) ?[/(] ?(\d\d?)\)?{_END}"), lambda a, b, **_o: _two_days(a, b)),
    (
        re.compile(rf"(\d\d?)(?:st|nd|rd|d|th|er|re|ère|ème|eme|e|º|°|ª|-?го|-?й|-?я|-?ой|-?е)?{_END}"),
        lambda d, **_o: _Figures((("d", d),)),
    ),
    (re.compile(rf"([ivx]+)(?:e|ème|eme|th|º|-?й|-?го)?{_END}"), lambda roman, **_o: _roman(roman)),
)
"""Pattern of figures, tried in this order → its tokens; None for figures that mean nothing together."""

_SIGNS = {"-": "-", "–": "-", "—": "-", ",": ",", ";": ",", "/": "/", "(": "(", ")": ")"}
_LETTERS = re.compile(r"[^\W\d_]+")
_MONTH_NEXT = re.compile(r" ?([^\W\d_]+)")


def _roman(letters: str) -> _Figures | None:
    return _Figures((("R", _ROMAN[letters]),)) if letters in _ROMAN else None


def tokens(phrase: str, *, other: bool = False) -> Tokens | None:
    """Return the tokens of a phrase in small letters with single spaces; None for an unknown word.

    Args:
        phrase: the phrase.
        other: whether ambiguous figures are read in their less usual way, `1905-06` as two years.
    """
    found: list[Token] = []
    ambiguous, undecided, remark, position = False, False, "", 0
    while position < len(phrase):
        if phrase[position] in " .":
            position += 1
            continue
        taken = _words(phrase, position)
        if taken is not None:
            found += taken[0]
            position = taken[1]
            continue
        figures = _figures(phrase, position, other=other)
        if figures is None:
            return None
        made, end = figures
        found += [Token(kind, value, position, end) for kind, value in made.tokens]
        ambiguous, undecided = ambiguous or made.ambiguous, undecided or made.undecided
        remark = remark or made.remark
        position = end
    return Tokens(tuple(found), ambiguous, undecided, remark)


def _words(phrase: str, position: int) -> tuple[list[Token], int] | None:
    """Tokens of the longest known group of words at a position, or of a sign; None for figures and unknown words."""
    if phrase[position].isdigit():
        return None
    pieces: list[str] = []
    ends: list[int] = []
    at = position
    while len(pieces) < MAX_PIECES and at < len(phrase):
        letters = _LETTERS.match(phrase, at)
        if letters is None and phrase[at].isdigit():
            break
        end = letters.end() if letters else at + 1
        if phrase[at] not in " .":
            pieces.append(phrase[at:end])
            ends.append(end)
        at = end
    for count in range(len(pieces), 0, -1):
        symbol = SYMBOLS.get(tuple(pieces[:count]))
        if symbol is not None:
            kind, value = _kind(symbol)
            return ([Token(kind, value, position, ends[count - 1])] if kind else []), ends[count - 1]
    sign = _SIGNS.get(phrase[position])
    return ([Token(sign, "", position, position + 1)], position + 1) if sign else None


def _kind(symbol: str) -> tuple[str, str]:
    """Kind and value of a symbol: `M04` is the fourth month, "role sent" the role *sent*.

    The word "to" is a dash, but not one that leaves an end open.
    """
    if symbol.startswith("role "):
        return "role", symbol[5:]
    if symbol == "-":
        return "-", "to"
    return (symbol[0], symbol[1:]) if symbol[1:].isdigit() else (symbol, "")


def _figures(phrase: str, position: int, *, other: bool) -> tuple[_Figures, int] | None:
    """Tokens of the figures at a position, and their end; None where they mean nothing."""
    for form, make in _FIGURES:
        match = form.match(phrase, position)
        if match is None:
            continue
        if make is _after_year and _is_month_next(phrase, match.end()):  # "5 April 1962-10 May 1962"
            continue
        figures = make(*match.groups(), other=other)
        if figures is None and make is _roman:
            return None
        return (figures, match.end()) if figures else None
    return None


def _is_month_next(phrase: str, position: int) -> bool:
    word = _MONTH_NEXT.match(phrase, position)
    return word is not None and SYMBOLS.get((word[1],), "").startswith("M")
