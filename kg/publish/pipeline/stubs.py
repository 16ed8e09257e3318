"""Stubs: what something links to and nothing describes still has an address, and a page that says so."""

from typing import Any

import orjson

from kg.iris import decode_key
from kg.records.model.keys import Record, keys_of, label_key

_LABEL_MOST = 200


def stub(reference: str, hint: bytes | None) -> Record:
    """A record for a thing of which only a link tells.

    Args:
        reference: the thing.
        hint: what the link said of it, as JSON in the shape of a record, or None; then its key is all there is to say.
    """
    kind, _, key = reference.partition("/")
    told: dict[str, Any] = orjson.loads(hint) if hint else {}
    allowed = {each.name for each in keys_of(kind)}
    label = label_key(kind)
    # A link may say `name` of a record, whose label is its title.
    said = told.pop("title", None) or told.pop("name", None)
    record = {name: value for name, value in told.items() if name in allowed and name not in {"id", "kind", "status"}}
    record[label] = said or {"@none": decode_key(key)[:_LABEL_MOST]}
    return {"id": reference, "kind": kind, "status": "stub", **record}
