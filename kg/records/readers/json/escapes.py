"""Mending of characters in a record from JSON, by the rule of all readers, but for its addresses and links."""

import re
from typing import Any

from kg.records import characters
from kg.records.model.keys import KEYS, Record, Value
from kg.records.problems import SourceProblem
from kg.records.readers.base import SourceFile

_SUSPICIOUS = re.compile(rb"&#?\w{1,32};|\xc2[\x80-\x9f]|\\u00(?:[89]|26)")
"""Bytes of JSON in which text to be mended may stand."""
_ADDRESSES = frozenset(
    {"id", "kind", "key", "target"}
    | {name for name, key in KEYS.items() if key.value in {Value.URL, Value.LINK, Value.REFERENCE}}
    | {part.name for key in KEYS.values() for part in key.parts if part.value is Value.URL}
)


def mended(source: SourceFile, at: str, record: Record, raw: bytes) -> tuple[Record, tuple[SourceProblem, ...]]:
    """Return a record with its characters mended, and a problem for each key of which a text was.

    Args:
        source: the file.
        at: the record's place in it.
        record: the record as it was parsed.
        raw: its JSON.
    """
    if not _SUSPICIOUS.search(raw):
        return record, ()
    places: dict[str, str] = {}
    mended_record = {name: _mended(name, value, str(name), places) for name, value in record.items()}
    reference = str(record.get("id", ""))
    return mended_record, tuple(
        source.problem(at, name, place, characters.EXPECTED, characters.MESSAGE, severity="repaired", record=reference)
        for name, place in places.items()
    )


def _mended(name: str, value: Any, top: str, places: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _mended(str(key), child, top, places) for key, child in value.items()}
    if isinstance(value, list):
        return [_mended(name, child, top, places) for child in value]
    if not isinstance(value, str) or name in _ADDRESSES:
        return value
    text = characters.mended(value)
    if text != value:
        places.setdefault(top, characters.around_fault(value))
    return text
