"""Making of the table of repeated paragraphs from an index that was written: anew, or from the table before (D-223)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tantivy import Query, Schema, Searcher

from kg.store.search.facets import MAX_VALUES
from kg.store.search.repeated import passages as parts
from kg.store.search.repeated.counter import FrequentParagraph
from kg.store.search.repeated.passages import Passage
from kg.store.search.repeated.table import Boilerplate, HeldRecord, RepeatedParagraph, RepeatedTable, SourceSpans

_CONTAINERS = ("archive", "collection")
"""Facets of the containers that boilerplate may be shown on, those that are narrower first."""

_MAX_HELD_LENGTH = 20_000_000
"""Characters of all texts of held records; further records are found by their boilerplate too."""


@dataclass(frozen=True, slots=True)
class WrittenIndex:
    """Index that was just written, as the table is made from it.

    Attributes:
        searcher, schema: its reader.
        above: level of an archive → the level above it.
        group_sizes: group → number of its records.
        record: from address and length to a record.
    """

    searcher: Searcher
    schema: Schema
    above: Mapping[str, str]
    group_sizes: Mapping[str, int]
    record: Callable[[int, int], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class TableChange:
    """What an update changed of the paragraphs of an index.

    Attributes:
        added, removed: digest → number of records that came, or went, with it.
        gone: references of the records that went, or were replaced.
        inline: digests whose words records that came have in their own fields.
        moves_levels: whether levels of archives lie elsewhere than before.
    """

    added: Counter[str]
    removed: Counter[str]
    gone: frozenset[str]
    inline: frozenset[str]
    moves_levels: bool


def make_table(
    index: WrittenIndex, frequent: Mapping[str, FrequentParagraph], sources: Iterable[tuple[int, str]]
) -> RepeatedTable:
    """Table of the paragraphs that a counter found frequent."""
    spans = tuple(sources)
    paragraphs = [_with_home(index, each) for each in _counted(index, frequent, {})]
    held = _held(index, Boilerplate(paragraphs), SourceSpans(spans))
    return RepeatedTable(tuple(paragraphs), tuple(held), spans)


def update_table(
    index: WrittenIndex,
    before: RepeatedTable,
    frequent: Mapping[str, FrequentParagraph],
    change: TableChange,
    sources: Iterable[tuple[int, str]],
) -> RepeatedTable:
    """Table of an index that was updated: counts are moved by the difference, and what that leaves alone is kept.

    Args:
        index: the index, updated.
        before: its table before.
        frequent: digest → frequent paragraph, those of the table before among them.
        change: the difference.
        sources: spans of all sources, in order.
    """
    known = {each.digest: each for each in before.paragraphs}
    records = {digest: each.records + change.added[digest] - change.removed[digest] for digest, each in known.items()}
    paragraphs = []
    for each in _counted(index, frequent, records):
        old = known.get(each.digest)
        touched = change.moves_levels or each.digest in change.added or each.digest in change.removed
        same = old is not None and old.is_constant and not touched
        paragraphs.append(
            replace(each, home=old.home) if same and old and each.is_constant else _with_home(index, each)
        )
    spans = tuple(sources)
    old_ones, boilerplate = Boilerplate(before.paragraphs), Boilerplate(paragraphs)
    if boilerplate.forms == old_ones.forms and not change.inline & boilerplate.by_digest.keys():
        held: Iterable[HeldRecord] = (each for each in before.held if each.reference not in change.gone)
    else:
        held = _held(index, boilerplate, SourceSpans(spans))
    return RepeatedTable(tuple(paragraphs), tuple(held), spans)


def _counted(
    index: WrittenIndex, frequent: Mapping[str, FrequentParagraph], known: Mapping[str, int]
) -> Iterable[RepeatedParagraph]:
    """Frequent paragraphs with the numbers of their records; those that no record has any more are left out.

    Args:
        index: the index.
        frequent: digest → frequent paragraph.
        known: digest → number of its records, where that need not be counted.
    """
    counts = {digest: known[digest] if digest in known else _count(index, digest) for digest in frequent}
    for digest, found in frequent.items():
        words = "" if found.is_template else parts.template(found.passage.text)
        template = parts.template_digest(found.group, words) if words else ""
        alike = counts.get(template, 0) or _count(index, template) if template else 0
        if counts[digest]:
            yield RepeatedParagraph(
                digest,
                found.passage.key,
                found.passage.language,
                found.passage.text,
                counts[digest],
                index.group_sizes.get(found.group, 0),
                alike=alike,
                is_template=found.is_template,
                group=found.group,
            )


def _with_home(index: WrittenIndex, paragraph: RepeatedParagraph) -> RepeatedParagraph:
    """Paragraph with the container on whose page it is shown, where it stands the same in most records."""
    if not paragraph.is_constant:
        return paragraph
    return replace(paragraph, home=_home(index, _having(index, (paragraph.digest,)), paragraph.records))


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
        terms = {"field": facet, "size": MAX_VALUES, "segment_size": MAX_VALUES}
        buckets = index.searcher.aggregate(query, {facet: {"terms": terms}})[facet]["buckets"]
        counts: dict[str, int] = {}
        for bucket in buckets:
            for level in _levels(str(bucket["key"]), index.above):
                counts[level] = counts.get(level, 0) + int(bucket["doc_count"])
        # Levels stand below their containers in this order, so that of equal counts the narrowest wins.
        for level, count in sorted(counts.items(), key=lambda each: (-len(_levels(each[0], index.above)), each[0])):
            if min(count, records) > best_count:
                best, best_count = level, min(count, records)
    return best


def _levels(container: str, above: Mapping[str, str]) -> list[str]:
    """A container and those above it, without a cycle."""
    levels = [container]
    while (parent := above.get(levels[-1])) and parent not in levels:
        levels.append(parent)
    return levels


def _held(index: WrittenIndex, boilerplate: Boilerplate, sources: SourceSpans) -> Iterable[HeldRecord]:
    """Records that have words of boilerplate in their own fields, in the order of their addresses."""
    if not boilerplate.by_digest:
        return
    query = _having(index, boilerplate.by_digest, parts.INLINE)
    addresses = [address for _, address in index.searcher.search(query, max(1, index.searcher.num_docs)).hits]
    positions = zip(
        index.searcher.fast_field_values("offset", addresses),
        index.searcher.fast_field_values("length", addresses),
        strict=True,
    )
    left = _MAX_HELD_LENGTH
    for address, length in sorted((int(address or 0), int(length or 0)) for address, length in positions):
        record = index.record(address, length)
        group = parts.group_of(sources.source_at(address), record["kind"])
        texts: tuple[Passage, ...] = tuple(boilerplate.without(parts.searched_passages(record), group, numbers=True))
        left -= sum(len(each.text) for each in texts)
        if left < 0:
            return
        yield HeldRecord(record["id"], texts)
