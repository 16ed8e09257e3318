"""Readings of a table: what kg read in each row, as cells for the columns of kg, in step with the rows.

Rows are read, normalised and validated as a build does it, some hundreds at a time; references are looked up in the
live generation. Memory is bounded by a batch, never by the table.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from kg.publish.pipeline.batch import BatchProcessor, BatchResult, CheckedRecord
from kg.publish.pipeline.export_conflicts import version_of
from kg.publish.pipeline.sources import BATCH_RECORDS, Batch, InputFile
from kg.publish.report.rejected import RejectedRecord
from kg.publish.round_trip.edits import Cells
from kg.publish.round_trip.layouts import ID, PROBLEMS, VERSION, SheetLayout
from kg.publish.round_trip.values import BETWEEN, value_text
from kg.records import readers
from kg.records.model.columns import link_targets
from kg.records.model.keys import Record
from kg.records.problems import SourceProblem
from kg.records.readers.base import RawRecord, ReaderItem, ReadFailure
from kg.settings import Settings
from kg.store.generation.generation import Generation


@dataclass(slots=True)
class Reading:
    """Reading of a row.

    Attributes:
        at: the place of the row, as reports call it.
        record: its record; None where it has none that can be published.
        problems: what is to be told of it.
    """

    at: str
    record: Record | None
    problems: list[SourceProblem] = field(default_factory=list)


class RecordDigest:
    """Digest of what a reader gives of a table: two tables that say the same, row by row, have one."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256(usedforsecurity=False)

    def of(self, items: Iterable[ReaderItem]) -> Iterator[ReaderItem]:
        """Pass items on, and add them."""
        for item in items:
            if isinstance(item, RawRecord | ReadFailure):
                said = item.record if isinstance(item, RawRecord) else item.problem.message
                self._digest.update(repr(said).encode("utf-8", "surrogatepass"))
            yield item

    @property
    def value(self) -> bytes:
        """Digest of all items so far."""
        return self._digest.digest()


class Readings:
    """Readings of the rows of a table, in their order; the edits of the table."""

    def __init__(
        self, input_: InputFile, layouts: Mapping[str, SheetLayout], settings: Settings, live: Generation
    ) -> None:
        self.digest = RecordDigest()
        self._input = input_
        self._layouts = layouts
        self._settings = settings
        self._live = live
        self._readings = self._read()
        self._next = next(self._readings, None)

    def sheet(self, name: str) -> "SheetReadings | None":
        """Edits of a sheet; None for one that gives no records."""
        layout = self._layouts.get(name)
        return None if layout is None else SheetReadings(self, layout)

    def take(self, at: str) -> Reading | None:
        """Reading of a row, if the next one is its."""
        reading = self._next
        if reading is None or reading.at != at:
            return None
        self._next = next(self._readings, None)
        return reading

    @property
    def pending(self) -> str:
        """Place of the next row, empty behind the last one."""
        return self._next.at if self._next else ""

    def _read(self) -> Iterator[Reading]:
        processor = BatchProcessor(self._settings.base, value_bytes=self._settings.value_bytes)
        items = self.digest.of(readers.read(self._input.format, self._input.file))
        for batch in _batches(items):
            yield from _readings(*processor.read(Batch(self._input, items=tuple(batch))))

    def cells(self, reading: Reading, layout: SheetLayout) -> Cells:
        """Cells of a reading for the columns of kg."""
        texts = {PROBLEMS: BETWEEN.join(_problem_text(problem) for problem in reading.problems if _is_told(problem))}
        record = reading.record
        if record is not None:
            texts |= self._texts(record, layout)
        return {column: texts.get(name, "") for column, name in layout.columns.items()}

    def _texts(self, record: Record, layout: SheetLayout) -> dict[str, str]:
        catalogue = self._live.catalogue
        reference = catalogue.redirect(record["id"]) or record["id"]
        published = catalogue.things(list(dict.fromkeys([reference, *link_targets(record)])))
        labels = {name: thing.labels for name, thing in published.items()}
        tags: defaultdict[str, set[str]] = defaultdict(set)
        for path in layout.keys.values():
            tags[path.name].add(path.language)
        texts = {
            name: value_text(record, path, frozenset(tags[path.name]), labels, self._settings.languages)
            for name, path in layout.keys.items()
        }
        thing = published.get(reference)
        stored: dict[str, Any] = orjson.loads(self._live.record(thing.offset, thing.length)) if thing else {}
        return {**texts, ID: reference, VERSION: version_of(stored)}


class SheetReadings:
    """Readings of a sheet, as its edits."""

    def __init__(self, readings: Readings, layout: SheetLayout) -> None:
        self._readings = readings
        self._layout = layout
        self._place = f"sheet {layout.name}, " if layout.name else ""

    @property
    def header(self) -> int:
        """Number of the row with the headings; 0 where the format knows them."""
        return self._layout.header

    @property
    def columns(self) -> Mapping[int, str]:
        """Index of each column of kg → its heading."""
        return self._layout.columns

    def place(self, width: int) -> None:
        """Place the columns behind so many others."""
        self._layout.place(width)

    def cells(self, row: int) -> Cells | None:
        """Cells of a row; None for one that gives no record."""
        if row == self._layout.header:
            return self._layout.columns
        reading = self._readings.take(f"{self._place}row {row}")
        return None if reading is None else self._readings.cells(reading, self._layout)


def _batches(items: Iterator[ReaderItem]) -> Iterator[list[ReaderItem]]:
    batch: list[ReaderItem] = []
    for item in items:
        batch.append(item)
        if len(batch) >= BATCH_RECORDS:
            yield batch
            batch = []
    yield batch


def _readings(result: BatchResult, checked: list[CheckedRecord]) -> Iterator[Reading]:
    """Readings of a batch, in order, each with the problems at its row."""
    problems: defaultdict[str, list[SourceProblem]] = defaultdict(list)
    for problem in result.problems:
        problems[problem.at].append(problem)
    by_position = {each.position: each for each in checked}
    for position, outcome in enumerate(result.outcomes):
        if (each := by_position.get(position)) is not None:
            yield Reading(each.raw.at, each.record, problems[each.raw.at])
        elif isinstance(outcome, RejectedRecord):
            at = outcome.problems[-1].at
            yield Reading(at, None, [*problems[at], *outcome.problems])


def _is_told(problem: SourceProblem) -> bool:
    """Whether a problem is one of a value or of the record.

    That a row is longer than others tells of the sheet's form, which the columns of kg change.
    """
    return bool(problem.field or problem.record) or problem.severity == "rejected"


def _problem_text(problem: SourceProblem) -> str:
    where = f"{problem.field}: " if problem.field else ""
    expected = f" (expected: {problem.expected})" if problem.expected else ""
    return f"{where}{problem.message}{expected}"
