"""`/record/`, `/agent/` …: documents in order of date, of the other kinds what documents name."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from kg.store.generation.things import ListPage, parse_cursor
from kg.store.search.fields import RECORD
from kg.web.http.parameters import KindPath
from kg.web.pages.lists import archive_tree, names
from kg.web.pages.lists.leaps import SIZE, leaps, place
from kg.web.pages.lists.names import ListParameters
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext


async def respond(
    request: Request, context: HeldContext, kind: KindPath, asked: Annotated[ListParameters, Query()]
) -> Response:
    """The list of a kind, from a place on."""
    if kind != RECORD:
        if kind == "archive" and not asked.q:
            return await context.serving.in_thread(request, partial(archive_tree.page, request, context, asked))
        return await names.respond(request, context, kind, asked)
    catalogue = context.publication.catalogue

    async def work() -> Sequence[ListPage]:
        return await context.serving.in_thread("", partial(catalogue.list_pages, kind, SIZE))

    counted = context.publication.counts.get(kind, 0) > SIZE
    pages = await context.serving.memo.get(f"pages {kind}", work) if counted else []
    return await context.serving.in_thread(request, partial(_documents, request, context, asked.after, pages))


def _documents(request: Request, context: Context, after: str, pages: Sequence[ListPage]) -> Response:
    links = context.publication.catalogue.list_of_kind(RECORD, SIZE + 1, after)
    count = context.publication.counts.get(RECORD, 0)
    here = place(pages, after, parse_cursor)
    parts, near = leaps(pages, here, count)
    values = {
        "kind": RECORD,
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
        "picked": True,
    }
    return published.page(request, context, "listing", values)
