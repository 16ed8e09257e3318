"""The collections that are measured, made and built where they are not there, and used again the next time."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from benchmarks import synthetic
from benchmarks.checkout import ROOT, Checkout
from benchmarks.processes import KG, Job, run

_CODE = tuple(ROOT / name for name in ("kg", "ontology", "queries"))
"""What a generation is made by: one that is older is built anew."""


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


def kg_build(path: Path, *, dumps: bool = False, search: bool = False, tables: bool = False, kg: str = KG) -> Job:
    """Build a collection from nothing, with what may be made beside or without; `kg` is the command that builds."""
    shutil.rmtree(path / "var", ignore_errors=True)
    wanted = {"KG_DUMPS": dumps, "KG_SEARCH": search, "KG_TABLES": tables}
    environment = {name: str(value).lower() for name, value in wanted.items()}
    return Job([kg, "--config", str(path / "kg.toml"), "build", "--json"], environment)


def published(work: Path, size: int) -> Path:
    """The folder of a collection that has a live generation with a search index, built by the code as it stands."""
    path = collection(work, size)
    try:
        built = (path / "var/current/search/info.json").stat().st_mtime
    except OSError:
        built = 0.0
    if built < max(each.stat().st_mtime for folder in _CODE for each in folder.rglob("*.*")):
        run(kg_build(path, search=True))
    return path


def published_by(checkout: Checkout, work: Path, size: int) -> Path:
    """The folder of the same collection with a live generation that the code of another checkout has built."""
    path = work / checkout.name / f"{size}-{synthetic.SEED}"
    if not (path / "kg.toml").is_file():
        shutil.rmtree(path, ignore_errors=True)
        left_out = shutil.ignore_patterns("var", "*.log", "oxigraph")
        shutil.copytree(collection(work, size), path, copy_function=os.link, ignore=left_out)
    if not (path / "var/current/search/info.json").is_file():
        run(kg_build(path, search=True, kg=checkout.kg))
    return path
