"""From a sound record to its triples, as the context reads it.

A record is a JSON-LD document, and the context is the mapping: what stands here is what a JSON-LD processor does
with a record (JSON-LD 1.1 API, 5.2), for the few forms that the context uses, straight into N-Triples and with the
counterparts of the crosswalk. A quarter of the time of a general parser, and nothing is dropped in silence: each
IRI and language tag from outside goes through the engine's own check, and a value that does not pass is told of.
The tests hold it to that general parser.

What a record leaves to be understood is said too: the ids of its parts, their class and order, the datatype of a
date that is exact, the dates again under the property of their role, the geometry of a place.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.ontology import EDTF, RDF_TYPE, XSD, Form, Ontology, Term

Value = NamedNode | Literal

_EXACT = (
    (re.compile(r"\d{4}-\d\d-\d\d"), XSD + "date"),
    (re.compile(r"\d{4}-\d\d"), XSD + "gYearMonth"),
    (re.compile(r"\d{4}"), XSD + "gYear"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?"), XSD + "dateTime"),
)
_SEASONS = frozenset(f"{season:02}" for season in range(13, 100))


@lru_cache(4096)
def exact_type(edtf: str) -> str:
    """The XSD datatype of an EDTF date that is exact, else that of EDTF.

    >>> exact_type("1963-04").rpartition("#")[2], exact_type("1963~") == EDTF, exact_type("1963-21") == EDTF
    ('gYearMonth', True, True)
    """
    for pattern, datatype in _EXACT:
        if pattern.fullmatch(edtf):
            return EDTF if edtf[:4] == "0000" or edtf[5:7] in _SEASONS else datatype
    return EDTF


@dataclass(frozen=True, slots=True)
class Slot:
    """A key of a record, ready to be written.

    Attributes:
        term: what it means.
        predicates: the IRIs of its property and of the counterparts of that.
        parts: for a part, its own keys.
        classes: for a part, its class and the counterparts of that.
    """

    term: Term
    predicates: tuple[str, ...]
    parts: dict[str, "Slot"]
    classes: tuple[NamedNode, ...]


class Tables:
    """The mapping for one base, ready to be written from; made once.

    `typed` has the predicates under which a value may have a datatype that is no text.
    """

    def __init__(self, ontology: Ontology) -> None:
        self.base = ontology.base
        self._counterparts = ontology.counterparts
        self._class_counterparts = ontology.class_counterparts
        self.slots = {kind: self._slots(ontology.terms_of(kind)) for kind in ontology.keys}
        self.classes = {token: self._said_of_class(iri) for token, iri in ontology.classes.items()}
        found = (_typed_predicates(slot) for slots in self.slots.values() for slot in slots.values())
        self.typed = frozenset(chain.from_iterable(found))

    def _slots(self, terms: dict[str, Term]) -> dict[str, Slot]:
        return {
            key: Slot(
                term,
                (term.iri, *self._counterparts.get(term.iri, ())),
                self._slots(term.parts),
                self._said_of_class(term.part_class),
            )
            for key, term in terms.items()
        }

    def _said_of_class(self, iri: str) -> tuple[NamedNode, ...]:
        return tuple(map(NamedNode, (iri, *self._class_counterparts.get(iri, ())))) if iri else ()


def _typed_predicates(slot: Slot) -> Iterator[str]:
    if slot.term.form is Form.TYPED:
        yield from slot.predicates
    for part in slot.parts.values():
        yield from _typed_predicates(part)


class Writer:
    """Writes one record.

    Attributes:
        lines: its triples, each once, those of the record before those of its parts.
        links: (key, reference of the target), each once.
        lost: keys of which a value can't be said; empty unless something is wrong.
    """

    def __init__(self, record: dict[str, Any], tables: Tables) -> None:
        self.lines: dict[str, None] = {}
        self.links: dict[tuple[str, str], None] = {}
        self.lost: dict[str, None] = {}
        self._record = record
        self._tables = tables
        self._subject = f"{tables.base}{record['id']}"
        self._parts: list[tuple[Slot, list[dict[str, Any]]]] = []
        self._key = ""

    def write(self) -> None:
        """Write everything that the record says."""
        slots = self._tables.slots[self._record["kind"]]
        classes: list[Value] = [each for token in self._classes() for each in self._tables.classes[token]]
        self._say(self._subject, _TYPE, classes)
        for key, value in (*self._record.items(), *self._derived()):
            if key in slots:
                self._take(slots[key], value)
        for slot, parts in self._parts:
            self._write_parts(slot, parts)

    def _take(self, slot: Slot, value: Any) -> None:
        self._key = slot.term.key
        if slot.parts:
            self._parts.append((slot, value))
            said: list[Value] = [NamedNode(self._part(slot, position)) for position in range(1, len(value) + 1)]
        else:
            said = self._said(slot.term, value, nested=False)
        self._say(self._subject, slot.predicates, said)

    def _part(self, slot: Slot, position: int) -> str:
        return f"{self._subject}#{slot.term.key}-{position}"

    def _write_parts(self, slot: Slot, parts: list[dict[str, Any]]) -> None:
        self._key = slot.term.key
        ordered = "position" in slot.parts
        for position, part in enumerate(parts, 1):
            subject = self._part(slot, position)
            self._say(subject, _TYPE, slot.classes)
            for key, value in (*((("position", position),) if ordered else ()), *part.items()):
                inner = slot.parts[key]
                self._say(subject, inner.predicates, self._said(inner.term, value, nested=True))

    def _say(self, subject: str, predicates: Iterable[str], said: Sequence[Value]) -> None:
        texts = [str(each) for each in said]
        for predicate in predicates:
            for text in texts:
                self.lines[f"<{subject}> <{predicate}> {text} ."] = None

    def _said(self, term: Term, value: Any, *, nested: bool) -> list[Value]:
        """Each value under a key; what can't be said is lost, and that is told."""
        values = list(_texts(value)) if term.form is Form.TEXT else value if isinstance(value, list) else [value]
        try:
            return self._all(term, values, nested=nested)
        except ValueError:  # no IRI, no language tag, half a character
            said: list[Value] = []
            for each in values:
                try:
                    said += self._all(term, [each], nested=nested)
                except ValueError:
                    self.lost[self._key] = None
            return said

    def _all(self, term: Term, values: list[Any], *, nested: bool) -> list[Value]:
        if term.form is Form.LINK:
            return [self._link(term.key, each["id"] if isinstance(each, dict) else each) for each in values]
        if term.form is Form.TEXT:
            return [_text(*each) for each in values]
        if term.form is Form.PLAIN:
            return [Literal(each) for each in values]
        # In a part that describes the date, EDTF stays EDTF.
        return [_typed(each, term.datatype, exact=not nested) for each in values]

    def _link(self, key: str, target: str) -> NamedNode:
        if ":" in target:  # an outward link has a scheme; in a reference the sign would be escaped
            return NamedNode(target)
        iri = NamedNode(self._tables.base + target)
        self.links[key, target] = None
        return iri

    def _classes(self) -> Iterator[str]:
        """The class tokens of the record, as the context has them."""
        record = self._record
        if record["kind"] == "archive":
            yield "institution" if record.get("level") == "archive" else "unit"
        else:
            yield record.get("agentType", record["kind"])
        if "status" in record:
            yield record["status"]

    def _derived(self) -> Iterator[tuple[str, Any]]:
        """What follows from the record and is said besides, key by key."""
        for position, date in enumerate(self._record.get("dates", ())):
            if "edtf" in date:
                yield f"{date['role']}Date", date["edtf"]
                if position == 0:
                    yield "date", date["edtf"]
            if position == 0:
                if "start" in date:
                    yield "dateStart", date["start"]
                if "end" in date:
                    yield "dateEnd", date["end"]
        for relation in self._record.get("relations", ()):
            yield "relatedTo", relation["target"]
        if "latitude" in self._record and "longitude" in self._record:
            # GeoSPARQL 1.1, 8.5.1: longitude comes first in WKT of the default reference system.
            yield "geometry", [{"wkt": f"POINT({self._record['longitude']} {self._record['latitude']})"}]


class Stating(Writer):
    """Says the same as terms: subject → predicate → its values, each once."""

    def __init__(self, record: dict[str, Any], tables: Tables) -> None:
        super().__init__(record, tables)
        self.statements: dict[str, dict[str, list[Value]]] = {}

    def _say(self, subject: str, predicates: Iterable[str], said: Sequence[Value]) -> None:
        if said:
            about = self.statements.setdefault(subject, {})
            values = list(dict.fromkeys(said)) if len(said) > 1 else list(said)
            for predicate in predicates:
                before = about.get(predicate)
                about[predicate] = list(dict.fromkeys((*before, *values))) if before else values


_TYPE = (RDF_TYPE,)


def _texts(by_language: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for language, texts in by_language.items():
        for text in texts if isinstance(texts, list) else (texts,):
            yield language, text


def _text(language: str, text: str) -> Literal:
    return Literal(text) if language == "@none" else Literal(text, language=language)


def _typed(value: Any, datatype: str, *, exact: bool) -> Literal:
    lexical = value if isinstance(value, str) else f"{Decimal(repr(value)):f}"
    if datatype == EDTF and exact:
        datatype = exact_type(lexical)
    return Literal(lexical, datatype=_datatype(datatype))


@cache
def _datatype(iri: str) -> NamedNode:
    return NamedNode(iri)
