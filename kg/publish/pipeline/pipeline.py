"""Build pipeline: a stream from the sources of kg.toml to every output of a generation.

Records are read, normalised, validated and mapped in batches, by this process or by a process pool. The results are
written here in order: triples to the load that runs beside, rows to the catalogue, JSON to the file of records.
Memory is bounded by the batches under way, never by the collection.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Protocol, Self

import orjson

from kg.processes import MAX_BYTES_IN_PROCESS
from kg.publish.identities.identity_index import XML_FORMATS, BatchIndex, write_index
from kg.publish.identities.names import names_that_differ, names_unlike_record
from kg.publish.outputs.document_graph import graph_lines
from kg.publish.outputs.dumps.dump_files import DumpFiles
from kg.publish.outputs.search_index import IndexProcess
from kg.publish.pipeline.batch import BatchResult, PendingMerge, PreparedRecord
from kg.publish.pipeline.executor import BatchExecutor, ProcessorOptions
from kg.publish.pipeline.export_conflicts import ExportedRow, PublishedRecords
from kg.publish.pipeline.linked_things import Survey
from kg.publish.pipeline.merge import MergedPlaces, merge_places, repeated
from kg.publish.pipeline.source_recorder import SourceRecorder
from kg.publish.pipeline.sources import InputFile, batches, check_unchanged, input_files
from kg.publish.pipeline.stubs import leads_nowhere, prepared_stubs, stub
from kg.publish.report.completeness import MAX_SOURCES, CountedRecord
from kg.publish.report.originals import original_of
from kg.publish.report.rejected import RejectedFolder, RejectedRecord
from kg.publish.report.report import Report
from kg.publish.state.source_state import SourceStateWriter
from kg.records.problems import SourceProblem
from kg.records.readers.base import Succession
from kg.render.site.translations import LANGUAGES
from kg.settings import Settings
from kg.store.generation.catalogue_builder import CatalogueBuilder, CatalogueEntry, SourcePosition
from kg.store.generation.generations import Generations
from kg.store.generation.segments.folder import SegmentFolder
from kg.store.generation.segments.reader import SegmentReader
from kg.store.generation.segments.writer import SegmentWriter
from kg.store.log.log_state import LogState
from kg.store.triples.statistics import GraphStatistics

STUBS_PER_BATCH = 500


class Sink(Protocol):
    """Destination of triples."""

    @property
    def publishes(self) -> bool:
        """Whether the triples go live: False for a dry run, which writes no dumps."""
        ...

    def write(self, ntriples: bytes) -> None:
        """Load lines of N-Triples."""
        ...

    def write_documents(self, ntriples: bytes) -> None:
        """Load lines of N-Triples into the graph of documents."""
        ...

    def end(self, triples: int) -> None:
        """End the load, after so many triples."""
        ...


class NullSink:
    """Sink of a dry run, without a store: `kg check`, `kg diff`."""

    publishes = False

    def write(self, ntriples: bytes) -> None:
        """Discard lines of N-Triples."""

    def write_documents(self, ntriples: bytes) -> None:
        """Discard lines of N-Triples about documents."""

    def end(self, triples: int) -> None:
        """End the load; nothing is left to do."""


Progress = Callable[[int, int, int, int], None]
"""Callback for progress: records, triples and bytes of the sources so far, and the total of bytes."""


def no_progress(_records: int, _triples: int, _size: int, _total: int) -> None:
    """Progress callback that does nothing."""


@dataclass(slots=True)
class BuildOutputs:
    """Outputs of a build, with its settings and its report.

    Attributes:
        settings: the settings.
        report: counts and problems.
        catalogue: builder of the catalogue.
        records: the segments for the JSON of each record.
        sink: the store for triples.
        rejected: the folder for rejected records.
        dumps: the files of the dumps, or None.
        index: the search index of the file of records, or None.
        state: writer of what is read of the sources, or None.
        progress: called with the build's progress.
        accept_deletions: go on without a source whose path is gone.
        statistics: of the graph, once the pipeline has run and its triples go live.
        sources: name of each source file → its SHA-256, once the pipeline has run; empty for a dry run.
    """

    settings: Settings
    report: Report
    catalogue: CatalogueBuilder
    records: SegmentFolder
    sink: Sink
    rejected: RejectedFolder
    dumps: DumpFiles | None = None
    index: IndexProcess | None = None
    state: SourceStateWriter | None = None
    progress: Progress = no_progress
    accept_deletions: bool = False
    statistics: GraphStatistics = field(default_factory=GraphStatistics)
    sources: dict[str, str] = field(default_factory=dict)


def run_pipeline(outputs: BuildOutputs) -> None:
    """Read every source and write its records to every output.

    Raises:
        SourceError: a source is missing, can't be read, or changed while it was read.
        PublishError: the store takes no more.
        OSError: the disk is full, say.
    """
    settings = outputs.settings
    files, notes = input_files(settings, accept_deletions=outputs.accept_deletions)
    outputs.report.add(*notes)
    outputs.report.away += [note.source for note in notes if note.severity == "rejected"]
    outputs.rejected.originals |= {file.file.name: original_of(file.file, file.format) for file in files}
    index = outputs.records.path.with_name("identities.sqlite")
    total = sum(file.size for file in files)
    jobs = 0 if total < MAX_BYTES_IN_PROCESS else settings.jobs
    survey = Survey(outputs.records.path.with_name("survey"))
    options = processor_options(settings, index, survey.folder, statistics=outputs.sink.publishes)
    with (
        BatchExecutor(jobs, options) as executor,
        _ResultWriter(outputs, executor, files) as writer,
    ):
        if executor.local.looks_beyond:
            _write_survey(outputs, survey)
        if to_index := files_to_index(files):
            write_index(index, writer.indexed(to_index), merges=any(file.merge for file in files))
        for result in executor.process(batches(files)):
            writer.add(result)
        writer.digest_files()
        check_unchanged(files)
        writer.merge_duplicates()
        writer.add_successions()
        writer.compare_names()
        writer.add_stubs()
        writer.finish()
    index.unlink(missing_ok=True)
    shutil.rmtree(survey.folder, ignore_errors=True)
    _report_cycles(outputs)


def processor_options(settings: Settings, index: Path, survey: Path | None, *, statistics: bool) -> ProcessorOptions:
    """Return the options of processors of batches.

    Args:
        settings: the settings.
        index: the file for the index of identities.
        survey: the folder for the survey of all sources; None for none.
        statistics: whether the triples of each batch are counted.
    """
    shapes = str(settings.shapes_file) if settings.shapes_file else None
    languages = tuple(dict.fromkeys((*settings.languages, *LANGUAGES)))
    return ProcessorOptions(settings.base, index, shapes, survey, settings.value_bytes, languages, statistics)


def _write_survey(outputs: BuildOutputs, survey: Survey) -> None:
    """Read all sources without shapes, so that these see what a record links to wherever it stands (D-138)."""
    survey.folder.mkdir()
    settings = outputs.settings.model_copy(update={"shapes": None})
    with (
        closing(LogState.in_memory()) as state,
        closing(CatalogueBuilder(survey.catalogue, state, "")) as catalogue,
        closing(RejectedFolder(survey.rejected)) as rejected,
    ):
        report, accept = Report(survey.problems), outputs.accept_deletions
        run_pipeline(
            BuildOutputs(settings, report, catalogue, survey.records, NullSink(), rejected, accept_deletions=accept)
        )
        catalogue.finish()


def files_to_index(files: list[InputFile]) -> list[InputFile]:
    """Return the files to be read twice: all where XML has links that others settle, or records are merged; else pages.

    JSON alone says what it means by ids of ours, and is read once.
    """
    if any(file.merge or file.format in XML_FORMATS for file in files):
        return files
    return [file for file in files if file.format == "page"]


class _ResultWriter:
    """Writer of batch results to every output, in order."""

    def __init__(self, outputs: BuildOutputs, executor: BatchExecutor, files: list[InputFile]) -> None:
        self._outputs = outputs
        self._total = sum(file.size for file in files)
        self._origins = {file.file.name: file.file.origin or file.file.name for file in files}
        self._counted_as = counted_sources(files)
        self._executor = executor
        self._recorder = SourceRecorder(outputs.state, files) if outputs.state else None
        self._pending_merges: dict[str, list[PendingMerge]] = {}
        self._successions: list[Succession] = []
        self._exported: dict[str, ExportedRow] = {}
        self._records_written = self._triples = self._size = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._records = self._stack.enter_context(SegmentWriter(self._outputs.records))
        live = PublishedRecords(Generations.of_settings(self._outputs.settings))
        self._published = self._stack.enter_context(live)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, result: BatchResult, *, stubs: bool = False) -> None:
        """Write the result of a batch."""
        report = self._outputs.report
        if self._recorder and result.file:
            self._recorder.add(result)
        report.add(*result.problems)
        self._successions += result.successions
        self._exported |= result.exported
        report.shapes_seconds += result.shapes_seconds
        for long_value in result.long_values:
            self._outputs.rejected.add_value(long_value)
        ntriples: list[bytes] = []
        for outcome in result.outcomes:
            if isinstance(outcome, PendingMerge):
                report.read[outcome.reference.partition("/")[0]] += 1
                self._pending_merges.setdefault(outcome.reference, []).append(outcome)
            elif isinstance(outcome, RejectedRecord):
                self._add_rejected(outcome, stubs=stubs)
            else:
                ntriples += self._add_record(outcome, stubs=stubs)
        if ntriples:
            self._outputs.sink.write(b"".join(ntriples))
        if result.statistics:
            self._outputs.statistics.merge(result.statistics)
        if self._outputs.index:
            self._outputs.index.file_grown(self._records.size)
        self._size += result.size
        self._outputs.progress(self._records_written, self._triples, self._size, self._total)

    def indexed(self, files: list[InputFile]) -> Iterator[BatchIndex]:
        """Yield the parts of the index of identities."""
        indexes = self._executor.index(batches(files))
        names = (each.file.name for each in files)
        return self._recorder.indexed(names, indexes) if self._recorder else indexes

    def digest_files(self) -> None:
        """Take the digests of the files, for the state of the sources."""
        if self._recorder:
            self._recorder.digest_files()
            self._outputs.sources = self._recorder.digests

    def merge_duplicates(self) -> None:
        """Merge the records with a common reference, where the settings of a source allow it."""
        for pending in self._pending_merges.values():
            first = pending[0]
            places = merge_places(pending)
            for other in places.refused:
                self._reject_duplicate(other, " ".join(filter(None, (first.source, first.at))))
            self._outputs.report.add(*places.notes)
            self._outputs.report.merged += len(places.merged)
            result = self._executor.local.prepare([places.record], first.source)
            if self._recorder:
                self._record_merge(places, first, result)
            # It was counted as read when it was held.
            self._outputs.report.read[places.record["kind"]] -= 1
            self.add(result)
        self._pending_merges.clear()

    def _record_merge(self, places: MergedPlaces, first: PendingMerge, result: BatchResult) -> None:
        """Record for the state what was merged, and what is to be told of it."""
        assert self._recorder is not None  # noqa: S101  # no other caller
        rejected = (outcome.problems for outcome in result.outcomes if isinstance(outcome, RejectedRecord))
        problems = (*places.notes, *result.problems, *chain.from_iterable(rejected))
        self._recorder.add_told(first.reference, problems)
        if places.merged or places.refused:
            self._recorder.add_place(first.reference, first.source)
        for other in places.merged:
            self._recorder.add_place(first.reference, other.source, merged=1)

    def add_successions(self) -> None:
        """Redirect each withdrawn record to the published one that took its place, over others where need be."""
        pairs = chained((each.old, each.new) for each in self._successions)
        for succession, (old, new) in zip(self._successions, pairs, strict=True):
            is_there = self._outputs.catalogue.succeed(old, new)
            self._outputs.report.add(succession.problem if is_there else not_there(succession.problem, new))

    def add_stubs(self) -> None:
        """Add a stub for every link target without a record; stubs may have links of their own."""
        while missing := self._outputs.catalogue.missing(STUBS_PER_BATCH):
            records = []
            for reference, hint in missing:
                position, key = self._outputs.catalogue.linking_to(reference)
                if leads_nowhere(reference, hint, key):
                    self._outputs.report.add(dangling_problem(reference, position, key))
                called = self._outputs.catalogue.hints.names_of(reference)
                self._outputs.report.add(*names_that_differ(reference, called))
                records.append(stub(reference, hint, called))
            self.add(prepared_stubs(self._executor.local, records), stubs=True)

    def compare_names(self) -> None:
        """Report each link that calls a thing by a name which is no form of those in its record."""
        self._records.flush()
        hints = self._outputs.catalogue.hints
        with SegmentReader(self._outputs.records) as records:
            for reference, address, length in hints.of_records():
                record = orjson.loads(records.record(address, length))
                self._outputs.report.add(*names_unlike_record(reference, record, hints.names_of(reference)))

    def finish(self) -> None:
        """End the load, with the graph of documents, and write the dumps while the store is compacted."""
        if self._outputs.sink.publishes:
            for lines in graph_lines(self._outputs.settings.base, self._outputs.catalogue.times()):
                self._outputs.sink.write_documents(lines)
        self._outputs.sink.end(self._triples)
        if self._outputs.dumps:
            self._outputs.dumps.finish(self._executor.write_buckets)
        if self._recorder:
            self._recorder.finish()

    def _add_record(self, record: PreparedRecord, *, stubs: bool) -> Iterator[bytes]:
        entry = record.entry
        kind = entry.reference.partition("/")[0]
        address, length = self._records.address, len(record.json)
        earlier_position = self._outputs.catalogue.add(entry, address, length, record.outline)
        if not stubs:
            self._outputs.report.read[kind] += 1
        if earlier_position is not None:
            self._outputs.statistics.remove(record.ntriples)
            if self._recorder:
                self._recorder.add_place(entry.reference, self._outputs.catalogue.source_of(entry.reference))
            self._reject_duplicate(entry, earlier_position)
            return
        if (row := self._exported.pop(entry.reference, None)) is not None:
            self._outputs.report.add(*self._published.conflicts(row, record.json, entry.digest))
        for hint in record.hints:
            self._outputs.catalogue.hints.add(hint, entry.reference, entry.source, entry.at)
        if self._outputs.index:
            origin = "" if stubs else self._origins.get(entry.source, entry.source)
            self._outputs.index.record_comes(address, origin)
        self._records.add(record.json)
        self._records_written += 1
        self._triples += record.triples
        if stubs:
            self._outputs.report.stubs += 1
        else:
            self._outputs.report.published[kind] += 1
            self._outputs.report.by_file[entry.source] += 1
            counted = CountedRecord(entry.reference, entry.label, record.fields, entry.source, entry.at)
            self._outputs.report.completeness.add(counted, self._counted_as.get(entry.source, entry.source))
        if self._outputs.dumps:
            self._outputs.dumps.add(entry.reference, record.ntriples)
        yield record.ntriples

    def _add_rejected(self, rejected: RejectedRecord, *, stubs: bool) -> None:
        if not stubs:
            self._outputs.report.read[rejected.kind] += 1
            self._outputs.report.rejected += 1
        self._outputs.report.add(*rejected.problems)
        self._outputs.rejected.add(rejected)

    def _reject_duplicate(self, record: CatalogueEntry | PendingMerge, earlier_position: str) -> None:
        """Reject a record with the reference of an earlier one; it already counts as read."""
        problem = repeated(record.reference, record.source, record.at, earlier_position)
        if self._recorder:
            self._recorder.add_place(record.reference, record.source, refused=1)
            self._recorder.add_told(record.reference, [problem])
        self._outputs.report.rejected += 1
        self._outputs.report.add(problem)
        kind = record.reference.partition("/")[0]
        rejected = RejectedRecord(kind, record.source, None, (problem,))
        self._outputs.rejected.add_late(rejected, record.at)


def counted_sources(files: list[InputFile]) -> dict[str, str]:
    """Return name of a file → the name under which its records are counted: its source's where files are many."""
    if len(files) <= MAX_SOURCES:
        return {}
    return {file.file.name: file.file.settings.path for file in files}


def chained(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each withdrawn reference with the last of its chain of successors, in order."""
    told = list(pairs)
    successors = dict(told)
    for old, successor in told:
        new, seen = successor, {old}
        while new in successors and new not in seen:
            seen.add(new)
            new = successors[new]
        yield old, new


def not_there(problem: SourceProblem, new: str) -> SourceProblem:
    """Return what is told of a withdrawn record whose successor is not there."""
    return replace(problem, message=f"{problem.message}; the record in its place, {new}, is not there")


def dangling_problem(reference: str, position: SourcePosition, key: str) -> SourceProblem:
    """Return the problem of a link that leads nowhere: its target, its place and its key."""
    message = "leads nowhere; there is a stub in its place"
    return SourceProblem(
        position.source, position.at, key, reference, "a record of that id", message, "note", position.reference
    )


def _report_cycles(outputs: BuildOutputs) -> None:
    """Report cycles of containment and of broader topics, before the switch."""
    for key in ("partOf", "broader"):
        outputs.report.add(*(cycle_problem(position, key) for position in outputs.catalogue.cycles(key)))


def cycle_problem(position: SourcePosition, key: str) -> SourceProblem:
    """Return the problem of a thing that is reached from itself by links under a key."""
    message = f"is reached from itself by {key}; the page shows it, but a tree can't"
    value, expected = position.reference, "a chain that ends"
    return SourceProblem(position.source, position.at, key, value, expected, message, "note", value)
