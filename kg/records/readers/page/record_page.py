"""The text of an archive's record page, as a browser gives it.

Such a page has three parts, and the headings "Related Documents" and "Document Information" part them. What stands
where is the rule by which it is read:

1. The document: a date, the title, a line that says who supported it; then the text; the last paragraph before the
   next heading is the summary.
2. Related documents: date, title and summary of each in turn. They become records of their own, described only here.
3. Document information: labels, each on a line of its own, with paragraphs of value after it, or with none.

What none of these takes is kept under `extra`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg import iris
from kg.errors import KeyFault
from kg.records.dates import phrases
from kg.records.model.keys import Record
from kg.records.names import language_tags
from kg.records.readers.base import Found, Item, SourceFile, Unreadable
from kg.records.readers.page.parts import Title, archive_of, credited, numbers_in_head, read_title, split_source

MAX_FILE = 16 << 20
"""Largest page, in bytes."""

LANGUAGE = "en"
"""The language in which such pages are written."""

RELATED, INFORMATION = "Related Documents", "Document Information"
LABELS = (
    *("Source", "Rights", "Original Uploaded Date", "Type", "Language", "Record ID", "Original Classification"),
    *("Donors", "Contributor", "Creator", "Subject", "Collection"),
)
_FURNITURE = frozenset({"Skip to content", RELATED, INFORMATION, "Download", "Share", "Cite", "Print"})
_SUPPORT = re.compile(r"This document was made possible with support from (?:the )?(.+?)\.?")


def sniff(head: bytes) -> bool:
    """Whether a file is such a page: two of its labels stand on lines of their own, or the first words do."""
    text = head.decode("utf-8", "replace")
    lines = {line.strip() for line in text.splitlines()}
    return len(lines & {RELATED, INFORMATION, "Record ID", "Original Classification"}) >= 2 or (
        "Skip to content" in lines and any(map(_SUPPORT.fullmatch, lines))
    )


def read(source: SourceFile) -> Iterator[Item]:
    """The record of a page, and the records of the documents that it names as related."""
    if source.path.stat().st_size > MAX_FILE:
        message = f"is larger than {MAX_FILE >> 20} MB; a record page is text"
        yield Unreadable(source.problem("", "", "", "a smaller file", message, severity="rejected"))
        return
    try:
        text = source.path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = fault.object[: fault.start].count(b"\n") + 1
        byte = f"0x{fault.object[fault.start]:02x}"
        yield Unreadable(source.problem(f"line {line}", "", byte, "UTF-8", "is not UTF-8", severity="rejected"))
        return
    page = _Page.of(text)
    raw = next(iter(page.information.get("Record ID", [])), "")
    try:
        reference = source.reference("record", raw)
    except KeyFault as fault:
        expected = "the record's id after this label"
        yield Unreadable(source.problem("", "Record ID", raw, expected, fault.what, severity="rejected"))
        return
    yield from _Reading(source, page, reference).items()


@dataclass(slots=True)
class _Page:
    """A page cut at its headings: paragraphs of the document, of the related ones, and values by label."""

    document: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)
    information: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> "_Page":
        page = cls()
        into, label = page.document, ""
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
        for paragraph in re.split(r"\n\s*\n", text):
            kept = "\n".join(line.strip() for line in paragraph.strip().split("\n"))
            if kept == RELATED:
                into = page.related
            elif kept == INFORMATION:
                into, label = [], INFORMATION
            elif label:
                label = page._inform(kept, label)
            elif kept and kept not in _FURNITURE:
                into.append(kept)
        return page

    def _inform(self, paragraph: str, label: str) -> str:
        """Take a paragraph of the last part; the label that what follows stands under."""
        for line in paragraph.split("\n"):
            if line in LABELS:
                label = line
                self.information.setdefault(label, [])
            elif line:
                self.information.setdefault(label, []).append(line)
        return label


class _Reading:
    """Reads one page into records."""

    def __init__(self, source: SourceFile, page: _Page, reference: str) -> None:
        self.source = source
        self.page = page
        self.record: Record = {"id": reference, "identifiers": [reference.partition("/")[2]]}
        self.extra: list[dict[str, str]] = []

    def items(self) -> Iterator[Item]:
        self.head()
        self.information()
        related = list(self.related())
        if related:
            self.record["related"] = [each["id"] for each in related]
        if self.extra:
            self.record["extra"] = self.extra
        yield Found(self.record)
        yield from (Found(each, "related document") for each in related)

    def head(self) -> None:
        """The document's own part."""
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
        """What a title and the date above it say: of the page's record, or of a related one."""
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
        """Somebody of whom the page gives the name alone."""
        told = {"occupations": {LANGUAGE: [office]}} if office else {}
        return self.source.named("agent", name, agentType=kind, **told)

    def information(self) -> None:
        """The labelled values."""
        # A page is free in the order of its labels; what one of them says may rest on another, so they have one here.
        known = {label: at for at, label in enumerate(LABELS)}
        for label, values in sorted(self.page.information.items(), key=lambda each: known.get(each[0], -1)):
            take = _LABELLED.get(label)
            if values and take:
                take(self, values)
            elif values:
                self.keep(label, values)
        # The page is English: a text that somebody translated stands there in English.
        if "text" in self.record and "translator" in self.record:
            self.text_in(LANGUAGE)
            self.record["language"] = [LANGUAGE]

    def text_in(self, tag: str) -> None:
        """Say in which language the text is."""
        (texts,) = self.record["text"].values()
        self.record["text"] = {tag: texts}

    def keep(self, label: str, values: list[str]) -> None:
        self.extra += [{"field": label, "value": value, "language": LANGUAGE} for value in values]

    def archival_source(self, values: list[str]) -> None:
        reference, statement = split_source(" ".join(values))
        if reference:
            self.record["reference"] = reference
            self.record |= archive_of(reference)
        if statement:
            self.record["custodialHistory"] = {LANGUAGE: [statement]}
        for key, names in credited(statement).items():
            self.record[key] = [self.agent(name, "person") for name in names]

    def rights(self, values: list[str]) -> None:
        self.record["rights"] = {LANGUAGE: values}

    def uploaded(self, values: list[str]) -> None:
        date = {"role": "uploaded", "text": values[0], "edtf": phrases.read(values[0])}
        self.record.setdefault("dates", []).append({key: value for key, value in date.items() if value})
        self.keep("Original Uploaded Date", values[1:])

    def type(self, values: list[str]) -> None:
        self.record["type"] = [self.source.named("topic", value, language=LANGUAGE) for value in values]

    def language(self, values: list[str]) -> None:
        """The language of the original, where the text is a translation; else that of the text."""
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
        known = self.record.get("classification", {}).get(LANGUAGE, [])
        self.record["classification"] = {LANGUAGE: list(dict.fromkeys([*known, *values]))}

    def donors(self, values: list[str]) -> None:
        self.record["donors"] = [self.agent(name, "organization") for name in values]

    def related(self) -> Iterator[Record]:
        """The related documents: date, title and summary in turn."""
        waiting = list(self.page.related)
        while waiting:
            date = waiting.pop(0) if phrases.read(waiting[0]) else None
            if not waiting:
                self.keep("page text", [date] if date else [])
                return
            title = waiting.pop(0)
            record: Record = {
                "id": self.source.reference("record", iris.slug(f"{date or ''} {title}", self.source.origin)),
                "status": "described-only",
                "related": [self.record["id"]],
            }
            self.titled(record, read_title(title), date)
            summary = []
            while waiting and not phrases.read(waiting[0]):
                summary.append(waiting.pop(0))
            if summary:
                record["summary"] = {LANGUAGE: summary}
            yield record


_LABELLED = {
    "Source": _Reading.archival_source,
    "Rights": _Reading.rights,
    "Original Uploaded Date": _Reading.uploaded,
    "Type": _Reading.type,
    "Language": _Reading.language,
    "Record ID": _Reading.record_id,
    "Original Classification": _Reading.classification,
    "Donors": _Reading.donors,
}
"""Label → what takes its values; others are kept under `extra`."""
