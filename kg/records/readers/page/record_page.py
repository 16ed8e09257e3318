"""Record page reader: the text of an archive's record page, as a browser copies it.

Such a page has three parts, and the headings "Related Documents" and "Document Information" separate them.
The position decides the meaning, never whether a parser succeeds:

1. The document: a date, the title, a line that names a sponsor; then the text; the last paragraph before the
   next heading is the summary.
2. Related documents: date, title and summary of each in turn. They become records of their own, described only here.
3. Document information: labels, each on a line of its own, with paragraphs of value after it, or with none.

All other text becomes `extra`; what the position does not tell is reported.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from kg import iris
from kg.errors import KeyFault
from kg.records import characters
from kg.records.dates import phrases
from kg.records.model.keys import Record
from kg.records.names import language_tags, named_people
from kg.records.problems import SourceProblem
from kg.records.readers.base import RawRecord, ReaderItem, ReadFailure, SourceFile
from kg.records.readers.page import labels
from kg.records.readers.page.labels import INFORMATION, LABELS, RELATED
from kg.records.readers.page.parts import (
    Title,
    archival_levels,
    credited_names,
    numbers_in_head,
    read_title,
    split_source,
)
from kg.records.readers.page.sections import PageSections, Paragraph

MAX_FILE_BYTES = 16 << 20
"""Maximum size of a page, in bytes."""

_A_DATE = "a date as people write one: 5 April 1963"
_KEPT = "kept under extra"


def sniff(head: bytes) -> bool:
    """Return whether a file is a record page: two of its labels, or its first words, stand on lines of their own."""
    text = head.decode("utf-8", "replace")
    lines = {line.strip() for line in text.splitlines()}
    known = [label for line in lines if (label := labels.heading_of(line) or labels.label_of(line))]
    signs = {label.name for label in known} & {RELATED, INFORMATION, "Record ID", "Original Classification"}
    return len(signs) >= 2 or (any(map(labels.is_furniture, lines)) and any(map(labels.sponsor_of, lines)))


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
    mended = characters.mended(text)
    if mended != text:
        yield from _mended_lines(source, text)
    page = PageSections.of(mended)
    raw = next((paragraph.text for paragraph in page.information.get("Record ID", [])), "")
    try:
        reference = source.reference("record", raw)
    except KeyFault as fault:
        expected = "the record's id after this label"
        yield ReadFailure(source.problem("", "Record ID", raw, expected, fault.what, severity="rejected"))
        return
    yield from _PageParser(source, page, reference).items()


def _mended_lines(source: SourceFile, text: str) -> Iterator[ReaderItem]:
    """Notes on the lines whose characters were mended."""
    for number, line in enumerate(text.split("\n"), 1):
        if characters.mended(line) != line:
            place, at = characters.around_fault(line), f"line {number}"
            yield source.problem(at, "", place, characters.EXPECTED, characters.MESSAGE, severity="repaired")


class _PageParser:
    """Parser from the sections of a page to records."""

    def __init__(self, source: SourceFile, page: PageSections, reference: str) -> None:
        self.source = source
        self.page = page
        self.language = page.language
        self.record: Record = {"id": reference, "identifiers": [reference.partition("/")[2]]}
        self.extra: list[dict[str, str]] = []
        self.problems: list[SourceProblem] = []

    def items(self) -> Iterator[ReaderItem]:
        self.head()
        self.information()
        related = list(self.related())
        if related:
            self.record["related"] = list(dict.fromkeys(document["id"] for document in related))
        if self.extra:
            self.record["extra"] = self.extra
        yield from sorted(self.problems, key=lambda problem: int(problem.at.removeprefix("line ")))
        yield RawRecord(self.record)
        told = {document["id"]: document for document in related}
        yield from (RawRecord(document, "related document") for document in told.values())

    def report(self, paragraph: Paragraph, where: str, expected: str, message: str) -> None:
        """Report what the place of a paragraph does not tell."""
        at = f"line {paragraph.line}"
        self.problems.append(
            self.source.problem(at, where, paragraph.text, expected, message, record=self.record["id"])
        )

    def head(self) -> None:
        """Parse the document's own section: date, title, the sponsor's line, then the text and its summary."""
        paragraphs = list(self.page.document)
        places = [place for place, each in enumerate(paragraphs[:6]) if labels.sponsor_of(each.text)]
        above = places[0] if places else None
        has_date = bool(paragraphs) and (above == 2 or labels.is_date_line(paragraphs[0].text))
        date = paragraphs.pop(0) if has_date and len(paragraphs) > 1 and above != 1 else None
        title = paragraphs.pop(0) if paragraphs and above != 0 else Paragraph(1, "")
        if title.text and date is None:
            expected = "the date of the document, or the word Undated, in the line above the title"
            self.report(title, "date", expected, "stands first and is taken as the title; there is no date above it")
        self.titled(self.record, read_title(title.text), date)
        between = [paragraphs.pop(0) for _ in range((above or 0) - (2 if date else 1))]
        for paragraph in between:
            self.report(paragraph, "title", "date, title and sponsor, a line each", f"is no part of these; {_KEPT}")
            self.keep("page text", [paragraph.text])
        if above is not None and paragraphs and (support := labels.sponsor_of(paragraphs[0].text)):
            self.record["sponsors"] = [self.agent(name, "organization") for name in named_people.bodies(support)]
            paragraphs.pop(0)
        texts = [paragraph.text for paragraph in paragraphs]
        if texts:
            self.record["summary"] = {self.language: [texts.pop()]}
        for name, values in numbers_in_head(texts).items():
            self.record[name] = {self.language: values} if name == "classification" else values
        if texts:
            self.record["text"] = {"@none": ["\n\n".join(texts)]}

    def titled(self, record: Record, title: Title, date: Paragraph | None) -> None:
        """Put the title and the date above it, for the page's record or a related document."""
        record["title"] = {self.language: title.text}
        dates = [self.date("document", date)] if date else []
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

    def date(self, role: str, paragraph: Paragraph) -> Record:
        """Return a date as it is written, with its encoded form where it can be read; another one is reported."""
        edtf = phrases.read(paragraph.text)
        if edtf is None and not phrases.is_undated(paragraph.text):
            why = phrases.fault(paragraph.text) or "is no date that can be read"
            self.report(paragraph, "date", _A_DATE, f"{why}; kept as it is written")
        return {"role": role, "text": paragraph.text} | ({"edtf": edtf} if edtf else {})

    def agent(self, name: str, kind: str | None, office: str | None = None) -> Record:
        """Return a link to an agent known by name alone."""
        description = {"occupations": {self.language: [office]}} if office else {}
        return self.source.named_link("agent", name, **({"agentType": kind} if kind else {}), **description)

    def information(self) -> None:
        """Parse the labelled values."""
        # A page is free in the order of its labels, but a value may depend on another label: the order here is fixed.
        label_order = {label: at for at, label in enumerate(LABELS)}
        for label, paragraphs in sorted(self.page.information.items(), key=lambda item: label_order[item[0]]):
            take = _LABELLED.get(label)
            if paragraphs and take:
                take(self, paragraphs)
            elif paragraphs:
                self.keep(label, _all_lines(paragraphs))
        for label, paragraph in self.page.unknown:
            self.report(
                paragraph, label, f"one of {', '.join(LABELS)}", f"stands below a label that is not known; {_KEPT}"
            )
            self.keep(label, [paragraph.text])
        for label, paragraph in self.page.surplus:
            message = f"stands below {label}, and may be part of that or not; {_KEPT}"
            self.report(paragraph, label, "one value, or a label that is known", message)
            self.keep(label, [paragraph.text])
        # The page has one language: a translated text on it has that.
        if "text" in self.record and "translator" in self.record:
            self.text_in(self.language)
            self.record["language"] = [self.language]

    def text_in(self, tag: str) -> None:
        """Set the language of the text."""
        (texts,) = self.record["text"].values()
        self.record["text"] = {tag: texts}

    def keep(self, label: str, values: list[str]) -> None:
        self.extra += [{"field": label, "value": value, "language": self.language} for value in values]

    def archival_source(self, paragraphs: list[Paragraph]) -> None:
        reference, statement = split_source(" ".join(_all_lines(paragraphs)))
        if reference:
            self.record["reference"] = reference
            self.record |= archival_levels(reference)
        if statement:
            self.record["custodialHistory"] = {self.language: [statement]}
        for key, names in credited_names(statement).items():
            self.record[key] = [self.agent(name, kind) for name, kind in names]

    def rights(self, paragraphs: list[Paragraph]) -> None:
        self.record["rights"] = {self.language: [paragraph.text for paragraph in paragraphs]}

    def uploaded(self, paragraphs: list[Paragraph]) -> None:
        first, *others = paragraphs
        self.record.setdefault("dates", []).append(self.date("uploaded", first))
        self.keep("Original Uploaded Date", _all_lines(others))

    def type(self, paragraphs: list[Paragraph]) -> None:
        self.record["type"] = [
            self.source.named_link("topic", value, language=self.language) for value in _all_lines(paragraphs)
        ]

    def languages(self, paragraphs: list[Paragraph]) -> None:
        """Put the language of the original, where the text is a translation; else that of the text."""
        tags = []
        for paragraph in paragraphs:
            for value in filter(None, (value.strip() for value in paragraph.text.replace(",", "\n").split("\n"))):
                tag = language_tags.tag(value)
                if tag:
                    tags.append(tag)
                else:
                    self.report(
                        paragraph, "Language", "the name of a language", f"is no language that is known; {_KEPT}"
                    )
                    self.keep("Language", [value])
        translated = "translator" in self.record
        if tags:
            self.record["originalLanguage" if translated else "language"] = tags
            if not translated and len(tags) == 1 and "text" in self.record:
                self.text_in(tags[0])

    def record_id(self, paragraphs: list[Paragraph]) -> None:
        self.keep("Record ID", _all_lines(paragraphs[1:]))

    def classification(self, paragraphs: list[Paragraph]) -> None:
        values_in_head = self.record.get("classification", {}).get(self.language, [])
        self.record["classification"] = {self.language: list(dict.fromkeys([*values_in_head, *_all_lines(paragraphs)]))}

    def donors(self, paragraphs: list[Paragraph]) -> None:
        names = [name for line in _all_lines(paragraphs) for name in named_people.bodies(line)]
        self.record["donors"] = [self.agent(name, "organization") for name in names]

    def related(self) -> Iterator[Record]:
        """Parse the related documents: date, title and summary in turn."""
        for date, title, rest in _related_documents(self.page.related):
            if title is None:
                self.alone(date)
                continue
            name = f"{date.text if date else ''} {title.text}"
            record: Record = {
                "id": self.source.reference("record", iris.slug(name, self.source.origin)),
                "status": "described-only",
                "related": [self.record["id"]],
            }
            if date is None:
                self.report(title, RELATED, "the date of a related document above its title", "has no date above it")
            self.titled(record, read_title(title.text), date)
            if rest:
                record["summary"] = {self.language: [rest[0].text]}
            for paragraph in rest[1:]:
                message = f"may belong to the summary above, or be a document without a date; {_KEPT}"
                self.report(paragraph, RELATED, "date, title and summary of each document in turn", message)
                record.setdefault("extra", []).append(
                    {"field": RELATED, "value": paragraph.text, "language": self.language}
                )
            yield record

    def alone(self, date: Paragraph | None) -> None:
        """Keep a date at the end of the related documents."""
        if date is not None:
            self.report(date, RELATED, "date, title and summary", f"has no title below it; {_KEPT}")
            self.keep("page text", [date.text])


def _all_lines(paragraphs: list[Paragraph]) -> list[str]:
    return [line for paragraph in paragraphs for line in paragraph.text.split("\n")]


class _RelatedDocument(NamedTuple):
    """Paragraphs of a related document: its date, its title, what is below."""

    date: Paragraph | None
    title: Paragraph | None
    below: list[Paragraph]


def _related_documents(paragraphs: list[Paragraph]) -> Iterator[_RelatedDocument]:
    """Related documents of a page, in order."""
    starts = [place for place, paragraph in enumerate(paragraphs) if labels.is_date_line(paragraph.text)]
    thirds = range(0, len(paragraphs), 3)
    # Documents of three paragraphs each: a first one is the date, whatever it says.
    if starts and len(paragraphs) % 3 == 0 and set(starts) <= set(thirds):
        short = (len(paragraphs[place].text) <= labels.LONGEST_DATE for place in thirds)
        starts = list(thirds) if all(short) else starts
    if paragraphs and starts[:1] != [0]:
        title, *below = paragraphs[: starts[0] if starts else None]
        yield _RelatedDocument(None, title, below)
    for start, end in pairwise([*starts, len(paragraphs)]):
        date, *rest = paragraphs[start:end]
        yield _RelatedDocument(date, rest[0] if rest else None, rest[1:])


_LABELLED = {
    "Source": _PageParser.archival_source,
    "Rights": _PageParser.rights,
    "Original Uploaded Date": _PageParser.uploaded,
    "Type": _PageParser.type,
    "Language": _PageParser.languages,
    "Record ID": _PageParser.record_id,
    "Original Classification": _PageParser.classification,
    "Donors": _PageParser.donors,
}
"""Label → parser of its values; values of other labels become `extra`."""
