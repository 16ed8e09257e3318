"""Folder of the dumps of a generation, open for reading: its files, their sizes, tags and digests.

A folder of kg before 0.3 has its files as they are sent; a newer one has packs, and a table by which files are made of
them (see `kg.store.dumps.bucket_table`). Digests of the whole are in the table after a full build; else they are made
late, once, and lie beside it.
"""

import hashlib
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from kg.errors import GenerationError
from kg.store.dumps import bucket_table
from kg.store.dumps.bucket_table import NAME, BucketTable
from kg.store.dumps.dump_file import DumpFile, OpenPack

SUMS = "SHA256SUMS"
"""Name of the file of digests, in the form that `sha256sum --check` reads."""

NTRIPLES = NAME + ".nt.gz"
"""Name of the whole graph as N-Triples."""

ENDINGS = (".nt.gz", ".ttl.gz")
"""Endings of the formats, in the order of the page."""

_READ_BYTES = 1 << 20
_DIGEST_LENGTH = 64


class DumpFolder:
    """Open folder of dumps; close it when its last reader has left.

    Attributes:
        files: name → file, in the order of the formats.
        table: the table of its buckets; None in a folder of files as they are sent.
    """

    def __init__(
        self, opened: ExitStack, table: BucketTable | None, files: Mapping[str, DumpFile], sums: Mapping[str, str]
    ) -> None:
        self._opened = opened
        self._known = dict(sums)
        self._making = threading.Lock()
        self.table = table
        self.files = dict(files)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a folder. Raises GenerationError where a part of it is torn or gone."""
        opened = ExitStack()
        try:
            newest = bucket_table.newest(path)
            return cls._of_plain_files(path, opened) if newest is None else cls._of_table(path, newest[1], opened)
        except BaseException:
            opened.close()
            raise

    @classmethod
    def _of_table(cls, path: Path, table_file: Path, opened: ExitStack) -> Self:
        table = bucket_table.read_table(table_file)
        files, sums = {}, {}
        for ending, columns in table.formats.items():
            packs = {}
            for number, sizes in table.packs.items():
                if ending in sizes:
                    packs[number] = OpenPack(bucket_table.pack_path(path, number, ending), sizes[ending])
                    opened.callback(packs[number].close)
            name = NAME + ending
            runs = [(packs[number], at, length) for number, at, length in columns.runs()]
            files[name] = DumpFile(name, columns.entity_tag(), runs)
            if ending in table.sha256:
                sums[name] = table.sha256[ending]
        if late := read_sums(sums_path(table_file)):
            if late.keys() != files.keys():
                raise _damaged_sums(sums_path(table_file), "a file is missing")
            sums = late
        return cls(opened, table, files, sums)

    @classmethod
    def _of_plain_files(cls, path: Path, opened: ExitStack) -> Self:
        sums = read_sums(path / SUMS)
        files = {}
        for ending in ENDINGS:
            if (path / (NAME + ending)).is_file():
                pack = OpenPack(path / (NAME + ending))
                opened.callback(pack.close)
                files[NAME + ending] = DumpFile(NAME + ending, sums.get(NAME + ending, ""), [(pack, 0, pack.size)])
        return cls(opened, None, files, sums)

    def check(self) -> None:
        """Compare the sizes of all packs. Raises GenerationError for one that is cut, grown or gone."""
        for file in self.files.values():
            file.check()

    def sums(self) -> dict[str, str]:
        """Name of a file → its SHA-256 in hexadecimal; read over all bytes where it is not known yet.

        Raises:
            GenerationError: a pack is cut.
        """
        with self._making:
            for name, file in self.files.items():
                if name not in self._known:
                    self._known[name] = sha256_of(file)
            return {name: self._known[name] for name in self.files}

    def close(self) -> None:
        """Close its packs."""
        self._opened.close()


def has_dumps(path: Path) -> bool:
    """Whether a folder has dumps."""
    return bucket_table.newest(path) is not None or any((path / (NAME + ending)).is_file() for ending in ENDINGS)


def sha256_of(file: DumpFile) -> str:
    """SHA-256 of a file in hexadecimal, read over all its bytes. Raises GenerationError where a pack is cut."""
    digest, at = hashlib.sha256(usedforsecurity=False), 0
    while content := file.read_at(at, _READ_BYTES):
        digest.update(content)
        at += len(content)
    return digest.hexdigest()


def sums_path(table: Path) -> Path:
    """Path of the late digests beside a table."""
    return table.with_suffix(".sha256")


def sums_text(sums: Mapping[str, str]) -> str:
    """Digests in the form that `sha256sum --check` reads."""
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items())


def read_sums(path: Path) -> dict[str, str]:
    """Digests of a file, by name; empty where there is none. Raises GenerationError for a damaged one."""
    try:
        text = path.read_text(encoding="ascii")
        sums = {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as fault:
        raise _damaged_sums(path, str(fault)) from None
    if any(len(digest) != _DIGEST_LENGTH for digest in sums.values()):
        raise _damaged_sums(path, "a digest is cut")
    return sums


def _damaged_sums(path: Path, fault: str) -> GenerationError:
    what = f"the generation is damaged: the digests of its files can't be read: {fault}"
    return GenerationError(what, where=str(path), todo="Run `kg build`.")
