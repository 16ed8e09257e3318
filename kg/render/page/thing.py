"""Page of a thing: the variables of its template, from its description and the records of its links."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.ontology import Ontology
from kg.render.citations.cited_dates import CitedDate
from kg.render.citations.cited_record import CITED_KINDS, CitationSource, CitedRecord, cited_record
from kg.render.citations.styles import archival
from kg.render.data.record import labels
from kg.render.data.statements import Statements
from kg.render.page.embedded_data import EmbeddedSubject, thing_data
from kg.render.page.facts import Fact, facts
from kg.render.page.further import FurtherField, further_fields, open_sections
from kg.render.page.metadata import meta_tags
from kg.render.page.prose import folded_sections, without_repetition
from kg.render.page.repetition import without_paragraphs
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
        levels: records of the levels above it, the topmost first.
        publisher: publisher of the site.
        repeated: paragraphs that another page shows, for most records of the source have them.
        times: of the page: its first publication and the last change of its record; empty where they are not told.
    """

    iri: str
    reference: str
    statements: Statements
    record: Mapping[str, Any]
    linked: Mapping[str, dict[str, Any]]
    levels: Sequence[Mapping[str, Any]] = ()
    publisher: str = ""
    repeated: Collection[str] = ()
    times: tuple[str, ...] = ()


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
        citation: archival citation; empty for what is not cited.
        wanted: citation that the source itself asks for; may be empty.
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
    wanted: str


def thing_page(subject: PageSubject, ontology: Ontology, reader: ReaderPreferences) -> ThingPage:
    """Template variables of a thing's page."""
    record, kind = subject.record, subject.reference.partition("/")[0]
    names = labels(record)
    nameless = is_nameless(names, subject.reference, record.get("status"))
    label, language = reader.called(names, subject.reference, record.get("status"))
    all_sections = without_paragraphs(
        sections(subject.statements, subject.reference, subject.linked, ontology, reader), subject.repeated
    )
    rows = {row.key: row for section in all_sections for row in section.rows}
    told = list(facts(record, rows, reader))
    once = without_repetition(all_sections)
    cited = cited_record_of(subject, reader.languages) if kind in CITED_KINDS else None
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
        schema_org=_embedded(subject, ontology.base, reader, label, summary),
        meta=list(meta_tags(cited, _texts(rows, "places"), " ".join(_texts(rows, "rights"))))
        if cited and kind == "record"
        else [],
        citation=archival(cited, _day(cited.date, reader), reader.language) if cited else "",
        wanted=cited.wanted if cited else "",
    )


def _embedded(subject: PageSubject, base: str, reader: ReaderPreferences, label: str, summary: str) -> str:
    properties = subject.statements.get(subject.iri, {})
    said = label, summary[:MAX_SUMMARY_LENGTH], subject.levels[:1], subject.times
    return thing_data(EmbeddedSubject(subject.iri, subject.record, properties, subject.linked, *said), base, reader)


def cited_record_of(subject: PageSubject, languages_: Sequence[str], accessed: str = "") -> CitedRecord:
    """Bibliographic data of a document, a collection or an archive.

    Args:
        subject: the thing.
        languages_: preferred languages of names and titles, the best first.
        accessed: day on which it is seen, in ISO 8601; empty for none.
    """
    source = CitationSource(
        subject.iri, subject.record, subject.linked, subject.levels, subject.publisher, tuple(languages_)
    )
    return cited_record(source, accessed)


def _day(date: CitedDate | None, reader: ReaderPreferences) -> str:
    """Date in words of the reader's language, or in those of the source."""
    return "" if date is None else date_phrase(date.edtf, reader.language) if date.edtf else date.text


def _texts(rows: Mapping[str, PageRow], key: str) -> list[str]:
    return [value.text for value in rows[key].values] if key in rows else []
