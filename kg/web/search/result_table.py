"""Table of things, such as the results of a search: a row for each thing, with columns to choose.

People, places, topics and holdings are named as the reader's pages name them; several values of a cell stand between
semicolons.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from kg.date_roles import Date
from kg.render.citations.cited_record import cited_date
from kg.render.data import spreadsheet
from kg.render.data.record import references, texts
from kg.store.generation.things import Thing
from kg.web.http.parameter_problems import refusal
from kg.web.http.parameters import Check, Parameters
from kg.web.serving.context import Context

_ROLES = {
    "creator": "author",
    "journalAuthor": "journal of",
    "sender": "sender",
    "recipient": "recipient",
    "participants": "participant",
    "mentions": "named",
    "translator": "translator",
}
"""Key of people → their role in the column `people`."""

_LINK_KEYS = (*_ROLES, "type", "placeOfCreation", "places", "subjects", "collections", "heldIn", "repository")
_SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class TableEntry:
    """Thing that has a row in a table.

    Attributes:
        thing: its row of the catalogue.
        record: its JSON.
        title, language: title or name as the page of results has it, and its language.
        matched: the date by which a time, or a role of dates, found it; empty where none was asked for.
    """

    thing: Thing
    record: Mapping[str, Any]
    title: str
    language: str = ""
    matched: Date = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Row:
    """Row of the table: the entry, names of what its record links to, and the context."""

    entry: TableEntry
    names: Mapping[str, str]
    context: Context

    @property
    def record(self) -> Mapping[str, Any]:
        return self.entry.record

    def linked(self, *keys: str, kind: str = "") -> str:
        """Names of links under some keys, each once; of one kind, where that is said."""
        named = dict.fromkeys(references(self.record, *keys))
        return _SEPARATOR.join(self.names.get(each, each) for each in named if each.startswith(kind))

    def text(self, key: str) -> str:
        """Text under a key in the language of the title, else in the best one."""
        ranges = (*filter(None, (self.entry.language,)), *self.context.reader.languages)
        return "\n\n".join(texts(self.record.get(key), ranges)[0])

    def listed(self, key: str) -> str:
        """Values of a plain key."""
        value = self.record.get(key, ())
        return value if isinstance(value, str) else _SEPARATOR.join(map(str, value))

    def first_time(self, key: str) -> str:
        """Time of day of the first date that has one."""
        return next((date[key] for date in self.record.get("dates", ()) if date.get(key)), "")


def _people(row: _Row) -> str:
    roles: dict[str, list[str]] = {}
    for key, role in _ROLES.items():
        for reference in references(row.record, key):
            if reference.startswith("agent/"):
                roles.setdefault(reference, []).append(role)
    return _SEPARATOR.join(f"{row.names.get(each, each)} ({', '.join(said)})" for each, said in roles.items())


def _holdings(row: _Row) -> str:
    things = row.context.publication.things
    named = [row.context.reader.label(level.labels)[0] for level in things.path(row.record)]
    return " > ".join(named) or row.linked("repository")


COLUMNS: dict[str, tuple[str, Callable[[_Row], Any]]] = {
    "iri": ("permanent address", lambda row: row.context.base.iri(row.entry.thing.reference)),
    "kind": ("category", lambda row: row.entry.thing.kind),
    "title": ("title or name", lambda row: row.entry.title),
    "start": ("first day of its date", lambda row: row.entry.thing.start),
    "end": ("last day of its date", lambda row: row.entry.thing.end),
    "status": ("described-only or stub", lambda row: row.entry.thing.status),
    "summary": ("summary", lambda row: row.text("summary")),
    "type": ("types of document", lambda row: row.linked("type")),
    "date": ("date in EDTF", lambda row: date.edtf if (date := cited_date(row.record)) else ""),
    "date_text": ("date as the source writes it", lambda row: date.text if (date := cited_date(row.record)) else ""),
    "matched_date": (
        "date by which a time found it, in EDTF or as the source writes it",
        lambda row: row.entry.matched.get("edtf") or row.entry.matched.get("text", ""),
    ),
    "matched_role": (
        "what happened on that date, such as event or sent",
        lambda row: row.entry.matched.get("role", ""),
    ),
    "start_time": ("hour at which it began", lambda row: row.first_time("startTime")),
    "end_time": ("hour at which it ended", lambda row: row.first_time("endTime")),
    "people": ("people with their roles", _people),
    "authors": ("authors", lambda row: row.linked("creator", "journalAuthor")),
    "senders": ("senders", lambda row: row.linked("sender")),
    "recipients": ("recipients", lambda row: row.linked("recipient")),
    "participants": ("participants", lambda row: row.linked("participants")),
    "places": ("places", lambda row: row.linked("placeOfCreation", "places", "mentions", kind="place/")),
    "topics": ("topics", lambda row: row.linked("subjects")),
    "collections": ("collections", lambda row: row.linked("collections")),
    "archive": ("archive and its levels, from the top down", _holdings),
    "reference": ("archival reference", lambda row: row.listed("reference")),
    "containers": ("boxes and folders", lambda row: row.listed("containers")),
    "language": ("languages of the text", lambda row: row.listed("language")),
    "original_language": ("languages of the original", lambda row: row.listed("originalLanguage")),
    "duration": ("duration of a recording", lambda row: row.listed("duration")),
    "extent": ("extent", lambda row: row.text("extent")),
}
"""Name of a column → what it has, and its value of a row."""


_NAME = "|".join(COLUMNS)
_PATTERN = f"^({_NAME})(,({_NAME}))*$"


def _checked_columns(value: str) -> str:
    """Names of columns between commas."""
    if all(name.strip() in COLUMNS for name in value.split(",")):
        return value
    raise refusal("choice", choices=", ".join(COLUMNS))


class TableParameters(Parameters):
    """Columns of a table in CSV."""

    columns: list[Annotated[str, Check(_checked_columns, {"type": "string", "pattern": _PATTERN})]] = Field(
        default_factory=list,
        max_length=len(COLUMNS),
        description="Columns of the CSV, separated by commas and in that order; by default all.",
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, each once; empty for all. Those of several values stand in the order of the table."""
        listed = tuple(dict.fromkeys(name.strip() for value in self.columns for name in value.split(",")))
        return listed if len(self.columns) == 1 else tuple(name for name in COLUMNS if name in listed)


ChosenColumns = Annotated[TableParameters, Query()]
"""Parameter of a route's handler: the columns that are asked for."""


def csv_table(batches: Iterable[list[TableEntry]], columns: Sequence[str], context: Context) -> Iterator[bytes]:
    """CSV of things in pieces: names of columns, then a line for each thing.

    Args:
        batches: things, batch by batch.
        columns: names of COLUMNS, in the order of the table; all where there are none.
        context: what the request is answered with.
    """
    chosen = columns or tuple(COLUMNS)
    yield spreadsheet.csv_rows([chosen])
    values = [COLUMNS[name][1] for name in chosen]
    for batch in batches:
        names = _names(batch, context)
        rows = (_Row(entry, names, context) for entry in batch)
        yield spreadsheet.csv_rows([spreadsheet.cell(value(row)) for value in values] for row in rows)


def _names(batch: list[TableEntry], context: Context) -> dict[str, str]:
    named = {each for entry in batch for each in references(entry.record, *_LINK_KEYS)}
    things = context.publication.catalogue.things(sorted(named))
    called = context.reader.called
    return {each: called(thing.labels, each, thing.status)[0] for each, thing in things.items()}
