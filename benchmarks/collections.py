"""The collections that are measured, made and built where they are not there, and used again the next time."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks import synthetic
from benchmarks.processes import KG, Job, run


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        work: where collections are.
        sizes: numbers of records, smallest first.
        seconds: how long each load of a server lasts.
    """

    work: Path
    sizes: tuple[int, ...]
    seconds: float


def collection(work: Path, size: int) -> Path:
    """The folder of a synthetic collection, made where it is not there."""
    path = work / f"{size}-{synthetic.SEED}"
    if not (path / "kg.toml").is_file():
        shutil.rmtree(path, ignore_errors=True)
        synthetic.write(path, size)
    return path


def kg_build(path: Path, *, dumps: bool = False, tables: bool = False) -> Job:
    """Build a collection from nothing."""
    shutil.rmtree(path / "var", ignore_errors=True)
    wanted = {"KG_DUMPS": str(dumps).lower(), "KG_TABLES": str(tables).lower()}
    return Job([KG, "--config", str(path / "kg.toml"), "build", "--json"], wanted)


def published(work: Path, size: int) -> Path:
    """The folder of a collection that has a live generation."""
    path = collection(work, size)
    if not (path / "var/current/manifest.json").is_file():
        run(kg_build(path))
    return path
