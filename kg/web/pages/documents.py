"""Things and the documents about them: 303 from the one to the other, and every format with the same graph."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Path
from markupsafe import Markup
from pydantic import Field
from pyoxigraph import RdfFormat
from starlette.requests import Request
from starlette.responses import Response

from kg import iris
from kg.errors import KeyFault, Message
from kg.read.things import DeletedThing, Description, LinkGroup, Redirect, Surroundings
from kg.render.citations.citations import FORMATS as CITATIONS
from kg.render.data import jsonld, rdf
from kg.render.data.excerpt import Excerpt, RecordPlace
from kg.render.data.negotiation import BY_SUFFIX, FORMATS, HTML, JSON, JSON_LD, DescriptionFormat, description_format
from kg.render.page import briefs
from kg.render.page.further import EXTRA
from kg.render.page.thing import PageSubject, ThingPage, thing_page
from kg.render.page.values import relations
from kg.store.generation.things import ListEntry, Thing
from kg.store.search.fields import RECORD
from kg.store.search.query_language import MAX_OFFSET
from kg.web.http import parameters
from kg.web.http.canonical_address import own_query, with_query
from kg.web.http.client import client_name
from kg.web.http.conditional import answer, http_date
from kg.web.http.headers import CACHE, CORS, PAGE, combined
from kg.web.http.language import VARY
from kg.web.http.parameters import KeyPath, KindPath, Parameters, whole_number
from kg.web.http.problems import Problem
from kg.web.pages import repeated_texts
from kg.web.pages.search_links import search_links
from kg.web.pages.thing_pictures import pictures
from kg.web.search.neighbours import SearchPosition, search_position
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext
from kg.web.serving.time_slices import Steps, at_once

MOST_PARTS = 100_000
"""Parts of a text, at most."""

MOST_VALUES = 10_000_000
"""Values of a list, at most."""

QUICK_RECORD = 8_000
"""Bytes of a record up to which its page or data take a few milliseconds."""

_SHORT_PAGE = 64_000
"""The same of a record with all those that its page reads for the names of links."""

MAX_EXCERPT = 100
"""Characters of a key that a problem repeats."""

_VARY = "Accept, Accept-Encoding"
"""A document does not depend on Accept, but the problem that may once stand in its place does."""


@dataclass(frozen=True, slots=True)
class Address:
    """Meaning of a path below a kind: a thing, or a document about it."""

    reference: str
    format: DescriptionFormat | None


def read_address(context: Context, kind: str, segment: str) -> Address:
    """The thing or document that a path segment names.

    A suffix that is known makes a document, unless its dot is escaped: then it belongs to the key. Some clients and
    proxies undo that escape (RFC 3986, 6.2.2.2 lets them), so where there is no such thing, the key is tried whole.
    """
    stem, dot, suffix = segment.rpartition(".")
    format_ = BY_SUFFIX.get(suffix) if dot and stem else None
    try:
        whole = iris.reference(kind, iris.decode_key(segment))
        if format_ is None:
            return Address(whole, None)
        reference = iris.reference(kind, iris.decode_key(stem))
    except KeyFault:
        raise Problem(
            404, Message("%(key)s cannot be part of an address on this site.", key=segment[:MAX_EXCERPT])
        ) from None
    find = context.publication.things.find
    if find(reference) is None and find(whole) is not None:
        return Address(whole, None)
    return Address(reference, format_)


class PageParameters(Parameters):
    """Parameters of the page of a thing: the part of a long list of links, and the search that it was opened from."""

    links: str = Field("", description="Key of one list of links on the page; only this list is shown.")
    after: str = Field("", description="Point from which to continue that list, as given in its links.")
    q: str = Field("", description="Search from which the page was opened, with all its parameters.")
    at: Annotated[int, whole_number(1, MAX_OFFSET)] = Field(
        default_factory=int, description="Position in the results of that search."
    )
    part: Annotated[int, whole_number(1, MOST_PARTS)] = Field(
        default_factory=int, description="Part of a long text, from 1; the data have the whole text."
    )
    values: str = Field("", description="Key of a long list of values in the record: relations, names, identifiers …")
    first: Annotated[int, whole_number(1, MOST_VALUES)] = Field(
        default_factory=int, description="Number of the first value shown from that list, from 1."
    )


async def thing(request: Request, context: HeldContext, kind: KindPath, key: KeyPath) -> Response:
    """A thing: 303 to a document about it."""
    return await _respond(request, context, kind, key)


async def document(
    request: Request,
    context: HeldContext,
    kind: KindPath,
    key: KeyPath,
    suffix: Annotated[str, Path(description="Format of the description.", json_schema_extra={"enum": [*BY_SUFFIX]})],
) -> Response:
    """A document about a thing, or the thing whose key ends like one."""
    return await _respond(request, context, kind, f"{key}.{suffix}")


async def _respond(request: Request, context: Context, kind: str, segment: str) -> Response:
    address = read_address(context, kind, segment)
    found = context.publication.things.find(address.reference)
    if found is None:
        raise Problem(404, Message("Nothing has been published at %(reference)s.", reference=address.reference))
    if isinstance(found, DeletedThing):
        raise gone(context, found.thing)
    suffix = f".{address.format.suffix}" if address.format else ""
    if isinstance(found, Redirect):
        return moved(request, context, found.target + suffix)
    if not iris.is_address(f"{kind}/{segment}", found.reference + suffix):
        return moved(request, context, found.reference + suffix)
    if address.format is None:
        return _see_other(request, context, found)
    if address.format is not JSON:  # the record as JSON lies in a file
        await context.serving.look_up(context.base.iri(found.reference))
    if address.format is HTML:
        return await _html(request, context, found)
    steps = _data(request, context, found, address.format)
    if found.length <= QUICK_RECORD:
        return await context.slices.step_by_step(client_name(request), steps)
    return await context.serving.in_thread(request, partial(at_once, steps), found.length)


async def _html(request: Request, context: Context, thing: Thing) -> Response:
    """The page of a thing: made beside other requests, unless it takes but a few milliseconds."""
    place = _place(request)
    walked = await search_position(request, context, thing.reference)
    drawn = await pictures(request, thing, context)
    if thing.kind == RECORD and thing.length <= QUICK_RECORD:
        said = context.publication.things.describe_page(thing, context.reader.languages, place)
        targets = context.publication.things.link_targets(said)
        steps = _web_page(request, context, said, walked, drawn, targets=targets)
        size = thing.length + sum(each.length for each in targets.values())
        if size <= _SHORT_PAGE:
            return await context.slices.step_by_step(client_name(request), steps)
        return await context.serving.in_thread(request, partial(at_once, steps), size)

    def work_beside() -> Response:
        said = context.publication.things.describe_page(thing, context.reader.languages, place)
        return at_once(_web_page(request, context, said, walked, drawn))

    # The page of what many documents link to takes several times as long as that of a document.
    read = context.publication.things.reader.page_length(thing.length)
    return await context.serving.in_thread(request, work_beside, read)


def _place(request: Request) -> RecordPlace:
    """The place in a long record that is asked for. Raises ParameterProblem."""
    given = [(name, value) for name in ("part", "values", "first") if (value := request.query_params.get(name))]
    if not given:
        return RecordPlace()
    asked = parameters.read(PageParameters, given, ())
    return RecordPlace(asked.part or 1, asked.values, asked.first or 1)


def _check_place(place: RecordPlace, cut: Excerpt | None) -> None:
    """Raise Problem where a record has no such part, or no value of that number."""
    if place.part > (cut.parts if cut else 1):
        raise _no_part(place.part)
    shown = cut.lists.get(place.key) if cut else None
    if place.first > 1 and (shown is None or shown.last < place.first):
        raise Problem(404, Message("No list on this page has a value number %(first)s.", first=place.first))


def _same_list(place: RecordPlace) -> str:
    """Parameters of the other parts of the texts that a list shows from a place on; empty for its beginning."""
    return urlencode({"values": place.key, "first": place.first}) + "&" if place.key and place.first > 1 else ""


def _no_part(part: int) -> Problem:
    return Problem(404, Message("No text on this page has a part %(part)s.", part=part))


def moved(request: Request, context: Context, below: str) -> Response:
    """301 to the address of a thing or document that has another key, or whose key was written otherwise (D-136)."""
    return Response(None, 301, {**CORS, "Location": context.path(below) + with_query(request), **CACHE})


def gone(context: Context, thing: Thing) -> Problem:
    """410 for a thing that was taken away."""
    label, _ = context.reader.called(thing.labels, thing.reference, thing.status)
    problem = Problem(
        410,
        Message(
            "“%(label)s” (%(reference)s) was published on %(created)s and withdrawn on %(deleted)s.",
            label=label,
            reference=thing.reference,
            created=thing.created[:10],
            deleted=(thing.deleted or "")[:10],
        ),
        {"Last-Modified": http_date(thing.modified)},
    )
    problem.more = {"id": context.base.iri(thing.reference), "deleted": thing.deleted}
    return problem


def _see_other(request: Request, context: Context, thing: Thing) -> Response:
    """303 to the document that Accept asks for."""
    format_ = description_format(combined(request, "accept"))
    if format_ is None:
        named = ", ".join(f"{each.title} ({each.media_type})" for each in FORMATS)
        alternates = [
            {"type": each.media_type, "href": context.path(f"{thing.reference}.{each.suffix}")} for each in FORMATS
        ]
        raise Problem(
            406,
            Message("Available formats: %(formats)s.", formats=named),
            {"Link": _links(context, thing, None)},
            {"alternates": alternates},
            FORMATS,
            context.path(thing.reference),
        )
    headers = {
        **CORS,
        "Location": context.path(f"{thing.reference}.{format_.suffix}") + with_query(request),
        "Link": _links(context, thing, None),
        "Vary": "Accept",
        **CACHE,
    }
    return Response(None, 303, headers)


def _links(context: Context, thing: Thing, shown: DescriptionFormat | None) -> str:
    """The Link header: other formats, what is described, its licence; FAIR Signposting's relations."""
    address = context.base.uri(thing.reference)
    path = context.path(thing.reference)
    links = [f'<{address}>; rel="cite-as"']
    if shown is None:
        links += [f'<{path}.{each.suffix}>; rel="describedby"; type="{each.media_type}"' for each in FORMATS]
    else:
        links.append(f'<{address}>; rel="describes"')
        links.append(f'<{address}.{shown.suffix}>; rel="canonical"')
        others = (each for each in FORMATS if each is not shown)
        links += [f'<{path}.{each.suffix}>; rel="alternate"; type="{each.media_type}"' for each in others]
    links.append(f'<{quote(context.settings.license, safe=":/?#[]@!$&()*+,;=%~")}>; rel="license"')
    return ", ".join(links)


def _data(request: Request, context: Context, thing: Thing, format_: DescriptionFormat) -> Steps[Response]:
    """A document of data."""
    resources, ontology = context.publication.things, context.publication.ontology
    if format_ is JSON:
        body = resources.record(thing)
    else:
        said = resources.describe(thing)
        # N-Triples are the lines of the dumps, which have nothing of the day of a build.
        times = [] if format_.rdf is RdfFormat.N_TRIPLES else resources.document_times(thing)
        if format_ is JSON_LD:
            statements = said.statements
            yield
            body = jsonld.write(statements, thing.reference, ontology, times)
        else:
            assert format_.rdf is not None  # noqa: S101  # the table says so for all others
            triples = said.triples
            yield
            body = rdf.write(triples, format_.rdf, ontology, times)
    yield
    headers = {
        **CORS,
        "Content-Location": context.path(f"{thing.reference}.{format_.suffix}"),
        "Link": _links(context, thing, format_),
        **CACHE,
    }
    return answer(request, body, format_.content_type, modified=thing.modified, headers=headers, vary=_VARY)


def _web_page(  # noqa: PLR0913  # what one page is made of
    request: Request,
    context: Context,
    said: Description,
    walked: SearchPosition | None,
    drawn: Markup,
    *,
    targets: dict[str, Thing] | None = None,
) -> Steps[Response]:
    """The page of a thing; one that was opened from a search is for whoever searched, and not kept."""
    key, after = request.query_params.get("links", ""), request.query_params.get("after", "")
    thing, cut = said.thing, said.excerpt
    _check_place(_place(request), cut)
    yield
    around = context.publication.things.around(said, key, after, targets)
    yield
    repeated = repeated_texts.left_out(context, said)
    subject = replace(subject_of(context, said, around), repeated=repeated)
    shown = thing_page(subject, context.publication.ontology, context.reader)
    yield
    values = {
        "thing": thing,
        "iri": said.iri,
        "address": context.base.uri(thing.reference),
        "citations": CITATIONS,
        "path": context.path(thing.reference),
        "shown": shown,
        "excerpt": cut,
        "stay": _same_list(_place(request)),
        "around": around,
        "told_of": partial(_told_of, shown.label, context.reader.language),
        "first_words": lambda texts, reader: briefs.brief({"summary": texts}, None, reader.languages),
        "further_count": _further_count(shown, cut),
        "formats": [each for each in FORMATS if each is not HTML],
        "reader": context.reader,
        "leads": search_links(thing, context),
        "shared_here": repeated_texts.shown_here(context, thing),
        "shared_elsewhere": repeated_texts.leads(context, repeated),
        "pictures": drawn,
        "walk": walked,
        "keep": walked.keep if walked else "",
        "sought": walked.words if walked else "",
    }
    headers = {
        "Content-Location": context.path(f"{thing.reference}.html") + own_query(request),
        "Link": _links(context, thing, HTML),
        **PAGE,
        **({"Cache-Control": "private, max-age=60"} if walked else {}),
    }
    # A page also shows others' labels and links: it may change whenever a generation does.
    body = published.body_of_page(request, context, "thing", values)
    yield
    return published.respond(request, context, body, HTML.content_type, headers, vary=VARY)


def _told_of(label: str, language: str, group: LinkGroup, link: ListEntry) -> str:
    """Why a thing is in a list of inverse links, where the heading does not say it: the words of its own record."""
    told = group.told.get(link.thing.reference)
    return "" if told is None else relations.told_of(told, label, language)


def _further_count(shown: ThingPage, cut: Excerpt | None) -> int:
    """Number of the values that the source says besides, with those that an excerpt leaves out."""
    if cut is not None and EXTRA in cut.lists:
        return cut.lists[EXTRA].total
    return sum(len(each.values) for each in shown.further)


def subject_of(context: Context, said: Description, around: Surroundings) -> PageSubject:
    """Subject of a page, or of a citation."""
    return PageSubject(
        said.iri,
        said.thing.reference,
        said.statements,
        said.record,
        {reference: each.record for reference, each in around.linked.items()},
        context.publication.things.records(around.path),
        context.settings.publisher or context.settings.main_title,
        times=(said.thing.created, said.thing.modified),
    )
