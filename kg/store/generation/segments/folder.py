"""Record segments of a generation: their files, the addresses of records in them, and how much of them is dead (D-222).

A full build writes segment 1. An incremental one links the segments of the generation before, and writes the next: what
was replaced or deleted stays in its segment, dead, until a full build. The address of a record is the number of its
segment and its offset there in one integer, so that addresses are in the order in which records were written.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.errors import GenerationError
from kg.store import file_sizes

FIRST_SEGMENT = 1
"""Number of the segment of a full build."""

MAX_SEGMENTS = 64
"""Segments of a generation, beyond which the next build is a full one: each is a file to link, flush and open."""

MAX_DEAD_SHARE = 0.2
"""Share of the segments' bytes that may be dead, beyond which the next build is a full one."""

MIN_DEAD_BYTES = 16 << 20
"""Dead bytes that are no reason for a full build, whatever their share: a small collection changes much at once."""

_OFFSET_BITS = 40
"""Bits of an offset in an address: a segment has at most a tebibyte."""

_COUNTS = "segments.json"


def address_of(segment: int, offset: int) -> int:
    """Address of a record.

    >>> address_of(0, 17), address_of(1, 0) == 1 << 40
    (17, True)
    """
    return segment << _OFFSET_BITS | offset


def place_of(address: int) -> tuple[int, int]:
    """Segment and offset of an address.

    >>> place_of(address_of(3, 17))
    (3, 17)
    """
    return address >> _OFFSET_BITS, address & (1 << _OFFSET_BITS) - 1


@dataclass(frozen=True, slots=True)
class SegmentCounts:
    """Bytes of a segment, and those of them that are of records which were replaced or deleted since."""

    size: int
    dead: int = 0


class SegmentFolder:
    """Segments below a generation's folder; a generation of kg before 0.5 has one file, which is segment 0."""

    def __init__(self, generation: Path) -> None:
        """Set the paths; no file is opened.

        Args:
            generation: folder of the generation.
        """
        self.path = generation / "records"
        self._single = generation / "records.jsonl"

    def file(self, segment: int) -> Path:
        """Path of a segment."""
        return self.path / f"{segment:04}.jsonl" if segment else self._single

    def numbers(self) -> list[int]:
        """Numbers of the segments that are there, in order."""
        there = [0] if self._single.is_file() else []
        stems = (path.stem for path in self.path.glob("*.jsonl")) if self.path.is_dir() else ()
        return there + sorted(int(stem) for stem in stems if stem.isascii() and stem.isdigit())

    def counts(self) -> dict[int, SegmentCounts]:
        """Number → counts of each segment. Raises GenerationError where they can't be read."""
        path = self.path / _COUNTS
        try:
            if not path.exists():
                return {number: SegmentCounts(self.file(number).stat().st_size) for number in self.numbers()}
            written = json.loads(path.read_text(encoding="utf-8"))
            return {int(number): SegmentCounts(**counts) for number, counts in written.items()}
        except (OSError, ValueError, TypeError, AttributeError) as fault:
            what = f"the counts of the record segments can't be read: {fault}"
            raise GenerationError(what, where=str(path), todo=file_sizes.TODO) from None

    def write_counts(self, counts: dict[int, SegmentCounts]) -> None:
        """Write the counts of all segments, into a file of this generation's own."""
        path = self.path / _COUNTS
        path.unlink(missing_ok=True)
        path.write_text(json.dumps({number: asdict(each) for number, each in counts.items()}), encoding="utf-8")

    def link(self, before: "SegmentFolder") -> None:
        """Link all segments of another generation, with their counts: the records of both are the same."""
        self.path.mkdir(exist_ok=True)
        for number in before.numbers():
            os.link(before.file(number), self.file(number))
        self.write_counts(before.counts())


def needs_compaction(counts: dict[int, SegmentCounts]) -> str:
    """Reason for which the next build has to be a full one; empty for none.

    >>> [needs_compaction({1: SegmentCounts(size << 20, dead << 20)}) for size, dead in ((10, 9), (100, 15), (100, 30))]
    ['', '', '30 % of the bytes of records are of replaced or deleted ones']
    """
    if len(counts) >= MAX_SEGMENTS:
        return f"the records lie in {len(counts)} segments"
    size, dead = sum(each.size for each in counts.values()), sum(each.dead for each in counts.values())
    if dead > max(MIN_DEAD_BYTES, MAX_DEAD_SHARE * size):
        return f"{dead / size:.0%} of the bytes of records are of replaced or deleted ones".replace("%", " %")
    return ""
