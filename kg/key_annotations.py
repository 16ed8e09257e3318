"""Annotations of keys and columns for pages and the search index, read from `ontology/keys.json`.

The table stands in `kg/records/model/`, above everything that is not a record's own business. Pages and the index may
not import it, so `make docs` writes their share into a file that lies beside the context and the schema, and a test
keeps that file equal to the table. This module has the values that both sides share, and the functions that read them.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from kg.settings import ONTOLOGY

FILE = ONTOLOGY / "keys.json"

COLUMN_LANGUAGE = "{language}"
"""Place of the language in the name of a column that each language of the settings has, such as `title_{language}`."""


class PageSection(StrEnum):
    """Section of a page, by its title in English. Their order is the page's own (`kg.render.site.key_labels.py`)."""

    SUMMARY = "Summary"
    PEOPLE = "People"
    PLACES = "Places"
    TEXT = "Text"
    ABOUT = "About"
    ARCHIVE = "In the archive"
    RIGHTS = "Rights and access"
    DESCRIPTION = "Description"
    FURTHER = "Further data"


class SearchField(StrEnum):
    """Field of the search index that holds the words of a key."""

    TITLE = "title"
    """Titles and names: weigh most, and are found by their sound."""
    TEXT = "text"
    """Running text; hits are shown from it."""
    CODE = "code"
    """Numbers and codes: found with titles, by no language's rules."""
    DATE = "date"
    """The first and the last day of a date; the first date of a thing counts."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Row of a page: its label, and the section that it stands in.

    Attributes:
        label: in English, as the catalogues of translations have it.
        section: the section of the page.
        inverse: of a link, the heading of the list on the page of its target, such as `Author of` for `Author`.
        rank: place in the section; rows of one rank stand in the order of the model.
        prose: whether it is running text, in paragraphs; in a table, several texts are paragraphs of one cell.
        one_language: whether values in the reader's language, if any, are shown alone.
    """

    label: str
    section: PageSection
    inverse: str = ""
    rank: int = 0
    prose: bool = False
    one_language: bool = False


@dataclass(frozen=True, slots=True)
class Caption:
    """Label of a part's key, in the note beside the part.

    Attributes:
        label: in English, as the catalogues of translations have it.
        rank: place in the note; those of one rank stand in the order of the model.
    """

    label: str
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Indexed:
    """Search by words: the field of the index that reads a key.

    Attributes:
        field: the field.
        rank: for text, its place among the texts that a hit is shown from; equal ones stand in the order of the model.
    """

    field: SearchField
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Faceted:
    """Search by facets (`kg/store/search/fields.py`). A search also finds the target of a link by its names.

    Attributes:
        facets: the names of the facets whose values come from the key.
    """

    facets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Annotations:
    """Annotations of one key; the model gives the reason where one is None or empty.

    Attributes:
        shown: the row of a page, or the label in the note beside a part.
        searched: the field or the facets of the index.
        parts: for a part, its own keys.
    """

    shown: Heading | Caption | None = None
    searched: Indexed | Faceted | None = None
    parts: dict[str, "Annotations"] = field(default_factory=dict)


@cache
def load() -> dict[str, Annotations]:
    """Key → its annotations, in the order of the model. The file is a part of kg, as the context is."""
    keys: dict[str, dict[str, Any]] = _read()["keys"]
    return {name: _annotations(written) for name, written in keys.items()}


@cache
def column_sentences() -> dict[str, tuple[str, ...]]:
    """Column of a table → templates of the sentences that describe it, in English."""
    columns: dict[str, list[str]] = _read()["columns"]
    return {name: tuple(sentences) for name, sentences in columns.items()}


def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _annotations(written: dict[str, Any]) -> Annotations:
    """The annotations of one key, from its object in the file."""
    return Annotations(
        shown=_page_row(written),
        searched=_searched(written),
        parts={name: _annotations(part) for name, part in written.get("parts", {}).items()},
    )


def _page_row(written: dict[str, Any]) -> Heading | Caption | None:
    if heading := written.get("heading"):
        return Heading(**{**heading, "section": PageSection(heading["section"])})
    caption = written.get("caption")
    return Caption(**caption) if caption else None


def _searched(written: dict[str, Any]) -> Indexed | Faceted | None:
    if indexed := written.get("indexed"):
        return Indexed(**{**indexed, "field": SearchField(indexed["field"])})
    facets = written.get("facets")
    return Faceted(tuple(facets)) if facets else None
