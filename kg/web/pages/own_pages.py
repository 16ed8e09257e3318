"""What a site has of its own: imprint and privacy page, logo, picture, stylesheet of its colour."""

from typing import Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message
from kg.web.http.conditional import answer
from kg.web.http.headers import NOSNIFF
from kg.web.http.problems import Problem
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

_FOR_EVER = "public, max-age=31536000, immutable"
# A drawing that is opened by itself is a document of this site: nothing in it may run, or be loaded from elsewhere.
_NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


async def imprint(request: Request, context: HeldContext) -> Response:
    """The page on who answers for the site."""
    return _page(request, context, "imprint")


async def privacy(request: Request, context: HeldContext) -> Response:
    """The page on what is kept of who reads it."""
    return _page(request, context, "privacy")


def _page(request: Request, context: Context, name: str) -> Response:
    page = context.own.page(name, (context.site.language, *context.settings.languages))
    if page is None:
        raise Problem(404, Message("There is no such page."))
    return published.page(request, context, "own", {"own": page, "name": name})


async def file(request: Request, context: HeldContext, name: Annotated[str, Path()]) -> Response:
    """An image or stylesheet of the site's own; its address holds a digest of it."""
    asset = context.own.assets.get(name)
    if asset is None:
        raise Problem(404, Message("There is no such file."))
    headers = {"Cache-Control": _FOR_EVER, "Content-Security-Policy": _NOTHING_RUNS, **NOSNIFF}
    return answer(request, asset.body, asset.media_type, modified=context.publication.published, headers=headers)
