"""Stubs: placeholder records for link targets that no source describes, with an address and a page."""

from collections.abc import Sequence
from typing import Any

import orjson

from kg.iris import decode_key
from kg.records.model.keys import Record, keys_of, label_key
from kg.store.generation.hints import LinkName

_MAX_LABEL = 200


def stub(reference: str, hint: bytes | None, names: Sequence[LinkName] = ()) -> Record:
    """Return the stub of a thing that only links name.

    Args:
        reference: the thing.
        hint: the link's description of it, as JSON in the shape of a record, or None; then its key becomes its label.
        names: the names by which links call it; those that are not its label are other names.
    """
    kind, _, key = reference.partition("/")
    hinted: dict[str, Any] = orjson.loads(hint) if hint else {}
    allowed = {model_key.name for model_key in keys_of(kind)}
    label = label_key(kind)
    # A link may say `name` of a record, whose label is its title.
    label_texts = hinted.pop("title", None) or hinted.pop("name", None)
    record = {name: value for name, value in hinted.items() if name in allowed and name not in {"id", "kind", "status"}}
    record[label] = label_texts or {"@none": decode_key(key)[:_MAX_LABEL]}
    if others := _other_names(record[label], names):
        record["alternativeNames"] = others
    return {"id": reference, "kind": kind, "status": "stub", **record}


def _other_names(label: Any, names: Sequence[LinkName]) -> dict[str, list[str]]:
    """Names by language that are not the label of a thing."""
    own = set(label.values()) if isinstance(label, dict) else {label}
    others: dict[str, list[str]] = {}
    for link in names:
        if link.name not in own and link.name not in others.setdefault(link.language, []):
            others[link.language].append(link.name)
    return {language: texts for language, texts in others.items() if texts}
