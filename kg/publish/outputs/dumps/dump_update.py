"""Dumps of an incremental generation: those of the generation before, with the buckets of changed things written anew.

Packs that are still needed are shared by hard links. The result is byte for byte what a full build of the same graph
gives, though it lies in several packs. Where packs are many, or much in them is of no file any more, all members are
copied into one new pack, without being compressed again (D-226).
"""

import gzip
import hashlib
import os
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from kg.errors import GenerationError
from kg.publish.outputs.dumps.dump_files import Compress, in_tasks, write_heads
from kg.publish.outputs.dumps.dump_formats import FORMATS, BucketLines, Prefixes, WrittenBucket, write_buckets
from kg.publish.outputs.dumps.dump_packs import DumpPacks
from kg.store.dumps import bucket_table
from kg.store.dumps.bucket_table import BucketTable, Columns
from kg.store.dumps.buckets import bits_for, bucket_of, digest_of, thing_of
from kg.store.dumps.dump_file import OpenPack
from kg.store.dumps.dump_folder import DumpFolder, sums_path, sums_text
from kg.store.triples.patch import ThingPatch

MAX_PACKS = 32
"""Packs of a format, at most: a server holds each open."""

MAX_DEAD_SHARE = 0.2
"""Share of the bytes of packs that may be of no file any more."""

_NTRIPLES = FORMATS[0].ending
_TODO = "Run `kg build --full`."
_Bucket = dict[bytes, bytes]
"""Reference of a thing → its lines."""


def _at_once(buckets: list[BucketLines], prefixes: Prefixes) -> Callable[[], list[WrittenBucket]]:
    written = write_buckets(buckets, prefixes)
    return lambda: written


@dataclass(frozen=True, slots=True)
class DumpChange:
    """Change of the dumps.

    Attributes:
        base: the base IRI.
        prefixes: those of the Turtle, the same as before.
        generation: number of the generation whose graph the dumps hold then.
        things: number of things with triples in it.
        consolidate: whether all goes into one new pack, so that no byte of what was removed is left.
        compress: function that writes buckets, here or in other processes.
    """

    base: str
    prefixes: Prefixes
    generation: int
    things: int
    consolidate: bool = False
    compress: Compress = field(default=_at_once)


@dataclass(frozen=True, slots=True)
class DumpSummary:
    """Summary of an update: buckets written anew, bytes of new packs, whether all members were copied."""

    buckets: int
    new_bytes: int
    consolidated: bool


def update_dumps(old: Path, target: Path, patches: Iterable[ThingPatch], change: DumpChange) -> DumpSummary:
    """Make the dumps of a generation from those before.

    Args:
        old: the folder of the dumps before.
        target: the new folder, or the same one for dumps that are made late.
        patches: of the changed things, in the order of the SHA-256 of their references.
        change: what is known of the generation.

    Raises:
        GenerationError: the dumps before are torn, or hold another graph than the one that the patches change.
    """
    newest = bucket_table.newest(old)
    if newest is None:
        raise GenerationError("it has no dumps with a table", where=str(old), todo=_TODO)
    number, path = newest
    target.mkdir(exist_ok=True)
    with closing(_Update(old, bucket_table.read_table(path), change)) as update:
        return update.run(target, number + 1, patches)


def write_sums(folder: Path) -> None:
    """Write the digests of the whole files beside their table, where it has none; reads every byte of them."""
    newest = bucket_table.newest(folder)
    if newest is None:
        return
    path = sums_path(newest[1])
    with closing(DumpFolder.open(folder)) as dumps:
        if dumps.table and dumps.table.sha256:
            return
        text = sums_text(dumps.sums())
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(text, encoding="ascii")
    unfinished.rename(path)


class _Update:
    """Update of dumps: the old packs open, the columns of the new files as they become."""

    def __init__(self, folder: Path, table: BucketTable, change: DumpChange) -> None:
        self._folder, self._table, self._change = folder, table, change
        self._base = change.base.encode()
        self._bits = bits_for(change.things)
        self._triples, self._things = table.triples, table.things
        self._written = 0
        with ExitStack() as opened:
            self._packs: dict[str, dict[int, OpenPack]] = defaultdict(dict)
            for number, sizes in table.packs.items():
                for ending, size in sizes.items():
                    pack = OpenPack(bucket_table.pack_path(folder, number, ending), size)
                    opened.callback(pack.close)
                    self._packs[ending][number] = pack
            self._opened = opened.pop_all()

    def close(self) -> None:
        self._opened.close()

    def run(self, target: Path, number: int, patches: Iterable[ThingPatch]) -> DumpSummary:
        anew = self._bits != self._table.bits
        members = 1 + (1 << self._bits)
        columns = {
            ending: Columns.empty(members) if anew else deepcopy(old) for ending, old in self._table.formats.items()
        }
        whole = self._change.consolidate or len(self._table.packs) >= MAX_PACKS
        whole = anew or whole or self._table.dead_share() > MAX_DEAD_SHARE
        with closing(DumpPacks(target, number, columns)) as packs:
            if whole:
                write_heads(packs, self._change.prefixes)
            changed = in_tasks(self._changed(patches), self._change.compress, self._change.prefixes)
            before = 0
            for bucket in changed:
                if whole and not anew:
                    self._copy(packs, before, bucket.number)
                packs.write(bucket)
                before = bucket.number + 1
                self._written += 1
            if whole and not anew:
                self._copy(packs, before, 1 << self._bits)
            self._check_counts()
            self._finish(target, packs, whole=whole)
        return DumpSummary(self._written, sum(packs.sizes.values()), whole)

    def _finish(self, target: Path, new: DumpPacks, *, whole: bool) -> None:
        """Share the packs that are still needed, and write the table."""
        new.sync()
        used = {each for columns in new.columns.values() for each in columns.used_bytes()}
        shared = {} if whole else {each: held for each, held in self._table.packs.items() if each in used}
        for number, held in shared.items():
            for ending in held:
                if not (path := bucket_table.pack_path(target, number, ending)).exists():
                    os.link(bucket_table.pack_path(self._folder, number, ending), path)
        table = BucketTable(
            *(self._change.generation, self._bits, self._things, self._triples, new.columns),
            packs=shared | {new.number: new.sizes},
            sha256=new.digests if whole else {},
        )
        table.write(bucket_table.table_path(target, new.number))

    def _check_counts(self) -> None:
        if self._things != self._change.things:
            what = f"the dumps hold {self._things:,} things, and {self._change.things:,} are expected"
            raise self._other_state(what)

    def _other_state(self, what: str) -> GenerationError:
        return GenerationError(what, where=str(self._folder), todo=_TODO)

    def _copy(self, packs: DumpPacks, start: int, end: int) -> None:
        """Copy the members of some buckets as they are."""
        for ending, columns in self._table.formats.items():
            for member in range(start + 1, end + 1):
                content = self._content(ending, member)
                packs.write_member(ending, member, columns.sizes[member], content)

    def _content(self, ending: str, member: int) -> bytes:
        """Bytes of a member of the dumps before, compared with their digest."""
        columns = self._table.formats[ending]
        if not columns.lengths[member]:
            return b""
        pack = self._packs[ending][columns.packs[member]]
        content = pack.read(columns.offsets[member], columns.lengths[member])
        if hashlib.sha256(content, usedforsecurity=False).digest() != columns.digest(member):
            raise self._other_state(f"the generation is damaged: {pack.path.name} holds other bytes than were written")
        return content

    def _changed(self, patches: Iterable[ThingPatch]) -> Iterator[BucketLines]:
        """Yield the buckets to be written, in order: those of changed things, or all where their number changes."""
        common = min(self._bits, self._table.bits)
        groups = groupby(patches, lambda patch: bucket_of(digest_of(patch.reference.encode()), common))
        if self._bits == self._table.bits:
            for number, group in groups:
                yield BucketLines(number, sorted(self._patched(self._read(number), group).items()))
            return
        ahead = next(groups, None)
        for number in range(1 << common):
            deeper = self._table.bits - common
            things: _Bucket = {}
            for each in range(number << deeper, (number + 1) << deeper):
                things |= self._read(each)
            if ahead is not None and ahead[0] == number:
                things = self._patched(things, ahead[1])
                ahead = next(groups, None)
            yield from self._divided(things)

    def _divided(self, things: _Bucket) -> Iterator[BucketLines]:
        """Yield things in the new buckets."""
        by_bucket: dict[int, list[tuple[bytes, bytes]]] = defaultdict(list)
        for reference, lines in things.items():
            by_bucket[bucket_of(digest_of(reference), self._bits)].append((reference, lines))
        for number in sorted(by_bucket):
            yield BucketLines(number, sorted(by_bucket[number]))

    def _read(self, bucket: int) -> _Bucket:
        """Things of a bucket with their lines, as the dumps before have them."""
        content = self._content(_NTRIPLES, bucket + 1)
        if not content:
            return {}
        try:
            lines = gzip.decompress(content).splitlines(keepends=True)
            return {thing: b"".join(group) for thing, group in groupby(lines, lambda line: thing_of(line, self._base))}
        except (OSError, EOFError, ValueError, zlib.error) as fault:
            raise self._other_state(f"the dumps can't be read: {fault}") from None

    def _patched(self, things: _Bucket, patches: Iterable[ThingPatch]) -> _Bucket:
        """Things of a bucket after their patches, which count what comes and goes."""
        after = dict(things)
        for patch in patches:
            reference = patch.reference.encode()
            before = set(things.get(reference, b"").splitlines())
            if not before.issuperset(patch.removed) or not before.isdisjoint(patch.added):
                raise self._other_state(f"the dumps hold another state of {patch.reference} than the one that changes")
            lines = before.difference(patch.removed).union(patch.added)
            self._triples += len(lines) - len(before)
            self._things += bool(lines) - bool(before)
            after[reference] = b"\n".join([*lines, b""])
            if not lines:
                del after[reference]
        return after
