"""Mapper from normalised records to N-Triples, with the counterparts of the crosswalk.

An unmappable value (an IRI that the engine refuses, say) is left out and reported, with its key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kg.mapping.term_writers import EngineTermWriter, NTriplesTermWriter, Value
from kg.mapping.writer import MappingTables, RecordWriter
from kg.ontology import Ontology

VERSION = "5"
"""Of the mapping: raised when a record gives other triples than before, so that these are read from the store (D-46).

A test holds it against digests of the triples of the example collection and of each key of the model.
"""


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """Triples and links of a record.

    Attributes:
        reference: its reference.
        ntriples: its triples, counterparts included, one a line.
        triples: how many these are.
        links: (key, reference of the target), in order.
        unmapped: keys of which a value gave no triple; empty unless something is wrong.
    """

    reference: str
    ntriples: bytes
    triples: int
    links: tuple[tuple[str, str], ...]
    unmapped: tuple[str, ...] = ()


def is_current(name: str) -> bool:
    """Whether a generation whose manifest names its mapping so was made by this version of it."""
    return name == VERSION


class Mapper:
    """Mapper of records under a base. It holds tables only, so a mapper serves any number of batches."""

    def __init__(self, ontology: Ontology) -> None:
        self.base = ontology.base
        self._ontology = ontology
        self._lines = MappingTables(ontology, NTriplesTermWriter())

    def map(self, records: Iterable[dict[str, Any]]) -> list[MappedRecord]:
        """Return the triples of each record, in the order given."""
        return [self._mapped(record) for record in records]

    def statements(self, record: dict[str, Any]) -> dict[str, dict[str, list[Value]]]:
        """Return a record's statements as terms: IRI of a subject → IRI of a predicate → the values under it."""
        record_writer = RecordWriter(record, self._terms)
        record_writer.write()
        return record_writer.statements()

    @property
    def typed(self) -> set[str]:
        """Predicates whose values may have a datatype other than text."""
        return self._lines.typed_predicates

    @cached_property
    def _terms(self) -> MappingTables:
        return MappingTables(self._ontology, EngineTermWriter())

    def _mapped(self, record: dict[str, Any]) -> MappedRecord:
        record_writer = RecordWriter(record, self._lines)
        record_writer.write()
        return MappedRecord(
            record["id"], *record_writer.ntriples(), tuple(record_writer.links), tuple(record_writer.unmapped)
        )
