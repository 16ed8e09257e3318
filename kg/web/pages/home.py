"""The start page: what this is, how much there is of it, what it covers and lacks, how to use it."""

from functools import partial
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from kg.render.page.embedded_data import site_data
from kg.render.site.translations import LANGUAGES
from kg.site_settings import by_language
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


def _website(context: Context) -> dict[str, Any]:
    """What schema.org says of the site, besides its address and its search."""
    site, settings = context.site, context.settings
    titles = [text for _, text in by_language(settings.title, "")]
    image = site.picture or site.logo
    return {
        "name": site.title,
        "alternateName": [each for each in dict.fromkeys(titles) if each != site.title],
        "description": site.description,
        "inLanguage": [*LANGUAGES],
        "image": f"{site.base}{image}" if image else "",
        "license": site.license,
        "publisher": {"@type": "Organization", "name": site.publisher} if site.publisher else None,
    }


def _page(request: Request, context: Context, parts: dict[str, Markup]) -> Response:
    publication = context.publication
    values = {
        "publication": publication,
        "newest": publication.catalogue.newest(NEWEST),
        **parts,
        "embedded": site_data(_website(context), context.base.value),
        "reader": context.reader,
    }
    return published.page(request, context, "home", values)
