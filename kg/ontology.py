"""Ontology: the mapping from keys to terms, loaded from `ontology/context.jsonld` and `ontology/terms.ttl`.

The context defines the term of each key of a record, and the form of its values. Mapping goes through it
forwards, from key to term; rendering goes through it backwards, from term to key. The crosswalk says which other terms
stand beside a term, so that a client which knows one vocabulary alone gets the whole (D-10).
"""

import json
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.settings import ONTOLOGY

EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_BASE_MARK = "{base}"
# Prefixes for serialisations, for terms that the context names without one.
_EXTRA_PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "dcmitype": "http://purl.org/dc/dcmitype/",
}


class Form(Enum):
    """Form of a key's values."""

    PLAIN = "plain"
    """A string without language or datatype."""
    TEXT = "text"
    """A map from language to strings."""
    LINK = "link"
    """An IRI."""
    TYPED = "typed"
    """A literal of one datatype."""
    PART = "part"
    """Nodes with keys of their own."""


@dataclass(frozen=True, slots=True)
class Term:
    """Term of a key, with the form of its values.

    Attributes:
        key: the key.
        iri: its term.
        form: the form of its values.
        datatype: the datatype of typed values, else the empty string.
        parts: for a part, its own keys.
        part_class: for a part, its class.
    """

    key: str
    iri: str
    form: Form
    datatype: str = ""
    parts: dict[str, "Term"] = field(default_factory=dict)
    part_class: str = ""


@dataclass(frozen=True, slots=True)
class Ontology:
    """Ontology for a base.

    Attributes:
        base: the base IRI, under which our own terms lie.
        context: the value of `@context`.
        prefixes: prefix → namespace.
        terms: key → term.
        scoped: class token (`topic`) → key → term under that class.
        classes: class token → its IRI.
        counterparts: IRI of a property → those that stand beside it.
        class_counterparts: the same for classes.
        labels: IRI of an own term → its label.
        keys: kind → the keys its records may have, in order, as the JSON Schema gives them.
    """

    base: str
    context: dict[str, Any]
    prefixes: dict[str, str]
    terms: dict[str, Term]
    scoped: dict[str, dict[str, Term]]
    classes: dict[str, str]
    counterparts: dict[str, tuple[str, ...]]
    class_counterparts: dict[str, tuple[str, ...]]
    labels: dict[str, str]
    keys: dict[str, tuple[str, ...]]

    def terms_of(self, kind: str) -> dict[str, Term]:
        """Return key → term for records of this kind."""
        return {**self.terms, **self.scoped[kind]} if kind in self.scoped else self.terms

    def context_document(self) -> bytes:
        """Return the context as it is published, with the base in place."""
        return json.dumps({"@context": self.context}, ensure_ascii=False, indent=1).encode()

    def terms_document(self) -> list[Quad]:
        """Return the statements about our own terms, and the crosswalk."""
        return list(_terms_quads(self.base))


@cache
def load(base: str) -> Ontology:
    """Load the ontology for a base. It is a part of kg: an unreadable file means a broken installation."""
    raw = (ONTOLOGY / "context.jsonld").read_text(encoding="utf-8").replace(_BASE_MARK, base)
    context = json.loads(raw)["@context"]
    prefixes = {
        name: value
        for name, value in context.items()
        if isinstance(value, str) and value.endswith(("/", "#", "/terms/"))
    }
    terms, classes, scoped = _read_context(context, prefixes)
    quads = list(_terms_quads(base))
    return Ontology(
        base=base,
        context=context,
        prefixes=prefixes | _EXTRA_PREFIXES,
        terms=terms,
        scoped=scoped,
        classes=classes,
        counterparts=_crosswalk(quads, properties=True),
        class_counterparts=_crosswalk(quads, properties=False),
        labels={
            quad.subject.value: quad.object.value
            for quad in quads
            if quad.predicate.value == RDFS_LABEL
            and isinstance(quad.subject, NamedNode)
            and isinstance(quad.object, Literal)
        },
        keys=_keys_by_kind(),
    )


def _read_context(
    context: dict[str, Any], prefixes: dict[str, str]
) -> tuple[dict[str, Term], dict[str, str], dict[str, dict[str, Term]]]:
    terms: dict[str, Term] = {}
    classes: dict[str, str] = {}
    scoped: dict[str, dict[str, Term]] = {}
    for key, value in context.items():
        definition: dict[str, Any] = {"@id": value} if isinstance(value, str) else value
        if key.startswith("@") or key in prefixes or definition["@id"].startswith("@"):
            continue
        iri = _expanded(definition["@id"], prefixes)
        if iri.rpartition("#")[2].rpartition("/")[2][:1].isupper():
            classes[key] = iri
            if "@context" in definition:
                inner: dict[str, Any] = definition["@context"]
                scoped[key] = {
                    name: _term(name, inner_definition, prefixes) for name, inner_definition in inner.items()
                }
        else:
            terms[key] = _term(key, value, prefixes)
    return terms, classes, scoped


def _term(key: str, definition: str | dict[str, Any], prefixes: dict[str, str]) -> Term:
    if isinstance(definition, str):
        return Term(key, _expanded(definition, prefixes), Form.PLAIN)
    iri = _expanded(definition["@id"], prefixes)
    if "@context" in definition:
        inner = dict(definition["@context"])
        part_class = _expanded(inner.pop("part"), prefixes)
        parts = {name: _term(name, value, prefixes) for name, value in inner.items()}
        return Term(key, iri, Form.PART, parts=parts, part_class=part_class)
    if definition.get("@container") == "@language":
        return Term(key, iri, Form.TEXT)
    if definition["@type"] == "@id":
        return Term(key, iri, Form.LINK)
    return Term(key, iri, Form.TYPED, datatype=_expanded(definition["@type"], prefixes))


def _expanded(name: str, prefixes: dict[str, str]) -> str:
    prefix, _, local = name.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else name


def _terms_quads(base: str) -> list[Quad]:
    text = (ONTOLOGY / "terms.ttl").read_bytes()
    return list(parse(input=text, format=RdfFormat.TURTLE, base_iri=base))


def _crosswalk(quads: list[Quad], *, properties: bool) -> dict[str, tuple[str, ...]]:
    """Term → its counterparts: close matches, then more general terms, in the order of the file."""
    counterparts: dict[str, list[str]] = {}
    for quad in quads:
        if not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, NamedNode):
            continue
        if quad.predicate.value in {_SKOS + "closeMatch", _SKOS + "broadMatch"}:
            name = quad.object.value.rpartition("#")[2].rpartition("/")[2]
            if name[:1].islower() is properties:
                counterparts.setdefault(quad.subject.value, []).append(quad.object.value)
    return {term: tuple(names) for term, names in counterparts.items()}


def _keys_by_kind() -> dict[str, tuple[str, ...]]:
    schema = json.loads((ONTOLOGY / "record.schema.json").read_text(encoding="utf-8"))
    return {kind: tuple(definition["properties"]) for kind, definition in schema["$defs"].items() if kind != "link"}
