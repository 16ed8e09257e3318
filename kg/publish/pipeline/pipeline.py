"""From the sources of kg.toml to everything a generation is made of, in one stream.

Records are read, made sound, checked and mapped in pieces, by this process or by others beside it, and what comes
back is entered here in order: triples go to the load that runs beside, rows to the catalogue, JSON to the file of
records. Memory is bounded by the pieces under way, never by the collection.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import orjson

from kg import ontology
from kg.publish.outputs.dumps import DumpFiles, Packed
from kg.publish.outputs.search_index import Indexing
from kg.publish.pipeline.batch import Done, Held, Prepared, Refused, references
from kg.publish.pipeline.executor import SMALL, Crew
from kg.publish.pipeline.merge import unite
from kg.publish.pipeline.sources import Input, inputs, pieces
from kg.publish.pipeline.stubs import stub
from kg.publish.report.rejected import RejectedFolder
from kg.publish.report.report import Report
from kg.records.model.keys import Record
from kg.records.problems import SourceProblem
from kg.settings import Settings
from kg.store.generation.catalogue_builder import CatalogueBuilder, CatalogueEntry

STUBS_AT_ONCE = 500


class Sink(Protocol):
    """Where triples go."""

    def write(self, ntriples: bytes) -> None:
        """Take lines of N-Triples."""
        ...

    def end(self, triples: int) -> None:
        """Take no more, after so many triples."""
        ...


class Nowhere:
    """A sink for when nothing is loaded: `kg check`, `kg diff`."""

    def write(self, ntriples: bytes) -> None:
        """Take lines of N-Triples, and forget them."""

    def end(self, triples: int) -> None:
        """There is nothing to do."""


Progress = Callable[[int, int, int, int], None]
"""Told from time to time: records, triples and bytes of the sources so far, and how many bytes there are."""


def silent(_records: int, _triples: int, _size: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Collection:
    """What is being made, and where it goes.

    Attributes:
        settings: the settings.
        report: takes counts and problems.
        catalogue: takes rows.
        records: takes the JSON of each record.
        sink: takes triples.
        rejected: keeps what is left out.
        dumps: the files of the dumps, or None.
        index: makes the search index of the file of records, or None.
        progress: told how far it is.
    """

    settings: Settings
    report: Report
    catalogue: CatalogueBuilder
    records: Path
    sink: Sink
    rejected: RejectedFolder
    dumps: DumpFiles | None = None
    index: Indexing | None = None
    progress: Progress = silent


def collect(collection: Collection) -> None:
    """Read every source and put what may be published where it belongs.

    Raises:
        SourceError: a source is missing or can't be read.
        PublishError: the store takes no more.
        OSError: the disk is full, say.
    """
    settings = collection.settings
    files, notes = inputs(settings)
    collection.report.add(*notes)
    keys = collection.records.with_name("keys.sqlite")
    held = _repeated(files, keys) if any(each.merge for each in files) else frozenset()
    total = sum(each.size for each in files)
    jobs = 0 if total < SMALL else settings.jobs
    shapes = str(settings.shapes_file) if settings.shapes_file else None
    with Crew(jobs, settings.base, held, shapes) as crew, _Entering(collection, crew, files) as entering:
        for done in crew.do(pieces(files)):
            entering.take(done)
        entering.unite_held()
        entering.make_stubs()
        entering.finish()
    _check_whole(collection)


def _repeated(files: list[Input], path: Path) -> frozenset[str]:
    """References that stand in more than one place: found by a first pass over the sources, for keys alone."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript("PRAGMA journal_mode=OFF; CREATE TABLE keys (ref TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;")
        for piece in pieces(files):
            rows = [(reference,) for reference in references(piece)]
            db.executemany("INSERT INTO keys VALUES (?, 1) ON CONFLICT (ref) DO UPDATE SET n = n + 1", rows)
        found = frozenset(row[0] for row in db.execute("SELECT ref FROM keys WHERE n > 1"))
    path.unlink()
    return found


class _Entering:
    """Enters results in their order."""

    def __init__(self, collection: Collection, crew: Crew, files: list[Input]) -> None:
        self._to = collection
        self._total = sum(each.size for each in files)
        self._of_lines = {each.file.name for each in files if each.format == "jsonl"}
        self._crew = crew
        self._prefixes = ontology.load(collection.settings.base).prefixes
        self._packing: list[Callable[[], Packed]] = []
        self._held: dict[str, list[Held]] = {}
        self._offset = 0
        self._entered = self._triples = self._size = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._records = self._stack.enter_context(self._to.records.open("wb"))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def take(self, done: Done, *, stubs: bool = False) -> None:
        """Enter what came of a piece of work."""
        report = self._to.report
        report.add(*done.problems)
        report.shapes_seconds += done.shapes_seconds
        lines: list[bytes] = []
        for outcome in done.outcomes:
            if isinstance(outcome, Held):
                report.read[outcome.reference.partition("/")[0]] += 1
                self._held.setdefault(outcome.reference, []).append(outcome)
            elif isinstance(outcome, Refused):
                self._refuse(outcome, stubs=stubs)
            else:
                lines += self._enter(outcome, stubs=stubs)
        self._write(b"".join(lines))
        if self._to.index:
            self._to.index.grown(self._offset)
        self._size += done.size
        self._to.progress(self._entered, self._triples, self._size, self._total)

    def unite_held(self) -> None:
        """Unite the records whose reference stood in several sources, where the settings say so."""
        for held in self._held.values():
            first, *others = held
            record: Record = orjson.loads(first.json)
            for other in others:
                if not (first.merge or other.merge):
                    self._refuse_repeated(other, " ".join(filter(None, (first.source, first.at))))
                    continue
                record, notes = unite(record, orjson.loads(other.json), other.source, other.at)
                self._to.report.add(*notes)
                self._to.report.merged += 1
            done = self._crew.here.prepare([record], first.source)
            # It was counted as read when it was held.
            self._to.report.read[record["kind"]] -= 1
            self.take(done)
        self._held.clear()

    def make_stubs(self) -> None:
        """Make a stub of everything that is linked to and has no record; stubs may link to more."""
        while missing := self._to.catalogue.missing(STUBS_AT_ONCE):
            for reference, hint in missing:
                if hint is None:
                    self._to.report.add(self._dangling(reference))
            done = self._crew.here.prepare([stub(reference, hint) for reference, hint in missing], "", stubs=True)
            refused = [each for each in done.outcomes if isinstance(each, Refused)]
            done.outcomes = [each for each in done.outcomes if not isinstance(each, Refused)]
            if refused:  # what the link said was no good; its name alone will do
                names = {problem.record for each in refused for problem in each.problems}
                plain = self._crew.here.prepare([stub(name, None) for name in sorted(names)], "", stubs=True)
                done.outcomes += plain.outcomes
            self.take(done, stubs=True)

    def finish(self) -> None:
        """Nothing more comes."""
        self._to.sink.end(self._triples)
        self._finish_packing(0)
        if self._to.dumps:
            self._to.dumps.finish()

    def _dangling(self, reference: str) -> SourceProblem:
        place, key = self._to.catalogue.linking_to(reference)
        message = "leads nowhere; there is a stub in its place"
        return SourceProblem(
            place.source, place.at, key, reference, "a record of that id", message, "note", place.reference
        )

    def _enter(self, record: Prepared, *, stubs: bool) -> Iterator[bytes]:
        kind = record.reference.partition("/")[0]
        line = record.json + b"\n"
        taken = self._to.catalogue.add(_entry(record, self._offset, len(record.json)))
        if not stubs:
            self._to.report.read[kind] += 1
        if taken is not None:
            self._refuse_repeated(record, taken)
            return
        for reference, told in record.hints:
            self._to.catalogue.hint(reference, told)
        self._records.write(line)
        self._offset += len(line)
        self._entered += 1
        self._triples += record.triples
        if stubs:
            self._to.report.stubs += 1
        else:
            self._to.report.published[kind] += 1
        yield record.ntriples

    def _refuse(self, refused: Refused, *, stubs: bool) -> None:
        if not stubs:
            self._to.report.read[refused.kind] += 1
            self._to.report.rejected += 1
        self._to.report.add(*refused.problems)
        self._to.rejected.keep(refused)

    def _refuse_repeated(self, record: Prepared | Held, taken: str) -> None:
        """Leave out a record whose reference another one has; its reading was counted already."""
        problem = SourceProblem(
            record.source,
            record.at,
            "id",
            record.reference,
            "an id that no other record has",
            f"the same id stands in {taken}; set `prefix` or `merge = true` for one of the sources in kg.toml",
            "rejected",
            record.reference,
        )
        self._to.report.rejected += 1
        self._to.report.add(problem)
        kind = record.reference.partition("/")[0]
        refused = Refused(kind, record.source, None, (problem,))
        number = record.at.removeprefix("line ")
        if record.source in self._of_lines and number.isdecimal():
            self._to.rejected.keep_line(refused, int(number))
        else:
            self._to.rejected.keep(refused)

    def _write(self, ntriples: bytes) -> None:
        if not ntriples:
            return
        self._to.sink.write(ntriples)
        if self._to.dumps:
            self._packing.append(self._crew.pack(ntriples, self._prefixes))
            self._finish_packing(4)

    def _finish_packing(self, most: int) -> None:
        while self._to.dumps and len(self._packing) > most:
            self._to.dumps.add(self._packing.pop(0)())


def _entry(record: Prepared, offset: int, length: int) -> CatalogueEntry:
    return CatalogueEntry(
        record.reference,
        record.label,
        record.status,
        record.start,
        record.end,
        record.said,
        record.digest,
        record.source,
        record.at,
        offset,
        length,
        record.links,
    )


def _check_whole(collection: Collection) -> None:
    """Checks over several records, before the switch."""
    for key in ("partOf", "broader"):
        for place in collection.catalogue.cycles(key):
            message = f"is reached from itself by {key}; the page shows it, but a tree can't"
            value, expected = place.reference, "a chain that ends"
            collection.report.add(SourceProblem(place.source, place.at, key, value, expected, message, "note", value))
