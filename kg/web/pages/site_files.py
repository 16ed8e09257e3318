"""Files of the site: terms, robots.txt, health, metrics."""

import asyncio
from typing import Annotated

from fastapi import Path
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message
from kg.ontology import RDFS_LABEL
from kg.render.data import rdf
from kg.render.data.negotiation import FORMATS, HTML, JSON_LD, choose
from kg.web.http.headers import CACHE, CORS, NOSNIFF, combined
from kg.web.http.problems import Problem
from kg.web.observe.metrics import MEDIA_TYPE, PUBLIC
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

CONTEXT = "context.jsonld"
"""The name of the JSON-LD context among the terms."""

_Name = Annotated[str, Path(description="Name of a term, or of a file with all terms.")]
_CLOSED = ("search?", "changes?", "sparql?", "api/", "timeline?", "map?", "network?", "graphs?", "workbench/")
"""Beginnings of addresses below the base; the forms themselves may be found."""
_COMMENT = "http://www.w3.org/2000/01/rdf-schema#comment"
_ABOVE = ("http://www.w3.org/2000/01/rdf-schema#subPropertyOf", "http://www.w3.org/2000/01/rdf-schema#subClassOf")
_WRITTEN = {JSON_LD: RdfFormat.JSON_LD, **{each: each.rdf for each in FORMATS if each.rdf}}
TERMS_DOCUMENTS = {f"terms.{each.suffix}": each for each in FORMATS if each in _WRITTEN}
"""Name of a document about the terms → its format."""


async def term(request: Request, context: HeldContext, name: _Name) -> Response:
    """A term of ours: 303 to what describes it; or a document about all of them."""
    ontology = context.publication.ontology
    if name in TERMS_DOCUMENTS:
        format_ = TERMS_DOCUMENTS[name]
        triples = [quad.triple for quad in ontology.terms_document()]
        body = rdf.write(triples, _WRITTEN[format_], ontology)
        return _terms_document(request, context, body, format_.content_type)
    if name == CONTEXT:
        return _terms_document(request, context, ontology.context_document(), JSON_LD.content_type)
    if f"{context.base.value}terms/{name}" not in ontology.labels:
        raise Problem(
            404,
            Message(
                "There is no term %(name)s; see the list at %(place)s.",
                name=repr(name[:100]),
                place=context.path("terms/"),
            ),
        )
    return _described(request, context, name)


async def terms(request: Request, context: HeldContext) -> Response:
    """The page of our own terms; 303 to data about them for who takes no HTML."""
    return _described(request, context, "")


def _described(request: Request, context: Context, name: str) -> Response:
    offered = {HTML.media_type: "", **{each.media_type: place for place, each in TERMS_DOCUMENTS.items()}}
    chosen = choose(combined(request, "accept"), list(offered))
    if chosen is None:
        raise Problem(406, Message("Available formats: %(formats)s.", formats=", ".join(offered)), {"Vary": "Accept"})
    if chosen == HTML.media_type and not name:
        terms = own_terms(context.publication.ontology.terms_document(), context.base.value)
        answered = published.page(request, context, "terms", {"terms": terms})
        answered.headers.add_vary_header("Accept")
        return answered
    location = context.path(f"terms/{offered[chosen]}") + (f"#{name}" if chosen == HTML.media_type else "")
    return Response(None, 303, {**CORS, **CACHE, "Location": location, "Vary": "Accept"})


def _terms_document(request: Request, context: Context, body: bytes, content_type: str) -> Response:
    return published.respond(request, context, body, content_type, CORS, vary="Accept-Encoding")


def own_terms(quads: list[Quad], base: str) -> list[dict[str, str]]:
    """Rows of the page of terms: name, IRI, label and comment in English, and the broader term.

    Args:
        quads: the statements about the terms.
        base: of their IRIs.
    """
    said: dict[str, dict[str, str]] = {}
    for quad in quads:
        if not isinstance(quad.subject, NamedNode) or not quad.subject.value.startswith(f"{base}terms/"):
            continue
        name = quad.subject.value.removeprefix(f"{base}terms/")
        term = said.setdefault(name, {"name": name, "iri": quad.subject.value, "label": "", "comment": "", "above": ""})
        if isinstance(quad.object, Literal) and quad.predicate.value == RDFS_LABEL:
            term["label"] = quad.object.value
        elif isinstance(quad.object, Literal) and quad.predicate.value == _COMMENT:
            term["comment"] = quad.object.value
        elif isinstance(quad.object, NamedNode) and quad.predicate.value in _ABOVE:
            term["above"] = quad.object.value
    return [term for _, term in sorted(said.items()) if term["label"]]


async def robots(_: Request, context: HeldContext) -> Response:
    """Addresses that crawlers leave alone: there is no end to searches, their pictures and queries."""
    closed = "".join(f"Disallow: {context.path(each)}\n" for each in _CLOSED)
    headers = {"Cache-Control": "public, max-age=3600", **NOSNIFF}
    return Response(f"User-agent: *\n{closed}", 200, headers, "text/plain; charset=utf-8")


async def health(_: Request, context: HeldContext) -> Response:
    """Health of this process, and its generation: 503 where its files are damaged, or no query can be answered.

    The number of a newer generation that can't be served stands beside: what was live before is served on.
    """
    await asyncio.to_thread(context.publication.check_whole)
    context.serving.pool.check()
    refused = "" if context.serving.refused is None else f',"refused":{context.serving.refused}'
    body = f'{{"status":"ok","generation":{context.publication.number}{refused}}}'
    return Response(body, 200, {"Cache-Control": "no-store", **CORS}, "application/json")


async def metrics(_: Request, context: HeldContext) -> Response:
    """Metrics, where the settings put them beside the pages."""
    if context.metrics is None or context.settings.metrics != PUBLIC:
        raise Problem(404, Message("There is no such page."))
    body = await asyncio.to_thread(context.metrics.written)  # it reads files of all server processes
    return Response(body, 200, {"Cache-Control": "no-store", **NOSNIFF}, MEDIA_TYPE)
