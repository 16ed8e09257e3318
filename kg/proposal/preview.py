"""Preview of a source: its first records as a build would publish them, by the real reader and normalisation."""

from collections.abc import Iterator
from dataclasses import dataclass

from kg.records import readers
from kg.records.model import validation
from kg.records.model.keys import Record
from kg.records.normalisation.records import normalise_record
from kg.records.normalisation.values import ValueFault
from kg.records.problems import SourceProblem
from kg.records.readers.base import RawRecord, ReaderItem, ReadFailure, SourceFile, isolate_failures
from kg.records.readers.source_words import in_source_words

MAX_COUNTED = 1_000
"""Records that are counted; a file may have millions."""


@dataclass(frozen=True, slots=True)
class PreviewedRecord:
    """Record as it would come out, or what keeps it from that.

    Attributes:
        at: its place in the file.
        record: the normalised record; None where it would be left out.
        problems: what a build would tell of it.
    """

    at: str
    record: Record | None
    problems: tuple[SourceProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordPreview:
    """First records of a source.

    Attributes:
        records: the first ones.
        number: how many records were counted.
        is_whole: whether there are no more.
        problems: what a build would tell of the file.
    """

    records: tuple[PreviewedRecord, ...]
    number: int
    is_whole: bool
    problems: tuple[SourceProblem, ...]


def preview(source: SourceFile, format_: str, records: int, counted: int = MAX_COUNTED) -> RecordPreview:
    """Return the first records of a file.

    Args:
        source: the file with the settings of its source.
        format_: its format.
        records: the number of records that are normalised.
        counted: the number of records that are read at most.

    Raises:
        OSError: the file can't be opened.
    """
    seen: list[PreviewedRecord] = []
    problems: list[SourceProblem] = []
    number, is_whole = 0, True
    for item in _items(source, format_):
        if isinstance(item, SourceProblem):
            problems.append(item)
        elif isinstance(item, RawRecord | ReadFailure):
            if number >= counted:
                is_whole = False
                break
            number += isinstance(item, RawRecord)
            if len(seen) < records:
                seen.append(_previewed(item, source, format_))
    return RecordPreview(tuple(seen), number, is_whole, tuple(problems[:100]))


def _items(source: SourceFile, format_: str) -> Iterator[ReaderItem]:
    return isolate_failures(source, readers.read(format_, source))


def _previewed(item: RawRecord | ReadFailure, source: SourceFile, format_: str) -> PreviewedRecord:
    if isinstance(item, ReadFailure):
        return PreviewedRecord(item.problem.at, None, (item.problem,))
    try:
        record, problems = normalise_record(item.record, source.name, item.at)
    except ValueFault as fault:
        problem = source.problem(
            item.at, "id", item.record.get("id", ""), fault.expected, str(fault), severity="rejected"
        )
        return PreviewedRecord(item.at, None, (problem,))
    faults = validation.faults(record, source.name, item.at)
    told = [in_source_words(each, format_, item.fields) for each in (*problems, *faults)]
    return PreviewedRecord(item.at, None if faults else record, (*item.problems, *told))
