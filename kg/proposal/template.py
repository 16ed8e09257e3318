"""Empty table with a column for each key, explained in the row below the headings, which no reader takes for a record.

>>> [column.heading for column in columns_of("place")][:4]
['Kind', 'Id', 'Name', 'Alternative names']
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from kg.records.model.keys import Key, Value, keys_of
from kg.records.readers.tables.headings import OWN

FORMATS = ("csv", "xlsx")
"""Formats of an empty table."""

_OMITTED = frozenset({"kind", "status", "names", "referenceLevels", "relations", "extra", "position", "replaces"})
"""Keys for programs, or with parts that one cell can't hold."""

_NAMES = {"agent": "Vane, Ora", "place": "Havana", "topic": "Trade", "collection": "Letters", "archive": "Fond 12"}
"""Kind of a link's target → a name as a person writes it."""

_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")
_WIDTH, _EXPLANATION_HEIGHT = 26, 110


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """Column of an empty table.

    Attributes:
        heading: the key as people write it, which the reader of tables knows.
        explanation: what belongs into the column, with an example; begins with `kg:`.
    """

    heading: str
    explanation: str


def columns_of(kind: str) -> tuple[TemplateColumn, ...]:
    """Return the columns for a kind of things, in the order of a record."""
    return tuple(_columns(kind))


def as_csv(kind: str) -> bytes:
    """Return the empty table as CSV in UTF-8, with the mark by which spreadsheet programs know that."""
    out = io.StringIO(newline="")
    columns = columns_of(kind)
    csv.writer(out).writerows([[column.heading for column in columns], [column.explanation for column in columns]])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(kind: str) -> bytes:
    """Return the empty table as a workbook of one sheet, all cells of which are texts."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
    sheet = book.add_worksheet(f"{kind}s")
    text = book.add_format({"num_format": "@", "valign": "top"})
    head = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
    note = book.add_format({"italic": True, "font_color": "#555555", "text_wrap": True, "valign": "top"})
    for place, column in enumerate(columns_of(kind)):
        sheet.set_column(place, place, _WIDTH, text)
        sheet.write_string(0, place, column.heading, head)
        sheet.write_string(1, place, column.explanation, note)
    sheet.set_row(1, _EXPLANATION_HEIGHT)
    sheet.freeze_panes(2, 0)
    book.close()
    return out.getvalue()


def _columns(kind: str) -> Iterator[TemplateColumn]:
    if kind != "record":
        yield TemplateColumn("Kind", f'{OWN} {kind}, in each row; or kind = "{kind}" in kg.toml, without this column.')
    for key in keys_of(kind):
        if key.name not in _OMITTED:
            yield TemplateColumn(_heading(key.name), f"{OWN} {_explanation(key)}")


def _heading(name: str) -> str:
    """Key as people write it: `placeOfCreation` is Place of creation."""
    words = _CAPITAL.sub(lambda found: f" {found[1].lower()}", name)
    return f"{words[:1].upper()}{words[1:]}"


def _explanation(key: Key) -> str:
    parts = [_MEANINGS.get(key.name, key.meaning)]
    if key.required and key.name != "id":
        parts.append("Each row needs it.")
    if key.many:
        parts.append("Of several, each has a column with this heading.")
    if key.value is Value.TEXT:
        parts.append(f"In Spanish: {_heading(key.name)}@es.")
    if key.choices and key.name != "dates":
        parts.append(f"One of {', '.join(key.choices)}.")
    parts.append(f"Example: {_example(key)}")
    return " ".join(parts)


_MEANINGS = {
    "id": "Its number, which never changes: its address is made of it. Without one, the address is made of the title.",
    "dates": "When it was made, as people write dates. With a role: Dates.sent, Dates.received.",
    "digitalObjects": "The address of a scan or recording.",
}
"""Key → what a person who fills in a table needs to know, where the model says it for programs."""

_EXAMPLES = {
    "id": "17",
    "dates": "5 April 1963",
    "digitalObjects": "https://example.org/scan-1.tif",
    "language": "en",
    "subjects": "Trade",
    "type": "letter",
    "repository": "City archive",
    "related": "18",
}


def _example(key: Key) -> str:
    if key.name in _EXAMPLES:
        return _EXAMPLES[key.name]
    if key.value is Value.LINK:
        return _NAMES.get(key.to[0], _NAMES["agent"])
    return _first(key.example)


def _first(example: Any) -> str:
    """First text of an example."""
    while isinstance(example, dict | list):
        example = next(iter(example.values() if isinstance(example, dict) else example))
    return str(example)
