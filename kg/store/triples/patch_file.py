"""Patch file of a generation: an RDF Patch, gzip, with the lines that each changed thing lost and gained.

The form is that of RDF Patch 1 (afs.github.io/rdf-delta): headers `H`, then in one transaction `D` and `A` before lines
of N-Triples. Things stand in the order of the SHA-256 of their references, as in the dumps, a thing's losses before its
gains. A withdrawn thing has no line but a header `withdrawn` with its IRI: its subject and its parts are to be dropped.
"""

import gzip
import re
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.errors import GenerationError
from kg.store.dumps.buckets import thing_of
from kg.store.dumps.record_sort import RecordSort
from kg.store.triples.patch import ThingPatch

WITHDRAWN = "withdrawn"
"""Name of the header that tells a withdrawn thing."""

_BASE = "base"
_BEGIN, _END = b"TX .\n", b"TC .\n"
_REMOVED, _ADDED = b"D ", b"A "
_LEVEL = 4
_HEADER = re.compile(rb'H (\S+) (?:<([^>]*)>|"([^"]*)") \.\n')


@dataclass(frozen=True, slots=True)
class PatchCounts:
    """Counts of a patch: changed things, lines that they lost and lines that they gained."""

    things: int = 0
    removed: int = 0
    added: int = 0


class PatchWriter:
    """Writer of a patch file, in bounded memory at any number of changes."""

    def __init__(self, path: Path, base: str, headers: Mapping[str, str] | None = None) -> None:
        """Begin a patch.

        Args:
            path: the file to be written.
            base: the base IRI of its things.
            headers: name → text of further headers: generation, say.
        """
        self._path = path
        self._base = base
        self._headers = dict(headers or {})
        self._sort = RecordSort(path.with_name(f".{path.name}.sort"))
        self._removed = self._added = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def add(self, patch: ThingPatch | None) -> None:
        """Add the patch of a thing; each thing comes once, and None changes nothing."""
        if patch is None:
            return
        self._removed += len(patch.removed)
        self._added += len(patch.added)
        self._sort.add(patch.reference, _written(patch))

    def finish(self) -> PatchCounts:
        """Write the file, and return its counts."""
        headers = _headers_written(self._base, self._headers, ())
        _write(self._path, headers, (record.payload for record in self._sort.sorted()))
        return PatchCounts(self._sort.count, self._removed, self._added)

    def close(self) -> None:
        """Delete what is temporary."""
        self._sort.close()


def read_patch(path: Path) -> Generator[ThingPatch]:
    """Yield the patches of the things in a file, in its order. Raises GenerationError where it is damaged."""
    try:
        with gzip.open(path, "rb") as file:
            yield from _things(file, str(path))
    except (OSError, EOFError, ValueError, zlib.error) as fault:
        raise _damaged(path, str(fault)) from None


def headers(path: Path) -> list[tuple[str, str]]:
    """Names and values of the headers of a patch file, in order. Raises GenerationError where it is damaged."""
    try:
        with gzip.open(path, "rb") as file:
            return list(_headers(file))
    except (OSError, EOFError, ValueError, zlib.error) as fault:
        raise _damaged(path, str(fault)) from None


def without(source: Path, target: Path, withdrawn: Iterable[str]) -> None:
    """Copy a patch file without the lines of withdrawn things, each of which gets a header instead.

    Args:
        source: the patch file.
        target: the file to be written, another one.
        withdrawn: references of the withdrawn things; those that the patch says nothing of are told, too.

    Raises:
        GenerationError: the source is damaged.
    """
    before = headers(source)
    base = _base_of(before, source)
    gone = {value.removeprefix(base) for name, value in before if name == WITHDRAWN} | set(withdrawn)
    others = {name: value for name, value in before if name not in {WITHDRAWN, _BASE}}
    with closing(read_patch(source)) as patches:
        things = (_written(patch) for patch in patches if patch.reference not in gone)
        _write(target, _headers_written(base, others, sorted(gone)), things)


def _written(patch: ThingPatch) -> bytes:
    lines = [*(_REMOVED + line for line in patch.removed), *(_ADDED + line for line in patch.added)]
    return b"\n".join([*lines, b""])


def _headers_written(base: str, texts: Mapping[str, str], withdrawn: Iterable[str]) -> list[bytes]:
    return [
        f"H {_BASE} <{base}> .\n".encode(),
        *(f'H {name} "{text}" .\n'.encode() for name, text in texts.items()),
        *(f"H {WITHDRAWN} <{base}{reference}> .\n".encode() for reference in withdrawn),
    ]


def _write(path: Path, head: list[bytes], things: Iterable[bytes]) -> None:
    # Without name and time, so that the same changes give the same file.
    with path.open("wb") as file, gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
        packed.write(b"".join(head) + _BEGIN)
        for thing in things:
            packed.write(thing)
        packed.write(_END)


def _headers(file: gzip.GzipFile) -> Iterator[tuple[str, str]]:
    """Yield the headers, up to the beginning of the transaction."""
    for line in file:
        if line == _BEGIN:
            return
        match = _HEADER.fullmatch(line)
        if not match:
            raise ValueError(f"no header of an RDF Patch: {line[:100]!r}")
        yield match[1].decode(), (match[2] if match[2] is not None else match[3]).decode()
    raise ValueError("it ends in its headers")


def _things(file: gzip.GzipFile, name: str) -> Iterator[ThingPatch]:
    base = _base_of(list(_headers(file)), Path(name)).encode()
    thing = b""
    removed: list[bytes] = []
    added: list[bytes] = []
    for line in file:
        if line == _END:
            if thing:
                yield ThingPatch(thing.decode(), tuple(removed), tuple(added))
            return
        text = line[len(_REMOVED) : -1]
        here = thing_of(text, base)
        if here != thing:
            if thing:
                yield ThingPatch(thing.decode(), tuple(removed), tuple(added))
            thing, removed, added = here, [], []
        if line.startswith(_REMOVED):
            removed.append(text)
        elif line.startswith(_ADDED):
            added.append(text)
        else:
            raise ValueError(f"no line of an RDF Patch: {line[:100]!r}")
    raise ValueError("it ends in the middle")


def _base_of(named: list[tuple[str, str]], path: Path) -> str:
    base = dict(named).get(_BASE)
    if base is None:
        raise _damaged(path, "it names no base")
    return base


def _damaged(path: Path, fault: str) -> GenerationError:
    what = f"the patch of the generation can't be read: {fault}"
    return GenerationError(what, where=str(path), todo="Run `kg build --full`.")
