"""Exports of search results: CSV, feeds, Turtle, citations; each in pieces, written as the records are read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from pyoxigraph import RdfFormat

from kg.date_roles import Date, principal
from kg.read.search_results import SearchHit, SearchResults
from kg.render.citations.citations import FORMATS as CITATIONS
from kg.render.citations.cited_record import CitedRecord
from kg.render.data import rdf
from kg.render.site.pages import render_stream
from kg.web.search.cited_records import cited_records
from kg.web.search.presentation import summary
from kg.web.search.query_string import MOST_EXPORTED, SearchState
from kg.web.search.result_table import TableEntry, csv_table
from kg.web.serving.context import Context

_PREFIX = b"@prefix "


@dataclass(frozen=True, slots=True)
class ExportedSearch:
    """Results of a search with their hits, which are read once, batch by batch."""

    results: SearchResults
    batches: Iterable[list[SearchHit]]
    state: SearchState
    columns: tuple[str, ...] = ()


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
    """CSV with a line for each thing, in the columns that are asked for."""
    entries = (
        [TableEntry(hit.thing, hit.record, hit.title.text, hit.title.language, hit.date) for hit in batch]
        for batch in found.batches
    )
    return csv_table(entries, found.columns, context)


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
            "date_of": _told_date,
            "base": context.base.value,
            "published": context.publication.published,
        }
        return render_stream(template, context.site, values)

    return write


def _told_date(hit: SearchHit) -> Date:
    """The date by which a hit was found, else *the* date of the thing."""
    return hit.date or principal(hit.record.get("dates", ()))


def _cited(joined: Callable[[Iterable[list[CitedRecord]]], Iterator[bytes]]) -> Writer:
    def write(found: ExportedSearch, context: Context) -> Iterator[bytes]:
        return joined(_items(batch, context) for batch in found.batches)

    return write


def _items(batch: list[SearchHit], context: Context) -> list[CitedRecord]:
    records = [each.record for each in batch if each.thing.kind == "record"]
    return cited_records(records, context, context.settings.languages)


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
