"""Data of a search's pictures: documents by time, places on a map, people of common documents; and their tables."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.read import pictures
from kg.read.pictures import TimelineCounts
from kg.read.times import Axis, YearSpan
from kg.render.pictures import atlas, histogram, network
from kg.render.pictures.histogram import Bar, Histogram
from kg.render.site.date_phrases import period, year_phrase
from kg.store.search.fields import RECORD
from kg.web.search.query_string import SearchState
from kg.web.serving.context import Context

MOST_PLACES = 500
MOST_PEOPLE = 30


@dataclass(frozen=True, slots=True)
class PictureData:
    """Data of one picture.

    Attributes:
        drawn: what is drawn.
        header, rows: its table.
        left_out: number of rows that it leaves out.
        narrow: the same, drawn for a phone; None where one drawing is fit for both.
    """

    drawn: Any
    header: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]
    left_out: int = 0
    narrow: Any = None


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """A bar of a timeline with where it leads."""

    bar: Bar
    query: str


@dataclass(frozen=True, slots=True)
class SpanApart:
    """Years that stand apart from a timeline, with how many documents touch them and where they lead."""

    label: str
    documents: int
    query: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Timeline: a histogram with where its bars lead.

    Attributes:
        columns: its bars.
        histogram: its places, ticks and scale.
        apart: years a long way off, which are not drawn.
        documents: number of documents, those without a date included.
        undated: number of those without a date.
    """

    columns: tuple[TimelineBar, ...]
    histogram: Histogram
    apart: tuple[SpanApart, ...]
    documents: int
    undated: int

    @property
    def is_drawn(self) -> bool:
        """Whether a picture says more than a sentence: of two bars and two documents at least."""
        return len(self.columns) > 1 and self.documents - self.undated > 1


def time(state: SearchState, context: Context) -> PictureData:
    """The documents of a search by time."""
    counted = pictures.documents_by_time(context.publication, state.wanted)
    drawn = timeline(counted, context, lambda time, _: state.at_time(time).with_filter("kind", RECORD).address())
    rows = [(column.bar.label, column.bar.time, column.bar.count) for column in drawn.columns]
    if counted.axis is not None:
        beyond = {year: count for year, count in counted.by_unit("year").items() if _is_apart(year, counted.axis)}
        language = context.reader.language
        rows += [(year_phrase(year, language), histogram.year_text(year), count) for year, count in beyond.items()]
    return PictureData(drawn, ("label", "time", "documents"), tuple(rows), counted.undated)


def _is_apart(year: int, axis: Axis) -> bool:
    return any(span.first <= year <= span.last for span in axis.apart)


def timeline(counted: TimelineCounts, context: Context, query: Callable[[str, str], str]) -> Timeline:
    """Timeline of counts.

    Args:
        counted: the counts.
        context: for the language.
        query: from a time as a search has it, and its first month or year, to the query of a bar.
    """
    axis = counted.axis
    years = (axis.first, axis.last) if axis is not None else (0, -1)
    drawn = histogram.draw(counted.by_unit, years, context.reader.language)
    columns = tuple(TimelineBar(bar, query(bar.time, bar.start)) for bar in drawn.bars)
    apart = tuple(_apart(span, query, context.reader.language) for span in (axis.apart if axis is not None else ()))
    return Timeline(columns, drawn, apart, counted.documents, counted.undated)


def _apart(span: YearSpan, query: Callable[[str, str], str], language: str) -> SpanApart:
    first, last = histogram.year_text(span.first), histogram.year_text(span.last)
    words = [year_phrase(year, language) for year in (span.first, span.last)]
    label, time = (words[0], first) if first == last else ("–".join(words), f"{first}..{last}")
    return SpanApart(label, span.documents, query(time, first))


def everything(context: Context) -> Timeline:
    """Timeline of all documents: by search, or by the start of their dates where nothing can be searched."""
    publication = context.publication
    if publication.searchable:
        drawn: Timeline = time(SearchState(filters=(("kind", RECORD),)), context).drawn
        return drawn
    counted = pictures.all_documents_by_time(publication.catalogue.counts_by_month(), publication.counts.get(RECORD, 0))
    return timeline(counted, context, lambda _, start: f"after={start}_")


def covered_time(state: SearchState, context: Context) -> str:
    """Time that the documents of a search cover, from day to day, in words; empty where none is dated."""
    days = pictures.covered_days(context.publication, state.wanted)
    return period(*days, context.reader.language) if days is not None else ""


def places(state: SearchState, context: Context, most: int = MOST_PLACES, width: int = atlas.WIDTH) -> PictureData:
    """The places of a search on a map."""
    spots, left_out = [], 0
    rows: list[tuple[str | int | float, ...]] = []
    for place in pictures.places(context.publication, state.wanted, most):
        label, language = _label(place, context)
        if place.coordinates is None:
            left_out += 1
            rows.append((label, place.reference, "", "", place.count))
            continue
        latitude, longitude = place.coordinates
        rows.append((label, place.reference, latitude, longitude, place.count))
        address = state.with_filter("place", place.reference).address()
        spots.append(atlas.MapPlace(label, language, float(latitude), float(longitude), place.count, address))
    narrow = atlas.draw(spots, atlas.NARROW_WIDTH) if width > atlas.SMALL_WIDTH else None
    header = ("label", "place", "latitude", "longitude", "count")
    return PictureData(atlas.draw(spots, width), header, tuple(rows), left_out, narrow)


def people(state: SearchState, context: Context, most: int = MOST_PEOPLE) -> PictureData:
    """The people of a search, and who stands together with whom."""
    return _people(state, context, most, most * most, network.SIZE)


def nearest_people(state: SearchState, context: Context, most: int, ties: int) -> PictureData:
    """A small picture of the same, with so many of the strongest ties."""
    return _people(state, context, most, ties, network.SMALL_SIZE)


def _people(state: SearchState, context: Context, most: int, ties: int, size: tuple[int, int]) -> PictureData:
    counts, together = pictures.people(context.publication, state.wanted, most)
    persons = []
    for each in counts:
        label, language = _label(each, context)
        address = state.with_filter("person", each.reference).address()
        persons.append(network.Person(each.reference, label, language, each.count, address))
    strongest = sorted(together.items(), key=lambda each: (-each[1], each[0]))[:ties]
    if size == network.SMALL_SIZE:  # there is no room for who stands alone
        tied = {each for pair, _ in strongest for each in pair}
        persons = [each for each in persons if each.reference in tied]
    drawn = _net(tuple(persons), tuple(strongest), size)
    narrow = _net(tuple(persons), tuple(strongest), network.NARROW_SIZE) if size == network.SIZE else None
    rows = tuple((tie.one.person.label, tie.other.person.label, tie.count) for tie in drawn.edges)
    return PictureData(drawn, ("one", "other", "count"), rows, narrow=narrow)


@lru_cache(maxsize=32)
def _net(
    persons: tuple[network.Person, ...], together: tuple[tuple[tuple[str, str], int], ...], size: tuple[int, int]
) -> network.Network:
    return network.draw(persons, dict(together), size)


def _label(counted: pictures.ThingCount, context: Context) -> tuple[str, str]:
    thing = counted.thing
    return context.reader.called(thing.labels, counted.reference, thing.status) if thing else (counted.reference, "")
