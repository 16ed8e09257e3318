"""From sound records to N-Triples, with the counterparts of the crosswalk, and audited.

What can't be said (an IRI that is none for the engine, say) is left out and told of, with the key at fault.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from kg import ontology
from kg.mapping import term_writers, writer
from kg.mapping.term_writers import Lines, Terms, Value
from kg.mapping.writer import Tables, Writer
from kg.ontology import Ontology
from kg.settings import ONTOLOGY


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


@cache
def version() -> str:
    """What names this mapping: a digest of all that decides which triples a record gives."""
    found = hashlib.blake2b(digest_size=16)
    for path in (ONTOLOGY / "context.jsonld", ONTOLOGY / "terms.ttl", *map(Path, _SOURCES)):
        found.update(path.read_bytes())
    return found.hexdigest()


_SOURCES = (ontology.__file__, writer.__file__, term_writers.__file__, __file__)
