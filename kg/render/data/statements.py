"""Statements index: the triples of a description by subject and predicate."""

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

Values = list[NamedNode | Literal]
Properties = dict[str, Values]
"""IRI of a predicate → its values."""

Statements = dict[str, Properties]
"""IRI of a subject → its properties."""

_VALUES = (NamedNode, Literal)


def by_subject(triples: Iterable[Triple]) -> Statements:
    """Index of some triples, in their order."""
    statements: Statements = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if isinstance(subject, NamedNode) and isinstance(value, _VALUES):
            properties = statements.setdefault(subject.value, {})
            properties.setdefault(triple.predicate.value, []).append(value)
    return statements
