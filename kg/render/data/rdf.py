"""RDF writer for a thing's triples: Turtle, N-Triples, RDF/XML, TriG and N-Quads."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from kg.ontology import Ontology, load

_QUAD_FORMATS = frozenset({RdfFormat.N_QUADS, RdfFormat.TRIG})


def write(triples: Sequence[Triple], format_: RdfFormat, ontology: Ontology, beside: Sequence[Quad] = ()) -> bytes:
    """Serialise triples in a format, with the prefixes that they use.

    Args:
        triples: the triples.
        format_: the format.
        ontology: has the prefixes.
        beside: quads of a graph of their own; plain triples in a format that knows no graphs.
    """
    whole = [*triples, *(each.triple for each in beside)]
    prefixes = used_prefixes(whole, ontology)
    # Generators, not lists: between their items other threads have the interpreter, which the engine holds else.
    statements: Iterable[Triple] | Iterable[Quad] = (each for each in whole)
    if format_ in _QUAD_FORMATS:
        statements = chain((Quad(each.subject, each.predicate, each.object) for each in triples), beside)
    serialised = serialize(statements, format=format_, prefixes=prefixes) or b""
    # XML reads a bare carriage return as a line feed (XML 1.0, 2.11); as a character reference it is preserved.
    return serialised.replace(b"\r", b"&#13;") if format_ == RdfFormat.RDF_XML else serialised


def used_prefixes(triples: Sequence[Triple], ontology: Ontology) -> dict[str, str]:
    """Prefixes of the properties, classes and datatypes in some triples."""
    prefixes: dict[str, str] = {}
    for triple in triples:
        prefix = _prefix(triple.predicate.value, ontology.base)
        if prefix:
            prefixes[prefix] = ontology.prefixes[prefix]
        value = triple.object
        iri = (
            value.datatype.value if isinstance(value, Literal) else value.value if isinstance(value, NamedNode) else ""
        )
        prefix = _prefix(iri, ontology.base) if iri else None
        if prefix:
            prefixes[prefix] = ontology.prefixes[prefix]
    return prefixes


@lru_cache(maxsize=8192)
def _prefix(iri: str, base: str) -> str | None:
    """Prefix with the longest namespace that matches an IRI; None without a match."""
    prefixes = load(base).prefixes
    candidates = [(len(namespace), name) for name, namespace in prefixes.items() if iri.startswith(namespace)]
    return max(candidates)[1] if candidates else None


def compact(iri: str, ontology: Ontology) -> str:
    """Prefixed name of an IRI; the IRI itself without a prefix for it."""
    prefix = _prefix(iri, ontology.base)
    return f"{prefix}:{iri[len(ontology.prefixes[prefix]) :]}" if prefix else iri
