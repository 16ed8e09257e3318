"""The jobs that tell what a build would do, without doing it: check and diff."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from kg.publish import disk_faults
from kg.publish.build import PROBLEMS, fill
from kg.publish.pipeline.pipeline import Nowhere, Progress, Sink, silent
from kg.publish.report.report import Report
from kg.settings import Settings
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.generation import Generation, GenerationFolder
from kg.store.generation.generations import Generations


@contextmanager
def _trial(settings: Settings, sink: Sink, progress: Progress) -> Iterator[tuple[GenerationFolder, Report]]:
    """Everything that a build does short of a store and the switch, in a folder that is thrown away."""
    generations = Generations.of_settings(settings)
    var = settings.var_folder
    with disk_faults.errors(var), generations.scratch() as folder, disk_faults.errors(folder.path):
        report = Report(folder.path / PROBLEMS)
        with closing(generations.ledger_for_dry_run(folder)) as ledger:
            now = generations.next_timestamp(ledger)
            fill(settings, folder, report, (sink, ledger, now, folder.path / "rejected", None), progress)
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
            from kg.publish.pipeline.shapes import OWN, Shapes  # noqa: PLC0415  # see kg.publish.work

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
