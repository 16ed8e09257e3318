"""Data of a search's pictures: documents by time, places on a map, people of common documents; and their tables."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.read import pictures
from kg.render.pictures import atlas, network
from kg.render.pictures.histogram import Bar, bars
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
    """A bar of the timeline with where it leads."""

    bar: Bar
    query: str


def time(state: SearchState, context: Context) -> PictureData:
    """The documents of a search by time."""
    months = pictures.documents_by_month(context.publication, state.wanted)
    columns = tuple(
        TimelineBar(bar, state.at_time(_span(bar.start)).with_filter("kind", RECORD).address())
        for bar in bars(months.counts, context.reader.language)
    )
    rows = tuple((column.bar.label, column.bar.start, column.bar.count) for column in columns)
    return PictureData(columns, ("label", "time", "documents"), rows, months.undated)


def _span(start: str) -> str:
    """A time as a search asks for it: a decade has three digits."""
    return f"{start}0..{start}9" if len(start) == 3 else start


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
