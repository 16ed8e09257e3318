"""Incremental build: the next generation from the live one, by what changed in the sources (D-233).

Files of the live generation are shared by hard links; what changes is written beside them. The result is the graph that
a full build makes of the same sources, with the same lists, counts and searches.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Quad

from kg.document_times import documents_graph
from kg.processes import MAX_BYTES_IN_PROCESS
from kg.publish.incremental import output_updates
from kg.publish.incremental.changed_files import ChangedFiles, changed_files
from kg.publish.incremental.changed_records import ChangedRecord, changed_records
from kg.publish.incremental.published_things import PublishedThings
from kg.publish.incremental.read_sources import ReadSources, SourceReader
from kg.publish.incremental.rejected_records import keep_rejected
from kg.publish.incremental.scope import FullBuildNeeded, LiveGeneration
from kg.publish.incremental.successions import changed_successions
from kg.publish.incremental.thing_updates import ThingUpdates
from kg.publish.pipeline.executor import BatchExecutor
from kg.publish.pipeline.export_conflicts import PublishedRecords
from kg.publish.pipeline.pipeline import processor_options
from kg.publish.pipeline.source_recorder import identity_part
from kg.publish.pipeline.sources import InputFile, check_unchanged, input_files
from kg.publish.report.report import Report
from kg.publish.report.settings_notes import settings_notes
from kg.publish.state.source_state import OF_GENERATION, SourceStateWriter
from kg.records.problems import SourceProblem
from kg.settings import Settings
from kg.store.generation.generation import GenerationFolder
from kg.store.generation.generations import Generations
from kg.store.generation.names.process import NameIndexUpdate
from kg.store.generation.segments.folder import needs_compaction
from kg.store.generation.segments.writer import SegmentWriter
from kg.store.generation.updates.process import CatalogueUpdate
from kg.store.log.comparison import ComparedGeneration, compare
from kg.store.log.log_state import LogState
from kg.store.triples.patch_file import PatchWriter, read_patch
from kg.store.triples.statistics import GraphStatistics

NamedGraphs = Callable[[int], dict[str, list[Quad]]]
"""Function from the number of triples to the content of the named graphs that each generation writes anew."""


@dataclass(frozen=True, slots=True)
class UpdateTarget:
    """Destination of an incremental build.

    Attributes:
        folder: the folder of the next generation.
        number: its number.
        log: the change log.
        now: the time of the build.
        rejected: the folder for rejected records.
        accept_deletions: whether a source whose path is gone is left out.
    """

    folder: GenerationFolder
    number: int
    log: LogState
    now: str
    rejected: Path
    accept_deletions: bool


@dataclass(frozen=True, slots=True)
class UpdatedGeneration:
    """Content of the folder of an incremental build.

    Attributes:
        triples, graph_hash: of its graph.
        graphs: name of each named graph → number of its statements.
        counts: kind → number of records, without stubs.
        sources: name of each source file → its SHA-256.
        due: reason for which a full build should follow; empty for none.
        files: all source files, in order.
        successions: of withdrawn records, in the order of the sources.
    """

    triples: int
    graph_hash: str
    graphs: dict[str, int]
    counts: dict[str, int]
    sources: dict[str, str]
    due: str
    files: list[InputFile]
    successions: list[tuple[str, str, SourceProblem]]


class IncrementalBuild:
    """Incremental build of one generation."""

    def __init__(self, settings: Settings, live: LiveGeneration, target: UpdateTarget, report: Report) -> None:
        """Set what is built, upon what, and where."""
        self._settings, self._live, self._target, self._report = settings, live, target, report
        self._day = datetime.now(UTC).date().isoformat()
        self._due = ""
        self._successions: list[tuple[str, str, SourceProblem]] = []

    def run(self, named_graphs: NamedGraphs, check: Callable[[Report], None]) -> UpdatedGeneration:
        """Make the content of the generation.

        Args:
            named_graphs: from the number of triples to the named graphs.
            check: called with the report when all is counted; refuses what is not to be published.

        Raises:
            FullBuildNeeded: a full build is better, or the only way.
            GenerationError: the live generation is not what it is taken for; a full build mends that.
            SourceError, PublishError: as in any build.
        """
        settings, report, live = self._settings, self._report, self._live
        report.add(*settings_notes(settings))
        files, notes = input_files(settings, accept_deletions=self._target.accept_deletions)
        report.add(*notes)
        report.away += [note.source for note in notes if note.severity == "rejected"]
        changes = changed_files(files, live.state.files(), another_day=live.state.day != self._day)
        index = self._target.folder.path / "identities.sqlite"
        size = sum(each.size for name in changes.changed for each in changes.files[name])
        jobs = 0 if size < MAX_BYTES_IN_PROCESS else settings.jobs
        options = processor_options(settings, index, None, statistics=False)
        with BatchExecutor(jobs, options) as executor, PublishedThings(live.folder, executor.local) as published:
            if executor.local.looks_beyond:
                raise FullBuildNeeded("the shapes look beyond a record, at what may have changed anywhere")
            read = SourceReader(changes, live.state, published, executor).read(index)
            for name in read.files:
                changes.look_at(name)
            check_unchanged(files)
            records = list(changed_records(read, executor.local))
            updates, redirected = self._update_things(records, read, changes, published, executor)
        index.unlink(missing_ok=True)
        self._write_state(records, read, changes)
        before = self._target.rejected.with_name(f"{live.manifest.generation:04}")
        keep_rejected(records, read, changes, self._target.rejected, before)
        self._count(records, read, changes, updates)
        self._tell(records, read, changes)
        self._tell_conflicts(records, read)
        check(report)
        return self._write_outputs(updates, redirected, changes, named_graphs)

    def _update_things(
        self,
        records: Iterable[ChangedRecord],
        read: ReadSources,
        changes: ChangedFiles,
        published: PublishedThings,
        executor: BatchExecutor,
    ) -> tuple[ThingUpdates, set[str]]:
        """Write records, catalogue and name index; return the updates, and references that may lead elsewhere now."""
        live, folder = self._live.folder, self._target.folder
        with ExitStack() as stack:
            names = stack.enter_context(NameIndexUpdate(live.path, folder.path))
            catalogue = stack.enter_context(CatalogueUpdate(live.catalogue, folder.catalogue))
            with SegmentWriter(folder.records, live.records) as segments:
                log, now = self._target.log, self._target.now
                updates = ThingUpdates(published, executor.local, segments, catalogue, log, now)
                for each in records:
                    if each.record is None:
                        updates.remove_record(each.reference)
                    else:
                        updates.put(each.record)
                succeeded = list(changed_successions(self._live.state, read, changes.files, changes.gone))
                for old, new in succeeded:
                    catalogue.succeed(old, new)
                updates.settle_stubs()
                if catalogue.finish():
                    self._due = "entries were put into the same places of lists again and again"
            redirected = {*updates.replaced, *(old for old, _ in succeeded)}
            self._due = self._due or needs_compaction(segments.counts)
            names.finish([*updates.things, *redirected])
        return updates, redirected

    def _write_outputs(
        self, updates: ThingUpdates, redirected: set[str], changes: ChangedFiles, named_graphs: NamedGraphs
    ) -> UpdatedGeneration:
        """Write the patch, and what follows from it."""
        live, folder, settings, number = self._live, self._target.folder, self._settings, self._target.number
        headers = {"generation": str(number), "previous": str(live.manifest.generation)}
        with PatchWriter(folder.patch, settings.base, headers) as patch:
            for each in updates.patches():
                patch.add(each)
            patch.finish()
        statistics = GraphStatistics.read(live.folder.statistics)
        statistics.apply(read_patch(folder.patch))
        statistics.write(folder.statistics)
        named = named_graphs(statistics.triples)
        sizes = output_updates.write_store(live.folder, folder, settings.base, list(updates.things), named)
        documents = documents_graph(settings.base)
        sizes[documents] += live.manifest.graphs.get(documents, 0)
        if settings.search:
            origins = {name: files[-1].file.origin or name for name, files in changes.files.items()}
            output_updates.write_index(live.folder, folder, updates.changed(), origins)
        if settings.dumps:
            things = self._report.published.total() + self._report.stubs
            output_updates.write_dumps(live.folder, folder, settings.base, number, things)
        references = {*updates.things, *redirected}
        references |= output_updates.followers((live.folder.catalogue, folder.catalogue), updates.things)
        generation = ComparedGeneration(number, self._target.now, settings.base)
        changed = compare(self._target.log, generation, folder.logged_catalogue(), folder.changes, references)
        report = self._report
        report.created, report.changed, report.deleted = changed.created, changed.changed, changed.deleted
        report.replaced, report.remapped = changed.merged, changed.remapped
        return UpdatedGeneration(
            *(statistics.triples, statistics.hash, dict(sorted(sizes.items())), dict(report.published)),
            *(self._digests(changes), self._due, [each for files in changes.files.values() for each in files]),
            self._successions,
        )

    def _digests(self, changes: ChangedFiles) -> dict[str, str]:
        """Name of each source file → its SHA-256."""
        known = {name: file.sha256 for name, file in self._live.state.files().items() if name not in changes.gone}
        found = known | {name: digest for name, (_, digest, _) in changes.states.items()}
        return {name: digest for name, digest in found.items() if digest}

    def _write_state(self, records: Iterable[ChangedRecord], read: ReadSources, changes: ChangedFiles) -> None:
        """Write what was read of the sources, for the state."""
        target = self._target
        with SourceStateWriter(target.folder.path / OF_GENERATION) as writer:
            for name, file in read.files.items():
                writer.add_file(file.record)
                writer.set_digests(name, *changes.states[name])
            for name, parts in read.parts.items():
                if name in changes.files:
                    writer.add_identities(name, identity_part(parts))
            for name, (stat, _, _) in changes.states.items():
                if name not in read.files:
                    writer.set_stat(name, stat)
            for each in records:
                writer.set_places(each.reference, each.places, each.problems)
            writer.add_gone(changes.gone)
            writer.finish(target.number, self._live.manifest.generation, self._live.state.recipe, self._day)

    def _tell(self, records: Iterable[ChangedRecord], read: ReadSources, changes: ChangedFiles) -> None:
        """Add to the report what is to be told of all files, and collect the successions in them."""
        state, report = self._live.state, self._report
        for file in read.files.values():
            report.add(*file.record.problems)
        for each in records:
            report.add(*each.problems)
        report.add(*state.problems({*read.files, *changes.gone}, read.touched))
        before = state.successions()
        for name in changes.files:
            told = read.files[name].record.successions if name in read.files else before.get(name, [])
            self._successions += told

    def _tell_conflicts(self, records: Iterable[ChangedRecord], read: ReadSources) -> None:
        """Add to the report what rows of exported sheets overwrite."""
        rows = {
            reference: row for file in reversed(list(read.files.values())) for reference, row in file.exported.items()
        }
        with PublishedRecords(Generations.of_settings(self._settings)) as published:
            for each in records:
                if each.record and (row := rows.get(each.reference)):
                    self._report.add(*published.conflicts(row, each.record.json, each.record.entry.digest))

    def _count(
        self, records: Iterable[ChangedRecord], read: ReadSources, changes: ChangedFiles, updates: ThingUpdates
    ) -> None:
        """Count for the report what was read, published, left out and merged."""
        report, state = self._report, self._live.state
        for name, counts, rejected in state.read_counts():
            if name not in read.files and name not in changes.gone:
                report.read.update(counts)
                report.rejected += rejected
        for file in read.files.values():
            report.read.update(file.record.read)
            report.rejected += file.record.rejected
        merged, refused = state.merged_and_refused()
        for each in records:
            for places, sign in ((state.places(each.reference), -1), (each.places, 1)):
                merged += sign * sum(place.merged for place in places)
                refused += sign * sum(place.refused for place in places)
        report.merged, report.rejected = merged, report.rejected + refused
        report.stubs = int(self._live.manifest.summary.get("stubs", 0)) + updates.more_stubs()
        kinds, sources = output_updates.counts_of(self._target.folder)
        report.published, report.by_file = Counter(kinds), Counter(sources)
