"""The page of a thing: what the template needs, from what is said of the thing and what stands around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.ontology import Ontology
from kg.render.citations.citations import plain
from kg.render.citations.csl_item import Item, Source, item
from kg.render.data.record import first_date, labels
from kg.render.data.statements import Statements
from kg.render.page.metadata import meta_tags, schema_org
from kg.render.page.sections import Row, Section, Value
from kg.render.page.view import sections
from kg.render.site import key_labels, language_names
from kg.render.site.date_phrases import words
from kg.render.site.reader import Reader, is_nameless
from kg.render.site.translations import translations

SUMMARY = 300
"""Characters of what a page says of itself to search engines."""

TRANSLATED = "{language}, translated from {original}"
"""What is said of the language of a text that is a translation."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a page is about.

    Attributes:
        iri: its IRI.
        reference: kind/key.
        statements: what is said of it.
        record: the same as JSON.
        linked: reference of what it links to → its record.
        archive: what the archive is called in which it lies, or the empty string.
        publisher: who publishes it here.
    """

    iri: str
    reference: str
    statements: Statements
    record: Mapping[str, Any]
    linked: Mapping[str, dict[str, Any]]
    archive: str = ""
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the template of a thing's page asks for, beside lists of other things.

    Attributes:
        label, language: its title or name and the language of it.
        other_labels: the same in other languages: (language, text).
        kind: what kind of thing it is, or what kind of agent.
        types: what type of document, or of thing, it is.
        facts: the line under the title: date, place, language.
        sections: everything that is said, under headings.
        summary: what the page says of itself to search engines.
        schema_org: JSON-LD for the head.
        meta: name and content of meta tags; of a record alone.
        citation: how to cite it; empty but for a record.
    """

    label: str
    language: str
    other_labels: list[tuple[str, str]]
    kind: str
    types: tuple[Value, ...]
    facts: list[Value]
    sections: list[Section]
    summary: str
    schema_org: str
    meta: list[tuple[str, str]]
    citation: str


def show(subject: Subject, ontology: Ontology, reader: Reader) -> Shown:
    """What the page of a thing shows of it."""
    record, kind = subject.record, subject.reference.partition("/")[0]
    named = labels(record)
    nameless = is_nameless(named, subject.reference, record.get("status"))
    label, language = reader.called(named, subject.reference, record.get("status"))
    all_sections = sections(subject.statements, subject.reference, subject.linked, ontology, reader)
    rows = {row.key: row for section in all_sections for row in section.rows}
    cited = cite(subject, reader.languages) if subject.reference.startswith("record/") else None
    said = next((rows[key].values[0].text for key in ("summary", "description", "biography") if key in rows), "")
    return Shown(
        label=label,
        language=language,
        other_labels=[] if nameless else [(tag, text) for tag, text in named.items() if text != label],
        kind=key_labels.AGENT_TYPES.get(record.get("agentType", ""), key_labels.KINDS[kind][0]),
        types=rows["type"].values if "type" in rows else (),
        facts=list(_facts(record, rows, reader)),
        sections=all_sections,
        summary=(said or label)[:SUMMARY],
        schema_org=schema_org(subject.statements.get(subject.iri, {}), subject.iri),
        meta=list(meta_tags(cited, _texts(rows, "places"), " ".join(_texts(rows, "rights")))) if cited else [],
        citation=plain(cited, _day(record, reader)) if cited else "",
    )


def cite(subject: Subject, languages_: Sequence[str]) -> Item:
    """A record as an item to be cited."""
    return item(
        Source(subject.iri, subject.record, subject.linked, subject.archive, subject.publisher, tuple(languages_))
    )


def _day(record: Mapping[str, Any], reader: Reader) -> str:
    date = first_date(record)
    return words(date, reader.language) if date else ""


def _texts(rows: Mapping[str, Row], key: str) -> list[str]:
    return [value.text for value in rows[key].values] if key in rows else []


def _facts(record: Mapping[str, Any], rows: Mapping[str, Row], reader: Reader) -> list[Value]:
    """The first things a reader asks: when, where, in what language."""
    say = translations(reader.language).gettext
    found = [
        Value(words(date["edtf"], reader.language), note=say(key_labels.DATE_ROLES[date["role"]]))
        for date in record.get("dates", ())
        if date["role"] in key_labels.FIRST_DATES and date.get("edtf")
    ]
    if "placeOfCreation" in rows:
        found += rows["placeOfCreation"].values[:1]
    tags = record.get("language", ())
    if tags:
        names = ", ".join(language_names.name(tag, reader.language) for tag in tags)
        original = [tag for tag in record.get("originalLanguage", ()) if tag not in tags]
        said = ", ".join(language_names.name(tag, reader.language) for tag in original)
        found.append(Value(say(TRANSLATED).format(language=names, original=said) if said else names))
    return found
