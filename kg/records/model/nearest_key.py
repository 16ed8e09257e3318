"""Spelling suggestion for an unknown key: the nearest key of the model."""

import difflib
from functools import lru_cache

from kg.records.model.keys import KEYS, keys_of

ANY_KEY = "a key of the model (`kg keys` lists them)"
MAX_SUGGESTIONS = 50
"""Maximum number of unknown keys in a record that get a suggestion; a record with more is in another format."""

_CACHE_SIZE = 4096
"""Entries of each cache: a misspelt key recurs in every record."""
_MAX_KEY_LENGTH = 40
_MAX_LISTED_KEYS = 12


@lru_cache(_CACHE_SIZE)
def suggestion(name: str, kind: str) -> str:
    """Return the key to write instead of a key that a record of this kind does not have."""
    if name in KEYS:
        return f"a key that a {kind} has; {name} is for {', '.join(KEYS[name].kinds)}"
    return nearest_key(name, tuple(key.name for key in keys_of(kind)))


@lru_cache(_CACHE_SIZE)
def nearest_key(name: str, keys: tuple[str, ...]) -> str:
    """Return the key nearest in spelling; the whole list where no key is near and the list is short."""
    by_lower_case = {key.lower(): key for key in keys}
    if matches := difflib.get_close_matches(name[:_MAX_KEY_LENGTH].lower(), by_lower_case, 1, 0.75):
        return f"{by_lower_case[matches[0]]}, perhaps"
    return f"one of {', '.join(by_lower_case.values())}" if len(by_lower_case) < _MAX_LISTED_KEYS else ANY_KEY
