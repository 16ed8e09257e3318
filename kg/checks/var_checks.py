"""Checks of `kg doctor` on `var`: its places, the change log, the generations, every byte of the live one."""

from pathlib import Path

from kg.checks.check_result import CheckResult
from kg.errors import KgError
from kg.settings import Settings
from kg.store.generation import inventory, places
from kg.store.generation.generation import GenerationFolder
from kg.store.generation.generations import Generations
from kg.store.generation.log_upkeep import LEDGER
from kg.store.log.log_state import log_fault
from kg.store.log.schema import LOG

_MEGABYTE = 1 << 20


def state(settings: Settings) -> CheckResult:
    """Check what a build needs beside the live generation: the places, the change log, older generations."""
    generations = Generations.of_settings(settings)
    try:
        places.check(generations.var)
    except KgError as fault:
        return _poor(fault)
    log = generations.var / LOG
    if (
        not log.exists() and (generations.var / LEDGER).exists()
    ):  # of an earlier version, which the next build takes over
        log = generations.var / LEDGER
    if log.exists() and (damage := log_fault(log)):
        return _poor(damage)
    if damaged := [fault for fault in map(_damage, _older(generations)) if fault]:
        first = damaged[0]
        todo = f"If it is of no use, run `rm -r {first.where}`."
        return CheckResult("state", "poor", f"{first.where}: {first.what}", todo)
    if generations.numbers() and not log.exists():
        todo = "Put its copy from a backup in its place; else `kg build` makes it anew from a generation."
        return CheckResult("state", "poor", f"{log} is missing", todo)
    return CheckResult("state", "good", "the change log is whole, and so is each older generation")


def digests(settings: Settings) -> CheckResult:
    """Compare every byte of the live generation with the digests in its manifest."""
    live = Generations.of_settings(settings).open_live()
    live.close()
    files = live.manifest.files
    if not files:
        todo = "Run `kg build`; its generation will have them."
        return CheckResult("digests", "poor", f"generation {live.number} is of a version of kg without digests", todo)
    if different := list(inventory.differing_digests(live.folder.path, files)):
        what = f"{live.folder.path}: not as it was built: {', '.join(different[:5])}"
        return CheckResult("digests", "bad", what, "Run `kg build`, and look after the disk.")
    size = sum(size for size, _ in files.values())
    return CheckResult("digests", "good", f"{len(files)} files, {size // _MEGABYTE:,} MB, are as they were built")


def _poor(fault: KgError) -> CheckResult:
    return CheckResult("state", "poor", f"{fault.where}: {fault.what}", fault.todo or "")


def _older(generations: Generations) -> list[Path]:
    """Paths in the folder of generations but the live one's, which has a check of its own."""
    if not generations.folder.is_dir():
        return []
    live = f"{generations.live() or 0:04}"
    return sorted(path for path in generations.folder.iterdir() if path.name[0] != "." and path.name != live)


def _damage(path: Path) -> KgError | None:
    try:
        GenerationFolder(path).check_whole()
    except KgError as fault:
        return fault
    return None
