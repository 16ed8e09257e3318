"""Hours of a day in words of the reader's language, as a log or a tape has them.

>>> hours("1958-11-03T16:05:00-05:00", "1958-11-03T17:20:00-05:00", "en")
'4:05 to 5:20 pm'
>>> hours("1958-11-03T16:05:00-05:00", "1958-11-03T17:20:00-05:00", "ru")
'16:05–17:20'
"""
# ruff: noqa: RUF002  # people write dashes

import re
from datetime import date, timedelta

from kg.render.site.date_phrases import date_phrase
from kg.render.site.translations import LANGUAGES, translations

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)")

PHRASES = {
    "span": "{begin} to {finish}",
    "days": "{begin} – {finish}",
    "next day": "{time} the next day",
    "on a day": "{date}, {time}",
    "from": "from {time}",
    "until": "until {time}",
}
"""Templates of hours, in English; the translations are in the catalogues."""


def hours(start: str, end: str, language: str) -> str:
    """Hours of a date: from when to when, in the time that the source has; empty where neither is an instant.

    Args:
        start: first instant (ISO 8601), or empty.
        end: last instant, or empty.
        language: language of the page.
    """
    first, last = _INSTANT.match(start), _INSTANT.match(end)
    say = translations(language).gettext
    if first is None and last is None:
        return ""
    if last is None or (first and first.group() == last.group()):
        assert first is not None  # noqa: S101  # one of the two is there
        return _clock(first, language) if last else say(PHRASES["from"]).format(time=_clock(first, language))
    if first is None:
        return say(PHRASES["until"]).format(time=_clock(last, language))
    days = date.fromisoformat(last[1]) - date.fromisoformat(first[1])
    begin, finish = _clock(first, language), _clock(last, language)
    if days == timedelta(1):
        finish = say(PHRASES["next day"]).format(time=finish)
    elif days:
        begin, finish = (
            say(PHRASES["on a day"]).format(date=date_phrase(each[1], language), time=time)
            for each, time in ((first, begin), (last, finish))
        )
    elif language == LANGUAGES[0] and begin[-3:] == finish[-3:]:
        begin = begin[:-3]  # the half of the day once: 4:05 to 5:20 pm
    return say(PHRASES["days" if days > timedelta(1) else "span"]).format(begin=begin, finish=finish)


def with_hours(phrase: str, start: str, end: str, language: str) -> str:
    """Phrase of a date with the hours behind it, where these are known."""
    return ", ".join(filter(None, (phrase, hours(start, end, language))))


def _clock(instant: re.Match[str], language: str) -> str:
    """Time of day: in English by the half of the day, else by twenty-four hours."""
    hour, minute = int(instant[2]), instant[3]
    if language != LANGUAGES[0]:
        return f"{hour}:{minute}"
    return f"{(hour + 11) % 12 + 1}:{minute} {'am' if hour % 24 < 12 else 'pm'}"
