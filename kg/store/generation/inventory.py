"""Inventory of a generation: size and digest of every file, by which damage is seen before it is served (D-97)."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kg.errors import GenerationError
from kg.store import file_sizes

Inventory = Mapping[str, tuple[int, str]]
"""Path of a file in its folder → its size in bytes, and its SHA-256 in hexadecimal."""

_PASSING = ("LOCK", "LOG", "LOG.old")
"""Files of the store's engine, by the start of their names, that hold nothing and may change."""

_READERS = 4
"""Threads that read files; the digest itself runs without the interpreter's lock."""


def take(folder: Path, shared: tuple[Path, Inventory] | None = None) -> dict[str, tuple[int, str]]:
    """Return the inventory of a folder, by path.

    Args:
        folder: the folder.
        shared: another folder and its inventory; files that are the same by hard links are not read again.
    """
    paths = sorted(_files(folder))

    def digest(path: Path) -> str:
        other, known = shared or (folder, {})
        name = str(path.relative_to(folder))
        if name in known and path.samefile(other / name):
            return known[name][1]
        return _digest(path)

    with ThreadPoolExecutor(min(_READERS, os.cpu_count() or 1)) as readers:
        digests = list(readers.map(digest, paths))
    return {
        str(path.relative_to(folder)): (path.stat().st_size, digest)
        for path, digest in zip(paths, digests, strict=True)
    }


def check_sizes(folder: Path, files: Inventory) -> None:
    """Compare the sizes of a folder's files with its inventory. Raises GenerationError for one that differs."""
    file_sizes.check(folder, sizes_below(files))


def check_logs(folder: Path, files: Inventory) -> None:
    """Compare the digests of write-ahead logs: of a log that is torn, SQLite reads the part that is whole, in silence.

    A log is at most a share of its database, so this is bounded. Raises GenerationError for one that differs.
    """
    for name in files:
        if name.endswith("-wal") and _digest(folder / name) != files[name][1]:
            what = f"the generation is damaged: {name} holds something else than was published"
            raise GenerationError(what, where=str(folder), todo=file_sizes.TODO)


def sizes_below(files: Inventory, place: str = "") -> dict[str, int]:
    """Path → size of the files whose paths begin so."""
    return {name: size for name, (size, _) in files.items() if name.startswith(place)}


def differing_digests(folder: Path, files: Inventory) -> Iterator[str]:
    """Yield the files whose content differs from the inventory; reads every byte."""
    names = list(files)
    with ThreadPoolExecutor(min(_READERS, os.cpu_count() or 1)) as readers:
        digests = readers.map(_digest, [folder / name for name in names])
        for name, digest in zip(names, digests, strict=True):
            if digest != files[name][1]:
                yield name


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not (path.parent.name == "store" and path.name.startswith(_PASSING)):
            yield path


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty where it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
