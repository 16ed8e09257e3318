"""Date phrases: dates in EDTF (ISO 8601-2) as words of the reader's language.

>>> date_phrase("1963-04-05", "en"), date_phrase("{1963-02-22,1963-02-23}", "en"), date_phrase("1962~", "en")
('5 April 1963', '22 and 23 February 1963', 'about 1962')
>>> date_phrase("[1971-05-01..1971-05-05]", "en")
'on an unknown day between 1 May 1971 and 5 May 1971'
"""

import re
from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache, lru_cache

from babel.dates import format_date, format_interval, format_skeleton, match_skeleton
from babel.lists import format_list

from kg.render.site.translations import locale, translations

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_SEASON = re.compile(r"(\d{4})-(2[1-9]|3\d|4[01])")
_DECADE = re.compile(r"\d{3}X")
_CENTURY = re.compile(r"\d{2}XX")
_EARLY = re.compile(r"(-\d{4}|0000)(?:-(\d\d))?(?:-(\d\d))?")
_EARLY_YEARS = re.compile(r"-(\d{2,3})(X{1,2})")
_LONG_YEAR = re.compile(r"Y(-?\d+)(?:E(\d{1,2}))?(S\d+)?")
_ESTIMATED = re.compile(r"(\d{4})S\d+")
_DAY_OF_SOME_MONTH = re.compile(r"(\d{4})-XX-(\d\d)")
_OF_SOME_YEAR = re.compile(r"(?:XXXX|(\d{3})X|(\d\d)XX)-(\d\d)(?:-(\d\d))?")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d)?\S*")
_LEAP_YEAR = 2000
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
    "29": "spring {year} (southern hemisphere)",
    "30": "summer {year} (southern hemisphere)",
    "31": "autumn {year} (southern hemisphere)",
    "32": "winter {year} (southern hemisphere)",
    "33": "first quarter of {year}",
    "34": "second quarter of {year}",
    "35": "third quarter of {year}",
    "36": "fourth quarter of {year}",
    "37": "January to April {year}",
    "38": "May to August {year}",
    "39": "September to December {year}",
    "40": "first half of {year}",
    "41": "second half of {year}",
    "BC": "{year} BC",
    "BC day": "{day} {year} BC",
    "BC month": "{month} {year} BC",
    "BC years": "{start} to {end} BC",
    "some month": "on day {day} of an unknown month of {year}",
    "some year": "{date} of an unknown year",
    "of decade": "{date} of a year in the {year}s",
    "of century": "{date} of a year between {start} and {end}",
}
"""Templates of date phrases, in English; the translations are in the catalogues."""

_SAME_SEASONS = {"25": "21", "26": "22", "27": "23", "28": "24"}
"""Season of the northern hemisphere → season without one, which writers mean by it."""


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


def year_phrase(year: int, language: str) -> str:
    """Phrase of a year by its number, in which 1 BC is 0 (ISO 8601).

    >>> year_phrase(1963, "en"), year_phrase(14, "en"), year_phrase(-43, "en")
    ('1963', '14', '44 BC')
    """
    return f"{year}" if year > 0 else date_phrase(f"{year:05}" if year else "0000", language)


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
            return self.phrase(_SAME_SEASONS.get(match[2], match[2]), year=match[1])
        if day := _as_day(edtf):
            return format_date(day, "long", locale=self._locale)
        if (match := _MONTH.fullmatch(edtf)) and 1 <= int(match[2]) <= 12:
            return str(format_skeleton("yMMMM", date(int(match[1]), int(match[2]), 1), locale=self._locale))
        if _DECADE.fullmatch(edtf):
            return self.phrase("decade", year=edtf[:3] + "0")
        if _CENTURY.fullmatch(edtf):
            return self.phrase("century", start=edtf[:2] + "00", end=edtf[:2] + "99")
        return edtf if edtf.isdecimal() and edtf != "0000" else self.unusual(edtf)

    def unusual(self, edtf: str) -> str:
        """Phrase of any other date; the unchanged text without a phrase for it."""
        with suppress(ValueError):  # no such day
            for pattern, phrase in _UNUSUAL:
                if match := pattern.fullmatch(edtf):
                    return phrase(self, match)
        return edtf

    def early(self, match: re.Match[str]) -> str:
        """Phrase of a date before Christ; the year 0000 is 1 BC (ISO 8601-2, 4.3)."""
        year = str(1 - int(match[1]))
        if match[3]:
            return self.phrase("BC day", day=self.day_of_year(int(match[2]), int(match[3])), year=year)
        if match[2]:
            return self.phrase("BC month", month=self.month(int(match[2])), year=year)
        return self.phrase("BC", year=year)

    def early_years(self, match: re.Match[str]) -> str:
        """Phrase of a decade or century before Christ."""
        years = 10 ** len(match[2])
        return self.phrase("BC years", start=str((int(match[1]) + 1) * years), end=str(int(match[1]) * years + 1))

    def long_year(self, match: re.Match[str]) -> str:
        """Phrase of a year of five digits and more."""
        number = int(match[1]) * 10 ** int(match[2] or 0)
        digits = str(number if number > 0 else 1 - number)
        phrase = digits if number > 0 else self.phrase("BC", year=digits)
        return self.phrase("about", date=phrase) if match[3] else phrase

    def of_some_year(self, match: re.Match[str]) -> str:
        """Phrase of a day or a month of which the year is unknown, or known to the decade or century."""
        day = self.day_of_year(int(match[3]), int(match[4])) if match[4] else self.month(int(match[3]))
        if match[1]:
            return self.phrase("of decade", date=day, year=f"{match[1]}0")
        if match[2]:
            return self.phrase("of century", date=day, start=f"{match[2]}00", end=f"{match[2]}99")
        return self.phrase("some year", date=day)

    def of_some_month(self, match: re.Match[str]) -> str:
        """Phrase of a day of which the month is unknown."""
        return self.phrase("some month", day=str(int(match[2])), year=match[1])

    def estimated(self, match: re.Match[str]) -> str:
        """Phrase of a year of which some digits are significant."""
        return self.phrase("about", date=match[1])

    def instant(self, match: re.Match[str]) -> str:
        """Phrase of a day with a time."""
        return f"{self.plain(match[1])}, {match[2]}"

    def day_of_year(self, month: int, day: int) -> str:
        """Phrase of a day without its year."""
        return str(format_skeleton("MMMMd", date(_LEAP_YEAR, month, day), locale=self._locale))

    def month(self, month: int) -> str:
        """Name of a month."""
        return str(format_date(date(_LEAP_YEAR, month, 1), "LLLL", locale=self._locale))

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


_UNUSUAL: tuple[tuple[re.Pattern[str], Callable[[_DatePhraser, re.Match[str]], str]], ...] = (
    (_EARLY, _DatePhraser.early),
    (_EARLY_YEARS, _DatePhraser.early_years),
    (_LONG_YEAR, _DatePhraser.long_year),
    (_DAY_OF_SOME_MONTH, _DatePhraser.of_some_month),
    (_OF_SOME_YEAR, _DatePhraser.of_some_year),
    (_ESTIMATED, _DatePhraser.estimated),
    (_INSTANT, _DatePhraser.instant),
)
"""Form of a date that few records have → its phrase."""


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
