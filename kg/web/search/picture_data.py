"""What is seen of a search: documents by time, places on a map, people who stand together, with the tables behind."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.render.pictures import atlas, network
from kg.render.pictures.histogram import Bar, bars
from kg.store.generation.things import Thing
from kg.store.search.fields import RECORD
from kg.web.search.query_string import State
from kg.web.serving.context import Context

MOST_PLACES = 500
MOST_PEOPLE = 30


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page shows: the picture's own values, the rows of its table, and what the picture leaves out."""

    drawn: Any
    header: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A bar of the timeline with where it leads."""

    bar: Bar
    query: str


def time(state: State, context: Context) -> Seen:
    """The documents of a search by time."""
    index, query = _asked(state, context)
    documents = index.documents(query)
    counted = {
        f"{month // 100:04}-{month % 100:02}".removesuffix("-00"): n
        for month, n in index.value_counts(documents, "month", 10_000)
        if month > 0
    }
    columns = tuple(
        Column(bar, state.at_time(_span(bar.start)).with_filter("kind", RECORD).address())
        for bar in bars(counted, context.reader.language)
    )
    rows = tuple((column.bar.label, column.bar.start, column.bar.count) for column in columns)
    return Seen(columns, ("label", "time", "documents"), rows, index.count(documents) - sum(counted.values()))


def _span(start: str) -> str:
    """A time as a search asks for it: a decade has three digits."""
    return f"{start}0..{start}9" if len(start) == 3 else start


def places(state: State, context: Context, most: int = MOST_PLACES, width: int = atlas.WIDTH) -> Seen:
    """The places of a search on a map."""
    index, query = _asked(state, context)
    counted = index.value_counts(query, "place", most)
    things = _things(counted, context)
    spots, left_out = [], 0
    rows: list[tuple[str | int | float, ...]] = []
    for reference, count in counted:
        thing = things.get(reference)
        record = context.serving.finder.record(thing.offset, thing.length) if thing else {}
        label, language = _called(reference, things, context)
        latitude, longitude = record.get("latitude"), record.get("longitude")
        if latitude is None or longitude is None:
            left_out += 1
            rows.append((label, reference, "", "", count))
            continue
        rows.append((label, reference, latitude, longitude, count))
        address = state.with_filter("place", reference).address()
        spots.append(atlas.MapPlace(label, language, float(latitude), float(longitude), count, address))
    drawn = atlas.draw(spots, width)
    return Seen(drawn, ("label", "place", "latitude", "longitude", "count"), tuple(rows), left_out)


def people(state: State, context: Context, most: int = MOST_PEOPLE) -> Seen:
    """The people of a search, and who stands together with whom."""
    return _people(state, context, most, most * most, network.SIZE)


def nearest_people(state: State, context: Context, most: int, ties: int) -> Seen:
    """A small picture of the same, with so many of the strongest ties."""
    return _people(state, context, most, ties, network.SMALL_SIZE)


def _people(state: State, context: Context, most: int, ties: int, size: tuple[int, int]) -> Seen:
    index, query = _asked(state, context)
    counted = index.value_counts(query, "person", most)
    things = _things(counted, context)
    persons = []
    for reference, count in counted:
        label, language = _called(reference, things, context)
        address = state.with_filter("person", reference).address()
        persons.append(network.Person(reference, label, language, count, address))
    together = index.pair_counts(query, "person", most)
    strongest = sorted(together.items(), key=lambda each: (-each[1], each[0]))[:ties]
    if size == network.SMALL_SIZE:  # there is no room for who stands alone
        tied = {each for pair, _ in strongest for each in pair}
        persons = [each for each in persons if each.reference in tied]
    drawn = _net(tuple(persons), tuple(strongest), size)
    rows = tuple((tie.one.person.label, tie.other.person.label, tie.count) for tie in drawn.edges)
    return Seen(drawn, ("one", "other", "count"), rows)


@lru_cache(maxsize=32)
def _net(
    persons: tuple[network.Person, ...], together: tuple[tuple[tuple[str, str], int], ...], size: tuple[int, int]
) -> network.Network:
    return network.draw(persons, dict(together), size)


def _asked(state: State, context: Context) -> tuple[Any, Any]:
    finder = context.serving.finder
    return finder.index, finder.query(state.wanted)


def _things(counted: Iterable[tuple[Any, int]], context: Context) -> dict[str, Thing]:
    return context.serving.generation.catalogue.things([reference for reference, _ in counted])


def _called(reference: str, things: dict[str, Thing], context: Context) -> tuple[str, str]:
    thing = things.get(reference)
    return context.reader.called(thing.labels, reference, thing.status) if thing else (reference, "")
