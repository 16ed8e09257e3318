"""Keys of the description inside a link: those that its target can't have are put aside, and told.

>>> description, unknown = known_keys({"id": "agent/k", "name": "K", "viaf": "71385"})
>>> description, list(unknown)
({'id': 'agent/k', 'name': 'K'}, [('viaf', '71385')])
"""

from functools import cache
from typing import Any

from kg.iris import KINDS
from kg.records.model.keys import KEYS, Record, Value, keys_of

_LINKS = frozenset(name for name, key in KEYS.items() if key.value is Value.LINK)
_MAX_DEPTH = 20


@cache
def _keys_of(kind: str) -> frozenset[str]:
    # A link may say `name` of a record, whose label is its title.
    return frozenset(key.name for key in keys_of(kind)) | {"id", "kind", "name", "title"}


def known_keys(link: Record, depth: int = 0) -> tuple[Record, list[tuple[str, Any]]]:
    """Return a link with the keys that its target can have, and the others with their values and paths.

    Args:
        link: a normalised link with a description.
        depth: how many links are around it.
    """
    kind = str(link.get("id", "")).partition("/")[0]
    if kind not in KINDS or depth > _MAX_DEPTH:
        return link, []
    unknown = [(name, link[name]) for name in link.keys() - _keys_of(kind)]
    unknown.sort()
    changed: Record = {}
    for name in link.keys() & _LINKS:
        value = link[name]
        links = value if isinstance(value, list) else [value]
        inner = [known_keys(each, depth + 1) if isinstance(each, dict) else (each, []) for each in links]
        if any(rest for _, rest in inner):
            changed[name] = [each for each, _ in inner]
            unknown += [(f"{name}.{path}", item) for _, rest in inner for path, item in rest]
    if not unknown:
        return link, []
    allowed = _keys_of(kind)
    return {name: changed.get(name, value) for name, value in link.items() if name in allowed}, unknown
