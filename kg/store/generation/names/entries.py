"""Entries of a name index: which registers a thing is in, and its rows there."""

import sqlite3
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from kg.store.generation.names.name_index import DOCUMENT_TYPES, OTHER
from kg.store.generation.things import position_key
from kg.store.search.collation import name_order, title_order
from kg.store.search.fields import texts

SCHEMA = """
CREATE TABLE documents (n INTEGER PRIMARY KEY, documents INTEGER);
CREATE TABLE entries (
  register TEXT, n INTEGER, documents INTEGER, form TEXT, words TEXT, PRIMARY KEY (register, n)
) WITHOUT ROWID;
CREATE TABLE alphabet (
  register TEXT, language TEXT, key TEXT, n INTEGER, initial TEXT, label TEXT, PRIMARY KEY (register, language, key, n)
) WITHOUT ROWID;
CREATE TABLE tree (parent INTEGER, key TEXT, n INTEGER, PRIMARY KEY (parent, key, n)) WITHOUT ROWID;
"""
INDEXES = """
CREATE INDEX by_documents ON entries (register, documents DESC, n);
CREATE INDEX tree_by_level ON tree (n);
"""

REGISTERS = {"agent": "person", "place": "place", "collection": "collection", "archive": "archive", "topic": "topic"}
"""Register of a kind → the facet whose values it lists."""

IS_DOCUMENT = "kind = 'record' AND deleted IS NULL AND status IS NOT 'stub'"
"""Condition on a row of the catalogue, in SQL."""

NAME_COLUMNS = "n, ref, kind, status, label, offset, length"
"""Columns of the catalogue of which an indexed name is made."""

_MAX_LABEL = 60
"""Characters of a name that stands at the end of a link to a page of the list."""

_DIGITS, _OTHER_SIGNS = "0-9", "#"
"""Initials of what begins with a figure, and with a sign of no alphabet."""

_IDEOGRAPHS = 0x2E80


class IndexedName(NamedTuple):
    """A thing with a name.

    Attributes:
        n: its number.
        reference, kind: its reference and its kind.
        headings: language → heading in the alphabet of that language.
        form: type of an agent, or level of an archive.
        words: words of all its names, folded, with a space before each.
        place: place of a level among its like, as a key that sorts.
    """

    n: int
    reference: str
    kind: str
    headings: dict[str, str]
    form: str
    words: str
    place: str


def indexed_name(row: tuple[Any, ...], record: dict[str, Any]) -> IndexedName:
    """Return the name of a thing.

    Args:
        row: its NAME_COLUMNS.
        record: its record.
    """
    n, reference, kind, _, label, _, _ = row
    labels = orjson.loads(label) if label else {}
    form = str(record.get("agentType") or record.get("level") or "")
    headings = {each: name_order.heading(record, labels, each) for each in title_order.LANGUAGES}
    place = _place(record, headings[title_order.LANGUAGES[0]])
    return IndexedName(n, reference, kind, headings, form, _words(record), place)


def registers_of(row: tuple[Any, ...], documents: int, of_type: int, is_named: Callable[[], bool]) -> dict[str, int]:
    """Return the registers that a thing is in, but for the tree of archives: register → its documents there.

    Args:
        row: NAME_COLUMNS of the thing; of a level of an archive only where it lies in no other.
        documents: number of documents that its kind counts for it.
        of_type: number of documents of which it is the type.
        is_named: tells whether a document leads to it under any key.
    """
    _, _, kind, status, *_ = row
    registers: dict[str, int] = {}
    if kind == "topic" and of_type:
        registers[DOCUMENT_TYPES] = of_type
        if not documents:
            return registers
    if documents:
        registers[kind] = documents
    elif status != "stub" or is_named():
        registers[kind + OTHER] = 0
    return registers


def insert_entry(db: sqlite3.Connection, register: str, name: IndexedName, documents: int) -> None:
    """Insert the rows of a thing in a register."""
    row = (register, name.n, documents, name.form, name.words)
    db.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", row)
    for language in title_order.LANGUAGES:
        heading = name.headings[language]
        key = title_order.sort_key(heading, language)
        letter = initial(key, language)
        db.execute(
            "INSERT INTO alphabet VALUES (?, ?, ?, ?, ?, ?)",
            (register, language, key, name.n, letter, heading[:_MAX_LABEL]),
        )


def delete_entry(db: sqlite3.Connection, register: str, name: IndexedName) -> None:
    """Delete the rows of a thing in a register, as its record was when they were inserted."""
    db.execute("DELETE FROM entries WHERE register = ? AND n = ?", (register, name.n))
    for language in title_order.LANGUAGES:
        key = title_order.sort_key(name.headings[language], language)
        db.execute(
            "DELETE FROM alphabet WHERE register = ? AND language = ? AND key = ? AND n = ?",
            (register, language, key, name.n),
        )


def initial(key: str, language: str) -> str:
    """Letter under which a sort key stands.

    >>> initial("castro", "en"), initial("0ёж", "ru"), initial("n~ico", "es"), initial("(x)", "en")
    ('C', 'Ё', 'Ñ', '#')
    """
    plain_key = key[1:] if language in title_order.PREFIXED else key
    if plain_key.startswith("n~"):
        return "Ñ"
    first = plain_key[:1]
    if first.isdigit():
        return _DIGITS
    is_letter = unicodedata.category(first)[0] == "L" if first else False
    return first.upper()[:1] if is_letter and ord(first) < _IDEOGRAPHS else _OTHER_SIGNS


def _words(record: dict[str, Any]) -> str:
    """Words of all names of a thing, folded, with a space before each."""
    said = [text for key in ("name", "alternativeNames") for _, text in texts(record.get(key))]
    said += [name["text"] for name in record.get("names", ()) if "text" in name]
    return "".join(f" {word}" for word in dict.fromkeys(word for text in said for word in folded_words(text)))


def folded_words(text: str) -> list[str]:
    """Words of a name as the index has them.

    >>> folded_words("Raúl Castro")
    ['raul', 'castro']
    """
    return title_order.sort_key(text, title_order.LANGUAGES[0]).split()


def _place(record: dict[str, Any], name: str) -> str:
    """Place of a level among its like: institutions first, then in the order of the finding aid, then by reference."""
    rank = "0" if record.get("level") == "archive" else "1"
    position = record.get("position")
    if position is not None:
        return rank + position_key(position)
    said = str(record.get("reference") or name)
    return rank + title_order.sort_key(said, title_order.LANGUAGES[0])
