"""Dry runs of a build: check and diff."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from kg.iris import spellings
from kg.publish import disk_faults
from kg.publish.damage import damage_notes
from kg.publish.full_build import BuildTarget, fill
from kg.publish.pipeline.pipeline import NullSink, Progress, Sink, no_progress
from kg.publish.report.report import PROBLEMS, Report
from kg.publish.vanished import vanished_sources
from kg.settings import Settings
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.generation import Generation, GenerationFolder
from kg.store.generation.generations import Generations
from kg.store.generation.segments.reader import SegmentReader

_Row = tuple[str, str, str | None, int, int]
"""Row of `Catalogue.digests`."""


@contextmanager
def _dry_run(settings: Settings, sink: Sink, progress: Progress) -> Iterator[tuple[GenerationFolder, Report]]:
    """Run everything in a build but the store and the switch, in a folder that is deleted afterwards."""
    generations = Generations.of_settings(settings)
    var = settings.var_folder
    with disk_faults.reported(var), generations.scratch() as folder, disk_faults.reported(folder.path):
        report = Report(folder.path / PROBLEMS)
        report.add(*damage_notes(generations))
        with closing(generations.log_for_dry_run(folder)) as state:
            now = generations.next_timestamp(state)
            target = BuildTarget(folder, state.position[0] + 1, sink, state, now, folder.path / "rejected")
            fill(settings, target, report, progress)
        report.add(*(each.problem() for each in vanished_sources(settings, generations, report)))
        yield folder, report


@contextmanager
def check(settings: Settings, *, shacl: bool = False, progress: Progress = no_progress) -> Iterator[Report]:
    """Yield the report of a build without publishing; it is readable while the context lasts.

    Args:
        settings: the sources.
        shacl: also run kg's own shapes over the whole graph with pySHACL.
        progress: called with the build's progress.
    """
    began = time.perf_counter()
    sink = _MemorySink() if shacl else NullSink()
    with _dry_run(settings, sink, progress) as (_, report):
        if isinstance(sink, _MemorySink):
            from kg.publish.pipeline.shapes import KG_SHAPES, Shapes  # noqa: PLC0415  # see kg.publish.work

            violations, report.shapes_seconds = Shapes(KG_SHAPES, settings.base).violations(sink.ntriples, "")
            for problems in violations.values():
                report.add(*problems)
        report.seconds = time.perf_counter() - began
        yield report


class _MemorySink:
    """Sink that keeps the triples in memory: SHACL needs the whole graph."""

    publishes = False

    def __init__(self) -> None:
        self.ntriples: list[bytes] = []

    def write(self, ntriples: bytes) -> None:
        """Keep lines of N-Triples."""
        self.ntriples.append(ntriples)

    def write_documents(self, ntriples: bytes) -> None:
        """Discard lines of N-Triples about documents: the shapes are about things."""

    def end(self, triples: int) -> None:
        """End the load; nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Change of a thing by a build.

    Attributes:
        reference: the thing.
        what: created, changed or deleted.
        fields: for a changed one, key → [before, after]; None where it was or would be absent.
    """

    reference: str
    what: str
    fields: dict[str, tuple[Any, Any]]


def diff(settings: Settings, progress: Progress = no_progress) -> Iterator[Difference]:
    """Yield the things that a build would create, change and delete against the live generation, by reference."""
    generations = Generations.of_settings(settings)
    with _dry_run(settings, NullSink(), progress) as (folder, _), ExitStack() as opened:
        after = opened.enter_context(closing(Catalogue(folder.catalogue)))
        is_published = generations.numbers() or generations.live() is not None
        live = opened.enter_context(closing(generations.open_live())) if is_published else None
        records = opened.enter_context(SegmentReader(folder.records))
        yield from _differences(live, after, records)


def _differences(live: Generation | None, after: Catalogue, records: SegmentReader) -> Iterator[Difference]:
    """Merge walk of both catalogues by reference; what has another spelling of its key comes last (D-136)."""
    before = live.catalogue.digests() if live else iter(())
    nothing = ("\U0010ffff", "", None, 0, 0)
    gone: dict[str, _Row] = {}
    come: dict[str, _Row] = {}
    old, new = next(before, nothing), next(rows := after.digests(), nothing)
    while old != nothing or new != nothing:
        if old[0] < new[0]:
            yield from _alone(old, "deleted", gone)
            old = next(before, nothing)
        elif new[0] < old[0]:
            yield from _alone(new, "created", come)
            new = next(rows, nothing)
        else:
            if old[1] != new[1] and live:
                yield _change(live, records, old, new)
            old, new = next(before, nothing), next(rows, nothing)
    for reference in sorted({*gone, *come}):
        if live and reference in gone and reference in come:
            yield _change(live, records, gone[reference], come[reference])
        else:
            row, what = (gone[reference], "deleted") if reference in gone else (come[reference], "created")
            yield Difference(row[0], what, {})


def _alone(row: _Row, what: str, waiting: dict[str, _Row]) -> Iterator[Difference]:
    """Difference of a thing that one catalogue has; one with several spellings of its key waits for the end."""
    canonical, *others = spellings(row[0])
    if others:
        waiting[canonical] = row
    else:
        yield Difference(row[0], what, {})


def _change(live: Generation, records: SegmentReader, old: _Row, new: _Row) -> Difference:
    was, will = orjson.loads(live.record(old[3], old[4])), orjson.loads(records.record(new[3], new[4]))
    return Difference(new[0], "changed", _changed_fields(was, will))


def _changed_fields(was: dict[str, Any], will: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys([*was, *will])
    return {name: (was.get(name), will.get(name)) for name in names if was.get(name) != will.get(name)}
