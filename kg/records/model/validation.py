"""Validation of records against their JSON Schema, while they stream by: the gate before mapping.

A normalised record that still breaks the schema is left out, with the path and the reason of every fault.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

import jsonschema_rs
import orjson

from kg.records.model.keys import KEYS, Key, Record, Value
from kg.records.model.schema import of_kind
from kg.records.problems import SourceProblem, excerpt

_FORMS: dict[Value, Callable[[Key], str]] = {
    Value.TEXT: lambda key: 'text by language: {"en": "…"}' + (", a list in each" if key.many else ""),
    Value.PART: lambda key: f"objects with {', '.join(part.name for part in key.parts)}",
    Value.LINK: lambda key: f"references to {' or '.join(key.to)}: {key.to[0]}/…",
    Value.CHOICE: lambda key: f"one of {', '.join(key.choices)}",
    Value.NUMBER: lambda key: f"a number from {key.minimum:g} to {key.maximum:g}",
}


@cache
def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **of_kind(kind)}
    )


_MAX_BYTES_FOR_ALL = 100_000
"""Size of a record up to which all its faults are told: each comes with a copy of the value in which it is."""


def _errors(validator: jsonschema_rs.Draft202012Validator, record: Record) -> Iterable[jsonschema_rs.ValidationError]:
    """The errors of a record; of a large one the first."""
    if len(orjson.dumps(record)) <= _MAX_BYTES_FOR_ALL:
        return validator.iter_errors(record)
    try:
        validator.validate(record)
    except jsonschema_rs.ValidationError as first:
        return [first]
    return []


def faults(record: Record, source: str, at: str) -> list[SourceProblem]:
    """Return the schema faults of a normalised record, of a large one the first; none if it may be published."""
    validator = _validator(record["kind"])
    if validator.is_valid(record):
        return []
    problems = []
    for error in _errors(validator, record):
        path = list(error.instance_path)
        missing = re.search(r'^"([^"]+)" is a required', error.message)
        if missing:
            path.append(missing[1])
        # Counted from 1, as lines are, and as in the problems of values put aside.
        field = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
        value = "" if missing else excerpt(error.instance)
        message = "is required" if missing else "does not fit"
        problems.append(SourceProblem(source, at, field, value, expected(path), message, "rejected", record["id"]))
    return problems


def expected(path: Sequence[str | int]) -> str:
    """Return the expected form of the value at a path, in the model's words."""
    key = KEYS.get(str(path[0])) if path else None
    if key is None:
        return "an object with the keys of the model"
    inner = {part.name: part for part in key.parts}
    for step in path[1:]:
        key = inner.get(str(step), key)
    return _FORMS[key.value](key) if key.value in _FORMS else f"{key.value.value}: {key.meaning}"
