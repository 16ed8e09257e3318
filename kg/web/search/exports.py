"""Exports of search results: CSV, feeds, Turtle, citations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import RdfFormat

from kg.read.search import SearchResults
from kg.render.citations.citations import FORMATS as CITATIONS
from kg.render.citations.csl_item import LINK_KEYS, CitationSource, Item, item
from kg.render.data import rdf, spreadsheet
from kg.render.data.record import all_texts, references, texts
from kg.render.site.pages import render_page
from kg.web.search.presentation import summary
from kg.web.search.query_string import MOST_EXPORTED, SearchState
from kg.web.serving.context import Context


@dataclass(frozen=True, slots=True)
class Export:
    """A format.

    Attributes:
        name: in `format=`.
        media_type: what it is sent as.
        title: what a person calls it.
        write: makes it.
        most: how many things it holds at most.
        saved: whether a browser saves it.
        marked: whether it shows where the words stand.
    """

    name: str
    media_type: str
    title: str
    write: Callable[[SearchResults, SearchState, Context], bytes]
    most: int = MOST_EXPORTED
    saved: bool = False
    marked: bool = False


def _csv(results: SearchResults, _state: SearchState, context: Context) -> bytes:
    """CSV with a line for each thing."""
    rows = [
        (
            context.base.iri(each.thing.reference),
            each.thing.kind,
            each.title.text,
            each.thing.start,
            each.thing.end,
            each.thing.status,
            next(all_texts(each.record.get("summary")), ""),
        )
        for each in results.hits
    ]
    return spreadsheet.table(("iri", "kind", "title", "start", "end", "status", "summary"), rows)


def _turtle(results: SearchResults, _state: SearchState, context: Context) -> bytes:
    triples = [triple for each in results.hits for triple in context.publication.things.describe(each.thing).triples]
    return rdf.write(triples, RdfFormat.TURTLE, context.publication.ontology)


def _feed(template: str) -> Callable[[SearchResults, SearchState, Context], bytes]:
    def write(results: SearchResults, state: SearchState, context: Context) -> bytes:
        values = {
            "title": summary(results, context),
            "words": state.words,
            "query": state.address(),
            "found": results.hits,
            "base": context.base.value,
            "published": context.publication.published,
        }
        return render_page(template, context.site, values)

    return write


def _cited(write: Callable[[list[Item]], bytes]) -> Callable[[SearchResults, SearchState, Context], bytes]:
    def written(results: SearchResults, _state: SearchState, context: Context) -> bytes:
        records = [each.record for each in results.hits if each.thing.kind == "record"]
        linked = _linked(records, context)
        return write([_item(record, linked, context) for record in records])

    return written


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
        settings.publisher or settings.title,
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
        *(Export(each.suffix, each.media_type, each.title, _cited(each.write), saved=True) for each in CITATIONS),
    )
}
"""Name in `format=` → format; JSON and the page itself are written elsewhere."""
