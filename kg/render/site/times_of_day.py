"""Times of day in words, as people say them: from the first and the last moment of a date (D-155).

>>> times_of_day("1971-04-12T09:10:00-05:00", "1971-04-12T10:33:00-05:00", "1971-04-12", "en")
'9:10 to 10:33 am'
>>> times_of_day("1958-11-03T23:50:00-05:00", "1958-11-04T00:20:00-05:00", "1958-11-03", "en")
'11:50 pm to 12:20 am on 4 November 1958'
>>> times_of_day("1958-11-03T16:05:00-05:00", "", "1958-11-03", "es")
'desde las 16:05'
"""

import re
from dataclasses import dataclass

from kg.render.site.date_phrases import date_phrase
from kg.render.site.translations import translations

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?")
_NOON = 12

PHRASES = {
    "interval": "{start} to {end} (times of day)",
    "from": "from {start} (time of day)",
    "until": "until {end} (time of day)",
    "on": "{time} on {date}",
    "dated": "{date}, {time}",
    "UTC": "{time} UTC",
}
"""Templates of phrases. What stands in brackets tells the translator what is meant, and is cut off."""

_HINT = re.compile(r" \(times? of day\)$")

CERTAIN = frozenset({"", "certain", "sure", "exact", "known", "high", "yes", "confirmed", "true"})
"""Words of sources for a date or time that is in no doubt."""

DATE_DOUBTS = {
    "estimated": "the date is estimated",
    "approximate": "the date is approximate",
    "uncertain": "the date is uncertain",
    "inferred": "the date is inferred",
    "supplied": "the date was supplied by the archivist",
}
"""Word of a source for how sure a date is → what it says."""

TIME_DOUBTS = {
    "estimated": "the time is estimated",
    "approximate": "the time is approximate",
    "uncertain": "the time is uncertain",
    "inferred": "the time is inferred",
    "unknown": "the time is not known",
}
"""The same of a time of day."""

OTHER_DOUBTS = ("certainty of the date: {word}", "certainty of the time: {word}")
"""Templates for any other word of a source, of a date and of a time."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """Moment of a date: its day, hour, minute, and whether its zone is UTC."""

    day: str
    hour: int
    minute: int
    is_utc: bool


def times_of_day(start: str, end: str, edtf: str, language: str) -> str:
    """Phrase of the times of a date, without its day where the date itself has that; empty without a time.

    Times are those of the place, as the source has them.

    Args:
        start: first moment (xsd:dateTime), or the empty string.
        end: last moment, or the empty string.
        edtf: the date that the times belong to, in EDTF.
        language: language of the page.
    """
    first, last = _moment(start), _moment(end)
    days = _DAYS.fullmatch(edtf)
    told = (days[1], days[2] or days[1]) if days else ("", "")
    if first and last and first.day == last.day:
        phrase = _span(first, last, language)
        return phrase if first.day == told[0] else _on(phrase, first.day, language)
    start_text, end_text = (_end(each, day, language) for each, day in zip((first, last), told, strict=True))
    if first and last:
        return _phrase("interval", language, start=start_text, end=end_text)
    if first:
        return _phrase("from", language, start=start_text)
    return _phrase("until", language, end=end_text) if last else ""


def dated(date: str, times: str, language: str) -> str:
    """Phrase of a date with its times of day.

    >>> dated("12 April 1971", "9:10 to 10:33 am", "en"), dated("1971", "", "en")
    ('12 April 1971, 9:10 to 10:33 am', '1971')
    """
    return _phrase("dated", language, date=date, time=times) if date and times else date or times


def doubt(word: str, language: str, *, of_time: bool = False) -> str:
    """Phrase of how sure a date or time is; empty for one in no doubt.

    >>> doubt("certain", "en"), doubt("estimated", "en", of_time=True), doubt("C2", "en")
    ('', 'the time is estimated', 'certainty of the date: C2')
    """
    bare = word.strip().lower()
    if bare in CERTAIN:
        return ""
    say = translations(language).gettext
    known = (TIME_DOUBTS if of_time else DATE_DOUBTS).get(bare)
    return say(known) if known else say(OTHER_DOUBTS[of_time]).format(word=word)


def _end(moment: _Moment | None, day: str, language: str) -> str:
    """Time of day of one end of a period, with its day where that is another one than the date says."""
    if moment is None:
        return ""
    time = _time(moment, language)
    return time if moment.day == day else _on(time, moment.day, language)


def _phrase(key: str, language: str, **values: str) -> str:
    return _HINT.sub("", translations(language).gettext(PHRASES[key])).format(**values)


def _on(time: str, day: str, language: str) -> str:
    return _phrase("on", language, time=time, date=date_phrase(day, language))


def _span(first: _Moment, last: _Moment, language: str) -> str:
    """Phrase of two moments of a day."""
    if (first.hour, first.minute) == (last.hour, last.minute):
        return _time(first, language)
    same_half = (first.hour < _NOON) == (last.hour < _NOON)
    start = _time(first, language, with_half=not same_half or first.hour % _NOON == 0)  # 12:00 is noon or midnight
    return _phrase("interval", language, start=start, end=_time(last, language))


def _time(moment: _Moment, language: str, *, with_half: bool = True) -> str:
    """Time of day: by twelve hours in English, by twenty-four elsewhere."""
    if language != "en":
        text = f"{moment.hour}:{moment.minute:02}"
    else:
        half = (" am" if moment.hour < _NOON else " pm") if with_half else ""
        text = f"{(moment.hour - 1) % _NOON + 1}:{moment.minute:02}{half}"
    return _phrase("UTC", language, time=text) if moment.is_utc and with_half else text


def _moment(text: str) -> _Moment | None:
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    return _Moment(match[1], int(match[2]), int(match[3]), match[4] == "Z")
