"""From the sources of kg.toml to files, and from files to pieces of work."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SettingsError, SourceError
from kg.records.problems import SourceProblem
from kg.records.readers import READERS, sniff
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile, isolate_failures
from kg.records.readers.json.json_records import nonblank_lines
from kg.settings import FILE_NAME, Settings, SourceSettings

HEAD = 8192
"""How much of a file is looked into to find its format, in bytes."""

LINES = 300
"""How many lines of JSON Lines make a piece of work; the parser of a batch is fastest at a few hundred."""

BATCH_BYTES = 4 << 20
"""A piece of work is cut here too, so that memory does not follow the length of lines."""

WHOLE_FILE = 8 << 20
"""A file of another format up to this size is a piece of work; a larger one is read here and cut into records."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read: where it is, in what format, whether records may be united, and its size in bytes."""

    file: SourceFile
    format: str
    merge: bool
    size: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Work for one go: a whole file, or some of its lines, or some records found in it.

    Attributes:
        input: the file.
        lines: (line number, bytes), or None.
        found: records, or None; where both are None, the whole file is meant.
        size: its share of the file in bytes, for the display of progress.
    """

    input: Input
    lines: tuple[tuple[int, bytes], ...] | None = None
    found: tuple[RawRecord | ReadFailure | SourceProblem, ...] | None = None
    size: int = 0


def inputs(settings: Settings) -> tuple[list[Input], list[SourceProblem]]:
    """Every file of every source, and a note on each that is left aside.

    Raises:
        SourceError: where a source is missing or can't be read.
    """
    found: list[Input] = []
    notes: list[SourceProblem] = []
    if not settings.sources:
        todo = 'Add [[sources]] with path = "data/*.jsonl", say.'
        if settings.file is None:
            what = f"there is no {FILE_NAME} here or above"
            raise SettingsError(what, where=str(settings.folder), todo=f"Write one; {todo[0].lower()}{todo[1:]}")
        raise SettingsError("there are no sources", where=str(settings.file), todo=todo)
    there: set[tuple[Path, str]] = set()
    for source in settings.sources:
        for path in _files(source, settings):
            file = SourceFile(
                path, _name(path, settings.folder), source.prefix, source.prefix or source.path, settings.base
            )
            mark = path.resolve(), source.prefix
            if mark in there:
                message = "the file lies in two sources; it is read once, as the first of them says"
                notes.append(file.problem("", "", "", "sources in kg.toml that have no file in common", message))
                continue
            there.add(mark)
            try:
                with path.open("rb") as opened:
                    head = opened.read(HEAD)
                size = path.stat().st_size
            except OSError as fault:
                raise SourceError(f"can't be read: {fault.strerror}", where=file.name) from None
            format_ = source.format or sniff(head, path.name)
            if format_ is None:
                expected = f"one of {', '.join(READERS)}"
                notes.append(file.problem("", "", "", expected, f"{_unknown(head)}; the file was left aside"))
            else:
                found.append(Input(file, format_, source.merge, size))
    return found, notes


def _unknown(head: bytes) -> str:
    """Why the format of a file is not known, by its first bytes."""
    if not head.strip():
        return "there is nothing in it"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "the text is in UTF-16, and UTF-8 is read"
    return "the format is not known"


def _files(source: SourceSettings, settings: Settings) -> list[Path]:
    path = settings.folder / source.path
    if path.is_file():
        return [path]
    if path.is_dir():
        files = sorted(_below(path, ours={settings.var_folder.resolve(), settings.folder.resolve() / FILE_NAME}))
    else:
        pattern = Path(source.path)
        root = Path(pattern.anchor) if pattern.is_absolute() else settings.folder
        relative = str(pattern.relative_to(pattern.anchor))
        try:
            files = sorted(each for each in root.glob(relative) if each.is_file())
        except (ValueError, NotImplementedError) as fault:
            raise SourceError(f"is no pattern of files: {fault}", where=source.path) from None
    if not files:
        todo = "Check `path` in kg.toml; it is relative to that file."
        raise SourceError("there is no such file or folder", where=source.path, todo=todo)
    return files


def _below(folder: Path, ours: set[Path]) -> Iterator[Path]:
    """The files of a folder and of those in it, hidden ones and our own left out."""

    def refuse(fault: OSError) -> None:  # to leave a folder out in silence would take its records off the web
        raise SourceError(f"can't be read: {fault.strerror}", where=fault.filename) from None

    for at, folders, files in os.walk(folder, onerror=refuse):
        here = Path(at)
        folders[:] = [name for name in folders if name[0] != "." and (here / name).resolve() not in ours]
        for name in files:
            path = here / name
            if name[0] != "." and path.resolve() not in ours and path.is_file():
                yield path


def _name(path: Path, folder: Path) -> str:
    """How reports call a file: from kg.toml's folder on, if it lies there."""
    try:
        return str(path.relative_to(folder))
    except ValueError:
        return str(path)


def pieces(files: Iterable[Input]) -> Iterator[Piece]:
    """Cut files into pieces of work, in order. Raises SourceError where a file can't be read to its end."""
    for each in files:
        try:
            if each.format == "jsonl":
                yield from _of_lines(each)
            elif each.size <= WHOLE_FILE:
                yield Piece(each, size=each.size)
            else:
                yield from _of_records(each)
        except OSError as fault:
            raise SourceError(f"can't be read: {fault.strerror}", where=each.file.name) from None


def _of_lines(each: Input) -> Iterator[Piece]:
    some: list[tuple[int, bytes]] = []
    size = 0
    for item in nonblank_lines(each.file):
        if not isinstance(item, tuple):
            yield Piece(each, found=(item,))
            continue
        some.append(item)
        size += len(item[1])
        if len(some) >= LINES or size >= BATCH_BYTES:
            yield Piece(each, lines=tuple(some), size=size)
            some, size = [], 0
    if some:
        yield Piece(each, lines=tuple(some), size=size)


def _of_records(each: Input) -> Iterator[Piece]:
    some: list[RawRecord | ReadFailure | SourceProblem] = []
    for item in isolate_failures(each.file, READERS[each.format](each.file)):
        some.append(item)
        if len(some) >= LINES:
            yield Piece(each, found=tuple(some))
            some = []
    yield Piece(each, found=tuple(some), size=each.size)
