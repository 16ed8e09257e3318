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
    """Return links with a single entry for each target, the entry with more keys; other names of it are forms.

    >>> unique_targets([{"id": "agent/1", "name": {"@none": "Flint"}}, {"id": "agent/1", "name": {"@none": "Fitch"}}])
    [{'id': 'agent/1', 'name': {'@none': 'Flint'}, 'alternativeNames': {'@none': ['Fitch']}}]
    """
    by_target: dict[str, Any] = {}
    for link in links:
        target = link["id"] if isinstance(link, dict) else link
        first = by_target.get(target)
        if first is None or (isinstance(link, dict) and not isinstance(first, dict)):
            by_target[target] = link
        elif isinstance(link, dict) and link.get("name") != first.get("name"):
            by_target[target] = _with_name(first, link.get("name"))
    return list(by_target.values())


def _with_name(link: dict[str, Any], name: Any) -> dict[str, Any]:
    """Link with another name of its target as a form."""
    forms = link.get("alternativeNames") or {}
    own = link.get("name") or {}
    if not (isinstance(forms, dict) and isinstance(own, dict) and isinstance(name, dict)):
        return link
    united = {language: list(texts) if isinstance(texts, list) else [texts] for language, texts in forms.items()}
    for language, text in name.items():
        if own.get(language) != text and text not in united.get(language, []):
            united.setdefault(language, []).append(text)
    return {**link, "alternativeNames": united}
