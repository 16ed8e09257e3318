"""The cases of SPARQL 1.1 Protocol, Service Description and Graph Store Protocol, written out from the specifications.

A table: `test_protocol.py` asks each of them, and docs/conformance.md shows them (`make docs` writes it there).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

BASE = "https://archive.example.org/data/"
TERMS, DATASET = f"{BASE}graphs/terms", f"{BASE}graphs/dataset"
ASK = "ASK { ?s a <https://schema.org/ArchiveComponent> }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
NAMES = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY STR(?g)"
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}
UPDATE = "CLEAR ALL"


def _true(answer: Any) -> bool:
    return answer.json()["boolean"] is True


def _number(answer: Any) -> int:
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


def _graphs(answer: Any) -> list[str]:
    return [row["g"]["value"] for row in answer.json()["results"]["bindings"]]


def _type(*names: str) -> Callable[[Any], bool]:
    return lambda answer: answer.headers["content-type"].partition(";")[0] in names


def _problem(answer: Any) -> bool:
    said = answer.json()
    return answer.headers["content-type"] == "application/problem+json" and said["status"] == answer.status_code


def _some(answer: Any) -> bool:
    return len(answer.content) > 100


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes:
        name: what it is called.
        clause: of which specification.
        request: method, path below the base, and more, as the client takes it.
        status: that it must have.
        holds: what must be true of the answer.
        differs: why this is not what the specification's own case expects; empty where it is.
    """

    name: str
    clause: str
    request: dict[str, Any]
    status: int
    holds: Callable[[Any], bool] = field(default=lambda _: True)
    differs: str = ""


def _get(path: str = "sparql", **more: Any) -> dict[str, Any]:
    return {"method": "GET", "url": path, **more}


def _post(path: str = "sparql", **more: Any) -> dict[str, Any]:
    return {"method": "POST", "url": path, **more}


_OFF = "updates are off: 403 with the reason"

QUERY = (
    Case("query by GET", "2.1.1", _get(params={"query": ASK}), 200, _true),
    Case("query by form", "2.1.2", _post(data={"query": ASK}), 200, _true),
    Case("query by itself", "2.1.3", _post(content=ASK, headers=DIRECT), 200, _true),
    Case("HEAD", "2.1", {"method": "HEAD", "url": "sparql", "params": {"query": ASK}}, 200, lambda a: not a.content),
    Case(
        "a default graph, GET",
        "2.1.4",
        _get(params={"query": COUNT, "default-graph-uri": TERMS}),
        200,
        lambda a: 0 < _number(a) < 1000,
    ),
    Case(
        "a default graph, form",
        "2.1.4",
        _post(data={"query": COUNT, "default-graph-uri": TERMS}),
        200,
        lambda a: 0 < _number(a) < 1000,
    ),
    Case(
        "two default graphs, merged",
        "2.1.4",
        _get(
            params=[
                ("query", ASK.replace("ArchiveComponent", "x")),
                *(("default-graph-uri", g) for g in (TERMS, DATASET)),
            ]
        ),
        200,
        lambda a: a.json()["boolean"] is False,
    ),
    Case(
        "two default graphs, direct POST",
        "2.1.4",
        _post(content=COUNT, headers=DIRECT, params=[("default-graph-uri", TERMS), ("default-graph-uri", DATASET)]),
        200,
        lambda a: _number(a) > 0,
    ),
    Case(
        "a named graph, GET",
        "2.1.4",
        _get(params={"query": NAMES, "named-graph-uri": TERMS}),
        200,
        lambda a: _graphs(a) == [TERMS],
    ),
    Case(
        "a named graph, form",
        "2.1.4",
        _post(data={"query": NAMES, "named-graph-uri": DATASET}),
        200,
        lambda a: _graphs(a) == [DATASET],
    ),
    Case(
        "named graphs alone leave the default graph empty",
        "2.1.4",
        _get(params={"query": COUNT, "named-graph-uri": TERMS}),
        200,
        lambda a: _number(a) == 0,
    ),
    Case(
        "default and named graphs together",
        "2.1.4",
        _get(params={"query": NAMES, "default-graph-uri": TERMS, "named-graph-uri": DATASET}),
        200,
        lambda a: _graphs(a) == [DATASET],
    ),
    Case(
        "the request's graphs go before FROM",
        "2.1.4",
        _get(params={"query": f"SELECT (COUNT(*) AS ?n) FROM <{TERMS}> {{ ?s ?p ?o }}", "default-graph-uri": DATASET}),
        200,
        lambda a: 0 < _number(a) < 30,
    ),
    Case(
        "a graph that is none is empty",
        "2.1.4",
        _get(params={"query": COUNT, "default-graph-uri": "http://127.0.0.1:1/none"}),
        200,
        lambda a: _number(a) == 0,
    ),
    Case(
        "SELECT has a table's media type",
        "2.1.6",
        _get(params={"query": COUNT}),
        200,
        _type("application/sparql-results+json"),
    ),
    Case("ASK has one too", "2.1.6", _get(params={"query": ASK}), 200, _type("application/sparql-results+json")),
    Case(
        "DESCRIBE has a graph's media type",
        "2.1.6",
        _get(params={"query": f"DESCRIBE <{BASE}record/177838>"}),
        200,
        _type("text/turtle"),
    ),
    Case(
        "CONSTRUCT has one too",
        "2.1.6",
        _get(params={"query": "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"}),
        200,
        _type("text/turtle"),
    ),
    Case("parameters that mean nothing are passed over", "2.1", _get(params={"query": ASK, "x": "1"}), 200, _true),
    Case("another method", "2.1", {"method": "PUT", "url": "sparql", "params": {"query": ASK}}, 405, _problem),
    Case("two queries", "2.1.1", _get(params=[("query", ASK), ("query", ASK)]), 400, _problem),
    Case(
        "two queries in a form", "2.1.2", _post(content="query=ASK%7B%7D&query=ASK%7B%7D", headers=FORM), 400, _problem
    ),
    Case(
        "a query in the address and one in the form",
        "2.1.2",
        _post(params={"query": ASK}, data={"query": ASK}),
        400,
        _problem,
    ),
    Case(
        "a query in the address and one in the body",
        "2.1.3",
        _post(params={"query": ASK}, content=ASK, headers=DIRECT),
        400,
        _problem,
    ),
    Case("another media type", "2.1.3", _post(content=ASK, headers={"content-type": "text/plain"}), 415, _problem),
    Case("a form without its media type", "2.1.2", _post(content="query=ASK%7B%7D"), 415, _problem),
    Case("a query without its media type", "2.1.3", _post(content=ASK), 415, _problem),
    Case(
        "a query that is not UTF-8",
        "2.1.3",
        _post(content='ASK { ?s ?p "\xe9" }'.encode("latin-1"), headers=DIRECT),
        400,
        _problem,
    ),
    Case(
        "a query that says it is UTF-16",
        "2.1.3",
        _post(content=ASK.encode("utf-16"), headers={"content-type": "application/sparql-query; charset=UTF-16"}),
        415,
        _problem,
    ),
    Case(
        "a form that is not UTF-8",
        "2.1.2",
        _post(content="query=ASK%7B%3Fs+%3Fp+%22%E9%22%7D", headers=FORM),
        400,
        _problem,
    ),
    Case("bad syntax", "2.1.7", _get(params={"query": "ASK {"}), 400, _problem),
    Case("no query in a form", "2.1.2", _post(data={"x": ASK}), 400, _problem),
    Case("nothing acceptable", "2.1.6", _get(params={"query": ASK}, headers={"accept": "image/png"}), 406, _problem),
)

UPDATES = (
    Case("update by form", "2.2.1", _post(data={"update": UPDATE}), 403, _problem, _OFF),
    Case(
        "update by itself",
        "2.2.2",
        _post(content=UPDATE, headers={"content-type": "application/sparql-update"}),
        403,
        _problem,
        _OFF,
    ),
    Case("update by GET", "2.2", _get(params={"update": UPDATE}), 403, _problem),
    Case("update with graphs", "2.2.3", _post(data={"update": UPDATE, "using-graph-uri": TERMS}), 403, _problem, _OFF),
    Case("an update given as a query", "2.1", _get(params={"query": UPDATE}), 403, _problem),
)

DESCRIPTION = (
    Case("the endpoint without a query gives RDF", "2", _get(), 200, _type("text/turtle")),
    *(
        Case(f"… as {name}", "2", _get(headers={"accept": name}), 200, _type(name))
        for name in ("application/rdf+xml", "application/n-triples", "application/ld+json")
    ),
    Case("a page for who reads HTML", "2", _get(headers={"accept": "text/html"}), 200, _type("text/html")),
    Case(
        "it names the endpoint, a Service",
        "3.2.1",
        _get(headers={"accept": "application/n-triples"}),
        200,
        lambda a: f"service-description#endpoint> <{BASE}sparql>" in a.text and "#Service>" in a.text,
    ),
    Case(
        "languages, formats, data set, default and named graphs",
        "3.4",
        _get(headers={"accept": "application/n-triples"}),
        200,
        lambda a: all(
            f"service-description#{each}>" in a.text
            for each in ("supportedLanguage", "resultFormat", "defaultDataset", "defaultGraph", "namedGraph", "name")
        ),
    ),
)

STORE = (
    Case("a graph named in the address", "4.2", _get("graphs", params={"graph": TERMS}), 200, _some),
    Case("the default graph", "4.2", _get("graphs?default"), 200, _some),
    Case("a graph by its own IRI", "4.1", _get("graphs/terms"), 200, _some),
    *(
        Case(f"… as {name}", "5.2", _get("graphs", params={"graph": TERMS}, headers={"accept": name}), 200, _type(name))
        for name in (
            "text/turtle",
            "application/n-triples",
            "application/rdf+xml",
            "application/ld+json",
            "application/trig",
            "application/n-quads",
        )
    ),
    Case(
        "HEAD of a graph that is there",
        "5.6",
        {"method": "HEAD", "url": "graphs", "params": {"graph": TERMS}},
        200,
        lambda a: not a.content and _type("text/turtle")(a),
    ),
    Case("HEAD of one that is not", "5.6", {"method": "HEAD", "url": "graphs", "params": {"graph": BASE}}, 404),
    Case("GET of one that is not", "5.2", _get("graphs", params={"graph": f"{BASE}graphs/none"}), 404, _problem),
    Case("GET of one that is not, by its own IRI", "5.2", _get("graphs/none"), 404, _problem),
    Case("a graph's name that is no absolute IRI", "4.2", _get("graphs", params={"graph": "terms"}), 400, _problem),
    Case("two names", "4.2", _get("graphs", params=[("graph", TERMS), ("graph", DATASET)]), 400, _problem),
    Case("a name and the default graph", "4.2", _get("graphs", params={"graph": TERMS, "default": ""}), 400, _problem),
    Case(
        "nothing acceptable",
        "5.2",
        _get("graphs", params={"graph": TERMS}, headers={"accept": "image/png"}),
        406,
        _problem,
    ),
    Case("which graphs there are", "4", _get("graphs"), 200, lambda a: TERMS in a.text and _type("text/turtle")(a)),
    *(
        Case(
            f"{method} of a graph",
            clause,
            {"method": method, "url": "graphs", "params": {"graph": TERMS}},
            405,
            lambda a: _problem(a) and a.headers["allow"] == "GET, HEAD, OPTIONS",
            "the graph store is read-only: 405 with Allow",
        )
        for method, clause in (("PUT", "5.3"), ("DELETE", "5.4"), ("POST", "5.5"), ("PATCH", "5.7"))
    ),
)

SUITES: dict[str, tuple[Case, ...]] = {
    "SPARQL 1.1 Protocol, query": QUERY,
    "SPARQL 1.1 Protocol, update": UPDATES,
    "SPARQL 1.1 Service Description": DESCRIPTION,
    "SPARQL 1.1 Graph Store HTTP Protocol": STORE,
}
"""Specification → its cases."""

ENGINE = (
    ("triple terms in a query", 'SELECT (<<( <x:a> <x:b> "c" )>> AS ?t) {}', '"type":"triple"', ""),
    (
        "TRIPLE, SUBJECT, isTRIPLE",
        "ASK { BIND(TRIPLE(<x:a>, <x:b>, 1) AS ?t) FILTER(isTRIPLE(?t) && SUBJECT(?t) = <x:a>) }",
        "true",
        "",
    ),
    ("reified triples in a pattern", "SELECT ?s { << ?s ?p ?o >> ?q ?z }", '"bindings":[]', ""),
    ("annotations in a pattern", "SELECT ?s { ?s ?p ?o {| ?q ?z |} }", '"bindings":[]', ""),
    ("VERSION", 'VERSION "1.2" ASK {}', "true", ""),
    ("LATERAL", "SELECT ?n { VALUES ?m { 1 } LATERAL { BIND(?m + 1 AS ?n) } }", '"value":"2"', ""),
    ("base direction of a literal", 'SELECT ("a"@ar--rtl AS ?l) {}', '"its:dir":"rtl"', ""),
    (
        "LANGDIR, hasLANGDIR, STRLANGDIR",
        'ASK { FILTER(LANGDIR(STRLANGDIR("a", "ar", "rtl")) = "rtl" && hasLANGDIR("a"@ar--rtl)) }',
        "true",
        "",
    ),
    ("ADJUST", "SELECT (ADJUST(NOW()) AS ?t) {}", None, "the engine does not know it: 400"),
    ("SAMEVALUE", "ASK { FILTER(SAMEVALUE(1, 1.0)) }", None, "the engine does not know it: 400"),
)
"""Of SPARQL and RDF 1.2: what, a query, what its answer holds (None: a syntax error), and why not."""


def rows() -> str:
    """The tables as docs/conformance.md shows them."""
    parts = []
    for title, cases in SUITES.items():
        lines = [f"### {title}", "", "| case | clause | status | as specified |", "| --- | --- | --- | --- |"]
        lines += [f"| {each.name} | {each.clause} | {each.status} | {each.differs or 'yes'} |" for each in cases]
        parts.append("\n".join(lines))
    lines = ["### SPARQL 1.2 and RDF 1.2, as the engine has them", "", "| what | result |", "| --- | --- |"]
    lines += [f"| {what} | {why or 'yes'} |" for what, _, _, why in ENGINE]
    parts.append("\n".join(lines))
    return "\n\n".join(parts)
