"""Files that `kg init` is given: what format each is in, and which sources they make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import UsageError
from kg.records import readers
from kg.records.readers.base import SourceFile
from kg.source_settings import SourceSettings

MAX_FILES = 2_000
"""Files of folders that are looked into."""

_HEAD = 8192


@dataclass(frozen=True, slots=True)
class GivenFile:
    """File, its format, and the folder that it was given in.

    Attributes:
        path: where it lies.
        format: its format; None where no reader knows it.
        folder: the folder that was given; None for a file that was given itself.
        reason: why no reader knows it.
    """

    path: Path
    format: str | None
    folder: Path | None
    reason: str = ""

    @property
    def is_table(self) -> bool:
        """Whether it is a table."""
        return self.format in readers.ROW_SOURCES

    def source(self, settings: SourceSettings | None = None) -> SourceFile:
        """Return it as a source file of some settings; without settings for a look alone."""
        settings = settings or SourceSettings.model_validate({"path": str(self.path)})
        return SourceFile(self.path, self.path.name, origin=settings.path, settings=settings)


def given_files(paths: Sequence[Path], own: Path) -> list[GivenFile]:
    """Return the files of paths: of a folder all that lie in it, without hidden ones.

    Args:
        paths: files and folders.
        own: the kg.toml to be written, which is none of them.

    Raises:
        UsageError: a path leads nowhere, or can't be read, or a folder has too many files.
    """
    files: dict[Path, GivenFile] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(
                "there is no such file or folder", where=str(path), todo="Check the name, and where you are."
            )
        for each in _walk(path) if path.is_dir() else (path,):
            if each.resolve() not in {own.resolve(), *files}:
                files[each.resolve()] = _given(each, path if path.is_dir() else None)
            if len(files) > MAX_FILES:
                todo = "Name the files, or a folder with fewer."
                raise UsageError(f"has more than {MAX_FILES:,} files", where=str(path), todo=todo)
    return list(files.values())


def _walk(folder: Path) -> Iterator[Path]:
    """Files in a folder and its subfolders, without hidden ones, links to folders and what kg has built."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as fault:
        raise UsageError(f"can't be read: {fault.strerror}", where=str(folder)) from None
    for path in entries:
        if path.name.startswith((".", "~$")) or path.name == "kg.toml":
            continue
        if path.is_dir() and not path.is_symlink() and not (path / "generations").is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


def _given(path: Path, folder: Path | None) -> GivenFile:
    if not path.is_file():
        return GivenFile(path, None, folder, "is no file: a pipe or a device, perhaps")
    try:
        with path.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError as fault:
        raise UsageError(f"can't be read: {fault.strerror}", where=str(path)) from None
    if not head.strip():
        return GivenFile(path, None, folder, "there is nothing in it")
    format_ = readers.sniff(head, path.name)
    return GivenFile(path, format_, folder, "" if format_ else _reason(head, path.name))


def _reason(head: bytes, name: str) -> str:
    """Why no reader knows a file, and what to do."""
    known = "tables (CSV, xlsx, xls, ODS, Parquet, SQLite), EAD, EAC-CPF, JSON and record pages are read"
    what = next((what for start, what in _KNOWN_STARTS.items() if head.startswith(start)), "")
    if what:
        return f"is {what}, and {known}"
    if name.lower().endswith((".txt", ".md")):
        return f"is a text without columns, and {known}; save a table as CSV, with a row of headings"
    return f"is in no format that is known; {known}"


_KNOWN_STARTS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"II*\0": "a picture",
    b"MM\0*": "a picture",
    b"PK\x03\x04": "a ZIP archive or a document of a word processor",
    b"\x1f\x8b": "compressed (gzip): unpack it first",
    b"7z\xbc\xaf": "compressed (7z): unpack it first",
    b"Rar!": "compressed (RAR): unpack it first",
    b"\xd0\xcf\x11\xe0": "an old document of Microsoft Office, but no workbook",
    b"{\\rtf": "a document of a word processor (RTF)",
    b"<!DOCTYPE html": "a web page",
    b"<html": "a web page",
}
"""First bytes → what a file is."""
