"""The jobs that make or compare generations: build, check, diff, roll back."""

import errno
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from pyoxigraph import Quad

from kg import ontology
from kg.errors import PublishError, StrictError
from kg.mapping.mapper import version
from kg.publish import tables
from kg.publish.describe import dataset
from kg.publish.dumps import DumpFiles
from kg.publish.indexing import Indexing
from kg.publish.page import write_page
from kg.publish.pipeline import Collection, Nowhere, Progress, Sink, collect, silent
from kg.publish.rejected import RejectedFolder
from kg.publish.report import PAGE, Report
from kg.publish.shapes import OWN, Shapes
from kg.settings import Settings
from kg.store.catalogue import Catalogue
from kg.store.cataloguing import CatalogueBuilder, retimed
from kg.store.embedded import BulkLoad
from kg.store.generation import Folder, Generation, Manifest, copy_unchanged
from kg.store.generations import Generations
from kg.store.ledger import Ledger
from kg.store.remote_load import RemoteLoad, Replay, sweep

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
    with _disk_errors(settings.var_folder), generations.building() as (number, folder):
        report = Report(folder.path / PROBLEMS, generation=number)
        rejected = generations.var / "rejected" / f"{number:04}"
        with (
            closing(generations.ledger()) as ledger,
            _indexing(settings, folder) as index,
            _load(settings, generations, number, folder) as load,
        ):
            now = generations.next_time(ledger)
            counts = _fill(settings, folder, report, (load, ledger, now, rejected, index), progress)
            _refuse_nothing(report, told, strict=strict)
            if settings.tables:
                tables.write(settings, folder)  # while the store still loads its last pieces
        report.triples = load.triples()
        for name, quads in _described(settings, report.triples, now).items():
            load.add_graph(name, quads)
        report.seconds = time.perf_counter() - began
        write_page(settings, report, folder.path / PAGE)
        manifest = Manifest(
            number, settings.base, now, report.triples, counts, report.summary(), graph=load.graph, mapping=version()
        )
        folder.write_manifest(manifest)
        load.close()
        generations.publish(number, folder, settings.keep)
        final = generations.of(number).path
        report.problems_file = final / PROBLEMS
        _forget_rejected(generations)
    report.seconds = time.perf_counter() - began
    return report


def _load(settings: Settings, generations: Generations, number: int, folder: Folder) -> BulkLoad | RemoteLoad:
    """Where triples go: into the generation's folder, or to the remote store of the settings."""
    return RemoteLoad(settings, number, generations.live_graph()) if settings.store else BulkLoad(folder.store)


def _indexing(settings: Settings, folder: Folder) -> AbstractContextManager[Indexing | None]:
    """What makes the search index, if there is to be one."""
    return Indexing(folder.records, folder.search) if settings.search else nullcontext()


def _described(settings: Settings, triples: int, now: str) -> dict[str, list[Quad]]:
    """The named graphs of a generation."""
    base = settings.base
    return {
        f"{base}graphs/terms": ontology.load(base).terms_document(),
        f"{base}graphs/dataset": dataset(settings, triples, now),
    }


def _fill(
    settings: Settings,
    folder: Folder,
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


@contextmanager
def _disk_errors(var: Path) -> Iterator[None]:
    """Say a full disk, and what else the disk may do, in words."""
    try:
        yield
    except OSError as fault:
        if fault.errno == errno.ENOSPC:
            raise PublishError("the disk is full; nothing was published", where=str(var)) from None
        raise PublishError(
            f"{fault.strerror or fault}; nothing was published", where=fault.filename or str(var)
        ) from None
    except sqlite3.Error as fault:
        raise PublishError(f"the catalogue can't be written: {fault}; nothing was published", where=str(var)) from None


@contextmanager
def _trial(settings: Settings, sink: Sink, progress: Progress) -> Iterator[tuple[Folder, Report]]:
    """Everything that a build does short of a store and the switch, in a folder that is thrown away."""
    generations = Generations.of_settings(settings)
    with _disk_errors(settings.var_folder), generations.scratch() as folder:
        report = Report(folder.path / PROBLEMS)
        with closing(generations.ledger()) as ledger:
            now = generations.next_time(ledger)
            _fill(settings, folder, report, (sink, ledger, now, folder.path / "rejected", None), progress)
        yield folder, report


@contextmanager
def check(settings: Settings, *, shacl: bool = False, progress: Progress = silent) -> Iterator[Report]:
    """What a build would report, without publishing; the report can be read while the context lasts.

    Args:
        settings: what to read.
        shacl: also run kg's own shapes over the whole graph with pySHACL.
        progress: told how far it is.
    """
    began = time.perf_counter()
    graph = _Kept() if shacl else Nowhere()
    with _trial(settings, graph, progress) as (_, report):
        if isinstance(graph, _Kept):
            violations, report.shapes_seconds = Shapes(OWN, settings.base).violations(graph.pieces, "")
            for problems in violations.values():
                report.add(*problems)
        report.seconds = time.perf_counter() - began
        yield report


class _Kept:
    """A sink that keeps the triples, since SHACL wants them all."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, ntriples: bytes) -> None:
        """Take lines of N-Triples."""
        self.pieces.append(ntriples)

    def end(self, triples: int) -> None:
        """All are there."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a build would do to one thing.

    Attributes:
        reference: the thing.
        what: created, changed or deleted.
        fields: for a changed one, key → [before, after]; None where it was or would be absent.
    """

    reference: str
    what: str
    fields: dict[str, tuple[Any, Any]]


def diff(settings: Settings, progress: Progress = silent) -> Iterator[Difference]:
    """What a build would create, change and delete against the live generation, by reference."""
    generations = Generations.of_settings(settings)
    with _trial(settings, Nowhere(), progress) as (folder, _):
        after = Catalogue(folder.catalogue)
        live = generations.open_live() if generations.live() is not None else None
        try:
            with folder.records.open("rb") as records:
                yield from _differences(live, after, records)
        finally:
            after.close()
            if live:
                live.close()


def _differences(live: Generation | None, after: Catalogue, records: Any) -> Iterator[Difference]:
    """Walk both catalogues by reference, side by side."""
    before = live.catalogue.digests() if live else iter(())
    nothing = ("\U0010ffff", "", None, 0, 0)
    old, new = next(before, nothing), next(rows := after.digests(), nothing)
    while old != nothing or new != nothing:
        if old[0] < new[0]:
            yield Difference(old[0], "deleted", {})
            old = next(before, nothing)
        elif new[0] < old[0]:
            yield Difference(new[0], "created", {})
            new = next(rows, nothing)
        else:
            if old[1] != new[1] and live:
                records.seek(new[3])
                was, will = orjson.loads(live.record(old[3], old[4])), orjson.loads(records.read(new[4]))
                yield Difference(old[0], "changed", _fields(was, will))
            old, new = next(before, nothing), next(rows, nothing)


def _fields(was: dict[str, Any], will: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys([*was, *will])
    return {name: (was.get(name), will.get(name)) for name in names if was.get(name) != will.get(name)}


def rollback(settings: Settings, number: int | None = None) -> Manifest:
    """Publish an earlier generation anew, as a new one whose times say what changes now.

    Args:
        settings: where generations are.
        number: which one; the one before the live one if None.

    Raises:
        GenerationError: there is no such generation. LockedError: a build is running.
    """
    generations = Generations.of_settings(settings)
    with _disk_errors(settings.var_folder), generations.building() as (new, folder):
        live = generations.live()
        if number is None:
            earlier = [each for each in generations.numbers() if live is not None and each < live]
            if not earlier:
                raise PublishError("there is no earlier generation", where=str(generations.folder))
            number = earlier[-1]
        source = generations.of(number)
        manifest = source.read_manifest()
        if manifest.base != settings.base:
            what = f"it was built for the base {manifest.base}, and the settings say {settings.base}"
            raise PublishError(what, where=str(source.path), todo="Set the base back, or run `kg build`.")
        copy_unchanged(source, folder)
        with closing(generations.ledger()) as ledger:
            now = generations.next_time(ledger)
            retimed(source.catalogue, folder.catalogue, ledger, now)
        for name in (PROBLEMS, PAGE):
            if (source.path / name).exists():
                shutil.copyfile(source.path / name, folder.path / name)
        manifest = replace(manifest, generation=new, published=now, rollback_of=number)
        if settings.store:
            replay = Replay(settings, new, generations.live_graph(), manifest.graph)
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
        sweep(settings, Generations.of_settings(settings).live_graph())
