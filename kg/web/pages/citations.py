"""Citations of a document, a collection or an archive: files for reference managers, and a page of each style."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kg import iris
from kg.errors import KeyFault, Message
from kg.read.things import DeletedThing, Description, Redirect
from kg.render.citations.citations import FORMATS
from kg.render.citations.cited_record import LINK_KEYS, CitedRecord
from kg.render.citations.styles import STYLES
from kg.render.data.excerpt import RecordPlace
from kg.render.page.thing import cited_record_of
from kg.store.generation.things import Thing
from kg.web.http.conditional import http_date
from kg.web.http.headers import CORS, PAGE, saved_as
from kg.web.http.parameter_problems import refusal
from kg.web.http.parameters import Check, KeyPath, Parameters
from kg.web.http.problems import Problem
from kg.web.pages.documents import MAX_EXCERPT, gone, moved, subject_of
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

PAGE_SUFFIX = "cite.html"
_BY_SUFFIX = {format_.suffix: format_ for format_ in FORMATS}
FILE_SUFFIXES = tuple(_BY_SUFFIX)
"""Suffixes of an address that name a citation as a file."""


def _day(value: str) -> str:
    """A calendar day."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise refusal("date") from None


class AccessParameters(Parameters):
    """Parameters of a citation: the day on which the document was seen."""

    accessed: Annotated[str, Check(_day, {"type": "string", "format": "date"})] = Field(
        "",
        description="Date of access: YYYY-MM-DD; on the page of citations, by default today's.",
    )


def page_of(kind: str) -> Callable[..., Awaitable[Response]]:
    """Handler of the page with the citations of a thing in each style.

    It is made anew each day, since it has the date of access (D-163).

    Args:
        kind: the kind of the thing.
    """

    async def respond(
        request: Request, context: HeldContext, key: KeyPath, parameters: Annotated[AccessParameters, Query()]
    ) -> Response:
        """The citations of a thing in each style, with the date of access."""
        accessed = parameters.accessed or datetime.now(UTC).date().isoformat()
        return await _respond(request, context, f"{kind}/{key}", PAGE_SUFFIX, accessed)

    return respond


def file_of(kind: str) -> Callable[..., Awaitable[Response]]:
    """Handler of the citation of a thing as a file.

    Args:
        kind: the kind of the thing.
    """

    async def respond(
        request: Request,
        context: HeldContext,
        key: KeyPath,
        citation: Annotated[
            str, Path(description="Format of the citation.", json_schema_extra={"enum": [*FILE_SUFFIXES]})
        ],
        parameters: Annotated[AccessParameters, Query()],
    ) -> Response:
        """The citation of a thing, in the format of a suffix."""
        return await _respond(request, context, f"{kind}/{key}", citation, parameters.accessed)

    return respond


async def _respond(request: Request, context: Context, path: str, suffix: str, accessed: str) -> Response:
    """A citation.

    Args:
        request: the request.
        context: its context.
        path: kind and key of the thing, as they were sent.
        suffix: of the citation.
        accessed: day on which it was seen; empty for none.
    """
    thing = _find(context, path)
    own = thing.target if isinstance(thing, Redirect) else thing.reference
    if isinstance(thing, Redirect) or not iris.is_address(path, own):
        return moved(request, context, f"{own}.{suffix}")
    await context.serving.look_up(context.base.iri(thing.reference))
    work = partial(_written, request, context, thing, f"{path.partition('/')[2]}.{suffix}", suffix, accessed)
    return await context.serving.in_thread(request, work, thing.length)


def _written(  # noqa: PLR0913, PLR0917  # what one answer is made of
    request: Request, context: Context, thing: Thing, segment: str, suffix: str, accessed: str
) -> Response:
    resources = context.publication.things
    said = _described(context, thing)
    subject = subject_of(context, said, resources.around(said))
    link = {"Link": f'<{iris.uri(said.iri)}>; rel="describes"'}
    if suffix == PAGE_SUFFIX:
        cited = cited_record_of(subject, context.reader.languages, accessed)
        label, language = context.reader.label(thing.labels)
        values = {
            **citation_values(context, thing, cited),
            "label": label,
            "language": language,
            "address": iris.uri(said.iri),
        }
        return published.page(request, context, "cite", values, {**PAGE, **link, **until_midnight()})
    headers = {**CORS, **link, **saved_as(segment)}
    # A file says the same to everybody: names in the language that the settings prefer.
    body = _BY_SUFFIX[suffix].write([cited_record_of(subject, context.settings.languages, accessed)])
    media_type = _BY_SUFFIX[suffix].media_type
    content_type = media_type if "json" in media_type else f"{media_type}; charset=utf-8"
    return published.respond(request, context, body, content_type, headers, vary="Accept-Encoding")


def _described(context: Context, thing: Thing) -> Description:
    """Description of a thing for its citation: of a long record what its page reads, if that has all names."""
    resources = context.publication.things
    if resources.reader.page_length(thing.length) < thing.length:
        said = resources.describe_page(thing, context.reader.languages, RecordPlace())
        if said.excerpt and not said.excerpt.lists.keys() & set(LINK_KEYS):
            return said
    return resources.describe(thing)


def until_midnight() -> dict[str, str]:
    """The header of a page that says today's date: it may be kept until the day ends (RFC 9111, 5.3)."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {"Expires": http_date(midnight.isoformat())}


def citation_values(context: Context, thing: Thing, cited: CitedRecord) -> dict[str, object]:
    """Values of the page of citations: styles, files, the source's own citation, the day of access."""
    return {
        "thing": thing,
        "path": context.path(thing.reference),
        "wanted": cited.wanted,
        "styles": {name: in_style(cited) for name, in_style in STYLES.items()},
        "files": [(format_, format_.write([cited]).decode()) for format_ in FORMATS],
        "accessed": cited.accessed,
    }


def _find(context: Context, path: str) -> Thing | Redirect:
    kind, _, key = path.partition("/")
    try:
        reference = iris.reference(kind, iris.decode_key(key))
    except KeyFault:
        raise Problem(
            404, Message("%(key)s cannot be part of an address on this site.", key=key[:MAX_EXCERPT])
        ) from None
    found = context.publication.things.find(reference)
    if found is None:
        raise Problem(404, Message("Nothing has been published at %(reference)s.", reference=reference))
    if isinstance(found, DeletedThing):
        raise gone(context, found.thing)
    return found
