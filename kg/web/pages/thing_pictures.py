"""The pictures in the page of a thing: its documents by time, their people and places, and what it is a part of."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from kg.errors import KgError
from kg.read.document_evidence import document_evidence
from kg.read.pictures import ThingCount, all_documents_by_time
from kg.read.things import MAX_PATH_LEVELS
from kg.render.pictures import atlas, tree
from kg.render.site.date_phrases import date_phrase
from kg.render.site.pages import render_page
from kg.store.generation.things import Thing
from kg.store.search.fields import RECORD
from kg.web.http.client import client_name
from kg.web.pages.search_links import DOCUMENTS, WIDEST
from kg.web.search import picture_data
from kg.web.search.picture_data import Timeline
from kg.web.search.query_string import SearchState
from kg.web.serving.context import Context

PEOPLE = 12
TIES = 24
PLACES = 30
BRANCHES = 24
"""Elements of a picture, at most."""

_FEWEST = 2
"""People or branches from which a picture says more than a list."""

_ABOVE = {"place": "partOf", "collection": "partOf", "archive": "partOf", "topic": "broader"}
"""Kind → the key by which one thing lies in another."""


async def pictures(request: Request, thing: Thing, context: Context) -> Markup:
    """A part of the page of a thing, worked out once for a generation and language; documents have no pictures."""
    if thing.kind == RECORD:
        return Markup()

    async def work() -> bytes:
        return await context.serving.in_thread(request, partial(_drawn, thing, context))

    name = f"pictures {context.reader.language} {thing.reference}"
    drawn = await context.serving.memo.get(name, work, client_name(request))
    return Markup(drawn.decode())  # noqa: S704  # from a template of ours


def _drawn(thing: Thing, context: Context) -> bytes:
    above = context.publication.things.path(*context.publication.things.records([thing]))
    told, tree_ = _told_by_documents(thing, context), _tree(thing, above, context)
    values: dict[str, Any] = {
        "thing": thing,
        "told": told,
        "tree": tree_,
        "links": False,
        "place": "",
    }
    if not context.publication.searchable:
        drawn = _timeline(thing, context)
        values |= {"timeline": drawn, "to": "record/?", "people": None, "places": None, "query": ""}
    else:
        state = SearchState(filters=(DOCUMENTS, (WIDEST[thing.kind], thing.reference)))
        several = context.publication.finder.count(state.wanted) >= _FEWEST
        people = picture_data.nearest_people(state, context, PEOPLE, TIES)
        places = picture_data.places(state, context, PLACES, atlas.SMALL_WIDTH)
        values |= {
            "timeline": picture_data.time(state, context).drawn,
            "to": "search?",
            "people": people if several and people.drawn.edges else None,
            "places": places if several and places.drawn.dots else _own_place(thing, context),
            "query": state.address(),
        }
    return render_page("pictures", context.site, values)


def _timeline(thing: Thing, context: Context) -> Timeline:
    """Timeline where nothing can be searched: of what links to the thing, if it is not too much to be counted now."""
    months = context.publication.linking_documents_by_month(thing)
    counted = all_documents_by_time(months, sum(months.values()))
    return picture_data.timeline(counted, context, lambda _, start: f"after={start}_")


def _own_place(thing: Thing, context: Context) -> picture_data.PictureData | None:
    """A place that no document names, on the map."""
    (record,) = context.publication.things.records([thing])
    latitude, longitude = record.get("latitude"), record.get("longitude")
    if thing.kind != "place" or latitude is None or longitude is None:
        return None
    label, language = context.reader.called(thing.labels, thing.reference, thing.status)
    spot = atlas.MapPlace(label, language, float(latitude), float(longitude), 0, "")
    return picture_data.PictureData(
        atlas.draw([spot], atlas.SMALL_WIDTH), (), ((label, thing.reference, latitude, longitude, 0),)
    )


def _told_by_documents(thing: Thing, context: Context) -> dict[str, Any] | None:
    """What documents tell of a thing that nobody has described: years in words, places and people with their names."""
    if thing.status != "stub":
        return None
    query = SearchState(filters=(DOCUMENTS, (WIDEST[thing.kind], thing.reference))).wanted
    evidence = document_evidence(context.publication, thing, query)
    if evidence is None:
        return None
    years = date_phrase(evidence.years, context.reader.language) if evidence.years else ""
    return {
        "years": years,
        "places": [_counted_name(each, context) for each in evidence.places],
        "people": [_counted_name(each, context) for each in evidence.people],
    }


def _counted_name(counted: ThingCount, context: Context) -> dict[str, Any]:
    labels, status = (counted.thing.labels, counted.thing.status) if counted.thing else ({}, None)
    label, language = context.reader.called(labels, counted.reference, status)
    return {"reference": counted.reference, "label": label, "language": language, "count": counted.count}


# The tree --------------------------------------------------------------------------------------------------------


def _tree(thing: Thing, above: tuple[Thing, ...], context: Context) -> tree.Tree | None:
    """Tree above and below a thing, as far down as there is room; None where it stands alone."""
    key = _ABOVE.get(thing.kind)
    if key is None:
        return None
    upper = [each for each in above if each.kind == thing.kind and each.n != thing.n]
    contained, hidden = _below(thing, key, upper, context)
    counted = _counts(thing.kind, context)

    def branch(each: Thing, depth: int) -> tree.TreeBranch:
        label, language = context.reader.called(each.labels, each.reference, each.status)
        more = hidden.get(each.n, 0)
        return tree.TreeBranch(
            each.reference, label, language, depth, counted(each), more, is_current=each.n == thing.n
        )

    def walk(each: Thing, depth: int) -> list[tree.TreeBranch]:
        lower = contained.get(each.n, ())
        return [branch(each, depth), *(found for child in lower for found in walk(child, depth + 1))]

    branches = [branch(each, depth) for depth, each in enumerate(upper)] + walk(thing, len(upper))
    return tree.draw(branches) if len(branches) >= _FEWEST else None


def _below(
    thing: Thing, key: str, upper: Sequence[Thing], context: Context
) -> tuple[dict[int, list[Thing]], dict[int, int]]:
    """Things below a thing, nearest first; and the number for which there is no room."""
    room = BRANCHES - len(upper) - 1
    catalogue = context.publication.catalogue
    contained: dict[int, list[Thing]] = {}
    hidden: dict[int, int] = {}
    met = {thing.n, *(each.n for each in upper)}
    level = [thing]
    for _ in range(MAX_PATH_LEVELS):
        lower: list[Thing] = []
        share = max(room // len(level), 1) if level else 0
        for each in level:
            links = catalogue.linking_things(each.n, key, room + 1) if room > 0 else []
            fresh = [link.thing for link in links if link.thing.n not in met and link.thing.kind == thing.kind]
            found = fresh[: min(share, max(room, 0))]
            met.update(child.n for child in found)
            room -= len(found)
            contained[each.n] = found
            shown = len(links) - len(fresh) + len(found)
            hidden[each.n] = max(catalogue.link_counts(each.n).get(key, 0) - shown, 0)
            lower += found
        level = lower
    return contained, hidden


def _counts(kind: str, context: Context) -> Callable[[Thing], int | None]:
    """Counter of the documents of a thing of a kind, where that can be searched."""
    if not context.publication.searchable:
        return lambda _: None

    def counted(each: Thing) -> int | None:
        state = SearchState(filters=(DOCUMENTS, (WIDEST[kind], each.reference)))
        try:
            return context.publication.finder.count(state.wanted)
        except KgError:
            return None

    return counted
