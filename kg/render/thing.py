"""The page of a thing: what the template needs, from what is said of the thing and what stands around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from pyoxigraph import Triple

from kg.ontology import Ontology
from kg.render import fields, languages
from kg.render.bars import Bar, bars
from kg.render.head import schema_org
from kg.render.translations import translations
from kg.render.view import Reader, Section, Value, sections
from kg.render.words import words

SUMMARY = 300
"""Characters of what a page says of itself to search engines."""

FEWEST_BARS = 3
"""Months from which a picture says more than the list."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page is about.

    Attributes:
        iri: its IRI.
        reference: kind/key.
        triples: what is said of it.
        record: the same as JSON.
        linked: reference of what it links to → its record.
        months: month → how many records of that month link to it.
    """

    iri: str
    reference: str
    triples: Sequence[Triple]
    record: Mapping[str, Any]
    linked: Mapping[str, dict[str, Any]]
    months: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the template of a thing's page asks for, beside lists of other things.

    Attributes:
        label, language: its title or name and the language of it.
        other_labels: the same in other languages: (language, text).
        types: what type of document, or of thing, it is.
        facts: the line under the title: date, place, language.
        sections: everything that is said, under headings.
        bars: records that link to it, by time.
        summary: what the page says of itself to search engines.
        schema_org: JSON-LD for the head.
    """

    label: str
    language: str
    other_labels: list[tuple[str, str]]
    types: tuple[Value, ...]
    facts: list[Value]
    sections: list[Section]
    bars: list[Bar]
    summary: str
    schema_org: str


def show(subject: Subject, ontology: Ontology, reader: Reader) -> Shown:
    """What the page of a thing shows of it."""
    record = subject.record
    labels: dict[str, str] = record.get("title") or record.get("name") or {}
    label, language = reader.label(labels)
    all_sections = sections(subject.triples, subject.reference, subject.linked, ontology, reader)
    rows = {row.key: row for section in all_sections for row in section.rows}
    said = next((rows[key].values[0].text for key in ("summary", "description", "biography") if key in rows), "")
    return Shown(
        label=label or subject.reference,
        language=language,
        other_labels=[(tag, text) for tag, text in labels.items() if tag != language and text != label],
        types=rows["type"].values if "type" in rows else (),
        facts=list(_facts(record, rows, reader)),
        sections=all_sections,
        bars=bars(subject.months, reader.language) if len(subject.months) >= FEWEST_BARS else [],
        summary=(said or label)[:SUMMARY],
        schema_org=schema_org(subject.triples, subject.iri),
    )


def _facts(record: Mapping[str, Any], rows: Mapping[str, Any], reader: Reader) -> list[Value]:
    """The first things a reader asks: when, where, in what language."""
    say = translations(reader.language).gettext
    found = [
        Value(words(date["edtf"], reader.language), note=say(fields.DATE_ROLES[date["role"]]))
        for date in record.get("dates", ())
        if date["role"] in fields.FIRST_DATES and date.get("edtf")
    ]
    if "placeOfCreation" in rows:
        found += rows["placeOfCreation"].values[:1]
    tags = record.get("language", ())
    if tags:
        names = ", ".join(languages.name(tag, reader.language) for tag in tags)
        original = [tag for tag in record.get("originalLanguage", ()) if tag not in tags]
        said = ", ".join(languages.name(tag, reader.language) for tag in original)
        found.append(
            Value(
                say("{language}, translated from {original}").format(language=names, original=said) if said else names
            )
        )
    return found


def parsed(record: bytes) -> dict[str, Any]:
    """A record from its JSON."""
    value: dict[str, Any] = orjson.loads(record)
    return value
