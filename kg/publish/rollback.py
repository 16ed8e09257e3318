"""Rollback: an earlier generation is published again, under a new number."""

import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from kg.document_times import documents_graph
from kg.errors import KgError
from kg.publish import disk_faults
from kg.publish.damage import rollback_source
from kg.publish.outputs.dataset_description import named_graphs
from kg.publish.outputs.document_graph import graph_lines, moved_lines
from kg.publish.report.report import DOCUMENT, PAGE, PROBLEMS
from kg.publish.report.translations import FILE as TRANSLATIONS
from kg.settings import Settings
from kg.store.dumps import bucket_table
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.catalogue_builder import copy_with_new_times
from kg.store.generation.generation import GenerationFolder, Manifest, copy_unchanged
from kg.store.generation.generations import Generations
from kg.store.log.comparison import ComparedGeneration, compare, complete
from kg.store.remote.load import RemoteRollback, drop_expired_graphs
from kg.store.triples.embedded import has_graph, move_lines


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
                named = named_graphs(settings, manifest.triples, now)
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
