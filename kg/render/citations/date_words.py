"""Words of dates in EDTF (ISO 8601-2) as styles of citations have them: CHICAGO and MLA.

>>> from kg.render.citations.edtf_points import parse
>>> [date_words(parse(edtf), CHICAGO) for edtf in ("187X", "1848~", "1934-23", "-0043-03-15", "[..1791]")]
['1870s', 'ca. 1848', 'autumn 1934', 'March 15, 44 BC', '1791 or earlier']
>>> date_words(parse("{1963-02-22,1963-02-23}"), MLA), date_words(parse("1926-03-29/1926-04-02"), CHICAGO)
('22 and 23 Feb. 1963', 'March 29–April 2, 1926')
"""

from dataclasses import dataclass

from kg.render.citations.edtf_points import MONTHS, EdtfDate, EdtfPoint, EdtfSet, EdtfSpan

SEASON_CODES = range(21, 33)
"""Codes of seasons: of no hemisphere, of the northern, of the southern one."""

_SEASONS = ("spring", "summer", "autumn", "winter")
_YEAR_PARTS = {
    **{33 + n: f"{nth} quarter of {{}}" for n, nth in enumerate(("first", "second", "third", "fourth"))},
    **{37 + n: f"{nth} third of {{}}" for n, nth in enumerate(("first", "second", "last"))},
    **{40 + n: f"{nth} half of {{}}" for n, nth in enumerate(("first", "second"))},
}
"""Code of a part of a year → its words (ISO 8601-2, 4.8)."""

_AND = " and "
_ANNO_DOMINI = 100
"""Years before this one are marked AD, since they would be taken for days."""


@dataclass(frozen=True, slots=True)
class DateStyle:
    """Form of days and months in a style.

    Attributes:
        months: names of months.
        day_first: True for `8 Mar. 1926`, False for `March 8, 1926`.
    """

    months: tuple[str, ...]
    day_first: bool


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

CHICAGO = DateStyle(_MONTHS, day_first=False)
"""Chicago Manual of Style, 17th edition, 9.31: month, day, year."""

MLA = DateStyle(
    ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."), day_first=True
)
"""MLA Handbook, 9th edition, 5.80 and appendix 1: day, abbreviated month, year."""


def season_name(code: int) -> str:
    """Name of a season by its code.

    >>> season_name(23), season_name(31)
    ('autumn', 'autumn')
    """
    return _SEASONS[(code - 21) % 4]


def date_words(date: EdtfDate, style: DateStyle) -> str:
    """Words of a date in a style."""
    if isinstance(date, EdtfPoint):
        return _point_words(date, style)
    if isinstance(date, EdtfSpan):
        return _span_words(date, style, "–", "from {}", "until {}")
    if len(date.members) == 1:
        return _only_member_words(date, style)
    return _list_words(date, style)


def _point_words(point: EdtfPoint, style: DateStyle) -> str:
    said = _unqualified_words(point, style)
    said = f"ca. {said}" if point.approximate else said
    return f"probably {said}" if point.uncertain else said


def _unqualified_words(point: EdtfPoint, style: DateStyle) -> str:
    year = _year_words(point)
    if not point.month:
        return year
    if point.month in SEASON_CODES:
        return f"{season_name(point.month)} {year}"
    if point.month not in MONTHS:
        return _YEAR_PARTS.get(point.month, "{}").format(year)
    month = style.months[point.month - 1]
    if not point.day:
        return f"{month} {year}"
    return f"{point.day} {month} {year}" if style.day_first else f"{month} {point.day}, {year}"


def _year_words(point: EdtfPoint) -> str:
    year = point.one_year
    if year is None:
        first = point.year.replace("X", "0")
        return f"{int(first)}s" if point.year.count("X") == 1 else f"between {int(first)} and {int(first) + 99}"
    if year <= 0:
        return f"{1 - year} BC"
    return f"AD {year}" if year < _ANNO_DOMINI else str(year)


def _span_words(span: EdtfSpan, style: DateStyle, sign: str, after: str, before: str) -> str:
    if span.start is None or span.end is None:
        end = span.start or span.end
        assert end is not None  # noqa: S101  # a span has an end
        return (before if span.start is None else after).format(_point_words(end, style))
    start, end = span.start, span.end
    same = (start.approximate, start.uncertain) == (end.approximate, end.uncertain)
    if same and start.qualified:
        prefix = _point_words(EdtfPoint("1000", 0, 0, start.approximate, start.uncertain), style)[: -len("1000")]
        return prefix + _pair(start.bare, end.bare, style, sign)
    return _pair(start, end, style, sign)


def _pair(start: EdtfPoint, end: EdtfPoint, style: DateStyle, sign: str) -> str:
    """Two points with what they share written once (CSL 1.0.2, range delimiters)."""
    if start == end:
        return _point_words(start, style)
    plain = not start.qualified and not end.qualified
    if plain and start.year == end.year and start.month in MONTHS and end.month in MONTHS:
        if start.day and end.day:
            return _day_pair(start, end, style, sign)
        if not start.day and not end.day:
            first, last = (style.months[point.month - 1] for point in (start, end))
            return f"{first}{sign}{last} {_year_words(start)}"
    if plain and start.year == end.year and start.month in SEASON_CODES and end.month in SEASON_CODES:
        return f"{season_name(start.month)}{sign}{_point_words(end, style)}"
    if plain and not start.month and not end.month and (start.one_year or 1) <= 0 and (end.one_year or 1) <= 0:
        return f"{1 - (start.one_year or 0)}{sign}{_year_words(end)}"
    first = _point_words(start, style)
    # "between March 3, 1848, and April 2, 1849": a year behind a day is set off (Chicago Manual of Style, 6.38).
    comma = "," if sign == _AND and "," in first else ""
    return f"{first}{comma}{sign}{_point_words(end, style)}"


def _day_pair(start: EdtfPoint, end: EdtfPoint, style: DateStyle, sign: str) -> str:
    first, last, year = style.months[start.month - 1], style.months[end.month - 1], _year_words(start)
    if start.month == end.month:
        days = f"{start.day}{sign}{end.day}"
        return f"{days} {first} {year}" if style.day_first else f"{first} {days}, {year}"
    if style.day_first:
        return f"{start.day} {first}{sign}{end.day} {last} {year}"
    return f"{first} {start.day}{sign}{last} {end.day}, {year}"


def _only_member_words(date: EdtfSet, style: DateStyle) -> str:
    member = date.members[0]
    if isinstance(member, EdtfPoint):
        return _point_words(member, style)
    if date.every:
        return _span_words(member, style, "–", "{} and later", "{} and earlier")
    said = _span_words(member, style, _AND, "{} or later", "{} or earlier")
    return f"between {said}" if member.start and member.end and member.start != member.end else said


def _list_words(date: EdtfSet, style: DateStyle) -> str:
    conjunction = "and" if date.every else "or"
    points = [member for member in date.members if isinstance(member, EdtfPoint)]
    month = {(point.year, point.month) for point in points}
    if len(points) == len(date.members) and len(month) == 1 and all(p.day and not p.qualified for p in points):
        days = _joined([str(point.day) for point in points], ", ", conjunction)
        name, year = style.months[points[0].month - 1], _year_words(points[0])
        return f"{days} {name} {year}" if style.day_first else f"{name} {days}, {year}"
    said = [
        _point_words(member, style)
        if isinstance(member, EdtfPoint)
        else _span_words(member, style, "–", "{} and later" if date.every else "{} or later", "{} or earlier")
        for member in date.members
    ]
    return _joined(said, "; " if len(said) > 2 and any("," in each for each in said) else ", ", conjunction)


def _joined(said: list[str], sign: str, conjunction: str) -> str:
    """List of words; with a serial comma where there are three or more (Chicago Manual of Style, 6.19)."""
    if len(said) == 1:
        return said[0]
    bare = len(said) == 2 and "," not in said[0]  # two need no comma but behind a year
    last = f" {conjunction} " if bare else f"{sign.rstrip()} {conjunction} "
    return sign.join(said[:-1]) + last + said[-1]
