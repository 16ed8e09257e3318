"""Batch processor: reads, normalises, validates and maps the records of a batch; pure but for reading files.

Runs in the building process or in a process pool, so its results are small, flat and quick to send.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from kg import ontology
from kg.date_roles import principal
from kg.mapping.mapper import MappedRecord, Mapper
from kg.publish.identities.identity_index import XML_FORMATS, BatchIndex, Identities, IndexRow, index_row, typed_links
from kg.publish.identities.settlement import settle_links
from kg.publish.pipeline.export_conflicts import ExportedRow, unknown_version
from kg.publish.pipeline.sources import Batch
from kg.publish.report.completeness import fields_of
from kg.publish.report.rejected import RejectedRecord
from kg.publish.state.file_items import SourceItem, mark_of, mark_of_line
from kg.records import readers
from kg.records.model import validation
from kg.records.model.keys import Record, label_key
from kg.records.normalisation import long_values
from kg.records.normalisation.embedded import embedded_records
from kg.records.normalisation.long_values import LongValue
from kg.records.normalisation.records import canonical_reference, normalise_record
from kg.records.normalisation.values import ValueFault
from kg.records.problems import SourceProblem, excerpt
from kg.records.readers.base import (
    RawRecord,
    ReaderItem,
    ReadFailure,
    SourceFile,
    Succession,
    failure_problem,
    isolate_failures,
)
from kg.records.readers.json.json_records import parse_line
from kg.records.readers.source_words import in_source_words
from kg.render.data.abstract import abstract, labels_for_lists
from kg.render.data.excerpt import parts_of, rooms, weight_order
from kg.store.generation.catalogue_builder import CatalogueEntry, date_column
from kg.store.generation.hints import Hint, hint_of
from kg.store.generation.outlines.builder import OUTLINED_LENGTH, Layout, RecordOutline, outline
from kg.store.log.live_catalogue import record_digest
from kg.store.triples.literals import canonical_ntriples
from kg.store.triples.statistics import GraphStatistics

if TYPE_CHECKING:
    from kg.publish.pipeline.shapes import Shapes


class PreparedRecord(NamedTuple):
    """Record that may be published; a tuple, as its catalogue entry is.

    Attributes:
        entry: its row of the catalogue.
        json: the normalised record.
        ntriples: its triples, one a line, as a store returns them.
        triples: the number of its triples.
        hints: embedded descriptions of the things that it links to.
        fields: what it has, as a set of bits.
        outline: its outline, where it is long.
    """

    entry: CatalogueEntry
    json: bytes
    ntriples: bytes
    triples: int
    hints: tuple[Hint, ...]
    fields: int
    outline: RecordOutline | None = None

    @property
    def reference(self) -> str:
        """Reference of the record."""
        return self.entry.reference


@dataclass(frozen=True, slots=True)
class PendingMerge:
    """Normalised record whose reference stands in several places; it waits for the others, to be merged."""

    reference: str
    source: str
    at: str
    merge: bool
    json: bytes


class CheckedRecord(NamedTuple):
    """Record that is normalised and valid, with its places among outcomes and items, as the reader gave it."""

    position: int
    record: Record
    raw: RawRecord
    item: int


@dataclass(slots=True)
class BatchResult:
    """Result of a batch, in the order of the source; its statistics are those of all its prepared records.

    The name of the file is empty for records that come from no one file: merged ones, stubs. Its items are the records
    that were looked at; those that are known were passed.
    """

    file: str = ""
    items: list[SourceItem] = field(default_factory=list)
    passed: list[SourceItem] = field(default_factory=list)
    lookups: frozenset[int] = frozenset()
    outcomes: list[PreparedRecord | RejectedRecord | PendingMerge] = field(default_factory=list)
    problems: list[SourceProblem] = field(default_factory=list)
    successions: list[Succession] = field(default_factory=list)
    long_values: list[LongValue] = field(default_factory=list)
    exported: dict[str, ExportedRow] = field(default_factory=dict)
    size: int = 0
    shapes_seconds: float = 0.0
    statistics: GraphStatistics | None = None


class BatchProcessor:
    """Processor of batches for a base."""

    def __init__(  # noqa: PLR0913  # what all records of a build have in common
        self,
        base: str,
        index: Path | None = None,
        shapes: str | None = None,
        survey: Path | None = None,
        *,
        value_bytes: int,
        languages: tuple[str, ...] = (),
        statistics: bool = False,
    ) -> None:
        """Start.

        Args:
            base: the base IRI.
            index: the file for the index of identities, which may be written later; None for none.
            shapes: the file of the archive's own shapes, or None.
            survey: the folder for the survey of all sources, which may be made later; None for none.
            value_bytes: the bound on a value, in bytes as written.
            languages: those of the site, the best first.
            statistics: whether the triples of each batch are counted.
        """
        self._statistics = statistics
        self._value_bytes = value_bytes
        self._languages = languages
        self._today = datetime.now(UTC).date().isoformat()
        self._mapper = Mapper(ontology.load(base))
        self._base = base
        self._index = index
        self._identities: Identities | None = None
        self._shapes = _shapes(shapes, base, survey) if shapes else None

    def process(self, batch: Batch) -> BatchResult:
        """Read a batch and prepare its records."""
        result, checked = self.read(batch)
        normalised = [(each.record, each.raw) for each in checked]
        told = len(result.problems)
        prepared = self._map(normalised, batch.input.file.name, result, shapes=self._shapes)
        for each, outcome in zip(checked, prepared, strict=True):
            result.outcomes[each.position] = outcome
            item = result.items[each.item]
            is_published = isinstance(outcome, PreparedRecord)
            is_clean = item.is_clean and is_published and len(result.problems) == told
            result.items[each.item] = item._replace(
                is_clean=is_clean, reference=each.record["id"] if is_published else ""
            )
            told = len(result.problems)
        self._count(result)
        result.lookups = self.identities.take_lookups()
        return result

    def read(self, batch: Batch) -> tuple[BatchResult, list[CheckedRecord]]:
        """Read a batch; return its result without the records that could be mapped, and these with their places."""
        source = batch.input.file.name
        result = BatchResult(source, passed=list(batch.passed), size=batch.size)
        checked: list[CheckedRecord] = []
        for item in _reader_items(batch):
            if isinstance(item, SourceProblem):
                result.problems.append(item)
            elif isinstance(item, Succession):
                result.successions.append(item)
            elif isinstance(item, ReadFailure):
                result.outcomes.append(RejectedRecord("unknown", source, item.raw, (item.problem,)))
            else:
                self._read_record(item, batch, result, checked)
        return result, checked

    def _read_record(
        self, raw_record: RawRecord, batch: Batch, result: BatchResult, checked: list[CheckedRecord]
    ) -> None:
        """Check a record that a reader gave, unless it is known."""
        mark = _mark_of(raw_record, batch)
        if (known := batch.known.pop(mark, None)) is not None:
            result.passed.append(SourceItem(mark, known, raw_record.at, is_clean=True))
            return
        told = len(result.problems)
        result.problems += raw_record.problems
        outcome = self._try_check(raw_record, batch, result)
        is_clean = len(result.problems) == told
        if isinstance(outcome, dict):
            checked.append(CheckedRecord(len(result.outcomes), outcome, raw_record, len(result.items)))
            result.outcomes.append(_UNMAPPED)
        else:
            result.outcomes.append(outcome)
            is_clean = False
        reference = outcome.reference if isinstance(outcome, PendingMerge) else ""
        result.items.append(SourceItem(mark, reference, raw_record.at, is_clean))

    @property
    def looks_beyond(self) -> bool:
        """Whether the archive's own shapes look beyond a record, at what it links to or what links to it."""
        return self._shapes is not None and self._shapes.look_beyond

    @property
    def identities(self) -> Identities:
        """Index of identities: opened with the first record, since it is written before and after the start."""
        if self._identities is None:
            self._identities = Identities(self._index, self._base)
        return self._identities

    def prepare(self, records: list[Record], source: str, *, stubs: bool = False) -> BatchResult:
        """Prepare records that are already normalised or nearly so: merged records, or stubs.

        The archive's own shapes do not apply to stubs: these have no keeper, and every link needs an end.
        """
        result = BatchResult()
        normalised = []
        for partial in records:
            record, problems = normalise_record(partial, source, "", today=self._today)
            record, long = self._without_long_values(record, source, "", problems)
            result.long_values += long
            result.problems += problems
            if faults := validation.faults(record, source, ""):
                raw = orjson.dumps(partial)
                result.outcomes.append(RejectedRecord(record["kind"], source, raw, tuple(faults)))
            else:
                normalised.append((record, RawRecord(record)))
        result.outcomes += self._map(normalised, source, result, shapes=None if stubs else self._shapes)
        self._count(result)
        return result

    def published(self, json: bytes, source: str) -> PreparedRecord:
        """Prepare a record or a stub as it is published already.

        Args:
            json: its JSON, as it is served.
            source: the name of its source file; empty for a stub.
        """
        record: Record = orjson.loads(json)
        (mapped,) = self._mapper.map([record])
        return _prepared_record(record, mapped, source, "", self._languages)

    def _count(self, result: BatchResult) -> None:
        """Count the triples of the prepared records of a batch."""
        if self._statistics:
            prepared = [each.ntriples for each in result.outcomes if isinstance(each, PreparedRecord)]
            result.statistics = GraphStatistics()
            result.statistics.add(b"".join(prepared))

    def _try_check(
        self, raw_record: RawRecord, batch: Batch, result: BatchResult
    ) -> Record | RejectedRecord | PendingMerge:
        try:
            return self._check(raw_record, batch, result)
        except Exception as fault:  # noqa: BLE001  # one fault must not stop the other records
            file, name = batch.input.file.name, str(raw_record.record.get("id", ""))
            return RejectedRecord(
                "unknown", file, raw_record.original, (failure_problem(file, raw_record.at or "record", fault, name),)
            )

    def _check(
        self, raw_record: RawRecord, batch: Batch, result: BatchResult
    ) -> Record | RejectedRecord | PendingMerge:
        source = batch.input.file.name
        settled: list[SourceProblem] = []
        if self.identities and batch.input.format in XML_FORMATS:
            settled = settle_links(raw_record.record, self.identities, source, raw_record.at)
        try:
            record, problems = normalise_record(
                raw_record.record, source, raw_record.at, raw_record.raw if batch.lines else None, today=self._today
            )
        except ValueFault as fault:
            shown_id = excerpt(raw_record.record.get("id", ""))
            problem = SourceProblem(source, raw_record.at, "id", shown_id, fault.expected, str(fault), "rejected")
            return RejectedRecord("unknown", source, raw_record.original, (problem,))
        problems = settled + problems
        record, long = self._without_long_values(record, source, raw_record.at, problems)
        faults = validation.faults(record, source, raw_record.at)
        format_, fields = batch.input.format, raw_record.fields
        problems = [in_source_words(problem, format_, fields) for problem in problems]
        if faults:
            said = (in_source_words(fault, format_, fields) for fault in faults)
            return RejectedRecord(record["kind"], source, raw_record.original, (*problems, *said))
        result.problems += problems
        result.long_values += long
        if raw_record.version:
            row = ExportedRow(raw_record.version, source, raw_record.at, raw_record.fields)
            if unknown := unknown_version(row):
                result.problems.append(unknown)
            else:
                result.exported.setdefault(record["id"], row)
        if record["id"] in self.identities.held:
            merge = batch.input.merge or record.get("status") == _DESCRIBED
            return PendingMerge(record["id"], source, raw_record.at, merge, orjson.dumps(record))
        return record

    def _without_long_values(
        self, record: Record, source: str, at: str, problems: list[SourceProblem]
    ) -> tuple[Record, list[LongValue]]:
        """Take out the values over the bound, with a problem for each."""
        record, long = long_values.take_out(record, self._value_bytes)
        problems += long_values.problems_of(long, self._value_bytes, source, at)
        return record, long

    def _map(
        self, normalised: list[tuple[Record, RawRecord]], source: str, result: BatchResult, *, shapes: "Shapes | None"
    ) -> Iterator[PreparedRecord | RejectedRecord]:
        mapped = [self._try_map(record, raw_record, source) for record, raw_record in normalised]
        results: dict[str, list[SourceProblem]] = {}
        if shapes:
            records = [each for each in mapped if isinstance(each, MappedRecord)]
            results, notes, seconds = shapes.results(records, source)
            result.problems += notes
            result.shapes_seconds += seconds
        for (record, raw_record), outcome in zip(normalised, mapped, strict=True):
            if isinstance(outcome, RejectedRecord):
                yield outcome
                continue
            for key in outcome.unmapped:
                result.problems.append(_unmapped_problem(source, raw_record.at, key, record))
            placed = [replace(problem, at=raw_record.at) for problem in results.get(outcome.reference, ())]
            result.problems += [problem for problem in placed if problem.severity != "rejected"]
            if violations := tuple(problem for problem in placed if problem.severity == "rejected"):
                yield RejectedRecord(record["kind"], source, raw_record.original, violations)
            else:
                yield _prepared_record(record, outcome, source, raw_record.at, self._languages)

    def _try_map(self, record: Record, raw_record: RawRecord, source: str) -> MappedRecord | RejectedRecord:
        try:
            (mapped,) = self._mapper.map([record])
        except Exception as fault:  # noqa: BLE001  # as above
            problem = failure_problem(source, raw_record.at or "record", fault, record["id"])
            return RejectedRecord(record["kind"], source, raw_record.original, (problem,))
        return mapped


_DESCRIBED = "described-only"
"""Status of what another record describes: several may, and none of them owns it."""

_UNMAPPED: Any = None
"""Placeholder of a record before its mapping."""


def _shapes(path: str, base: str, survey: Path | None) -> "Shapes":
    from kg.publish.pipeline.shapes import Shapes  # noqa: PLC0415  # takes 0.3 s, and few builds need it

    return Shapes(path, base, survey)


def _mark_of(raw_record: RawRecord, batch: Batch) -> bytes:
    """Mark of a record: of its line, where lines are records, so that a known one is not even parsed."""
    return mark_of_line(raw_record.raw or b"") if batch.lines is not None else mark_of(raw_record)


def _reader_items(batch: Batch) -> Iterator[ReaderItem]:
    file = batch.input.file
    if batch.lines is not None:
        for number, raw in batch.lines:
            yield from isolate_failures(file, _line_items(file, number, raw), f"line {number}", raw)
    elif batch.items is not None:
        yield from batch.items
    else:
        yield from isolate_failures(file, readers.read(batch.input.format, file))


def _line_items(file: SourceFile, number: int, raw: bytes) -> Iterator[RawRecord | ReadFailure]:
    yield parse_line(file, number, raw)


def index_of(batch: Batch) -> BatchIndex:
    """Return the records in a batch, and the agents that its links name by number, for the index of identities."""
    rows: list[IndexRow] = []
    types: set[tuple[str, str]] = set()
    file, is_xml = batch.input.file.name, batch.input.format in XML_FORMATS
    for item in _reader_items(batch):
        if not isinstance(item, RawRecord):
            continue
        try:
            name = canonical_reference(item.record)
        except ValueFault:  # reported when it is read in earnest
            continue
        is_whole = is_xml and (item.raw is None or name.startswith("agent/"))
        rows.append(index_row(item.record, name, file, is_whole=is_whole))
        if is_xml:
            types.update(typed_links(item.record))
    return BatchIndex(file, rows, types)


def _unmapped_problem(source: str, at: str, key: str, record: Record) -> SourceProblem:
    message = "a value gave no statement; it stands in the record's .json alone"
    return SourceProblem(
        source, at, key, excerpt(record.get(key, "")), "a value that can be mapped", message, "note", record["id"]
    )


def _prepared_record(
    record: Record, mapped: MappedRecord, source: str, at: str, languages: tuple[str, ...]
) -> PreparedRecord:
    date = principal(record.get("dates", ()))
    json = orjson.dumps(record)
    entry = CatalogueEntry(
        reference=record["id"],
        label=orjson.dumps(labels_for_lists(record[label_key(record["kind"])], languages)),
        status=record.get("status"),
        start=date.get("start"),
        end=date.get("end"),
        edtf=date_column(date),
        digest=_digest(mapped.ntriples, json),
        source=source,
        at=at,
        links=mapped.links,
        position=record.get("position"),
        record_digest=record_digest(json),
    )
    hints = tuple(hint_of(reference, hint) for reference, hint in embedded_records(record))
    record_outline = _outline(record, languages) if len(json) > OUTLINED_LENGTH else None
    ntriples = canonical_ntriples(mapped.ntriples)
    triples = mapped.triples if ntriples is mapped.ntriples else ntriples.count(b"\n")
    return PreparedRecord(entry, json, ntriples, triples, hints, fields_of(record), record_outline)


def _outline(record: Record, languages: tuple[str, ...]) -> RecordOutline:
    """Outline of a long record, by which its page is made."""
    layout = Layout(rooms(record), parts_of, weight_order, lambda texts: labels_for_lists(texts, languages))
    return outline(record, abstract(record, languages), layout)


def _digest(ntriples: bytes, json: bytes) -> str:
    """Digest of triples and JSON: a value without a statement is still served in the .json."""
    digest = hashlib.sha256(ntriples, usedforsecurity=False)  # processors have instructions for this one (D-15)
    digest.update(json)
    return digest.hexdigest()[:32]
