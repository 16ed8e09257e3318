"""Life dates: the years of a person, a body or a family beside the name, from its record."""

import re
from collections.abc import Mapping
from typing import Any

from kg.render.site.date_phrases import date_phrase

_BEGINNINGS, _ENDS = frozenset({"birth", "founded"}), frozenset({"death", "dissolved"})
_SPANS = frozenset({"existence", "active"})
_EXACT = re.compile(r"(-?\d{4})(?:-\d\d){0,2}")
_OPEN = frozenset({"", ".."})


def life_dates(record: Mapping[str, Any], language: str) -> str:
    r"""Years of a life; empty where none is known.

    >>> life_dates({"dates": [{"role": "birth", "edtf": "1903-08-05"}, {"role": "death", "edtf": "1982"}]}, "en")
    '1903\u20131982'
    >>> life_dates({"dates": [{"role": "birth", "edtf": "1880~"}]}, "en")
    'about 1880\u2013'
    >>> life_dates({"dates": [{"role": "active", "edtf": "1921/1925"}]}, "en")
    '1921\u20131925'

    Args:
        record: the record of the thing.
        language: language of the page.
    """
    begin = end = ""
    for date in record.get("dates", ()):
        edtf = date.get("edtf", "")
        if date.get("role") in _BEGINNINGS:
            begin = begin or edtf
        elif date.get("role") in _ENDS:
            end = end or edtf
        elif date.get("role") in _SPANS and not (begin or end):
            begin, _, end = edtf.partition("/")
            end = end or (begin if edtf and "/" not in edtf else "")
    years = [_year(edtf, language) for edtf in (begin, end)]
    if not any(years):
        return ""
    return years[0] if years[0] == years[1] else "–".join(years)


def _year(edtf: str, language: str) -> str:
    """Year of a date, or its phrase where it is less or more than one."""
    if edtf in _OPEN:
        return ""
    exact = _EXACT.fullmatch(edtf)
    return date_phrase(exact[1] if exact else edtf, language)
