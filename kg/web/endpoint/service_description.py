"""Service description of the endpoint (SPARQL 1.1), in the format that Accept asks for."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize
from starlette.requests import Request
from starlette.responses import Response

from kg.ontology import RDF_TYPE, XSD
from kg.render.data.negotiation import FORMATS, HTML, JSON, JSON_LD, DescriptionFormat, choose
from kg.site_settings import by_language
from kg.store.sparql.results import FORMATS as RESULT_FORMATS
from kg.web.endpoint import formats
from kg.web.endpoint.graph_counts import graph_counts
from kg.web.http.headers import CORS, combined
from kg.web.serving import published
from kg.web.serving.context import Context

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_VOID = "http://rdfs.org/ns/void#"
_DCTERMS = "http://purl.org/dc/terms/"
_PREFIXES = {"sd": _SD, "void": _VOID, "dcterms": _DCTERMS, "formats": _FORMATS, "xsd": XSD}

_FORMAT_IRIS = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON-LD",
    "trig": "TriG",
    "nquads": "N-Quads",
    "n3": "N3",
}
"""Our name of a format → its name at http://www.w3.org/ns/formats/."""

_DATA = tuple(each for each in FORMATS if each.rdf is not None)


def wants_page(accept: str) -> bool:
    """Whether a client that asks nothing wants to read HTML: only who names it does."""
    types = (*(each.media_type for each in _DATA), HTML.media_type)
    return "html" in accept and choose(accept, types) == HTML.media_type


async def respond(request: Request, context: Context) -> Response:
    """The description. Raises Problem where the client takes none of its formats."""
    accept = combined(request, "accept")
    types = [*(each.media_type for each in _DATA), JSON_LD.media_type, JSON.media_type]
    chosen = choose(accept, types)
    if chosen is None:
        raise formats.unacceptable(formats.GRAPHS)
    triples = list(_said(context, await graph_counts(context)))
    body = _written(triples, next((each for each in _DATA if each.media_type == chosen), JSON_LD))
    content_type = next((each.content_type for each in _DATA if each.media_type == chosen), JSON_LD.media_type)
    return published.respond(request, context, body, content_type, CORS, vary="Accept, Accept-Encoding")


def _written(triples: list[Triple], format_: DescriptionFormat) -> bytes:
    rdf = format_.rdf or RdfFormat.JSON_LD
    return serialize(triples, format=rdf, prefixes=_PREFIXES) or b""


def _said(context: Context, graphs: dict[str, int]) -> Iterator[Triple]:
    base = context.base.value
    publication = context.publication
    service, dataset, default = (NamedNode(f"{base}sparql#{part}") for part in ("service", "dataset", "default-graph"))

    def say(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Triple:
        return Triple(subject, NamedNode(predicate), value)

    yield say(service, RDF_TYPE, NamedNode(_SD + "Service"))
    yield say(service, _SD + "endpoint", NamedNode(f"{base}sparql"))
    yield say(service, _SD + "supportedLanguage", NamedNode(_SD + "SPARQL10Query"))
    yield say(service, _SD + "supportedLanguage", NamedNode(_SD + "SPARQL11Query"))
    for name in RESULT_FORMATS:
        yield say(service, _SD + "resultFormat", NamedNode(_FORMATS + _FORMAT_IRIS[name]))
    yield say(service, _SD + "defaultDataset", dataset)
    yield say(dataset, RDF_TYPE, NamedNode(_SD + "Dataset"))
    yield say(dataset, _SD + "defaultGraph", default)
    for tag, title in by_language(context.settings.title, ""):
        yield say(dataset, _DCTERMS + "title", Literal(title, language=tag) if tag else Literal(title))
    yield say(dataset, _DCTERMS + "license", NamedNode(context.settings.license))
    yield say(default, RDF_TYPE, NamedNode(_SD + "Graph"))
    yield say(default, _VOID + "triples", _number(publication.triples))
    for number, (iri, count) in enumerate(sorted(graphs.items()), 1):
        named, graph = NamedNode(f"{base}sparql#named-{number}"), NamedNode(f"{base}sparql#graph-{number}")
        yield say(dataset, _SD + "namedGraph", named)
        yield say(named, RDF_TYPE, NamedNode(_SD + "NamedGraph"))
        yield say(named, _SD + "name", NamedNode(iri))
        yield say(named, _SD + "graph", graph)
        yield say(graph, RDF_TYPE, NamedNode(_SD + "Graph"))
        yield say(graph, _VOID + "triples", _number(count))


def _number(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode(XSD + "integer"))
