"""The start page: what this is, how much there is of it, what it covers and lacks, how to use it."""

from functools import partial

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from kg.web.pages import about
from kg.web.pages.featured import featured
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

NEWEST = 6


async def respond(request: Request, context: HeldContext) -> Response:
    """The start page."""
    parts = {
        "featured": await featured(context),
        "over_time": await about.over_time(context),
        "covers": await about.shortly(context),
    }
    return await context.serving.in_thread(request, partial(_page, request, context, parts))


def _page(request: Request, context: Context, parts: dict[str, Markup]) -> Response:
    publication = context.publication
    values = {
        "publication": publication,
        "newest": publication.catalogue.newest(NEWEST),
        **parts,
        "reader": context.reader,
    }
    return published.page(request, context, "home", values)
