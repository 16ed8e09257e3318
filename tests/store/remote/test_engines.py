"""Remote store in a real process: builds and queries."""

import json
import signal
import subprocess
import time

import engines
import httpx2
import pytest
from pyoxigraph import RdfFormat, parse
from serving import KG, free_port, kg, served
from starlette.testclient import TestClient

from kg import settings as settings_module
from kg.document_times import documents_graph
from kg.errors import GenerationError, PublishError
from kg.publish import build, rollback
from kg.publish.outputs.document_graph import graph_lines
from kg.settings import QUERIES
from kg.store.generation.generations import Generations
from kg.store.remote.client import RemoteStore
from kg.store.remote.graph_versions import GraphVersions
from kg.store.sparql.results import FORMATS
from kg.web.app import Application

BASE = "https://archive.example.org/data/"
TITLE = "SELECT ?title { <record/1> <http://purl.org/dc/terms/title> ?title }"
TITLES = "SELECT ?title { ?s <http://purl.org/dc/terms/title> ?title } ORDER BY STR(?title) LANG(?title)"


@pytest.fixture(scope="module", params=engines.WANTED)
def addresses(request, tmp_path_factory):
    """A store in a process of its own."""
    engines.skip_without(request.param)
    with engines.ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as found:
        yield found


@pytest.fixture
def collection(addresses, tmp_path):
    """Settings of a collection of one letter at the remote store, under a base that no other test has."""
    base = f"https://archive.example.org/{tmp_path.name}/"
    made = settings_module.Settings(
        base=base, folder=tmp_path, sources=({"path": "records.jsonl"},), **addresses.settings()
    )
    write(made, "First")
    return made


def write(made, title):
    record = {"id": "record/1", "title": {"en": f"{title} letter"}, "creator": [{"id": "agent/a", "name": {"en": "A"}}]}
    (made.folder / "records.jsonl").write_text(json.dumps(record))


def titles(made):
    """Titles in the endpoint's answer."""
    with TestClient(Application(made)) as client:
        answer = client.get(f"{made.base}sparql", params={"query": TITLE, "format": "csv"})
        assert answer.status_code == 200, answer.text
        return answer.text.split("\r\n")[1:-1]


def versions(made):
    remote = RemoteStore(made)
    found = GraphVersions(remote, made.base).all()
    remote.close()
    return found


def at_remote(made, graph):
    """Number of triples of a graph, read without kg."""
    query = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    found = httpx2.post(made.store, data={"query": query}, headers={"accept": "application/sparql-results+json"})
    return int(found.json()["results"]["bindings"][0]["n"]["value"])


def documents(made):
    """Statements of the graph of documents at the store; those that the live catalogue asks for."""
    graph = documents_graph(made.base)
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    found = httpx2.post(made.store, data={"query": query}, headers={"accept": "application/n-triples"})
    generation = Generations.of_settings(made).open_live()
    expected = b"".join(graph_lines(made.base, generation.catalogue.times()))
    generation.close()
    assert at_remote(made, f"{graph}/coming") == 0
    return set(found.content.splitlines()), set(expected.splitlines())


def test_graph_of_documents_goes_live_with_the_build(collection):
    """Times of documents are those of the live generation, after builds, a refused one and a rollback."""
    patient = collection.model_copy(update={"store_grace": 600.0})
    build.build(patient)
    first, expected = documents(patient)
    assert first == expected != set()
    write(patient, "Second")
    build.build(patient)
    second, expected = documents(patient)
    assert second == expected != first
    (patient.folder / "records.jsonl").write_text('{"id": "record/1"}\n')
    with pytest.raises(PublishError):
        build.build(patient)
    assert documents(patient) == (second, second)
    rollback.rollback(patient, 1)
    again, expected = documents(patient)
    assert again == expected != second


def test_build_switches(collection):
    """A build loads into a graph of its own, makes it live by one triple, and the next one drops the old one."""
    report = build.build(collection)
    assert titles(collection) == ["First letter"]
    (first,) = versions(collection)
    assert first.live
    assert at_remote(collection, first.graph) == report.triples
    assert not (collection.var_folder / "current" / "store").exists()
    write(collection, "Second")
    build.build(collection)
    assert titles(collection) == ["Second letter"]
    old, new = sorted(versions(collection), key=lambda version: version.created)
    assert (old.graph, old.live, new.live) == (first.graph, False, True)
    rollback.retire(collection)
    assert [version.graph for version in versions(collection)] == [new.graph]
    assert at_remote(collection, old.graph) == 0


def test_grace(collection):
    """The retired graph stays for the grace period of the settings, and serves an older copy of `var`."""
    patient = collection.model_copy(update={"store_grace": 600.0})
    build.build(patient)
    before = Generations.of_settings(patient).open_live()
    write(patient, "Second")
    build.build(patient)
    write(patient, "Third")
    build.build(patient)
    assert len(versions(patient)) == 3
    assert "First letter" in str(before.graph.describe(f"{patient.base}record/1"))
    before.close()


def test_load_by_updates(collection):
    """Without an address of the Graph Store Protocol a build loads by updates."""
    plain = collection.model_copy(update={"store_graphs": ""})
    report = build.build(plain)
    assert titles(plain) == ["First letter"]
    assert at_remote(plain, versions(plain)[0].graph) == report.triples


@pytest.mark.parametrize("dropped", [False, True])
def test_rollback(collection, dropped):
    """An earlier generation goes live again from its graph, or from its dumps once that was dropped."""
    patient = collection.model_copy(update={"store_grace": 600.0})
    build.build(patient)
    write(patient, "Second")
    build.build(patient)
    if dropped:
        rollback.retire(collection)
    manifest = rollback.rollback(patient)
    assert (manifest.generation, manifest.rollback_of) == (3, 1)
    assert titles(patient) == ["First letter"]
    assert len(versions(patient)) == 2
    live = next(version for version in versions(patient) if version.live)
    assert (live.graph, live.retired) == (manifest.graph, None)


def test_rollback_without_graph_and_dumps(collection):
    """Without graph and dumps a rollback is refused, with the remedy."""
    bare = collection.model_copy(update={"dumps": False})
    build.build(bare)
    write(bare, "Second")
    build.build(bare)
    rollback.retire(bare)
    with pytest.raises(PublishError, match="dumps"):
        rollback.rollback(bare)
    assert titles(bare) == ["Second letter"]


def test_failed_build_leaves_nothing(collection):
    """A build that publishes nothing drops its graph, and the old one stays live."""
    build.build(collection)
    (collection.folder / "records.jsonl").write_text('{"id": "record/1"}\n')
    with pytest.raises(PublishError):
        build.build(collection)
    assert len(versions(collection)) == 1
    assert titles(collection) == ["First letter"]


def test_copy_whose_graph_is_gone(collection):
    """A server whose graph was dropped answers 502, never 404 or an empty page."""
    build.build(collection)
    with TestClient(Application(collection)) as client:
        graph = versions(collection)[0].graph
        httpx2.post(collection.store_update, data={"update": f"DROP GRAPH <{graph}>"})
        answer = client.get(f"{collection.base}record/1.ttl")
        assert answer.status_code == 502
        assert graph not in answer.text


def test_killed_load(collection):
    """A build killed during its load leaves the old graph live, and the next build drops the new one."""
    build.build(collection)
    many = [json.dumps({"id": f"record/{n}", "title": {"en": "Letter " * 300 + str(n)}}) for n in range(40_000)]
    (collection.folder / "records.jsonl").write_text("\n".join(many))
    lines = [f'{name} = "{getattr(collection, name)}"' for name in ("base", "store", "store_update", "store_graphs")]
    (collection.folder / "kg.toml").write_text("\n".join([*lines, '[[sources]]\npath = "records.jsonl"']))
    process = subprocess.Popen([KG, "build"], cwd=collection.folder, stdout=subprocess.DEVNULL)
    for _ in range(600):
        half = [version for version in versions(collection) if not version.live]
        if half and at_remote(collection, half[0].graph):
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(half) == 1
    assert at_remote(collection, half[0].graph) > 0
    assert titles(collection) == ["First letter"]
    write(collection, "Second")
    build.build(collection)
    assert half[0].graph not in {version.graph for version in versions(collection)}
    assert at_remote(collection, half[0].graph) == 0
    assert titles(collection) == ["Second letter"]


def test_commands(collection):
    """`kg build`, `query` and `serve` work with a remote store, with credentials from the environment."""
    lines = [f'{name} = "{getattr(collection, name)}"' for name in ("base", "store", "store_update", "store_graphs")]
    (collection.folder / "kg.toml").write_text(
        "\n".join([*lines, "store_grace = 0.0", '[[sources]]\npath = "records.jsonl"'])
    )
    done = kg(collection.folder, "build")
    assert done.returncode == 0, done.stderr
    found = kg(collection.folder, "query", "-", "--format", "csv", input=TITLE.encode())
    assert found.stdout.split(b"\r\n")[1] == b"First letter"
    with served(collection.folder, free_port()) as address:
        path = httpx2.URL(collection.base).path
        assert "First letter" in httpx2.get(f"{address}{path}record/1.html").text


@pytest.fixture(scope="module")
def both(addresses, tmp_path_factory):
    """Clients of the example collection: in a store of this machine, and in a remote one that holds more."""
    secret = (
        'INSERT DATA { GRAPH <http://e/secret> { <http://e/s> <http://e/p> "secret" } <http://e/s> <http://e/p> 1 }'
    )
    httpx2.post(addresses.update, data={"update": secret}).raise_for_status()
    loaded = settings_module.load(settings_module.QUERIES.parent / "kg.toml")
    clients = []
    for name, more in (("here", {}), ("there", addresses.settings())):
        var = tmp_path_factory.mktemp(name)
        made = loaded.model_copy(update={"base": BASE, "var": var, "dumps": False, **more})
        build.build(made)
        clients.append(TestClient(Application(made), base_url="https://archive.example.org"))
    with clients[0] as here, clients[1] as there:
        yield here, there


DATASETS = [
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY STR(?g)",
    f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{BASE}graphs/terms> {{ ?s ?p ?o }} }}",
    f"SELECT (COUNT(*) AS ?n) FROM <{BASE}graphs/terms> {{ ?s ?p ?o }}",
    f"SELECT ?g (COUNT(*) AS ?n) FROM NAMED <{BASE}graphs/terms> {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }} GROUP BY ?g",
    f"SELECT (COUNT(*) AS ?n) FROM <{BASE}graphs/generations/1> {{ ?s ?p ?o }}",
    "SELECT * FROM <http://e/secret> { ?s ?p ?o }",
    "SELECT * FROM NAMED <http://e/secret> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { GRAPH <http://e/secret> { ?s ?p ?o } }",
    "SELECT * { <http://e/s> ?p ?o }",
    "SELECT * { <record/177838> <https://schema.org/name> ?name } ORDER BY STR(?name)",
    "ASK { GRAPH ?g { ?s ?p 'secret' } }",
]


@pytest.mark.parametrize("query", DATASETS)
def test_same_dataset(both, query):
    """A query has the same dataset on either engine, with any other data at the remote store."""
    here, there = (client.get("/data/sparql", params={"query": query, "format": "json"}) for client in both)
    assert here.status_code == there.status_code == 200, there.text
    assert rows(there.json()) == rows(here.json())


def rows(found):
    return (
        [{name: row[name]["value"] for name in sorted(row)} for row in found["results"]["bindings"]]
        if "results" in found
        else found["boolean"]
    )


@pytest.mark.parametrize("named", [f"{BASE}graphs/terms", "http://e/secret"])
def test_graphs_of_the_request(both, named):
    """`default-graph-uri` and `named-graph-uri` of a request reach the public graphs alone."""
    for name, query in (
        ("default-graph-uri", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        ("named-graph-uri", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"),
    ):
        here, there = (client.get("/data/sparql", params={"query": query, name: named}) for client in both)
        assert rows(there.json()) == rows(here.json())


@pytest.mark.parametrize("name", [name for name, row in FORMATS.items() if "select" in row.kinds])
@pytest.mark.parametrize(
    "query", [TITLES, "SELECT * { VALUES ?a {} }", "SELECT ?s ?none { ?s a ?c } ORDER BY STR(?s) STR(?c)", "ASK {}"]
)
def test_tables_are_the_same(both, name, query):
    """A table in any format is the same, byte for byte, whichever engine gives it."""
    here, there = (client.get("/data/sparql", params={"query": query, "format": name}) for client in both)
    assert (there.status_code, there.headers["content-type"]) == (200, here.headers["content-type"])
    assert there.content == here.content


PARSERS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "n3": RdfFormat.N3,
}


@pytest.mark.parametrize("name", PARSERS)
def test_graphs_are_the_same(both, name):
    """Triples in any format are the same, whichever engine gives them; here more than is sent at a time."""
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    here, there = (client.get("/data/sparql", params={"query": query, "format": name}) for client in both)
    assert (there.status_code, there.headers["content-type"]) == (200, here.headers["content-type"])
    assert len(there.content) > 100_000
    mine, theirs = (
        {str(quad).lower() for quad in parse(input=answer.content, format=PARSERS[name])} for answer in (here, there)
    )
    assert mine == theirs


def test_syntax_error_has_its_place(both):
    """A syntax error is 400 with the line as the client counts it."""
    for client in both:
        answer = client.get("/data/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"})
        assert (answer.status_code, answer.json()["line"]) == (400, 2)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 400),
        ("SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 400),
        ("DELETE WHERE { ?s ?p ?o }", 403),
        ("define input:x <http://e/> SELECT * { ?s ?p ?o }", 400),
        ("PREFIX e: <http://e/> SELECT * FROM e:secret { ?s ?p ?o }", 400),
    ],
)
def test_refusals(both, query, status):
    """Refused features of a public endpoint never reach the remote store."""
    answer = both[1].get("/data/sparql", params={"query": query})
    assert (answer.status_code, bool(answer.json()["detail"])) == (status, True)


@pytest.mark.parametrize(
    ("kind", "class_"), [("record", "https://schema.org/ArchiveComponent"), ("place", "https://schema.org/Place")]
)
def test_lists_by_query(both, kind, class_):
    """The defining query of a list has the same result at a remote store as the catalogue."""
    text = (QUERIES / "pages" / "listed.rq").read_text(encoding="utf-8").replace("$class", f"<{class_}>")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    here, there = (client.get("/data/sparql", params={"query": text, "format": "json"}) for client in both)
    assert rows(there.json()) == rows(here.json())
    assert len(rows(there.json())) > 5


def test_nothing_without_a_remote(collection):
    """A generation with its triples at a remote store is not served without it; the error names the setting."""
    build.build(collection)
    with pytest.raises(GenerationError, match="remote store"):
        Generations(collection.var_folder).open_live()
