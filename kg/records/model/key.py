"""Key of a record: a row of the model's table, with its uses by a page, the search index and a table.

A row has three uses besides the form of the value: the row of a page (`Heading`), the field of the search index
(`Indexed`, `Faceted`), and the column of a table. Each of these may be omitted, and then the row gives the reason
(`Omitted`): an invisible or unsearchable key is a decision and no accident (D-2).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from kg.iris import KINDS
from kg.key_annotations import Caption, Faceted, Heading, Indexed

Record = dict[str, Any]
"""Record: keys of this model to values of their form."""


RECORD, AGENT, PLACE, COLLECTION, ARCHIVE, TOPIC = KINDS
NAMED = (AGENT, PLACE, COLLECTION, ARCHIVE, TOPIC)
"""Kinds with a name; a record has a title."""
HOLDINGS = (RECORD, COLLECTION, ARCHIVE)
"""Kinds of archival holdings and their containers."""


class Value(Enum):
    """Form of the value under a key."""

    REFERENCE = "reference"
    """The record's own reference, `kind/key`."""
    TEXT = "text"
    """Text by language: `{"en": "…", "ru": "…"}`, `@none` where the language is not known; a list where many."""
    STRING = "string"
    """Plain text without a language: a number, a code."""
    TAG = "tag"
    """A language tag (BCP 47): `en`, `sr-Latn`."""
    LINK = "link"
    """A reference to another record, or an object with its `id` and what little is said of it here."""
    URL = "url"
    """An absolute IRI outside, of a scheme that may be linked."""
    EDTF = "edtf"
    """A date in EDTF (ISO 8601-2): `1963-04-05`, `1962~`, `[1971-05-01..1971-05-05]`."""
    DAY = "day"
    """A calendar day, `1963-04-05`."""
    INSTANT = "instant"
    """A date and time with its zone, `1971-06-10T09:08:00-05:00`."""
    NUMBER = "number"
    """A number."""
    CHOICE = "choice"
    """One of a few words."""
    PART = "part"
    """An object that belongs to this record alone; becomes `#key-1`, `#key-2` …"""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Other way to show or find a value than a row, or than a field of its own."""

    where: str


@dataclass(frozen=True, slots=True)
class Omitted:
    """Reason for a key that is not shown, not searched, or in no table: a sentence for the reader of the reference."""

    reason: str


@dataclass(frozen=True, slots=True)
class Key:
    """Key of a record.

    Attributes:
        name: the key, as it stands in JSON.
        value: the form of its value.
        meaning: one sentence for the person who fills it in.
        example: a normalised value.
        shown: the row of a page, or the note beside a part, that shows it.
        searched: how the search index reads it.
        column: of a part's key, the column of tables that has it; empty for a column of the key's own name.
        kinds: the kinds of records that have it.
        many: whether it takes a list (under each language, for text).
        required: whether a record without it is left out.
        to: for links, the kinds they may lead to.
        choices: for a choice, the words.
        minimum, maximum: for a number, its bounds.
        parts: for a part, its own keys.
        answers: whether "None" and "N/A" under it are what somebody says of the thing, and no empty field (D-133).
    """

    name: str
    value: Value
    meaning: str
    example: Any
    shown: Heading | Caption | Elsewhere | Omitted
    searched: Indexed | Faceted | Elsewhere | Omitted
    column: str | Omitted = ""
    kinds: tuple[str, ...] = KINDS
    many: bool = False
    required: bool = False
    to: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    parts: tuple["Key", ...] = ()
    answers: bool = False


def text_key(name: str, meaning: str, example: Any, **more: Any) -> Key:
    """Return a key of text by language; `more` are the other attributes of a key."""
    return Key(name, Value.TEXT, meaning, example, **more)


def string_key(name: str, meaning: str, example: Any, **more: Any) -> Key:
    """Return a key of plain text; `more` are the other attributes of a key."""
    return Key(name, Value.STRING, meaning, example, **more)


def link_key(name: str, meaning: str, to: tuple[str, ...], example: list[str], **more: Any) -> Key:
    """Return a key of links to records of some kinds, with many links by default; `more` are the other attributes."""
    return Key(name, Value.LINK, meaning, example, to=to, **{"many": True, **more})


def agent_key(name: str, meaning: str, example: str, **more: Any) -> Key:
    """Return a key of links to agents; `more` are the other attributes of a key."""
    return link_key(name, meaning, (AGENT,), [example], **more)
