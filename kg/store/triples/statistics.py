"""Statistics of a graph: triples, hash, triples of each property, things of each class; moved by a patch.

They stand in a file of the generation, so that a change counts its own lines and not the whole graph.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from kg.errors import GenerationError
from kg.ontology import RDF_TYPE
from kg.store.triples.graph_hash import graph_hash, written
from kg.store.triples.patch import ThingPatch

_TYPE = f"<{RDF_TYPE}>".encode()


@dataclass(slots=True)
class GraphStatistics:
    """Statistics of a graph.

    Attributes:
        triples: number of triples.
        sum: its hash, as a number; any whole number, of which the hash is the rest modulo 2^256.
        properties: IRI of a property, in brackets → triples with it.
        classes: IRI of a class, in brackets → its instances.
    """

    triples: int = 0
    sum: int = 0
    properties: Counter[bytes] = field(default_factory=Counter)
    classes: Counter[bytes] = field(default_factory=Counter)

    @property
    def hash(self) -> str:
        """Hash of the graph in 64 hexadecimal digits."""
        return written(self.sum)

    def add(self, ntriples: bytes) -> None:
        """Count lines of N-Triples that come."""
        lines = ntriples.splitlines()
        self.triples += len(lines)
        self.sum += graph_hash(lines)
        properties = _properties(lines)
        self.properties.update(properties)
        self.classes.update(_classes(lines, properties))

    def remove(self, ntriples: bytes) -> None:
        """Count lines that go."""
        lines = ntriples.splitlines()
        self.triples -= len(lines)
        self.sum -= graph_hash(lines)
        properties = _properties(lines)
        self.properties.subtract(properties)
        self.classes.subtract(_classes(lines, properties))

    def merge(self, other: "GraphStatistics") -> None:
        """Add the statistics of another part of the graph."""
        self.triples += other.triples
        self.sum += other.sum
        self.properties.update(other.properties)
        self.classes.update(other.classes)

    def apply(self, patches: Iterable[ThingPatch]) -> None:
        """Count what patches take away and add."""
        for patch in patches:
            self.remove(b"\n".join(patch.removed))
            self.add(b"\n".join(patch.added))

    def write(self, path: Path) -> None:
        """Write them as JSON; what has no triple left is left out."""
        values = {
            "triples": self.triples,
            "hash": self.hash,
            "properties": _named(self.properties),
            "classes": _named(self.classes),
        }
        path.write_bytes(orjson.dumps(values, option=orjson.OPT_INDENT_2) + b"\n")

    @classmethod
    def read(cls, path: Path) -> "GraphStatistics":
        """Read them. Raises GenerationError where the file can't be read."""
        try:
            values = orjson.loads(path.read_bytes())
            counters = [
                Counter({f"<{iri}>".encode(): int(count) for iri, count in values[name].items()})
                for name in ("properties", "classes")
            ]
            return cls(int(values["triples"]), int(values["hash"], 16), *counters)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            what = f"the statistics of the graph can't be read: {fault}"
            raise GenerationError(what, where=str(path), todo="Run `kg build --full`.") from None


def _properties(lines: list[bytes]) -> list[bytes]:
    """Property of each line, in brackets."""
    return [line.split(b" ", 2)[1] for line in lines]


def _classes(lines: list[bytes], properties: list[bytes]) -> list[bytes]:
    """Class of each line that names one, in brackets."""
    return [line.split(b" ", 2)[2][:-2] for line, each in zip(lines, properties, strict=True) if each == _TYPE]


def _named(counter: Counter[bytes]) -> dict[str, int]:
    return {iri[1:-1].decode(): count for iri, count in sorted(counter.items()) if count}
