"""Date phrase parser: dates as people write them, in English, Russian, Spanish, French and German, into EDTF.

A phrase becomes tokens, the same in every language (`phrase_tokens`), these become years, months and days
(`phrase_rewriting`, `phrase_points`), and these a date (`phrase_grammar`). An unknown word, an impossible day and an
ambiguous date (`4/5/1963`) give None, never a guess: then the text alone is kept (D-4).

>>> read("22 and 23 February 1963"), read("on an unknown date between May 1, 1971 and May 5, 1971")
('{1963-02-22,1963-02-23}', '[1971-05-01..1971-05-05]')
>>> [(date.role, date.edtf, date.text) for date in parse("1977, printed 1992").dates]
[('', '1977', '1977'), ('printed', '1992', 'printed 1992')]
"""
# ruff: noqa: RUF002  # letters and dashes of several scripts are what this module is about
# dashes are what people write

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from kg.records.dates import calendars, edtf_strings, encoded_dates
from kg.records.dates.edtf_strings import DateFault, Interval
from kg.records.dates.phrase_grammar import Clause, clauses, range_date, text_date
from kg.records.dates.phrase_rewriting import rewrite
from kg.records.dates.phrase_tokens import Token, tokens
from kg.records.dates.text_dates import Precision, TextDate, around

MAX_LENGTH = 250
"""Maximum length of a phrase in characters."""

_GAP = re.compile(r"\s+")
_DASHES = str.maketrans("‐‑‒−―", "--–-—")
_TWO_YEARS = re.compile(r"\d{4}-(?:1[3-9]|[2-9]\d)")
"""`1910-25` is a season in EDTF, but people mean the years 1910 to 1925."""

_BEFORE_CHRIST = re.compile(r"[?~%]?-")
"""A hyphen before a year, after a question mark perhaps, is no year before Christ in anything that people write."""

_EARLY_YEAR = re.compile(r"0{1,4}\d{0,3}(?!\d)")
"""Years such as 0000 and 0001 are what databases write for "no date"."""

_CUT_SHORT = re.compile(r"\d{4}-\d\d(?:-\d\d)?-$")
"""Beginning of a day in ISO 8601."""

_HOUR, _HALF = r"\d{1,2}(?:[:.]\d\d){0,2}", r" ?[ap]\.? ?m\.?"
_CLOCK = r"(?:[01]?\d|2[0-4])[:h.][0-5]\d(?:[:.][0-5]\d)?(?: ?(?:hours|hrs\.?|uhr|h))?"
_TIME_OF_DAY = re.compile(
    rf"(?:,? |[-–—])(?:at )?(?:{_HOUR}(?:{_HALF})? ?[-–] ?)?(?:{_HOUR}{_HALF}|(?:12 )?(?:noon|midnight)\.?)$"
    rf"|(?:,? | at |, at )(?:{_CLOCK} ?[-–] ?)?{_CLOCK}$"
)
_STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:t| +)(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:[.,]\d+)?)?"
    r"(?: ?(?:[a-z]{1,5}|[+-]\d\d:?(?:\d\d)?))?|(\d{8})t\d{4,6}(?:[.,]\d+)?(?:z|[+-]\d{4})?"
)
"""Date and time of databases and programs, in small letters."""

_UNKNOWN_DAY = re.compile(r"^(?:on )?an (?:unknown|unspecified|uncertain) (?:date|day) ")
_YEAR = re.compile(r"(?<![\d.,])([12]\d{3})(?!\d)")
_OTHER_CALENDAR = re.compile(
    r"(?<!\w)(?:calendar|a\.?h\.?|hijr[aiī]|islamic|hebrew|jewish|a\.?m\.?|chinese|japanese|mei[jǰ]i|sh[oō]wa|fasli|samvat)(?!\w)"
)
"""Words that tell of another calendar, whose years can't be compared with ours."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Reading of a phrase.

    Attributes:
        dates: the date, and others with a role of their own; empty where the phrase is not understood.
        others: what else the first date may mean: `1905-06` two years and not June.
        is_undated: whether the phrase says that there is no date.
        fault: the fault of a phrase that is understood but names no existing date.
        remark: note on a part that stands for nothing.
        years: the years that stand in the phrase, understood or not.
    """

    dates: tuple[TextDate, ...] = ()
    others: tuple[TextDate, ...] = ()
    is_undated: bool = False
    fault: str = ""
    remark: str = ""
    years: frozenset[int] = frozenset()

    @property
    def date(self) -> TextDate | None:
        """The first date."""
        return self.dates[0] if self.dates else None


def is_undated(text: str) -> bool:
    """Return whether a text declares that there is no date: "undated", "n.d.", "б.д.".

    >>> is_undated("[n. d.]"), is_undated("1962")
    (True, False)
    """
    return parse(text).is_undated


def read(text: str) -> str | None:
    """Parse a date phrase into EDTF; None for a phrase that is not understood, or that dates something else.

    >>> read("5 апреля 1963 г."), read("circa October 1962"), read("4/5/1963")
    ('1963-04-05', '1962-10~', None)
    """
    date = parse(text).date
    return date.edtf or None if date and not date.role else None


def fault(text: str) -> str:
    """Return the fault of a phrase that is understood but names no existing date; empty for every other phrase.

    >>> fault("30 February 1963"), fault("5 April 1963"), fault("a fine day in April")
    ("'30 February 1963': there is no such day", '', '')
    """
    return parse(text).fault


def role(words: str) -> str:
    """Return the role that words such as a label name, "Broadcast date"; empty where they name none.

    >>> role("Broadcast date:"), role("Release date"), role("Photographs")
    ('broadcast', 'published', '')
    """
    lexed = tokens(words.lower()) if len(words) <= MAX_LENGTH else None
    named = {token.value if token.kind == "role" else "" for token in lexed.tokens} if lexed else set()
    return named.pop() if len(named) == 1 else ""


def is_before_christ(text: str) -> bool:
    """Return whether a phrase says of its years that they are before Christ."""
    lexed = tokens(_GAP.sub(" ", text.lower())) if len(text) <= MAX_LENGTH else None
    return lexed is not None and any(token.kind == "B" for token in lexed.tokens)


def is_ongoing(text: str) -> bool:
    """Return whether a phrase says of an end that there is none: "present", "ongoing"."""
    lexed = tokens(_GAP.sub(" ", text.lower().strip("[]()?. "))) if len(text) <= MAX_LENGTH else None
    kinds = {token.kind for token in lexed.tokens} if lexed else set()
    return "n" in kinds and kinds <= {"n", "-"}


def parse(text: str) -> Phrase:
    """Return the reading of a phrase, whatever it is."""
    return _parse(text) if len(text) <= MAX_LENGTH else Phrase(years=_years(text[: 4 * MAX_LENGTH]))


@lru_cache(maxsize=16384)  # the dates of a collection recur
def _parse(text: str) -> Phrase:
    phrase = _GAP.sub(" ", unicodedata.normalize("NFC", text).translate(_DASHES)).strip()
    if exact := _exact(phrase):
        return exact
    if _CUT_SHORT.search(phrase):
        return Phrase(years=_years(phrase))
    written = phrase.strip(" .,;:")
    if written[:1] + written[-1:] in {"()", "[]"} and not any(sign in written[1:-1] for sign in "()[]"):
        written = written[1:-1].strip()  # brackets: supplied by the describer
    lowered = written.lower()
    if len(lowered) != len(written):
        written = lowered
    years = _years(phrase)
    stamp = _STAMP.fullmatch(lowered)
    if stamp:
        day = stamp[1] or f"{stamp[2][:4]}-{stamp[2][4:6]}-{stamp[2][6:]}"
        return replace(_parse(day), years=years)
    bare = _without_brackets(_UNKNOWN_DAY.sub("", lowered))
    shift = len(lowered) - len(bare)
    first, others = _readings(bare, written if not shift else bare)
    if isinstance(first, DateFault):
        return Phrase(fault=_in_words(first, text), years=years)
    return replace(first, others=others, years=years)


def _exact(phrase: str) -> Phrase | None:
    """Reading of a text in EDTF; None for any other, and where people mean something else by it."""
    if _TWO_YEARS.fullmatch(phrase) or _BEFORE_CHRIST.match(phrase) or _EARLY_YEAR.match(phrase):
        return None
    if phrase.isdigit() and len(phrase) == 4 and phrase[0] not in "12":
        return None
    with suppress(DateFault):
        edtf = edtf_strings.check(phrase) if "9999" not in phrase else encoded_dates.decode(phrase)
        if edtf is None:
            return Phrase()
        if re.fullmatch(r"\d{4}-\d\d", edtf) and int(edtf[5:]) <= 12 and edtf[5:] > edtf[2:4]:
            return None  # June 1905, or 1905 to 1906
        return Phrase((_exact_date(edtf, phrase),), years=_years(phrase))
    return None


def _exact_date(edtf: str, text: str) -> TextDate:
    """Date of a text in EDTF: approximate, if it has a sign for that, a range, a list or a unit."""
    days = edtf_strings.interval(edtf)
    if edtf[:1] in "[{":
        return TextDate(edtf, days, days, days, Precision.LIST, text=text)
    if re.search("[?~%X]", edtf):
        return TextDate(edtf, days, days, around(days), Precision.VAGUE, text=text)
    first, slash, last = edtf.partition("/")
    if slash:
        return replace(range_date(edtf, first, last, is_vague=False), text=text)
    is_season = len(edtf) == 7 and edtf[5:] > "20"
    return TextDate(edtf, days, None, days, Precision.VAGUE if is_season else Precision.UNIT, text=text)


def _readings(phrase: str, written: str) -> tuple[Phrase | DateFault, tuple[TextDate, ...]]:
    """Usual reading of a phrase in small letters, and the others that it allows."""
    plain = _TIME_OF_DAY.sub("", phrase)
    lexed = tokens(plain)
    if lexed is None:
        return Phrase(), ()
    usual = _reading(lexed.tokens, written)
    if not lexed.ambiguous:
        return _remarked(usual, lexed.remark), ()
    other_tokens = tokens(plain, other=True)
    other = _reading(other_tokens.tokens, written) if other_tokens else Phrase()
    others = [phrase.dates[0] for phrase in (usual, other) if isinstance(phrase, Phrase) and phrase.dates]
    if lexed.undecided:
        return Phrase(), tuple(others)
    # In a list, or with circa, two years hold the month as well: `1905-06, 1908-09`.
    is_alone = all(token.kind in {"y", "M"} for token in lexed.tokens)
    if not is_alone and isinstance(other, Phrase) and other.dates and "z" not in {t.kind for t in lexed.tokens}:
        usual = other
    return _remarked(usual, lexed.remark), tuple(others)


def _remarked(phrase: Phrase | DateFault, remark: str) -> Phrase | DateFault:
    return replace(phrase, remark=remark) if isinstance(phrase, Phrase) and phrase.dates else phrase


def _reading(lexed: Sequence[Token], written: str) -> Phrase | DateFault:
    """Reading of tokens; the fault of a date that does not exist."""
    if lexed and all(token.kind in {"undated", "?", "~", ",", "&", "|", "-", "(", ")"} for token in lexed):
        return Phrase(is_undated=any(token.kind == "undated" for token in lexed))
    is_julian = any(token.kind == "J" for token in lexed)
    plain = rewrite(lexed)
    parts = clauses([token for token in plain if token.kind not in {"J", "N"}]) if plain else None
    if not parts:
        return Phrase()
    dates = []
    try:
        for clause in parts:
            date = text_date(clause)
            if date is None:
                return Phrase()
            dates.append(replace(_gregorian(date) if is_julian else date, text=_text(clause, written)))
    except DateFault as impossible:
        return impossible
    main = [date for date in dates if date.role != "bulk"]
    return Phrase((*main, *(date for date in dates if date.role == "bulk")))


def _text(clause: Clause, written: str) -> str:
    return written[clause.start : clause.end].strip(" ,;(")


def _gregorian(date: TextDate) -> TextDate:
    """Julian date by the days of the Gregorian calendar; a year is left as it is, other dates lose their EDTF."""
    days = date.span
    if days.start is None or days.end is None or len(date.edtf.strip("?~%")) == 4:
        return date
    start, end = calendars.gregorian(days.start), calendars.gregorian(days.end)
    if start is None or end is None:
        return replace(date, edtf="")
    span = Interval(start, end)
    is_day = date.edtf == days.start == days.end
    edtf = start if is_day else f"{start}/{end}" if re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", date.edtf) else ""
    reach = span if is_day else Interval(days.start, end)
    ends = (start, end) if "/" in edtf else ("", "")
    return TextDate(edtf, span, None if is_day else date.core, reach, date.precision, ends, date.role)


def _without_brackets(phrase: str) -> str:
    """Phrase without square brackets, if they are in pairs: they say that the describer supplied what they hold."""
    depth = 0
    for sign in phrase:
        depth += (sign == "[") - (sign == "]")
        if not 0 <= depth <= 1:
            return phrase
    return phrase if depth else phrase.replace("[", "").replace("]", "")


def _years(text: str) -> frozenset[int]:
    if _OTHER_CALENDAR.search(text.lower()):
        return frozenset()
    return frozenset(int(year) for year in _YEAR.findall(text))


def _in_words(impossible: DateFault, text: str) -> str:
    """Fault of a date in the words of its text."""
    return f"{text.strip()!r}: {str(impossible).rpartition(': ')[2] if ': ' in str(impossible) else _plain(impossible)}"


def _plain(impossible: DateFault) -> str:
    return "it ends before it begins" if "ends before" in str(impossible) else "there is no such day"
