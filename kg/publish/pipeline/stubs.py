"""Stubs: placeholder records for link targets that no source describes, with an address and a page."""

from typing import Any

import orjson

from kg.iris import decode_key
from kg.records.model.keys import Record, keys_of, label_key

_MAX_LABEL = 200


def stub(reference: str, hint: bytes | None) -> Record:
    """Return the stub of a thing that only links name.

    Args:
        reference: the thing.
        hint: the link's description of it, as JSON in the shape of a record, or None; then its key becomes its label.
    """
    kind, _, key = reference.partition("/")
    hinted: dict[str, Any] = orjson.loads(hint) if hint else {}
    allowed = {model_key.name for model_key in keys_of(kind)}
    label = label_key(kind)
    # A link may say `name` of a record, whose label is its title.
    label_texts = hinted.pop("title", None) or hinted.pop("name", None)
    record = {name: value for name, value in hinted.items() if name in allowed and name not in {"id", "kind", "status"}}
    record[label] = label_texts or {"@none": decode_key(key)[:_MAX_LABEL]}
    return {"id": reference, "kind": kind, "status": "stub", **record}
