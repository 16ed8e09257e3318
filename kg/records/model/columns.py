"""Table columns of the record model: the columns of a kind, and the cells of a record in them.

Follows the model's table of keys: a new key is a new column unless its row says why it has none. A link is two columns,
labels and their references; a label is one column for each preferred language; dates are the first one's, and a list of
all.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from kg import language_ranges
from kg.date_roles import principal
from kg.errors import Message
from kg.iris import Base
from kg.key_annotations import Heading
from kg.records.model.key import Omitted
from kg.records.model.keys import KEYS, Key, Record, Value, keys_of, label_key

Labels = Mapping[str, Mapping[str, str]]
"""Reference → label of the thing, by language."""
Cell = Callable[[Record, Labels], Any]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Column of a table.

    Attributes:
        name: in the file's head: words in small letters, with `_` between them.
        key: the key of the model that it is made of; a record without it has nothing there.
        sentences: description for the reader of the table, in messages that the page of tables translates (D-176).
        datatype: `string`, `date`, `double`, `integer` or `anyURI`, as XML Schema names them.
        many: whether a cell holds a list.
        cell: makes the cell of a record: a value, a list where it is `many`, or None.
        links: whether cells name other things by reference.
    """

    name: str
    key: str
    sentences: tuple[Message, ...]
    datatype: str
    many: bool
    cell: Cell
    links: bool = False

    @property
    def meaning(self) -> str:
        """Description in English."""
        return " ".join(self.sentences)


DOCUMENTS = "documents"
"""Beside the keys of a record, when its row is made: how many documents name it."""

_DOCUMENTS_COLUMN = TableColumn(
    DOCUMENTS,
    "id",
    (Message("Number of documents that name it, or that it holds."),),
    "integer",
    many=False,
    cell=lambda record, _: record.get(DOCUMENTS),
)


def columns(kind: str, languages: Sequence[str], base: Base) -> tuple[TableColumn, ...]:
    """Return the columns of the table of a kind, in the order of the model.

    Args:
        kind: record, agent …
        languages: the preferred languages of labels, the first one first.
        base: the base of references.
    """
    table_columns: list[TableColumn] = []
    for key in keys_of(kind):
        if isinstance(key.column, Omitted):
            continue
        if key.name == label_key(kind):
            table_columns += _label_columns(key, languages)
        elif key.name in _PARTS:
            table_columns += _PARTS[key.name](key, languages)
        elif key.value is Value.LINK:
            table_columns += _link_columns(
                key.name, Message(key.meaning), languages, partial(_references, name=key.name)
            )
        elif key.value is Value.TEXT:
            table_columns.append(_text_column(key, languages))
        else:
            table_columns.append(_plain_column(key))

    def address(record: Record, _: Labels) -> str:
        return base.iri(record["id"])

    iri = TableColumn("iri", "id", _PERMANENT, "anyURI", many=False, cell=address)
    counts = () if kind == "record" else (_DOCUMENTS_COLUMN,)
    return (table_columns[0], iri, *table_columns[1:], *counts)


def link_targets(record: Record) -> Iterator[str]:
    """Return the references of the things that a record names in its row."""
    for name in record:
        if name in _LINKS:
            yield from _references(record, name)
    if "relations" in record:
        yield from _related_references(record)


def snake_case(name: str) -> str:
    """Return a key in snake case, as the name of a column.

    >>> snake_case("placeOfCreation"), snake_case("title")
    ('place_of_creation', 'title')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _references(record: Record, name: str) -> list[str]:
    """References under a key, for links written as a reference or as an object."""
    links = record.get(name)
    if not links:
        return []
    return [link if isinstance(link, str) else link["id"] for link in (links if isinstance(links, list) else [links])]


def _related_references(record: Record) -> list[str]:
    targets = [target["target"] for target in record.get("relations", ())]
    return [target if isinstance(target, str) else target["id"] for target in targets]


def preferred_text(texts: Mapping[str, Any], languages: Sequence[str]) -> Any:
    """Return the text in the language that serves a reader of some languages best, or in any other."""
    tag = language_ranges.best(texts, languages)
    return None if tag is None else texts[tag]


def _label_columns(key: Key, languages: Sequence[str]) -> Iterator[TableColumn]:
    name = snake_case(key.name)
    for language in languages:
        yield TableColumn(
            f"{name}_{language.lower().replace('-', '_')}",
            key.name,
            (Message(key.meaning), Message("Language: %(language)s, or a variety of it.", language=language)),
            "string",
            many=False,
            cell=_in_language(key.name, language),
        )

    def others(record: Record, _: Labels) -> list[str]:
        texts = record[key.name]
        told = {language_ranges.serving(texts, language) for language in languages}
        return [text if tag == "@none" else f"{text}@{tag}" for tag, text in texts.items() if tag not in told]

    sentences = (
        Message(key.meaning),
        Message("In other languages; each is followed by @ and its language tag, if that is known."),
    )
    yield TableColumn(f"{name}_other", key.name, sentences, "string", many=True, cell=others)


def _in_language(name: str, language: str) -> Cell:
    def cell(record: Record, _: Labels) -> Any:
        tag = language_ranges.serving(record[name], language)
        return None if tag is None else record[name][tag]

    return cell


def _text_column(key: Key, languages: Sequence[str]) -> TableColumn:
    prose = isinstance(key.shown, Heading) and key.shown.prose

    def cell(record: Record, _: Labels) -> Any:
        texts = record.get(key.name, {})
        if key.name in _IN_EVERY_LANGUAGE:
            return [text for texts in texts.values() for text in texts]
        text = preferred_text(texts, languages)
        return "\n\n".join(text) if prose and isinstance(text, list) else text

    many = key.many and not prose
    return TableColumn(snake_case(key.name), key.name, (Message(key.meaning),), "string", many=many, cell=cell)


def _plain_column(key: Key) -> TableColumn:
    datatype = _DATATYPES.get(key.value, "string")
    return TableColumn(
        snake_case(key.name),
        key.name,
        (Message(key.meaning),),
        datatype,
        many=key.many,
        cell=lambda record, _: record.get(key.name),
    )


def _link_columns(
    key: str, meaning: Message, languages: Sequence[str], linked: Callable[[Record], list[str]]
) -> tuple[TableColumn, TableColumn]:
    """Two columns of a link: labels and references, in the same order."""

    def names(record: Record, labels: Labels) -> list[str]:
        references = linked(record)
        return (
            [preferred_text(labels.get(reference, {}), languages) or reference for reference in references]
            if references
            else references
        )

    return (
        TableColumn(snake_case(key), key, (meaning,), "string", many=True, cell=names),
        TableColumn(
            f"{snake_case(key)}_id",
            key,
            (meaning, Message("Identifiers, in the same order.")),
            "string",
            many=True,
            cell=lambda record, _: linked(record),
            links=True,
        ),
    )


def _of_first_date(name: str) -> Cell:
    return lambda record, _: principal(record.get("dates", ())).get(name)


def _first_day(name: str) -> Cell:
    first = _of_first_date(name)

    def day(record: Record, labels: Labels) -> date | None:
        try:
            return date.fromisoformat(first(record, labels) or "")
        except ValueError:  # none, or one before the year 1, which the EDTF says
            return None

    return day


def _date_columns(key: Key, _: Sequence[str]) -> Iterator[TableColumn]:
    rows = (
        (
            "date",
            Message("Date in EDTF (ISO 8601-2); of several, the main one."),
            "string",
            _of_first_date("edtf"),
        ),
        ("date_text", Message("That date, as the source writes it."), "string", _of_first_date("text")),
        (
            "date_role",
            Message("What that date stands for: creation of a document, birth of a person and so on."),
            "string",
            _of_first_date("role"),
        ),
        ("start", Message("Earliest possible day; empty before the year 1."), "date", _first_day("start")),
        ("end", Message("Latest possible day; empty before the year 1."), "date", _first_day("end")),
        (
            "start_time",
            Message("Time at which it began, with its time zone, if the source gives it."),
            "string",
            _of_first_date("startTime"),
        ),
        (
            "end_time",
            Message("Time at which it ended, with its time zone, if the source gives it."),
            "string",
            _of_first_date("endTime"),
        ),
    )
    for name, meaning, datatype, cell in rows:
        yield TableColumn(name, key.name, (meaning,), datatype, many=False, cell=cell)

    def every(record: Record, _: Labels) -> list[str]:
        return [_date_cell(date) for date in record.get("dates", ())]

    meaning = Message("All dates with what each stands for; times of day, from/to, follow where they are known.")
    yield TableColumn("dates", key.name, (meaning,), "string", many=True, cell=every)


def _date_cell(date: Record) -> str:
    """A date in a cell.

    >>> _date_cell({"role": "event", "edtf": "1958-11-03", "startTime": "1958-11-03T16:05:00-05:00"})
    'event: 1958-11-03 (1958-11-03T16:05:00-05:00)'
    """
    hours = "/".join(filter(None, (date.get("startTime"), date.get("endTime"))))
    return f"{date['role']}: {date.get('edtf') or date.get('text') or ''}" + (f" ({hours})" if hours else "")


def _name_columns(key: Key, _: Sequence[str]) -> Iterator[TableColumn]:
    yield TableColumn(
        "names",
        key.name,
        (Message("All forms of the name."),),
        "string",
        many=True,
        cell=lambda record, _: [form["text"] for form in record.get("names", ())],
    )


def _relation_columns(key: Key, languages: Sequence[str]) -> Iterator[TableColumn]:
    yield from _link_columns(
        key.name, Message("Related people, organisations and records."), languages, _related_references
    )

    def types(record: Record, _: Labels) -> list[str]:
        return [relation.get("role") or relation.get("type") or "" for relation in record.get("relations", ())]

    meaning = Message("Type of each of these relations, as given by the source; empty if it gives none.")
    yield TableColumn("relations_type", key.name, (meaning,), "string", many=True, cell=types)


def _level_columns(key: Key, _: Sequence[str]) -> Iterator[TableColumn]:
    def levels(record: Record, _: Labels) -> list[str]:
        return [f"{level['level']}: {level['value']}" for level in record.get("referenceLevels", ())]

    yield TableColumn("reference_levels", key.name, (Message(key.meaning),), "string", many=True, cell=levels)


def _digital_object_columns(key: Key, _: Sequence[str]) -> Iterator[TableColumn]:
    def addresses(record: Record, _: Labels) -> list[str]:
        return [digital_object["url"] for digital_object in record.get("digitalObjects", ()) if "url" in digital_object]

    meaning = Message("Addresses of scans, recordings and other files.")
    yield TableColumn("digital_objects", key.name, (meaning,), "anyURI", many=True, cell=addresses)


_PERMANENT = (Message("Permanent address."),)
_LINKS = frozenset(key.name for key in KEYS.values() if key.value is Value.LINK)

_PARTS: dict[str, Callable[[Key, Sequence[str]], Iterator[TableColumn]]] = {
    "dates": _date_columns,
    "names": _name_columns,
    "relations": _relation_columns,
    "referenceLevels": _level_columns,
    "digitalObjects": _digital_object_columns,
}
"""Part → its columns; every part has an entry or is left out."""

_IN_EVERY_LANGUAGE = frozenset({"alternativeNames"})
"""Text keys whose values in different languages are not translations of each other."""

_DATATYPES = {Value.URL: "anyURI", Value.NUMBER: "double", Value.DAY: "date"}
