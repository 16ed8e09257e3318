"""Bucket table: where the member of each bucket lies, in each format of the dumps.

A file `kg-0002.table` is a header in JSON, then for each format its columns, as long as there are members
(the head of the file, then one a bucket), little-endian, then the SHA-256 of all that. An empty bucket has a member of
no bytes.
"""

import hashlib
import os
import re
import struct
from array import array
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from kg.errors import GenerationError

NAME = "kg"
"""Name of the dumps: of the files that are sent, and of packs and tables."""

_MAGIC = b"KGDUMPS1"
_HEADER_LENGTH = struct.Struct("<I")
_DIGEST_BYTES = 32
_TABLE = re.compile(rf"{NAME}-([0-9]{{4,8}})\.table")
_TODO = "Run `kg build --full`."


@dataclass(slots=True)
class Columns:
    """Members of a format, in the order of the whole file: its head, then one for each bucket.

    Attributes:
        lengths: bytes in the pack; 0 for an empty bucket.
        sizes: bytes before compression.
        packs: number of the pack.
        offsets: place in the pack.
        digests: SHA-256 of the bytes in the pack, one behind the other.
    """

    lengths: "array[int]"
    sizes: "array[int]"
    packs: "array[int]"
    offsets: "array[int]"
    digests: bytearray

    @classmethod
    def empty(cls, members: int) -> "Columns":
        """Columns of so many members without a byte."""
        return cls(
            array("I", bytes(4 * members)),
            array("Q", bytes(8 * members)),
            array("I", bytes(4 * members)),
            array("Q", bytes(8 * members)),
            bytearray(_DIGEST_BYTES * members),
        )

    def digest(self, member: int) -> bytes:
        """SHA-256 of a member's bytes."""
        return bytes(self.digests[member * _DIGEST_BYTES : (member + 1) * _DIGEST_BYTES])

    def place(self, member: int, at: tuple[int, int], size: int, content: bytes) -> None:
        """Set a member.

        Args:
            member: its number.
            at: its pack and its place there.
            size: its bytes before compression.
            content: its bytes.
        """
        self.packs[member], self.offsets[member] = at
        self.lengths[member], self.sizes[member] = len(content), size
        digest = hashlib.sha256(content, usedforsecurity=False).digest()
        self.digests[member * _DIGEST_BYTES : (member + 1) * _DIGEST_BYTES] = digest

    def clear(self, member: int) -> None:
        """Make a member one of no bytes."""
        self.packs[member] = self.offsets[member] = self.lengths[member] = self.sizes[member] = 0
        self.digests[member * _DIGEST_BYTES : (member + 1) * _DIGEST_BYTES] = bytes(_DIGEST_BYTES)

    def entity_tag(self) -> str:
        """Digest of the whole by the lengths and digests of its members: another one for other bytes."""
        digest = hashlib.sha256(self.lengths.tobytes(), usedforsecurity=False)
        digest.update(self.digests)
        return digest.hexdigest()[:32]

    def runs(self) -> list[tuple[int, int, int]]:
        """Bytes that lie together, in the order of the whole: (pack, place in it, length)."""
        runs: list[tuple[int, int, int]] = []
        pack, start, end = -1, 0, 0
        for here, offset, length in zip(self.packs, self.offsets, self.lengths, strict=True):
            if not length:
                continue
            if here != pack or offset != end:
                if end > start:
                    runs.append((pack, start, end - start))
                pack, start = here, offset
            end = offset + length
        return [*runs, (pack, start, end - start)] if end > start else runs

    def used_bytes(self) -> dict[int, int]:
        """Number of a pack → the bytes in it that belong to the whole."""
        used: dict[int, int] = {}
        for pack, length in zip(self.packs, self.lengths, strict=True):
            if length:
                used[pack] = used.get(pack, 0) + length
        return used


_COLUMNS = (("lengths", 4), ("sizes", 8), ("packs", 4), ("offsets", 8))


@dataclass(frozen=True, slots=True)
class BucketTable:
    """Table of the buckets of a generation.

    Attributes:
        generation: whose graph the dumps hold.
        bits: of the number of a bucket.
        things: number of things with triples.
        triples: number of triples.
        formats: ending of a format → its columns.
        packs: number of a pack → ending of a format → bytes of that pack.
        sha256: ending of a format → digest of the whole file, where it is known.
    """

    generation: int
    bits: int
    things: int
    triples: int
    formats: dict[str, Columns]
    packs: dict[int, dict[str, int]]
    sha256: dict[str, str] = field(default_factory=dict)

    @property
    def members(self) -> int:
        """Number of members of each format: the head, and one for each bucket."""
        return 1 + (1 << self.bits)

    def dead_share(self) -> float:
        """Share of the bytes in the packs that belong to no file any more."""
        held = sum(sum(sizes.values()) for sizes in self.packs.values())
        used = sum(sum(columns.lengths) for columns in self.formats.values())
        return 1 - used / held if held else 0.0

    def write(self, path: Path) -> None:
        """Write the table by a rename, so that it is there whole or not at all."""
        header = {
            "generation": self.generation,
            "bits": self.bits,
            "things": self.things,
            "triples": self.triples,
            "formats": list(self.formats),
            "packs": {str(number): sizes for number, sizes in self.packs.items()},
            "sha256": self.sha256,
        }
        text = orjson.dumps(header)
        parts = [_MAGIC, _HEADER_LENGTH.pack(len(text)), text]
        for columns in self.formats.values():
            parts += [*(getattr(columns, name).tobytes() for name, _ in _COLUMNS), bytes(columns.digests)]
        content = b"".join(parts)
        unfinished = path.with_name(f".{path.name}")
        with unfinished.open("wb") as file:
            file.write(content + hashlib.sha256(content, usedforsecurity=False).digest())
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)


def read_table(path: Path) -> BucketTable:
    """Read a table. Raises GenerationError where it is torn, or not there."""
    try:
        return _parsed(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, struct.error) as fault:
        what = f"the generation is damaged: the table of the dumps can't be read: {fault}"
        raise GenerationError(what, where=str(path), todo=_TODO) from None


def _parsed(content: bytes) -> BucketTable:
    body, digest = content[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
    if not body.startswith(_MAGIC) or hashlib.sha256(body, usedforsecurity=False).digest() != digest:
        raise ValueError("it is cut, or was written over")
    at = len(_MAGIC) + _HEADER_LENGTH.size
    (length,) = _HEADER_LENGTH.unpack_from(body, len(_MAGIC))
    header: dict[str, Any] = orjson.loads(body[at : at + length])
    at += length
    members = 1 + (1 << header["bits"])
    formats = {}
    for ending in header["formats"]:
        formats[ending] = columns = Columns.empty(members)
        for name, width in _COLUMNS:
            column = array("I" if width == 4 else "Q")
            column.frombytes(body[at : at + width * members])
            setattr(columns, name, column)
            at += width * members
        columns.digests[:] = body[at : at + _DIGEST_BYTES * members]
        at += _DIGEST_BYTES * members
    return BucketTable(
        **{name: header[name] for name in ("generation", "bits", "things", "triples", "sha256")},
        formats=formats,
        packs={int(number): sizes for number, sizes in header["packs"].items()},
    )


def relabel(folder: Path, generation: int) -> None:
    """Say of the dumps in a folder that they hold the graph of another generation, which is the same graph."""
    if (found := newest(folder)) is not None:
        replace(read_table(found[1]), generation=generation).write(found[1])


def newest(folder: Path) -> tuple[int, Path] | None:
    """Number and path of the table that counts in a folder: the one with the highest number; None without any."""
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    numbers = [int(match[1]) for name in names if (match := _TABLE.fullmatch(name))]
    return (max(numbers), table_path(folder, max(numbers))) if numbers else None


def table_path(folder: Path, number: int) -> Path:
    """Path of a table by its number."""
    return folder / f"{NAME}-{number:04}.table"


def pack_path(folder: Path, number: int, ending: str) -> Path:
    """Path of the pack of a format, by its number; a gzip file in itself."""
    return folder / f"{NAME}-{number:04}{ending}"
