"""Duplicate removal in lists of a record's values."""

import json
from typing import Any

_MAX_SCANNED = 16
"""Length of a list up to which a scan is quicker than a set of marks."""


def is_new(value: Any, values: list[Any], marks: set[str]) -> bool:
    """Return whether a list lacks a value; marks replace the scan of a long list, since sources are untrusted."""
    if len(values) < _MAX_SCANNED:
        return value not in values
    if not marks:
        marks.update(map(_mark, values))
    mark = _mark(value)
    if mark in marks:
        return False
    marks.add(mark)
    return True


def _mark(value: Any) -> str:
    """Canonical text of a value, equal for equal values."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def unique_targets(links: list[Any]) -> list[Any]:
    """Return links with a single entry for each target, the entry with more keys."""
    by_target: dict[str, Any] = {}
    for link in links:
        target = link["id"] if isinstance(link, dict) else link
        if target not in by_target or (isinstance(link, dict) and not isinstance(by_target[target], dict)):
            by_target[target] = link
    return list(by_target.values())
