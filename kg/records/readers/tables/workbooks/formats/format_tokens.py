r"""Tokens of a number format (ECMA-376-1, 18.8.31), such as `#,##0.00\ [$€-407];[Red]-0`.

>>> [section.literals for section in sections('0" kg";[Red]"("0")"')]
[' kg', '()']
>>> sections("mmm yyyy")[0].shown
<DateParts.YEAR|MONTH: 3>
"""

import re
from dataclasses import dataclass

from kg.records.readers.tables.workbooks.formats.serial_dates import NOTHING, DateParts

MAX_FORMAT_CHARACTERS = 1024
"""Maximum length of a number format; Excel has 255."""

_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"?            # text
    | \\(?P<escaped>.)              # one character of text
    | _(?P<space>.)                 # a blank as wide as a character
    | \*(?P<filler>.)               # fills the cell
    | \[(?P<bracket>[^\]]*)\]       # a colour, a condition, a currency, hours beyond a day
    | (?P<general>general)
    | (?P<noon>am/pm|a/p)
    | (?P<digit>[0#?])
    | (?P<exponent>e[+-])
    | (?P<date>y+|m+|d+|h+|s+|e+|b+|g+|a{3,})
    | (?P<sign>[.,%/@;])
    | (?P<literal>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_CURRENCY = re.compile(r"\$([^-\]]*)")


@dataclass(frozen=True, slots=True)
class FormatToken:
    """Token: `text`, `digit`, `point`, `comma`, `percent`, `slash`, `exponent`, `value` (@), `general` or `date`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FormatSection:
    """Section of a number format, for numbers above, below or at zero, or for text.

    Attributes:
        tokens: its tokens.
        condition: the comparison and the number in brackets, if it has one.
        shown: the parts of a date that it shows; none for a format of numbers.
    """

    tokens: tuple[FormatToken, ...]
    condition: tuple[str, str] | None = None
    shown: DateParts = NOTHING

    @property
    def literals(self) -> str:
        """Text in it that is no part of a number."""
        return "".join(token.text for token in self.tokens if token.kind == "text")

    def has(self, kind: str) -> bool:
        """Whether it has a token of a kind."""
        return any(token.kind == kind for token in self.tokens)


def sections(code: str) -> list[FormatSection]:
    """Return the sections of a number format, one at least and four at most."""
    parts: list[list[FormatToken]] = [[]]
    conditions: list[tuple[str, str] | None] = [None]
    for match in _TOKEN.finditer(code[:MAX_FORMAT_CHARACTERS]):
        if match[0] == ";":
            parts.append([])
            conditions.append(None)
            continue
        if condition := _CONDITION.fullmatch(match["bracket"] or ""):
            conditions[-1] = condition[1], condition[2]
        elif token := _token(match):
            parts[-1].append(token)
    return [
        FormatSection(tuple(tokens), condition, _date_parts(tokens))
        for tokens, condition in zip(parts, conditions, strict=True)
    ][:4]


_SIGNS = {".": "point", ",": "comma", "%": "percent", "/": "slash", "@": "value"}
_KINDS = {
    "quoted": "text", "escaped": "text", "literal": "text", "general": "general", "exponent": "exponent",
    "digit": "digit", "date": "date", "noon": "date",
}  # fmt: skip


def _token(match: "re.Match[str]") -> FormatToken | None:
    """Token of a match; None for what says nothing of the value: a colour, a filler."""
    kind, text = match.lastgroup or "", match[match.lastgroup or 0]
    if kind == "bracket":
        if re.fullmatch(r"h+|m+|s+", text, re.IGNORECASE):
            return FormatToken("date", f"[{text.lower()}]")
        currency = _CURRENCY.match(text)
        return FormatToken("text", currency[1]) if currency and currency[1] else None
    if kind == "space":
        return FormatToken("text", " ")
    if kind == "sign":
        return FormatToken(_SIGNS[text], text)
    return (
        FormatToken(_KINDS[kind], text.lower() if kind in {"digit", "date", "noon"} else text)
        if kind in _KINDS
        else None
    )


_PARTS = {"y": DateParts.YEAR, "e": DateParts.YEAR, "b": DateParts.YEAR, "h": DateParts.HOUR, "s": DateParts.SECOND}


def _date_parts(tokens: list[FormatToken]) -> DateParts:
    """Parts of a date that tokens show. `m` is a minute after hours and before seconds, else a month."""
    shown = DateParts(0)
    parts = [token.text for token in tokens if token.kind == "date"]
    for index, part in enumerate(parts):
        letter = part.strip("[]")[0]
        if part[0] == "[":
            shown |= DateParts.ELAPSED | {"h": DateParts.HOUR, "m": DateParts.MINUTE, "s": DateParts.SECOND}[letter]
        elif letter == "m":
            beside = (
                parts[index - 1].strip("[")[:1] if index else "",
                (parts[index + 1 : index + 2] or [""])[0].strip("[")[:1],
            )
            is_minute = len(part) < 3 and (beside[0] == "h" or beside[1] == "s")
            shown |= DateParts.MINUTE if is_minute else DateParts.MONTH
        elif letter == "d":
            shown |= DateParts.DAY if len(part) < 3 else DateParts(0)  # a day of the week follows from the day
        else:
            shown |= _PARTS.get(letter, DateParts(0))
    if shown & DateParts.SECOND and _has_fraction(tokens):
        shown |= DateParts.FRACTION
    if any(token.kind == "date" for token in tokens) and not shown:  # a day of the week alone
        shown = DateParts.YEAR | DateParts.MONTH | DateParts.DAY
    if shown & DateParts.SECOND and not shown & (DateParts.HOUR | DateParts.ELAPSED) and not shown & DateParts.DAY:
        shown |= DateParts.ELAPSED  # mm:ss
    return shown


def _has_fraction(tokens: list[FormatToken]) -> bool:
    """Whether seconds have decimals: `ss.0`."""
    kinds = [token.kind for token in tokens]
    return any(kinds[index : index + 2] == ["point", "digit"] for index in range(len(kinds)))
