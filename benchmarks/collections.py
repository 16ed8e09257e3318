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


def kg_build(path: Path, *, dumps: bool = False, search: bool = False, tables: bool = False) -> Job:
    """Build a collection from nothing, with what may be made beside or without."""
    shutil.rmtree(path / "var", ignore_errors=True)
    wanted = {"KG_DUMPS": dumps, "KG_SEARCH": search, "KG_TABLES": tables}
    environment = {name: str(value).lower() for name, value in wanted.items()}
    return Job([KG, "--config", str(path / "kg.toml"), "build", "--json"], environment)


def published(work: Path, size: int) -> Path:
    """The folder of a collection that has a live generation with a search index."""
    path = collection(work, size)
    if not (path / "var/current/search/info.json").is_file():
        run(kg_build(path, search=True))
    return path
