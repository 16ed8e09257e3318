"""Durations in words, from ISO 8601."""

import re

from babel.lists import format_list
from babel.units import format_unit

from kg.render.site.translations import locale

_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?)?"
)


def duration(text: str, language: str) -> str:
    """Duration in words; any other text stays unchanged.

    >>> duration("PT3M12S", "en"), duration("PT1H", "ru"), duration("half an hour", "en")
    ('3 minutes and 12 seconds', '1 час', 'half an hour')
    """
    match = _DURATION.fullmatch(text)
    parts = (
        [(int(number), unit) for number, unit in zip(match.groups(), _UNITS, strict=True) if number] if match else []
    )
    if not parts:
        return text
    locale_ = locale(language)
    return format_list(
        [format_unit(number, f"duration-{unit}", "long", locale=locale_) for number, unit in parts], locale=locale_
    )
