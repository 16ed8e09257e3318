"""Lists of a record's values, each value once."""

import json
from typing import Any

_SHORT = 16
"""Values of a list up to which it is quicker to look at each than to keep what tells them apart."""


def is_new(value: Any, found: list[Any], marks: set[str]) -> bool:
    """Whether a list lacks a value; a long one is not searched anew for each, since strangers write long ones."""
    if len(found) < _SHORT:
        return value not in found
    if not marks:
        marks.update(map(_mark, found))
    mark = _mark(value)
    if mark in marks:
        return False
    marks.add(mark)
    return True


def _mark(value: Any) -> str:
    """What two equal values of a record have in common."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def each_target_once(links: list[Any]) -> list[Any]:
    """One link to a target, the one that says more of it."""
    by_target: dict[str, Any] = {}
    for link in links:
        target = link["id"] if isinstance(link, dict) else link
        if target not in by_target or (isinstance(link, dict) and not isinstance(by_target[target], dict)):
            by_target[target] = link
    return list(by_target.values())
