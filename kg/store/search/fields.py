"""The fields of the index, and which keys of a record go into which.

A record is read here as the JSON that it is; which keys there are is the model's to say.
"""

from dataclasses import dataclass
from typing import Any

from tantivy import Schema, SchemaBuilder

from kg.store.search import title_order

VERSION = 3
"""Of the fields: an index with another number has to be built anew."""

RECORD = "record"

TITLE_KEYS = ("title", "name", "alternativeNames")
"""Keys whose text is a title or a name, by language."""

TEXT_KEYS = (
    "summary",
    "description",
    "biography",
    "text",
    "scopeNote",
    "occupations",
    "functions",
    "note",
    "custodialHistory",
    "classification",
)
"""Keys whose text is searched, by language; hits are shown from the first that has one."""

CODE_KEYS = ("identifiers", "reference", "outgoingNumber", "copyNumber")
"""Keys of numbers and codes."""


@dataclass(frozen=True, slots=True)
class Facet:
    """What a list is narrowed by.

    Attributes:
        name: of the field and of the parameter.
        keys: of the record whose values count.
        kind: what its links lead to; empty where the values are plain words.
        only: the kinds of records that have it; empty for all.
    """

    name: str
    keys: tuple[str, ...]
    kind: str = ""


_PEOPLE = ("creator", "journalAuthor", "sender", "recipient", "participants", "mentions")

FACETS = {
    each.name: each
    for each in (
        Facet("kind", ("kind",)),
        Facet("type", ("type",), "topic"),
        Facet("person", _PEOPLE, "agent"),
        Facet("place", ("placeOfCreation", "places", "mentions", "birthPlace", "deathPlace"), "place"),
        Facet("collection", ("collections", "partOf"), "collection"),
        Facet("topic", ("subjects",), "topic"),
        Facet("language", ("language",)),
        Facet("archive", ("heldIn",), "archive"),
        Facet("from", ("creator", "journalAuthor", "sender"), "agent"),
        Facet("to", ("recipient",), "agent"),
    )
}
"""Name → facet. The last two are asked by name and not counted on the page."""

LACKS = "lacks"
"""What a list is narrowed by besides facets: a record has nothing under one of these."""

LACKED = ("date", "place", "person", "topic", "collection", "text")

COUNTED = ("kind", "type", "person", "place", "collection", "topic", "language", "archive")
"""Facets with counts, in the order of the page."""

LINK_KEYS = tuple(dict.fromkeys(key for each in FACETS.values() if each.kind for key in each.keys))
"""Keys whose targets' names find the record too."""

UNDATED = 10**9
"""Stands for a day after every date."""

ROOM = 1_000_000_000
"""Numbers of records for each day, in a number that sorts by both."""

OPEN_YEAR = 100_000
"""Stands for the year of an end that is open."""


def schema() -> Schema:
    """The fields as tantivy has them."""
    builder = SchemaBuilder()
    builder.add_text_field("ref", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "text"):
        builder.add_text_field(name, tokenizer_name="kg")
    for name in ("sound", "text_sound", "word", "vocabulary"):
        builder.add_text_field(name, tokenizer_name="kg", index_option="basic")
    for name in (*FACETS, "links"):
        builder.add_text_field(name, fast=name != "links", tokenizer_name="raw", index_option="basic")
    for language in title_order.LANGUAGES:
        builder.add_text_field(title_order.sort_field(language), fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("start", "end", "by_date", "by_date_back", "start_year", "end_year", "month"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("offset", "length"):
        builder.add_integer_field(name, fast=True)
    for name in ("dated", "whole"):  # whether it has a date, and a text of its own
        builder.add_boolean_field(name, indexed=True, fast=True)
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


def plain(value: Any) -> list[str]:
    """The strings of a value: one, or a list; of a link that says more, its id."""
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [each if isinstance(each, str) else each["id"] if isinstance(each, dict) else str(each) for each in values]


def values_of(record: dict[str, Any], facet: Facet) -> list[str]:
    """What a record has under a facet, each once."""
    found = dict.fromkeys(value for key in facet.keys if key in record for value in plain(record[key]))
    return [value for value in found if not facet.kind or value.startswith(f"{facet.kind}/")]


def day_number(day: str) -> int:
    """A calendar day as a number that sorts as days do.

    >>> day_number("1963-04-05"), day_number("-0044-03-15") < day_number("-0043-01-01")
    (19630405, True)
    """
    negative = day.startswith("-")
    year, month, date = day.lstrip("-").split("-")
    return (-int(year) if negative else int(year)) * 10_000 + int(month) * 100 + int(date)


def year_of(number: int) -> int:
    """The year of a day's number."""
    return number // 10_000
