"""A description as Turtle, N-Triples, RDF/XML, TriG and N-Quads."""

from collections.abc import Sequence
from functools import lru_cache

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from kg.ontology import Ontology, load

_OF_QUADS = frozenset({RdfFormat.N_QUADS, RdfFormat.TRIG})


def write(triples: Sequence[Triple], format_: RdfFormat, ontology: Ontology) -> bytes:
    """The triples in a format, with the prefixes that they use."""
    prefixes = used_prefixes(triples, ontology)
    statements: Sequence[Triple] | Sequence[Quad] = triples
    if format_ in _OF_QUADS:
        statements = [Quad(triple.subject, triple.predicate, triple.object) for triple in triples]
    written = serialize(statements, format=format_, prefixes=prefixes) or b""
    # XML reads a bare carriage return as a line feed (XML 1.0, 2.11); as a reference it stays what it is.
    return written.replace(b"\r", b"&#13;") if format_ == RdfFormat.RDF_XML else written


def used_prefixes(triples: Sequence[Triple], ontology: Ontology) -> dict[str, str]:
    """The prefixes of the properties, classes and datatypes that some triples name."""
    found: dict[str, str] = {}
    for triple in triples:
        prefix = _prefix(triple.predicate.value, ontology.base)
        if prefix:
            found[prefix] = ontology.prefixes[prefix]
        value = triple.object
        named = (
            value.datatype.value if isinstance(value, Literal) else value.value if isinstance(value, NamedNode) else ""
        )
        prefix = _prefix(named, ontology.base) if named else None
        if prefix:
            found[prefix] = ontology.prefixes[prefix]
    return found


@lru_cache(maxsize=8192)
def _prefix(iri: str, base: str) -> str | None:
    """The prefix that shortens an IRI, if one does."""
    prefixes = load(base).prefixes
    fitting = [(len(namespace), name) for name, namespace in prefixes.items() if iri.startswith(namespace)]
    return max(fitting)[1] if fitting else None


def compact(iri: str, ontology: Ontology) -> str:
    """An IRI as prefix:name where a prefix fits, else whole."""
    prefix = _prefix(iri, ontology.base)
    return f"{prefix}:{iri[len(ontology.prefixes[prefix]) :]}" if prefix else iri
