"""Annotations of keys as a file, `ontology/keys.json`: the model's table for pages, tables and the search index.

Written by `make docs`; a test keeps it equal to the table. The JSON Schema does not carry them: it is for authors
of records, repeats each key for each kind, and is compiled for validation. Presentation is no rule for a record.
"""

import json
from dataclasses import MISSING, fields
from typing import Any

from kg.iris import KINDS, Base
from kg.key_annotations import COLUMN_LANGUAGE, Caption, Faceted, Heading, Indexed
from kg.records.model.columns import columns
from kg.records.model.key import Key
from kg.records.model.keys import KEYS

_COMMENT = "Written by `make docs` from the model's table, kg/records/model/areas/; a test keeps it so."
_BASE = Base("https://archive.example.org/")  # stands in no description


def as_file() -> str:
    """Return the text of the file."""
    keys = {key.name: _of_key(key) for key in KEYS.values()}
    found = {"$comment": _COMMENT, "keys": keys, "columns": _column_sentences()}
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _column_sentences() -> dict[str, list[str]]:
    """Column of a table → templates of the sentences that describe it; each kind describes a column alike."""
    each = (column for kind in KINDS for column in columns(kind, (COLUMN_LANGUAGE,), _BASE))
    return {column.name: [sentence.template for sentence in column.sentences] for column in each}


def _of_key(key: Key) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(key.shown, Heading):
        found["heading"] = _attributes(key.shown)
    elif isinstance(key.shown, Caption):
        found["caption"] = _attributes(key.shown)
    if isinstance(key.searched, Indexed):
        found["indexed"] = _attributes(key.searched)
    elif isinstance(key.searched, Faceted):
        found["facets"] = list(key.searched.facets)
    if key.parts:
        found["parts"] = {part.name: _of_key(part) for part in key.parts}
    return found


def _attributes(value: Heading | Caption | Indexed) -> dict[str, Any]:
    """Attributes of a value that differ from their defaults."""
    said = {each.name: (getattr(value, each.name), each.default) for each in fields(value)}
    return {name: given for name, (given, default) in said.items() if default is MISSING or given != default}
