"""Scope of a build: whether it can be made upon the live generation, and if not, why."""

from contextlib import suppress
from dataclasses import dataclass

from kg.errors import KgError
from kg.mapping import mapper
from kg.publish.outputs import tables
from kg.publish.state.recipe import recipe
from kg.publish.state.source_state import SourceState, open_state
from kg.settings import Settings
from kg.store.dumps import bucket_table
from kg.store.generation.generation import FOLDER_FORMAT, GenerationFolder, Manifest
from kg.store.generation.generations import Generations


class FullBuildNeeded(Exception):  # no error
    """Reason for which everything has to be built anew, found in the middle of an incremental build."""


@dataclass(frozen=True, slots=True)
class LiveGeneration:
    """Live generation, upon which the next one is made: its folder, its manifest, what it was made of."""

    folder: GenerationFolder
    manifest: Manifest
    state: SourceState


def live_generation(settings: Settings, generations: Generations) -> LiveGeneration | str:
    """Return the live generation, to build upon it; or the reason for which everything is made anew."""
    number = generations.live()
    if number is None:
        return "nothing is published yet"
    try:
        folder = generations.generation_folder(number)
        manifest = folder.check_whole()
    except KgError as fault:
        return f"the live generation can't be read: {fault.what}"
    if why := _fault(settings, folder, manifest):
        return why
    state = open_state(generations.var, number, folder.path)
    if state is None:
        return "what the live generation was made of is not known"
    if state.recipe != recipe(settings):
        with suppress(KgError):
            state.close()
        return "kg.toml, or kg itself, is another than for the live generation"
    return LiveGeneration(folder, manifest, state)


def _fault(settings: Settings, folder: GenerationFolder, manifest: Manifest) -> str:
    """Return why no build can be made upon a generation; empty where one can."""
    if manifest.format != FOLDER_FORMAT:
        return (
            f"the live generation has format {manifest.format}, that of an earlier kg; this one writes {FOLDER_FORMAT}"
        )
    if not mapper.is_current(manifest.mapping):
        return "the mapping from records to triples is another one than that of the live generation"
    lacks = (
        ("the triples lie at a remote store", settings.store or manifest.graph),
        ("the base is another than that of the live generation", manifest.base != settings.base),
        ("the live generation has no search index", settings.search and not folder.search.is_dir()),
        ("the live generation has no tables", settings.tables and not (folder.tables / tables.SUMS).is_file()),
        ("the live generation has no dumps", settings.dumps and bucket_table.newest(folder.dumps) is None),
    )
    return next((why for why, is_so in lacks if is_so), "")
