"""Draft of the record of a row: what is put into it, what is put aside, what is told."""

from dataclasses import dataclass, field

from kg.records.model.keys import Record
from kg.records.problems import Severity, SourceProblem
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.columns import Column


@dataclass(slots=True)
class RowDraft:
    """Draft of a record; one object for all rows, which come one after the other.

    Attributes:
        source: the file.
        at: how messages call the row.
        cells: its cells.
        record: the record.
        extra: cells that no key takes, as they come under `extra`.
        problems: what is to be told of the row.
    """

    source: SourceFile
    at: str = ""
    cells: tuple[str, ...] = ()
    record: Record = field(default_factory=dict)
    extra: list[Record] = field(default_factory=list)
    problems: list[SourceProblem] = field(default_factory=list)

    def begin(self, at: str, cells: tuple[str, ...], record: Record) -> None:
        """Begin a row, with what its record has before."""
        self.at, self.cells, self.record = at, cells, record
        if self.extra:
            self.extra = []
        if self.problems:
            self.problems = []

    def report(self, label: str, value: str, expected: str, message: str, severity: Severity = "note") -> None:
        """Report a finding at a column, or at the row where the label is empty."""
        self.problems.append(self.source.problem(self.at, label, value, expected, message, severity=severity))

    def put_aside(self, column: Column, text: str, fault: str, expected: str = "") -> None:
        """Keep a cell under its heading that its key can't take."""
        self.extra.append({"field": column.heading, "value": text})
        expected = expected or f"a value of {column.path}"
        self.report(column.label, text, expected, f"{fault}; kept under extra", "repaired")
