"""Changed records: what each touched reference is now, by the records that its files have of it.

The rules are those of a full build: the first record in the order of the sources is published and others are refused,
but that records which may be merged are merged, and come after all others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.publish.incremental.read_sources import FoundRecord, ReadSources
from kg.publish.pipeline.batch import BatchProcessor, PendingMerge, PreparedRecord
from kg.publish.pipeline.merge import merge_places, repeated
from kg.publish.report.rejected import RejectedRecord
from kg.publish.state.source_state import SharedPlace
from kg.records.normalisation.long_values import LongValue
from kg.records.problems import SourceProblem


@dataclass(slots=True)
class ChangedRecord:
    """Touched reference.

    Attributes:
        reference: the reference.
        record: what is published of it; None where it has no record.
        places: where it stands, if in several places.
        problems: what is to be told of its places.
        refused: records that are left out, each with its place in its file.
        rejected: a merged record that can't be published.
        long_values: values that are left out of a merged record.
    """

    reference: str
    record: PreparedRecord | None = None
    places: list[SharedPlace] = field(default_factory=list)
    problems: list[SourceProblem] = field(default_factory=list)
    refused: list[tuple[RejectedRecord, str]] = field(default_factory=list)
    rejected: list[RejectedRecord] = field(default_factory=list)
    long_values: list[LongValue] = field(default_factory=list)


def changed_records(read: ReadSources, processor: BatchProcessor) -> Iterator[ChangedRecord]:
    """Yield what becomes of each touched reference, in order."""
    places = read.places()
    for reference in sorted(read.touched):
        yield _Resolution(reference, places.get(reference, [])).run(processor)


class _Resolution:
    """Resolution of the records of one reference."""

    def __init__(self, reference: str, found: Iterable[FoundRecord]) -> None:
        outcomes = [each.outcome for each in found]
        self._prepared = [each for each in outcomes if isinstance(each, PreparedRecord)]
        self._pending = [each for each in outcomes if isinstance(each, PendingMerge)]
        self._result = ChangedRecord(reference)

    def run(self, processor: BatchProcessor) -> ChangedRecord:
        """Find out what is published, and what is to be told."""
        result = self._result
        standing = len(self._prepared) + len(self._pending)
        if self._pending:
            self._merge(processor)
        if self._prepared:
            result.record, *others = self._prepared
            first = result.record.entry
            for each in others:
                self._refuse(each.entry.source, each.entry.at, _place(first.source, first.at))
            self._add_place(first.source)
        if standing <= 1:
            result.places.clear()
        return result

    def _merge(self, processor: BatchProcessor) -> None:
        """Merge the records that may be merged; the result comes after all others."""
        result, first = self._result, self._pending[0]
        merged = merge_places(self._pending)
        result.problems += merged.notes
        for other in merged.refused:
            self._refuse(other.source, other.at, _place(first.source, first.at))
        for other in merged.merged:
            self._add_place(other.source, merged=1)
        self._add_place(first.source)
        prepared = processor.prepare([merged.record], first.source)
        result.problems += prepared.problems
        result.long_values += prepared.long_values
        for outcome in prepared.outcomes:
            if isinstance(outcome, PreparedRecord):
                self._prepared.append(outcome)
            elif isinstance(outcome, RejectedRecord):
                result.rejected.append(outcome)
                result.problems += outcome.problems

    def _refuse(self, source: str, at: str, earlier: str) -> None:
        reference = self._result.reference
        problem = repeated(reference, source, at, earlier)
        self._result.problems.append(problem)
        self._result.refused.append((RejectedRecord(reference.partition("/")[0], source, None, (problem,)), at))
        self._add_place(source, refused=1)

    def _add_place(self, file: str, *, merged: int = 0, refused: int = 0) -> None:
        self._result.places.append(SharedPlace(file, merged, refused))


def _place(source: str, at: str) -> str:
    return " ".join(filter(None, (source, at)))
