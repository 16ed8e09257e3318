"""Responses that show much of a generation, pages above all: they last changed when it was published."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg.render.data.negotiation import HTML
from kg.render.site.pages import render_page as rendered
from kg.web.http.canonical_address import canonical_link
from kg.web.http.conditional import answer
from kg.web.http.headers import CACHE, PAGE
from kg.web.http.language import VARY, still
from kg.web.serving.context import Context

_CANONICAL = 'rel="canonical"'

BY_FORMAT = f"Accept, {VARY}"
"""Headers on which a response depends whose format Accept chooses."""


def respond(  # noqa: PLR0913  # what one answer is made of
    request: Request,
    context: Context,
    body: bytes,
    content_type: str,
    headers: Mapping[str, str],
    *,
    vary: str = BY_FORMAT,
) -> Response:
    """A whole answer that anybody may keep for a minute, unless its headers say otherwise.

    Args:
        request: the request.
        context: what it is answered with.
        body: the whole body.
        content_type: its media type.
        headers: to send along.
        vary: what the answer depends on.
    """
    modified = context.publication.published
    return answer(
        request, body, content_type, modified=modified, headers=with_shared(request, context, headers), vary=vary
    )


def with_shared(request: Request, context: Context, headers: Mapping[str, str]) -> dict[str, str]:
    """Headers with those of each such response: how long it may be kept, and its canonical address."""
    links = headers.get("Link", "")
    if _CANONICAL not in links and (link := canonical_link(request, context.base.value)):
        headers = {**headers, "Link": f"{links}, {link}" if links else link}
    return {**CACHE, **headers}


def page(  # noqa: PLR0913  # what one page is made of
    request: Request,
    context: Context,
    name: str,
    values: dict[str, Any],
    headers: Mapping[str, str] = PAGE,
    *,
    vary: str = VARY,
) -> Response:
    """The same for a page.

    Args:
        request: the request.
        context: what it is answered with.
        name: of the template.
        values: what the template asks for.
        headers: to send along, those of each page among them.
        vary: what the page depends on.
    """
    return respond(
        request, context, body_of_page(request, context, name, values), HTML.content_type, headers, vary=vary
    )


def body_of_page(request: Request, context: Context, name: str, values: dict[str, Any]) -> bytes:
    """The page itself, as its response has it."""
    return rendered(name, context.site, {"still": still(request), **values})
