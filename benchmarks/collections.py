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


def kg_build(path: Path, *, dumps: bool, search: bool) -> Job:
    """Build a collection from nothing, with dumps and a search index or without."""
    shutil.rmtree(path / "var", ignore_errors=True)
    return Job(
        [KG, "--config", str(path / "kg.toml"), "build", "--json"],
        {"KG_DUMPS": str(dumps).lower(), "KG_SEARCH": str(search).lower()},
    )


def published(work: Path, size: int) -> Path:
    """The folder of a collection that has a live generation with a search index."""
    path = collection(work, size)
    if not (path / "var/current/search/info.json").is_file():
        run(kg_build(path, dumps=False, search=True))
    return path
