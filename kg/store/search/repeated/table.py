"""Table of repeated paragraphs: which are boilerplate, how many records have each, whose page shows it (D-147).

It lies beside the index as JSON. A search looks up in it: a paragraph that is boilerplate by its count is left out, any
other frequent one finds the records that have its digest. `table_builder.py` makes it from an index, or moves it on.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.store.search.repeated import passages as parts
from kg.store.search.repeated.counter import MIN_RECORDS
from kg.store.search.repeated.passages import Passage

FILE = "repeated.json"

_BEGINNING = 3
"""Words at the beginning of a paragraph that are compared before its digest."""


@dataclass(frozen=True, slots=True)
class RepeatedParagraph:
    """Paragraph of at least ten records of a source.

    Attributes:
        digest: its digest.
        key, language, text: where it stands, and what it says.
        records: number of records that have it.
        group_size: number of records of this kind in its source.
        home: the narrowest container of those records; empty where they share none.
        alike: number of records that have it but for its numbers; 0 where it has no template.
        is_template: whether it is a template: the words of paragraphs that differ by numbers.
        group: the group in which it was counted; empty in an index of kg before 0.5.
    """

    digest: str
    key: str
    language: str
    text: str
    records: int
    group_size: int
    home: str = ""
    alike: int = 0
    is_template: bool = False
    group: str = ""

    @property
    def is_boilerplate(self) -> bool:
        """Whether over half of the records of its source have it, and at least ten; its numbers may be others."""
        return self._are_usual(max(self.records, self.alike))

    @property
    def is_constant(self) -> bool:
        """Whether as many have it with its numbers: it is shown once, and left out elsewhere."""
        return not self.is_template and self._are_usual(self.records)

    def _are_usual(self, records: int) -> bool:
        return records >= MIN_RECORDS and 2 * records > self.group_size


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """Record whose own fields have words of boilerplate, since it was indexed before that was frequent.

    Attributes:
        reference: the record.
        texts: its texts without boilerplate, which stand for those fields.
    """

    reference: str
    texts: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class RepeatedTable:
    """Table of the repeated paragraphs of an index.

    Attributes:
        paragraphs: the paragraphs.
        held: records with words of boilerplate in their own fields.
        sources: (address of a record, name of the source that begins there), in order.
    """

    paragraphs: tuple[RepeatedParagraph, ...] = ()
    held: tuple[HeldRecord, ...] = ()
    sources: tuple[tuple[int, str], ...] = ()

    def write(self, folder: Path) -> None:
        """Write the table into the folder of its index, as a file of its own."""
        (folder / FILE).unlink(missing_ok=True)
        (folder / FILE).write_text(json.dumps(asdict(self), ensure_ascii=True), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "RepeatedTable":
        """Read the table of an index. Raises OSError, ValueError, KeyError, TypeError where it can't be read."""
        written = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return cls(
            tuple(RepeatedParagraph(**each) for each in written["paragraphs"]),
            tuple(
                HeldRecord(each["reference"], tuple(Passage(*passage) for passage in each["texts"]))
                for each in written["held"]
            ),
            tuple((address, name) for address, name in written["sources"]),
        )


class Boilerplate:
    """Paragraphs that are boilerplate, by digest; those that begin with other words are told apart without one."""

    def __init__(self, paragraphs: Iterable[RepeatedParagraph]) -> None:
        self.by_digest = {each.digest: each for each in paragraphs if each.is_boilerplate}
        self._beginnings = {_beginning(each.text) for each in self.by_digest.values()}
        self._has_templates = any(each.is_template for each in self.by_digest.values())

    @property
    def forms(self) -> dict[str, bool]:
        """Digest → whether the paragraph is left out with its numbers: what decides on the texts of held records."""
        return {digest: each.is_constant for digest, each in self.by_digest.items()}

    def find(self, group: str, paragraph: str) -> RepeatedParagraph | None:
        """Boilerplate with the text of a paragraph, else with its words alone; None for another paragraph."""
        digest = parts.digest(group, paragraph) if _beginning(paragraph) in self._beginnings else ""
        if digest in self.by_digest or not self._has_templates:
            return self.by_digest.get(digest)
        words = parts.template(paragraph)
        is_like = bool(words) and _beginning(words) in self._beginnings
        return self.by_digest.get(parts.template_digest(group, words)) if is_like else None

    def without(self, texts: Iterable[Passage], group: str, *, numbers: bool = False) -> Iterator[Passage]:
        """Texts of a record without the paragraphs that are boilerplate.

        Args:
            texts: the texts.
            group: the group of the record.
            numbers: whether the numbers of those that differ by them are kept.
        """
        for each in texts:
            paragraphs = parts.paragraphs(each.text)
            compared = {paragraph: self.find(group, paragraph) for paragraph in parts.compared(paragraphs)}
            found = {paragraph: boilerplate for paragraph, boilerplate in compared.items() if boilerplate}
            if not found:
                yield each
                continue
            kept = {
                paragraph: parts.numbers(paragraph) if numbers and not boilerplate.is_constant else ""
                for paragraph, boilerplate in found.items()
            }
            if left := list(filter(None, (kept.get(paragraph, paragraph) for paragraph in paragraphs))):
                yield each._replace(text="\n\n".join(left))

    def varying(self, texts: Iterable[Passage], group: str) -> Iterator[Passage]:
        """Paragraphs of a record that are boilerplate but for their numbers."""
        for each in texts:
            for paragraph in parts.compared(parts.paragraphs(each.text)):
                if (found := self.find(group, paragraph)) and not found.is_constant:
                    yield each._replace(text=paragraph)


def _beginning(paragraph: str) -> tuple[str, ...]:
    """First words of a paragraph."""
    return tuple(paragraph.split(None, _BEGINNING)[:_BEGINNING])


class RepeatedTexts:
    """Boilerplate of an index, as pages and snippets ask for it."""

    def __init__(self, table: RepeatedTable) -> None:
        self._sources = SourceSpans(table.sources)
        self._boilerplate = Boilerplate(table.paragraphs)
        self._homes: dict[str, list[RepeatedParagraph]] = {}
        for each in self._boilerplate.by_digest.values():
            if each.is_constant:
                self._homes.setdefault(each.home, []).append(each)

    def of_record(self, record: Mapping[str, Any], address: int) -> dict[str, RepeatedParagraph]:
        """Paragraphs of a record that are boilerplate, numbers and all: text, as the record has it → the paragraph.

        Args:
            record: the record.
            address: its address, which tells its source.
        """
        group = self._group(record, address)
        if not group:
            return {}
        return {
            paragraph: found
            for passage in parts.passages(dict(record))
            for paragraph in parts.compared(parts.paragraphs(passage.text))
            if (found := self._boilerplate.find(group, paragraph)) and found.is_constant
        }

    def own_passages(self, record: dict[str, Any], address: int) -> list[Passage]:
        """Searched texts of a record without boilerplate."""
        texts = parts.searched_passages(record)
        group = self._group(record, address)
        return list(self._boilerplate.without(texts, group) if group else texts)

    def varying_passages(self, record: dict[str, Any], address: int) -> list[Passage]:
        """Paragraphs of a record that are boilerplate but for their numbers."""
        group = self._group(record, address)
        return list(self._boilerplate.varying(parts.searched_passages(record), group)) if group else []

    def _group(self, record: Mapping[str, Any], address: int) -> str:
        """Group of a record; empty where there is no boilerplate, or it is a stub."""
        source = self._sources.source_at(address) if self._boilerplate.by_digest else ""
        return parts.group_of(source, record["kind"]) if source else ""

    def searched_passages(self, record: dict[str, Any]) -> list[Passage]:
        """Searched texts of a record, boilerplate included."""
        return list(parts.searched_passages(record))

    def shown_on(self, reference: str) -> list[RepeatedParagraph]:
        """Boilerplate that is shown on the page of a container: the narrowest one of the records that have it."""
        return self._homes.get(reference, [])


class SourceSpans:
    """Sources of records by their address, where each source has a span, or a few."""

    def __init__(self, spans: Iterable[tuple[int, str]]) -> None:
        self._addresses: list[int] = []
        self._names: list[str] = []
        for address, name in spans:
            self._addresses.append(address)
            self._names.append(name)

    def source_at(self, address: int) -> str:
        """Name of the source of the record at an address; empty for a stub, and for none."""
        place = bisect_right(self._addresses, address)
        return self._names[place - 1] if place else ""
