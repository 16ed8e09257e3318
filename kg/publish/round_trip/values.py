"""Values of a record as text, for the columns of kg in a sheet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kg.records.model.columns import Labels, preferred_text
from kg.records.model.keys import KEYS, Record, Value, label_key
from kg.records.readers.tables.column_keys import ColumnKey

BETWEEN = " | "
"""What stands between several values."""

_LABELS = frozenset({"title", "name"})
_CONTENT = {"names": "text", "relations": "target", "digitalObjects": "url", "referenceLevels": "value"}
"""Key of parts → the part that says what each is."""


def value_text(record: Record, path: ColumnKey, told: frozenset[str], labels: Labels, languages: Sequence[str]) -> str:
    """Return what a record has under the key of a column: dates in EDTF, links as reference and label.

    Args:
        record: the record, normalised.
        path: the key of the column.
        told: languages of the same key that have columns of their own.
        labels: labels of what the record links to.
        languages: the preferred languages of labels.
    """
    name = label_key(record["kind"]) if path.name in _LABELS else path.name
    if name not in record:
        return ""
    key, value = KEYS[name], record[name]
    if key.value is Value.TEXT:
        return BETWEEN.join(_texts(value, path.language, told))
    found = value if isinstance(value, list) else [value]
    if key.value is Value.PART:
        found = list(_of_parts(found, name, path.part))
    return BETWEEN.join(text for each in found if (text := _text(each, labels, languages)))


def _texts(value: Mapping[str, Any], language: str, told: frozenset[str]) -> Iterator[str]:
    """Texts in a language, or in all that have no column of their own, each with its tag where that is known."""
    for tag, texts in value.items():
        if (language and tag != language) or (not language and tag in told):
            continue
        for text in texts if isinstance(texts, list) else [texts]:
            yield text if language or tag == "@none" else f"{text}@{tag}"


def _of_parts(parts: Sequence[Record], name: str, part: str) -> Iterator[Any]:
    """What a column has of parts: those of a role or level, or a key of each."""
    for each in parts:
        if name == "dates" and part not in each and part not in {"edtf", "text", "start", "end"}:
            if not part or each.get("role") == part:
                yield each.get("edtf") or "/".join(filter(None, (each.get("start"), each.get("end"))))
        elif name == "referenceLevels":
            if not part or each["level"] == part:
                yield each["value"]
        else:
            yield each.get(part or _CONTENT.get(name, ""))


def _text(value: Any, labels: Labels, languages: Sequence[str]) -> str:
    """Single value as text; a link as its reference, and the label behind it."""
    if value is None:
        return ""
    if isinstance(value, dict) and "id" not in value:
        return BETWEEN.join(f"{text}@{tag}" if tag != "@none" else str(text) for tag, text in value.items())
    reference = value["id"] if isinstance(value, dict) else str(value)
    own = (value.get("name") or value.get("title") or {}) if isinstance(value, dict) else {}
    label = preferred_text(labels.get(reference) or own, languages)
    return f"{reference} {label}" if label else reference
