"""`/agent/`, `/place/` …: what documents name, with their number, in alphabetical order or by that number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kg.render.citations.cited_record import CITED_KINDS
from kg.render.page.briefs import brief
from kg.render.page.life_dates import life_dates
from kg.render.site.key_labels import AGENT_TYPES
from kg.store.generation.names.entries import folded_words
from kg.store.generation.names.name_index import (
    DOCUMENT_TYPES,
    OTHER,
    Letter,
    NameEntry,
    NamePage,
    NameSelection,
    parse_name_cursor,
)
from kg.store.generation.things import Thing
from kg.web.http.parameters import Parameters, choice, text
from kg.web.pages.lists.leaps import SIZE, leaps, place
from kg.web.pages.search_links import DOCUMENTS, WIDEST
from kg.web.search.query_string import SearchState
from kg.web.serving import published
from kg.web.serving.context import Context

ORDERS = ("name", "documents")
"""Orders of a list of names."""

TYPES, OTHERS = "types", "others"
"""Lists beside that of a kind: the types of documents, and what no document counts."""

_MAX_FILTER = 200
"""Characters that a list is filtered by."""

_MAX_WORDS = 8
"""Words that a list is filtered by; more of them narrow no further."""

_YEAR = re.compile(r"\d{3,4}")

_LONGEST_RECORD = 200_000
"""Bytes of a record up to which a list reads it for dates and office."""


class ListParameters(Parameters):
    """The part of a list."""

    q: Annotated[str, text(_MAX_FILTER)] = Field(
        "", description="Beginning of a name or of a word in it; not for documents."
    )
    sort: Annotated[str, choice(ORDERS)] = Field("name", description="Order of the list of names.")
    type: Annotated[str, choice(AGENT_TYPES)] = Field("", description="Person, organisation or family.")
    list: Annotated[str, choice((TYPES, OTHERS))] = Field(
        "", description="Another list: types of documents, or entries to which no document belongs."
    )
    after: str = Field(
        "", description="Point from which to continue the list, as given in the links between its pages."
    )


@dataclass(frozen=True, slots=True)
class NameRow:
    """Row of a list.

    Attributes:
        thing: the thing.
        documents: how many documents it has.
        query: of the search for them, behind the question mark; empty where there is none.
        dates: its life dates, in words.
        brief, language: office or description, and the language of that.
    """

    thing: Thing
    documents: int
    query: str
    dates: str
    brief: str
    language: str


@dataclass(frozen=True, slots=True)
class NameMap:
    """The letters and pages of a register: the ways into a long list."""

    letters: tuple[Letter, ...] = ()
    pages: tuple[NamePage, ...] = ()


async def respond(request: Request, context: Context, kind: str, asked: ListParameters) -> Response:
    """The list of a kind, from a place on."""
    names, language = context.publication.names, context.reader.language
    register = register_of(kind, asked, context)

    def walked() -> NameMap:
        return NameMap(tuple(names.letters(register, language)), tuple(names.pages(register, language, SIZE)))

    async def work() -> NameMap:
        return await context.serving.in_thread("", walked)

    is_long = names.totals.get(register, 0) > SIZE and asked.sort == "name" and not (asked.q or asked.type)
    ways = await context.serving.memo.get(f"names {language} {register}", work) if is_long else NameMap()
    return await context.serving.in_thread(request, partial(_page, request, context, kind, asked, ways))


def register_of(kind: str, asked: ListParameters, context: Context) -> str:
    """Register that a list shows; where documents name nothing of a kind, that of what is described."""
    if asked.list == TYPES and kind == "topic":
        return DOCUMENT_TYPES
    named = context.publication.names.totals.get(kind)
    return kind if named and asked.list != OTHERS else kind + OTHER


def _page(request: Request, context: Context, kind: str, asked: ListParameters, ways: NameMap) -> Response:
    names = context.publication.names
    register = register_of(kind, asked, context)
    selection = NameSelection(
        register, tuple(folded_words(asked.q)[:_MAX_WORDS]), asked.type if kind == "agent" else ""
    )
    if asked.sort == "documents":
        entries = names.by_documents(selection, SIZE + 1, asked.after)
    else:
        entries = names.by_name(selection, context.reader.language, SIZE + 1, asked.after)
    goes_on = len(entries) > SIZE
    count = names.count(selection)
    here = place(ways.pages, asked.after, parse_name_cursor)
    parts, near = leaps(ways.pages, here, count)
    others = kind + OTHER if register == kind and not goes_on and not (asked.q or asked.type) else ""
    values: dict[str, Any] = {
        "kind": kind,
        "register": register,
        "facet": DOCUMENT_TYPES if register == DOCUMENT_TYPES else WIDEST[kind],
        "count": count,
        "rows": rows(entries[:SIZE], register, context),
        "asked": asked,
        "address": partial(_address, asked),
        "after": entries[SIZE - 1].cursor if goes_on else None,
        "before": ways.pages[here - 1].cursor if here else None,
        "letters": ways.letters,
        "parts": parts,
        "near": near,
        "forms": names.forms(register) if kind == "agent" else {},
        "form_names": AGENT_TYPES,
        "others": rows(names.by_name(NameSelection(others), context.reader.language, SIZE), others, context),
        "others_count": names.totals.get(others, 0),
        "types_count": names.totals.get(DOCUMENT_TYPES, 0) if kind == "topic" else 0,
        "picked": kind in CITED_KINDS,
        "reader": context.reader,
        "searched": context.publication.searchable,
    }
    return published.page(request, context, "names", values)


def rows(entries: list[NameEntry], register: str, context: Context) -> list[NameRow]:
    """Rows of some entries, with what their records say."""
    publication = context.publication
    things = publication.catalogue.numbered([each.n for each in entries])
    found = []
    for entry in entries:
        thing = things[entry.n]
        is_short = publication.things.reader.page_length(thing.length) <= _LONGEST_RECORD
        (record,) = publication.things.records([thing]) if is_short else ({},)
        said, language = brief(record, None, context.reader.languages)
        dates = _life_dates(thing, record, context) if thing.kind == "agent" else ""
        query = documents_query(register, thing, entry.documents, context)
        found.append(NameRow(thing, entry.documents, query, dates, said, language))
    return found


def _life_dates(thing: Thing, record: Mapping[str, Any], context: Context) -> str:
    """Life dates that the name does not say itself, as a heading of a library does."""
    dates = life_dates(record, context.reader.language)
    name, _ = context.reader.called(thing.labels, thing.reference, thing.status)
    years = _YEAR.findall(dates)
    return "" if years and all(year in name for year in years) else dates


def documents_query(register: str, thing: Thing, documents: int, context: Context) -> str:
    """Query of the search for the documents of an entry; empty where there are none, or nothing can be searched."""
    if not documents or not context.publication.searchable:
        return ""
    facet = DOCUMENT_TYPES if register == DOCUMENT_TYPES else WIDEST[thing.kind]
    return SearchState(filters=(DOCUMENTS, (facet, thing.reference))).address()


def _address(asked: ListParameters, **changed: str) -> str:
    """The address of the list with some parameters changed, from its beginning unless `after` is among them."""
    wanted = {"q": asked.q, "sort": asked.sort, "type": asked.type, "list": asked.list, **changed}
    pairs = {name: value for name, value in wanted.items() if value and (name, value) != ("sort", "name")}
    return f"?{urlencode(pairs)}" if pairs else ""
