"""Recorder of what a build reads of its sources, for the state by which the next build knows what changed."""

import time
from collections.abc import Iterable, Iterator

from kg.errors import SourceChanged
from kg.publish.identities.identity_index import BatchIndex, IndexRow
from kg.publish.pipeline.batch import BatchResult
from kg.publish.pipeline.sources import InputFile
from kg.publish.report.rejected import RejectedRecord
from kg.publish.state.file_states import digest_beside, digest_of, stat_of
from kg.publish.state.source_state import FileRecord, IdentityPart, SharedPlace, SourceStateWriter
from kg.records.normalisation.dates import TO_COME
from kg.records.problems import SourceProblem


class SourceRecorder:
    """Recorder of the results of batches, file by file.

    Attributes:
        digests: name of each file that was recorded → its SHA-256, once all are.
    """

    def __init__(self, writer: SourceStateWriter, files: Iterable[InputFile]) -> None:
        """Begin.

        Args:
            writer: the state to be written.
            files: the files that are read, some perhaps under several settings.
        """
        self._writer = writer
        self._files = {each.file.name: each for each in files}
        self._record: FileRecord | None = None
        self._finished: set[str] = set()
        self._places: dict[str, dict[str, SharedPlace]] = {}
        self._told: dict[str, list[SourceProblem]] = {}
        self._states: dict[str, tuple[tuple[int, ...] | None, str, str]] = {}
        self.digests: dict[str, str] = {}

    def indexed(self, names: Iterable[str], indexes: Iterable[BatchIndex]) -> Iterator[BatchIndex]:
        """Yield the parts of the index of identities, and record those of each file, though it be empty.

        Args:
            names: names of the files.
            indexes: the parts.
        """
        for each in dict.fromkeys(names):
            self._writer.add_identities(each, ([], []))
        name, parts = "", list[BatchIndex]()
        for index in indexes:
            if index.file != name:
                self._add_identities(name, parts)
                name, parts = index.file, []
            parts.append(index)
            yield index
        self._add_identities(name, parts)

    def add(self, result: BatchResult) -> None:
        """Record the result of a batch of a file."""
        add_result(self._record_of(result.file), result)

    def add_place(self, reference: str, file: str, *, merged: int = 0, refused: int = 0) -> None:
        """Record that a reference stands in a file, and elsewhere too."""
        places = self._places.setdefault(reference, {})
        known = places.get(file, SharedPlace(file))
        places[file] = SharedPlace(file, known.merged + merged, known.refused + refused)

    def add_told(self, reference: str, problems: Iterable[SourceProblem]) -> None:
        """Record what is to be told of a reference that stands in several places."""
        self._told.setdefault(reference, []).extend(problems)

    def digest_files(self) -> None:
        """Take digests of the files, before these are compared with what they were when they were listed.

        Raises:
            SourceChanged: a file can't be read any more.
        """
        for name, each in self._files.items():
            path = each.file.path
            if each.file.settings.is_address:
                self._states[name] = None, "", ""
                continue
            try:
                self._states[name] = stat_of(path, time.time_ns()), digest_of(path), digest_beside(path)
            except OSError as fault:
                raise SourceChanged(f"can't be read any more: {fault.strerror}", where=name) from None
            self.digests[name] = self._states[name][1]

    def finish(self) -> None:
        """Write what is left, and the digests."""
        self._finish_file()
        for reference in self._places.keys() | self._told.keys():
            places = self._places.get(reference, {}).values()
            self._writer.set_places(reference, places, self._told.get(reference, ()))
        for name, state in self._states.items():
            self._writer.set_digests(name, *state)

    def _record_of(self, name: str) -> FileRecord:
        """Record of a file: the last one, or another, which may come a second time under other settings."""
        if self._record is None or self._record.name != name:
            self._finish_file()
            self._record = FileRecord(name)
        return self._record

    def _finish_file(self) -> None:
        """Write the last record; a second one of a file is joined with the first."""
        if self._record is None:
            return
        record, self._record = self._record, None
        if record.name in self._finished:
            self._writer.extend_file(record)
        else:
            self._finished.add(record.name)
            self._writer.add_file(record)

    def _add_identities(self, name: str, parts: list[BatchIndex]) -> None:
        if name:
            self._writer.add_identities(name, identity_part(parts))


def add_result(file: FileRecord, result: BatchResult) -> None:
    """Add the result of a batch to the record of its file."""
    for item in (*result.passed, *result.items):
        file.items.append(item)
    file.read.update(item.reference.partition("/")[0] for item in result.passed)
    file.lookups |= result.lookups
    file.problems += result.problems
    file.successions += [(each.old, each.new, each.problem) for each in result.successions]
    for outcome in result.outcomes:
        if isinstance(outcome, RejectedRecord):
            file.read[outcome.kind] += 1
            file.rejected += 1
            file.problems += outcome.problems
        else:
            file.read[outcome.reference.partition("/")[0]] += 1
    file.is_daily = file.is_daily or any(TO_COME in problem.message for problem in file.problems)


def identity_part(parts: Iterable[BatchIndex]) -> IdentityPart:
    """Return the parts of the index of identities that are of a file, as they are recorded."""
    several = list(parts)
    return [tuple(row) for part in several for row in part.rows], sorted(
        {each for part in several for each in part.types}
    )


def index_of_part(name: str, part: IdentityPart) -> BatchIndex:
    """Return the part of the index of identities that was recorded for a file."""
    rows, types = part
    index_rows = [
        IndexRow(reference, described, agent_type, tuple(names), tuple(aliases), file, host)
        for reference, described, agent_type, names, aliases, file, host in rows
    ]
    return BatchIndex(name, index_rows, {(reference, agent_type) for reference, agent_type in types})
