"""Page of a thing: the variables of its template, from its description and the records of its links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.ontology import Ontology
from kg.render.citations.citations import plain
from kg.render.citations.csl_item import CitationSource, Item, item
from kg.render.data.record import first_date, labels
from kg.render.data.statements import Statements
from kg.render.page.facts import Fact, facts
from kg.render.page.further import FurtherField, further_fields, open_sections
from kg.render.page.metadata import meta_tags, schema_org
from kg.render.page.prose import folded_sections, without_repetition
from kg.render.page.sections import PageRow, PageValue, Section
from kg.render.page.view import sections
from kg.render.site import key_labels
from kg.render.site.date_phrases import date_phrase
from kg.render.site.reader import ReaderPreferences, is_nameless

MAX_SUMMARY_LENGTH = 300
"""Characters of the page's description for search engines."""


@dataclass(frozen=True, slots=True)
class PageSubject:
    """Subject of a page.

    Attributes:
        iri: its IRI.
        reference: kind/key.
        statements: its description.
        record: its record as JSON.
        linked: reference of a link's target → its record.
        archive: name of its archive, or the empty string.
        publisher: publisher of the site.
    """

    iri: str
    reference: str
    statements: Statements
    record: Mapping[str, Any]
    linked: Mapping[str, dict[str, Any]]
    archive: str = ""
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class ThingPage:
    """Variables of the template of a thing's page, besides lists of other things.

    Attributes:
        label, language: title or name, and its language.
        other_labels: (language, text) of its labels in other languages.
        kind: label of its kind, or of the kind of agent.
        types: its types.
        facts: what stands under the title: when, who, where, language, reference.
        sections: the description, under headings, each text once.
        further: what the source says besides.
        summary: description for search engines.
        schema_org: JSON-LD for the head.
        meta: (name, content) of meta tags; for a record alone.
        citation: archival citation; empty except for a record.
    """

    label: str
    language: str
    other_labels: list[tuple[str, str]]
    kind: str
    types: tuple[PageValue, ...]
    facts: list[Fact]
    sections: list[Section]
    further: tuple[FurtherField, ...]
    summary: str
    schema_org: str
    meta: list[tuple[str, str]]
    citation: str


def thing_page(subject: PageSubject, ontology: Ontology, reader: ReaderPreferences) -> ThingPage:
    """Template variables of a thing's page."""
    record, kind = subject.record, subject.reference.partition("/")[0]
    names = labels(record)
    nameless = is_nameless(names, subject.reference, record.get("status"))
    label, language = reader.called(names, subject.reference, record.get("status"))
    all_sections = sections(subject.statements, subject.reference, subject.linked, ontology, reader)
    rows = {row.key: row for section in all_sections for row in section.rows}
    told = list(facts(record, rows, reader))
    once = without_repetition(all_sections)
    citation_item = csl_item_of(subject, reader.languages) if subject.reference.startswith("record/") else None
    summary = next((rows[key].values[0].text for key in ("summary", "description", "biography") if key in rows), "")
    return ThingPage(
        label=label,
        language=language,
        other_labels=[] if nameless else [(tag, text) for tag, text in names.items() if text != label],
        kind=key_labels.AGENT_TYPES.get(record.get("agentType", ""), key_labels.KINDS[kind][0]),
        types=rows["type"].values if "type" in rows else (),
        facts=told,
        sections=folded_sections(open_sections(once, told, label)),
        further=further_fields(once),
        summary=(summary or label)[:MAX_SUMMARY_LENGTH],
        schema_org=schema_org(subject.statements.get(subject.iri, {}), subject.iri),
        meta=list(meta_tags(citation_item, _texts(rows, "places"), " ".join(_texts(rows, "rights"))))
        if citation_item
        else [],
        citation=plain(citation_item, _day(record, reader)) if citation_item else "",
    )


def csl_item_of(subject: PageSubject, languages_: Sequence[str]) -> Item:
    """CSL-JSON item of a record."""
    return item(
        CitationSource(
            subject.iri, subject.record, subject.linked, subject.archive, subject.publisher, tuple(languages_)
        )
    )


def _day(record: Mapping[str, Any], reader: ReaderPreferences) -> str:
    date = first_date(record)
    return date_phrase(date, reader.language) if date else ""


def _texts(rows: Mapping[str, PageRow], key: str) -> list[str]:
    return [value.text for value in rows[key].values] if key in rows else []
