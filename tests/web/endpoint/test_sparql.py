"""The SPARQL endpoint over HTTP."""

import pytest

pytestmark = pytest.mark.every_engine

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <https://schema.org/ArchiveComponent> }"


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.get("/data/sparql", params={"query": COUNT}),
        lambda client: client.post("/data/sparql", data={"query": COUNT}),
        lambda client: client.post(
            "/data/sparql", content=COUNT, headers={"content-type": "application/sparql-query; charset=utf-8"}
        ),
    ],
    ids=["GET", "form", "direct"],
)
def test_three_ways_to_ask(client, ask):
    """A query comes by GET, by a form, or by itself."""
    answer = ask(client)
    assert answer.status_code == 200
    assert int(answer.json()["results"]["bindings"][0]["n"]["value"]) >= 76


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("*/*", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
    ],
)
def test_formats_of_tables(client, accept, media_type):
    """A table comes in the format asked for."""
    answer = client.get("/data/sparql", params={"query": COUNT}, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)


def test_formats_of_graphs(client):
    """A graph comes in the format asked for, where tables and graphs are both acceptable."""
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5"
    accept = {"accept": "application/sparql-results+json, application/rdf+xml"}
    answer = client.get("/data/sparql", params={"query": query}, headers=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/rdf+xml")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"params": {"query": "SELECT * WHERE {"}}, 400),
        ({"params": {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"}}, 400),
        ({"params": {"query": "DELETE WHERE { ?s ?p ?o }"}}, 403),
        ({"params": {"update": "DELETE WHERE { ?s ?p ?o }"}}, 403),
        ({"params": [("query", COUNT), ("query", COUNT)]}, 400),
        ({"params": {"query": COUNT, "format": "pdf"}}, 400),
        ({"params": {"query": COUNT, "timeout": "soon"}}, 400),
        ({"params": {"query": COUNT}, "headers": {"accept": "image/png"}}, 406),
    ],
)
def test_refusals(client, request_, status):
    """What can't be answered is refused with its own status and a reason."""
    answer = client.get("/data/sparql", **request_)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_unknown_body(client):
    """A body of another kind is 415 and says what is accepted."""
    answer = client.post("/data/sparql", content="x", headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert "application/sparql-query" in answer.headers["accept-post"]


def test_syntax_error_has_its_place(client):
    """A syntax error says line and column."""
    problem = client.get("/data/sparql", params={"query": "SELECT *\nWHERE { ?s ?p }"}).json()
    assert problem["line"] == 2


def test_form(client):
    """Without a query the endpoint shows a form with examples that run."""
    page = client.get("/data/sparql", headers={"accept": "text/html"})
    assert "<textarea" in page.text


def test_examples_run(client):
    """Each example query gives rows."""
    from publishing import QUERY_FOLDERS

    from kg.render.queries.examples import examples

    assert len(examples(QUERY_FOLDERS)) >= 15
    for example in examples(QUERY_FOLDERS):
        answer = client.get("/data/sparql", params={"query": example.text, "format": "csv,ntriples"})
        assert answer.status_code == 200, example.name
        assert len(answer.text.splitlines()) > 1, example.name


def test_the_default_graph_is_counted_right(client):
    """What the service description says of the default graph is what a query counts there."""
    said = client.get("/data/sparql", headers={"accept": "application/n-triples"}).text
    asked = client.get("/data/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}).text
    assert f'"{int(asked.split()[1])}"^^<http://www.w3.org/2001/XMLSchema#integer>' in said


SEARCH = (
    "PREFIX kg: <https://archive.example.org/data/terms/>\nSELECT * WHERE {{\n"
    ' SERVICE <https://archive.example.org/data/search> {{ ?r kg:matches "{words}" {more} }}\n {after} }}'
)


def test_search_in_a_query(client):
    """A search in a query gives hits with score and text; a header says where there are more than its limit."""
    query = SEARCH.format(words="missiles", more="; kg:score ?score ; kg:snippet ?s ; kg:limit 2", after="")
    answer = client.get("/data/sparql", params={"query": query})
    rows = answer.json()["results"]["bindings"]
    assert len(rows) == 2
    assert "missile" in rows[0]["s"]["value"].lower()
    assert answer.headers["search-results"] == "limited"
    few = client.get("/data/sparql", params={"query": SEARCH.format(words="Pavlov", more="", after="")})
    assert len(few.json()["results"]["bindings"]) == 2
    assert "search-results" not in few.headers


def test_longest_search_in_a_query(client):
    """The hits that the server adds count towards no limit on a query's length."""
    query = SEARCH.format(words="castro OR cuba OR soviet OR kennedy", more="; kg:snippet ?s ; kg:limit 1000", after="")
    answer = client.post("/data/sparql", data={"query": query + "#" * (99_900 - len(query))})
    assert answer.status_code == 200


def test_refused_search_in_a_query(client):
    """Any other content of the clause is a 400 that shows the form; errors elsewhere have their place as written."""
    problem = client.get("/data/sparql", params={"query": SEARCH.format(words="a", more="; a ?x", after="")})
    assert problem.status_code == 400
    assert "kg:matches" in problem.json()["detail"]
    broken = client.get("/data/sparql", params={"query": SEARCH.format(words="castro", more="", after="?x ?y")})
    assert (broken.status_code, broken.json()["line"]) == (400, 4)
    elsewhere = client.get("/data/sparql", params={"query": "ASK { SERVICE <http://x.example/search> { ?s ?p ?o } }"})
    assert elsewhere.status_code == 400
