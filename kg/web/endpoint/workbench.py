"""The page of /sparql, an editor with examples where scripts run and a form with a table where not; and what it needs.

What the editor completes comes from here: the prefixes of the ontology, the classes and properties that this graph has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import orjson
from fastapi import Query
from pydantic import AfterValidator, Field
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import QueryError, QueryTimeout, QueryTooLarge
from kg.render.data.negotiation import HTML
from kg.render.queries import spellings
from kg.render.queries.examples import ExampleQuery, examples
from kg.render.site import key_labels, script_messages
from kg.render.site.pages import render_page
from kg.render.site.translations import translations
from kg.settings import QUERIES
from kg.store.sparql.results import FORMATS
from kg.web.endpoint.preview import LARGE, PREVIEW_FORMATS, names, preview
from kg.web.endpoint.responses import Question, explained, whole_answer
from kg.web.http.conditional import answer
from kg.web.http.headers import CACHE, CORS, PAGE
from kg.web.http.language import VARY, still
from kg.web.http.parameters import Parameters, at_most
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

HEADERS = {
    **PAGE,
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
"""Sent with this page: its scripts come from here alone, and none stands in the page."""

MOST_THINGS = 100
"""Names that are asked for at once."""


@dataclass(frozen=True, slots=True)
class WorkbenchRequest:
    """Request for the workbench.

    Attributes:
        query: a query, or None.
        example: the name of an example, or None.
        default_graphs, named_graphs: the graphs to ask.
        timeout: seconds that the client gives it.
    """

    query: str | None = None
    example: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout: float | None = None


async def respond(request: Request, context: Context, wanted: WorkbenchRequest) -> Response:
    """The page, with the beginning of the answer where something is asked."""
    known = examples(context.settings.query_folders)
    chosen = next((each for each in known if each.name == wanted.example), None)
    query = wanted.query if wanted.query is not None else chosen.text if chosen else None
    status, answered, problem = 200, None, None
    if query is not None:
        try:
            question = Question(query, PREVIEW_FORMATS, wanted.default_graphs, wanted.named_graphs, wanted.timeout)
            answered = await preview(request, context, question)
        except QueryError as fault:
            problem = explained(fault, query).spoken(context.reader.language)
            status = problem.status
    others, rewritten = await _other_spellings(request, context, query or "")
    values = {
        "query": query if query is not None else _first(known),
        "others": others,
        "rewritten": rewritten,
        "asked": query is not None,
        "view": chosen.view if chosen else "",
        "shown": answered,
        "problem": problem,
        "examples": sorted((each.in_language(context.reader.language) for each in known), key=lambda each: each.title),
        "said_by_scripts": script_messages.translated_messages(context.reader.language),
        "still": still(request) if request.method == "GET" else "",
        "formats": [each for each in FORMATS.values() if (answered.kind if answered else "select") in each.kinds],
        "all_formats": list(FORMATS.values()),
    }
    make = partial(render_page, "sparql", context.site, values)
    body = await context.serving.slow_queue.run(request, make) if answered and answered.large else make()
    headers = {"Cache-Control": "no-cache" if query else CACHE["Cache-Control"], "Vary": published.BY_FORMAT, **HEADERS}
    if query is None:
        modified = context.publication.published
        return answer(request, body, HTML.content_type, modified=modified, headers=headers, vary=headers["Vary"])
    headers |= {**problem.headers, **CORS} if problem else {}
    return Response(body, status, headers, HTML.content_type)


async def _other_spellings(request: Request, context: Context, query: str) -> tuple[dict[str, str], str]:
    """Addresses that a query writes otherwise than the graph, and the query with those of the graph."""

    def make() -> tuple[dict[str, str], str]:
        others = spellings.other_spellings(query, context.base)
        return others, spellings.rewritten(query, others) if others else ""

    return await context.serving.slow_queue.run(request, make) if len(query) > LARGE else make()


def _first(known: Sequence[ExampleQuery]) -> str:
    """The query that stands in the editor before anything is asked: one whose answer is easily understood."""
    plain = "SELECT * WHERE { ?thing ?property ?value } LIMIT 20"
    return next((each.text for each in known if each.view == "chart"), known[0].text if known else plain)


class ThingParameters(Parameters):
    """Things whose names are wanted."""

    thing: Annotated[list[str], AfterValidator(at_most(MOST_THINGS))] = Field(
        default_factory=list, description="Entry: kind/KEY; may be repeated."
    )


async def completions(request: Request, context: HeldContext) -> Response:
    """Prefixes, classes and properties, for the editor to complete."""
    return _data(request, context, await _terms(context))


async def labels(request: Request, context: HeldContext, asked: Annotated[ThingParameters, Query()]) -> Response:
    """Reference → name in the reader's language, for names beside addresses."""
    found = names(context, asked.thing)
    return _data(request, context, orjson.dumps({reference: name for reference, (name, _) in found.items()}))


def _data(request: Request, context: Context, body: bytes) -> Response:
    headers = {**CORS, "Cache-Control": "public, max-age=300"}
    return published.respond(request, context, body, "application/json", headers, vary=VARY)


async def _terms(context: Context) -> bytes:
    """Prefixes, classes and properties, called in the reader's language; made once for a generation and a language."""
    return await context.serving.memo.get(f"terms {context.reader.language}", lambda: _called(context))


async def _called(context: Context) -> bytes:
    counted = await context.serving.memo.get("terms", lambda: _all_counted(context))
    named = _named(context)
    found = {
        kind: [{"iri": iri, "label": named.get(iri, ""), "count": count} for iri, count in terms]
        for kind, terms in counted.items()
    }
    return orjson.dumps({"prefixes": context.publication.ontology.prefixes, **found})


async def _all_counted(context: Context) -> dict[str, list[tuple[str, int]]]:
    """Classes and properties, counted once for a generation, however many ask at once."""
    return {each: await _counted(context, each) for each in ("classes", "properties")}


async def _counted(context: Context, name: str) -> list[tuple[str, int]]:
    """The classes or properties of the graph with the number of their uses; where counting fails, the ontology's."""
    ontology = context.publication.ontology
    query = (QUERIES / "pages" / f"{name}.rq").read_text(encoding="utf-8")
    try:
        answered = await whole_answer(context, Question(query, ("json",)))
    except (QueryTimeout, QueryTooLarge):  # what a graph that can't be counted in time may hold is known all the same
        some = ontology.classes if name == "classes" else {key: term.iri for key, term in ontology.terms.items()}
        return [(iri, 0) for iri in sorted(set(some.values()))]
    rows = orjson.loads(answered.body)["results"]["bindings"]
    return [(row["term"]["value"], int(row["count"]["value"])) for row in rows if "term" in row]


def _named(context: Context) -> dict[str, str]:
    """IRI of a term → what pages call it in the reader's language."""
    ontology, say = context.publication.ontology, translations(context.reader.language).gettext
    keys = {term.iri: key_labels.FIELDS[key].label for key, term in ontology.terms.items() if key in key_labels.FIELDS}
    kinds = {ontology.classes[kind]: one for kind, (one, _) in key_labels.KINDS.items() if kind in ontology.classes}
    return {iri: say(label) for iri, label in {**keys, **kinds, **ontology.labels}.items()}
