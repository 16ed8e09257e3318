"""Parts of a workbook that is edited: those with rows are written anew, all others are copied as they are."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from kg.errors import SourceError
from kg.publish.round_trip.edits import SheetEdits
from kg.records.readers.tables.workbooks.package import Package

_IN_MEMORY = 4 << 20
"""Size in bytes up to which an edited part waits in memory."""
_ZIP64 = 1 << 30
"""Size in bytes from which on a part is written with sizes of 64 bits: its edits may take it over 2 GB."""


class NewParts:
    """Edited parts of a workbook."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._files: dict[str, BinaryIO] = {}

    def open(self, name: str) -> BinaryIO:
        """Return the file for an edited part, by the name of the part."""
        spooled = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # the stack closes it
        file = cast("BinaryIO", self._stack.enter_context(spooled))
        return self._files.setdefault(name.lower(), file)

    def get(self, name: str) -> BinaryIO | None:
        """Return an edited part from its start, or None."""
        file = self._files.get(name.replace("\\", "/").lstrip("/").lower())
        if file is not None:
            file.seek(0)
        return file


@contextmanager
def new_parts() -> Iterator[NewParts]:
    """Yield the place for edited parts, which is gone afterwards."""
    with ExitStack() as stack:
        yield NewParts(stack)


def check_room(edits: SheetEdits, name: str, columns: int) -> None:
    """Compare the placed columns with the room of a sheet. Raises SourceError where there is none for them."""
    if max(edits.columns, default=0) >= columns:
        what = f"the sheet {name} is filled to its last column, and has no room for those of kg"
        raise SourceError(what, todo="Delete columns that nothing stands in.")


def copy(path: Path, out: BinaryIO, parts: NewParts) -> None:
    """Write a workbook with its edited parts, the others as they are, in their order.

    Args:
        path: the workbook.
        out: receives the new one.
        parts: the edited parts.

    Raises:
        SourceError: for a damaged or hostile file.
    """
    with Package(path) as package, zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        new.comment = old.comment
        for entry in old.infolist():
            copied = zipfile.ZipInfo(entry.filename, entry.date_time)
            copied.compress_type, copied.external_attr = entry.compress_type, entry.external_attr
            edited = parts.get(entry.filename)
            with new.open(copied, "w", force_zip64=entry.file_size >= _ZIP64) as written:
                if edited is not None:
                    shutil.copyfileobj(edited, written)
                else:
                    written.writelines(package.chunks(entry.filename))
