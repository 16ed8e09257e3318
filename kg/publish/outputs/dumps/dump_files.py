"""Dumps of a full build: things come in the order of the sources, and are written in that of their buckets.

The number of buckets follows from the number of things, which is known at the end; until then lines wait in an external
sort (`kg.store.dumps.record_sort`), so that memory is bounded at any number of things.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import groupby
from pathlib import Path

from kg.publish.outputs.dumps.dump_formats import FORMATS, BucketLines, Prefixes, WrittenBucket, heads
from kg.publish.outputs.dumps.dump_packs import HEAD, DumpPacks
from kg.store.dumps import bucket_table
from kg.store.dumps.bucket_table import BucketTable, Columns
from kg.store.dumps.buckets import bits_for, bucket_of
from kg.store.dumps.record_sort import RecordSort, SortedRecord

TASK_BYTES = 1 << 20
"""Bytes of lines in a task of compression, or a bucket more."""

MAX_PENDING_TASKS = 4
"""Tasks of compression that are under way."""

Compress = Callable[[list[BucketLines], Prefixes], Callable[[], list[WrittenBucket]]]
"""Function that begins to write buckets, and returns one that waits for them."""


class DumpFiles:
    """Dumps of a generation that is made anew."""

    def __init__(self, folder: Path, prefixes: Mapping[str, str], generation: int) -> None:
        """Make the folder.

        Args:
            folder: of the dumps.
            prefixes: those of the Turtle.
            generation: its number.
        """
        folder.mkdir()
        self._folder = folder
        self._prefixes = dict(prefixes)
        self._generation = generation
        self._sort = RecordSort(folder / ".sort")

    def add(self, reference: str, ntriples: bytes) -> None:
        """Add the lines of a thing, which comes once."""
        self._sort.add(reference, ntriples)

    def finish(self, compress: Compress) -> None:
        """Write packs and table."""
        bits = bits_for(self._sort.count)
        columns = {each.ending: Columns.empty(1 + (1 << bits)) for each in FORMATS}
        triples = 0
        with closing(DumpPacks(self._folder, 1, columns)) as packs:
            write_heads(packs, self._prefixes)
            for written in in_tasks(_buckets(self._sort.sorted(), bits), compress, self._prefixes):
                packs.write(written)
                triples += written.triples
            table = BucketTable(
                *(self._generation, bits, self._sort.count, triples, columns), {1: packs.sizes}, packs.digests
            )
        table.write(bucket_table.table_path(self._folder, 1))

    def close(self) -> None:
        """Delete what is temporary, finished or not."""
        self._sort.close()


def write_heads(packs: DumpPacks, prefixes: Prefixes) -> None:
    """Write the member at the head of each file."""
    for each, member in zip(FORMATS, heads(prefixes), strict=True):
        packs.write_member(each.ending, HEAD, member.size, member.content)


def in_tasks(buckets: Iterable[BucketLines], compress: Compress, prefixes: Prefixes) -> Iterator[WrittenBucket]:
    """Yield buckets written, in order: several in a task, a few tasks at once."""
    pending: list[Callable[[], list[WrittenBucket]]] = []
    task: list[BucketLines] = []
    size = 0
    for bucket in buckets:
        task.append(bucket)
        size += sum(len(ntriples) for _, ntriples in bucket.things)
        if size >= TASK_BYTES:
            pending.append(compress(task, prefixes))
            task, size = [], 0
            if len(pending) > MAX_PENDING_TASKS:
                yield from pending.pop(0)()
    if task:
        pending.append(compress(task, prefixes))
    for waiting in pending:
        yield from waiting()


def _buckets(records: Iterable[SortedRecord], bits: int) -> Iterator[BucketLines]:
    """Yield the buckets that have a thing, in order."""
    for number, group in groupby(records, lambda record: bucket_of(record.digest, bits)):
        yield BucketLines(number, [(record.reference, record.payload) for record in group])
