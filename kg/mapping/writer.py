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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kg.mapping.term_writers import NO_LANGUAGE, Hand, Said, Value
from kg.ontology import EDTF, RDF_TYPE, XSD, Form, Ontology, Term

_KEPT = 1 << 15
"""How many values are kept at hand as they are said: the same few people, places and days come again and again."""

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


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A key of a record, ready to be written.

    Attributes:
        term: what it means.
        nested: whether it is a key of a part.
        say: says a value under its property and the counterparts of that.
        parts: for a part, its own keys.
        classes: for a part, what its class says.
        all: writes all its values; raises ValueError where one can't be said.
    """

    term: Term
    nested: bool
    say: Callable[[Any], Said]
    parts: dict[str, "Slot"]
    classes: Said
    all: Callable[["Writer", "Slot", Any], list[Said]]


class Tables:
    """The mapping for one base, ready to be written from; made once.

    `typed_predicates` are those under which a value may have a datatype that is no text.
    """

    def __init__(self, ontology: Ontology, hand: Hand) -> None:
        self.base = ontology.base
        self.hand = hand
        self.typed_predicates: set[str] = set()
        self._counterparts = ontology.counterparts
        self._class_counterparts = ontology.class_counterparts
        self.slots = {kind: self._slots(ontology.terms_of(kind), nested=False) for kind in ontology.keys}
        self.classes = {token: self._said_of_class(iri) for token, iri in ontology.classes.items()}
        self.link = lru_cache(_KEPT)(self._link)
        self.typed = lru_cache(_KEPT, typed=True)(self._typed)

    def _slots(self, terms: dict[str, Term], *, nested: bool) -> dict[str, Slot]:
        return {key: self._slot(term, nested=nested) for key, term in terms.items()}

    def _slot(self, term: Term, *, nested: bool) -> Slot:
        predicates = (term.iri, *self._counterparts.get(term.iri, ()))
        if term.form is Form.TYPED:
            self.typed_predicates.update(predicates)
        parts = self._slots(term.parts, nested=True)
        classes = self._said_of_class(term.part_class)
        return Slot(term, nested, self.hand.under(predicates), parts, classes, _ALL[term.form])

    def _said_of_class(self, iri: str) -> Said:
        classes = (iri, *self._class_counterparts.get(iri, ())) if iri else ()
        say = self.hand.under((RDF_TYPE,))
        return tuple(said for each in classes for said in say(self.hand.iri(each)))

    def _link(self, slot: Slot, target: str) -> tuple[Said, tuple[str, str] | None]:
        """What a link says, and the link itself unless it leads outwards."""
        if ":" in target:  # an outward link has a scheme; in a reference the sign would be escaped
            return slot.say(self.hand.iri(target)), None
        return slot.say(self.hand.iri(self.base + target)), (slot.term.key, target)

    def _typed(self, slot: Slot, value: Any) -> Said:
        lexical = value if isinstance(value, str) else f"{Decimal(repr(value)):f}"
        datatype = slot.term.datatype
        # In a part that describes the date, EDTF stays EDTF.
        if datatype == EDTF and not slot.nested:
            datatype = exact_type(lexical)
        return slot.say(self.hand.typed(lexical, datatype))


class Writer:
    """Writes one record.

    Attributes:
        links: (key, reference of the target), each once.
        lost: keys of which a value can't be said; empty unless something is wrong.
    """

    def __init__(self, record: dict[str, Any], tables: Tables) -> None:
        self.links: dict[tuple[str, str], None] = {}
        self.lost: dict[str, None] = {}
        self.tables = tables
        self._record = record
        self._subject = f"{tables.base}{record['id']}"
        self._about: list[tuple[Any, dict[Any, None]]] = []

    def write(self) -> None:
        """Write everything that the record says."""
        slots = self.tables.slots[self._record["kind"]]
        own: dict[Any, None] = {}
        self._about.append((self.tables.hand.about(self._subject)[0], own))
        for token in self._classes():
            own.update(dict.fromkeys(self.tables.classes[token]))
        for items in (self._record.items(), self._derived()):
            for key, value in items:
                slot = slots.get(key)
                if slot is not None:
                    self._enter(own, slot, value, key)

    def lines(self) -> tuple[bytes, int]:
        """Its triples in lines, each once, those of the record before those of its parts; and how many these are."""
        text = b"".join([b"%b%b\n" % (subject, (b"\n" + subject).join(said)) for subject, said in self._about])
        return text, sum([len(said) for _, said in self._about])

    def statements(self) -> dict[str, dict[str, list[Value]]]:
        """Its triples as terms: IRI of a subject → IRI of a predicate → the values under it, each once."""
        found: dict[str, dict[str, list[Value]]] = {}
        for subject, said in self._about:
            about = found.setdefault(subject, {})
            for predicate, value in said:
                about.setdefault(predicate, []).append(value)
        return found

    def part(self, slot: Slot, position: int, part: dict[str, Any]) -> Said:
        """Write a part, and say that the record has it."""
        key = slot.term.key
        subject, value = self.tables.hand.about(f"{self._subject}#{key}-{position}")
        said = dict.fromkeys(slot.classes)
        self._about.append((subject, said))
        if "position" in slot.parts:
            self._enter(said, slot.parts["position"], position, key)
        for name, inner in part.items():
            self._enter(said, slot.parts[name], inner, key)
        return slot.say(value)

    def _enter(self, lines: dict[Any, None], slot: Slot, value: Any, key: str) -> None:
        """Enter what the values of a slot say, property by property, each line once."""
        try:
            said = slot.all(self, slot, value)
        except ValueError:  # no IRI, no language tag, half a character
            said = self._some(slot, value, key)
        if len(said) == 1:
            for line in said[0]:
                lines[line] = None
        else:
            for under_one in zip(*said, strict=True):
                for line in under_one:
                    lines[line] = None

    def _some(self, slot: Slot, value: Any, key: str) -> list[Said]:
        """The values that can be said; what can't is lost, and that is told under the record's key."""
        said: list[Said] = []
        for each in _one_by_one(value):
            try:
                said += slot.all(self, slot, each)
            except ValueError:
                self.lost[key] = None
        return said

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


def _links(writer: Writer, slot: Slot, value: Any) -> list[Said]:
    known = writer.tables.link
    all_said = []
    for each in value if isinstance(value, list) else [value]:
        said, link = known(slot, each if isinstance(each, str) else each["id"])
        if link:
            writer.links[link] = None
        all_said.append(said)
    return all_said


def _texts(writer: Writer, slot: Slot, value: Any) -> list[Said]:
    write = writer.tables.hand.text
    return [slot.say(write(tag, text)) for tag, text in _by_language(value)]


def _plain(writer: Writer, slot: Slot, value: Any) -> list[Said]:
    write = writer.tables.hand.text
    return [slot.say(write(NO_LANGUAGE, each)) for each in (value if isinstance(value, list) else [value])]


def _typed_ones(writer: Writer, slot: Slot, value: Any) -> list[Said]:
    known = writer.tables.typed
    return [known(slot, each) for each in value] if isinstance(value, list) else [known(slot, value)]


def _parts(writer: Writer, slot: Slot, value: Any) -> list[Said]:
    return [writer.part(slot, position, part) for position, part in enumerate(value, 1)]


_ALL = {Form.LINK: _links, Form.TEXT: _texts, Form.PLAIN: _plain, Form.TYPED: _typed_ones, Form.PART: _parts}


def _by_language(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for language, texts in value.items():
        for text in texts if isinstance(texts, list) else (texts,):
            yield language, text


def _one_by_one(value: Any) -> Iterator[Any]:
    """The values of a slot, each alone in the form that all have together."""
    if isinstance(value, dict) and "id" not in value:
        for language, text in _by_language(value):
            yield {language: text}
    else:
        yield from value if isinstance(value, list) else [value]
