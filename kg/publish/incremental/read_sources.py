"""Reading of changed sources, and of all others that a change bears upon.

A reference that came, went or changed in one file may stand in others, which then say what becomes of it: who is first,
what is merged. And the links of XML are settled by an index of all that is described, so a file may have to be read
again because of another one. So files are read in rounds until no more of them is touched.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from kg.publish.identities.identity_index import BatchIndex, changed_keys, write_index
from kg.publish.incremental.changed_files import ChangedFiles
from kg.publish.incremental.published_things import PublishedThings
from kg.publish.incremental.scope import FullBuildNeeded
from kg.publish.pipeline.batch import PendingMerge, PreparedRecord
from kg.publish.pipeline.executor import BatchExecutor
from kg.publish.pipeline.export_conflicts import ExportedRow
from kg.publish.pipeline.pipeline import files_to_index
from kg.publish.pipeline.source_recorder import add_result, index_of_part
from kg.publish.pipeline.sources import InputFile, batches
from kg.publish.report.rejected import RejectedRecord
from kg.publish.state.source_state import FileRecord, SourceState
from kg.records.normalisation.long_values import LongValue

MAX_BYTES = 256 << 20
"""Bytes of changed records, with their triples, that are held; of more a full build is quicker, and takes less."""


@dataclass(slots=True)
class ReadingOrder:
    """Order to read a file.

    Attributes:
        forced: references of which the records are looked at, and taken for changed, in any case.
        anew: whether all records are looked at, since what is around them may be another.
    """

    forced: set[str]
    anew: bool = False

    def joined(self, forced: Iterable[str], *, anew: bool) -> "ReadingOrder":
        """Return this with more to look at."""
        return ReadingOrder(self.forced.union(forced), self.anew or anew)


class FoundRecord(NamedTuple):
    """Record that was looked at, with the place of its file among the sources."""

    order: int
    outcome: PreparedRecord | PendingMerge


@dataclass(slots=True)
class ReadFile:
    """File that was read.

    Attributes:
        record: what the state keeps of it.
        reading: how it was read.
        found: its records that are others than before, or were forced.
        rejected, long_values, exported: what is kept or told of them, as in the result of a batch.
        left: references that stood in it before, and were forced, or are there no more in the same form.
    """

    record: FileRecord
    reading: ReadingOrder
    found: list[FoundRecord] = field(default_factory=list)
    rejected: list[RejectedRecord] = field(default_factory=list)
    long_values: list[LongValue] = field(default_factory=list)
    exported: dict[str, ExportedRow] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)


@dataclass(slots=True)
class ReadSources:
    """Sources that were read.

    Attributes:
        files: name → each file that was read, in the order of the sources.
        touched: references of all records that came, went, or were looked at.
        parts: name → its part of the index of identities, for files whose part was made anew.
    """

    files: dict[str, ReadFile] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    parts: dict[str, list[BatchIndex]] = field(default_factory=dict)

    def places(self) -> dict[str, list[FoundRecord]]:
        """Return reference → its records that were looked at, in the order of the sources."""
        found: dict[str, list[FoundRecord]] = {}
        for file in self.files.values():
            for each in file.found:
                found.setdefault(each.outcome.reference, []).append(each)
        for several in found.values():
            several.sort(key=lambda each: each.order)
        return found


class SourceReader:
    """Reader of changed sources."""

    def __init__(
        self, changes: ChangedFiles, state: SourceState, published: PublishedThings, executor: BatchExecutor
    ) -> None:
        """Set what is read, what is known of it, and by which processes."""
        self._changes, self._state, self._published, self._executor = changes, state, published, executor
        self._inputs = [each for files in changes.files.values() for each in files]
        self._order = {id(each): place for place, each in enumerate(self._inputs)}
        self._waiting: dict[str, ReadingOrder] = {}
        self._bytes = 0
        self._result = ReadSources()

    def read(self, index: Path) -> ReadSources:
        """Read what changed, and all that it bears upon.

        Args:
            index: the file for the index of identities, where one is needed.

        Raises:
            SourceError, SourceChanged: a file can't be read.
            FullBuildNeeded: a full build is better, or the only way.
        """
        changes, result = self._changes, self._result
        for name in changes.gone:
            result.touched.update(filter(None, self._state.file(name).items.references))
        for name in changes.changed:
            self._have_read(name, anew=name in changes.unknown)
        if files_to_index(self._inputs):
            self._write_index(index)
        elif self._state.identified():
            raise FullBuildNeeded("the last file of a kind is gone by which links are settled")
        self._have_others_read(result.touched)
        while self._waiting:
            waiting, self._waiting = self._waiting, {}
            touched: set[str] = set()
            for name in [each for each in changes.files if each in waiting]:
                touched |= self._read_file(name, waiting[name])
            result.touched |= touched
            self._have_others_read(touched)
        result.files = {name: result.files[name] for name in changes.files if name in result.files}
        return result

    def _have_read(self, name: str, forced: Iterable[str] = (), *, anew: bool = False) -> None:
        """Have a file read, with records to look at in any case."""
        read = self._result.files.get(name)
        before = self._waiting.get(name) or (
            read.reading if read else ReadingOrder(self._state.in_several_places(name))
        )
        self._waiting[name] = before.joined(forced, anew=anew)

    def _have_others_read(self, references: Iterable[str]) -> None:
        """Have all files read that some references stand in, where these were not looked at yet."""
        for reference in references:
            names = {place.file for place in self._state.places(reference)}
            if (place := self._published.place(reference)) and place.source:
                names.add(place.source)
            for name in names & self._changes.files.keys():
                read = self._result.files.get(name)
                if read is None or reference not in read.left:
                    self._have_read(name, [reference])

    def _write_index(self, path: Path) -> None:
        """Write the index of identities, and have all files read whose links it may settle otherwise than before."""
        to_index = files_to_index(self._inputs)
        names = {each.file.name for each in to_index}
        if not names - self._changes.changed <= self._state.identified():
            raise FullBuildNeeded("the first file of a kind came by which links are settled")
        waiting = [each for each in to_index if each.file.name in self._changes.changed]
        parts = self._result.parts
        for part in self._executor.index(batches(waiting)):
            parts.setdefault(part.file, []).append(part)
        keys: set[int] = set()
        for name in {*parts, *(each.file.name for each in waiting), *self._changes.gone}:
            keys |= changed_keys(self._part(name), parts.setdefault(name, []))
        write_index(path, self._all_parts(to_index), merges=any(each.merge for each in self._inputs))
        for name in self._state.settled_by(keys) & self._changes.files.keys():
            self._have_read(name, anew=True)

    def _part(self, name: str) -> list[BatchIndex]:
        """Part of the index that the state has of a file."""
        part = self._state.identities_of(name)
        return [index_of_part(name, part)] if part else []

    def _all_parts(self, files: Iterable[InputFile]) -> Iterator[BatchIndex]:
        for name in dict.fromkeys(each.file.name for each in files):
            yield from self._result.parts[name] if name in self._result.parts else self._part(name)

    def _read_file(self, name: str, reading: ReadingOrder) -> set[str]:
        """Read a file; return the references that came or went, changed, or were forced."""
        before = self._state.file(name).items
        known = {} if reading.anew else before.known_items(reading.forced)
        again = before.published_items(reading.forced) if reading.anew else before.told_items(reading.forced)
        read = ReadFile(FileRecord(name), reading)
        files = self._changes.files[name]
        order = self._order[id(files[0])]
        for result in self._executor.process(batches(files, lambda _: known)):
            for item in result.passed:
                known.pop(item.mark, None)
            add_result(read.record, result)
            read.long_values += result.long_values
            read.exported |= result.exported
            marks: dict[str, list[bytes]] = {}
            for item in result.items:
                marks.setdefault(item.reference, []).append(item.mark)
            for outcome in result.outcomes:
                if isinstance(outcome, RejectedRecord):
                    read.rejected.append(outcome)
                elif again.get(mark := marks[outcome.reference].pop(0)) == outcome.reference and self._is_same(outcome):
                    del again[mark]  # a second one is another record
                else:
                    self._count(outcome)
                    read.found.append(FoundRecord(order, outcome))
        read.left = {*known.values(), *again.values(), *reading.forced}
        self._result.files[name] = read
        return read.left | {each.outcome.reference for each in read.found}

    def _is_same(self, outcome: PreparedRecord | PendingMerge) -> bool:
        """Whether a record is published as it is."""
        if isinstance(outcome, PendingMerge):
            return False
        return self._published.digest(outcome.reference) == (outcome.entry.digest, outcome.entry.source)

    def _count(self, outcome: PreparedRecord | PendingMerge) -> None:
        """Count the bytes of a record that is held. Raises FullBuildNeeded."""
        self._bytes += len(outcome.json) + (len(outcome.ntriples) if isinstance(outcome, PreparedRecord) else 0)
        if self._bytes > MAX_BYTES:
            raise FullBuildNeeded("so many records changed that this is quicker")
