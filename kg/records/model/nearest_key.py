"""Which key was meant by one that the model lacks."""

import difflib
from functools import lru_cache

from kg.records.model.keys import KEYS, keys_of

A_KEY = "a key of the model (`kg keys` lists them)"
MOST = 50
"""Keys of a record for which one that was meant is looked for; whoever writes more of them means none of ours."""

_KEPT = 4096
"""Answers that are kept at hand: a key that is wrong is wrong in every record."""
_LONGEST_KEY = 40
_FEW = 12


@lru_cache(_KEPT)
def instead(name: str, kind: str) -> str:
    """What to write instead of a key that a record of this kind does not have."""
    if name in KEYS:
        return f"a key that a {kind} has; {name} is for {', '.join(KEYS[name].kinds)}"
    return nearest(name, tuple(key.name for key in keys_of(kind)))


@lru_cache(_KEPT)
def nearest(name: str, known: tuple[str, ...]) -> str:
    """The key that was meant, by how it is spelt; all of them where none is near and they are few."""
    near = {each.lower(): each for each in known}
    if found := difflib.get_close_matches(name[:_LONGEST_KEY].lower(), near, 1, 0.75):
        return f"{near[found[0]]}, perhaps"
    return f"one of {', '.join(near.values())}" if len(near) < _FEW else A_KEY
