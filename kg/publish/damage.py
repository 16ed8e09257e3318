"""Damage in `var` that a build mends and tells, and the choice of a whole generation for a rollback."""

from collections.abc import Callable
from contextlib import suppress

from kg.errors import KgError, PublishError
from kg.records.problems import SourceProblem
from kg.settings import Settings
from kg.store.generation.generation import FOLDER_FORMAT, Generation, GenerationFolder, Manifest
from kg.store.generation.generations import Generations


def damage_notes(generations: Generations) -> list[SourceProblem]:
    """Return a note on each damage in `var` that a build mends, and on a live generation of an earlier format."""
    notes = [
        SourceProblem(fault.where or "", "", "", "", "what the last build left; a build mends it", fault.what)
        for fault in generations.faults()
    ]
    number = generations.live()
    with suppress(KgError):  # told above
        found = FOLDER_FORMAT if number is None else generations.generation_folder(number).read_manifest().format
        if found != FOLDER_FORMAT:
            what = f"the live generation is of an earlier version of kg, in format {found}; everything is built anew"
            where = str(generations.current)
            notes.append(SourceProblem(where, "", "", "", f"a generation in format {FOLDER_FORMAT}", what))
    return notes


def rollback_source(
    settings: Settings, generations: Generations, number: int | None, on_damage: Callable[[KgError], None]
) -> tuple[GenerationFolder, Manifest]:
    """Return folder and manifest of the generation to publish anew.

    Args:
        settings: the collection.
        generations: its generations.
        number: which one; if None, the newest whole one before the live one, or of all where that is gone.
        on_damage: called with the damage of each that is passed over.

    Raises:
        GenerationError, PublishError: there is none, or it is damaged.
    """
    if number is not None:
        return _whole(settings, generations, number)
    live, numbers = generations.live(), generations.numbers()
    earlier = [each for each in numbers if live is None or live not in numbers or each < live]
    if not earlier:
        raise PublishError("there is no earlier generation", where=str(generations.folder), todo="Run `kg build`.")
    first: KgError | None = None
    for candidate in reversed(earlier):
        try:
            return _whole(settings, generations, candidate)
        except KgError as fault:
            first = first or fault
            on_damage(fault)
    assert first is not None  # noqa: S101  # there was a candidate
    raise first


def _whole(settings: Settings, generations: Generations, number: int) -> tuple[GenerationFolder, Manifest]:
    """Folder and manifest of a generation that can be opened. Raises GenerationError, PublishError."""
    folder = generations.generation_folder(number)
    manifest = folder.check_whole()
    if manifest.base != settings.base:
        what = f"it was built for the base {manifest.base}, and the settings say {settings.base}"
        raise PublishError(what, where=str(folder.path), todo="Set the base back, or run `kg build`.")
    Generation(folder, settings).close()
    return folder, manifest
