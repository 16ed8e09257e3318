"""Sections of a record page: what each paragraph is, by its place between headings and labels.

A label has one value, some words, or prose below it (`labels`). What follows a value that is complete, and is no label
that is known, has the form of a label with a value below, or is more than can be known; both are kept and told (D-132).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.records.names import language_tags, named_people
from kg.records.readers.page import labels
from kg.records.readers.page.labels import INFORMATION, NAMES, PROSE, RELATED

_LABEL_ENDS_TEXT = (
    "number archive date title type id source language rights status note notes format location collection series "
    "box folder url link summary description keywords tags subject subjects pages copyright version code "
    "reference place номер архив дата номера место ссылка número archivo fecha lugar enlace numéro date lieu lien "
    "nummer archiv datum ort "
)
_LABEL_ENDS = frozenset(_LABEL_ENDS_TEXT.split())
_LABEL_BEGINS = frozenset(
    ("original", "finding", "related", "document", "record", "file", "alternative", "previous", "other", "see")
)


class Paragraph(NamedTuple):
    """Paragraph of a page: its line, from 1, and its text; its own lines are parted by line ends."""

    line: int
    text: str


@dataclass(slots=True)
class PageSections:
    """Sections of a page.

    Attributes:
        document: paragraphs of the document.
        related: paragraphs of the related documents.
        information: label → paragraphs of its value.
        unknown: label that is not known, with its value.
        surplus: label, and a paragraph below its value that is no part of it for certain.
        language: the language of most headings and labels.
    """

    document: list[Paragraph] = field(default_factory=list)
    related: list[Paragraph] = field(default_factory=list)
    information: dict[str, list[Paragraph]] = field(default_factory=dict)
    unknown: list[tuple[str, Paragraph]] = field(default_factory=list)
    surplus: list[tuple[str, Paragraph]] = field(default_factory=list)
    language: str = labels.LANGUAGE
    _runs: list[tuple[str, list[Paragraph]]] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> "PageSections":
        """Return the sections of a page's text."""
        page = cls()
        languages: Counter[str] = Counter()
        section = page.document
        labelled = False
        for paragraph in _paragraphs(text):
            heading = labels.heading_of(paragraph.text)
            if heading is not None:
                languages[heading.language] += 1
            if heading is not None and heading.name == RELATED:
                section, labelled = page.related, False
            elif heading is not None:
                labelled = True
            elif labelled:
                page.inform(paragraph, languages)
            elif not labels.is_furniture(paragraph.text):
                section.append(paragraph)
        page.language = languages.most_common(1)[0][0] if languages else labels.LANGUAGE
        page.settle()
        return page

    def inform(self, paragraph: Paragraph, languages: Counter[str]) -> None:
        """Add a paragraph below the heading of the labels: labels in it part its lines."""
        value: list[str] = []
        after_label = True  # "Label: value" within a value is a part of it
        for number, line in enumerate(paragraph.text.split("\n")):
            known = labels.label_of(line)
            if known is None or (known.value and not after_label):
                value.append(line)
                after_label = False
                continue
            self._add(Paragraph(paragraph.line + number - len(value), "\n".join(value)))
            languages[known.language] += 1
            self._runs.append((known.name, []))
            self._add(Paragraph(paragraph.line + number, known.value))
            value, after_label = [], True
        last = paragraph.text.count("\n") + 1 - len(value)
        self._add(Paragraph(paragraph.line + last, "\n".join(value)))

    def _add(self, paragraph: Paragraph) -> None:
        """Add a paragraph to those below the last label."""
        if paragraph.text:
            if not self._runs:
                self._runs.append((INFORMATION, []))
            self._runs[-1][1].append(paragraph)

    def settle(self) -> None:
        """Part the paragraphs below each label into its value, unknown labels with theirs, and the rest."""
        for label, paragraphs in self._runs:
            known = label in self.information
            values = self.information.setdefault(label, []) if label != INFORMATION else []
            taken = len(values) if known else 0
            waiting = list(paragraphs)
            name = label
            complete = label == INFORMATION or (taken > 0 and label not in NAMES | PROSE)
            while waiting:
                paragraph = waiting.pop(0)
                if not complete and name == label and _fits(label, paragraph.text, values, more=bool(waiting)):
                    values.append(paragraph)
                    complete = label not in NAMES | PROSE
                elif (found := _unknown(paragraph, waiting)) is not None:
                    self.unknown.append(found)
                    complete, name = True, found[0]
                else:
                    self.surplus.append((label, paragraph))


def _paragraphs(text: str) -> Iterator[Paragraph]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if stripped := line.strip():
            lines.append(stripped)
        elif lines:
            yield Paragraph(number - len(lines), "\n".join(lines))
            lines = []


def _fits(label: str, text: str, values: list[Paragraph], *, more: bool) -> bool:
    """Whether a paragraph belongs to the value of a label: the first one does, others where nothing else is likely."""
    if not values:
        return True
    if label in PROSE:
        return not (more and labels.unknown_label(text)) and not _label_words(text)
    if _label_words(text) or not any(character.isalpha() for character in text):
        return False
    if label == "Language":
        return language_tags.tag(text) is not None
    return label != "Donors" or all(_is_name(line) for line in text.split("\n"))


def _is_name(text: str) -> bool:
    return bool(named_people.in_credit(text))


def _label_words(text: str) -> bool:
    """Whether the words of a short line are those of labels: "Finding Number", "Original Archive"."""
    if labels.unknown_label(text) is None:
        return False
    words = [word.strip(":").casefold() for word in text.split()]
    return words[-1] in _LABEL_ENDS or (words[0] in _LABEL_BEGINS and len(words) <= 3)


def _unknown(paragraph: Paragraph, waiting: list[Paragraph]) -> tuple[str, Paragraph] | None:
    """Label that is not known with its value, which is taken from the lines below or from what waits; else None."""
    first, _, rest = paragraph.text.partition("\n")
    label = labels.unknown_label(first)
    if label is None or not re.search(r"[^\W\d_]", label.name):
        return None
    if label.value:
        value = Paragraph(paragraph.line, " ".join(filter(None, (label.value, rest))))
    elif rest:
        value = Paragraph(paragraph.line + 1, rest)
    elif waiting:
        value = waiting.pop(0)
    else:
        return None
    return label.name, value
