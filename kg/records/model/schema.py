"""JSON Schema (2020-12) of the record model: `ontology/record.schema.json`.

Written by `python -m kg.records.model.schema`; a test keeps the file equal to the model. It describes records in
normal form, as `.json` serves them and as validation checks them; the `json` reader takes looser ones.
"""

import json
from typing import Any

from kg import key_annotations
from kg.iris import KINDS
from kg.records.model import annotations
from kg.records.model.keys import KEYS, Key, Value, keys_of
from kg.records.model.uses import uses_table
from kg.settings import ONTOLOGY

FILE = ONTOLOGY / "record.schema.json"

_STRING = {"type": "string", "minLength": 1}
# RFC 5646, 2.1, in the shape that normal form has; whether the subtags are registered is checked before.
_TAG = "^([A-Za-z]{2,8}|x-[A-Za-z0-9]{1,8})(-[A-Za-z0-9]{1,8})*$"
_DAY = "^-?\\d{4}-\\d{2}-\\d{2}$"
_IRI = '^(https?|urn|mailto|ark|doi|info):[^\\s<>"{}|\\\\^`]+$'
# A path segment of an IRI (RFC 3987, 2.2), in short: `kg.iris` says which characters stand in it as they are.
_KEY = '[^\\x00-\\x20/?#<>"{}|\\\\^`\\[\\]]+'
_INSTANT = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}"


def schema() -> dict[str, Any]:
    """Return the whole schema: a definition for each kind, chosen by `kind`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Record",
        "description": "A record as kg takes it, in sound form. Generated from kg/records/model/areas/.",
        "type": "object",
        "required": ["id", "kind"],
        "properties": {"kind": {"enum": list(KINDS)}},
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}}, "then": {"$ref": f"#/$defs/{kind}"}} for kind in KINDS
        ],
        "$defs": {kind: of_kind(kind) for kind in KINDS},
    }


def of_kind(kind: str) -> dict[str, Any]:
    """Return the schema of records of one kind."""
    keys = keys_of(kind)
    return {
        "type": "object",
        "required": ["kind", *(key.name for key in keys if key.required)],
        "properties": {key.name: {**_of_key(key, kind), "description": key.meaning} for key in keys},
        "additionalProperties": False,
    }


def _of_key(key: Key, kind: str) -> dict[str, Any]:
    if key.value is Value.TEXT:
        return _text(key)
    if key.name == "kind":
        return {"const": kind}
    if key.value is Value.REFERENCE:
        return _reference((kind,))
    single = _part(key) if key.value is Value.PART else _scalar(key)
    return {"type": "array", "minItems": 1, "items": single} if key.many else single


def _text(key: Key) -> dict[str, Any]:
    texts = {"type": "array", "minItems": 1, "items": _STRING} if key.many else _STRING
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"anyOf": [{"const": "@none"}, {"pattern": _TAG}]},
        "additionalProperties": texts,
    }


def _reference(kinds: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^({'|'.join(kinds)})/{_KEY}$"}


def _scalar(key: Key) -> dict[str, Any]:
    if key.value is Value.LINK:
        reference = _reference(key.to)
        return {"anyOf": [reference, {"type": "object", "required": ["id"], "properties": {"id": reference}}]}
    if key.value is Value.NUMBER:
        return {"type": "number", "minimum": key.minimum, "maximum": key.maximum}
    if key.value is Value.CHOICE:
        return {"enum": list(key.choices)}
    return _STRINGS[key.value]


_STRINGS: dict[Value, dict[str, Any]] = {
    Value.STRING: _STRING,
    Value.TAG: {"type": "string", "pattern": _TAG},
    Value.URL: {"type": "string", "pattern": _IRI},
    Value.EDTF: {"type": "string", "minLength": 4, "maxLength": 100},
    Value.DAY: {"type": "string", "pattern": _DAY},
    Value.INSTANT: {"type": "string", "pattern": _INSTANT},
}


def _part(key: Key) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [part.name for part in key.parts if part.required],
        "minProperties": 1,
        "properties": {part.name: {**_of_key(part, ""), "description": part.meaning} for part in key.parts},
        "additionalProperties": False,
    }


def as_file() -> str:
    """Return the text of the schema's file."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def reference_page() -> str:
    """Return docs/records.md: every key with its meaning, cardinality and an example."""
    rows = ["| key | value | how many | kinds | meaning | example |", "| --- | --- | --- | --- | --- | --- |"]
    for key in KEYS.values():
        rows.append(_row(key, key.name))
        rows += [_row(part, f"{key.name}[].{part.name}") for part in key.parts]
    values = [f"- **{value.value}**: {text}" for value, text in _VALUE_NOTES.items()]
    return _PAGE.format(values="\n".join(values), rows="\n".join(rows), uses=uses_table())


def how_many(key: Key) -> str:
    """Return the cardinality of a key, in words."""
    many = "many" if key.many else "one"
    return f"{many}, required" if key.required else many


def _row(key: Key, name: str) -> str:
    many = how_many(key)
    kinds = "all" if key.kinds == KINDS else ", ".join(key.kinds)
    example = json.dumps(key.example, ensure_ascii=False).replace("|", "\\|")
    return f"| `{name}` | {key.value.value} | {many} | {kinds} | {key.meaning} | `{example}` |"


_VALUE_NOTES = {
    Value.REFERENCE: "the record's own reference, `kind/key`.",
    Value.TEXT: 'text by language, `{"en": "…", "ru": "…"}`; `@none` where it is not known; lists where many.',
    Value.STRING: "plain text without a language: a number, a code.",
    Value.TAG: "a language tag (BCP 47).",
    Value.LINK: "a reference to another record, or an object with its `id` and what little is said of it here.",
    Value.URL: "an absolute IRI outside; http, https, urn, mailto, ark, doi or info.",
    Value.EDTF: "a date in EDTF (ISO 8601-2): `1963-04-05`, `1962~`, `[1971-05-01..1971-05-05]`.",
    Value.DAY: "a calendar day, `1963-04-05`.",
    Value.INSTANT: "a date and time with its zone, `1971-06-10T09:08:00-05:00`.",
    Value.NUMBER: "a number.",
    Value.CHOICE: "one of a few words.",
    Value.PART: "an object that belongs to this record alone; becomes a node `#key-1`, `#key-2` …",
}

_PAGE = """# The record

<!-- Written by `python -m kg.records.model.schema` from kg/records/model/areas/; a test keeps it so. -->

A record is a JSON object. Its `id` is a reference, `kind/key`, and names its kind: record, agent, place, collection,
archive or topic. The JSON Schema is `ontology/record.schema.json`; which RDF term a key means is said in
`ontology/context.jsonld`.

The `json` reader is lenient: a single value stands for a list of one, a plain string for text whose language is not
known, a date phrase ("5 April 1963") for EDTF. A key that the model lacks, or a value that can't be published (a link
with `javascript:`, a language that is none, a number for a link), is not lost: it is put into `extra`, shown on the
page, and reported. So is the whole of a part that lacks what it must have, as a date without a role; a record is left
out only where it has no id, or no title or name. A key keeps what an IRI can hold, letters of any script and signs such
as `:` and `+`; all else is percent-encoded, in an `id` too. An id or a link may be written as an address below the
base.

Dates: a bare one, `"dates": "1920-1980"`, is that of the document; of an agent, place or topic, that of its existence.
With dots the day comes first, as everywhere where dates are written with dots: `5.4.1963` is 5 April. With slashes or
hyphens either may come first: `04/05/1963` is not read, and reported. A date that can't be read stays as it is written.
A bare date is read as people write: `1910-25` is two years, `-1963` until 1963; under `edtf` they are what ISO 8601-2
says. Where `text` and `edtf` stand side by side, [the table of dates](sources.md#dates) decides.

JSON Lines have one object a line. A list of objects, or objects over several lines, stand in a file named `.json`.

`kg keys KIND` prints the keys that a kind of record has. How EAD and EAC-CPF become records: [sources.md](sources.md).

What stands under a key:

{values}

{rows}

## What becomes of each key

Beside its triples. Search reads a key as a title, as text, as a code or as a date, or counts it in a facet; a document
is found by the names of what it links to. The page of a thing lists the links that lead to it under the inverse. What
is left out has the reason here. `en` stands for each preferred language.

{uses}
"""


if __name__ == "__main__":
    FILE.write_text(as_file(), encoding="utf-8")
    key_annotations.FILE.write_text(annotations.as_file(), encoding="utf-8")
    (ONTOLOGY.parent / "docs" / "records.md").write_text(reference_page(), encoding="utf-8")
