"""Record page reader: the text of an archive's record page, as a browser copies it.

Such a page has three parts, and the headings "Related Documents" and "Document Information" separate them.
The position decides the meaning:

1. The document: a date, the title, a line that names a sponsor; then the text; the last paragraph before the
   next heading is the summary.
2. Related documents: date, title and summary of each in turn. They become records of their own, described only here.
3. Document information: labels, each on a line of its own, with paragraphs of value after it, or with none.

All other text becomes `extra`.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg import iris
from kg.errors import KeyFault
from kg.records.dates import phrases
from kg.records.model.keys import Record
from kg.records.names import language_tags
from kg.records.readers.base import RawRecord, ReaderItem, ReadFailure, SourceFile
from kg.records.readers.page.parts import (
    Title,
    archival_levels,
    credited_names,
    numbers_in_head,
    read_title,
    split_source,
)

MAX_FILE_BYTES = 16 << 20
"""Maximum size of a page, in bytes."""

LANGUAGE = "en"
"""Language of such pages."""

RELATED, INFORMATION = "Related Documents", "Document Information"
LABELS = (
    *("Source", "Rights", "Original Uploaded Date", "Type", "Language", "Record ID", "Original Classification"),
    *("Donors", "Contributor", "Creator", "Subject", "Collection"),
)
_FURNITURE = frozenset({"Skip to content", RELATED, INFORMATION, "Download", "Share", "Cite", "Print"})
_SUPPORT = re.compile(r"This document was made possible with support from (?:the )?(.+?)\.?")


def sniff(head: bytes) -> bool:
    """Return whether a file is a record page: two of its labels, or its first words, stand on lines of their own."""
    text = head.decode("utf-8", "replace")
    lines = {line.strip() for line in text.splitlines()}
    return len(lines & {RELATED, INFORMATION, "Record ID", "Original Classification"}) >= 2 or (
        "Skip to content" in lines and any(map(_SUPPORT.fullmatch, lines))
    )


def read(source: SourceFile) -> Iterator[ReaderItem]:
    """Read the record of a page, and the records of its related documents."""
    if source.path.stat().st_size > MAX_FILE_BYTES:
        message = f"is larger than {MAX_FILE_BYTES >> 20} MB; a record page is text"
        yield ReadFailure(source.problem("", "", "", "a smaller file", message, severity="rejected"))
        return
    try:
        text = source.path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        byte = f"0x{fault.object[fault.start]:02x}"
        yield ReadFailure(source.problem(f"line {line}", "", byte, "UTF-8", "is not UTF-8", severity="rejected"))
        return
    page = _PageSections.of(text)
    raw = next(iter(page.information.get("Record ID", [])), "")
    try:
        reference = source.reference("record", raw)
    except KeyFault as fault:
        expected = "the record's id after this label"
        yield ReadFailure(source.problem("", "Record ID", raw, expected, fault.what, severity="rejected"))
        return
    yield from _PageParser(source, page, reference).items()


@dataclass(slots=True)
class _PageSections:
    """Sections of a page: paragraphs of the document, of the related documents, and values by label."""

    document: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)
    information: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> "_PageSections":
        page = cls()
        section, label = page.document, ""
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
        for paragraph in re.split(r"\n\s*\n", text):
            stripped = "\n".join(line.strip() for line in paragraph.strip().split("\n"))
            if stripped == RELATED:
                section = page.related
            elif stripped == INFORMATION:
                section, label = [], INFORMATION
            elif label:
                label = page._inform(stripped, label)
            elif stripped and stripped not in _FURNITURE:
                section.append(stripped)
        return page

    def _inform(self, paragraph: str, label: str) -> str:
        """Add a paragraph of the last section; return the label for the next paragraph."""
        for line in paragraph.split("\n"):
            if line in LABELS:
                label = line
                self.information.setdefault(label, [])
            elif line:
                self.information.setdefault(label, []).append(line)
        return label


class _PageParser:
    """Parser from the sections of a page to records."""

    def __init__(self, source: SourceFile, page: _PageSections, reference: str) -> None:
        self.source = source
        self.page = page
        self.record: Record = {"id": reference, "identifiers": [reference.partition("/")[2]]}
        self.extra: list[dict[str, str]] = []

    def items(self) -> Iterator[ReaderItem]:
        self.head()
        self.information()
        related = list(self.related())
        if related:
            self.record["related"] = [document["id"] for document in related]
        if self.extra:
            self.record["extra"] = self.extra
        yield RawRecord(self.record)
        yield from (RawRecord(document, "related document") for document in related)

    def head(self) -> None:
        """Parse the document's own section."""
        paragraphs = list(self.page.document)
        date = paragraphs.pop(0) if paragraphs and phrases.read(paragraphs[0]) else None
        title = read_title(paragraphs.pop(0)) if paragraphs else Title("")
        self.titled(self.record, title, date)
        if paragraphs and (support := _SUPPORT.fullmatch(paragraphs[0])):
            self.record["sponsors"] = [self.agent(support[1], "organization")]
            paragraphs.pop(0)
        if paragraphs:
            self.record["summary"] = {LANGUAGE: [paragraphs.pop()]}
        for name, values in numbers_in_head(paragraphs).items():
            self.record[name] = {LANGUAGE: values} if name == "classification" else values
        if paragraphs:
            self.record["text"] = {"@none": ["\n\n".join(paragraphs)]}

    def titled(self, record: Record, title: Title, date: str | None) -> None:
        """Put the title and the date above it, for the page's record or a related document."""
        record["title"] = {LANGUAGE: title.text}
        dates = [{"role": "document", "text": date, "edtf": phrases.read(date)}] if date else []
        if title.event:
            dates.append({"role": "event", "text": title.event, "edtf": phrases.read(title.event)})
        if dates:
            record["dates"] = dates
        if title.journal:
            author = self.agent(title.journal, "person")
            record |= {"creator": [author], "journalAuthor": [author]}
        people = [self.agent(name, "person", office) for name, office in title.people]
        if people:
            record["participants"] = [*people, *record.get("journalAuthor", [])]

    def agent(self, name: str, kind: str, office: str | None = None) -> Record:
        """Return a link to an agent known by name alone."""
        description = {"occupations": {LANGUAGE: [office]}} if office else {}
        return self.source.named_link("agent", name, agentType=kind, **description)

    def information(self) -> None:
        """Parse the labelled values."""
        # A page is free in the order of its labels, but a value may depend on another label: the order here is fixed.
        label_order = {label: at for at, label in enumerate(LABELS)}
        for label, values in sorted(self.page.information.items(), key=lambda item: label_order.get(item[0], -1)):
            take = _LABELLED.get(label)
            if values and take:
                take(self, values)
            elif values:
                self.keep(label, values)
        # The page is English: a translated text on it is English.
        if "text" in self.record and "translator" in self.record:
            self.text_in(LANGUAGE)
            self.record["language"] = [LANGUAGE]

    def text_in(self, tag: str) -> None:
        """Set the language of the text."""
        (texts,) = self.record["text"].values()
        self.record["text"] = {tag: texts}

    def keep(self, label: str, values: list[str]) -> None:
        self.extra += [{"field": label, "value": value, "language": LANGUAGE} for value in values]

    def archival_source(self, values: list[str]) -> None:
        reference, statement = split_source(" ".join(values))
        if reference:
            self.record["reference"] = reference
            self.record |= archival_levels(reference)
        if statement:
            self.record["custodialHistory"] = {LANGUAGE: [statement]}
        for key, names in credited_names(statement).items():
            self.record[key] = [self.agent(name, "person") for name in names]

    def rights(self, values: list[str]) -> None:
        self.record["rights"] = {LANGUAGE: values}

    def uploaded(self, values: list[str]) -> None:
        date = {"role": "uploaded", "text": values[0], "edtf": phrases.read(values[0])}
        self.record.setdefault("dates", []).append({key: value for key, value in date.items() if value})
        self.keep("Original Uploaded Date", values[1:])

    def type(self, values: list[str]) -> None:
        self.record["type"] = [self.source.named_link("topic", value, language=LANGUAGE) for value in values]

    def language(self, values: list[str]) -> None:
        """Put the language of the original, where the text is a translation; else that of the text."""
        tags = [tag for value in values if (tag := language_tags.tag(value))]
        self.keep("Language", [value for value in values if not language_tags.tag(value)])
        translated = "translator" in self.record
        if tags:
            self.record["originalLanguage" if translated else "language"] = tags
            if not translated and len(tags) == 1 and "text" in self.record:
                self.text_in(tags[0])

    def record_id(self, values: list[str]) -> None:
        self.keep("Record ID", values[1:])

    def classification(self, values: list[str]) -> None:
        values_in_head = self.record.get("classification", {}).get(LANGUAGE, [])
        self.record["classification"] = {LANGUAGE: list(dict.fromkeys([*values_in_head, *values]))}

    def donors(self, values: list[str]) -> None:
        self.record["donors"] = [self.agent(name, "organization") for name in values]

    def related(self) -> Iterator[Record]:
        """Parse the related documents: date, title and summary in turn."""
        waiting = deque(self.page.related)
        while waiting:
            date = waiting.popleft() if phrases.read(waiting[0]) else None
            if not waiting:
                self.keep("page text", [date] if date else [])
                return
            title = waiting.popleft()
            record: Record = {
                "id": self.source.reference("record", iris.slug(f"{date or ''} {title}", self.source.origin)),
                "status": "described-only",
                "related": [self.record["id"]],
            }
            self.titled(record, read_title(title), date)
            summary = []
            while waiting and not phrases.read(waiting[0]):
                summary.append(waiting.popleft())
            if summary:
                record["summary"] = {LANGUAGE: summary}
            yield record


_LABELLED = {
    "Source": _PageParser.archival_source,
    "Rights": _PageParser.rights,
    "Original Uploaded Date": _PageParser.uploaded,
    "Type": _PageParser.type,
    "Language": _PageParser.language,
    "Record ID": _PageParser.record_id,
    "Original Classification": _PageParser.classification,
    "Donors": _PageParser.donors,
}
"""Label → parser of its values; values of other labels become `extra`."""
