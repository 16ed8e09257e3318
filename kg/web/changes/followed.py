"""`/changes.json`: changes after a sequence number, oldest first, for programs that hold a copy.

Whoever begins at 0, takes each part by `next`, and removes what is deleted, merged or withdrawn, holds exactly the
references that are live, with the digests of their records.
"""

from functools import partial
from typing import Annotated

import orjson
from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from kg.read.published_changes import ChangesPage, LostPosition
from kg.web.changes.parameters import FollowedChanges, lost_position
from kg.web.http.headers import CORS
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

MEDIA_TYPE = "application/json"
NAME = "changes.json"

_VARY = "Accept, Accept-Encoding"
"""The changes do not depend on Accept, but the problem that may stand in their place does."""


async def respond(request: Request, context: HeldContext, asked: Annotated[FollowedChanges, Query()]) -> Response:
    """The changes after a number."""
    return await context.serving.in_thread(request, partial(_respond, request, context, asked))


def _respond(request: Request, context: Context, asked: FollowedChanges) -> Response:
    page = after(context, asked, NAME)
    to_next = next_address(context, page, asked, NAME)
    body = orjson.dumps(
        {"generation": page.generation, "changes": [each.as_json() for each in page.changes], "next": to_next}
    )
    headers = {**CORS, **freshness(page), **({"Link": f'<{to_next}>; rel="next"'} if to_next else {})}
    return published.respond(request, context, body, MEDIA_TYPE, headers, vary=_VARY)


def after(context: Context, asked: FollowedChanges, name: str) -> ChangesPage:
    """The changes that a follower asks for. Raises Problem where the log never had the number.

    Args:
        context: what the request is answered with.
        asked: the place.
        name: of the file that is followed.
    """
    try:
        return context.publication.changes.after(asked.since, asked.limit)
    except LostPosition:
        raise lost_position(context, asked.since, name) from None


def next_address(context: Context, page: ChangesPage, asked: FollowedChanges, name: str) -> str | None:
    """Address of the next part, whole, since followers keep it beside those of other sites; None at the end."""
    if not page.goes_on:
        return None
    return f"{context.base.value}{name}?since={page.changes[-1].sequence}&limit={asked.limit}"


def freshness(page: ChangesPage) -> dict[str, str]:
    """Headers of an answer that is not kept, since the log has not been brought up to the live generation yet."""
    return {} if page.complete else {"Cache-Control": "no-store"}
