"""`/changes.atom`: the changes as an Atom feed (RFC 4287), with deletions as deleted entries (RFC 6721).

The feed that readers subscribe to has the newest changes. Older ones are in archives (RFC 5005, 4), each of a hundred
sequence numbers: an archive never changes, and a reader's place in them outlives any build (D-231). With `since` the
feed goes forward, as `/changes.json` does, in pages (RFC 5005, 3).
"""

from collections.abc import Iterable
from functools import partial
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message
from kg.read.published_changes import ChangesPage
from kg.render.site.pages import render_page
from kg.store.log.changes import Change
from kg.web.changes.followed import after, freshness
from kg.web.changes.parameters import MAX_SEQUENCE, FollowedChanges
from kg.web.changes.words import GONE, SORTS, changed_things
from kg.web.http.headers import CORS
from kg.web.http.parameter_problems import bad_parameter
from kg.web.http.parameters import Parameters, whole_number
from kg.web.http.problems import Problem
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

MEDIA_TYPE = "application/atom+xml"
NAME = "changes.atom"
BLOCK = 100
"""Sequence numbers of an archive."""

MAX_PAGE = 1_000
"""Changes of a page that goes forward, at most."""


class FeedPlace(Parameters):
    """Place in the feed."""

    since: Annotated[int | None, whole_number(0, MAX_SEQUENCE)] = Field(
        default=None, description="Sequence number of the last change that is known already: later ones, oldest first."
    )
    limit: Annotated[int, whole_number(1, MAX_PAGE)] = Field(
        default=BLOCK, description="Maximum number of changes, with `since`."
    )
    archive: Annotated[int | None, whole_number(1, MAX_SEQUENCE)] = Field(
        default=None, description="Number of an archive of older changes, as given in the links."
    )


async def respond(request: Request, context: HeldContext, asked: Annotated[FeedPlace, Query()]) -> Response:
    """The feed."""
    return await context.serving.in_thread(request, partial(_respond, request, context, asked))


def _respond(request: Request, context: Context, asked: FeedPlace) -> Response:
    if asked.since is not None and asked.archive is not None:
        raise bad_parameter("archive", str(asked.archive), "unknown", choices="since, limit")
    if asked.since is not None:
        return _forward(request, context, FollowedChanges(since=asked.since, limit=asked.limit))
    return _newest(request, context) if asked.archive is None else _archive(request, context, asked.archive)


def _forward(request: Request, context: Context, asked: FollowedChanges) -> Response:
    page = after(context, asked, NAME)
    at = f"{NAME}?since={asked.since}&limit={asked.limit}"
    links = {"first": f"{NAME}?since=0&limit={asked.limit}"}
    if page.goes_on:
        links["next"] = f"{NAME}?since={page.changes[-1].sequence}&limit={asked.limit}"
    return _feed(request, context, page, at, links)


def _newest(request: Request, context: Context) -> Response:
    """The newest changes: all those after the last archive."""
    changes = context.publication.changes
    archives = _archives(changes.last_sequence())
    page = changes.block(archives * BLOCK, 2 * BLOCK)
    return _feed(request, context, page, NAME, _before(context, archives))


def _archive(request: Request, context: Context, number: int) -> Response:
    changes = context.publication.changes
    if number > _archives(changes.last_sequence()):
        raise Problem(404, Message("There is no archive %(number)s of the changes yet.", number=str(number)))
    page = changes.block((number - 1) * BLOCK, BLOCK)
    links = {"current": NAME, **_before(context, number - 1)}
    return _feed(request, context, page, f"{NAME}?archive={number}", links, archived=True)


def _archives(last: int) -> int:
    """Number of archives: all hundreds that are full but for the last one, which the feed itself has."""
    return max(0, last // BLOCK - 1)


def _before(context: Context, archive: int) -> dict[str, str]:
    """Link to the newest archive with changes, of those up to a number."""
    found = context.publication.changes.newest(1, before=archive * BLOCK + 1).changes
    return {"prev-archive": f"{NAME}?archive={-(-found[0].sequence // BLOCK)}"} if found else {}


def _feed(  # noqa: PLR0913  # what one feed is made of
    request: Request, context: Context, page: ChangesPage, at: str, links: dict[str, str], *, archived: bool = False
) -> Response:
    latest = _latest(page.changes)
    values = {
        "base": context.base.value,
        "place": at,
        "links": links,
        "archived": archived,
        "updated": max((each.time for each in latest), default=context.publication.published),
        "things": changed_things(context, latest),
        "gone": GONE,
        "sorts": SORTS,
    }
    body = render_page("changes_atom", context.site, values)
    headers = {**CORS, **freshness(page)}
    return published.respond(request, context, body, f"{MEDIA_TYPE}; charset=utf-8", headers)


def _latest(changes: Iterable[Change]) -> list[Change]:
    """The last change of each thing, newest first: in a feed an entry stands once (RFC 4287, 4.1.1)."""
    return sorted({each.reference: each for each in changes}.values(), key=lambda each: -each.sequence)
