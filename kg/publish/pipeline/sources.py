"""Source files of kg.toml, and their division into batches."""

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

SNIFFED_BYTES = 8192
"""Length of a file's head, in bytes, for the detection of its format."""

BATCH_RECORDS = 300
"""Maximum number of records or lines in a batch; mapping is fastest at a few hundred."""

BATCH_BYTES = 4 << 20
"""Maximum size of a batch of lines, so that memory does not follow the length of lines."""

MAX_WHOLE_FILE = 8 << 20
"""Size in bytes up to which a file of another format is a batch; a larger file is read and divided here."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """Input file: location, format, whether its records may be merged, and size in bytes."""

    file: SourceFile
    format: str
    merge: bool
    size: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Batch of records: a whole file, or some of its lines, or some of its records.

    Attributes:
        input: the file.
        lines: (line number, bytes), or None.
        items: records, or None; where both are None, the whole file is meant.
        size: its share of the file in bytes, for the display of progress.
    """

    input: InputFile
    lines: tuple[tuple[int, bytes], ...] | None = None
    items: tuple[RawRecord | ReadFailure | SourceProblem, ...] | None = None
    size: int = 0


def input_files(settings: Settings) -> tuple[list[InputFile], list[SourceProblem]]:
    """Return every file of every source, and a note on each file left out.

    Raises:
        SourceError: where a source is missing or can't be read.
    """
    files: list[InputFile] = []
    notes: list[SourceProblem] = []
    if not settings.sources:
        todo = 'Add [[sources]] with path = "data/*.jsonl", say.'
        if settings.file is None:
            what = f"there is no {FILE_NAME} here or above"
            raise SettingsError(what, where=str(settings.folder), todo=f"Write one; {todo[0].lower()}{todo[1:]}")
        raise SettingsError("there are no sources", where=str(settings.file), todo=todo)
    seen: set[tuple[Path, str]] = set()
    for source in settings.sources:
        for path in _files(source, settings):
            file = SourceFile(
                path, _name(path, settings.folder), source.prefix, source.prefix or source.path, settings.base
            )
            mark = path.resolve(), source.prefix
            if mark in seen:
                message = "the file lies in two sources; it is read once, as the first of them says"
                notes.append(file.problem("", "", "", "sources in kg.toml that have no file in common", message))
                continue
            seen.add(mark)
            try:
                with path.open("rb") as opened:
                    head = opened.read(SNIFFED_BYTES)
                size = path.stat().st_size
            except OSError as fault:
                raise SourceError(f"can't be read: {fault.strerror}", where=file.name) from None
            format_ = source.format or sniff(head, path.name)
            if format_ is None:
                expected = f"one of {', '.join(READERS)}"
                notes.append(file.problem("", "", "", expected, f"{_unknown_format(head)}; the file was left aside"))
            else:
                files.append(InputFile(file, format_, source.merge, size))
    return files, notes


def _unknown_format(head: bytes) -> str:
    """Reason for an unknown format, by a file's first bytes."""
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
        files = sorted(_walk(path, excluded={settings.var_folder.resolve(), settings.folder.resolve() / FILE_NAME}))
    else:
        pattern = Path(source.path)
        root = Path(pattern.anchor) if pattern.is_absolute() else settings.folder
        relative = str(pattern.relative_to(pattern.anchor))
        try:
            files = sorted(candidate for candidate in root.glob(relative) if candidate.is_file())
        except (ValueError, NotImplementedError) as fault:
            raise SourceError(f"is no pattern of files: {fault}", where=source.path) from None
    if not files:
        todo = "Check `path` in kg.toml; it is relative to that file."
        raise SourceError("there is no such file or folder", where=source.path, todo=todo)
    return files


def _walk(folder: Path, excluded: set[Path]) -> Iterator[Path]:
    """Files of a folder and its subfolders, without hidden ones and our own."""

    def refuse(fault: OSError) -> None:  # to leave a folder out in silence would take its records off the web
        raise SourceError(f"can't be read: {fault.strerror}", where=fault.filename) from None

    for root, folders, files in os.walk(folder, onerror=refuse):
        directory = Path(root)
        folders[:] = [name for name in folders if name[0] != "." and (directory / name).resolve() not in excluded]
        for name in files:
            path = directory / name
            if name[0] != "." and path.resolve() not in excluded and path.is_file():
                yield path


def _name(path: Path, folder: Path) -> str:
    """Name of a file in reports: its path from kg.toml's folder, if it lies there."""
    try:
        return str(path.relative_to(folder))
    except ValueError:
        return str(path)


def batches(files: Iterable[InputFile]) -> Iterator[Batch]:
    """Divide files into batches, in order. Raises SourceError for a file that can't be read to its end."""
    for file in files:
        try:
            if file.format == "jsonl":
                yield from _line_batches(file)
            elif file.size <= MAX_WHOLE_FILE:
                yield Batch(file, size=file.size)
            else:
                yield from _record_batches(file)
        except OSError as fault:
            raise SourceError(f"can't be read: {fault.strerror}", where=file.file.name) from None


def _line_batches(file: InputFile) -> Iterator[Batch]:
    batch_lines: list[tuple[int, bytes]] = []
    size = 0
    for item in nonblank_lines(file.file):
        if not isinstance(item, tuple):
            yield Batch(file, items=(item,))
            continue
        batch_lines.append(item)
        size += len(item[1])
        if len(batch_lines) >= BATCH_RECORDS or size >= BATCH_BYTES:
            yield Batch(file, lines=tuple(batch_lines), size=size)
            batch_lines, size = [], 0
    if batch_lines:
        yield Batch(file, lines=tuple(batch_lines), size=size)


def _record_batches(file: InputFile) -> Iterator[Batch]:
    items: list[RawRecord | ReadFailure | SourceProblem] = []
    for item in isolate_failures(file.file, READERS[file.format](file.file)):
        items.append(item)
        if len(items) >= BATCH_RECORDS:
            yield Batch(file, items=tuple(items))
            items = []
    yield Batch(file, items=tuple(items), size=file.size)
