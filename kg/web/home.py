"""The start page: what this is, how much there is of it, what it covers and lacks, how to use it."""

import asyncio

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from kg.finding import Wanted
from kg.render.bars import bars
from kg.render.pages import page
from kg.store.search.fields import RECORD
from kg.web import found, published, seeing
from kg.web.context import Context
from kg.web.leading import gaps
from kg.web.seeing import Column
from kg.web.state import State

NEWEST = 6
HOME_MAP = 720
"""Units of the map from left to right."""


async def respond(request: Request, context: Context) -> Response:
    """The start page."""
    covers = await _covers(context)
    return await asyncio.to_thread(_page, request, context, covers)


def _page(request: Request, context: Context, covers: bytes) -> Response:
    generation = context.serving.generation
    months = generation.catalogue.by_month()
    values = {
        "manifest": generation.manifest,
        "columns": [Column(bar, f"after={bar.start}_") for bar in bars(months, context.reader.language)],
        "dated": sum(months.values()),
        "newest": generation.catalogue.newest(NEWEST),
        "covers": Markup(covers.decode()),  # noqa: S704  # a page's part, from a template of ours
        "reader": context.reader,
    }
    return published.page(request, context, "home", values)


async def _covers(context: Context) -> bytes:
    """What the collection covers and lacks, with a map: worked out once for a generation and language."""
    if context.serving.generation.search is None:
        return b""

    async def work() -> bytes:
        return await asyncio.to_thread(_worked_out, context)

    return await context.serving.worked.out(f"covers {context.reader.language}", work)


def _worked_out(context: Context) -> bytes:
    documents = Wanted(filters=(("kind", RECORD),))
    results = context.serving.finder.find(documents, context.reader.languages, limit=1)
    values = {
        "drawn": seeing.places(State(), context, width=HOME_MAP).drawn,
        "links": False,  # the whole of it is one link, to the map with a link in each dot
        "place": "",
        "sentence": found.summary(results, context),
        "gaps": gaps(context),
    }
    return page("covers", context.site, values)
