"""Points of a date phrase: single years, months, days, parts of a century, each with its marks of doubt.

A point may lack a month or year that its neighbour has ("22 and 23 February 1963").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Flag, auto
from itertools import pairwise

from kg.records.dates import calendars
from kg.records.dates.phrase_tokens import Token

_MARKS = frozenset("~?")
_ORDERS = frozenset({
    "dMy", "Mdy", "yMd", "My", "yM", "Sy", "yS", "y", "d", "dM", "Md", "M", "S", "dy", "t", "q",
    "oMy", "Moy", "oM", "Mo", "o", "dRy", "ydM",
})  # fmt: skip
"""Orders in which people write the kinds of tokens of a date, complete or not."""

_COMMA_BEFORE_YEAR = frozenset({"dMy", "Mdy", "My", "Sy", "dy", "oMy", "Moy"})
_COMMA_AFTER_YEAR = frozenset({"yMd", "yM", "yS", "ydM"})
_YEAR_FIRST = re.compile(r"[^yMSdt]*y[MS]")
_PART_JOINTS = frozenset({"-", "&", "|", ","})


@dataclass(frozen=True, slots=True)
class Point:
    """Date within a phrase.

    Attributes:
        year: four figures, X for unknown ones, perhaps with a sign.
        month: two figures, or the code of a season.
        day: two figures.
        marks: `~` for circa, `?` for doubt.
        is_part: whether it is part of the time that EDTF can name: early, late.
        years: first and last year of a half or quarter of a century, which EDTF can't name.
        short_year: figures that may stand for a year after another year, as in `1962 - 63`.
    """

    year: str = ""
    month: str = ""
    day: str = ""
    marks: str = ""
    is_part: bool = False
    years: tuple[str, str] | None = None
    short_year: str = ""

    @property
    def is_year(self) -> bool:
        """Whether it is a year alone."""
        return bool(self.year) and not self.month + self.day

    @property
    def is_complete(self) -> bool:
        """Whether it lacks no year or month."""
        return bool(self.years) or (bool(self.year) and bool(self.month or not self.day))

    @property
    def mark(self) -> str:
        """Qualifier in EDTF."""
        approximate = "~" if "~" in self.marks or self.is_part else ""
        return "%" if approximate and "?" in self.marks else approximate or ("?" if "?" in self.marks else "")

    def edtf(self, end: int = 0) -> str:
        """Return the EDTF; of a part of a century, its first (0) or last (1) year."""
        plain = self.years[end] if self.years else "-".join(filter(None, (self.year, self.month, self.day)))
        return plain + self.mark

    def plain(self, end: int = 0) -> str:
        """Return the EDTF without marks."""
        return replace(self, marks="", is_part=False).edtf(end)


class Commas(Flag):
    """Places at which a comma may stand inside a date, and not between two."""

    NONE = 0
    BEFORE_YEAR = auto()
    AFTER_YEAR = auto()


def is_year_first(tokens: Sequence[Token]) -> bool:
    """Return whether the dates of a clause begin with the year: `1963 Apr. 5, 1964 May 6`."""
    return _YEAR_FIRST.match("".join(token.kind for token in tokens)) is not None


def commas(tokens: Sequence[Token]) -> Commas:
    """Return where commas may stand inside the dates of a clause: by the order in which its dates are written.

    After a year, `1963, April 5`, where it is the only one. Before a year, `April 5, 1963`, unless the year comes first
    elsewhere, so that a new date begins with it.
    """
    before = Commas.NONE if is_year_first(tokens) else Commas.BEFORE_YEAR
    is_only_year = sum(token.kind == "y" for token in tokens) == 1
    return before | (Commas.AFTER_YEAR if is_only_year else Commas.NONE)


def read_point(tokens: Sequence[Token], at: int, allowed: Commas) -> tuple[Point, int] | None:
    """Return the point that begins at a token, and the index after it; None where none begins there.

    Args:
        tokens: the tokens of a clause.
        at: the index of a token.
        allowed: where commas may stand inside a date.
    """
    marks, is_part, at = _prefix(tokens, at)
    fraction = ""
    if at < len(tokens) and tokens[at].kind == "F":
        fraction, at = tokens[at].value, at + 1
        if at < len(tokens) and tokens[at].kind in _MARKS:
            marks, at = marks + tokens[at].kind, at + 1
    for count in (3, 2, 1):
        taken = _take(tokens, at, count, allowed)
        if taken is not None:
            break
    else:
        return None
    values, at = taken
    point = _point(values)
    while at < len(tokens) and tokens[at].kind in _MARKS:
        marks, at = marks + tokens[at].kind, at + 1
    if point and (marks or is_part):
        point = replace(point, marks=marks, is_part=is_part)
    if point and fraction:
        point = _fraction_of(point, *map(int, fraction.split("/")))
    return (point, at) if point else None


def _prefix(tokens: Sequence[Token], at: int) -> tuple[str, bool, int]:
    """Marks before a point, and whether words such as "early to mid" stand there."""
    marks, is_part = "", False
    while at < len(tokens):
        kind = tokens[at].kind
        if kind in _MARKS:
            marks += kind
        elif kind == "p":
            is_part = True
        elif not (is_part and kind in _PART_JOINTS and at + 1 < len(tokens) and tokens[at + 1].kind == "p"):
            break
        at += 1
    return marks, is_part, at


def _take(tokens: Sequence[Token], at: int, count: int, allowed: Commas) -> tuple[list[Token], int] | None:
    """Tokens of a date of some length from an index, with a comma where one is usual, and the index after them."""
    taken: list[Token] = []
    comma = -1
    while len(taken) < count:
        if at >= len(tokens):
            return None
        token = tokens[at]
        if token.kind == ",":
            if not taken or comma >= 0:
                return None
            comma = len(taken)
        else:
            taken.append(token)
        at += 1
    order = "".join(token.kind for token in taken)
    if order not in _ORDERS:
        return None
    if comma >= 0:
        before_year = order in _COMMA_BEFORE_YEAR and comma == count - 1 and Commas.BEFORE_YEAR in allowed
        after_year = order in _COMMA_AFTER_YEAR and comma == 1 and Commas.AFTER_YEAR in allowed
        if not (before_year or after_year):
            return None
    return taken, at


def _point(taken: list[Token]) -> Point | None:
    """Point from the tokens of a date; None for two days that no two calendars give."""
    values = {token.kind: token.value for token in taken}
    if "t" in values:
        year, month, day = values["t"].split("-")
        return Point(year, month, day)
    month = values.get("M") or values.get("S") or (values["R"].zfill(2) if "R" in values else "")
    if "q" in values:
        return Point(short_year=f"{values['q'][0]}X")
    if "o" in values:
        return Point(values.get("y", ""), month, values["o"])
    day = values.get("d", "")
    is_ordinal = any(token.kind == "d" and token.end - token.start > len(token.value) for token in taken)
    short_year = "" if len(values) > 1 or is_ordinal else day
    if month and values.get("y", "").endswith("XX"):
        return None
    return Point(values.get("y", ""), month, day.zfill(2) if day else "", short_year=short_year)


def _fraction_of(point: Point, number: int, of: int) -> Point | None:
    """Half, third or quarter of a year, a century, or of a shorter time, where it is a part like any other."""
    number = of if number == 99 else number
    if not 1 <= number <= of:
        return None
    if point.is_year and point.year.isdigit() and of in {2, 4}:
        return replace(point, month=str((39 if of == 2 else 32) + number))
    if point.is_year and point.year.endswith("XX") and point.year[:2].isdigit():
        century = int(point.year[:2]) * 100
        first, last = century + 100 * (number - 1) // of, century - (-100 * number // of)
        return replace(point, years=(f"{first:04}", f"{last:04}"))
    return replace(point, is_part=True)


def complete(members: list[list[Point]], *, year_first: bool = False) -> list[list[Point]] | None:
    """Return the points of a list, single ones and both ends of ranges, with what each lacks from its neighbours.

    A point has its year and month from the next one ("22 and 23 February 1963"), or from the one before, as
    all have where the year comes first. None where something is missing, or may be that of either neighbour.

    >>> [[point.edtf() for point in member] for member in complete([[Point(day="22")], [Point("1963", "02", "23")]])]
    [['1963-02-22'], ['1963-02-23']]
    """
    for before, point in pairwise(point for member in members for point in member):
        # "1960, July": of that year, or of one that is not said
        if before.is_year and not (point.year or point.years or point.short_year):
            return None
        if before.month and not before.day and _is_day(point):  # "April 1963, 22"
            return None
    members = [_both_ends(member) for member in members]
    points = [point for member in members for point in member]
    filled = _from_before(_from_next(points)) if not year_first else _from_next(_from_before(points))
    made = [_resolved(point) for point in filled]
    if any(point is None or not point.is_complete for point in made):
        return None
    grouped = (point for point in made if point is not None)
    return [[next(grouped) for _ in member] for member in members]


def _both_ends(member: list[Point]) -> list[Point]:
    """Ends of a range with a short year after the hyphen, "1962 - 63", or as one point with it, "Jan-1963"."""
    if len(member) == 1:
        return member
    first, last = member
    if (first.month and not first.year) and last.is_year and last.year.isdigit():
        return [replace(first, year=last.year, marks=first.marks + last.marks)]
    return [first, _with_century(first, last)]


def _from_next(points: list[Point]) -> list[Point]:
    """Points with the year, and of days the month, of the next one."""
    points = list(points)
    for n in range(len(points) - 2, -1, -1):
        after = points[n + 1]
        if not points[n].year and not points[n].years:
            month = points[n].month or (after.month if points[n].day else "")
            points[n] = replace(points[n], year=after.year, month=month)
    return points


def _from_before(points: list[Point]) -> list[Point]:
    """Points with the month of the one before, for days, and with its year."""
    points = list(points)
    for n in range(1, len(points)):
        before = points[n - 1]
        if points[n].day and not points[n].month:
            points[n] = replace(points[n], month=before.month)
        if points[n].month and not points[n].year:
            points[n] = replace(points[n], year=before.year)
        if points[n].short_year.endswith("X"):  # 1930s and 40s
            points[n] = _with_century(before, points[n])
    return points


def _is_day(point: Point) -> bool:
    """Whether a point is a day that has its month and year from its neighbour."""
    return bool(point.day) and not point.month and not point.year


def _with_century(before: Point, point: Point) -> Point:
    """Point whose short year is completed from the year before it: `1962 - 63`, `1930s-40s`."""
    short = point.short_year
    base = before.year.lstrip("-")
    if not short or not before.is_year or len(base) != 4 or before.year != base:
        return point
    is_decade = short.endswith("X")
    first = base[: -len(short)]
    if not first.isdigit() or short.replace("X", "0") <= base[-len(short) :].replace("X", "0"):
        return point
    if not is_decade and "X" in base:
        return point
    return replace(point, year=first + short, day="", short_year="")


def _resolved(point: Point) -> Point | None:
    """Point whose day is named in two calendars, `2/15 May 1917`, or the point itself."""
    first, slash, second = point.day.partition("/")
    if not slash:
        return point
    if not point.year.isdigit() or not point.month:
        return None
    day = calendars.day_of_both(point.year, point.month, first, second)
    return replace(point, month=day[5:7], day=day[8:], year=day[:4]) if day else None


def marked(points: Sequence[Point], marks: str, *, is_part: bool = False) -> list[Point]:
    """Return the points with marks that are said of all of them."""
    if not marks and not is_part:
        return list(points)
    return [replace(point, marks=point.marks + marks, is_part=point.is_part or is_part) for point in points]
