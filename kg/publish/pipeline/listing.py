"""Listing of a source's files, with all that is in its place and can't be read: broken links, pipes, unknown formats.

To pass over these in silence would take their records off the web.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from glob import has_magic
from pathlib import Path

from kg.errors import Message, SourceError
from kg.records import readers
from kg.records.problems import Severity, SourceProblem
from kg.records.readers.base import SourceFile
from kg.settings import FILE_NAME, Settings
from kg.source_settings import SourceSettings

_BROKEN = frozenset({errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENAMETOOLONG})
"""Codes of a path that leads nowhere; with any other a file is there and can't be looked at."""

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


_OF_PROGRAMS = re.compile(
    r"(thumbs\.db|ehthumbs.*\.db|desktop\.ini|icon\r?|~\$.*|.*~|.*\.(tmp|swp|lock|part))", re.IGNORECASE
)
"""Names of files that systems and programs leave in folders, such as those beside an open document."""

_BESIDE = re.compile(
    r"((readme|licen[cs]e|copying|notice|changelog|changes|contents?|manifest)(\..*)?"
    r"|.*\.(md|rst|log|md5|sha\d*|css|js|xsl|xslt|xsd|dtd|rng|sch|toml|cfg|ini|py|sh"
    r"|jpe?g|png|gif|tiff?|jp2|webp|svg|bmp|pdf|mp3|wav|flac|ogg|mp4|mov|avi|mkv|webm))",
    re.IGNORECASE,
)
"""Names of files that lie beside descriptions and are none: texts for people, schemas, scans."""

_NOTHING = Message("Nothing, if the file is no description; else run `kg init FILE`, which looks into it.")


@dataclass(frozen=True, slots=True)
class Listing:
    """Files of a source, in order, and the paths left aside, each with the reason."""

    files: list[Path] = field(default_factory=list)
    away: list[tuple[Path, str]] = field(default_factory=list)

    def _add(self, path: Path) -> None:
        """Add a path under its kind; a plain folder is neither."""
        reason = _fault(path)
        if reason == "":
            self.files.append(path)
        elif reason is not None and path.name[:1] != ".":
            self.away.append((path, reason))


def display_name(path: Path, folder: Path) -> str:
    r"""Return the name of a path in reports: from kg.toml's folder, if it lies there, what can't be shown as escapes.

    >>> display_name(Path("/a/b\udcff\n"), Path("/a"))
    'b\\xff\\x0a'
    """
    try:
        name = str(path.relative_to(folder))
    except ValueError:
        name = str(path)
    if name.isprintable():
        return name
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else "".join(f"\\x{byte:02x}" for byte in c.encode()) for c in text)


def list_files(source: SourceSettings, settings: Settings) -> Listing:
    """Return the files of a source; a database at an address is one, whose path is the address.

    Raises:
        SourceError: the source's path is gone, or a folder in it can't be read.
    """
    if source.is_address:
        return Listing([Path(source.path)])
    path = settings.folder / source.path
    listing = Listing()
    if path.is_dir():
        _walk(path, listing, _Own.of(settings))
    elif (reason := _fault(path)) == "":
        return Listing([path])
    elif not has_magic(source.path) or os.path.lexists(path):
        raise _gone(source, reason or "")
    else:
        _glob(source, settings, listing)
    if not listing.files and not listing.away:
        raise _gone(source, "there is no such file or folder")
    listing.files.sort()
    listing.away.sort()
    return listing


def _gone(source: SourceSettings, reason: str) -> SourceError:
    todo = (
        "Check `path` in kg.toml, which is relative to that file, and whether its disk is mounted. To publish without"
        " it, run `kg build --accept-deletions`."
    )
    return SourceError(reason, where=display_name(Path(source.path), Path()), todo=todo)


def _fault(path: Path) -> str | None:
    """Reason why a path is no file to be read: empty for a file, None for a folder. Raises SourceError."""
    try:
        mode = path.stat().st_mode
    except ValueError as fault:  # a null character
        raise SourceError(f"is no path of a file: {fault}", where=display_name(path, Path())) from None
    except OSError as fault:
        if fault.errno not in _BROKEN:
            raise SourceError(f"can't be read: {fault.strerror}", where=display_name(path, Path())) from None
        if not path.is_symlink():
            return "there is no such file or folder"
        if fault.errno == errno.ELOOP:
            return "is a link that leads to itself"
        return f"is a link that leads nowhere: {display_name(path.readlink(), Path())} is not there"
    if stat.S_ISREG(mode):
        return ""
    return None if stat.S_ISDIR(mode) else f"is {_KINDS.get(stat.S_IFMT(mode), 'no file')}, and files are read"


@dataclass(frozen=True, slots=True)
class _Own:
    """Paths that are no part of a folder of sources: our own, and links to folders that are sources themselves."""

    excluded: frozenset[str]
    sources: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> "_Own":
        own = (settings.var_folder, settings.folder / FILE_NAME)
        sources = (settings.folder / source.path for source in settings.sources)
        return cls(frozenset(map(os.path.realpath, own)), frozenset(map(os.path.realpath, sources)))


def _walk(folder: Path, listing: Listing, own: _Own) -> None:
    """Add the files of a folder and its subfolders, without hidden ones and our own."""
    for path in _entries(folder, listing, own):
        listing._add(path)  # noqa: SLF001  # of this module


def _entries(folder: Path, listing: Listing, own: _Own) -> Iterator[Path]:
    """Paths in a folder and its subfolders that are no folders; links to folders go to the listing."""

    def refuse(fault: OSError) -> None:  # to leave a folder out in silence would take its records off the web
        where = display_name(Path(fault.filename), Path())
        raise SourceError(f"can't be read: {fault.strerror}", where=where) from None

    for root, folders, names in os.walk(folder, onerror=refuse):
        directory = Path(root)
        visible = [name for name in sorted(folders) if name[0] != "."]
        folders[:] = [name for name in visible if os.path.realpath(directory / name) not in own.excluded]
        for name in folders:
            link = directory / name
            if link.is_symlink() and os.path.realpath(link) not in own.sources:
                listing.away.append((link, "is a link to a folder, and such links are not followed"))
        for name in sorted(names):
            if name[0] != "." and os.path.realpath(directory / name) not in own.excluded:
                yield directory / name


def _glob(source: SourceSettings, settings: Settings, listing: Listing) -> None:
    """Add the files that match a pattern."""
    pattern = Path(source.path)
    root = Path(pattern.anchor) if pattern.is_absolute() else settings.folder
    relative = pattern.relative_to(pattern.anchor)
    try:
        for candidate in root.glob(str(relative)):
            listing._add(candidate)  # noqa: SLF001  # of this module
    except (ValueError, NotImplementedError) as fault:
        raise SourceError(f"is no pattern of files: {fault}", where=source.path) from None
    if "**" in relative.parts:  # it does not go into links to folders
        plain = root
        for part in relative.parts:
            if has_magic(part):
                break
            plain /= part
        for _ in _entries(plain, listing, _Own.of(settings)) if plain.is_dir() else ():
            pass


def unread_file(file: SourceFile, head: bytes) -> SourceProblem | None:
    """Return the problem of a file whose format is not known; None for what programs leave behind.

    A picture, a sound or a README beside descriptions is a note. Any other file may have records in it that nobody
    would miss, so it is told as what is left out (D-201).

    Args:
        file: the file.
        head: its first bytes.
    """
    name = file.path.name
    if _OF_PROGRAMS.fullmatch(name):
        return None
    expected = f"one of {', '.join(readers.formats())}"
    severity: Severity = "rejected"
    todo = ""
    if not head.strip():
        severity, reason = "note", "there is nothing in it"
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")):
        reason = "the text is in UTF-16, and UTF-8 is read"
    else:
        reason = "the format is not known"
        if _BESIDE.fullmatch(name) and file.settings.path != file.name:
            severity, todo = "note", _NOTHING
    message = f"{reason}; the file was left aside"
    return file.problem("", "", "", expected, message, severity=severity, todo=todo)
