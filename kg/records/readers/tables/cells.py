"""Cells under the keys of the model: what a reader of tables puts into a record for each column of its plan.

Values are those of any other reader: texts by language, links by name as EAD has them in plain text, dates as people
write them. Normalisation does the rest.
"""

from collections.abc import Callable
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from kg.date_roles import DATE_ROLES
from kg.records.model.keys import KEYS, LEVELS, Key, Record, Value, label_key
from kg.records.names import personal_names
from kg.records.normalisation import dates
from kg.records.normalisation.null_words import is_null
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.columns import Column
from kg.records.readers.tables.csvw_metadata import iso_date

MAX_NAME = 200
"""Maximum length of a name in characters; a longer text is no name."""

PARTS = "\0parts"
"""Key of a record under way for parts that several columns make; `finish_parts` takes it away."""

_BY_NUMBER = frozenset({"related", "replaces"})
"""Keys of links to other rows, by their ids."""

_LABELS = frozenset({"title", "name"})
"""Keys of a label, of which a column may be either."""

_CONTENT = {"names": "text", "relations": "target", "digitalObjects": "url"}
"""Key of parts → the part that a whole cell is."""

_ROLES = {"agent": "existence", "place": "existence", "topic": "existence"}
"""Kind of thing → role of a date whose parts stand in columns of their own; of any other kind, the document's."""

_NAME_CACHE_SIZE = 1 << 12
_ONE_VALUE = "is a second value of {}, which has one"

Put = Callable[[Record, str], str]
"""Function that puts a text into a record; returns what is wrong with it if it can't, else an empty text."""


class CellForm(Enum):
    """Form of what a cell gives, where it is the first value under its key and has no separator."""

    TEXT = auto()
    """A text by language."""
    LINE = auto()
    """A text by language, on one line."""
    TEXTS = auto()
    """A list of texts by language."""
    WORD = auto()
    """A text without a language, on one line."""
    WORDS = auto()
    """A list of such texts."""
    LINK = auto()
    """A list of links."""
    OTHER = auto()
    """Anything else, which `CellWriter.put` alone knows."""


class CellWriter:
    """Writer of the cells of one column into records.

    Attributes:
        column: the column.
        key: its key.
        tag: the language of its texts.
        form: the form of what a cell gives.
        links: text → link, of cells that were put before into records of the kind of the settings.
        put: puts the text of a cell, trimmed and not empty.
    """

    def __init__(self, column: Column, source: SourceFile, on_doubt: Callable[[Column, str], None]) -> None:
        """Start.

        Args:
            column: the column.
            source: the file.
            on_doubt: called with a cell that may hold several names, though no separator is set.
        """
        self.column = column
        self._source = source
        self._on_doubt = on_doubt
        self._path = column.path
        self.key = KEYS[column.path.name]
        self.tag = column.path.language or "@none"
        self._link_of = lru_cache(_NAME_CACHE_SIZE)(self._make_link)
        self._separator = column.separator.strip() or column.separator
        self.links: dict[str, Record | str] = {}
        self._put_one, form = self._put_of(self.key)
        self.form = CellForm.OTHER if self._separator or column.nulls else form
        self.put: Put = self._put_several if self._separator else self._put_one
        if column.nulls:
            self.put = self._put_unless_null

    def _put_several(self, record: Record, text: str) -> str:
        faults = [self._put_one(record, piece) for each in text.split(self._separator) if (piece := each.strip())]
        return next((fault for fault in faults if fault), "")

    def _put_unless_null(self, record: Record, text: str) -> str:
        if text in self.column.nulls:
            return ""
        return self._put_several(record, text) if self._separator else self._put_one(record, text)

    def key_of(self, kind: str) -> str:
        """Return the key under which a record of a kind has the values."""
        return label_key(kind) if self.key.name in _LABELS else self.key.name

    def _put_of(self, key: Key) -> tuple[Put, CellForm]:
        part, other = self._path.part, CellForm.OTHER
        label = self._put_label, CellForm.LINE
        date = self._put_date, other if part or self.column.date_format else CellForm.WORDS
        special = {
            "title": label,
            "name": label,
            "dates": date if not part or part in DATE_ROLES else None,
            "containers": (self._put_container, other) if part else None,
            "referenceLevels": (self._put_level, other) if part in LEVELS else None,
        }.get(key.name)
        by_value = {
            Value.PART: (self._put_part, other),
            Value.LINK: (self._put_link, CellForm.LINK),
            Value.TEXT: (self._put_texts, CellForm.TEXTS) if key.many else (self._put_text, CellForm.TEXT),
            Value.CHOICE: (self._put_strings if key.many else self._put_string, other),
        }
        usual = (self._put_strings, CellForm.WORDS) if key.many else (self._put_string, CellForm.WORD)
        return special or by_value.get(key.value) or usual

    def _put_label(self, record: Record, text: str) -> str:
        return self._put_one_text(record, label_key(record["kind"]), one_line(text))

    def _put_text(self, record: Record, text: str) -> str:
        return self._put_one_text(record, self.key.name, text)

    def _put_one_text(self, record: Record, name: str, text: str) -> str:
        texts = record.setdefault(name, {})
        if texts.setdefault(self.tag, text) == text:
            return ""
        return _ONE_VALUE.format(f"{name} in one language" if self._path.language else name)

    def _put_texts(self, record: Record, text: str) -> str:
        record.setdefault(self.key.name, {}).setdefault(self.tag, []).append(text)
        return ""

    def _put_strings(self, record: Record, text: str) -> str:
        record.setdefault(self.key.name, []).append(_scalar(self.key, text))
        return ""

    def _put_string(self, record: Record, text: str) -> str:
        value = _scalar(self.key, text)
        return "" if record.setdefault(self.key.name, value) == value else _ONE_VALUE.format(self.key.name)

    def _put_date(self, record: Record, text: str) -> str:
        text = one_line(text)
        role = self._path.part
        if role and is_null(text):
            return ""
        if self.column.date_format and (iso := iso_date(text, self.column.date_format)):
            date: Any = {"role": role or _ROLES.get(record["kind"], "document"), "edtf": iso, "text": text}
            record.setdefault("dates", []).append(date)
            return ""
        date = {"role": role} | dates.from_edtf(text, {}, _report_nothing, is_short=True) if role else text
        record.setdefault("dates", []).append(date)
        return ""

    def _put_container(self, record: Record, text: str) -> str:
        """Add a container, `box 7`, to the place that the columns of containers tell together."""
        word = self._path.part.strip()
        text = text if text.casefold().startswith(word.casefold()) else f"{word} {text}"
        places = record.setdefault("containers", [])
        number = self.column.occurrence
        if number < len(places):
            places[number] = f"{places[number]}, {text}"
        else:
            places.append(text)
        return ""

    def _put_level(self, record: Record, text: str) -> str:
        record.setdefault("referenceLevels", []).append({"level": self._path.part, "value": text})
        return ""

    def _put_link(self, record: Record, text: str) -> str:
        link, fault, has_many = self._link_of(text, record["kind"])
        if has_many:
            self._on_doubt(self.column, text)
        if link is None:
            return fault
        if not has_many and record["kind"] == self._source.settings.kind:
            self._remember(text, link)
        if (links := record.get(self.key.name)) is None:
            record[self.key.name] = [link]
        else:
            links.append(link)
        return ""

    def _remember(self, text: str, link: Record | str) -> None:
        if len(self.links) >= _NAME_CACHE_SIZE:
            self.links.clear()
        self.links[text] = link

    def _make_link(self, text: str, kind: str) -> tuple[Record | str | None, str, bool]:
        """Link of a cell: a reference or an address as it is, any other text as a name.

        Returns:
            The link, or None; what is wrong with the text; whether it may hold several names.
        """
        has_many = not self._separator and (";" in text or "\n" in text)
        inner = self._path.part or _CONTENT.get(self.key.name)
        key = next((part for part in self.key.parts if part.name == inner), self.key)
        text = one_line(text)
        if is_null(text):
            return None, "", False
        target = _target_kind(key, kind)
        numbers = [f"{self.column.target}{text}"] if self.column.target else []
        numbers += [text, *([f"{target}/{text}"] if key.name in _BY_NUMBER else [])]
        if reference := next(filter(None, map(self._source.own_reference, numbers)), None):
            return reference, "", False
        if "://" in text[:12]:
            return text, "", False
        if fault := _name_fault(text, target):
            return None, fault, False
        return self._source.named_link(target, text, language=self._path.language or None), "", has_many

    def _put_part(self, record: Record, text: str) -> str:
        """Put a text into a part: that of the same number among the columns of its key."""
        name = self._path.part or _CONTENT[self.key.name]
        key = next(part for part in self.key.parts if part.name == name)
        parts = record.setdefault(PARTS, {}).setdefault(self.key.name, [])
        value: Any = _scalar(key, text)
        if key.value is Value.LINK:
            value, fault, _ = self._link_of(text, record["kind"])
            if value is None:
                return fault
        part = self._part_for(parts, name)
        if key.value is Value.TEXT:
            part.setdefault(name, {})[self.tag] = text
        else:
            part[name] = value
        if self.key.name == "names" and self._path.language:
            part.setdefault("language", self._path.language)
        return ""

    def _part_for(self, parts: list[Record], name: str) -> Record:
        """Part that a value belongs to: that of the column's number, or the next that lacks it."""
        parts += [{} for _ in range(len(parts), self.column.occurrence + 1)]
        for part in parts[self.column.occurrence :]:
            value = part.get(name)
            if value is None or (isinstance(value, dict) and self.tag not in value and "id" not in value):
                return part
        parts.append({})
        return parts[-1]


def finish_parts(record: Record) -> None:
    """Put the parts that several columns made into a record, without those that no cell filled."""
    for name, parts in record.pop(PARTS, {}).items():
        filled = [part for part in parts if part]
        if name == "dates":
            filled = [{"role": _ROLES.get(record["kind"], "document")} | part for part in filled]
        record.setdefault(name, []).extend(filled)


def one_line(text: str) -> str:
    """Return a text with each of its blanks, tabs and line breaks in a row as one blank."""
    return " ".join(text.split())


def _name_fault(text: str, target: str) -> str:
    """Fault of a text that is no name; empty for one that may be."""
    if target == "agent" and text.isdigit():
        return f"is a number and no name; agent/{text[:40]} would be the agent of that number"
    if len(text) > MAX_NAME:
        return f"is longer than {MAX_NAME} characters, and no name"
    return "is no name" if personal_names.is_placeholder(text) else ""


def _report_nothing(_field: str, _value: Any, _expected: str, _message: str) -> None:
    """Report of nothing: normalisation reads the date once more, and tells."""


def _scalar(key: Key, text: str) -> str:
    """Text of a value that is no prose, on one line; a word of a choice in its own letters."""
    text = one_line(text)
    if key.value is Value.CHOICE:
        return next((choice for choice in key.choices if choice.casefold() == text.casefold()), text)
    return text


def _target_kind(key: Key, kind: str) -> str:
    """Kind of thing that a name under a key means."""
    if key.name == "subjects":
        return "topic"
    if key.name == "target":
        return "agent"
    return kind if kind in key.to else key.to[0]
