"""A record as a row: which columns a table of a kind has, and what stands in each.

Follows the model's table of keys: a new key is a new column unless its row says why it has none. A link is two columns,
what things are called and their references; a label is one column for each preferred language; dates are the first
one's, and a list of all.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from kg.iris import Base
from kg.key_annotations import Heading
from kg.records.model.key import Omitted
from kg.records.model.keys import KEYS, Key, Record, Value, keys_of, label_key

Labels = Mapping[str, Mapping[str, str]]
"""Reference → what the thing is called, by language."""
Cell = Callable[[Record, Labels], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: in the file's head: words in small letters, with `_` between them.
        key: the key of the model that it is made of; a record without it has nothing there.
        meaning: a sentence for whoever reads the table.
        datatype: `string`, `date`, `double` or `anyURI`, as XML Schema names them.
        many: whether a cell holds a list.
        cell: makes the cell of a record: a value, a list where it is `many`, or None.
        links: whether cells name other things by reference.
    """

    name: str
    key: str
    meaning: str
    datatype: str
    many: bool
    cell: Cell
    links: bool = False


def columns(kind: str, languages: Sequence[str], base: Base) -> tuple[Column, ...]:
    """The columns of the table of a kind, in the order of the model.

    Args:
        kind: record, agent …
        languages: the preferred languages of labels, the first one first.
        base: what references stand below.
    """
    found: list[Column] = []
    for key in keys_of(kind):
        if isinstance(key.column, Omitted):
            continue
        if key.name == label_key(kind):
            found += _label(key, languages)
        elif key.name in _PARTS:
            found += _PARTS[key.name](key, languages)
        elif key.value is Value.LINK:
            found += _linked(key.name, key.meaning, languages, partial(_list, name=key.name))
        elif key.value is Value.TEXT:
            found.append(_text(key, languages))
        else:
            found.append(_plain(key))

    def address(record: Record, _: Labels) -> str:
        return base.iri(record["id"])

    iri = Column("iri", "id", "Its address for good.", "anyURI", many=False, cell=address)
    return (found[0], iri, *found[1:])


def targets(record: Record) -> Iterator[str]:
    """The references of the things that a record names in its row."""
    for name in record:
        if name in _LINKS:
            yield from _list(record, name)
    if "relations" in record:
        yield from _related(record)


def snake(name: str) -> str:
    """A key as the name of a column.

    >>> snake("placeOfCreation"), snake("title")
    ('place_of_creation', 'title')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _list(record: Record, name: str) -> list[str]:
    """The references under a key, whether a link is one or is written as an object."""
    there = record.get(name)
    if not there:
        return []
    return [each if isinstance(each, str) else each["id"] for each in (there if isinstance(there, list) else [there])]


def _related(record: Record) -> list[str]:
    found = [each["target"] for each in record.get("relations", ())]
    return [each if isinstance(each, str) else each["id"] for each in found]


def best(texts: Mapping[str, Any], languages: Sequence[str]) -> Any:
    """What stands under the first preferred language, or under any."""
    for language in (*languages, "@none"):
        if language in texts:
            return texts[language]
    return next(iter(texts.values()), None)


def _label(key: Key, languages: Sequence[str]) -> Iterator[Column]:
    name = snake(key.name)
    for each in languages:
        meaning = f"{key.meaning.rstrip('.')}, in the language {each}."
        yield Column(
            f"{name}_{each.lower().replace('-', '_')}",
            key.name,
            meaning,
            "string",
            many=False,
            cell=_in_language(key.name, each),
        )
    preferred = frozenset(languages)

    def others(record: Record, _: Labels) -> list[str]:
        said = record[key.name].items()
        return [text if tag == "@none" else f"{text}@{tag}" for tag, text in said if tag not in preferred]

    meaning = f"{key.meaning.rstrip('.')}, in other languages, each with @ and its language tag where that is known."
    yield Column(f"{name}_other", key.name, meaning, "string", many=True, cell=others)


def _in_language(name: str, language: str) -> Cell:
    return lambda record, _: record[name].get(language)


def _text(key: Key, languages: Sequence[str]) -> Column:
    prose = isinstance(key.shown, Heading) and key.shown.prose

    def cell(record: Record, _: Labels) -> Any:
        texts = record.get(key.name, {})
        if key.name in _IN_EVERY_LANGUAGE:
            return [each for texts in texts.values() for each in texts]
        said = best(texts, languages)
        return "\n\n".join(said) if prose and isinstance(said, list) else said

    return Column(snake(key.name), key.name, key.meaning, "string", many=key.many and not prose, cell=cell)


def _plain(key: Key) -> Column:
    datatype = _DATATYPES.get(key.value, "string")
    return Column(
        snake(key.name), key.name, key.meaning, datatype, many=key.many, cell=lambda record, _: record.get(key.name)
    )


def _linked(
    key: str, meaning: str, languages: Sequence[str], linked: Callable[[Record], list[str]]
) -> tuple[Column, Column]:
    """What a record links to: by name, and by reference, in the same order."""

    def names(record: Record, labels: Labels) -> list[str]:
        there = linked(record)
        return [best(labels.get(each, {}), languages) or each for each in there] if there else there

    return (
        Column(snake(key), key, meaning, "string", many=True, cell=names),
        Column(
            f"{snake(key)}_id",
            key,
            f"{meaning.rstrip('.')}, by reference, in the same order.",
            "string",
            many=True,
            cell=lambda record, _: linked(record),
            links=True,
        ),
    )


def _first(name: str) -> Cell:
    return lambda record, _: record["dates"][0].get(name) if record.get("dates") else None


def _day(name: str) -> Cell:
    first = _first(name)

    def day(record: Record, labels: Labels) -> date | None:
        try:
            return date.fromisoformat(first(record, labels) or "")
        except ValueError:  # none, or one before the year 1, which the EDTF says
            return None

    return day


def _dates(key: Key, _: Sequence[str]) -> Iterator[Column]:
    said = (
        ("date", "The date in EDTF (ISO 8601-2); the first one where there are several.", "string", _first("edtf")),
        ("date_text", "That date as it is written in the source.", "string", _first("text")),
        ("date_role", "What happened then: the document was written, a person was born.", "string", _first("role")),
        ("start", "First day that it can lie in; empty before the year 1.", "date", _day("start")),
        ("end", "Last day that it can lie in; empty before the year 1.", "date", _day("end")),
    )
    for name, meaning, datatype, cell in said:
        yield Column(name, key.name, meaning, datatype, many=False, cell=cell)

    def every(record: Record, _: Labels) -> list[str]:
        return [f"{each['role']}: {each.get('edtf') or each.get('text') or ''}" for each in record.get("dates", ())]

    yield Column("dates", key.name, "Every date with its role, the first one first.", "string", many=True, cell=every)


def _names(key: Key, _: Sequence[str]) -> Iterator[Column]:
    yield Column(
        "names",
        key.name,
        key.meaning,
        "string",
        many=True,
        cell=lambda record, _: [each["text"] for each in record.get("names", ())],
    )


def _relations(key: Key, languages: Sequence[str]) -> Iterator[Column]:
    yield from _linked(key.name, "Whom or what it is related to.", languages, _related)

    def types(record: Record, _: Labels) -> list[str]:
        return [each.get("role") or each.get("type") or "" for each in record.get("relations", ())]

    meaning = "What each of these relations is, in the source's word; empty where it says nothing."
    yield Column("relations_type", key.name, meaning, "string", many=True, cell=types)


def _levels(key: Key, _: Sequence[str]) -> Iterator[Column]:
    def levels(record: Record, _: Labels) -> list[str]:
        return [f"{each['level']}: {each['value']}" for each in record.get("referenceLevels", ())]

    yield Column("reference_levels", key.name, key.meaning, "string", many=True, cell=levels)


def _objects(key: Key, _: Sequence[str]) -> Iterator[Column]:
    def addresses(record: Record, _: Labels) -> list[str]:
        return [each["url"] for each in record.get("digitalObjects", ()) if "url" in each]

    meaning = "Where scans, recordings and other files are."
    yield Column("digital_objects", key.name, meaning, "anyURI", many=True, cell=addresses)


_LINKS = frozenset(key.name for key in KEYS.values() if key.value is Value.LINK)

_PARTS: dict[str, Callable[[Key, Sequence[str]], Iterator[Column]]] = {
    "dates": _dates,
    "names": _names,
    "relations": _relations,
    "referenceLevels": _levels,
    "digitalObjects": _objects,
}
"""Part → its columns; every part has an entry or is left out."""

_IN_EVERY_LANGUAGE = frozenset({"alternativeNames"})
"""Texts of which none stands for another in a second language."""

_DATATYPES = {Value.URL: "anyURI", Value.NUMBER: "double", Value.DAY: "date"}
