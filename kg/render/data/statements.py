"""A description by what each statement is about and what it says: read once from its triples, asked often."""

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

Values = list[NamedNode | Literal]
Said = dict[str, Values]
"""IRI of a predicate → the values under it."""

Statements = dict[str, Said]
"""IRI of a subject → what is said of it."""

_VALUES = (NamedNode, Literal)


def by_subject(triples: Iterable[Triple]) -> Statements:
    """What some triples say, in their order."""
    statements: Statements = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if isinstance(subject, NamedNode) and isinstance(value, _VALUES):
            said = statements.setdefault(subject.value, {})
            said.setdefault(triple.predicate.value, []).append(value)
    return statements
