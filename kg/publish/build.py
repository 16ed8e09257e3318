"""The jobs that make generations: build and roll back."""

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Quad

from kg import ontology
from kg.errors import PublishError, StrictError
from kg.mapping import mapper
from kg.publish import disk_faults
from kg.publish.outputs import tables
from kg.publish.outputs.dataset_description import dataset
from kg.publish.outputs.dumps import DumpFiles
from kg.publish.outputs.search_index import Indexing
from kg.publish.pipeline.pipeline import Collection, Progress, Sink, collect, silent
from kg.publish.report.page import write_page
from kg.publish.report.rejected import RejectedFolder
from kg.publish.report.report import PAGE, Report
from kg.settings import Settings
from kg.store.generation.catalogue_builder import CatalogueBuilder, copy_with_new_times
from kg.store.generation.generation import GenerationFolder, Manifest, copy_unchanged
from kg.store.generation.generations import Generations
from kg.store.generation.ledger import Ledger
from kg.store.remote.load import RemoteLoad, RemoteRollback, drop_expired_graphs
from kg.store.triples.embedded import BulkLoad

DUMP_NAME = "kg"
PROBLEMS = "problems.jsonl"


def build(
    settings: Settings,
    *,
    strict: bool = False,
    progress: Progress = silent,
    told: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Read the sources and publish them as a new generation.

    Args:
        settings: what to read and where to publish.
        strict: publish nothing if a record was left out.
        progress: told how far it is.
        told: given the report of a build that publishes nothing, while its problems can still be read.

    Raises:
        SourceError, LockedError, StrictError, PublishError: nothing was published; the live generation stays.
    """
    began = time.perf_counter()
    generations = Generations.of_settings(settings)
    # Inside too: on the way out of the folder it is taken away, and there is room again.
    var = settings.var_folder
    with disk_faults.errors(var), generations.new_generation() as (number, folder), disk_faults.errors(var):
        report = Report(folder.path / PROBLEMS, generation=number)
        rejected = generations.var / "rejected" / f"{number:04}"
        with (
            closing(generations.ledger()) as ledger,
            _load(settings, generations, number, folder) as load,
            _indexing(settings, folder) as index,
        ):
            now = generations.next_timestamp(ledger)
            counts = fill(settings, folder, report, (load, ledger, now, rejected, index), progress)
            _refuse_nothing(report, told, strict=strict)
            if settings.tables:
                tables.write(settings, folder)  # while the store still loads its last pieces
        report.triples = load.triples()
        for name, quads in _described(settings, report.triples, now).items():
            load.add_graph(name, quads)
        report.seconds = time.perf_counter() - began
        write_page(settings, report, folder.path / PAGE)
        manifest = Manifest(
            number,
            settings.base,
            now,
            report.triples,
            counts,
            report.summary(),
            graph=load.graph,
            mapping=mapper.VERSION,
        )
        folder.write_manifest(manifest)
        load.close()
        generations.publish(number, folder, settings.keep)
        final = generations.generation_folder(number).path
        report.problems_file = final / PROBLEMS
        _forget_rejected(generations)
    report.seconds = time.perf_counter() - began
    return report


def _load(settings: Settings, generations: Generations, number: int, folder: GenerationFolder) -> BulkLoad | RemoteLoad:
    """Where triples go: into the generation's folder, or to the remote store of the settings."""
    return RemoteLoad(settings, number, generations.live_graph()) if settings.store else BulkLoad(folder.store)


def _indexing(settings: Settings, folder: GenerationFolder) -> AbstractContextManager[Indexing | None]:
    """What makes the search index, if there is to be one."""
    return Indexing(folder.records, folder.search) if settings.search else nullcontext()


def _described(settings: Settings, triples: int, now: str) -> dict[str, list[Quad]]:
    """The named graphs of a generation."""
    base = settings.base
    return {
        f"{base}graphs/terms": ontology.load(base).terms_document(),
        f"{base}graphs/dataset": dataset(settings, triples, now),
    }


def fill(
    settings: Settings,
    folder: GenerationFolder,
    report: Report,
    to: tuple[Sink, Ledger, str, Path, Indexing | None],
    progress: Progress,
) -> dict[str, int]:
    """Everything from the sources into a folder; the counts of records by kind."""
    sink, ledger, now, rejected, index = to
    prefixes = ontology.load(settings.base).prefixes
    with ExitStack() as stack:
        builder = stack.enter_context(closing(CatalogueBuilder(folder.catalogue, ledger, now)))
        keeping = stack.enter_context(closing(RejectedFolder(rejected, settings.folder)))
        dumps = None
        if settings.dumps and isinstance(sink, BulkLoad | RemoteLoad):
            dumps = stack.enter_context(closing(DumpFiles(folder.dumps, DUMP_NAME, prefixes)))
        collect(Collection(settings, report, builder, folder.records, sink, keeping, dumps, index, progress))
        counts = builder.counts()
        changes = builder.finish()
    report.created, report.changed, report.deleted = changes.created, changes.changed, changes.deleted
    return counts


def _refuse_nothing(report: Report, told: Callable[[Report], None], *, strict: bool) -> None:
    """Publish no empty generation, and with `--strict` none from which something was left out."""
    empty = not sum(report.published.values())
    if empty or (strict and report.rejected):
        report.generation = None
        told(report)
    if empty:
        read = sum(report.read.values())
        what = f"none of {read} records can be published" if read else "the sources hold no record"
        raise PublishError(what, todo="See the problems above." if read else "Check `path` in kg.toml.")
    if strict and report.rejected:
        raise StrictError(f"{report.rejected} records were left out, and --strict allows none")


def _forget_rejected(generations: Generations) -> None:
    """What was left out of generations that are gone is gone with them."""
    folder = generations.var / "rejected"
    there = set(generations.numbers())
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.isdecimal() and int(path.name) not in there:
            shutil.rmtree(path, ignore_errors=True)


def rollback(settings: Settings, number: int | None = None) -> Manifest:
    """Publish an earlier generation anew, as a new one whose times say what changes now.

    Args:
        settings: where generations are.
        number: which one; the one before the live one if None.

    Raises:
        GenerationError: there is no such generation. LockedError: a build is running.
    """
    generations = Generations.of_settings(settings)
    var = settings.var_folder
    with disk_faults.errors(var), generations.new_generation() as (new, folder), disk_faults.errors(var):
        live = generations.live()
        if number is None:
            earlier = [each for each in generations.numbers() if live is not None and each < live]
            if not earlier:
                raise PublishError("there is no earlier generation", where=str(generations.folder))
            number = earlier[-1]
        source = generations.generation_folder(number)
        manifest = source.read_manifest()
        if manifest.base != settings.base:
            what = f"it was built for the base {manifest.base}, and the settings say {settings.base}"
            raise PublishError(what, where=str(source.path), todo="Set the base back, or run `kg build`.")
        copy_unchanged(source, folder)
        with closing(generations.ledger()) as ledger:
            now = generations.next_timestamp(ledger)
            copy_with_new_times(source.catalogue, folder.catalogue, ledger, now)
        for name in (PROBLEMS, PAGE):
            if (source.path / name).exists():
                shutil.copyfile(source.path / name, folder.path / name)
        manifest = replace(manifest, generation=new, published=now, rollback_of=number)
        if settings.store:
            replay = RemoteRollback(settings, new, generations.live_graph(), manifest.graph)
            graph = replay.run(source.dumps / f"{DUMP_NAME}.nt.gz", _described(settings, manifest.triples, now))
            manifest = replace(manifest, graph=graph)
        folder.write_manifest(manifest)
        generations.publish(new, folder, settings.keep)
    return manifest


def retire(settings: Settings) -> None:
    """Wait until nobody reads the old triples at the remote store any more, and drop them; nothing without one.

    Raises:
        PublishError: the remote can't be written; the next build drops them.
    """
    if settings.store:
        time.sleep(settings.store_grace)
        drop_expired_graphs(settings, Generations.of_settings(settings).live_graph())
