"""Things, documents, and what they send along."""

import json

import pyoxigraph
import pytest
import rdflib
from publishing import publish
from rdflib.compare import isomorphic

from kg.store.generation.generations import Generations

pytestmark = pytest.mark.every_engine

THING = "/data/record/177838"
IRI = "https://archive.example.org/data/record/177838"


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        (None, "html"),
        ("*/*", "html"),
        ("text/*", "html"),
        ("text/turtle", "ttl"),
        ("text/html;q=0.5, text/turtle;q=0.6", "ttl"),
        ("text/*;q=0.3, text/html;q=0.1, */*;q=0.2", "ttl"),
        ('application/ld+json;profile="https://www.w3.org/ns/json-ld#compacted"', "jsonld"),
        ("application/rdf+xml, */*;q=0.1", "rdf"),
        (", ,application/n-triples,", "nt"),
        ("nonsense", "html"),
        ("text/turtle;q=2", "html"),
        ("text/html;q=0, */*", "ttl"),
        ("APPLICATION/TRIG", "trig"),
        ("application/n-quads", "nq"),
        ("application/json", "json"),
    ],
)
def test_see_other(client, accept, suffix):
    """A thing answers 303 to the document that Accept asks for."""
    headers = {"accept": accept} if accept else {"accept": ""}
    answer = client.get(THING, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{THING}.{suffix}")
    assert "Accept" in answer.headers["vary"]


def test_several_accept_lines(client):
    """Several Accept lines are one list."""
    answer = client.get(THING, headers=[("accept", "text/html;q=0.1"), ("accept", "text/turtle")])
    assert answer.headers["location"].endswith(".ttl")


def test_not_acceptable(client):
    """Where no format is acceptable, 406 lists what there is."""
    answer = client.get(THING, headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert {each["type"] for each in answer.json()["alternates"]} >= {"text/turtle", "text/html"}


_PARSERS = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld", "trig": "trig", "nq": "nquads"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # of its own names
@pytest.mark.parametrize("path", [THING, "/data/agent/raul-castro-ruz", "/data/place/havana", "/data/topic/diplomacy"])
def test_same_graph(client, path):
    """Every data format of a thing is the same graph to another parser; N-Triples, as in the dumps, are without times."""
    graphs = {}
    for suffix, name in _PARSERS.items():
        body = client.get(f"{path}.{suffix}").content
        graph = rdflib.Dataset(default_union=True) if name in {"trig", "nquads"} else rdflib.Graph()
        graph.parse(data=body, format=name)
        graphs[suffix] = {triple[:3] for triple in graph}
    lines = graphs.pop("nt")
    assert len(lines) > 5
    document = rdflib.URIRef(f"https://archive.example.org{path}.html")
    for suffix, found in graphs.items():
        assert found == graphs["ttl"], suffix
    times = graphs["ttl"] - lines
    assert {each[:2] for each in times} == {(document, rdflib.DCTERMS.issued), (document, rdflib.DCTERMS.modified)}
    assert lines < graphs["ttl"]


def test_times_stand_in_a_graph_of_their_own(client):
    """In formats with graphs the times of a document stand in the graph of documents, as in the store."""
    graph = "https://archive.example.org/data/graphs/documents"
    document = f"<https://archive.example.org{THING}.html>"
    lines = client.get(f"{THING}.nq").text.splitlines()
    told = {line for line in lines if line.endswith(f"<{graph}> .")}
    assert len(told) == 2
    assert all(line.startswith(document) for line in told)
    query = f"SELECT ?p ?time {{ GRAPH <{graph}> {{ {document} ?p ?time }} }}"
    stored = client.get("/data/sparql", params={"query": query, "format": "json"}).json()["results"]["bindings"]
    assert {f'{document} <{row["p"]["value"]}> "{row["time"]["value"]}"' for row in stored} == {
        line.partition("^^")[0] for line in told
    }
    default = client.get("/data/sparql", params={"query": f"ASK {{ {document} ?p ?o }}", "format": "json"}).json()
    assert default["boolean"] is False


def test_json_ld_for_other_parsers(client):
    """The JSON-LD is the same graph to Oxigraph and to PyLD, which need no network for it."""
    from pyld import jsonld

    body = client.get(f"{THING}.jsonld").content
    triples = client.get(f"{THING}.ttl").content
    quads = pyoxigraph.parse(input=body, format=pyoxigraph.RdfFormat.JSON_LD)
    assert {str(quad.triple) for quad in quads} == {
        str(quad.triple) for quad in pyoxigraph.parse(input=triples, format=pyoxigraph.RdfFormat.TURTLE)
    }

    def refuse(url, options):
        raise AssertionError(url)

    nquads = jsonld.to_rdf(json.loads(body), {"format": "application/n-quads", "documentLoader": refuse})
    assert isomorphic(
        rdflib.Graph().parse(data=nquads, format="nt"), rdflib.Graph().parse(data=triples, format="turtle")
    )


def test_json_round_trip(client, example, tmp_path):
    """The .json of every thing, read again, gives the same graph."""
    before = Generations.of_settings(example).open_live()
    references = [row[0] for row in before.catalogue.digests()]
    raw = [client.get(f"/data/{reference}.json").content for reference in references]
    made, report = publish(tmp_path, raw, dumps=False)
    assert (sum(report.published.values()), report.rejected) == (len(references), 0)
    assert not list(report.problems())
    after = Generations(made.var_folder).open_live()
    for reference in references:
        iri = f"https://archive.example.org/data/{reference}"
        assert set(map(str, before.graph.describe(iri))) == set(map(str, after.graph.describe(iri))), reference
    before.close()
    after.close()


def test_options_and_405(client):
    """OPTIONS says what is allowed; what is not is refused with Allow."""
    options = client.options(THING)
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, HEAD, OPTIONS"
    refused = client.post(THING)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_data_is_for_everybody(client):
    """Data may be read by scripts of other sites, and says under which licence."""
    answer = client.get(f"{THING}.ttl")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert 'rel="license"' in answer.headers["link"]
    assert f'<{IRI}>; rel="describes"' in answer.headers["link"]


def test_moved(client):
    """A reference that was replaced leads to what replaced it, with the same suffix."""
    assert client.get("/data/agent/r-castro").headers["location"] == "/data/agent/raul-castro-ruz"
    answer = client.get("/data/agent/r-castro.ttl")
    assert (answer.status_code, answer.headers["location"]) == (301, "/data/agent/raul-castro-ruz.ttl")


def test_page_of_each_kind(client):
    """Each kind of thing has a page with labels where it links, and no IRI in their stead."""
    for path in (
        "record/177838",
        "agent/raul-castro-ruz",
        "place/havana",
        "collection/alekseyev-conversations",
        "archive/avp-rf",
        "topic/diplomacy",
    ):
        page = client.get(f"/data/{path}.html")
        assert page.status_code == 200
        assert '<script type="application/ld+json">' in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_no_answer_is_taken_for_something_else(client):
    """What a stranger's record or address says is text: no browser guesses another type, and no error page runs any."""
    for path in ("record/177838.json", "record/177838.ttl", "search?q=a&format=csv", "record/none", "api/openapi.json"):
        assert client.get(f"/data/{path}", headers={"accept": "*/*"}).headers["x-content-type-options"] == "nosniff"
    page = client.get("/data/record/<script>", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
