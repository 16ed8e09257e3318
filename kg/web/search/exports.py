"""Exports of search results: CSV, feeds, Turtle, citations; each in pieces, written as the records are read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pyoxigraph import RdfFormat

from kg.read.search import SearchHit, SearchResults
from kg.render.citations.citations import FORMATS as CITATIONS
from kg.render.citations.csl_item import LINK_KEYS, CitationSource, Item, item
from kg.render.data import rdf, spreadsheet
from kg.render.data.record import references, texts
from kg.render.site.pages import render_stream
from kg.web.search.presentation import summary
from kg.web.search.query_string import MOST_EXPORTED, SearchState
from kg.web.serving.context import Context

_PREFIX = b"@prefix "


@dataclass(frozen=True, slots=True)
class ExportedSearch:
    """Results of a search with their hits, which are read once, batch by batch."""

    results: SearchResults
    batches: Iterable[list[SearchHit]]
    state: SearchState


Writer = Callable[[ExportedSearch, Context], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Export:
    """A format.

    Attributes:
        name: in `format=`.
        media_type: what it is sent as.
        title: what a person calls it.
        write: makes it, piece by piece.
        most: how many things it holds at most.
        saved: whether a browser saves it.
        marked: whether it shows where the words stand.
    """

    name: str
    media_type: str
    title: str
    write: Writer
    most: int = MOST_EXPORTED
    saved: bool = False
    marked: bool = False


def _csv(found: ExportedSearch, context: Context) -> Iterator[bytes]:
    """CSV with a line for each thing."""
    yield spreadsheet.csv_rows([("iri", "kind", "title", "start", "end", "status", "summary")])
    for batch in found.batches:
        yield spreadsheet.csv_rows([spreadsheet.cell(value) for value in _row(each, context)] for each in batch)


def _row(hit: SearchHit, context: Context) -> tuple[Any, ...]:
    thing = hit.thing
    ranges = (hit.title.language, *context.reader.languages) if hit.title.language else context.reader.languages
    about = next(iter(texts(hit.record.get("summary"), ranges)[0]), "")
    return context.base.iri(thing.reference), thing.kind, hit.title.text, thing.start, thing.end, thing.status, about


def _turtle(found: ExportedSearch, context: Context) -> Iterator[bytes]:
    """Turtle in which a prefix is said before its first use, once."""
    said: set[bytes] = set()
    things, ontology = context.publication.things, context.publication.ontology
    for batch in found.batches:
        triples = [triple for each in batch for triple in things.describe(each.thing).triples]
        lines = rdf.write(triples, RdfFormat.TURTLE, ontology).splitlines(keepends=True)
        prefixes = {line for line in lines if line.startswith(_PREFIX)} & said
        head = next((place for place, line in enumerate(lines) if not line.startswith(_PREFIX)), len(lines))
        kept = [line for line in lines[:head] if line not in prefixes]
        said.update(kept)
        yield b"".join([*kept, *lines[head:]])


def _feed(template: str) -> Writer:
    def write(found: ExportedSearch, context: Context) -> Iterator[bytes]:
        values = {
            "title": summary(found.results, context),
            "words": found.state.words,
            "query": found.state.address(),
            "found": chain.from_iterable(found.batches),
            "base": context.base.value,
            "published": context.publication.published,
        }
        return render_stream(template, context.site, values)

    return write


def _cited(joined: Callable[[Iterable[list[Item]]], Iterator[bytes]]) -> Writer:
    def write(found: ExportedSearch, context: Context) -> Iterator[bytes]:
        return joined(_items(batch, context) for batch in found.batches)

    return write


def _items(batch: list[SearchHit], context: Context) -> list[Item]:
    records = [each.record for each in batch if each.thing.kind == "record"]
    linked = _linked(records, context)
    return [_item(record, linked, context) for record in records]


def _linked(records: list[dict[str, Any]], context: Context) -> dict[str, dict[str, Any]]:
    """The records of everything that citations of some records name."""
    named = {each for record in records for each in references(record, *LINK_KEYS, "heldIn")}
    finder, index = context.publication.finder, context.publication.finder.index
    named |= {index.top(each) for each in named if each.startswith("archive/")}
    things = context.publication.catalogue.things(sorted(named))
    return {reference: finder.record(thing.offset, thing.length) for reference, thing in things.items()}


def _item(record: dict[str, Any], linked: Mapping[str, dict[str, Any]], context: Context) -> Item:
    settings = context.settings
    held = next(references(record, "heldIn"), "")
    top = linked.get(context.publication.finder.index.top(held), {}) if held else {}
    archive = next(iter(texts(top.get("name"), settings.languages)[0]), "")
    source = CitationSource(
        context.base.iri(record["id"]),
        record,
        linked,
        archive,
        settings.publisher or settings.main_title,
        settings.languages,
    )
    return item(source)


EXPORTS = {
    each.name: each
    for each in (
        Export("csv", "text/csv; charset=utf-8", "CSV", _csv, saved=True),
        Export("atom", "application/atom+xml; charset=utf-8", "Atom", _feed("atom"), 100, marked=True),
        Export("rss", "application/rss+xml; charset=utf-8", "RSS", _feed("rss"), 100, marked=True),
        Export("ttl", "text/turtle; charset=utf-8", "Turtle", _turtle, 100),
        *(Export(each.suffix, each.media_type, each.title, _cited(each.join), saved=True) for each in CITATIONS),
    )
}
"""Name in `format=` → format; JSON and the page itself are written elsewhere."""
