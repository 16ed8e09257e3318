"""Date phrases: dates in EDTF (ISO 8601-2) as words of the reader's language.

>>> date_phrase("1963-04-05", "en"), date_phrase("{1963-02-22,1963-02-23}", "en"), date_phrase("1962~", "en")
('5 April 1963', '22 and 23 February 1963', 'about 1962')
>>> date_phrase("[1971-05-01..1971-05-05]", "en")
'on an unknown day between 1 May 1971 and 5 May 1971'
"""

import re
from calendar import monthrange
from datetime import date
from functools import cache, lru_cache

from babel.dates import format_date, format_interval, format_skeleton, match_skeleton
from babel.lists import format_list

from kg.render.site.translations import locale, translations

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_SEASON = re.compile(r"(\d{4})-(2[1-4])")
_YEAR = re.compile(r"-?\d{4}")
_DECADE = re.compile(r"\d{3}X")
_CENTURY = re.compile(r"\d{2}XX")
_UNKNOWN_PARTS = re.compile(r"(-XX)+$")
_STARTS_WITH_DAY = re.compile(r"\d{1,2}(?!\d)")
_QUALIFIERS = re.compile(r"[?~%]")
_SPAN = re.compile(r"\[(\d[^,.]*)\.\.(\d[^,.\]]*)\]")

EXPRESSIONS = {
    "about": "about {date}",
    "uncertain": "{date} (uncertain)",
    "between": "on an unknown day between {start} and {end}",
    "interval": "{start} to {end}",
    "until": "until {date}",
    "from": "from {date}",
    "or before": "{date} or earlier",
    "or after": "{date} or later",
    "decade": "the {year}s",
    "century": "between {start} and {end}",
    "21": "spring {year}",
    "22": "summer {year}",
    "23": "autumn {year}",
    "24": "winter {year}",
}
"""Templates of date phrases, in English; the translations are in the catalogues."""


@lru_cache(8192)
def date_phrase(edtf: str, language: str) -> str:
    """Phrase of a date; the unchanged text without a phrase for it.

    Args:
        edtf: date in EDTF, levels 0 to 2.
        language: language of the page.
    """
    return _DatePhraser(language).date(edtf.strip())


def period(start: str | None, end: str | None, language: str) -> str:
    """Phrase of a first and a last day; full months and years by their names.

    Args:
        start: the first day (ISO 8601), or None for an open beginning.
        end: the last day, or None for an open end.
        language: language of the page.
    """
    if start is None or end is None:
        return date_phrase(f"{start or '..'}/{end or '..'}", language) if start or end else ""
    if start.endswith("-01-01") and end.endswith("-12-31"):
        start, end = start[:-6], end[:-6]
    elif start.endswith("-01") and end[-2:] == _last_day(end):
        start, end = start[:-3], end[:-3]
    return date_phrase(start if start == end else f"{start}/{end}", language)


def _last_day(day: str) -> str:
    """Last day of the month of a date, as two digits; empty for a year without one."""
    year, month, _ = day.rsplit("-", 2)
    return str(monthrange(int(year), int(month))[1]) if year.isdecimal() and year.strip("0") else ""


def label_before(label: str, phrase: str, language: str) -> str:
    """Label of a date in front of its phrase: in Spanish the article of a day goes into its preposition.

    >>> label_before("describe hechos de", "22 y 23 de febrero de 1963", "es")
    'describe hechos del'
    >>> label_before("describe hechos de", "febrero de 1963", "es")
    'describe hechos de'
    """
    return f"{label}l" if language == "es" and label.endswith(" de") and _STARTS_WITH_DAY.match(phrase) else label


class _DatePhraser:
    """Builder of date phrases in one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._locale = locale(language)
        self._gettext = translations(language).gettext

    def phrase(self, key: str, **values: str) -> str:
        return self._gettext(EXPRESSIONS[key]).format(**values)

    def date(self, edtf: str) -> str:
        if edtf[:1] + edtf[-1:] in {"{}", "[]"}:
            return self.set_phrase(edtf)
        if "/" in edtf:
            return self.interval(*edtf.split("/", 1))
        bare = _QUALIFIERS.sub("", edtf)
        phrase = self.plain(bare)
        if bare == edtf:
            return phrase
        signs = set(_QUALIFIERS.findall(edtf))
        if signs & {"~", "%"}:
            phrase = self.phrase("about", date=phrase)
        return self.phrase("uncertain", date=phrase) if signs & {"?", "%"} else phrase

    def plain(self, edtf: str) -> str:
        """Phrase of a date without qualifiers."""
        edtf = _UNKNOWN_PARTS.sub("", edtf)
        if match := _SEASON.fullmatch(edtf):
            return self.phrase(match[2], year=match[1])
        if day := _as_day(edtf):
            return format_date(day, "long", locale=self._locale)
        if (match := _MONTH.fullmatch(edtf)) and 1 <= int(match[2]) <= 12:
            return str(format_skeleton("yMMMM", date(int(match[1]), int(match[2]), 1), locale=self._locale))
        if _DECADE.fullmatch(edtf):
            return self.phrase("decade", year=edtf[:3] + "0")
        if _CENTURY.fullmatch(edtf):
            return self.phrase("century", start=edtf[:2] + "00", end=edtf[:2] + "99")
        return edtf

    def interval(self, start: str, end: str) -> str:
        if end in {"", ".."}:
            return self.phrase("from", date=self.date(start))
        if start in {"", ".."}:
            return self.phrase("until", date=self.date(end))
        first, last = _as_day(start), _as_day(end)
        if first and last:
            return str(format_interval(first, last, _interval_skeleton(self._language), locale=self._locale))
        return self.phrase("interval", start=self.date(start), end=self.date(end))

    def set_phrase(self, edtf: str) -> str:
        """Phrase of a set: all members in braces, one of them in brackets."""
        if match := _SPAN.fullmatch(edtf):
            return self.phrase("between", start=self.date(match[1]), end=self.date(match[2]))
        parts = [part.strip() for part in edtf[1:-1].split(",")]
        if len(parts) == 1 and parts[0].startswith(".."):
            return self.phrase("or before", date=self.date(parts[0][2:]))
        if len(parts) == 1 and parts[0].endswith(".."):
            return self.phrase("or after", date=self.date(parts[0][:-2]))
        phrases = [self.span(part) for part in parts]
        days = [_as_day(part) for part in parts]
        if all(days) and len({(day.year, day.month) for day in days if day}) == 1:
            phrases[:-1] = [str(day.day) for day in days[:-1] if day]
        return str(format_list(phrases, "standard" if edtf[0] == "{" else "or", locale=self._locale))

    def span(self, part: str) -> str:
        """Phrase of a set's member: a date, or a range of dates."""
        start, dots, end = part.partition("..")
        if not dots:
            return self.date(part)
        return self.interval(start, end)


@cache
def _interval_skeleton(language: str) -> str:
    """Skeleton of a language's interval format for days; cached, since the match of the nearest one is slow."""
    available, skeleton = locale(language).interval_formats, "yMMMMd"
    return skeleton if skeleton in available else match_skeleton(skeleton, available) or skeleton


def _as_day(edtf: str) -> date | None:
    match = _DAY.fullmatch(edtf)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
