"""Table of repeated paragraphs: which are boilerplate, how many records have each, whose page shows it (D-147).

It lies beside the index as JSON. A search looks up in it: a paragraph that is boilerplate by its count is left out, any
other frequent one finds the records that have its digest.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tantivy import Query, Schema, Searcher

from kg.store.search.repeated import passages as parts
from kg.store.search.repeated.counter import MIN_RECORDS, ParagraphCounter
from kg.store.search.repeated.passages import Passage

FILE = "repeated.json"

_CONTAINERS = ("archive", "collection")
"""Facets of the containers that boilerplate may be shown on, those that are narrower first."""

_MAX_CONTAINERS = 1_000

_MAX_HELD_LENGTH = 20_000_000
"""Characters of all texts of held records; further records are found by their boilerplate too."""

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
        sources: (offset in the file of records, name of the source that begins there), in order.
    """

    paragraphs: tuple[RepeatedParagraph, ...] = ()
    held: tuple[HeldRecord, ...] = ()
    sources: tuple[tuple[int, str], ...] = ()

    def write(self, folder: Path) -> None:
        """Write the table into the folder of its index."""
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
            tuple((offset, name) for offset, name in written["sources"]),
        )


@dataclass(frozen=True, slots=True)
class WrittenIndex:
    """Index that was just written, as the table is made from it.

    Attributes:
        searcher, schema: its reader.
        above: level of an archive → the level above it.
        record: from offset and length to a record.
    """

    searcher: Searcher
    schema: Schema
    above: Mapping[str, str]
    record: Callable[[int, int], dict[str, Any]]


def make_table(index: WrittenIndex, counter: ParagraphCounter, sources: Iterable[tuple[int, str]]) -> RepeatedTable:
    """Table of the paragraphs that a counter found frequent."""
    paragraphs = []
    for digest, found in counter.frequent.items():
        words = "" if found.is_template else parts.template(found.passage.text)
        repeated = RepeatedParagraph(
            digest,
            found.passage.key,
            found.passage.language,
            found.passage.text,
            _count(index, digest),
            index.searcher.doc_freq("paragraph", parts.MEMBER + found.group),
            alike=_count(index, parts.template_digest(found.group, words)) if words else 0,
            is_template=found.is_template,
        )
        home = _home(index, _having(index, (digest,)), repeated.records) if repeated.is_constant else ""
        paragraphs.append(replace(repeated, home=home))
    spans = tuple(sources)
    held = _held(index, _Boilerplate(paragraphs), SourceSpans(spans))
    return RepeatedTable(tuple(paragraphs), tuple(held), spans)


def _count(index: WrittenIndex, digest: str) -> int:
    """Number of records with a digest."""
    matched: Any = index.searcher.search(_having(index, (digest,)), 1)  # its type stub lacks the count
    return int(matched.count)


def _having(index: WrittenIndex, digests: Iterable[str], prefixes: str = parts.INLINE + parts.APART) -> Query:
    values = [prefix + digest for digest in digests for prefix in prefixes]
    return Query.term_set_query(index.schema, "paragraph", values)


def _home(index: WrittenIndex, query: Query, records: int) -> str:
    """Narrowest container of all records of a query; else that of most of them; empty where there is none."""
    best, best_count = "", records // 2
    for facet in _CONTAINERS:
        aggregation = {facet: {"terms": {"field": facet, "size": _MAX_CONTAINERS}}}
        buckets = index.searcher.aggregate(query, aggregation)[facet]["buckets"]
        counts: dict[str, int] = {}
        for bucket in buckets:
            for level in _levels(str(bucket["key"]), index.above):
                counts[level] = counts.get(level, 0) + int(bucket["doc_count"])
        # Levels stand below their containers in this order, so that of equal counts the narrowest wins.
        for level, count in sorted(counts.items(), key=lambda each: len(_levels(each[0], index.above)), reverse=True):
            if min(count, records) > best_count:
                best, best_count = level, min(count, records)
    return best


def _levels(container: str, above: Mapping[str, str]) -> list[str]:
    """A container and those above it, without a cycle."""
    levels = [container]
    while (parent := above.get(levels[-1])) and parent not in levels:
        levels.append(parent)
    return levels


def _held(index: WrittenIndex, boilerplate: "_Boilerplate", sources: "SourceSpans") -> Iterable[HeldRecord]:
    if not boilerplate.by_digest:
        return
    query = _having(index, boilerplate.by_digest, parts.INLINE)
    addresses = [address for _, address in index.searcher.search(query, max(1, index.searcher.num_docs)).hits]
    positions = zip(
        addresses,
        index.searcher.fast_field_values("offset", addresses),
        index.searcher.fast_field_values("length", addresses),
        strict=True,
    )
    left = _MAX_HELD_LENGTH
    for _, offset, length in sorted(positions, key=lambda each: int(each[1] or 0)):
        record = index.record(int(offset or 0), int(length or 0))
        group = parts.group_of(sources.source_at(int(offset or 0)), record["kind"])
        texts = tuple(boilerplate.without(parts.searched_passages(record), group, numbers=True))
        left -= sum(len(each.text) for each in texts)
        if left < 0:
            return
        yield HeldRecord(record["id"], texts)


class _Boilerplate:
    """Paragraphs that are boilerplate, by digest; those that begin with other words are told apart without one."""

    def __init__(self, paragraphs: Iterable[RepeatedParagraph]) -> None:
        self.by_digest = {each.digest: each for each in paragraphs if each.is_boilerplate}
        self._beginnings = {_beginning(each.text) for each in self.by_digest.values()}
        self._has_templates = any(each.is_template for each in self.by_digest.values())

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
        self._boilerplate = _Boilerplate(table.paragraphs)
        self._homes: dict[str, list[RepeatedParagraph]] = {}
        for each in self._boilerplate.by_digest.values():
            if each.is_constant:
                self._homes.setdefault(each.home, []).append(each)

    def of_record(self, record: Mapping[str, Any], offset: int) -> dict[str, RepeatedParagraph]:
        """Paragraphs of a record that are boilerplate, numbers and all: text, as the record has it → the paragraph.

        Args:
            record: the record.
            offset: its offset in the file of records, which tells its source.
        """
        group = self._group(record, offset)
        if not group:
            return {}
        return {
            paragraph: found
            for passage in parts.passages(dict(record))
            for paragraph in parts.compared(parts.paragraphs(passage.text))
            if (found := self._boilerplate.find(group, paragraph)) and found.is_constant
        }

    def own_passages(self, record: dict[str, Any], offset: int) -> list[Passage]:
        """Searched texts of a record without boilerplate."""
        texts = parts.searched_passages(record)
        group = self._group(record, offset)
        return list(self._boilerplate.without(texts, group) if group else texts)

    def varying_passages(self, record: dict[str, Any], offset: int) -> list[Passage]:
        """Paragraphs of a record that are boilerplate but for their numbers."""
        group = self._group(record, offset)
        return list(self._boilerplate.varying(parts.searched_passages(record), group)) if group else []

    def _group(self, record: Mapping[str, Any], offset: int) -> str:
        """Group of a record; empty where there is no boilerplate, or it is a stub."""
        source = self._sources.source_at(offset) if self._boilerplate.by_digest else ""
        return parts.group_of(source, record["kind"]) if source else ""

    def searched_passages(self, record: dict[str, Any]) -> list[Passage]:
        """Searched texts of a record, boilerplate included."""
        return list(parts.searched_passages(record))

    def shown_on(self, reference: str) -> list[RepeatedParagraph]:
        """Boilerplate that is shown on the page of a container: the narrowest one of the records that have it."""
        return self._homes.get(reference, [])


class SourceSpans:
    """Sources of records by their offset in the file of records, where each source has a span, or a few."""

    def __init__(self, spans: Iterable[tuple[int, str]]) -> None:
        self._offsets: list[int] = []
        self._names: list[str] = []
        for offset, name in spans:
            self._offsets.append(offset)
            self._names.append(name)

    def source_at(self, offset: int) -> str:
        """Name of the source of the record at an offset; empty for a stub, and for none."""
        place = bisect_right(self._offsets, offset)
        return self._names[place - 1] if place else ""
