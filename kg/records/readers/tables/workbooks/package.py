"""Package of a workbook, a zip file with XML in it, read within bounds: nothing of it is trusted.

A package of a kilobyte can hold parts of gigabytes. So a part is streamed, never unpacked as a whole, and the bytes
that come out are counted: per package, and against the bytes that went in.
"""

import errno
import os
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.errors import SourceError

CHUNK_BYTES = 1 << 16
"""Length of a piece of a part, in bytes."""
MAX_UNPACKED_BYTES = 4 << 30
"""Maximum number of bytes that the parts of a package give together."""
MAX_SMALL_BYTES = 64 << 20
"""Number of bytes from which on the ratio counts: small parts are packed well."""
MAX_RATIO = 400
"""Maximum ratio of unpacked to packed bytes; rows of equal empty cells reach 200, a bomb over 1,000."""
MAX_DIRECTORY_BYTES = 4 << 20
"""Maximum size of the list of parts, at some 100 bytes each; Python takes ten times as much memory for it."""

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_WHOLE = "a workbook that its program opens: send or save it once more"
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error)
"""Faults that `zipfile` raises of damaged files: of its own, of the compression, of unknown or encrypted parts."""


class Package:
    """Package that is open; a context, which closes its file.

    Raises:
        SourceError: for a damaged or hostile file.
        OSError: for one that can't be opened.
    """

    def __init__(self, path: Path) -> None:
        _check_directory(path)
        self._file = path.open("rb")  # closed here, since a part that is left half-read keeps a ZipFile's own open
        try:
            self._zip = zipfile.ZipFile(self._file)
        except (*_FAULTS, OSError) as fault:
            self._file.close()
            raise _damaged("the list of its parts", fault) from None
        self._packed_size = path.stat().st_size
        self._unpacked_size = 0
        self._names = {name.replace("\\", "/").lstrip("/").lower(): name for name in self._zip.namelist()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
        self._file.close()

    def has(self, name: str) -> bool:
        """Whether there is a part of that name; capital and small letters are one (ECMA-376-2, 6.2.2)."""
        return name.lower() in self._names

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a part. Raises SourceError where it is missing, damaged, or grows without end."""
        if not self.has(name):
            raise SourceError(f"the workbook lacks its part {name}", todo=_WHOLE)
        packed = self._names[name.lower()]
        try:
            with self._zip.open(packed) as part:
                while chunk := part.read(CHUNK_BYTES):
                    self._count(chunk, name)
                    yield chunk
        except (*_FAULTS, OSError) as fault:
            raise _damaged(f"its part {name}", fault) from None

    def _count(self, chunk: bytes, name: str) -> None:
        self._unpacked_size += len(chunk)
        size = self._unpacked_size
        if size > MAX_UNPACKED_BYTES or (size > MAX_SMALL_BYTES and size > MAX_RATIO * self._packed_size):
            raise SourceError(
                f"the file of {self._packed_size:,} bytes unpacks to over {size // 2**20:,} MB at its part {name}, and"
                " is read no further",
                todo="a workbook without empty rows and columns, or several smaller ones",
            )


def target(folder: str, address: str) -> str:
    """Return the name of a part by its address in a relationship: from a folder, or from the root.

    >>> target("xl", "worksheets/sheet1.xml"), target("xl/worksheets", "../comments1.xml"), target("xl", "/xl/a.xml")
    ('xl/worksheets/sheet1.xml', 'xl/comments1.xml', 'xl/a.xml')
    """
    address = address.replace("\\", "/")
    return posixpath.normpath(address if address[:1] == "/" else posixpath.join("/", folder, address)).lstrip("/")


def _damaged(what: str, fault: Exception) -> SourceError:
    """Error for a fault of a damaged file. Raises OSError for one of the disk."""
    if isinstance(fault, OSError) and fault.errno != errno.EINVAL:  # a place before the file's beginning
        raise fault
    if "password" in str(fault) or "encrypted" in str(fault):
        return SourceError(f"{what} can be read with a password alone", todo="a workbook saved without a password")
    return SourceError(
        f"the file is damaged: {what} can't be unpacked ({str(fault)[:80] or 'it is cut off'})", todo=_WHOLE
    )


def _check_directory(path: Path) -> None:
    """Refuse a list of parts that would fill the memory. Raises SourceError, OSError."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        start = max(0, size - (1 << 16) - 22)  # the record of 22 bytes, and a comment of up to 65,535
        file.seek(start)
        tail = file.read()
        at = tail.rfind(_END)
        if at < 0 or len(tail) < at + 22:
            raise SourceError("the file is damaged: its end is missing, with the list of its parts", todo=_WHOLE)
        (directory,) = struct.unpack_from("<L", tail, at + 12)
        if directory == 0xFFFFFFFF:
            at = tail.rfind(_END_64, 0, at)
            if at < 0 or len(tail) < at + 56:
                raise SourceError("the file is damaged: the list of its parts is missing", todo=_WHOLE)
            (directory,) = struct.unpack_from("<Q", tail, at + 40)
        if directory > MAX_DIRECTORY_BYTES:
            raise SourceError(f"the list of the file's parts has {directory:,} bytes: this is no workbook", todo=_WHOLE)
