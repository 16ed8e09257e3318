"""Lexer of date phrases, the same symbols for every language: `22 and 23 February 1963` → `d22 & d23 m02 y1963`.

>>> symbols("5 апреля 1963 г."), symbols("5 de abril de 1963"), symbols("april the fifth")
(['d05', 'm04', 'y1963'], ['d05', 'm04', 'y1963'], None)
"""
# ruff: noqa: RUF002  # letters and dashes of several scripts are what this module is about

import re
from collections.abc import Callable

_MONTHS = (
    "january|jan|январь|января|январе|янв|enero|ene",
    "february|feb|февраль|февраля|феврале|фев|февр|febrero",
    "march|mar|март|марта|марте|marzo",
    "april|apr|апрель|апреля|апреле|апр|abril|abr",
    "may|май|мая|мае|mayo",
    "june|jun|июнь|июня|июне|июн|junio",
    "july|jul|июль|июля|июле|июл|julio",
    "august|aug|август|августа|августе|авг|agosto|ago",
    "september|sept|sep|сентябрь|сентября|сентябре|сент|сен|septiembre|setiembre",
    "october|oct|октябрь|октября|октябре|окт|octubre",
    "november|nov|ноябрь|ноября|ноябре|нояб|ноя|noviembre",
    "december|dec|декабрь|декабря|декабре|дек|diciembre|dic",
)

# EDTF has no early, middle and late; quarters or thirds would add precision. `~` says that
# the text knows more than the month or year that it is put under.
_WORDS = {
    **{f"m{number:02}": names for number, names in enumerate(_MONTHS, 1)},
    "s21": "spring|весна|весной|весны|primavera",
    "s22": "summer|лето|летом|лета|verano",
    "s23": "autumn|fall|осень|осенью|осени|otoño",
    "s24": "winter|зима|зимой|зимы|invierno",
    "z": "década|decada|años",
    "&": "and|&|и|y",
    "|": "or|или|o",
    "-": "to|through|thru|по|a|al",
    "f": "from|с|desde",
    "b": "between|sometime between|some time between|между|entre",
    "<": "before|prior to|not later than|no later than|not after|or earlier|or before|до|не позднее|antes de",
    ">": "after|not earlier than|no earlier than|not before|or later|or after|после|не ранее|después de",
    "u": "until|till|up to|hasta",
    "n": "since|onwards|onward|to present|to the present|to date|по настоящее время|hasta el presente",
    "~": (
        "circa|ca|c|about|around|approximately|approx|estimated|early|early in|late|late in|mid|middle of|"
        "beginning of|end of|at the end of|early-|mid-|late-|"
        "около|ок|примерно|приблизительно|начало|начале|середина|середине|конец|конце|"
        "hacia|aprox|alrededor de|cerca de|principios de|mediados de|finales de|fines de|"
        "a principios de|a mediados de|a finales de|a fines de"
    ),
    "?": (
        "?|[?]|(?)|probably|possibly|perhaps|presumably|likely|maybe|вероятно|возможно|предположительно|"
        "probablemente|posiblemente"
    ),
    "": (
        "of|the|in|on|dated|year|.|"
        "monday|mon|tuesday|tues|tue|wednesday|wed|thursday|thurs|thur|thu|friday|fri|saturday|sat|sunday|sun|"
        "в|г|гг|год|года|году|годы|годов|годах|"
        "понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
        "de|del|el|la|los|en|año|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    ),
}
"""Symbol → its words. Symbols: d, m, y, s (season), z (ten years); & and, | or, - to; f from, b between,
< before, > after, u until, n since or to this day; ~ circa, ? perhaps. Words without a symbol are dropped."""

_SYMBOLS = {word: symbol for symbol, words in _WORDS.items() for word in words.split("|")}


def _word_pattern(word: str) -> str:
    return re.escape(word) + (r"(?!\w)" if word[-1].isalnum() else "")


_WORD = re.compile("|".join(map(_word_pattern, sorted(_SYMBOLS, key=len, reverse=True))))


def _day(digits: str) -> str:
    return f"d{digits:0>2}"


def _month(digits: str) -> str:
    return f"m{digits:0>2}"


def _day_and_month(first: str, _: str, second: str, year: str) -> list[str] | None:
    """Symbols of a day and a month before the year; None unless one of the two is too large for a month."""
    if first == second or int(first) > 12:
        return [_day(first), _month(second), f"y{year}"]
    return [_day(second), _month(first), f"y{year}"] if int(second) > 12 else None


def _after_year(year: str, dash: str, number: str) -> list[str] | None:
    """Symbols of `1962-10`, a month as in ISO 8601, or of `1962-63` and `1910–11` with a longer dash, two years."""
    if dash == "-" and 1 <= int(number) <= 12:
        return [f"y{year}", _month(number)]
    return [f"y{year}", "-", f"y{year[:2]}{number}"] if number > year[2:] else None


_Y = r"([12]\d{3})"
_ANY_MONTH = "|".join(_MONTHS)
_FIGURES: tuple[tuple[re.Pattern[str], Callable[..., list[str] | None]], ...] = (
    (re.compile(rf"{_Y}([-./])(\d\d?)\2(\d\d?)(?!\w)"), lambda y, _, m, d: [f"y{y}", _month(m), _day(d)]),
    (re.compile(rf"(\d\d?)\.(\d\d?)\.{_Y}(?!\d)"), lambda d, m, y: [_day(d), _month(m), f"y{y}"]),
    (re.compile(rf"(\d\d?)([/-])(\d\d?)\2{_Y}(?!\w)"), _day_and_month),
    (re.compile(rf"(\d\d?)[./]{_Y}(?!\d)"), lambda m, y: [_month(m), f"y{y}"]),
    # Not in "5 April 1962-10 May 1962".
    (re.compile(rf"{_Y}([-–—])(\d\d)(?![\w-])(?! (?:{_ANY_MONTH}))"), _after_year),
    (re.compile(rf"{_Y}(?:['’]?s|-?е|-?х|-?ые)(?!\w)"), lambda y: [f"y{y}", "z"]),
    (re.compile(rf"{_Y}(?!\d)"), lambda y: [f"y{y}"]),
    (re.compile(r"(\d\d?)(?:st|nd|rd|th|º|°|-?го|-?е)?(?!\w)"), lambda d: [_day(d)]),
    (re.compile(r"ca?(?=\d)"), lambda: ["~"]),
    (re.compile(r"[-–—] ?(?:the )?present(?!\w)"), lambda: ["n"]),
    (re.compile("[-–—]"), lambda: ["-"]),
    (re.compile(","), lambda: [","]),
)
"""Pattern of figures and signs, tried in this order → its symbols; None for an ambiguous text."""


def symbols(phrase: str) -> list[str] | None:
    """Return the symbols of a phrase in small letters with single spaces; None for an unknown word."""
    phrase_symbols: list[str] = []
    position = 0
    while position < len(phrase):
        if phrase[position] == " ":
            position += 1
            continue
        word = None if phrase[position].isdigit() else _WORD.match(phrase, position)
        if word:
            position = word.end()
            phrase_symbols += [_SYMBOLS[word[0]]] if _SYMBOLS[word[0]] else []
            continue
        forms = ((make, match) for form, make in _FIGURES if (match := form.match(phrase, position)))
        make, match = next(forms, (None, None))
        figures = make(*match.groups()) if make and match else None
        if match is None or figures is None:
            return None
        position = match.end()
        phrase_symbols += figures
    return _without_commas(phrase_symbols)


def _without_commas(phrase_symbols: list[str]) -> list[str]:
    """Symbols with commas resolved: between days, or years, the "and" or "or" at the list's end; else nothing."""
    joint = next((symbol for symbol in phrase_symbols if symbol in {"&", "|"}), ",")
    kinds = ["", *(symbol[0] for symbol in phrase_symbols), ""]
    same_kind = [before == after for before, after in zip(kinds, kinds[2:], strict=False)]
    pairs = zip(phrase_symbols, same_kind, strict=True)
    return [joint if symbol == "," else symbol for symbol, joins in pairs if symbol != "," or joins]
