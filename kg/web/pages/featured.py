"""The documents that the start page shows first: those that the settings name, else those that others lead to most."""

from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from kg.read.things import DeletedThing, Redirect
from kg.render.data.record import texts
from kg.render.site.pages import render_page
from kg.store.generation.things import Thing
from kg.web.serving.context import Context

SNIPPET_LENGTH = 240
"""Characters of a text beside a featured document."""

MAX_FEATURED = 3
"""Documents on the start page where the settings name none."""


@dataclass(frozen=True, slots=True)
class Featured:
    """A document with what it is about; the language of that is empty where it is not known."""

    thing: Thing
    summary: str
    language: str


async def featured(context: Context) -> Markup:
    """A part of the start page, worked out once for a generation and language."""

    async def work() -> bytes:
        return await context.serving.in_thread("", partial(_made, context))

    made = await context.serving.memo.get(f"featured {context.reader.language}", work)
    return Markup(made.decode())  # noqa: S704  # a page's part, from a template of ours


def _made(context: Context) -> bytes:
    shown = [_featured(each, context) for each in _chosen(context)]
    return render_page("featured", context.site, {"featured": shown, "reader": context.reader}) if shown else b""


def _chosen(context: Context) -> list[Thing]:
    resources = context.publication.things
    if not context.settings.featured:
        return context.publication.catalogue.most_linked(MAX_FEATURED)
    found = []
    for reference in context.settings.featured:
        thing = resources.find(reference)
        if isinstance(thing, Redirect):
            thing = resources.find(thing.target)
        if thing is not None and not isinstance(thing, DeletedThing | Redirect):
            found.append(thing)
    return found


def _featured(thing: Thing, context: Context) -> Featured:
    (record,) = context.publication.things.records([thing])
    _, of_title = context.reader.label(thing.labels)
    ranges = (of_title, *context.reader.languages) if of_title else context.reader.languages
    said, language = texts(record.get("summary") or record.get("description"), ranges)
    text = said[0] if said else ""
    return Featured(
        thing, text if len(text) <= SNIPPET_LENGTH else f"{text[: SNIPPET_LENGTH - 1].rsplit(None, 1)[0]} …", language
    )
