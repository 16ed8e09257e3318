"""The fields of the index, and which keys of a record go into which.

A record is read here as the JSON that it is; which keys there are, and which field reads each, is the model's to say
(`ontology/keys.json`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from tantivy import Schema, SchemaBuilder

from kg import key_annotations
from kg.key_annotations import Annotations, Faceted, Indexed, SearchField
from kg.store.search import times
from kg.store.search.collation import title_order
from kg.store.search.folding import PLAIN

VERSION = 6
"""Of the fields: an index with another number can't be read and has to be built anew.

Which keys go into a field is no part of it. An index that was made from fewer is served, and finds by the new ones from
the next build on (D-40).
"""

RECORD = "record"

_ANNOTATIONS = key_annotations.load()


class KeyPath(NamedTuple):
    """A key of a record, or of the parts under one; `part` is empty for the record's own."""

    key: str
    part: str = ""


def _paths() -> Iterator[tuple[KeyPath, Annotations]]:
    """Every key of records and of parts with its annotations, in the order of the model."""
    for key, annotations in _ANNOTATIONS.items():
        yield KeyPath(key), annotations
        for part, inner in annotations.parts.items():
            yield KeyPath(key, part), inner


def _read_by(field: SearchField) -> tuple[KeyPath, ...]:
    """The keys that a field of the index reads, by rank."""
    ranked = [
        (each.searched.rank, path)
        for path, each in _paths()
        if isinstance(each.searched, Indexed) and each.searched.field is field
    ]
    return tuple(path for _, path in sorted(ranked, key=lambda each: each[0]))


def _counted_by(facet: str) -> tuple[str, ...]:
    """The keys of records whose values a facet counts."""
    return tuple(
        path.key for path, each in _paths() if isinstance(each.searched, Faceted) and facet in each.searched.facets
    )


TITLE_KEYS = _read_by(SearchField.TITLE)
"""Keys whose text is a title or a name, by language."""

TEXT_KEYS = _read_by(SearchField.TEXT)
"""Keys whose text is searched, by language; hits are shown from the first that has one."""

CODE_KEYS = _read_by(SearchField.CODE)
"""Keys of numbers and codes."""


@dataclass(frozen=True, slots=True)
class Facet:
    """What a list is narrowed by.

    Attributes:
        name: of the field and of the parameter.
        kind: what its links lead to; empty where the values are plain words.
        keys: of the record whose values count.
    """

    name: str
    kind: str
    keys: tuple[str, ...]


_FACETS = {
    "kind": "",
    "role": "",
    "type": "topic",
    "person": "agent",
    "place": "place",
    "collection": "collection",
    "topic": "topic",
    "language": "",
    "archive": "archive",
    "from": "agent",
    "to": "agent",
}
FACETS = {name: Facet(name, kind, _counted_by(name)) for name, kind in _FACETS.items()}
"""Name → facet. The last two are asked by name and not counted on the page."""

LANGUAGE = "language"
"""The facet of languages; a tag finds those within it, too, `en` what is in `en-GB` (RFC 4647, 3.3.1)."""

ROLE = "role"
"""The facet of the roles of dates; with a time, a date of that role touches it (D-140)."""

LACKS = "lacks"
"""What a list is narrowed by besides facets: a record has nothing under one of these (D-93)."""

THING = "thing"
"""What a list is narrowed by besides facets: it has one of the things that are named so."""

LACKED = (
    "date",
    "place",
    "person",
    "topic",
    "collection",
    "text",
    "reference",
    "language",
    "summary",
    "rights",
    "scan",
)
"""Values of that facet."""

PRESENT = "has"
"""Field with those of LACKED that a record has, but for facets, whose own fields tell it."""

_PRESENCE_KEYS = {
    "date": (),
    "text": ("text",),
    "reference": ("reference",),
    "summary": ("summary", "scopeNote"),
    "rights": ("rights", "license", "rightsHolder"),
    "scan": ("digitalObjects",),
}
"""Value of LACKED that is no facet → the keys of which one is enough; a date is told by its days."""

COUNTED = ("role", "kind", "type", "person", "place", "collection", "topic", "language", "archive")
"""Facets with counts, in the order of the page."""

LINK_KEYS = tuple(dict.fromkeys(key for each in FACETS.values() if each.kind for key in each.keys))
"""Keys whose targets' names find the record too."""

ROOM = 1_000_000_000
"""Numbers of records for each day, in a number that sorts by both."""


def schema() -> Schema:
    """The fields as tantivy has them."""
    builder = SchemaBuilder()
    builder.add_text_field("ref", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "text"):
        builder.add_text_field(name, tokenizer_name="kg")
    for name in ("sound", "text_sound", "word", "vocabulary"):
        builder.add_text_field(name, tokenizer_name="kg", index_option="basic")
    builder.add_text_field("paragraph", tokenizer_name="raw", index_option="basic")
    for name in (*FACETS, "links", PRESENT):
        builder.add_text_field(name, fast=name in FACETS, tokenizer_name="raw", index_option="basic")
    for language in title_order.LANGUAGES:
        builder.add_text_field(title_order.sort_field(language), fast=True, tokenizer_name="raw", index_option="basic")
    times.add_fields(builder)
    for name in ("by_date", "by_date_back"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("offset", "length"):
        builder.add_integer_field(name, fast=True)
    return builder.build()


def texts(value: Any) -> list[tuple[str, str]]:
    """(language, text) of a value by language, whatever stands under it: one text or a list."""
    if not isinstance(value, dict):
        return []
    return [
        (language, text)
        for language, said in value.items()
        for text in (said if isinstance(said, list) else [said])
        if isinstance(text, str)
    ]


def texts_under(record: dict[str, Any], paths: Iterable[KeyPath]) -> Iterator[tuple[KeyPath, str, str]]:
    """The texts under some keys: (key, language, text). A plain text of a part is in the language of the part."""
    for path in paths:
        there = record.get(path.key)
        if there is None:
            continue
        if not path.part:
            yield from ((path, language, text) for language, text in texts(there))
            continue
        for each in there:
            value = each.get(path.part)
            said = texts(value) or [(each.get("language", PLAIN), text) for text in plain(value)]
            yield from ((path, language, text) for language, text in said)


def codes(record: dict[str, Any]) -> Iterator[str]:
    """The numbers and codes of a record."""
    for key, part in CODE_KEYS:
        there = record.get(key)
        for value in [each.get(part) for each in there or ()] if part else [there]:
            yield from plain(value)


def plain(value: Any) -> list[str]:
    """The strings of a value: one, or a list; of a link that says more, its id."""
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [each if isinstance(each, str) else each["id"] if isinstance(each, dict) else str(each) for each in values]


def values_of(record: dict[str, Any], facet: Facet) -> list[str]:
    """What a record has under a facet, each once."""
    if facet.name == ROLE:
        return list(dict.fromkeys(date["role"] for date in record.get("dates", ())))
    found = dict.fromkeys(value for key in facet.keys if key in record for value in plain(record[key]))
    return [value for value in found if not facet.kind or value.startswith(f"{facet.kind}/")]


def present(record: dict[str, Any], *, dated: bool) -> list[str]:
    """What a record has of LACKED, facets left out."""
    return [
        name
        for name, keys in _PRESENCE_KEYS.items()
        if (dated if name == "date" else any(record.get(key) for key in keys))
    ]
