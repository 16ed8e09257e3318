"""Scope of a build: whether it makes everything anew, and why."""

from kg.errors import KgError
from kg.mapping import mapper
from kg.store.generation.generation import FOLDER_FORMAT
from kg.store.generation.generations import Generations


def why_full(generations: Generations) -> str:
    """Return the reason for which a build upon the live generation makes everything anew."""
    number = generations.live()
    if number is None:
        return "nothing is published yet"
    try:
        manifest = generations.generation_folder(number).read_manifest()
    except KgError as fault:
        return f"the live generation can't be read: {fault.what}"
    if manifest.format != FOLDER_FORMAT:
        return (
            f"the live generation has format {manifest.format}, that of an earlier kg; this one writes {FOLDER_FORMAT}"
        )
    if not mapper.is_current(manifest.mapping):
        return "the mapping from records to triples is another one than that of the live generation"
    return "each build makes everything anew"
