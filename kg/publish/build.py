"""Build: reads the sources and publishes a generation, upon the live one or anew."""

import shutil
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import GenerationError, SourceChanged
from kg.mapping import mapper
from kg.publish import disk_faults
from kg.publish.damage import damage_notes
from kg.publish.full_build import BuildTarget, fill, open_index, open_sink
from kg.publish.incremental.collection_report import complete_report, is_small
from kg.publish.incremental.incremental_build import IncrementalBuild, UpdateTarget
from kg.publish.incremental.output_updates import write_tables
from kg.publish.incremental.scope import FullBuildNeeded, LiveGeneration, live_generation
from kg.publish.outputs import tables
from kg.publish.outputs.dataset_description import named_graphs
from kg.publish.pipeline.pipeline import Progress, no_progress
from kg.publish.refusals import OnRefusal, refuse_empty, refuse_vanished
from kg.publish.report.report import PROBLEMS, Report
from kg.publish.report_files import write_report
from kg.publish.state import source_state
from kg.publish.vanished import vanished_sources
from kg.records.problems import SourceProblem
from kg.settings import Settings
from kg.store.generation.generation import GenerationFolder, Manifest
from kg.store.generation.generations import Generations
from kg.store.generation.names import name_index_builder
from kg.store.log.comparison import complete


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """Options of a build.

    Attributes:
        strict: publish nothing if a record was left out, or a part of a source is away.
        accept_deletions: publish even where a source is gone, or gives far fewer records than before.
        why_full: reason for which everything is built anew in any case; empty for none.
        tables_anew: whether tables are written anew, however large the collection is.
        progress: called with the build's progress.
        on_refusal: called with the report of a build that publishes nothing, before its problems are deleted.
    """

    strict: bool = False
    accept_deletions: bool = False
    why_full: str = ""
    tables_anew: bool = False
    progress: Progress = no_progress
    on_refusal: OnRefusal = lambda _: None


def build(  # noqa: PLR0913  # one for each option
    settings: Settings,
    *,
    strict: bool = False,
    accept_deletions: bool = False,
    full: bool = False,
    progress: Progress = no_progress,
    on_refusal: OnRefusal = lambda _: None,
) -> Report:
    """Read the sources and publish them as a new generation: what changed, or everything where that is not known.

    Another build follows where what takes long is due: tables that are a day old, everything anew where the generation
    was changed so often that it has become slow or large.

    Args:
        settings: the sources, and the folder or store to publish to.
        strict: publish nothing if a record was left out, or a part of a source is away.
        accept_deletions: publish even where a source is gone, or gives far fewer records than before.
        full: build everything anew.
        progress: called with the build's progress.
        on_refusal: called with the report of a build that publishes nothing, before its problems are deleted.

    Raises:
        SourceError, LockedError, StrictError, PublishError: nothing was published; the live generation stays.
    """
    why = "it was asked for" if full else ""
    options = BuildOptions(strict, accept_deletions, why, progress=progress, on_refusal=on_refusal)
    report = _attempt(settings, options)
    if report.due or report.stale_tables:  # what takes long comes when the changes are live already
        follower = _attempt(settings, replace(options, why_full=report.due, tables_anew=True))
        report.followed_by = follower.generation
    return report


def _attempt(settings: Settings, options: BuildOptions) -> Report:
    try:
        return _build(settings, options)
    except SourceChanged:  # a file was being written; the second time it is whole, or the build stops
        return _build(settings, options)


def _build(settings: Settings, options: BuildOptions) -> Report:
    began = time.perf_counter()
    generations = Generations.of_settings(settings)
    # Inside too: on the way out of the folder it is taken away, and there is room again.
    var = settings.var_folder
    with disk_faults.reported(var):
        notes = damage_notes(generations)  # before the log is opened, which mends it
    with disk_faults.reported(var), generations.new_generation() as (number, folder), disk_faults.reported(var):
        job = _Job(settings, options, generations, number, folder, notes, began)
        report = job.run()
        generations.publish(number, folder, settings.keep)
        final = generations.generation_folder(number).path
        report.problems_file = final / PROBLEMS
        with suppress(sqlite3.Error, OSError):  # the next build takes it up
            source_state.bring_up(generations.var, number, final)
        _delete_old_rejected(generations)
    report.seconds = time.perf_counter() - began
    return report


@dataclass(frozen=True, slots=True)
class _Job:
    """Job of a build, up to the switch.

    Attributes:
        settings, options: what is built, and how.
        generations: all generations.
        number, folder: those of the new one.
        notes: what is to be told of `var`.
        began: the time of its beginning, of a clock for intervals.
    """

    settings: Settings
    options: BuildOptions
    generations: Generations
    number: int
    folder: GenerationFolder
    notes: list[SourceProblem]
    began: float

    def run(self) -> Report:
        """Fill the folder, upon the live generation where that is known well enough."""
        why = self.options.why_full
        live = None if why else live_generation(self.settings, self.generations)
        if isinstance(live, LiveGeneration):
            with closing(live.state):
                try:
                    return self._update(live)
                except FullBuildNeeded as reason:
                    why = str(reason)
                except GenerationError as fault:
                    why = f"the live generation can't be built upon: {fault.what}"
            for path in self.folder.path.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        elif live is not None:
            why = live
        return self._build_anew(why)

    def _report(self, why: str | None) -> Report:
        report = Report(self.folder.path / PROBLEMS, generation=self.number, why_full=why, incremental=why is None)
        report.add(*self.notes)
        return report

    @property
    def _rejected(self) -> Path:
        return self.generations.var / "rejected" / f"{self.number:04}"

    def _check(self, report: Report) -> None:
        """Refuse what is more likely a mistake. Raises PublishError, StrictError."""
        options = self.options
        refuse_empty(report, options.on_refusal, strict=options.strict)
        if not options.accept_deletions:
            refuse_vanished(vanished_sources(self.settings, self.generations, report), report, options.on_refusal)

    def _update(self, live: LiveGeneration) -> Report:
        """Make the generation from the live one."""
        settings, folder = self.settings, self.folder
        report = self._report(None)
        with closing(self.generations.log()) as log:
            now = self.generations.next_timestamp(log)
            target = UpdateTarget(folder, self.number, log, now, self._rejected, self.options.accept_deletions)
            build = IncrementalBuild(settings, live, target, report)
            content = build.run(lambda triples: named_graphs(settings, triples, now), self._check)
        report.triples, report.due = content.triples, content.due
        small = is_small(folder)
        if settings.tables:
            anew = small or self.options.tables_anew
            report.stale_tables = write_tables(settings, live.folder, folder, now if anew else None)
        report.seconds = time.perf_counter() - self.began
        if small:
            complete_report(settings, folder, report, content.files, content.successions)
            write_report(settings, self.generations, folder, report)
        else:
            report.figures = dict(live.manifest.summary.get("figures") or {})
        manifest = Manifest(
            *(self.number, settings.base, now, content.triples, content.counts, report.summary()),
            graphs=content.graphs,
            mapping=mapper.VERSION,
            graph_hash=content.graph_hash,
            full=False,
        )
        complete(folder.changes, manifest.logged(), content.sources)
        folder.write_manifest(manifest, (live.folder.path, live.manifest.files))
        return report

    def _build_anew(self, why: str) -> Report:
        """Make the generation of the sources alone."""
        settings, folder, generations = self.settings, self.folder, self.generations
        report = self._report(why)
        with (
            closing(generations.log()) as state,
            open_sink(settings, generations, self.number, folder) as load,
            open_index(settings, folder) as index,
        ):
            now = generations.next_timestamp(state)
            target = BuildTarget(
                *(folder, self.number, load, state, now, self._rejected, index, self.options.accept_deletions)
            )
            content = fill(settings, target, report, self.options.progress)
            self._check(report)
            # While the store still loads its last batches.
            name_index_builder.write(folder.names, folder.catalogue, folder.records)
            if settings.tables:
                tables.write(settings, folder, now)
        report.triples = load.triples()
        for name, quads in named_graphs(settings, report.triples, now).items():
            load.add_graph(name, quads)
        report.seconds = time.perf_counter() - self.began
        write_report(settings, generations, folder, report)
        manifest = Manifest(
            *(self.number, settings.base, now, report.triples, content.counts, report.summary()),
            graph=load.graph,
            graphs=dict(sorted(load.graph_sizes.items())),
            mapping=mapper.VERSION,
            graph_hash=content.graph_hash,
        )
        complete(folder.changes, manifest.logged(), content.sources)
        load.flush()
        folder.write_manifest(manifest)
        load.close()
        return report


def _delete_old_rejected(generations: Generations) -> None:
    """Delete the rejected records of generations that no longer exist."""
    folder = generations.var / "rejected"
    numbers = set(generations.numbers())
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.isdecimal() and int(path.name) not in numbers:
            shutil.rmtree(path, ignore_errors=True)
