"""Embedded records: partial descriptions of other things, inside links to them.

A link may describe its target: a name, its container. Such a description is no statement of the record, which owns
its own subject only; it becomes a stub of the target if the sources have no record of it (D-6).
"""

from collections.abc import Iterator
from typing import Any

from kg.records.model.keys import KEYS, Record, Value

_LINKS = frozenset(name for name, key in KEYS.items() if key.value is Value.LINK)
_MAX_DEPTH = 20
"""Maximum nesting of embedded records; archives have five or six levels."""


def embedded_records(record: Record) -> Iterator[tuple[str, Record]]:
    """Return the embedded records of a normalised record: (reference, partial record), outermost first."""
    yield from _embedded(record, 0)


def _embedded(value: Any, depth: int) -> Iterator[tuple[str, Record]]:
    if depth > _MAX_DEPTH:
        return
    for name, child in value.items():
        if name in _LINKS and isinstance(child, list):
            for link in child:
                if isinstance(link, dict) and isinstance(link.get("id"), str):
                    yield link["id"], link
                    yield from _embedded(link, depth + 1)
        elif name == "relations" and isinstance(child, list):
            for relation in child:
                target = relation.get("target") if isinstance(relation, dict) else None
                if isinstance(target, dict) and isinstance(target.get("id"), str):
                    yield target["id"], target
                    yield from _embedded(target, depth + 1)
