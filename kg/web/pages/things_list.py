"""`/record/`, `/agent/` …: the things of a kind, page by page, with leaps to any other page.

From the first page of a list any of its pages is two links away: one to the part of the list that it is in, one within
this part. So from the start page any of 100,000 documents is reached in four links, however their dates lie (D-57).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import isqrt
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kg.render.citations.cited_record import CITED_KINDS
from kg.store.generation.things import ListPage, parse_cursor
from kg.web.http.parameters import KindPath, Parameters
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

SIZE = 50
"""Things on a page."""


@dataclass(frozen=True, slots=True)
class Leap:
    """A link to another page of a list.

    Attributes:
        begin, end: the places of its first and last thing.
        first, last: the days of these; empty where they have none.
        after: the cursor of the page; empty for the first.
        here: whether it is this page, or the part that this page is in.
    """

    begin: int
    end: int
    first: str
    last: str
    after: str
    here: bool


class Cursor(Parameters):
    """The part of a list."""

    after: str = Field("", description="A place in the list to go on behind, as the links between its pages have it.")


async def respond(
    request: Request, context: HeldContext, kind: KindPath, cursor: Annotated[Cursor, Query()]
) -> Response:
    """The things of a kind in order of date, from a place on."""
    catalogue = context.publication.catalogue

    async def work() -> list[ListPage]:
        return await context.serving.in_thread("", partial(catalogue.list_pages, kind, SIZE))

    counted = context.publication.counts.get(kind, 0) > SIZE
    pages = await context.serving.memo.get(f"pages {kind}", work) if counted else []
    return await context.serving.in_thread(request, partial(_page, request, context, kind, cursor.after, pages))


def _page(request: Request, context: Context, kind: str, after: str, pages: list[ListPage]) -> Response:
    links = context.publication.catalogue.list_of_kind(kind, SIZE + 1, after)
    count = context.publication.counts.get(kind, 0)
    here = place(pages, after)
    parts, near = leaps(pages, here, count)
    values = {
        "kind": kind,
        "count": count,
        "links": links[:SIZE],
        "after": links[SIZE - 1].cursor if len(links) > SIZE else None,
        "before": pages[here - 1].cursor if here else None,
        "begins": not after,
        "cursor": after,
        "parts": parts,
        "near": near,
        "reader": context.reader,
        "searched": context.publication.searchable,
        "picked": kind in CITED_KINDS,
    }
    return published.page(request, context, "listing", values)


def place(pages: Sequence[ListPage], after: str) -> int:
    """Number of the page that begins behind a cursor, or has its thing."""
    return max(bisect_right(pages, parse_cursor(after), key=lambda page: parse_cursor(page.cursor)) - 1, 0)


def leaps(pages: Sequence[ListPage], here: int, count: int) -> tuple[list[Leap], list[Leap]]:
    """The parts of a list, and the pages of the part that a page is in: about as many of the one as of the other."""
    size = isqrt(max(len(pages) - 1, 0)) + 1
    begins = range(0, len(pages), size)
    part = here - here % size

    def leap(first: int, last: int, *, here: bool) -> Leap:
        end = min((last + 1) * SIZE, count)
        return Leap(first * SIZE + 1, end, pages[first].first, pages[last].last, pages[first].cursor, here)

    parts = [leap(at, min(at + size, len(pages)) - 1, here=at == part) for at in begins]
    near = [leap(at, at, here=at == here) for at in range(part, min(part + size, len(pages)))]
    return (parts, near) if len(parts) > 1 else ([], near if len(near) > 1 else [])
