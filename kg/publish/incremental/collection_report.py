"""Report on the whole collection after an incremental build: what a full build tells while it reads everything.

Problems of files that were not read stand in the state of the sources. What concerns things of several files is found
in the finished catalogue; what each record has, in the records. That takes a pass over the collection, so of a large
one the report is made when somebody asks for it.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing

import orjson

from kg.publish.identities.names import names_that_differ, names_unlike_record
from kg.publish.pipeline.pipeline import chained, counted_sources, cycle_problem, dangling_problem, not_there
from kg.publish.pipeline.sources import InputFile
from kg.publish.pipeline.stubs import leads_nowhere
from kg.publish.report.completeness import CountedRecord, fields_of
from kg.publish.report.report import Report
from kg.publish.report.translations import missing_translations
from kg.records.problems import SourceProblem
from kg.settings import Settings
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.catalogue_builder import SourcePosition
from kg.store.generation.generation import GenerationFolder
from kg.store.generation.hints import HintCounts
from kg.store.generation.read_only_database import connect
from kg.store.generation.segments.reader import SegmentReader
from kg.store.generation.tables.schema import IS_LISTED

SMALL = 3_000
"""Things up to which a build makes the whole report."""

Told = tuple[str, str, SourceProblem]
"""Succession: withdrawn reference, its successor, and what is told of it."""

_MAX_ABOVE = 10_000
"""Things above another one that are looked through for a cycle."""

_LINKING = (
    "SELECT linking.ref, linking.source, name FROM links JOIN things AS linking ON linking.n = links.source"
    " JOIN keys USING (k) WHERE target = ? ORDER BY k, links.day, links.rank LIMIT 1"
)
_NAMED = (
    f"SELECT ref, offset, length FROM things WHERE {IS_LISTED}"  # noqa: S608  # ours
    " AND EXISTS (SELECT 1 FROM hints WHERE hints.ref = things.ref) ORDER BY n"
)


def is_small(folder: GenerationFolder) -> bool:
    """Whether a generation is so small that each build makes the whole report."""
    with closing(connect(folder.catalogue)) as db:
        (things,) = db.execute("SELECT COUNT(*) FROM (SELECT 1 FROM things LIMIT ?)", (SMALL + 1,)).fetchone()
    return bool(things <= SMALL)


def complete_report(
    settings: Settings, folder: GenerationFolder, report: Report, files: list[InputFile], successions: list[Told]
) -> None:
    """Add to a report what concerns the whole collection.

    Args:
        settings: languages, and texts of the site.
        folder: the generation, with catalogue and records finished.
        report: the report, with the problems of all files.
        files: all source files, in order.
        successions: what they say of withdrawn records.
    """
    report.add(*_of_successions(folder, successions), *_of_links(folder), *_cycles(folder))
    counted_as = counted_sources(files)
    for record in _counted_records(folder):
        report.completeness.add(record, counted_as.get(record.source, record.source))
    with closing(Catalogue(folder.catalogue)) as catalogue:
        report.untranslated = missing_translations(settings, catalogue.labels(), report.translations_file)


def _of_successions(folder: GenerationFolder, successions: list[Told]) -> Iterator[SourceProblem]:
    """Yield what is to be told of withdrawn records, and of those whose successor is not there."""
    with closing(Catalogue(folder.catalogue)) as catalogue:
        pairs = chained((old, new) for old, new, _ in successions)
        for (_, _, problem), (old, new) in zip(successions, pairs, strict=True):
            is_there = old != new and new in catalogue.things([new]) and old not in catalogue.things([old])
            yield problem if is_there else not_there(problem, new)


def _counted_records(folder: GenerationFolder) -> Iterator[CountedRecord]:
    """Yield each record with what it has."""
    select = f"SELECT ref, label, source, offset, length FROM things WHERE {IS_LISTED} ORDER BY offset"  # noqa: S608  # ours
    with closing(connect(folder.catalogue)) as db, SegmentReader(folder.records) as records:
        for reference, label, source, address, length in db.execute(select):
            fields = fields_of(orjson.loads(records.record(address, length)))
            yield CountedRecord(reference, label, fields, source or "", "")


def _of_links(folder: GenerationFolder) -> Iterator[SourceProblem]:
    """Yield what is to be told of links: those that lead nowhere, and names that differ from those of their things."""
    with closing(connect(folder.catalogue)) as db, SegmentReader(folder.records) as records:
        hints = HintCounts(db)
        for n, reference in db.execute(
            "SELECT n, ref FROM things WHERE status = 'stub' AND deleted IS NULL ORDER BY n"
        ):
            linking, source, key = db.execute(_LINKING, (n,)).fetchone()
            if leads_nowhere(reference, hints.best(reference), key):
                yield dangling_problem(reference, SourcePosition(linking, source or "", ""), key)
            yield from names_that_differ(reference, hints.names_of(reference))
        for reference, address, length in db.execute(_NAMED):
            record = orjson.loads(records.record(address, length))
            yield from names_unlike_record(reference, record, hints.names_of(reference))


def _cycles(folder: GenerationFolder) -> Iterator[SourceProblem]:
    """Yield the cycles of containment and of broader topics."""
    with closing(connect(folder.catalogue)) as db:
        for key in ("partOf", "broader"):
            links = db.execute("SELECT source, target FROM links JOIN keys USING (k) WHERE name = ?", (key,))
            for n in sorted(_on_cycles(links)):
                reference, source = db.execute("SELECT ref, source FROM things WHERE n = ?", (n,)).fetchone()
                yield cycle_problem(SourcePosition(reference, source or "", ""), key)


def _on_cycles(links: Iterable[tuple[int, int]]) -> set[int]:
    """Things that are reached from themselves."""
    above: dict[int, set[int]] = {}
    below: dict[int, set[int]] = {}
    for source, target in links:
        above.setdefault(source, set()).add(target)
        below.setdefault(target, set()).add(source)
    return {n for n in above.keys() & below.keys() if _reaches_itself(n, above)}


def _reaches_itself(start: int, above: dict[int, set[int]]) -> bool:
    seen, todo = set[int](), list(above[start])
    while todo:
        n = todo.pop()
        if n == start:
            return True
        if n not in seen and len(seen) < _MAX_ABOVE:
            seen.add(n)
            todo += above.get(n, ())
    return False
