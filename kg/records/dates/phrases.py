"""Date phrase parser: dates as people write them, in English, Russian and Spanish, into EDTF.

A phrase becomes symbols, the same in every language, and these become a date. An unknown word, an impossible day
and an ambiguous date (`4/5/1963`) give None, never a guess: then the text alone is kept (D-4).

>>> read("22 and 23 February 1963"), read("on an unknown date between May 1, 1971 and May 5, 1971")
('{1963-02-22,1963-02-23}', '[1971-05-01..1971-05-05]')
"""
# ruff: noqa: RUF002  # letters and dashes of several scripts are what this module is about

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from kg.records.dates import edtf_strings
from kg.records.dates.phrase_symbols import symbols

MAX_LENGTH = 100
"""Maximum length of a phrase in characters."""

_UNDATED_WORDS = (
    "undated|not dated|no date|n.d.|date unknown|unknown date|date not known|s.d.|s/d|s.f.|s/f|sin fecha|"
    "fecha desconocida|sine dato|без даты|б.д.|б/д|не датировано|не датирован|дата неизвестна"
)
_GAP = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[\s.\[\]()]+")
_UNDATED = frozenset(_PUNCTUATION.sub("", word) for word in _UNDATED_WORDS.split("|"))

# `1910-25` is a season in EDTF, but people mean the years 1910 to 1925.
_TWO_YEARS = re.compile(r"\d{4}-(?:1[3-9]|[2-9]\d)")
_HOUR, _HALF = r"\d{1,2}(?:[:.]\d\d)?", r" ?[ap]\.? ?m\.?"
_TIME_OF_DAY = re.compile(
    rf"(?:,? |[-–—])(?:at )?(?:{_HOUR}(?:{_HALF})? ?[-–] ?)?(?:{_HOUR}{_HALF}|(?:12 )?(?:noon|midnight)\.?)$"
)
_UNKNOWN_DAY = re.compile(r"^(?:on )?an (?:unknown|unspecified|uncertain) (?:date|day) ")


_JOINTS = frozenset("&|-")
_FRAMES = frozenset("fb<>un")
_FRAMES_BEHIND = frozenset("<>n")

# `before 1962` and `after 5 April 1963` include that year and that day: EDTF has no bound that leaves them
# out, and writers say "before" and "not later than" of one thing; so the set claims less than the phrase.
_SHAPES = {
    ("", ""): "{first}",
    ("", "&"): "{{{every}}}",
    ("", "|"): "[{every}]",
    ("", "-"): "{first}/{last}",
    ("f", "-"): "{first}/{last}",
    ("f", ""): "{first}/..",
    ("n", ""): "{first}/..",
    ("u", ""): "../{first}",
    ("b", "&"): "[{first}..{last}]",
    ("b", "-"): "[{first}..{last}]",
    ("<", ""): "[..{first}]",
    (">", ""): "[{first}..]",
}
"""(frame, joint) → template of the EDTF."""

_ORDERS = frozenset({
    "dmy", "mdy", "ymd", "my", "ym", "sy", "ys", "y", "yz", "zy", "d", "dm", "md", "m", "s", "dy"
})  # fmt: skip
"""Orders in which people write the symbols of a date, complete or not."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Date within a phrase; a neighbouring date may supply its month or year."""

    year: str = ""
    month: str = ""
    day: str = ""
    marks: str = ""

    def edtf(self) -> str:
        mark = "%" if {"?", "~"} <= set(self.marks) else self.marks[:1]
        return "-".join(part for part in (self.year, self.month, self.day) if part) + mark


def is_undated(text: str) -> bool:
    """Return whether a text declares that there is no date: "undated", "n.d.", "б.д.".

    >>> is_undated("[n. d.]"), is_undated("1962")
    (True, False)
    """
    return len(text) <= MAX_LENGTH and _PUNCTUATION.sub("", text.casefold()) in _UNDATED


def read(text: str) -> str | None:
    """Parse a date phrase into EDTF; None for a phrase that is not understood.

    >>> read("5 апреля 1963 г."), read("circa October 1962"), read("4/5/1963")
    ('1963-04-05', '1962-10~', None)
    """
    return _read(text)[0] if len(text) <= MAX_LENGTH else None


def fault(text: str) -> str:
    """Return the fault of a phrase that is understood but names no existing date; empty for every other phrase.

    >>> fault("30 February 1963"), fault("5 April 1963"), fault("a fine day in April")
    ("'1963-02-30': there is no such day", '', '')
    """
    return _read(text)[1] if len(text) <= MAX_LENGTH else ""


@lru_cache(maxsize=16384)  # the dates of a collection recur
def _read(text: str) -> tuple[str | None, str]:
    """EDTF of a phrase, and the fault of an impossible date."""
    phrase = _GAP.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if not _TWO_YEARS.fullmatch(phrase):
        with suppress(edtf_strings.DateFault):
            return edtf_strings.check(phrase), ""
    phrase = phrase.casefold()
    if phrase[:1] + phrase[-1:] in {"[]", "()"}:
        phrase = phrase[1:-1].strip()  # brackets: supplied by the describer
    phrase_symbols = _one_winter(symbols(_UNKNOWN_DAY.sub("", _TIME_OF_DAY.sub("", phrase))) or [])
    try:
        edtf = _edtf(phrase_symbols) if phrase_symbols else ""
        return (edtf_strings.check(edtf) if edtf else None), ""
    except edtf_strings.DateFault as impossible:  # 31 April
        return None, str(impossible)


def _edtf(phrase_symbols: list[str]) -> str:
    """EDTF from symbols; an empty string where they form no date."""
    frame = ""
    if phrase_symbols[0] in _FRAMES:
        frame, phrase_symbols = phrase_symbols[0], phrase_symbols[1:]
    elif phrase_symbols[-1] in _FRAMES_BEHIND:
        frame, phrase_symbols = phrase_symbols[-1], phrase_symbols[:-1]
    if frame == "f":  # "from … until"
        phrase_symbols = ["-" if symbol in {"<", "u"} else symbol for symbol in phrase_symbols]
    joints = [symbol for symbol in phrase_symbols if symbol in _JOINTS]
    shape = _SHAPES.get((frame, joints[0] if joints else ""))
    if shape is None or len(set(joints)) > 1 or (len(joints) > 1 and "every" not in shape):
        return ""
    parts = _parts(phrase_symbols)
    if not parts:
        return ""
    first, last = parts[0].edtf(), parts[-1].edtf()
    if frame == "b" and len(first) != len(last):  # both ends of such a set are of one precision
        first, last = edtf_strings.interval(first).start or "", edtf_strings.interval(last).end or ""
    return shape.format(first=first, last=last, every=",".join(part.edtf() for part in parts))


def _one_winter(phrase_symbols: list[str]) -> list[str]:
    """Symbols with the season over New Year ("winter 1962-63") under the first year alone, as in EDTF."""
    if (
        len(phrase_symbols) > 3
        and phrase_symbols[-4] == "s24"
        and phrase_symbols[-2] == "-"
        and phrase_symbols[-3][0] == phrase_symbols[-1][0] == "y"
    ):
        return phrase_symbols[:-2] if int(phrase_symbols[-1][1:]) == int(phrase_symbols[-3][1:]) + 1 else []
    return phrase_symbols


def _parts(phrase_symbols: list[str]) -> list[_Part]:
    """Dates between the joints, each completed from its neighbours; none where a date stays incomplete."""
    sides: list[list[str]] = [[]]
    for symbol in phrase_symbols:
        if symbol in _JOINTS:
            sides.append([])
        else:
            sides[-1].append(symbol)
    if not all(sides):
        return []
    parts = [_part(side) for side in sides]
    # "about 1962 to 1963" may mean both ends: it is said of both, which claims less.
    marks = sides[0][0] if sides[0][0] in {"?", "~"} else ""
    dated_parts = [replace(part, marks=part.marks or marks) for part in parts if part]
    return _completed(dated_parts) if len(dated_parts) == len(parts) else []


def _part(side: list[str]) -> _Part | None:
    """Date from its symbols; None for symbols in an order that people do not write."""
    marks = "".join(symbol for symbol in side if symbol in {"?", "~"})
    dated = [symbol for symbol in side if symbol not in {"?", "~"}]
    values = {symbol[0]: symbol[1:] for symbol in dated}
    if "".join(symbol[0] for symbol in dated) not in _ORDERS:
        return None
    year = values.get("y", "")
    if "z" in values:
        if year[3:] != "0" or year[2:] == "00":  # "the 1900s" may be ten years or a hundred
            return None
        year = f"{year[:3]}X"
    return _Part(year=year, month=values.get("m") or values.get("s", ""), day=values.get("d", ""), marks=marks)


def _completed(parts: list[_Part]) -> list[_Part]:
    """Dates with a missing year or month from the next date (22 and 23 February 1963), or from the date before."""
    for n in range(len(parts) - 2, -1, -1):
        after = parts[n + 1]
        if not parts[n].year:
            month = parts[n].month or (after.month if parts[n].day else "")
            parts[n] = replace(parts[n], year=after.year, month=month)
    for n in range(1, len(parts)):
        if parts[n].day and not parts[n].month:
            parts[n] = replace(parts[n], month=parts[n - 1].month)
    complete = all(part.year and (part.month or not part.day) for part in parts)
    return parts if complete else []
