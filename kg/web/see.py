"""`/timeline`, `/map`, `/network`: a search as a picture made here, with the table behind it, and as files.

Without a search they show everything. The filter and the address are those of `/search`.
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg.finding import Finder, Results
from kg.render import atlas, network, spreadsheet
from kg.render.bars import Bar, bars
from kg.render.pages import page
from kg.store.catalogue import Thing
from kg.store.search.asking import LONGEST
from kg.web import found, published
from kg.web.context import Context
from kg.web.headers import CORS, SCRIPTED
from kg.web.problems import Problem
from kg.web.state import State, read

MOST_PLACES = 500
MOST_PEOPLE = 30
_NOT_INDEXED = {"X-Robots-Tag": "noindex"}
_FILE = {**CORS, **_NOT_INDEXED}
_SVG = "image/svg+xml"
_WIDE = 1_600
"""Pixels of a picture as PNG, from left to right."""

_PATIENCE = 30
"""Seconds that it may take to draw one."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page shows: the picture's own values, the rows of its table, and what the picture leaves out."""

    drawn: Any
    header: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """A kind of picture.

    Attributes:
        name: of the page.
        see: makes what it shows.
        more: further formats: name → (media type, writes the file).
    """

    name: str
    see: Callable[[State, Context], Seen]
    more: dict[str, tuple[str, Callable[[Seen, Context], bytes]]]


async def timeline(request: Request, context: Context) -> Response:
    """Documents of a search by time."""
    return await _respond(request, context, _VIEWS["timeline"])


async def places(request: Request, context: Context) -> Response:
    """Places of a search on a map."""
    return await _respond(request, context, _VIEWS["map"])


async def people(request: Request, context: Context) -> Response:
    """People of a search, and who stands together with whom."""
    return await _respond(request, context, _VIEWS["network"])


async def _respond(request: Request, context: Context, view: View) -> Response:
    state = read(request)
    names = ("html", "svg", "png", "csv", *view.more)
    name = state.format or ("svg" if request.headers.get("accept", "").startswith(_SVG) else "html")
    if name not in names:
        raise Problem(400, f"There is no format {name[:40]!r}; there are {', '.join(names)}.")
    seen = await context.serving.lane.run(request, partial(view.see, state, context))
    if name == "html":
        results = await asyncio.to_thread(context.serving.finder.find, state.wanted, context.reader.languages, limit=1)
        return _page(request, context, state, view, (seen, results))
    if name in view.more:
        media_type, write = view.more[name]
        return published.respond(request, context, write(seen, context), media_type, _FILE)
    if name == "csv":
        return published.respond(
            request, context, spreadsheet.table(seen.header, seen.rows), "text/csv; charset=utf-8", _FILE
        )
    picture = page(f"picture_{view.name}", context.site, _values(seen, context, links=False))
    if name == "png":
        body = await context.serving.lane.run(request, partial(_png, picture.decode()))
        return published.respond(request, context, body, "image/png", _FILE)
    headers = {**_FILE, "Content-Security-Policy": "default-src 'none'"}
    return published.respond(request, context, picture, _SVG, headers)


def _values(seen: Seen, context: Context, *, links: bool) -> dict[str, Any]:
    return {"drawn": seen.drawn, "links": links, "place": context.path("search")}


def _page(request: Request, context: Context, state: State, view: View, what: tuple[Seen, Results]) -> Response:
    seen, results = what
    values = {
        **_values(seen, context, links=True),
        "view": view.name,
        "state": state,
        "seen": seen,
        "sentence": found.summary(results, context),
        "results": results,
        "chosen": found.chosen(state, context),
        "formats": {"svg": "SVG", "png": "PNG", "csv": "CSV", **dict.fromkeys(view.more, "GraphML")},
        "keep": f"{state.address()}&" if state.pairs else "",
        "sought": state.words,
        "longest": LONGEST,
    }
    return published.page(request, context, "seen", values, {**SCRIPTED, **_NOT_INDEXED}, vary=published.BY_FORMAT)


@lru_cache(maxsize=16)
def _png(picture: str) -> bytes:
    command = (sys.executable, "-I", "-m", "kg.render.png", str(_WIDE))
    return subprocess.run(command, input=picture.encode(), capture_output=True, check=True, timeout=_PATIENCE).stdout


# What is seen -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A bar of the timeline with where it leads."""

    bar: Bar
    query: str


def _see_time(state: State, context: Context) -> Seen:
    index, query = _asked(state, context.serving.finder)
    documents = index.documents(query)
    counted = {
        f"{month // 100:04}-{month % 100:02}": n for month, n in index.counted(documents, "month", 10_000) if month > 0
    }
    columns = tuple(
        Column(bar, state.at_time(_span(bar.start)).with_filter("kind", "record").address())
        for bar in bars(counted, context.reader.language)
    )
    rows = tuple((column.bar.label, column.bar.start, column.bar.count) for column in columns)
    return Seen(columns, ("label", "time", "documents"), rows, index.count(documents) - sum(counted.values()))


def _span(start: str) -> str:
    """A time as a search asks for it: a decade has three digits."""
    return f"{start}0..{start}9" if len(start) == 3 else start


def see_places(state: State, context: Context) -> Seen:
    """The places of a search on a map."""
    index, query = _asked(state, context.serving.finder)
    counted = index.counted(query, "place", MOST_PLACES)
    things = _things(counted, context)
    spots, rows, left_out = [], [], 0
    for reference, count in counted:
        thing = things.get(reference)
        record = context.serving.finder.record(thing.offset, thing.length) if thing else {}
        label, language = context.reader.label(thing.labels) if thing else ("", "")
        latitude, longitude = record.get("latitude"), record.get("longitude")
        rows.append(
            (
                label or reference,
                reference,
                latitude if latitude is not None else "",
                longitude if longitude is not None else "",
                count,
            )
        )
        if latitude is None or longitude is None:
            left_out += 1
            continue
        address = state.with_filter("place", reference).address()
        spots.append(atlas.Place(label or reference, language, float(latitude), float(longitude), count, address))
    return Seen(atlas.draw(spots), ("label", "place", "latitude", "longitude", "count"), tuple(rows), left_out)


def _see_people(state: State, context: Context) -> Seen:
    index, query = _asked(state, context.serving.finder)
    counted = index.counted(query, "person", MOST_PEOPLE)
    things = _things(counted, context)
    persons = []
    for reference, count in counted:
        label, language = context.reader.label(things[reference].labels) if reference in things else ("", "")
        address = state.with_filter("person", reference).address()
        persons.append(network.Person(reference, label or reference, language, count, address))
    drawn = _net(tuple(persons), tuple(sorted(index.together(query, "person", MOST_PEOPLE).items())))
    rows = tuple((tie.one.person.label, tie.other.person.label, tie.count) for tie in drawn.ties)
    return Seen(drawn, ("one", "other", "count"), rows)


@lru_cache(maxsize=32)
def _net(persons: tuple[network.Person, ...], together: tuple[tuple[tuple[str, str], int], ...]) -> network.Network:
    return network.draw(persons, dict(together))


def _asked(state: State, finder: Finder) -> tuple[Any, Any]:
    return finder.index, finder.query(state.wanted)


def _things(counted: Iterable[tuple[Any, int]], context: Context) -> dict[str, Thing]:
    return context.serving.generation.catalogue.things([reference for reference, _ in counted])


def _graphml(seen: Seen, context: Context) -> bytes:
    return network.graphml(seen.drawn, context.base.value)


_VIEWS = {
    view.name: view
    for view in (
        View("timeline", _see_time, {}),
        View("map", see_places, {}),
        View("network", _see_people, {"graphml": ("application/graphml+xml", _graphml)}),
    )
}
