"""Packs of a generation's dumps, open for writing: one in each format, and the columns of their members."""

import hashlib
import os
from contextlib import ExitStack
from pathlib import Path

from kg.publish.outputs.dumps.dump_formats import FORMATS, WrittenBucket
from kg.store.dumps import bucket_table
from kg.store.dumps.bucket_table import Columns

HEAD = 0
"""Number of the member at the head of a file; that of a bucket is one more than the bucket's."""


class DumpPacks:
    """New packs, one in each format.

    Attributes:
        number: of the packs.
        columns: ending of a format → columns of its members; those that are not written here are as they were.
    """

    def __init__(self, folder: Path, number: int, columns: dict[str, Columns]) -> None:
        """Open the packs.

        Args:
            folder: of the dumps.
            number: of the packs.
            columns: ending of a format → columns, which are changed as members are written.
        """
        self.number = number
        self.columns = columns
        self._ends = {each.ending: 0 for each in FORMATS}
        self._digests = {each.ending: hashlib.sha256(usedforsecurity=False) for each in FORMATS}
        with ExitStack() as opened:
            self._files = {
                each.ending: opened.enter_context(bucket_table.pack_path(folder, number, each.ending).open("wb"))
                for each in FORMATS
            }
            self._opened = opened.pop_all()

    def write(self, bucket: WrittenBucket) -> None:
        """Write the members of a bucket."""
        for each, member in zip(FORMATS, bucket.members, strict=True):
            self.write_member(each.ending, bucket.number + 1, member.size, member.content)

    def write_member(self, ending: str, member: int, size: int, content: bytes) -> None:
        """Write a member of a format.

        Args:
            ending: of the format.
            member: its number.
            size: its bytes unpacked.
            content: its bytes; none for an empty bucket.
        """
        if not content:
            self.columns[ending].clear(member)
            return
        self._files[ending].write(content)
        self._digests[ending].update(content)
        self.columns[ending].place(member, (self.number, self._ends[ending]), size, content)
        self._ends[ending] += len(content)

    @property
    def sizes(self) -> dict[str, int]:
        """Ending of a format → bytes of its pack."""
        return dict(self._ends)

    @property
    def digests(self) -> dict[str, str]:
        """Ending of a format → SHA-256 of its pack in hexadecimal."""
        return {ending: digest.hexdigest() for ending, digest in self._digests.items()}

    def sync(self) -> None:
        """Write the packs to the disk, before a table leads to them."""
        for file in self._files.values():
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        """Close the packs, complete or not."""
        self._opened.close()
