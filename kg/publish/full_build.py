"""Full build: the content of a generation from its sources alone. Dry runs use the same."""

from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kg import ontology
from kg.publish.outputs.dumps.dump_files import DumpFiles
from kg.publish.outputs.search_index import IndexProcess
from kg.publish.pipeline.pipeline import BuildOutputs, Progress, Sink, run_pipeline
from kg.publish.report.rejected import RejectedFolder
from kg.publish.report.report import Report
from kg.publish.report.settings_notes import settings_notes
from kg.publish.report.translations import missing_translations
from kg.publish.state.recipe import recipe
from kg.publish.state.source_state import OF_GENERATION, SourceStateWriter
from kg.records.problems import SourceProblem
from kg.settings import Settings
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.catalogue_builder import CatalogueBuilder, Respellings
from kg.store.generation.generation import GenerationFolder
from kg.store.generation.generations import Generations
from kg.store.log.comparison import ComparedGeneration, compare
from kg.store.log.log_state import LogState
from kg.store.remote.load import RemoteLoad
from kg.store.triples.embedded import BulkLoad

_NEW_SPELLING = "nothing to do, unless queries of yours name the old ones"


def open_sink(
    settings: Settings, generations: Generations, number: int, folder: GenerationFolder
) -> BulkLoad | RemoteLoad:
    """Open the store for triples: in the generation's folder, or the remote store of the settings."""
    return (
        RemoteLoad(settings, number, generations.live_graph())
        if settings.store
        else BulkLoad(folder.store, settings.base)
    )


def open_index(settings: Settings, folder: GenerationFolder) -> AbstractContextManager[IndexProcess | None]:
    """Open the search index of a build, if the settings ask for it."""
    return IndexProcess(folder.records, folder.search) if settings.search else nullcontext()


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
    day = datetime.now(UTC).date().isoformat()  # before a record is looked at
    report.add(*settings_notes(settings))
    with ExitStack() as stack:
        builder = CatalogueBuilder(folder.catalogue, target.state, target.now, rebased=rebased)
        stack.enter_context(closing(builder))
        rejected = stack.enter_context(closing(RejectedFolder(target.rejected)))
        dumps = sources = None
        if settings.dumps and target.sink.publishes:
            prefixes = ontology.load(settings.base).prefixes
            dumps = stack.enter_context(closing(DumpFiles(folder.dumps, prefixes, report.generation or 0)))
        if target.sink.publishes:
            sources = stack.enter_context(SourceStateWriter(folder.path / OF_GENERATION))
        outputs = BuildOutputs(
            *(settings, report, builder, folder.records, target.sink, rejected),
            *(dumps, target.index, sources, progress, target.accept_deletions),
        )
        run_pipeline(outputs)
        if sources:
            sources.finish(target.number, None, recipe(settings), day)
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
