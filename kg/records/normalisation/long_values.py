"""Bound on the length of a value, so that each of its statements fits what reads N-Triples after the mapping (D-98).

A value over the bound leaves its record, which says so under `extra`; the value itself goes to `var/rejected/`.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from kg.records.model.keys import KEYS, Key, Record, Value
from kg.records.normalisation.values import ABSENT, as_text
from kg.records.problems import SourceProblem, excerpt

_GROWTH = {"\x7f": 5, "\ufffe": 3, "\uffff": 3, **dict.fromkeys('\t\n\r"\\\x08\x0c', 1)}
_GROWTH |= {chr(code): 5 for code in range(32) if chr(code) not in _GROWTH}
"""Character → bytes that its escape in N-Triples has more than its UTF-8 (N-Triples 1.1, 2.4)."""

_MAX_GROWTH = 6
"""Highest ratio of a text's bytes as N-Triples to its bytes in UTF-8, and so in JSON."""


class LongValue(NamedTuple):
    """Value over the bound: the record's reference, the key with its place, the size in bytes as written, the text."""

    reference: str
    field: str
    size: int
    text: str


def written_size(text: str) -> int:
    r"""Return the number of bytes that a text has as a literal of N-Triples, without the quotes.

    >>> written_size("é"), written_size("a\n"), written_size("\x7f")
    (2, 3, 6)
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    return size + sum(text.count(character) * more for character, more in _GROWTH.items())


def take_out(record: Record, limit: int) -> tuple[Record, list[LongValue]]:
    """Return a normalised record without its values over a bound, and these values.

    Args:
        record: the normalised record.
        limit: the bound, in bytes as written.
    """
    if _is_short(record, limit):
        return record, []
    found: list[LongValue] = []
    kept: Record = {}
    for name, value in record.items():
        pruned = _Pruner(record["id"], limit, found).pruned(value, name, KEYS.get(name))
        if pruned is not ABSENT:
            kept[name] = pruned
    if not found:
        return record, []
    notes = [
        {"field": each.field, "value": f"left out: {each.size:,} bytes, more than the {limit:,} of a value"}
        for each in found
    ]
    kept["extra"] = [*kept.get("extra", []), *notes]
    return kept, found


def _is_short(record: Record, limit: int) -> bool:
    """Whether a record as a whole is so short that no value of it can be over the bound; quick."""
    try:
        return len(orjson.dumps(record)) * _MAX_GROWTH <= limit
    except TypeError:  # a value outside JSON, which the gate refuses
        return False


def problems_of(found: list[LongValue], limit: int, source: str, at: str) -> Iterator[SourceProblem]:
    """Yield a problem for each value over the bound."""
    for each in found:
        message = f"is {each.size:,} bytes long as written; left out of the record and kept in var/rejected"
        expected = f"at most {limit:,} bytes (`value_bytes` in kg.toml)"
        yield SourceProblem(
            source, at, each.field, excerpt(each.text[:400]), expected, message, "repaired", each.reference
        )


class _Pruner:
    """Search of a value for texts over the bound."""

    def __init__(self, reference: str, limit: int, found: list[LongValue]) -> None:
        self._reference = reference
        self._limit = limit
        self._found = found

    def pruned(self, value: Any, where: str, key: Key | None) -> Any:
        """Return a value without texts over the bound; ABSENT where nothing is left."""
        if isinstance(value, str):
            # Most texts are far below; the count of what grows is for the others.
            if len(value) * _MAX_GROWTH <= self._limit or (size := written_size(value)) <= self._limit:
                return value
            self._found.append(LongValue(self._reference, where, size, value))
            return ABSENT
        if isinstance(value, list):
            items = (self.pruned(item, f"{where}[{number}]", key) for number, item in enumerate(value, 1))
            return [item for item in items if item is not ABSENT] or ABSENT
        if isinstance(value, dict):
            return self._pruned_object(value, where, key)
        return value

    def _pruned_object(self, value: dict[str, Any], where: str, key: Key | None) -> Any:
        count = len(self._found)
        parts = {part.name: part for part in key.parts} if key else {}
        pairs = ((name, self.pruned(child, f"{where}.{name}", parts.get(name))) for name, child in value.items())
        kept = {name: child for name, child in pairs if child is not ABSENT}
        if len(self._found) == count:
            return value
        is_link = key is not None and key.value is Value.LINK
        required = {"id"} if is_link else {part.name for part in parts.values() if part.required}
        if required <= kept.keys():
            return kept or ABSENT
        # Without what it must have, the rest of a part says nothing: the whole of it is kept in its place.
        del self._found[count:]
        whole = as_text(value)
        self._found.append(LongValue(self._reference, where, written_size(whole), whole))
        return ABSENT
