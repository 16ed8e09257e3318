"""SPARQL 1.1 Protocol, Service Description and Graph Store Protocol, case by case."""

import csv
import gzip
import io
import json

import pyoxigraph
import pytest
from protocol_cases import BASE, ENGINE, SUITES, TERMS, rows

from kg.errors import (
    QueryBusy,
    QueryCrashed,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    QueryUnwritable,
)
from kg.store.pool.pool import QueryPool
from kg.store.remote.queries import RemoteQueries

pytestmark = pytest.mark.every_engine

CASES = [pytest.param(case, id=f"{title}: {case.name}") for title, cases in SUITES.items() for case in cases]


@pytest.mark.parametrize("case", CASES)
def test_case(client, case):
    """Each case of the specifications has the status and the answer that the table says."""
    answer = client.request(**{**case.request, "url": f"/data/{case.request['url']}"})
    assert answer.status_code == case.status, answer.text
    assert case.holds(answer), answer.text


@pytest.mark.of_oxigraph
@pytest.mark.parametrize(
    ("query", "holds"), [(query, holds) for _, query, holds, _ in ENGINE], ids=[row[0] for row in ENGINE]
)
def test_twelve(client, query, holds):
    """What the table says of SPARQL and RDF 1.2 is so."""
    answer = client.get("/data/sparql", params={"query": query})
    assert answer.status_code == (400 if holds is None else 200)
    assert holds is None or holds in answer.text


def test_table_is_in_the_documentation():
    """docs/conformance.md holds the cases as they are asked; `make docs` writes them."""
    import conformance

    assert rows() in conformance.PAGE.read_text(encoding="utf-8")


def test_description_is_sound(client):
    """The service description is one service with one endpoint, whose graphs are there with as many triples as it says."""
    sd = "http://www.w3.org/ns/sparql-service-description#"
    body = client.get("/data/sparql", headers={"accept": "text/turtle"}).content
    store = pyoxigraph.Store()
    store.load(input=body, format=pyoxigraph.RdfFormat.TURTLE)
    # Made lists at once: a result may not end its life in another thread.
    found = list(
        store.query(
            f"PREFIX sd: <{sd}> SELECT ?e {{ ?s a sd:Service ; sd:endpoint ?e ; sd:defaultDataset/sd:defaultGraph ?g }}"
        )
    )
    assert [str(row["e"].value) for row in found] == [f"{BASE}sparql"]
    named = list(
        store.query(
            f"PREFIX sd: <{sd}> SELECT ?n ?c {{ ?x sd:namedGraph [ sd:name ?n ; sd:graph/<http://rdfs.org/ns/void#triples> ?c ] }}"
        )
    )
    counts = {row["n"].value: int(row["c"].value) for row in named}
    assert set(counts) >= {TERMS}
    for iri, count in counts.items():
        lines = client.get("/data/graphs", params={"graph": iri, "format": "nt"}).text.splitlines()
        assert len(lines) == count, iri


def test_graph_is_the_same_in_each_format(client):
    """A graph of the store is the same graph in each format, and the whole of it."""
    reads = {
        "turtle": pyoxigraph.RdfFormat.TURTLE,
        "ntriples": pyoxigraph.RdfFormat.N_TRIPLES,
        "rdfxml": pyoxigraph.RdfFormat.RDF_XML,
        "jsonld": pyoxigraph.RdfFormat.JSON_LD,
        "trig": pyoxigraph.RdfFormat.TRIG,
        "nquads": pyoxigraph.RdfFormat.N_QUADS,
    }
    for address in ("graphs/terms", "graphs?default"):
        found = {}
        for name, format_ in reads.items():
            joint = "&" if "?" in address else "?"
            body = client.get(f"/data/{address}{joint}format={name}").content
            found[name] = {str(quad.triple) for quad in pyoxigraph.parse(input=body, format=format_)}
        assert len(found["ntriples"]) > 50
        assert all(each == found["ntriples"] for each in found.values()), address


XSD = "http://www.w3.org/2001/XMLSchema#"


def test_default_graph_is_whole(client):
    """The default graph of the graph store is what the dumps hold, to the letter."""
    packed = client.get("/data/dumps/kg.nt.gz").content
    dump = set(gzip.decompress(packed).decode().splitlines())
    assert set(client.get("/data/graphs?default&format=ntriples").text.splitlines()) == dump


LITERALS = f"""SELECT * {{ VALUES (?a ?b ?c ?d ?e) {{
  ("1962"^^<{XSD}gYear> "x, \\"y\\"\\nz"@en-gb "1962-10"^^<{XSD}gYearMonth> <http://e/a,b'c> UNDEF)
}} }}"""


def test_tables_keep_datatypes_and_languages(client):
    """JSON, XML and TSV keep datatypes and languages exactly; CSV keeps the values."""
    ask = {"params": {"query": LITERALS}}
    row = client.get("/data/sparql", **ask).json()["results"]["bindings"][0]
    assert row["a"] == {"type": "literal", "value": "1962", "datatype": f"{XSD}gYear"}
    assert row["b"] == {"type": "literal", "value": 'x, "y"\nz', "xml:lang": "en-gb"}
    assert "e" not in row
    solutions = pyoxigraph.parse_query_results
    terms = {}
    for name, accept, format_ in (
        ("json", "application/sparql-results+json", pyoxigraph.QueryResultsFormat.JSON),
        ("xml", "application/sparql-results+xml", pyoxigraph.QueryResultsFormat.XML),
        ("tsv", "text/tab-separated-values", pyoxigraph.QueryResultsFormat.TSV),
    ):
        body = client.get("/data/sparql", **ask, headers={"accept": accept}).content
        terms[name] = [list(solution) for solution in solutions(body, format_)]
    assert terms["json"] == terms["xml"] == terms["tsv"]
    body = client.get("/data/sparql", **ask, headers={"accept": "text/csv"}).text
    assert list(csv.reader(io.StringIO(body, newline="")))[1] == ["1962", 'x, "y"\nz', "1962-10", "http://e/a,b'c", ""]


def test_what_a_format_cannot_hold_is_refused(client):
    """An answer that its format can't hold gets 406, never broken bytes with 200."""
    control = 'SELECT ("\\u0001" AS ?x) {}'
    answer = client.get("/data/sparql", params={"query": control, "format": "xml"})
    assert answer.status_code == 406
    predicate = "CONSTRUCT { <http://e/s> <http://e/1> 1 } {}"
    answer = client.get("/data/sparql", params={"query": predicate, "format": "rdfxml"})
    assert answer.status_code == 406
    assert json.loads(answer.content)["detail"]


@pytest.mark.parametrize(
    ("format_", "media_type"),
    [
        ("json", "application/ld+json"),
        ("xml", "application/rdf+xml"),
        ("ttl", "text/turtle; charset=utf-8"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("csv,n3", "text/n3; charset=utf-8"),
        ("application/json", "application/ld+json"),
    ],
)
def test_words_for_formats(client, format_, media_type):
    """`format=` takes names, media types and the words of clients; the first that can hold the answer is taken."""
    query = "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"
    answer = client.get("/data/sparql", params={"query": query, "format": format_}, headers={"accept": "text/csv"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)


@pytest.mark.of_oxigraph
@pytest.mark.parametrize(
    ("request_", "line", "column", "text"),
    [
        ({"params": {"query": "SELECT *\nWHERE { ?s ?p oops }"}}, 2, None, ""),
        ({"params": {"query": "ASK {"}}, 1, None, ""),
        (
            {
                "method": "POST",
                "content": b"ASK {\n ?s ?p '\xe9' }",
                "headers": {"content-type": "application/sparql-query"},
            },
            2,
            9,
            "xe9",
        ),
        ({"url": "/data/sparql?query=ASK%7B%FF"}, 1, 5, "xff"),
    ],
)
def test_errors_have_their_place(client, request_, line, column, text):
    """A 400 says line and column, and shows what stands there."""
    answer = client.request(**{"method": "GET", "url": "/data/sparql", **request_})
    said = answer.json()
    assert answer.status_code == 400
    assert said["line"] == line
    assert column in {None, said["column"]}
    assert text in said["text"]


def test_error_page_is_escaped(client):
    """The page of an error shows the offending text, escaped."""
    headers = {"accept": "text/html"}
    answer = client.get("/data/sparql", params={"query": "ASK { ?s ?p ?o } <script>alert(1)</script>"}, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "<script>alert" not in answer.text
    assert "alert" in answer.text


def test_long_body(client):
    """A body over the limit is 413, whatever is in it."""
    headers = {"content-type": "application/sparql-query"}
    assert client.post("/data/sparql", content=b" " * (1 << 20) + b"ASK {}", headers=headers).status_code == 413
    assert client.post("/data/sparql", content=b" " * 999_990 + b"ASK {}", headers=headers).status_code == 200
    assert client.post("/data/sparql", content=b" " * 1_000_000 + b"ASK {}", headers=headers).status_code == 413


def test_coded_body(client):
    """A body in a content coding is 415, and the answer says that none is taken."""
    headers = {"content-type": "application/sparql-query", "content-encoding": "gzip"}
    answer = client.post("/data/sparql", content=b"x", headers=headers)
    assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")


def test_many_graphs(client):
    """A request that names more graphs than it may is refused."""
    pairs = [("query", "ASK {}"), *(("default-graph-uri", f"http://e/{n}") for n in range(101))]
    assert client.get("/data/sparql", params=pairs).status_code == 400


def test_preflight(client):
    """A preflight from another origin is told that it may, with the headers that clients send."""
    headers = {
        "origin": "https://elsewhere.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    for path in ("/data/sparql", "/data/graphs"):
        answer = client.options(path, headers=headers)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-headers"] == "*"
    answer = client.get("/data/sparql", params={"query": "ASK {}"}, headers={"origin": "https://elsewhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]


def test_graphs_page(client):
    """Who reads HTML gets a page of the graphs with links."""
    page = client.get("/data/graphs", headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "graphs%2Fterms" in page.text


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (QuerySyntaxError("expected a name", line=1, column=2), 400),
        (QueryRefused("SERVICE is off"), 400),
        (QueryRefused("updates are off"), 403),
        (QueryUnwritable("it has no form for it"), 406),
        (QueryTooLarge("it is too long"), 413),
        (QueryCrashed("the engine gave up"), 500),
        (QueryBusy("no worker was free"), 503),
        (QueryTimeout("it took too long"), 504),
    ],
    ids=lambda value: getattr(value, "what", value),
)
def test_what_becomes_of_faults(client, monkeypatch, fault, status):
    """Each fault of a query has its status, as a problem for machines and as a page for people."""

    def query(*_, **__):
        raise fault

    for engine in (QueryPool, RemoteQueries):
        monkeypatch.setattr(engine, "query", query)
    for accept, media_type in (("*/*", "application/problem+json"), ("text/html", "text/html; charset=utf-8")):
        answer = client.get("/data/sparql", params={"query": f"ASK {{}} #{fault.what}"}, headers={"accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (status, media_type)
        assert ("This query could not be executed" if status == 500 else fault.what) in answer.text
        assert ("retry-after" in answer.headers) == (status == 503)
        assert answer.headers["cache-control"] == "no-cache"
        assert "etag" not in answer.headers


@pytest.mark.parametrize("encoded", [False, True], ids=["as it is", "a form"])
@pytest.mark.parametrize(
    ("listed", "sign"),
    [("VALUES ?r { %s } ?r ?p ?title", " "), ("?r ?p ?title FILTER(?r IN (%s))", ",")],
    ids=["VALUES", "IN"],
)
def test_a_long_list_of_values(client, encoded, listed, sign):
    """VALUES or IN with 12,000 IRIs is answered: what is bounded is work, not the length of a list."""
    things = sign.join(f"<{BASE}record/{number}>" for number in range(171_838, 183_838))
    query = f"SELECT (COUNT(DISTINCT ?r) AS ?n) {{ {listed % things} }}".replace(
        "?p", "<http://purl.org/dc/terms/title>"
    )
    assert len(query) > 400_000
    headers = {"accept": "text/csv"}
    if encoded:
        answer = client.post("/data/sparql", data={"query": query}, headers=headers)
    else:
        headers["content-type"] = "application/sparql-query"
        answer = client.post("/data/sparql", content=query.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    assert int(answer.text.split()[1]) == 1


def test_a_mistake_in_a_long_query(client):
    """A syntax error in a long query has its place."""
    query = f"SELECT * {{ VALUES ?r {{ {'<http://e/x> ' * 20_000} }} ?r ?p }}"
    answer = client.post("/data/sparql", content=query.encode(), headers={"content-type": "application/sparql-query"})
    assert answer.status_code == 400
    assert answer.json()["line"] == 1
