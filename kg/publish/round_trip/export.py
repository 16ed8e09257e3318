"""Export of a table as it is, with kg's readings beside (D-202)."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from glob import has_magic
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from kg.errors import PublishError, SourceError, UsageError
from kg.publish.pipeline.sources import InputFile, input_files
from kg.publish.round_trip import new_tables, ods, parquet, text_table, xlsx
from kg.publish.round_trip.layouts import layouts
from kg.publish.round_trip.readings import Readings, RecordDigest
from kg.records import readers
from kg.records.readers import ROW_SOURCES
from kg.records.readers.base import RawRecord, SourceFile
from kg.records.readers.tables.csvw_metadata import metadata_files
from kg.settings import Settings
from kg.store.generation.generations import Generations

_TEXT = "csv"
_NEW = {"xls": "xlsx", "sql": "csv"}
"""Format that is read and not written → the format in which its rows come out."""
_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".ods": "ods",
    ".fods": "ods",
    ".parquet": "parquet",
}
"""Suffix of a file's name → the format that it promises."""


def export_like(settings: Settings, like: str, out: Path | None, standard_output: BinaryIO) -> None:
    """Write a table of the sources as it is, with what kg read of each row in columns `kg:KEY`.

    Args:
        settings: the sources, and where the live generation is.
        like: the table: its path, or its address as kg.toml has it.
        out: the file to be written, or to be replaced; None for standard output.
        standard_output: standard output.

    Raises:
        UsageError: the file is no table of the sources, or `out` is of another format.
        GenerationError: nothing is published yet.
        SourceError: the table can't be read, or has no room for the columns.
        PublishError: the table would be read otherwise with the columns in it.
    """
    found = _input_of(settings, like)
    _check_out(found, out, is_terminal=standard_output.isatty())
    if out is not None and not _is_like(found.file, str(out)):
        _check_place(settings, out)
    live = Generations.of_settings(settings).open_live(settings.base)
    with ExitStack() as stack:
        stack.callback(live.close)
        folder = stack.enter_context(_folder_beside(out))
        path = folder / (out.name if out and found.format in _NEW else found.file.path.name)
        for metadata in metadata_files(found.file.path):  # what is written is read once more, by the same metadata
            shutil.copyfile(metadata, folder / metadata.name)
        measured = found.format not in {"xlsx", "ods"}
        plans = {layout.name: layout for layout in layouts(found.file, found.format, measured=measured)}
        if not plans:
            raise SourceError("no row of it gives a record", where=like, todo="See what `kg check` says.")
        readings = Readings(found, plans, settings, live)
        with path.open("wb") as written:
            _write(found, written, readings)
        if readings.pending:
            raise PublishError(f"kg lost its place at {readings.pending}", where=like, todo="Please report it.")
        if found.format != "sql":  # its lists of values have no form in CSV that would be read as such
            _check_reading(found, path, readings.digest)
        if out is None:
            with path.open("rb") as made:
                shutil.copyfileobj(made, standard_output)
            standard_output.flush()
        else:
            _put_in_place(path, out)


def _input_of(settings: Settings, like: str) -> InputFile:
    """File of the sources by its path. Raises UsageError for one that is no table of theirs."""
    files, _ = input_files(settings, accept_deletions=True)
    found = next((file for file in files if _is_like(file.file, like)), None)
    if found is None:
        what = "is no file of the sources in kg.toml" if Path(like).exists() else "there is no such file"
        tables = [file.file.name for file in files if file.format in ROW_SOURCES]
        todo = f"Tables of the sources are {', '.join(tables[:10])}." if tables else "Name it under [[sources]]."
        raise UsageError(what, where=like, todo=todo)
    if found.format not in ROW_SOURCES:
        todo = f"Formats of tables are {', '.join(ROW_SOURCES)}."
        raise UsageError(f"is no table but {found.format}, which has no columns for readings", where=like, todo=todo)
    return found


def _is_like(file: SourceFile, like: str) -> bool:
    if file.settings.is_address:
        return file.settings.path == like
    return os.path.realpath(file.path) == os.path.realpath(like)


def _check_out(found: InputFile, out: Path | None, *, is_terminal: bool) -> None:
    """Compare the format of the output with that of the table. Raises UsageError."""
    name = found.file.name
    new = _NEW.get(found.format)
    if new and (out is None or out.suffix.lower() != f".{new}"):
        what = f"{found.format} is read and not written; its rows come out as {new}"
        raise UsageError(what, where=name, todo=f"Say --out FILE.{new}.")
    if out is None:
        if found.format != _TEXT and is_terminal:
            raise UsageError("a workbook can't be shown on a terminal", where=name, todo="Say --out FILE.")
        return
    promised = _SUFFIXES.get(out.suffix.lower())
    if not new and promised is not None and promised != found.format:
        what = f"is to be {promised} by its name, and the table is {found.format}"
        todo = f"An export has the form of its table: --out FILE{found.file.path.suffix}."
        raise UsageError(what, where=str(out), todo=todo)
    if out.is_dir() or not out.parent.is_dir():
        raise UsageError("is a folder" if out.is_dir() else "lies in no folder that is there", where=str(out))


def _check_place(settings: Settings, out: Path) -> None:
    """Refuse an output in the folder of a source, of which the next build would read both. Raises UsageError."""
    place = Path(os.path.realpath(out))
    for source in settings.sources:
        path = settings.folder / source.path
        is_inside = Path(os.path.realpath(path)) in place.parents
        if not source.is_address and (is_inside or (has_magic(source.path) and _is_match(place, path))):
            what = f"lies in the source {source.path}, so that the next build would read its rows twice"
            raise UsageError(what, where=str(out), todo="Say another folder, or the sheet itself to replace it.")


def _is_match(place: Path, pattern: Path) -> bool:
    """Whether a file is one of a pattern; `**` in it stands for any folders."""
    wanted = os.path.realpath(pattern)
    return fnmatchcase(str(place), wanted) if "**" in pattern.parts else place.match(wanted)


@contextmanager
def _folder_beside(out: Path | None) -> Iterator[Path]:
    """Folder on the disk of the output for the time being, so that the file goes into its place at once."""
    with tempfile.TemporaryDirectory(prefix=".kg-export-", dir=out.parent if out else None) as folder:
        yield Path(folder)


def _write(found: InputFile, out: BinaryIO, readings: Readings) -> None:
    """Write the table with its readings in its format, or in the one that stands for it."""
    file, rows = found.file, ROW_SOURCES[found.format]
    if found.format == "xls":
        new_tables.write_xlsx(file, rows, out, readings)
    elif found.format == "sql":
        new_tables.write_csv(file, rows, out, readings)
    elif found.format == "xlsx":
        xlsx.write(file.path, out, readings)
    elif found.format == "ods":
        ods.write(file.path, out, readings)
    elif (sheet := readings.sheet("")) is not None:
        sheet.place(0)
        if found.format == "parquet":
            parquet.write(file.path, out, sheet)
        else:
            text_table.write(file, out, sheet)


def _check_reading(found: InputFile, path: Path, digest: RecordDigest) -> None:
    """Read the written table: it has to say what the other one says. Raises PublishError where it does not."""
    again = RecordDigest()
    file, format_ = replace(found.file, path=path), _NEW.get(found.format, found.format)
    for _ in again.of(readers.read(format_, file)):
        pass
    if again.value == digest.value:
        return
    pairs = zip_longest(_records(found.format, found.file), _records(format_, file))
    differing = (
        f", first in {one.at}"
        for one, other in pairs
        if one is not None and (other is None or one.record != other.record)
    )
    where = next(differing, "")
    what = f"with kg's columns in it the table would be read otherwise{where}; nothing was written"
    todo = "Say in kg.toml what is found out now, and export again: `header`, `encoding`, `delimiter`."
    raise PublishError(what, where=found.file.name, todo=todo)


def _records(format_: str, file: SourceFile) -> Iterator[RawRecord]:
    return (item for item in readers.read(format_, file) if isinstance(item, RawRecord))


def _put_in_place(path: Path, out: Path) -> None:
    """Rename the written file over the output, with the permissions that stood there."""
    if out.exists():
        shutil.copymode(out, path)
    else:
        umask = os.umask(0)
        os.umask(umask)
        path.chmod(0o666 & ~umask)
    path.replace(out)
