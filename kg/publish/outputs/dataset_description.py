"""Dataset description: VoID and DCAT, in a graph of its own."""

from pyoxigraph import Literal, NamedNode, Quad

from kg import ontology
from kg.document_times import documents_graph
from kg.ontology import RDF_TYPE, XSD
from kg.settings import Settings
from kg.site_settings import by_language

_DCTERMS = "http://purl.org/dc/terms/"
_VOID = "http://rdfs.org/ns/void#"
_DCAT = "http://www.w3.org/ns/dcat#"


def dataset_description(settings: Settings, triples: int, published: str) -> list[Quad]:
    """Return the description of the dataset, about `{base}#dataset`."""
    base = settings.base
    subject = NamedNode(f"{base}#dataset")
    values: list[tuple[str, NamedNode | Literal]] = [
        (RDF_TYPE, NamedNode(_VOID + "Dataset")),
        (RDF_TYPE, NamedNode(_DCAT + "Dataset")),
        (_DCTERMS + "license", NamedNode(settings.license)),
        (_DCTERMS + "modified", Literal(published, datatype=NamedNode(XSD + "dateTime"))),
        (_VOID + "triples", Literal(str(triples), datatype=NamedNode(XSD + "integer"))),
        (_VOID + "uriSpace", Literal(base)),
        (_VOID + "sparqlEndpoint", NamedNode(f"{base}sparql")),
        (_VOID + "dataDump", NamedNode(f"{base}dumps/kg.nt.gz")),
        (_VOID + "dataDump", NamedNode(f"{base}dumps/kg.ttl.gz")),
        (_VOID + "subset", NamedNode(documents_graph(base))),
        (_VOID + "vocabulary", NamedNode(f"{base}terms/")),
        (_VOID + "vocabulary", NamedNode(_DCTERMS)),
        (_VOID + "vocabulary", NamedNode("https://schema.org/")),
    ]
    for name, text in (("title", settings.title), ("description", settings.description)):
        said = by_language(text, settings.languages[0])
        values += [(_DCTERMS + name, Literal(each, language=tag)) for tag, each in said]
    if settings.publisher:
        values.append((_DCTERMS + "publisher", Literal(settings.publisher)))
    documents = Quad(NamedNode(documents_graph(base)), NamedNode(RDF_TYPE), NamedNode(_VOID + "Dataset"))
    return [*(Quad(subject, NamedNode(predicate), value) for predicate, value in values), documents]


def named_graphs(settings: Settings, triples: int, now: str) -> dict[str, list[Quad]]:
    """Return name → content of the named graphs that each generation writes anew: of our terms, of the dataset."""
    base = settings.base
    return {
        f"{base}graphs/terms": ontology.load(base).terms_document(),
        f"{base}graphs/dataset": dataset_description(settings, triples, now),
    }
