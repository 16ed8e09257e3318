"""From sound records to N-Triples, batch by batch, with the counterparts of the crosswalk, and audited.

A batch of records is one JSON-LD document under one context; Oxigraph's parser maps it. What it can't use it drops
in silence, so the triples of each record are counted: a record that gives fewer than its values say is mapped again
key by key, and the keys at fault are named.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from pyoxigraph import RdfFormat, parse, serialize

from kg.mapping.document import Document, document
from kg.ontology import RDF_TYPE, Ontology

_TYPE = b"<" + RDF_TYPE.encode() + b">"


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
        self.ontology = ontology
        self.base = ontology.base
        # JSON-LD resolves a reference against the base as a path; "record/a:b" can't occur, since ":" is escaped.
        self._head = b'{"@context":' + orjson.dumps(ontology.context) + b',"@graph":'
        self._counterparts = {_nt(term): tuple(map(_nt, others)) for term, others in ontology.counterparts.items()}
        self._classes = {_nt(term): tuple(map(_nt, others)) for term, others in ontology.class_counterparts.items()}

    def map(self, records: Iterable[dict[str, Any]]) -> list[Mapped]:
        """The triples of each record, in the order given."""
        documents = [document(record, self.ontology) for record in records]
        try:
            lines = self._by_reference(self._parsed([each.node for each in documents]))
        except SyntaxError:  # one record fails the whole batch: find out which
            return [self._alone(each) for each in documents]
        return [self._finished(each, lines.get(each.reference, [])) for each in documents]

    def _parsed(self, nodes: list[dict[str, Any]]) -> Iterator[bytes]:
        text = self._head + orjson.dumps(nodes) + b"}"
        quads = parse(input=text, format=RdfFormat.JSON_LD, base_iri=self.base)
        # Written as N-Quads, a triple of the default graph is a line of N-Triples.
        return iter((serialize(quads, format=RdfFormat.N_QUADS) or b"").split(b"\n")[:-1])

    def _by_reference(self, lines: Iterable[bytes]) -> dict[str, list[bytes]]:
        start = len(self.base.encode()) + 1
        found: dict[bytes, list[bytes]] = {}
        for line in lines:
            subject = line[start : line.index(b">")]
            hash_ = subject.find(b"#")
            found.setdefault(subject if hash_ < 0 else subject[:hash_], []).append(line)
        return {reference.decode(): each for reference, each in found.items()}

    def _finished(self, said: Document, lines: list[bytes]) -> Mapped:
        own = dict.fromkeys(lines)
        lost = () if len(own) == said.triples else self._lost(said)
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            if predicate == _TYPE:
                others = self._classes.get(rest[:-2], ())
                own |= dict.fromkeys(b"%b %b %b ." % (subject, predicate, other) for other in others)
            else:
                others = self._counterparts.get(predicate, ())
                own |= dict.fromkeys(b"%b %b %b" % (subject, other, rest) for other in others)
        return Mapped(said.reference, b"\n".join(own) + b"\n" if own else b"", len(own), said.links, lost)

    def _alone(self, said: Document) -> Mapped:
        """A record mapped by itself; where even that fails, what can be mapped key by key."""
        try:
            return self._finished(said, list(self._parsed([said.node])))
        except SyntaxError:
            kept: list[bytes] = []
            for key, value in said.node.items():
                try:
                    kept += self._parsed([{"id": said.node["id"], key: value}])
                except SyntaxError:
                    continue
            return self._finished(said, kept)

    def _lost(self, said: Document) -> tuple[str, ...]:
        """The keys of a record of which a value gives no triple."""
        lost = []
        for key, value in said.node.items():
            if key == "id":
                continue
            kind = {} if key == "kind" else {"kind": said.node["kind"]}
            node = {"id": said.node["id"], **kind, key: value}
            try:
                given = len(set(self._parsed([node]))) - len(kind and said.node["kind"])
            except SyntaxError:
                given = -1
            if given < _leaves(value):
                lost.append(key)
        return tuple(lost)


def _leaves(value: Any) -> int:
    """How many triples the value of a key of a JSON-LD node gives."""
    if isinstance(value, list):
        return sum(map(_leaves, value))
    if isinstance(value, dict) and "@value" not in value:
        inner = sum(_leaves(each) for key, each in value.items() if key != "id")
        return inner + 1 if "id" in value else inner
    return 1


def _nt(iri: str) -> bytes:
    return f"<{iri}>".encode()
