"""Points of time in EDTF (ISO 8601-2): the parts of a date, an interval or a set, as citations need them.

The records that are published hold valid EDTF; what this module has no parts for is cited in words.
"""

import re
from dataclasses import dataclass, replace

_QUALIFIERS = re.compile(r"[?~%]")
_POINT = re.compile(r"(-?\d{4}|\d{3}X|\d{2}XX)(?:-(\d\d|XX)(?:-(\d\d|XX))?)?")
_OPEN = frozenset({"", ".."})
MONTHS = range(1, 13)
"""Numbers of months; 21 to 41 are seasons and other parts of a year (ISO 8601-2, 4.8)."""


@dataclass(frozen=True, slots=True)
class EdtfPoint:
    """Day, month, part of a year, year, decade or century.

    Attributes:
        year: four digits as EDTF has them, `-0043`, or with `X` for unknown ones, `187X`.
        month: 1 to 12, or the code of a season or another part of a year; 0 for none.
        day: 0 for none.
        approximate, uncertain: its qualifiers.
    """

    year: str
    month: int = 0
    day: int = 0
    approximate: bool = False
    uncertain: bool = False

    @property
    def one_year(self) -> int | None:
        """Year as astronomers count, 0 for 1 BC; None for a decade or a century."""
        return None if "X" in self.year else int(self.year)

    @property
    def qualified(self) -> bool:
        """Whether it is approximate or uncertain."""
        return self.approximate or self.uncertain

    @property
    def parts(self) -> tuple[int, ...]:
        """Year, month and day, as far as they are known; empty for a decade or a century.

        >>> EdtfPoint("1934", 23).parts, EdtfPoint("1963", 4, 5).parts
        ((1934,), (1963, 4, 5))
        """
        if self.one_year is None:
            return ()
        known = [self.one_year, *([self.month] if self.month in MONTHS else [])]
        return (*known, self.day) if self.day else tuple(known)

    @property
    def bare(self) -> "EdtfPoint":
        """The same without qualifiers."""
        return replace(self, approximate=False, uncertain=False)


@dataclass(frozen=True, slots=True)
class EdtfSpan:
    """Interval, or a range within a set; None for an end that is open or unknown."""

    start: EdtfPoint | None
    end: EdtfPoint | None


@dataclass(frozen=True, slots=True)
class EdtfSet:
    """Set: all of its members, or one of them.

    Attributes:
        members: in their order.
        every: True for all of them.
    """

    members: tuple[EdtfPoint | EdtfSpan, ...]
    every: bool


EdtfDate = EdtfPoint | EdtfSpan | EdtfSet


def parse(edtf: str) -> EdtfDate | None:
    """Parts of a date; None for a form without them, such as a year of five digits.

    >>> parse("1962-10~")
    EdtfPoint(year='1962', month=10, day=0, approximate=True, uncertain=False)
    >>> parse("[..1791]")
    EdtfSet(members=(EdtfSpan(start=None, end=EdtfPoint(year='1791', month=0, day=0, approximate=False, \
uncertain=False)),), every=False)
    """
    if edtf[:1] + edtf[-1:] in {"[]", "{}"}:
        members = [_member(each.strip()) for each in edtf[1:-1].split(",")]
        kept = tuple(each for each in members if each is not None)
        return EdtfSet(kept, edtf[0] == "{") if len(kept) == len(members) else None
    return _span(edtf, "/") if "/" in edtf else _point(edtf)


def years(date: EdtfDate) -> set[int | None]:
    """Years of all points of a date; None stands for a decade, a century and an open end.

    >>> years(parse("[1848-03-03..1848-03-09]")), years(parse("[..1791]")) == {None, 1791}
    ({1848}, True)
    """
    if isinstance(date, EdtfPoint):
        return {date.one_year}
    if isinstance(date, EdtfSpan):
        return {None if end is None else end.one_year for end in (date.start, date.end)}
    return set().union(*(years(member) for member in date.members))


def _member(text: str) -> EdtfPoint | EdtfSpan | None:
    return _span(text, "..") if ".." in text else _point(text)


def _span(text: str, sign: str) -> EdtfSpan | None:
    first, _, last = text.partition(sign)
    start, end = (None if each in _OPEN else _point(each) for each in (first, last))
    lost = (start is None and first not in _OPEN) or (end is None and last not in _OPEN)
    return None if lost or (start is None and end is None) else EdtfSpan(start, end)


def _point(text: str) -> EdtfPoint | None:
    bare = _QUALIFIERS.sub("", text.partition("T")[0])
    match = _POINT.fullmatch(bare)
    if match is None or (match[2] == "XX" and match[3] not in {None, "XX"}):
        return None
    month, day = (int(part) if part and part != "XX" else 0 for part in (match[2], match[3]))
    signs = set(_QUALIFIERS.findall(text))
    return EdtfPoint(match[1], month, day, bool(signs & {"~", "%"}), bool(signs & {"?", "%"}))
