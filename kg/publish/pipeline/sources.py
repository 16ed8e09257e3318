"""Source files of kg.toml, and their division into batches."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import SettingsError, SourceChanged, SourceError
from kg.publish.pipeline.listing import display_name, list_files, unread_file
from kg.publish.pipeline.source_checks import check_sources, plugin_notes
from kg.publish.state.file_items import SourceItem, mark_of, mark_of_line
from kg.records import readers
from kg.records.problems import SourceProblem
from kg.records.readers.base import RawRecord, ReaderItem, SourceFile, isolate_failures
from kg.records.readers.json.json_records import nonblank_lines
from kg.records.readers.tables.csvw_metadata import is_metadata
from kg.settings import FILE_NAME, Settings

SNIFFED_BYTES = 8192
"""Length of a file's head, in bytes, for the detection of its format."""

BATCH_RECORDS = 300
"""Maximum number of records or lines in a batch; mapping is fastest at a few hundred."""

BATCH_BYTES = 4 << 20
"""Maximum size of a batch of lines, so that memory does not follow the length of lines."""

BATCH_KNOWN = 3_000
"""Maximum number of known records in a batch."""

MAX_WHOLE_FILE = 8 << 20
"""Size in bytes up to which a file of another format is a batch; a larger file is read and divided here."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """Input file: location, format, whether its records may be merged, size in bytes, and state when it was listed.

    The state is that of `check_unchanged`; empty for a database at an address.
    """

    file: SourceFile
    format: str
    merge: bool
    size: int
    state: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Batch of records: a whole file, or some of its lines, or some of its records.

    Attributes:
        input: the file.
        lines: (line number, bytes), or None.
        items: records, or None; where both are None, the whole file is meant.
        size: its share of the file in bytes, for the display of progress.
        passed: known records of its share, which need no second look.
        known: mark → reference of the known records of a whole file.
    """

    input: InputFile
    lines: tuple[tuple[int, bytes], ...] | None = None
    items: tuple[ReaderItem, ...] | None = None
    size: int = 0
    passed: tuple[SourceItem, ...] = ()
    known: dict[bytes, str] = field(default_factory=dict)


Known = Callable[[InputFile], dict[bytes, str]]
"""Function from a file to mark → reference of its records that need no second look; each is taken out once it is met,
since a record that comes twice has to be told."""


def nothing_known(_: InputFile) -> dict[bytes, str]:
    """Return that no record of a file is known."""
    return {}


def input_files(settings: Settings, *, accept_deletions: bool = False) -> tuple[list[InputFile], list[SourceProblem]]:
    """Return every file of every source, and a problem for each path left out.

    Args:
        settings: the sources.
        accept_deletions: go on without a source whose path is gone.

    Raises:
        SourceError: where a source is missing or can't be read.
        SettingsError: where a source is of no format, or a column of no key.
    """
    files: list[InputFile] = []
    notes: list[SourceProblem] = []
    if not settings.sources:
        todo = 'Add [[sources]] with path = "data/*.jsonl", say; `kg init FILE` looks into a file and proposes it.'
        if settings.file is None:
            what = f"there is no {FILE_NAME} here or above"
            raise SettingsError(
                what,
                where=str(settings.folder),
                todo="`kg init FILE` looks into a file, a spreadsheet say, and writes one.",
            )
        raise SettingsError("there are no sources", where=str(settings.file), todo=todo)
    check_sources(settings)
    notes += plugin_notes()
    seen: set[tuple[str, ...]] = set()
    for source in settings.sources:
        try:
            listing = list_files(source, settings)
        except SourceError as fault:
            if not accept_deletions:
                raise
            notes.append(_away(fault.where or source.path, fault.what))
            continue
        notes += [_away(display_name(path, settings.folder), reason) for path, reason in listing.away]
        for path in listing.files:
            file = SourceFile(
                path,
                source.path if source.is_address else display_name(path, settings.folder),
                source.prefix,
                source.prefix or source.path,
                settings.base,
                settings.drafts == "leave-out",
                source,
            )
            mark = os.path.realpath(path), source.prefix, source.sheet, source.table, source.query
            if mark in seen:
                message = "the file lies in two sources; it is read once, as the first of them says"
                notes.append(file.problem("", "", "", "sources in kg.toml that have no file in common", message))
                continue
            seen.add(mark)
            found = _input_file(file)
            if isinstance(found, InputFile):
                files.append(found)
            elif found is not None:
                notes.append(found)
    return files, notes


def _input_file(file: SourceFile) -> InputFile | SourceProblem | None:
    """File with its format, or why it has none; None for what is no source."""
    if file.settings.is_address:
        return InputFile(file, "sql", file.settings.merge, 0, ())
    try:
        with file.path.open("rb") as opened:
            state = _state(file.path, os.fstat(opened.fileno()))
            head = opened.read(SNIFFED_BYTES)
    except OSError as fault:
        raise SourceError(f"can't be read: {fault.strerror}", where=file.name) from None
    if is_metadata(head, file.path.name):
        return None
    format_ = file.settings.format or readers.sniff(head, file.path.name)
    if format_ is None:
        return unread_file(file, head)
    return InputFile(file, format_, file.settings.merge, state[0], state)


def _away(name: str, reason: str) -> SourceProblem:
    message = f"{reason}; its records are left out"
    return SourceProblem(name, "", "", "", "a file, or a folder of files, that can be read", message, "rejected")


def _state(path: Path, status: os.stat_result) -> tuple[int, ...]:
    """State of a file: size, time of change in ns, identity; the same of a database's log beside it."""
    state = status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino
    with suppress(OSError):
        log = path.with_name(f"{path.name}-wal").stat()
        return *state, log.st_size, log.st_mtime_ns
    return state


def check_unchanged(files: Iterable[InputFile]) -> None:
    """Compare the files with their state when they were listed. Raises SourceChanged for a file that differs.

    A database at an address is read in one transaction, which sees no change.
    """
    for file in files:
        if file.file.settings.is_address:
            continue
        try:
            size, *rest = _state(file.file.path, file.file.path.stat())
        except OSError as fault:
            raise SourceChanged(f"can't be read any more: {fault.strerror}", where=file.file.name) from None
        if (size, *rest) != file.state:
            what = f"changed while it was read: {file.size:,} bytes before, {size:,} after"
            todo = "Wait until it is whole and try again; to replace a file while builds run, rename a new one over it."
            raise SourceChanged(what, where=file.file.name, todo=todo)


def batches(files: Iterable[InputFile], known: Known = nothing_known) -> Iterator[Batch]:
    """Divide files into batches, in order.

    Args:
        files: the files.
        known: their known records, which batches only name.

    Raises:
        SourceError: a file can't be read to its end.
    """
    for file in files:
        marks = known(file)
        try:
            if file.format == "jsonl":
                yield from _line_batches(file, marks)
            elif file.size <= MAX_WHOLE_FILE and file.format != "sql":  # one reading, one state of the database
                yield Batch(file, size=file.size, known=dict(marks))
            else:
                yield from _record_batches(file, marks)
        except OSError as fault:
            raise SourceError(f"can't be read: {fault.strerror}", where=file.file.name) from None


def _line_batches(file: InputFile, known: dict[bytes, str]) -> Iterator[Batch]:
    lines: list[tuple[int, bytes]] = []
    passed: list[SourceItem] = []
    size = 0
    for item in nonblank_lines(file.file):
        if not isinstance(item, tuple):
            yield Batch(file, items=(item,))
            continue
        number, line = item
        if known and (reference := known.pop(mark := mark_of_line(line), None)) is not None:
            passed.append(SourceItem(mark, reference, f"line {number}", is_clean=True))
        else:
            lines.append(item)
        size += len(line)
        if len(lines) >= BATCH_RECORDS or len(passed) >= BATCH_KNOWN or (lines and size >= BATCH_BYTES):
            yield Batch(file, lines=tuple(lines), size=size, passed=tuple(passed))
            lines, passed, size = [], [], 0
    if lines or passed:
        yield Batch(file, lines=tuple(lines), size=size, passed=tuple(passed))


def _record_batches(file: InputFile, known: dict[bytes, str]) -> Iterator[Batch]:
    items: list[ReaderItem] = []
    passed: list[SourceItem] = []
    for item in isolate_failures(file.file, readers.read(file.format, file.file)):
        if known and isinstance(item, RawRecord) and (reference := known.pop(mark := mark_of(item), None)) is not None:
            passed.append(SourceItem(mark, reference, item.at, is_clean=True))
        else:
            items.append(item)
        if len(items) >= BATCH_RECORDS or len(passed) >= BATCH_KNOWN:
            yield Batch(file, items=tuple(items), passed=tuple(passed))
            items, passed = [], []
    yield Batch(file, items=tuple(items), size=file.size, passed=tuple(passed))
