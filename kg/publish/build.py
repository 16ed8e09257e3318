"""Jobs that make generations: build and rollback."""

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from pyoxigraph import Quad

from kg import ontology
from kg.document_times import documents_graph
from kg.errors import KgError, PublishError, SourceChanged, StrictError
from kg.mapping import mapper
from kg.publish import disk_faults
from kg.publish.build_scope import why_full
from kg.publish.damage import damage_notes, rollback_source
from kg.publish.outputs import tables
from kg.publish.outputs.dataset_description import dataset_description
from kg.publish.outputs.document_graph import graph_lines, moved_lines
from kg.publish.outputs.dumps.dump_files import DumpFiles
from kg.publish.outputs.search_index import IndexProcess
from kg.publish.pipeline.pipeline import BuildOutputs, Progress, Sink, no_progress, run_pipeline
from kg.publish.report.document import make_document, write_document
from kg.publish.report.page import write_page
from kg.publish.report.rejected import RejectedFolder
from kg.publish.report.report import DOCUMENT, PAGE, Report
from kg.publish.report.settings_notes import settings_notes
from kg.publish.report.translations import FILE as TRANSLATIONS
from kg.publish.report.translations import missing_translations
from kg.publish.report.worklist import worklist
from kg.publish.vanished import TODO, Vanished, vanished_sources
from kg.records.problems import SourceProblem
from kg.settings import Settings
from kg.store.dumps import bucket_table
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.catalogue_builder import CatalogueBuilder, Respellings, copy_with_new_times
from kg.store.generation.generation import GenerationFolder, Manifest, copy_unchanged
from kg.store.generation.generations import Generations
from kg.store.generation.names import name_index_builder
from kg.store.log.comparison import ComparedGeneration, compare, complete
from kg.store.log.log_state import LogState
from kg.store.remote.load import RemoteLoad, RemoteRollback, drop_expired_graphs
from kg.store.triples.embedded import BulkLoad, has_graph, move_lines

PROBLEMS = "problems.jsonl"
_NEW_SPELLING = "nothing to do, unless queries of yours name the old ones"


def build(
    settings: Settings,
    *,
    strict: bool = False,
    accept_deletions: bool = False,
    progress: Progress = no_progress,
    on_refusal: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Read the sources and publish them as a new generation.

    Args:
        settings: the sources, and the folder or store to publish to.
        strict: publish nothing if a record was left out, or a part of a source is away.
        accept_deletions: publish even where a source is gone, or gives none of the records that it gave before.
        progress: called with the build's progress.
        on_refusal: called with the report of a build that publishes nothing, before its problems are deleted.

    Raises:
        SourceError, LockedError, StrictError, PublishError: nothing was published; the live generation stays.
    """

    def attempt() -> Report:
        return _build(settings, progress, on_refusal, strict=strict, accept_deletions=accept_deletions)

    try:
        return attempt()
    except SourceChanged:  # a file was being written; the second time it is whole, or the build stops
        return attempt()


def _build(
    settings: Settings,
    progress: Progress,
    on_refusal: Callable[[Report], None],
    *,
    strict: bool,
    accept_deletions: bool,
) -> Report:
    began = time.perf_counter()
    generations = Generations.of_settings(settings)
    # Inside too: on the way out of the folder it is taken away, and there is room again.
    var = settings.var_folder
    with disk_faults.reported(var):
        notes = damage_notes(generations)  # before the log is opened, which mends it
    with disk_faults.reported(var), generations.new_generation() as (number, folder), disk_faults.reported(var):
        report = Report(folder.path / PROBLEMS, generation=number, why_full=why_full(generations))
        report.add(*notes)
        rejected = generations.var / "rejected" / f"{number:04}"
        with (
            closing(generations.log()) as state,
            _open_sink(settings, generations, number, folder) as load,
            _open_index(settings, folder) as index,
        ):
            now = generations.next_timestamp(state)
            target = BuildTarget(folder, number, load, state, now, rejected, index, accept_deletions)
            content = fill(settings, target, report, progress)
            _refuse_empty(report, on_refusal, strict=strict)
            if not accept_deletions:
                _refuse_vanished(vanished_sources(settings, generations, report), report, on_refusal)
            # While the store still loads its last batches.
            name_index_builder.write(folder.names, folder.catalogue, folder.records)
            if settings.tables:
                tables.write(settings, folder)
            lists = worklist(folder, report, settings.base)
        report.triples = load.triples()
        for name, quads in _named_graphs(settings, report.triples, now).items():
            load.add_graph(name, quads)
        report.seconds = time.perf_counter() - began
        document = make_document(report, lists, settings.base, _figures_before(generations))
        write_document(document, folder.path)
        write_page(settings, document, folder.path / PAGE)
        manifest = Manifest(
            number,
            settings.base,
            now,
            report.triples,
            content.counts,
            report.summary(),
            graph=load.graph,
            graphs=dict(sorted(load.graph_sizes.items())),
            mapping=mapper.VERSION,
            graph_hash=content.graph_hash,
        )
        complete(folder.changes, manifest.logged(), content.sources)
        load.flush()
        folder.write_manifest(manifest)
        load.close()
        generations.publish(number, folder, settings.keep)
        final = generations.generation_folder(number).path
        report.problems_file = final / PROBLEMS
        _delete_old_rejected(generations)
    report.seconds = time.perf_counter() - began
    return report


def _figures_before(generations: Generations) -> dict[str, int]:
    """Figures of the live generation; empty where there is none, or it can't be read."""
    number = generations.live()
    if number is None:
        return {}
    try:
        summary = generations.generation_folder(number).read_manifest().summary
    except KgError:  # nothing is known of before
        return {}
    return dict(summary.get("figures") or {})


def _open_sink(
    settings: Settings, generations: Generations, number: int, folder: GenerationFolder
) -> BulkLoad | RemoteLoad:
    """Open the store for triples: in the generation's folder, or the remote store of the settings."""
    return (
        RemoteLoad(settings, number, generations.live_graph())
        if settings.store
        else BulkLoad(folder.store, settings.base)
    )


def _open_index(settings: Settings, folder: GenerationFolder) -> AbstractContextManager[IndexProcess | None]:
    """Open the search index of a build, if the settings ask for it."""
    return IndexProcess(folder.records, folder.search) if settings.search else nullcontext()


def _named_graphs(settings: Settings, triples: int, now: str) -> dict[str, list[Quad]]:
    """Named graphs of a generation."""
    base = settings.base
    return {
        f"{base}graphs/terms": ontology.load(base).terms_document(),
        f"{base}graphs/dataset": dataset_description(settings, triples, now),
    }


@dataclass(frozen=True, slots=True)
class BuildTarget:
    """Destination of a build.

    Attributes:
        folder: the generation's folder, or a scratch folder.
        number: the generation's number, or that of no generation.
        sink: the store for triples.
        state: the change log.
        now: the time of the build, for the change log.
        rejected: the folder for rejected records.
        index: the search index, if there is to be one.
        accept_deletions: whether a source whose path is gone is left out.
    """

    folder: GenerationFolder
    number: int
    sink: Sink
    state: LogState
    now: str
    rejected: Path
    index: IndexProcess | None = None
    accept_deletions: bool = False


@dataclass(frozen=True, slots=True)
class FolderContent:
    """Content of a folder that a build has filled.

    Attributes:
        counts: kind → number of records, without stubs.
        graph_hash: of its triples, in hexadecimal.
        sources: name of each source file → its SHA-256.
    """

    counts: dict[str, int]
    graph_hash: str
    sources: dict[str, str]


def fill(settings: Settings, target: BuildTarget, report: Report, progress: Progress) -> FolderContent:
    """Run the pipeline into a folder, and compare what it has with the change log.

    Args:
        settings: the sources.
        target: the destination.
        report: receives counts and problems.
        progress: called with the build's progress.
    """
    folder, rebased = target.folder, target.state.is_rebased(settings.base)
    report.add(*settings_notes(settings))
    with ExitStack() as stack:
        builder = CatalogueBuilder(folder.catalogue, target.state, target.now, rebased=rebased)
        stack.enter_context(closing(builder))
        rejected = stack.enter_context(closing(RejectedFolder(target.rejected)))
        dumps = None
        if settings.dumps and target.sink.publishes:
            prefixes = ontology.load(settings.base).prefixes
            dumps = stack.enter_context(closing(DumpFiles(folder.dumps, prefixes, report.generation or 0)))
        outputs = BuildOutputs(
            *(settings, report, builder, folder.records, target.sink, rejected),
            *(dumps, target.index, progress, target.accept_deletions),
        )
        run_pipeline(outputs)
        if target.sink.publishes:
            outputs.statistics.write(folder.statistics)
        content = FolderContent(builder.counts(), outputs.statistics.hash, outputs.sources)
        respellings = builder.finish()
    with closing(Catalogue(folder.catalogue)) as catalogue:
        report.untranslated = missing_translations(settings, catalogue.labels(), report.translations_file)
    compared = ComparedGeneration(target.number, target.now, settings.base)
    changes = compare(target.state, compared, folder.logged_catalogue(), folder.changes)
    report.created, report.changed, report.deleted = changes.created, changes.changed, changes.deleted
    report.replaced, report.remapped, report.respelled = changes.merged, changes.remapped, respellings.respelled
    if respellings.respelled:
        report.add(_respelled(respellings))
    return content


def _respelled(changes: Respellings) -> SourceProblem:
    """Return the note on references that are written otherwise than they were published (D-136)."""
    old, new = changes.example
    named = "1 published reference is" if changes.respelled == 1 else f"{changes.respelled:,} published references are"
    message = (
        f"{named} written otherwise now, with the signs and letters that an IRI may hold; the log tells the old ones as"
        " merged into the new, and their addresses lead there"
    )
    return SourceProblem("", "", "id", f"{old} → {new}", _NEW_SPELLING, message, record=new)


def _refuse_empty(report: Report, on_refusal: Callable[[Report], None], *, strict: bool) -> None:
    """Refuse an empty generation, and with `--strict` any rejected record."""
    empty = not sum(report.published.values())
    if empty or (strict and report.severities["rejected"]):
        report.generation = None
        on_refusal(report)
    if empty:
        read = sum(report.read.values())
        what = f"none of {read} records can be published" if read else "the sources hold no record"
        told = read or report.severities["rejected"]
        raise PublishError(what, todo="See the problems above." if told else "Check `path` in kg.toml.")
    if strict and report.rejected:
        raise StrictError(f"{report.rejected} records were left out, and --strict allows none")
    if strict and report.away:
        raise StrictError(
            "a part of the sources is away, or known to no reader, and --strict allows none", where=report.away[0]
        )


def _refuse_vanished(vanished: list[Vanished], report: Report, on_refusal: Callable[[Report], None]) -> None:
    """Refuse a generation in which all records of a source are gone."""
    if vanished:
        report.generation = None
        on_refusal(report)
        raise PublishError(f"{vanished[0].message}; nothing was published", where=vanished[0].name, todo=TODO)


def _delete_old_rejected(generations: Generations) -> None:
    """Delete the rejected records of generations that no longer exist."""
    folder = generations.var / "rejected"
    numbers = set(generations.numbers())
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.isdecimal() and int(path.name) not in numbers:
            shutil.rmtree(path, ignore_errors=True)


def rollback(
    settings: Settings, number: int | None = None, on_damage: Callable[[KgError], None] = lambda _: None
) -> Manifest:
    """Publish an earlier generation again, under a new number and with new modification times.

    Args:
        settings: where generations are.
        number: which one; if None, the newest whole one before the live one, or of all where that is gone.
        on_damage: called with the damage of each newer one that is passed over.

    Raises:
        GenerationError: there is no such generation. LockedError: a build is running.
    """
    generations = Generations.of_settings(settings)
    var = settings.var_folder
    with disk_faults.reported(var), generations.new_generation() as (new, folder), disk_faults.reported(var):
        source, manifest = rollback_source(settings, generations, number, on_damage)
        copy_unchanged(source, folder)
        bucket_table.relabel(folder.dumps, new)
        with closing(generations.log()) as state:
            now = generations.next_timestamp(state)
            sources, rebased = state.sources(manifest.generation), state.is_rebased(manifest.base)
            copy_with_new_times(source.logged_catalogue(), folder.catalogue, state, now, rebased=rebased)
            compare(state, ComparedGeneration(new, now, manifest.base), folder.logged_catalogue(), folder.changes)
        for name in (PROBLEMS, DOCUMENT, PAGE, TRANSLATIONS):
            if (source.path / name).exists():
                shutil.copyfile(source.path / name, folder.path / name)
        manifest = replace(manifest, generation=new, published=now, rollback_of=manifest.generation)
        if settings.store:
            replay = RemoteRollback(settings, new, generations.live_graph(), manifest.graph)
            with closing(Catalogue(folder.catalogue)) as catalogue:
                documents = graph_lines(settings.base, catalogue.times())
                named = _named_graphs(settings, manifest.triples, now)
                graph = replay.run(source.dumps, named, documents)
            manifest = replace(manifest, graph=graph)
        else:
            _move_documents(manifest.base, source, folder)
        complete(folder.changes, manifest.logged(), sources)
        folder.write_manifest(manifest, (source.path, manifest.files))
        generations.publish(new, folder, settings.keep)
    return manifest


def _move_documents(base: str, source: GenerationFolder, target: GenerationFolder) -> None:
    """Bring the graph of documents in the store of a rollback to the times of its own catalogue."""
    graph = documents_graph(base)
    with closing(Catalogue(source.catalogue)) as old, closing(Catalogue(target.catalogue)) as new:
        before = old.times() if has_graph(target.store, graph) else iter(())  # kg before 0.5 had none
        move_lines(target.store, graph, moved_lines(base, before, new.times()))


def retire(settings: Settings) -> None:
    """Wait for the last readers of old triples at the remote store, then drop these; do nothing without such a store.

    Raises:
        PublishError: the remote can't be written; the next build drops them (D-38).
    """
    if settings.store:
        time.sleep(settings.store_grace)
        drop_expired_graphs(settings, Generations.of_settings(settings).live_graph())
