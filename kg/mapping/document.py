"""From a sound record to the JSON-LD that says it.

The context does the mapping; this step only writes out what a record leaves to be understood: the ids of its parts,
their class and order, the datatype of a date that is exact, the dates again under the property of their role, the
geometry of a place. It counts the triples that the document must give, so that none can get lost unseen.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kg.ontology import EDTF, XSD, Form, Ontology, Term

_EXACT = (
    (re.compile(r"\d{4}-\d\d-\d\d"), XSD + "date"),
    (re.compile(r"\d{4}-\d\d"), XSD + "gYearMonth"),
    (re.compile(r"\d{4}"), XSD + "gYear"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?"), XSD + "dateTime"),
)
_SEASONS = frozenset(f"{season:02}" for season in range(13, 100))


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
class Document:
    """A record as JSON-LD.

    Attributes:
        reference: the record's reference.
        node: the object, without context.
        triples: how many triples it gives, each once.
        links: (key, reference of the target), in order, each once.
    """

    reference: str
    node: dict[str, Any]
    triples: int
    links: tuple[tuple[str, str], ...]


def document(record: dict[str, Any], ontology: Ontology) -> Document:
    """The JSON-LD of a sound record."""
    return _Writer(record, ontology).written()


class _Writer:
    """Writes one record."""

    def __init__(self, record: dict[str, Any], ontology: Ontology) -> None:
        self.record = record
        self.reference: str = record["id"]
        self.terms = ontology.terms
        self.links: dict[tuple[str, str], None] = {}
        # Distinct triples: two keys may mean one term, and one value may stand under both.
        self.said: set[tuple[Any, ...]] = set()

    def written(self) -> Document:
        node: dict[str, Any] = {"id": self.reference, "kind": list(self.classes())}
        for name in node["kind"]:
            self.said.add(("", "kind", name))
        for key, value in self.record.items():
            if key in self.terms:
                node[key] = self.value(self.terms[key], value)
        for key, value in self.derived():
            node.setdefault(key, []).extend(self.value(self.terms[key], value))
        return Document(self.reference, node, len(self.said), tuple(self.links))

    def classes(self) -> Iterator[str]:
        """The class tokens of the record, as the context has them."""
        record = self.record
        if record["kind"] == "archive":
            yield "institution" if record.get("level") == "archive" else "unit"
        else:
            yield record.get("agentType", record["kind"])
        if "status" in record:
            yield record["status"]

    def value(self, term: Term, value: Any, subject: str = "") -> Any:
        """What stands under a key, in JSON-LD."""
        return _FORMS[term.form](self, term, value, subject)

    def say(self, subject: str, term: Term, *what: Any) -> None:
        self.said.add((subject, term.iri, *what))

    def plain(self, term: Term, value: Any, subject: str) -> Any:
        for each in value if isinstance(value, list) else [value]:
            self.say(subject, term, each)
        return value

    def text(self, term: Term, value: dict[str, Any], subject: str) -> Any:
        for language, texts in value.items():
            for each in texts if isinstance(texts, list) else [texts]:
                self.say(subject, term, each, language)
        return value

    def link(self, term: Term, value: Any, subject: str) -> Any:
        targets = []
        for each in value if isinstance(value, list) else [value]:
            target = each["id"] if isinstance(each, dict) else each
            targets.append(target)
            self.say(subject, term, target, "@id")
            if ":" not in target:  # a reference; an outward link has a scheme
                self.links[term.key, target] = None
        return targets

    def typed(self, term: Term, value: Any, subject: str) -> Any:
        typed = []
        for each in value if isinstance(value, list) else [value]:
            lexical = each if isinstance(each, str) else f"{Decimal(repr(each)):f}"
            datatype = term.datatype
            if datatype == EDTF and not subject:  # in a part that describes the date, EDTF stays EDTF
                datatype = exact_type(lexical)
            typed.append({"@value": lexical, "@type": datatype})
            self.say(subject, term, lexical, datatype)
        return typed

    def parts(self, term: Term, value: list[dict[str, Any]], _: str) -> Any:
        nodes = []
        for position, part in enumerate(value, 1):
            name = f"#{term.key}-{position}"
            node: dict[str, Any] = {"id": self.reference + name, "kind": "part"}
            self.said |= {("", term.iri, name), (name, "kind", "part")}
            if "position" in term.parts:
                node["position"] = position
                self.said.add((name, "position", position))
            for key, each in part.items():
                node[key] = self.value(term.parts[key], each, name)
            nodes.append(node)
        return nodes

    def derived(self) -> Iterator[tuple[str, Any]]:
        """What follows from the record and is said besides, key by key."""
        for position, date in enumerate(self.record.get("dates", ())):
            if "edtf" in date:
                yield f"{date['role']}Date", date["edtf"]
                if position == 0:
                    yield "date", date["edtf"]
            if position == 0:
                if "start" in date:
                    yield "dateStart", date["start"]
                if "end" in date:
                    yield "dateEnd", date["end"]
        for relation in self.record.get("relations", ()):
            yield "relatedTo", relation["target"]
        if "latitude" in self.record and "longitude" in self.record:
            # GeoSPARQL 1.1, 8.5.1: longitude comes first in WKT of the default reference system.
            yield "geometry", [{"wkt": f"POINT({self.record['longitude']} {self.record['latitude']})"}]


_FORMS: dict[Form, Callable[[_Writer, Term, Any, str], Any]] = {
    Form.PLAIN: _Writer.plain,
    Form.TEXT: _Writer.text,
    Form.LINK: _Writer.link,
    Form.TYPED: _Writer.typed,
    Form.PART: _Writer.parts,
}
