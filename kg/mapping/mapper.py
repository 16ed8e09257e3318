"""From sound records to N-Triples, with the counterparts of the crosswalk, and audited.

What can't be said (an IRI that is none for the engine, say) is left out and told of, with the key at fault.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kg.mapping.term_writers import Lines, Terms, Value
from kg.mapping.writer import Tables, Writer
from kg.ontology import Ontology

VERSION = "1"
"""Of the mapping: raised when a record gives other triples than before, so that these are read from the store.

A test holds it against digests of the triples of the example collection and of each key of the model.
"""

_EARLIER_NAMES = frozenset({"5fc387a99d53b95a3d8ec6e0badc135a"})
"""What kg 0.1.0 wrote for this version: a digest of the modules of its mapping."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a record became.

    Attributes:
        reference: its reference.
        ntriples: its triples, counterparts included, one a line.
        triples: how many these are.
        links: (key, reference of the target), in order.
        lost: keys of which a value gave no triple; empty unless something is wrong.
    """

    reference: str
    ntriples: bytes
    triples: int
    links: tuple[tuple[str, str], ...]
    lost: tuple[str, ...] = ()


def is_current(name: str) -> bool:
    """Whether a generation whose manifest names its mapping so was made by this version of it."""
    return name == VERSION or name in _EARLIER_NAMES


class Mapper:
    """Maps records under one base. Holds tables only; one serves any number of batches."""

    def __init__(self, ontology: Ontology) -> None:
        self.base = ontology.base
        self._ontology = ontology
        self._lines = Tables(ontology, Lines())

    def map(self, records: Iterable[dict[str, Any]]) -> list[Mapped]:
        """The triples of each record, in the order given."""
        return [self._mapped(record) for record in records]

    def statements(self, record: dict[str, Any]) -> dict[str, dict[str, list[Value]]]:
        """What a record says, as terms: IRI of a subject → IRI of a predicate → the values under it."""
        stating = Writer(record, self._terms)
        stating.write()
        return stating.statements()

    @property
    def typed(self) -> set[str]:
        """The predicates under which a value may have a datatype that is no text."""
        return self._lines.typed_predicates

    @cached_property
    def _terms(self) -> Tables:
        return Tables(self._ontology, Terms())

    def _mapped(self, record: dict[str, Any]) -> Mapped:
        writing = Writer(record, self._lines)
        writing.write()
        return Mapped(record["id"], *writing.lines(), tuple(writing.links), tuple(writing.lost))
