"""Dates of citations: words as a style has them, and the forms of CSL, RIS, biblatex and meta tags.

>>> day = CitedDate("1926-03-08/1926-03-11")
>>> from kg.render.citations.date_words import MLA
>>> words(day, CHICAGO), words(day, MLA)
('March 8–11, 1926', '8–11 Mar. 1926')
>>> words(CitedDate("[1848-03-03..1848-03-09]"), CHICAGO), words(CitedDate("", "early 18th century"), CHICAGO)
('between March 3 and 9, 1848', 'early 18th century')
"""

import re
from dataclasses import dataclass
from typing import Any

from kg.render.citations.date_words import CHICAGO, SEASON_CODES, DateStyle, date_words, season_name
from kg.render.citations.edtf_points import MONTHS, EdtfDate, EdtfPoint, EdtfSpan, parse, years
from kg.render.site.date_phrases import date_phrase

_MAX_YEAR = 9_999
_ATOM = r"-?\d{4}(?:-(?:0[1-9]|1[0-2]|2[1-4])(?:-\d\d)?)?[?~%]?"
_BIBLATEX = re.compile(
    rf"{_ATOM}(?:/(?:{_ATOM}|\.\.)?)?|(?:\.\.)?/{_ATOM}|\d{{3}}X|\d\dXX|\d{{4}}-(?:XX(?:-XX)?|\d\d-XX)"
)
"""EDTF that biblatex reads (manual, 2.3.8): level 0, and of level 1 all but long years and other seasons."""


@dataclass(frozen=True, slots=True)
class CitedDate:
    """Date of a citation.

    Attributes:
        edtf: in EDTF; empty for a date only in words.
        text: as it is written in the source; may be empty.
    """

    edtf: str = ""
    text: str = ""

    @property
    def parsed(self) -> EdtfDate | None:
        """Parts of the EDTF."""
        return parse(self.edtf) if self.edtf else None

    @property
    def one_year(self) -> int | None:
        """Year that all possible days lie in; of an interval the first one."""
        parsed = self.parsed
        if isinstance(parsed, EdtfSpan) and parsed.start and parsed.end:
            return parsed.start.one_year
        found = years(parsed) if parsed else {None}
        return found.pop() if len(found) == 1 else None


def words(date: CitedDate, style: DateStyle) -> str:
    """Words of a date in a style; those of the source, or of the page, for a form that the style has no rule for.

    >>> words(CitedDate("187X"), CHICAGO), words(CitedDate("Y12000"), CHICAGO)
    ('1870s', '12000')
    >>> words(CitedDate("17XX~", "early 18th century"), CHICAGO)
    'early 18th century'
    """
    parsed = date.parsed
    if parsed is None or (date.text and _is_vague(parsed)):
        return date.text or (date_phrase(date.edtf, "en") if date.edtf else "")
    return date_words(parsed, style)


def _is_vague(date: EdtfDate) -> bool:
    """Whether a source says more than EDTF can: "early 18th century" is `17XX~` there, and "late 1870s" `187X~`."""
    return isinstance(date, EdtfPoint) and "X" in date.year and (date.qualified or date.year.endswith("XX"))


def csl(date: CitedDate) -> dict[str, Any]:
    """CSL date: parts, a range of parts, a season, or else literal words.

    >>> csl(CitedDate("1963-04-05")), csl(CitedDate("1962~")), csl(CitedDate("1934-23"))
    ({'date-parts': [[1963, 4, 5]]}, {'date-parts': [[1962]], 'circa': True}, {'date-parts': [[1934]], 'season': 3})
    >>> csl(CitedDate("1962/..")), csl(CitedDate("-0043"))
    ({'literal': 'from 1962'}, {'date-parts': [[-44]]})
    """
    parsed = date.parsed
    points = _ends(parsed)
    seasonal = [point for point in points if point.month and point.month not in MONTHS]
    numbered = bool(points) and all(point.parts for point in points)
    if not numbered or (seasonal and (len(points) > 1 or seasonal[0].month not in SEASON_CODES)):
        return {"literal": words(date, CHICAGO)}
    values: dict[str, Any] = {"date-parts": [[_csl_year(each.parts[0]), *each.parts[1:]] for each in points]}
    if seasonal:
        values["season"] = (seasonal[0].month - 21) % 4 + 1
    return {**values, "circa": True} if any(point.qualified for point in points) else values


def iso_parts(date: CitedDate) -> tuple[str, ...]:
    """Year, month and day with leading zeros, as far as they are sure; of an interval those of its start.

    Empty for a date outside the years 1 to 9999, or in several years that are not an interval.

    >>> iso_parts(CitedDate("0962-05")), iso_parts(CitedDate("187X")), iso_parts(CitedDate("[1848-03..1848-05]"))
    (('0962', '05'), (), ('1848',))
    """
    points = _ends(date.parsed)
    parts = points[0].parts if points else (date.one_year,)
    if not parts or parts[0] is None or not 0 < parts[0] <= _MAX_YEAR:
        return ()
    return (f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:]))


def ris(date: CitedDate) -> str:
    """RIS date `YYYY/MM/DD/other`; the fourth part has what the others can't say.

    >>> ris(CitedDate("1963-04-05")), ris(CitedDate("1934-23")), ris(CitedDate("187X"))
    ('1963/04/05/', '1934///Autumn', '///1870s')
    >>> ris(CitedDate("1926-03-08/1926-03-11")), ris(CitedDate("1848~"))
    ('1926/03/08/to March 11, 1926', '1848///ca. 1848')
    """
    parts = [*iso_parts(date), "", "", ""][:3]
    return "/".join((*parts, _beyond_parts(date)))


def _beyond_parts(date: CitedDate) -> str:
    """What year, month and day do not say of a date."""
    parsed = date.parsed
    points = _ends(parsed)
    beyond_numbers = any(point.qualified or not point.parts or point.month > MONTHS[-1] for point in points)
    if not iso_parts(date) or not points or (beyond_numbers and (len(points) > 1 or points[0].qualified)):
        return words(date, CHICAGO)
    if len(points) > 1:
        return f"to {date_words(points[1], CHICAGO)}"
    point = points[0]
    if point.month in SEASON_CODES:
        return season_name(point.month).capitalize()
    return "" if not point.month or point.month in MONTHS else date_words(point, CHICAGO)


def biblatex(date: CitedDate) -> str:
    """EDTF for biblatex's `date`; empty for a form that biblatex does not read.

    >>> biblatex(CitedDate("187X")), biblatex(CitedDate("1985-04-12/..")), biblatex(CitedDate("[1848..1849]"))
    ('187X', '1985-04-12/..', '')
    """
    days = date.edtf if "T" not in date.edtf else "/".join(each[:10] for each in date.edtf.split("/"))
    return days if _BIBLATEX.fullmatch(days) else ""


def _ends(parsed: EdtfDate | None) -> tuple[EdtfPoint, ...]:
    """Point, or start and end of a closed interval; empty for any other date."""
    if isinstance(parsed, EdtfPoint):
        return (parsed,)
    if isinstance(parsed, EdtfSpan) and parsed.start and parsed.end:
        return (parsed.start, parsed.end)
    return ()


def _csl_year(year: int) -> int:
    """Year of CSL, which knows no year 0: its −44 is 44 BC."""
    return year if year > 0 else year - 1
