"""A record's citations: files for reference managers, and a page with the text of each style to copy."""

from functools import partial
from typing import Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from kg import iris
from kg.errors import KeyFault, Message
from kg.read.things import DeletedThing, Redirect
from kg.render.citations.citations import FORMATS, STYLES, in_style
from kg.render.page.thing import csl_item_of
from kg.store.generation.things import Thing
from kg.web.http.headers import CORS, PAGE, saved_as
from kg.web.http.parameter_problems import shortened
from kg.web.http.parameters import KeyPath
from kg.web.http.problems import Problem
from kg.web.pages.documents import subject_of
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

_PAGE = "cite.html"
_BY_SUFFIX = {format_.suffix: format_ for format_ in FORMATS}
SUFFIXES = (_PAGE, *_BY_SUFFIX)
"""Suffixes of a record's address that name a citation of it."""


async def respond(
    request: Request,
    context: HeldContext,
    key: KeyPath,
    citation: Annotated[str, Path(description="The format of the citation.", json_schema_extra={"enum": [*SUFFIXES]})],
) -> Response:
    """A record's citation, in the format of a suffix.

    Args:
        request: the request.
        context: its context.
        key: of the record, as it was sent.
        citation: the suffix.
    """
    suffix, segment = citation, f"{key}.{citation}"
    thing = _find(context, key)
    if isinstance(thing, Redirect):
        return Response(None, 301, {**CORS, "Location": context.path(f"{thing.target}.{suffix}")})
    await context.serving.look_up(context.base.iri(thing.reference))
    # A style of citations takes some tens of milliseconds, and so does the first file of any format.
    return await context.serving.in_thread(
        request, partial(_written, request, context, thing, segment, suffix), thing.length
    )


def _written(request: Request, context: Context, thing: Thing, segment: str, suffix: str) -> Response:
    resources = context.publication.things
    said = resources.describe(thing)
    subject = subject_of(context, said, resources.around(said))
    link = {"Link": f'<{said.iri}>; rel="describes"'}
    if suffix == _PAGE:
        item = csl_item_of(subject, context.reader.languages)
        styles = {name: in_style(name, item) for name in STYLES}
        files = [(format_, format_.write([item]).decode()) for format_ in FORMATS]
        path = context.path(thing.reference)
        label, language = context.reader.label(thing.labels)
        values = {"label": label, "language": language, "path": path, "styles": styles, "files": files, "iri": said.iri}
        return published.page(request, context, "cite", values, {**PAGE, **link})
    headers = {**CORS, **link, **saved_as(segment)}
    # A file says the same to everybody: names in the language that the settings prefer.
    body = _BY_SUFFIX[suffix].write([csl_item_of(subject, context.settings.languages)])
    media_type = _BY_SUFFIX[suffix].media_type
    content_type = media_type if "json" in media_type else f"{media_type}; charset=utf-8"
    return published.respond(request, context, body, content_type, headers, vary="Accept-Encoding")


def _find(context: Context, stem: str) -> Thing | Redirect:
    try:
        reference = iris.reference("record", iris.decode_key(stem))
    except KeyFault:
        raise Problem(404, Message("Nothing here can have the key “%(key)s”.", key=shortened(stem, 100))) from None
    found = context.publication.things.find(reference)
    if found is None:
        raise Problem(404, Message("Nothing was ever published as %(reference)s.", reference=reference))
    if isinstance(found, DeletedThing):
        deleted = (found.thing.deleted or "")[:10]
        detail = Message("%(reference)s was taken away on %(deleted)s.", reference=reference, deleted=deleted)
        raise Problem(410, detail)
    return found
