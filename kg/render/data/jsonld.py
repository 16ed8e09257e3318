"""JSON-LD writer: a thing's triples under the keys of the model, by the inverse of the mapping's context.

The document holds all triples: those of the record's own keys under these keys, and their counterparts under prefixed
names (`dcterms:title`). The used part of the context is inline, so that no processor needs the network.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from pyoxigraph import Literal, NamedNode, Quad

from kg.ontology import RDF_TYPE, XSD, Form, Ontology, Term, load
from kg.render.data.rdf import compact
from kg.render.data.statements import Properties, Statements, Values, by_subject

_STRING = XSD + "string"
# A colon may end a prefix (JSON-LD 1.1, 3.2), and resolvers lose a semicolon at the end of a path.
_DELIMITERS = re.compile("[!$&'()*+,;=:@]")
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


def write(statements: Statements, reference: str, ontology: Ontology, beside: Sequence[Quad] = ()) -> bytes:
    """Serialise a thing's statements as JSON-LD; what stands beside them is about another subject, and included."""
    return orjson.dumps(document(statements, reference, ontology, beside), option=orjson.OPT_INDENT_2)


def document(statements: Statements, reference: str, ontology: Ontology, beside: Sequence[Quad] = ()) -> dict[str, Any]:
    """JSON-LD document of a thing, as an object."""
    return _JsonLdWriter(statements, reference, ontology).document(beside)


@lru_cache(maxsize=64)
def keys_of_kind(base: str, kind: str) -> dict[str, Term]:
    """IRI of a property → key of the model for it, in things of a kind, in the order of the model."""
    ontology = load(base)
    terms = ontology.terms_of(kind)
    own = [key for key in ontology.keys[kind] if key in terms]
    in_model = {key for keys in ontology.keys.values() for key in keys}
    derived = [key for key in terms if key not in in_model]
    keys: dict[str, Term] = {}
    for key in (*own, *derived):
        keys.setdefault(terms[key].iri, terms[key])
    return keys


@lru_cache(maxsize=64)
def _tokens_of_classes(base: str) -> dict[str, str]:
    """IRI of a class → its token in the context."""
    return {iri: token for token, iri in load(base).classes.items()}


class _JsonLdWriter:
    """Writer of one thing's document."""

    def __init__(self, statements: Statements, reference: str, ontology: Ontology) -> None:
        self.ontology = ontology
        self.base = ontology.base
        self.reference = reference
        self.keys = keys_of_kind(ontology.base, reference.partition("/")[0])
        self.classes = _tokens_of_classes(ontology.base)
        self.statements = statements
        self.used_names: set[str] = set()

    def document(self, beside: Sequence[Quad]) -> dict[str, Any]:
        """Document with the context first, and the nodes of other subjects as included ones (JSON-LD 1.1, 4.8)."""
        node = self.node(self.base + self.reference, self.keys, top=True)
        others = by_subject(each.triple for each in beside)
        if others:
            node["@included"] = [self.other(iri, properties) for iri, properties in others.items()]
        context: dict[str, Any] = {"@version": 1.1, "@base": self.base}
        definitions = self.ontology.context
        for name in definitions:
            if name in self.used_names or name in {"id", "kind"}:
                context[name] = definitions[name]
        used_prefixes = self._prefixes(context, node)
        context |= {name: iri for name, iri in self.ontology.prefixes.items() if name in used_prefixes}
        return {"@context": context, **node}

    def node(self, iri: str, keys: dict[str, Term], *, top: bool, part_class: str = "") -> dict[str, Any]:
        """Node object of a subject: the thing or a part of it."""
        properties = self.statements.get(iri, {})
        node: dict[str, Any] = {"id": self.relative(iri)}
        if RDF_TYPE in properties:
            node["kind"] = [self.class_name(each.value, part_class) for each in properties[RDF_TYPE]]
        terms = [term for predicate, term in keys.items() if predicate in properties]
        rest = {predicate: values for predicate, values in properties.items() if predicate not in keys}
        for term in terms:
            fitting, other = self._split(term, properties[term.iri])
            if fitting:
                node[term.key] = self.value(term, fitting)
                if top:
                    self.used_names.add(term.key)
            if other:
                rest[term.iri] = other
        for predicate, values in rest.items():
            if predicate != RDF_TYPE:
                node[self.short(predicate)] = _unwrap_single([self.expanded(value) for value in values])
        return node

    def other(self, iri: str, properties: Properties) -> dict[str, Any]:
        """Node object of a subject beside the thing, without keys of the model."""
        node: dict[str, Any] = {"@id": self.relative(iri)}
        for predicate, values in properties.items():
            node[self.short(predicate)] = _unwrap_single([self.expanded(value) for value in values])
        return node

    def class_name(self, iri: str, part_class: str) -> str:
        """Token of a class, or its prefixed name."""
        if iri == part_class:
            return "part"
        if iri in self.classes:
            self.used_names.add(self.classes[iri])
            return self.classes[iri]
        return self.short(iri)

    def value(self, term: Term, values: Values) -> Any:
        """Value of a key, by the form of its term."""
        return _FORMS[term.form](self, term, values)

    def plain(self, _: Term, values: Values) -> Any:
        return _unwrap_single([each.value for each in values])

    def text(self, _: Term, values: Values) -> Any:
        texts: dict[str, list[str]] = {}
        for each in values:
            if isinstance(each, Literal):
                texts.setdefault(each.language or "@none", []).append(each.value)
        return {language: _unwrap_single(texts) for language, texts in texts.items()}

    def link(self, _: Term, values: Values) -> Any:
        return [self.relative(each.value) for each in values]

    def typed(self, term: Term, values: Values) -> Any:
        return _unwrap_single([self.expanded(each, term.datatype) for each in values])

    def parts(self, term: Term, values: Values) -> Any:
        keys = {part.iri: part for part in term.parts.values()}
        return [self.node(each.value, keys, top=False, part_class=term.part_class) for each in values]

    def expanded(self, value: NamedNode | Literal, coerced: str = _STRING) -> Any:
        """Expanded value (`@value`, `@type`, `@language`), without the datatype to which its key coerces it."""
        if isinstance(value, NamedNode):
            return {"@id": self.relative(value.value)}
        if value.language:
            return {"@value": value.value, "@language": value.language}
        datatype = value.datatype.value
        if datatype == coerced:
            return value.value
        if datatype == _STRING:
            return {"@value": value.value}
        return {"@value": value.value, "@type": self.short(datatype)}

    def relative(self, iri: str) -> str:
        """IRI below the base without it; whole where some programs take signs of its key for more than they are."""
        below = iri.removeprefix(self.base)
        return iri if _DELIMITERS.search(below) else below

    def short(self, iri: str) -> str:
        """Prefixed name of an IRI, its prefix entered into the context."""
        name = compact(iri, self.ontology)
        if name != iri:
            self.used_names.add(name.partition(":")[0])
        return name

    def _split(self, term: Term, values: Values) -> tuple[Values, Values]:
        """Values that fit the form of a key, and the others."""
        fits = _FITS[term.form]
        fitting: Values = []
        other: Values = []
        for each in values:
            (fitting if fits(self, each) else other).append(each)
        return fitting, other

    def _prefixes(self, context: dict[str, Any], node: dict[str, Any]) -> set[str]:
        """Prefixes used by the definitions of a context and the names of a node."""
        names = orjson.dumps(context).decode()
        in_context = {name for name in self.ontology.prefixes if f'"{name}:' in names}
        return (in_context | self.used_names) & set(self.ontology.prefixes) if node else set()


def _is_plain(_: _JsonLdWriter, value: NamedNode | Literal) -> bool:
    return isinstance(value, Literal) and value.datatype.value == _STRING


def _is_text(_: _JsonLdWriter, value: NamedNode | Literal) -> bool:
    return isinstance(value, Literal) and value.datatype.value in {_STRING, _LANG_STRING}


def _is_literal(_: _JsonLdWriter, value: NamedNode | Literal) -> bool:
    return isinstance(value, Literal)


def _is_link(_: _JsonLdWriter, value: NamedNode | Literal) -> bool:
    return isinstance(value, NamedNode)


def _is_part(writer: _JsonLdWriter, value: NamedNode | Literal) -> bool:
    return isinstance(value, NamedNode) and value.value in writer.statements


_FORMS = {
    Form.PLAIN: _JsonLdWriter.plain,
    Form.TEXT: _JsonLdWriter.text,
    Form.LINK: _JsonLdWriter.link,
    Form.TYPED: _JsonLdWriter.typed,
    Form.PART: _JsonLdWriter.parts,
}
_FITS = {Form.PLAIN: _is_plain, Form.TEXT: _is_text, Form.LINK: _is_link, Form.TYPED: _is_literal, Form.PART: _is_part}


def _unwrap_single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
