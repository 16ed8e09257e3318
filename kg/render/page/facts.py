"""Facts under the title of a page, which a reader asks for first: when, who, where, language, reference (D-154)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.render.page.sections import PageRow, PageValue
from kg.render.site import key_labels, language_names
from kg.render.site.date_phrases import date_phrase, label_before
from kg.render.site.reader import ReaderPreferences
from kg.render.site.times_of_day import dated, doubt, times_of_day
from kg.render.site.translations import translations

TRANSLATED = "{language}, translated from {original}"
"""Phrase for the language of a translated text."""

REFERENCE = "Reference"
"""Label of the archival reference, or of the number of a thing."""

PEOPLE = ("creator", "journalAuthor", "sender", "recipient", "participants")
"""Keys of those who made a document, or took part in what it records."""

MAX_PEOPLE = 4
"""People under one label; the section of people has all of them."""

MAX_PLACES = 2
"""Places; the same."""


_SIGNS = {"uncertain": "?", "approximate": "~"}
"""Word of a source for how sure a date is → the sign for it in EDTF, which the date in words says already."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Fact under the title.

    Attributes:
        label: what it is, in the page's language; empty where the value says it.
        values: its values.
        more: how many there are besides.
        section: id of the section with all of them.
    """

    label: str
    values: tuple[PageValue, ...]
    more: int = 0
    section: str = ""


def facts(record: Mapping[str, Any], rows: Mapping[str, PageRow], reader: ReaderPreferences) -> Iterator[Fact]:
    """Facts of a thing, the most wanted first.

    Args:
        record: its record.
        rows: key → row of its page.
        reader: the reader's languages.
    """
    say = translations(reader.language).gettext
    for date in record.get("dates", ()):
        if date["role"] in key_labels.FIRST_DATES and (date.get("edtf") or date.get("text")):
            value = _date(date, reader.language)
            role = label_before(say(key_labels.DATE_ROLES[date["role"]]), value.text, reader.language)
            yield Fact(role, (value,))
    for key in PEOPLE:
        if key in rows:
            yield _some(say(rows[key].label), rows[key], MAX_PEOPLE, "people")
    where = "placeOfCreation" if "placeOfCreation" in rows else "places"
    if where in rows:
        yield _some(say(rows[where].label), rows[where], MAX_PLACES, "places")
    yield from _languages(record, reader)
    if reference := _reference(record):
        yield Fact(say(REFERENCE), (PageValue(reference),))


def date_words(date: Mapping[str, str], language: str) -> tuple[str, list[str]]:
    """Phrase of a date with its times of day, and remarks on what is in doubt.

    Args:
        date: a date by the keys of the model, as texts.
        language: language of the page.
    """
    edtf, start, end = (date.get(key, "") for key in ("edtf", "startTime", "endTime"))
    phrase = date_phrase(edtf, language) if edtf else date.get("text", "")
    times = times_of_day(start, end, edtf, language)
    certainty = date.get("certainty", "")
    sign = _SIGNS.get(certainty.strip().casefold())
    remarks = [] if sign and sign in edtf else [doubt(certainty, language)]
    remarks.append(doubt(date.get("timeCertainty", ""), language, of_time=True))
    return dated(phrase, times, language), [each for each in remarks if each]


def _date(date: Mapping[str, str], language: str) -> PageValue:
    phrase, remarks = date_words(date, language)
    return PageValue(phrase, note="; ".join(remarks))


def _some(label: str, row: PageRow, most: int, section: str) -> Fact:
    values = tuple(PageValue(each.text, each.href, each.language) for each in row.values[:most])
    return Fact(label, values, max(len(row.values) - most, 0), section)


def _languages(record: Mapping[str, Any], reader: ReaderPreferences) -> Iterator[Fact]:
    """Languages of the text that is here, and of the original where that is another one."""
    say = translations(reader.language).gettext
    tags = record.get("language", ())
    names, original = (
        ", ".join(language_names.language_name(tag, reader.language) for tag in some)
        for some in (tags, [tag for tag in record.get("originalLanguage", ()) if tag not in tags])
    )
    if names:
        text = say(TRANSLATED).format(language=names, original=original) if original else names
        yield Fact("", (PageValue(text),))
    elif original:
        yield Fact(say(key_labels.FIELDS["originalLanguage"].label), (PageValue(original),))


def _reference(record: Mapping[str, Any]) -> str:
    """Archival reference of a document or level; else a number of its own, that is not its address here."""
    if record["id"].partition("/")[0] not in {"record", "archive", "collection"}:
        return ""
    key = record["id"].partition("/")[2]
    numbers = record.get("identifiers", ())
    return record.get("reference") or next((each for each in numbers if each != key), next(iter(numbers), ""))
