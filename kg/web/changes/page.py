"""`/changes`: what was published, changed and removed, newest first, by day and kind; or the history of an entry."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message
from kg.read.published_changes import ChangesPage
from kg.store.log.changes import TOLD, WITHDRAWN, Change, PublishedThing
from kg.web.changes.followed import freshness
from kg.web.changes.parameters import ShownChanges
from kg.web.changes.words import REMAPPED_WORD, SORTS, ChangedThing, NamedEntry, changed_things
from kg.web.http.headers import PAGE
from kg.web.http.problems import Problem
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

PAGE_SIZE = 100
"""Changes on a page."""

_NOT_INDEXED = {"X-Robots-Tag": "noindex"}


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """Changes of one day, by kind of things.

    Attributes:
        day: the day (ISO 8601), in UTC.
        kinds: kind → its changes, newest first.
    """

    day: str
    kinds: dict[str, list[ChangedThing]]


async def respond(request: Request, context: HeldContext, asked: Annotated[ShownChanges, Query()]) -> Response:
    """The page."""
    return await context.serving.in_thread(request, partial(_respond, request, context, asked))


def _respond(request: Request, context: Context, asked: ShownChanges) -> Response:
    return _history(request, context, asked.reference) if asked.reference else _newest(request, context, asked)


def _newest(request: Request, context: Context, asked: ShownChanges) -> Response:
    page = context.publication.changes.newest(
        PAGE_SIZE,
        before=asked.before or None,
        kind=asked.kind or None,
        what=asked.what or None,
        day=date.fromisoformat(asked.day) if asked.day else None,
    )
    chosen = {name: value for name in ("kind", "what", "day") if (value := getattr(asked, name))}
    older = page.changes[-1].sequence if page.goes_on else None
    values = {
        "days": _days(context, page.changes),
        "asked": asked,
        "sorts": {each: SORTS[each] for each in TOLD},
        "start": f"changes?{urlencode(chosen)}" if chosen else "changes",
        "older": f"changes?{urlencode({**chosen, 'before': older})}" if older else "",
        "begins": not asked.before,
        "reader": context.reader,
    }
    return _page(request, context, "changes", page, values, indexed=not chosen and not asked.before)


def _history(request: Request, context: Context, reference: str) -> Response:
    changes = context.publication.changes
    known = changes.published(reference)
    if known is None:
        raise Problem(404, Message("Nothing has been published at %(reference)s.", reference=reference[:200]))
    page = changes.history(known.reference)
    values = {
        "known": known,
        "label": context.reader.called(_labels(known, page), known.reference, known.status),
        "changes": changed_things(context, page.changes),
        "target": NamedEntry.live(context, known.target) if known.target else None,
        "sorts": {**SORTS, **REMAPPED_WORD},
        "reader": context.reader,
    }
    return _page(request, context, "history", page, values, indexed=False)


def _labels(known: PublishedThing, page: ChangesPage) -> dict[str, str]:
    """Labels of a thing, or those of its last change that has some; none of a withdrawn one."""
    if page.changes and page.changes[0].what == WITHDRAWN:
        return {}
    return dict(known.labels or next((each.labels for each in page.changes if each.labels), {}))


def _days(context: Context, changes: list[Change]) -> list[ChangedDay]:
    """Changes by day; those of a day by kind, in the order in which the kinds come first."""
    found = []
    for day, of_day in groupby(changed_things(context, changes), lambda each: each.change.time[:10]):
        kinds: dict[str, list[ChangedThing]] = {}
        for each in of_day:
            kinds.setdefault(each.change.kind, []).append(each)
        found.append(ChangedDay(day, kinds))
    return found


def _page(  # noqa: PLR0913  # what one page is made of
    request: Request, context: Context, name: str, page: ChangesPage, values: dict[str, Any], *, indexed: bool
) -> Response:
    headers = {**PAGE, **freshness(page), **({} if indexed else _NOT_INDEXED)}
    return published.page(request, context, name, values, headers)
