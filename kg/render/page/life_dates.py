"""Life dates: the years between which a person lived, or a body existed, as catalogues write them behind a name."""

import re
from collections.abc import Mapping
from typing import Any

from kg.render.site.date_phrases import date_phrase

_BEGINNINGS = ("birth", "founded")
_ENDS = ("death", "dissolved")
_SPANS = ("existence", "active")
"""Roles of dates, the ones that tell most first."""

_DAYS = re.compile(r"(-?\d{4})-\d\d(?:-\d\d)?")


def life_dates(record: Mapping[str, Any], language: str) -> str:
    r"""Years of a life; empty where the record tells none.

    Args:
        record: the record of a person or a body.
        language: language of the page.

    >>> dates = [{"role": "birth", "edtf": "1894-04-15"}, {"role": "death", "edtf": "1971~"}]
    >>> life_dates({"dates": dates}, "en").split("\N{EN DASH}")
    ['1894', 'about 1971']
    >>> life_dates({"dates": [{"role": "birth", "edtf": "1926-08-13"}]}, "en").split("\N{EN DASH}")
    ['1926', '']
    """
    dates = {date["role"]: date["edtf"] for date in reversed(record.get("dates", ())) if date.get("edtf")}
    begins, ends = (next((dates[role] for role in roles if role in dates), "") for roles in (_BEGINNINGS, _ENDS))
    if not begins and not ends:
        span = next((dates[role] for role in _SPANS if role in dates), "")
        if "/" not in span:
            return _years(span, language)
        begins, _, ends = (each.strip(".") for each in span.partition("/"))
    return f"{_years(begins, language)}–{_years(ends, language)}"


def _years(edtf: str, language: str) -> str:
    """A date in EDTF by its years alone."""
    return date_phrase(_DAYS.sub(r"\1", edtf), language) if edtf else ""
