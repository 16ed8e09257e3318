"""Things whose keys have signs and letters beyond the unreserved ones: one IRI in the graph, one address on the wire."""

import json
import xml.etree.ElementTree as ET

import pyoxigraph
import pytest
from locations import ROOT
from publishing import BASE, publish
from rdflib import Graph
from rdflib.compare import isomorphic
from starlette.testclient import TestClient

from kg.iris import uri
from kg.web.app import Application

SIGNS = "record/DE-12:ms+4;(a)'b,c=d@e!f&g*h"
LETTERS = "record/žurnál-Дело-重要"
PERSON = "agent/GB:9"
RECORDS = [
    {
        "id": SIGNS,
        "title": {"en": "A letter"},
        "creator": [{"id": PERSON, "name": {"en": "A writer"}}],
        "dates": "1963",
    },
    {"id": LETTERS, "title": {"en": "A journal"}, "creator": [PERSON], "related": [SIGNS]},
    {"id": PERSON, "name": {"en": "A writer"}, "agentType": "person"},
]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A client of the server of these records."""
    made, report = publish(tmp_path_factory.mktemp("signs"), RECORDS, queries=ROOT / "data" / "queries")
    assert not report.rejected
    with TestClient(Application(made), base_url="https://archive.example.org", follow_redirects=False) as client:
        yield client


def _ask(client, query):
    return client.get("/data/sparql", params={"query": query, "format": "json"}).json()["boolean"]


@pytest.mark.parametrize("reference", [SIGNS, LETTERS, PERSON])
def test_the_graph_has_the_key_as_it_is(client, reference):
    """What may stand in an IRI stands in the graph as the source wrote it (RFC 3987, 2.2)."""
    assert _ask(client, f"ASK {{ <{BASE}{reference}> a ?class }}")


@pytest.mark.parametrize("reference", [SIGNS, LETTERS])
def test_headers_are_ascii(client, reference):
    """Location, Link and Content-Location have the URI (RFC 9110, 5.5; RFC 8288, 3), letter by letter the same address."""
    path = f"/data/{uri(reference)}"
    answer = client.get(path, headers={"accept": "text/turtle"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}.ttl")
    document = client.get(f"{path}.ttl")
    assert document.status_code == 200
    assert document.headers["content-location"] == f"{path}.ttl"
    assert f'<{uri(BASE + reference)}>; rel="describes"' in document.headers["link"]
    assert document.headers["link"].isascii()
    page = client.get(f"{path}.html")
    assert (
        f'<link rel="canonical" href="{uri(BASE + reference)}.html">'.replace("&", "&amp;").replace("'", "&#39;")
        in page.text
    )


@pytest.mark.parametrize(
    "sent",
    ["record/%c5%beurn%C3%A1l-%D0%94%D0%B5%D0%BB%D0%BE-%e9%87%8d%E8%A6%81", "record/%C5%BEurn%C3%A1l%2DДело-重要"],
)
def test_letters_are_one_address_however_they_are_sent(client, sent):
    """Escapes of letters and of unreserved signs are the same address, and answered at once (RFC 3987, 3.2)."""
    answer = client.get(f"/data/{sent}", headers={"accept": "text/turtle"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/data/{uri(LETTERS)}.ttl")


@pytest.mark.parametrize("suffix", ["", ".html", ".ttl", ".json", ".bib", ".cite.html"])
def test_needless_escapes_lead_to_the_address(client, suffix):
    """An escape of a sign that needs none is another URI (RFC 3986, 2.2), and 301 leads from it with its query."""
    answer = client.get(f"/data/{SIGNS.replace(':', '%3A').replace('+', '%2b')}{suffix}?lang=ru")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/data/{SIGNS}{suffix}?lang=ru")
    assert client.get(answer.headers["location"], headers={"accept": "*/*"}).status_code in {200, 303}


def test_another_form_of_unicode_leads_to_the_address(client):
    """A decomposed letter is another URI than the composed one that the key has (RFC 3987, 5.3.2.2)."""
    decomposed = LETTERS.replace("ž", "z\u030c")
    answer = client.get(f"/data/{uri(decomposed)}")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/data/{uri(LETTERS)}")


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # of its own names
@pytest.mark.parametrize("reference", [SIGNS, LETTERS])
def test_each_format_has_the_same_iri(client, reference):
    """Every format of a thing is the same graph, about the IRI and not about its URI."""
    formats = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}
    path = f"/data/{uri(reference)}"
    graphs = [
        Graph().parse(data=client.get(f"{path}.{suffix}").content, format=name) for suffix, name in formats.items()
    ]
    for graph in graphs:  # all but the lines of N-Triples, which are those of the dumps, have the times of the page
        times = [(page, *said) for page, *said in graph if page.endswith(".html")]
        assert len(times) == (0 if graph is graphs[1] else 2)
        for each in times:
            graph.remove(each)
    assert all(isomorphic(graphs[0], each) for each in graphs[1:])
    assert f"{BASE}{reference}" in {str(subject) for subject in graphs[0].subjects()}


def test_the_engine_reads_json_ld_with_signs(client):
    """A key with a colon is no prefix and a name in JSON-LD (JSON-LD 1.1, 3.2)."""
    body = client.get(f"/data/{PERSON}.jsonld").content
    subjects = {quad.subject for quad in pyoxigraph.parse(body, format=pyoxigraph.RdfFormat.JSON_LD)}
    assert pyoxigraph.NamedNode(BASE + PERSON) in subjects


@pytest.mark.parametrize("written", ["agent/GB:9", "agent/GB%3A9"])
def test_facets_take_a_key_however_it_is_written(client, written):
    """A facet's value is a reference; needless escapes in it mean the same thing."""
    found = client.get("/data/search", params={"person": written, "format": "json"}).json()
    assert sorted(each["id"] for each in found["results"]) == sorted([SIGNS, LETTERS])
    assert found["filters"] == [{"facet": "person", "value": PERSON}]
    worded = client.get("/data/search", params={"q": f"person:{written}", "format": "json"}).json()
    assert worded["total"] == found["total"]


def test_saved_queries_take_the_uri(client):
    """A parameter that is an IRI may be the address that a browser shows."""
    by_key = client.get("/data/api/companions.json", params={"agent": PERSON})
    assert by_key.status_code == 200
    for written in (f"{BASE}{PERSON}", f"{BASE}agent/GB%3A9"):
        assert client.get("/data/api/companions.json", params={"agent": written}).content == by_key.content


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_feeds_write_the_uri(client, name):
    """Identifiers and links in a feed are URIs, which every reader of feeds takes."""
    body = client.get("/data/search", params={"q": "journal", "format": name}).text
    texts = {each.text for each in ET.fromstring(body).iter() if each.tag.rpartition("}")[2] in {"id", "guid", "link"}}
    assert uri(BASE + LETTERS) in texts
    assert "žurnál" not in body


def test_graphml_writes_the_uri(client):
    """Nodes of the network have URIs for names."""
    body = client.get("/data/network", params={"format": "graphml"}).text
    assert body.isascii()


@pytest.mark.parametrize("suffix", ["bib", "ris", "csl.json"])
def test_citations_have_the_uri(client, suffix):
    """Programs and printers take an address in ASCII."""
    body = client.get(f"/data/{uri(LETTERS)}.{suffix}").text.replace("\\%", "%")
    assert uri(BASE + LETTERS) in body


def test_search_results_have_the_iri(client):
    """JSON and CSV name a thing as the graph does."""
    found = client.get("/data/search", params={"q": "journal", "format": "json"}).json()
    assert [each["iri"] for each in found["results"]] == [BASE + LETTERS]
    assert f"{BASE}{LETTERS}," in client.get("/data/search", params={"q": "journal", "format": "csv"}).text


@pytest.mark.parametrize(
    "query",
    [
        "ASK { <%s> ?p ?o }" % (BASE + uri(LETTERS)),
        "ASK { <record/%C5%BEurn%C3%A1l-%D0%94%D0%B5%D0%BB%D0%BE-%E9%87%8D%E8%A6%81> ?p ?o }",
        f"PREFIX r: <{BASE}record/> ASK {{ r:%C5%BEurn%C3%A1l-%D0%94%D0%B5%D0%BB%D0%BE-%E9%87%8D%E8%A6%81 ?p ?o }}",
    ],
)
def test_the_page_of_a_query_tells_of_another_spelling(client, query):
    """A query that names things by URIs finds nothing; its page says how the graph names them, and offers that."""
    page = client.get("/data/sparql", params={"query": query, "format": "html"}).text
    assert f"<code>&lt;{BASE}{LETTERS}&gt;</code>" in page
    assert "</code> → <code>" in page
    right = client.get("/data/sparql", params={"query": f"ASK {{ <{BASE}{LETTERS}> ?p ?o }}", "format": "html"}).text
    assert "</code> → <code>" not in right


def test_records_are_read_back(client, tmp_path):
    """The JSON of a record is read again as the same record."""
    record = json.loads(client.get(f"/data/{SIGNS}.json").content)
    _, report = publish(tmp_path / "again", [record])
    assert report.published == {"record": 1}
    assert record["id"] == SIGNS
