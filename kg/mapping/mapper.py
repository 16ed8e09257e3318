"""From sound records to N-Triples, with the counterparts of the crosswalk, and audited.

What can't be said (an IRI that is none for the engine, say) is left out and told of, with the key at fault.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kg.mapping.writer import Tables, Writer
from kg.ontology import Ontology


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
        self._tables = Tables(ontology)

    def map(self, records: Iterable[dict[str, Any]]) -> list[Mapped]:
        """The triples of each record, in the order given."""
        return [self._mapped(record) for record in records]

    def _mapped(self, record: dict[str, Any]) -> Mapped:
        writer = Writer(record, self._tables)
        writer.write()
        lines = "\n".join((*writer.lines, "")).encode()
        return Mapped(record["id"], lines, len(writer.lines), tuple(writer.links), tuple(writer.lost))
