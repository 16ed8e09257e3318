"""What a record says of other things, where it links to them.

A link may say a little of its target: a name, what it is a part of. That is no statement of the record, which owns its
own subject only, but makes a stub of the target if no record for it turns up.
"""

from collections.abc import Iterator
from typing import Any

from kg.records.model.keys import KEYS, Record, Value

_LINKS = frozenset(name for name, key in KEYS.items() if key.value is Value.LINK)
_MAX_DEPTH = 20
"""How deep what is said of linked things may nest; archives have five or six levels."""


def embedded(record: Record) -> Iterator[tuple[str, Record]]:
    """What a sound record says of the things that it links to: (reference, partial record), outermost first."""
    yield from _embedded(record, 0)


def _embedded(value: Any, depth: int) -> Iterator[tuple[str, Record]]:
    if depth > _MAX_DEPTH:
        return
    for name, each in value.items():
        if name in _LINKS and isinstance(each, list):
            for link in each:
                if isinstance(link, dict) and isinstance(link.get("id"), str):
                    yield link["id"], link
                    yield from _embedded(link, depth + 1)
        elif name == "relations" and isinstance(each, list):
            for relation in each:
                target = relation.get("target") if isinstance(relation, dict) else None
                if isinstance(target, dict) and isinstance(target.get("id"), str):
                    yield target["id"], target
                    yield from _embedded(target, depth + 1)
