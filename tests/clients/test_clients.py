"""Clients that we did not write, against a server as it runs."""

import gzip
import http.client
import json
import subprocess
from pathlib import Path

import npm
import pytest
import rdflib
import zstandard
from programs import needs
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from serving import example_collection, free_port, served
from SPARQLWrapper import SPARQLWrapper

HERE = Path(__file__).resolve().parent
TITLES = "SELECT ?record ?title WHERE { ?record a <https://schema.org/ArchiveComponent> ; <http://purl.org/dc/terms/title> ?title } ORDER BY ?record LIMIT 20"
CUT = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
"""A query whose answer begins, and is over its time before its end."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The example collection, built and served by the command line."""
    port = free_port()
    folder = example_collection(tmp_path_factory.mktemp("clients"), port, "query_seconds = 3")
    with served(folder, port) as address:
        yield address


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_rdflib_store(address):
    """rdflib's SPARQLStore gets titles."""
    graph = rdflib.Graph(SPARQLStore(f"{address}/sparql"))
    rows = list(graph.query(TITLES))
    assert len(rows) == 20
    assert all(str(row.title) for row in rows)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_rdflib_dereferences(address):
    """rdflib parses a thing from its own address."""
    thing = f"{address}/record/177838"
    graph = rdflib.Graph().parse(thing)
    assert (rdflib.URIRef(thing), rdflib.RDF.type, rdflib.URIRef("https://schema.org/ArchiveComponent")) in graph


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("format_", ["json", "xml", "csv", "tsv"])
def test_sparql_wrapper_tables(address, format_):
    """SPARQLWrapper gets a table in each format that it knows."""
    wrapper = SPARQLWrapper(f"{address}/sparql", returnFormat=format_)
    wrapper.setQuery(TITLES)
    found = wrapper.query().convert()
    text = json.dumps(found) if format_ == "json" else found.toxml() if format_ == "xml" else found.decode()
    assert "/record/" in text


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("format_", ["turtle", "n3", "xml", "json-ld"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparql_wrapper_graphs(address, format_, method):
    """SPARQLWrapper gets a graph in each format that it knows."""
    wrapper = SPARQLWrapper(f"{address}/sparql", returnFormat=format_)
    wrapper.setMethod(method)
    wrapper.setQuery(f"DESCRIBE <{address}/record/177838>")
    found = wrapper.query().convert()
    assert found


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_cut_answer_of_rdflib(address):
    """rdflib's SPARQLStore sees an answer that is cut off as an error."""
    with pytest.raises((http.client.IncompleteRead, OSError)):
        list(rdflib.Graph(SPARQLStore(f"{address}/sparql")).query(CUT))


@needs("curl")
@pytest.mark.parametrize(
    "format_", ["json", "xml", "csv", "tsv", "turtle", "ntriples", "rdfxml", "jsonld", "trig", "nquads"]
)
@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_curl(address, format_, coding):
    """curl gets each format in each coding, by GET and POST alike."""
    graph = format_ in {"turtle", "ntriples", "rdfxml", "jsonld", "trig", "nquads"}
    query = "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2000" if graph else "SELECT * { ?s ?p ?o } LIMIT 2000"
    command = ["curl", "-sS", "--fail", "-H", f"Accept-Encoding: {coding}", f"{address}/sparql"]
    ask = ["--data-urlencode", f"query={query}", "--data-urlencode", f"format={format_}"]
    bodies = [subprocess.run([*command, *way, *ask], capture_output=True, check=True).stdout for way in ([], ["-G"])]
    assert bodies[0] == bodies[1]
    plain = subprocess.run(["curl", "-sS", "-G", f"{address}/sparql", *ask], capture_output=True, check=True).stdout
    unpack = {"gzip": gzip.decompress, "zstd": _unzstd, "identity": bytes}[coding]
    assert unpack(bodies[0]) == plain
    assert len(plain) > 64 << 10


def _unzstd(body):
    with zstandard.ZstdDecompressor().stream_reader(body) as reader:
        return reader.read()


@pytest.fixture(scope="module")
def node():
    """Run a script of this folder in node with the packages of package-lock.json, installed once."""
    npm.install(HERE)

    def run(script, *arguments):
        command = ["node", f"{script}.mjs", *arguments]
        done = subprocess.run(command, cwd=HERE, capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    return run


def test_rdf_dereference(address, node):
    """rdf-dereference, the dereferencer of Comunica, reads a thing."""
    assert node("dereference", f"{address}/record/177838")["quads"] > 50


def test_comunica(address, node):
    """Comunica asks the endpoint, finds by itself that it is one, and queries a thing at its own address."""
    found = node("comunica", f"{address}/sparql", f"{address}/record/177838", CUT)
    assert len(found["titles"]) == found["guessed"] == 20
    assert (found["ask"], found["construct"]) == (True, 7)
    assert found["thing"] >= 1
    assert "cut" not in found, "an answer that is cut off must be an error"
    assert found["error"]


def test_sparql_http_client(address, node):
    """sparql-http-client asks in its three ways, and reads a graph of the store."""
    found = node("sparql_http_client", f"{address}/sparql", f"{address}/graphs", f"{address}/graphs/terms")
    assert found["get"] == found["postDirect"] == found["postUrlencoded"] == 9
    assert (found["ask"], found["construct"], found["status"]) == (True, 7, 400)
    assert found["store"] > 100


def test_fetch_sparql_endpoint(address, node):
    """fetch-sparql-endpoint asks by GET and POST, and shows what an error says."""
    found = node("fetch_sparql_endpoint", f"{address}/sparql")
    assert found["GET"] == found["POST"] == 9
    assert (found["ask"], found["construct"]) == (True, 7)
    assert "custom function" in found["error"]
