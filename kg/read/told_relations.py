"""Relations that other things tell of a thing: what each of them says, by its own record."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kg.store.generation.things import Thing

MAX_TOLD = 3
"""Relations of one thing to another that are told beside its name."""


def told_relations(
    things: Iterable[Thing], reference: str, read: Callable[[Thing], Mapping[str, Any]], most_bytes: int
) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Relations of some things to another one.

    Args:
        things: the things.
        reference: of the other one.
        read: reader of a whole record.
        most_bytes: bytes of records that are read; of what is beyond, nothing is told.

    Returns:
        Reference of a thing → what its record says of the other one, in its order.
    """
    told = {}
    for thing in things:
        if thing.length > most_bytes:
            continue
        most_bytes -= thing.length
        relations = read(thing).get("relations", ())
        told[thing.reference] = tuple(each for each in relations if target_of(each) == reference)[:MAX_TOLD]
    return told


def target_of(relation: Mapping[str, Any]) -> str:
    """Reference of the target of a relation, which stands alone or with its name.

    >>> target_of({"target": {"id": "agent/a", "name": {"en": "A"}}}), target_of({"target": "agent/a"})
    ('agent/a', 'agent/a')
    """
    target = relation["target"]
    return str(target["id"] if isinstance(target, dict) else target)
