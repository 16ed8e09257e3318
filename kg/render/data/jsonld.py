"""A description as JSON-LD: the context of the mapping, read backwards.

The whole graph is there: what the record's own keys say, under these keys, and then their counterparts under prefixed
names (`dcterms:title`). The part of the context that is used stands inline, so nobody needs the network to read it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from pyoxigraph import Literal, NamedNode, Triple

from kg.ontology import RDF_TYPE, XSD, Form, Ontology, Term, load
from kg.render.data.rdf import compact
from kg.render.data.statements import Values, by_subject

_STRING = XSD + "string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


def write(triples: Sequence[Triple], reference: str, ontology: Ontology) -> bytes:
    """The JSON-LD of a thing's own triples."""
    return orjson.dumps(document(triples, reference, ontology), option=orjson.OPT_INDENT_2)


def document(triples: Sequence[Triple], reference: str, ontology: Ontology) -> dict[str, Any]:
    """The JSON-LD document of a thing, as an object."""
    return _Writer(triples, reference, ontology).document()


@lru_cache(maxsize=64)
def keys_of_kind(base: str, kind: str) -> dict[str, Term]:
    """IRI of a term → the key that stands for it in a thing of a kind, in the order of the model."""
    ontology = load(base)
    terms = ontology.terms_of(kind)
    own = [key for key in ontology.keys[kind] if key in terms]
    in_model = {key for keys in ontology.keys.values() for key in keys}
    derived = [key for key in terms if key not in in_model]
    found: dict[str, Term] = {}
    for key in (*own, *derived):
        found.setdefault(terms[key].iri, terms[key])
    return found


class _Writer:
    """Writes one thing."""

    def __init__(self, triples: Sequence[Triple], reference: str, ontology: Ontology) -> None:
        self.ontology = ontology
        self.base = ontology.base
        self.reference = reference
        self.keys = keys_of_kind(ontology.base, reference.partition("/")[0])
        self.classes = {iri: token for token, iri in ontology.classes.items()}
        self.said = by_subject(triples)
        self.used: set[str] = set()

    def document(self) -> dict[str, Any]:
        """The document: context first."""
        node = self.node(self.base + self.reference, self.keys, top=True)
        context: dict[str, Any] = {"@version": 1.1, "@base": self.base}
        definitions = self.ontology.context
        for name in definitions:
            if name in self.used or name in {"id", "kind"}:
                context[name] = definitions[name]
        leaned_on = self._prefixes(context, node)
        context |= {name: iri for name, iri in self.ontology.prefixes.items() if name in leaned_on}
        return {"@context": context, **node}

    def node(self, iri: str, keys: dict[str, Term], *, top: bool, part_class: str = "") -> dict[str, Any]:
        """One subject: the thing or a part of it."""
        said = self.said.get(iri, {})
        node: dict[str, Any] = {"id": iri.removeprefix(self.base)}
        if RDF_TYPE in said:
            node["kind"] = [self.class_name(each.value, part_class) for each in said[RDF_TYPE]]
        known = [term for predicate, term in keys.items() if predicate in said]
        rest = {predicate: values for predicate, values in said.items() if predicate not in keys}
        for term in known:
            fitting, other = self._split(term, said[term.iri])
            if fitting:
                node[term.key] = self.value(term, fitting)
                if top:
                    self.used.add(term.key)
            if other:
                rest[term.iri] = other
        for predicate, values in rest.items():
            if predicate != RDF_TYPE:
                node[self.short(predicate)] = _one([self.expanded(value) for value in values])
        return node

    def class_name(self, iri: str, part_class: str) -> str:
        """The token of a class, or its short name."""
        if iri == part_class:
            return "part"
        if iri in self.classes:
            self.used.add(self.classes[iri])
            return self.classes[iri]
        return self.short(iri)

    def value(self, term: Term, values: Values) -> Any:
        """What stands under a key."""
        return _FORMS[term.form](self, term, values)

    def plain(self, _: Term, values: Values) -> Any:
        return _one([each.value for each in values])

    def text(self, _: Term, values: Values) -> Any:
        found: dict[str, list[str]] = {}
        for each in values:
            if isinstance(each, Literal):
                found.setdefault(each.language or "@none", []).append(each.value)
        return {language: _one(texts) for language, texts in found.items()}

    def link(self, _: Term, values: Values) -> Any:
        return [each.value.removeprefix(self.base) for each in values]

    def typed(self, term: Term, values: Values) -> Any:
        return _one([self.expanded(each, term.datatype) for each in values])

    def parts(self, term: Term, values: Values) -> Any:
        keys = {part.iri: part for part in term.parts.values()}
        return [self.node(each.value, keys, top=False, part_class=term.part_class) for each in values]

    def expanded(self, value: NamedNode | Literal, coerced: str = _STRING) -> Any:
        """A value that says all of itself, but for the datatype that its key coerces it to."""
        if isinstance(value, NamedNode):
            return {"@id": value.value.removeprefix(self.base)}
        if value.language:
            return {"@value": value.value, "@language": value.language}
        datatype = value.datatype.value
        if datatype == coerced:
            return value.value
        if datatype == _STRING:
            return {"@value": value.value}
        return {"@value": value.value, "@type": self.short(datatype)}

    def short(self, iri: str) -> str:
        """An IRI as prefix:name, the prefix entered into the context."""
        name = compact(iri, self.ontology)
        if name != iri:
            self.used.add(name.partition(":")[0])
        return name

    def _split(self, term: Term, values: Values) -> tuple[Values, Values]:
        """The values that a key can hold in its form, and the others."""
        fitting = [each for each in values if _FITS[term.form](self, each)]
        return fitting, [each for each in values if each not in fitting] if len(fitting) < len(values) else []

    def _prefixes(self, context: dict[str, Any], node: dict[str, Any]) -> set[str]:
        """The prefixes that the definitions in a context and the names in a node lean on."""
        names = orjson.dumps(context).decode()
        leaning = {name for name in self.ontology.prefixes if f'"{name}:' in names}
        return (leaning | self.used) & set(self.ontology.prefixes) if node else set()


def _is_plain(_: _Writer, value: NamedNode | Literal) -> bool:
    return isinstance(value, Literal) and value.datatype.value == _STRING


def _is_text(_: _Writer, value: NamedNode | Literal) -> bool:
    return isinstance(value, Literal) and value.datatype.value in {_STRING, _LANG_STRING}


def _is_literal(_: _Writer, value: NamedNode | Literal) -> bool:
    return isinstance(value, Literal)


def _is_link(_: _Writer, value: NamedNode | Literal) -> bool:
    return isinstance(value, NamedNode)


def _is_part(writer: _Writer, value: NamedNode | Literal) -> bool:
    return isinstance(value, NamedNode) and value.value in writer.said


_FORMS = {
    Form.PLAIN: _Writer.plain,
    Form.TEXT: _Writer.text,
    Form.LINK: _Writer.link,
    Form.TYPED: _Writer.typed,
    Form.PART: _Writer.parts,
}
_FITS = {Form.PLAIN: _is_plain, Form.TEXT: _is_text, Form.LINK: _is_link, Form.TYPED: _is_literal, Form.PART: _is_part}


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
