"""Updates of what follows from changed things: store, search index, dumps, and the references that the log looks at."""

import os
import shutil
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from pyoxigraph import Quad

from kg import ontology
from kg.document_times import documents_graph
from kg.publish.incremental.thing_updates import UpdatedThing
from kg.publish.outputs import tables
from kg.publish.outputs.document_graph import moved_lines
from kg.publish.outputs.dumps.dump_update import DumpChange, update_dumps
from kg.settings import Settings
from kg.store.generation.generation import GenerationFolder
from kg.store.generation.read_only_database import connect
from kg.store.generation.segments.reader import SegmentReader
from kg.store.generation.things import ThingTimes
from kg.store.search.indexing.rebuilder import rebuild_index
from kg.store.search.indexing.updater import IndexUpdater
from kg.store.triples.patch_file import read_patch
from kg.store.triples.store_update import StoreUpdate

STALE_SECONDS = 86_400
"""Age of tables, in seconds, from which they are written anew behind a build."""

_PER_STATEMENT = 500
"""References in one SQL statement."""


def write_store(
    live: GenerationFolder, folder: GenerationFolder, base: str, references: list[str], named: Mapping[str, list[Quad]]
) -> dict[str, int]:
    """Write the store of a generation, by its patch.

    Args:
        live: the generation before, whose files are shared.
        folder: the generation, with catalogue and patch.
        base: the base IRI.
        references: the things that may have other times.
        named: name → content of each named graph that is written anew.

    Returns:
        Name of a named graph → number of statements that it has, or has more than before where it was moved.
    """
    graph = documents_graph(base)
    before, after = (_times(path, references) for path in (live.catalogue, folder.catalogue))
    store = StoreUpdate(live.store, folder.store)
    try:
        store.apply(read_patch(folder.patch))
        store.move_lines(graph, moved_lines(base, before, after))
        for name, quads in named.items():
            store.set_graph(name, quads)
        store.flush()
    finally:
        store.close()
    return {**{name: len(quads) for name, quads in named.items()}, graph: 2 * (len(after) - len(before))}


def _times(catalogue: Path, references: list[str]) -> list[ThingTimes]:
    """Times of those of some things that have a page, by reference."""
    found: list[ThingTimes] = []
    with closing(connect(catalogue)) as db:
        for start in range(0, len(references), _PER_STATEMENT):
            some = references[start : start + _PER_STATEMENT]
            marks = ",".join("?" * len(some))
            rows = db.execute(
                "SELECT ref, created, modified FROM things"  # noqa: S608  # marks
                f" WHERE digest IS NOT NULL AND deleted IS NULL AND ref IN ({marks})",
                some,
            )
            found += (ThingTimes(*row) for row in rows)
    return sorted(found)


def write_index(
    live: GenerationFolder, folder: GenerationFolder, changed: Iterable[UpdatedThing], origins: Mapping[str, str]
) -> None:
    """Write the search index of a generation: an update of that before, or all anew where an update can't.

    Args:
        live: the generation before.
        folder: the generation, with catalogue and records.
        changed: the things whose records are others, or at another place.
        origins: name of a source file → identity of its source.
    """
    things = list(changed)
    with SegmentReader(live.records) as old, SegmentReader(folder.records) as new:
        index = IndexUpdater(live.search, folder.search, new.record)
        for each in things:
            if each.before:
                index.remove(old.record(each.before.address, each.before.length), each.before.address)
        coming = [(each.after, each.json) for each in things if each.after]
        for place, json in sorted(coming, key=lambda each: each[0].address):
            index.add(json, place.address, origins.get(place.source, place.source))
        if index.finish():
            updated = folder.search.with_name(".search-updated")
            folder.search.rename(updated)
            with closing(connect(folder.catalogue)) as db:
                places = db.execute("SELECT offset, length FROM things WHERE digest IS NOT NULL ORDER BY offset")
                rebuild_index(updated, folder.search, places, new.record)
            shutil.rmtree(updated)


def write_dumps(live: GenerationFolder, folder: GenerationFolder, base: str, number: int, things: int) -> None:
    """Write the dumps of a generation, by its patch.

    Args:
        live: the generation before.
        folder: the generation, with its patch.
        base: the base IRI.
        number: its number.
        things: number of its things that have triples.
    """
    change = DumpChange(base, ontology.load(base).prefixes, number, things)
    update_dumps(live.dumps, folder.dumps, read_patch(folder.patch), change)


def write_tables(settings: Settings, live: GenerationFolder, folder: GenerationFolder, now: str | None) -> bool:
    """Write the tables of a generation, or share those before, which say what time they show.

    Args:
        settings: the settings.
        live: the generation before.
        folder: the generation, with catalogue, records and name index.
        now: the time of the build, for tables that are written anew, at the cost of a pass over all records; else None.

    Returns:
        Whether they are so old that they should be written anew.
    """
    if now is not None:
        tables.write(settings, folder, now)
        return False
    shutil.copytree(live.tables, folder.tables, copy_function=os.link)
    return time.time() - (folder.tables / tables.SUMS).stat().st_mtime > STALE_SECONDS


def followers(catalogues: Iterable[Path], references: Iterable[str]) -> set[str]:
    """Return the withdrawn references whose successors are among some things, by several catalogues."""
    things = list(references)
    found: set[str] = set()
    for path in catalogues:
        with closing(connect(path)) as db:
            for reference in things:
                rows = db.execute("SELECT ref FROM successions WHERE target = ?", (reference,))
                found.update(ref for (ref,) in rows)
    return found


def counts_of(folder: GenerationFolder) -> tuple[dict[str, int], dict[str, int]]:
    """Return what a catalogue counts: kind → records, source file → records."""
    with closing(connect(folder.catalogue)) as db:
        kinds = dict(db.execute("SELECT kind, SUM(n) AS things FROM stretches GROUP BY kind HAVING things > 0"))
        sources = dict(db.execute("SELECT source, n FROM sources ORDER BY source"))
    return kinds, sources
