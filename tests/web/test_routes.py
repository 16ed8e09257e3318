"""The table of routes: each row is routed, described and documented by what it says."""

import json
import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from publishing import publish
from starlette.testclient import TestClient

from kg.web import api
from kg.web.app import Application
from kg.web.http import parameter_problems
from kg.web.route_table import QUERY, READ, Route, RouteTable
from kg.web.routes import ROUTES
from kg.web.serving.page_cache import PageCache

PATHS = {row.path for row in ROUTES}
ADDRESSES = {
    "/{kind}/": "record/",
    "/record/{key}.{citation}": "record/177838.bib",
    "/{kind}/{key}.{suffix}": "record/177838.ttl",
    "/{kind}/{key}": "record/177838",
    "/dumps/{name}": "dumps/SHA256SUMS",
    "/data/{name}": "data/SHA256SUMS",
    "/terms/{name}": "terms/context.jsonld",
    "/static/{name:path}": "static/kg.css",
    "/graphs/{name:path}": "graphs/a/b",
    "/api/{name}": "api/correspondents",
}
FAULTS = [
    ("search?limit=x", "limit", "x"),
    ("search?limit=1001", "limit", "1001"),
    ("search?sort=up", "sort", "up"),
    ("search?dates=maybe", "dates", "maybe"),
    ("search?kind=record&kind=x", "kind", "x"),
    ("search?lacks=x", "lacks", "x"),
    ("search?language=1", "language", "1"),
    ("search?year=soon", "year", "soon"),
    ("search?year=1963..1962", "year", "1963..1962"),
    ("search?after=x", "after", "x"),
    ("search?q=a&after=99999999", "after", "99999999"),
    ("search?format=pdf", "format", "pdf"),
    ("search?q=(", "q", "("),
    ("search?q=a&q=b", "q", "b"),
    ("timeline?format=graphml", "format", "graphml"),
    ("map?limit=0", "limit", "0"),
    ("network?format=pdf", "format", "pdf"),
    ("graphs?graph=x", "graph", "x"),
    ("graphs?graph=urn:a&default", "default", ""),
    ("graphs?default&format=pdf", "format", "pdf"),
    ("graphs/a?default", "default", ""),
    ("api/companions", "agent", None),
    ("api/companions?agent=x", "agent", "x"),
    ("api/companions?agent=agent/x&colour=red", "colour", "red"),
    ("api/companions?agent=agent/x&agent=agent/y", "agent", "agent/y"),
    ("api/correspondents?least=x", "least", "x"),
    ("api/correspondents?format=pdf", "format", "pdf"),
    ("sparql?query=ASK{}&timeout=x", "timeout", "x"),
    ("sparql?query=ASK{}&query=ASK{}", "query", "ASK{}"),
    ("sparql?query=ASK{}&format=pdf", "format", "pdf"),
    ("record/177838.html?at=0", "at", "0"),
    ("record/177838.html?at=1&sort=up", "sort", "up"),
    (f"workbench/names.json?{'&'.join(['thing=agent/x'] * 101)}", "thing", "agent/x"),
]


@pytest.fixture(scope="module")
def described(client):
    """The description of the example collection."""
    return client.get("/data/openapi.json").json()


def operations(document):
    """Path, method and operation of each."""
    return [(path, method, each) for path, methods in document["paths"].items() for method, each in methods.items()]


def address(row):
    """An address of a row below the base."""
    return ADDRESSES.get(row.path, row.path.removeprefix("/"))


def test_each_row_is_described_or_says_why_not(described):
    """A row stands in the description with its methods, or has a reason why it does not."""
    for row in ROUTES:
        path = row.path.replace(":path}", "}")
        assert (path in described["paths"]) is not bool(row.undescribed), path
        if not row.undescribed:
            assert {"POST", "GET"} & set(row.methods) == {each.upper() for each in described["paths"][path]}


def test_the_description_is_valid(described):
    """The description is OpenAPI 3.1, and names no status that there is not."""
    OpenAPIV31SpecValidator(described).validate()
    assert described["servers"] == [{"url": "https://archive.example.org/data"}]
    names = [each["operationId"] for _, _, each in operations(described)]
    assert len(names) == len(set(names))
    assert not any("422" in each["responses"] for _, _, each in operations(described))
    assert "ValidationError" not in json.dumps(described)


def test_everything_described_says_what_it_is(described):
    """Each operation, parameter and response has a description."""
    for path, method, each in operations(described):
        assert each["summary"], path
        assert all(response["description"] for response in each["responses"].values()), path
        assert all(one.get("description") for one in each.get("parameters", ()) if "$ref" not in one), (path, method)


def test_each_example_runs(client, described):
    """The example of an operation is answered with a status of its own that is no problem, and a type that it names."""
    examples = [(path, each) for path, _, each in operations(described) if "x-example" in each]
    assert len(examples) > 30
    for path, each in examples:
        answer = client.get(f"/data/{each['x-example']}")
        response = each["responses"][str(answer.status_code)]
        assert answer.status_code < 400, path
        if answer.status_code == 200:
            assert answer.headers["content-type"].partition(";")[0] in response["content"], path


def test_examples_are_of_the_collection(tmp_path):
    """A collection without documents, dumps and tables has a description whose examples run all the same."""
    made, _ = publish(tmp_path, [{"id": "agent/a", "name": "A"}], dumps=False, tables=False)
    with TestClient(Application(made), base_url="https://archive.example.org", follow_redirects=False) as client:
        document = client.get("/data/openapi.json").json()
        for path, _, each in operations(document):
            assert "x-example" not in each or client.get(f"/data/{each['x-example']}").status_code < 400, path
        assert "x-example" not in document["paths"]["/dumps/{name}"]["get"]


@pytest.mark.parametrize("row", ROUTES, ids=lambda row: row.path)
def test_head_and_options(client, row):
    """A row answers HEAD as GET without a body, OPTIONS with its methods, any other method with 405 and the same."""
    path = f"/data/{address(row)}"
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers.get("content-type") == got.headers.get("content-type")
    options = client.options(path)
    assert (options.status_code, options.headers["allow"]) == (204, ", ".join(row.methods))
    refused = client.delete(path)
    assert (refused.status_code, refused.headers["allow"]) == (405, ", ".join(row.methods))
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("language", ["en", "es", "ru"])
@pytest.mark.parametrize(("path", "parameter", "value"), FAULTS, ids=[path[:50] for path, _, _ in FAULTS])
def test_bad_parameters_are_400_with_members(client, path, parameter, value, language):
    """A bad parameter is 400, named with its value and what it takes, in the reader's language; as a page too."""
    answer = client.get(f"/data/{path}", headers={"accept": "application/json", "accept-language": language})
    told = answer.json()
    assert (answer.status_code, told["status"]) == (400, 400)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (told["parameter"], told["value"]) == (parameter, value)
    assert told["expected"] in told["detail"]
    assert f"`{parameter}`" in told["detail"]
    assert bool(re.search("[а-я]{3}", told["detail"])) is (language == "ru")
    assert {"Accept", "Accept-Language", "Cookie"} <= set(answer.headers["vary"].split(", "))
    page = client.get(f"/data/{path}", headers={"accept": "text/html", "accept-language": language})
    if not path.startswith("api/companions") or page.status_code != 200:  # a form that is opened empty
        assert page.status_code == 400
    assert f'<html lang="{language}">' in page.text


def test_values_are_shown_bounded_and_printable(client):
    """A problem repeats at most a hundred characters of a value, none of which a terminal would obey."""
    told = client.get("/data/search", params={"sort": "\x1b[2J" + "x" * 1_000}).json()
    assert len(told["value"]) == 101
    assert told["value"].isprintable()
    hostile = client.get("/data/search", params={"sort": "<script>"}, headers={"accept": "text/html"})
    assert "<script>" not in hostile.text


def test_unknown_parameters_are_left_alone(client):
    """Parameters that a route has not mean nothing there, but for saved queries."""
    for path in ("search?x=1", "map?x=1", "graphs?x=1", "record/?x=1", "dumps/?x=1", "sparql?query=ASK{}&x=1"):
        assert client.get(f"/data/{path}").status_code == 200, path


def test_each_fault_has_its_message():
    """Every type of fault that a type of ours raises stands in the catalogue of messages."""
    from kg.render.queries.parameters import TYPES

    assert {*TYPES, "missing", "choice"} <= parameter_problems.MESSAGES.keys()
    problem = parameter_problems.problem_of([{"type": "of_another_library", "loc": ("query", "x"), "input": "1"}])
    assert problem.more["expected"] == "a value"


def test_the_former_address_leads_on(client):
    """Programs that know the former address of the description find it."""
    answer = client.get("/data/api/openapi.json")
    assert (answer.status_code, answer.headers["location"]) == (308, "/data/openapi.json")


def test_no_page_of_the_framework_is_there(client):
    """FastAPI's own pages and redirects are off: no viewer from another host, no address made from Host."""
    for path in ("redoc", "docs/oauth2-redirect"):
        assert client.get(f"/data/{path}").status_code == 404, path
    for path in ("docs", "search"):
        assert client.get(f"/data/{path}/").headers["location"] == f"/data/{path}"
    page = client.get("/data/docs", headers={"accept": "text/html"}).text
    scripts = re.findall(r'<script[^>]* src="([^"]*)"', page)
    assert page.count("<script") == len(scripts)
    assert all(each.startswith("/data/static/") for each in scripts)
    hosts = set(re.findall(r'(?:src|href)="https?://([^/"]+)', page))
    assert hosts <= {"archive.example.org", "creativecommons.org"}
    leads = client.get("/data/record", headers={"host": "elsewhere.example.org"})
    assert (leads.status_code, leads.headers["location"]) == (308, "/data/record/")


def test_no_telemetry(client, monkeypatch):
    """Where a provider of OpenTelemetry is configured, requests are not traced all the same."""
    from opentelemetry import metrics, trace

    asked = []
    for module, name in ((trace, "get_tracer_provider"), (metrics, "get_meter_provider")):
        monkeypatch.setattr(module, name, lambda name=name: asked.append(name))
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    assert client.get("/data/search?format=json").status_code == 200
    assert asked == []


def test_handlers_are_coroutines():
    """No handler is run in a pool of threads that nothing bounds."""
    import inspect

    assert all(inspect.iscoroutinefunction(row.handler) for row in ROUTES)


def test_the_page_of_the_description(client):
    """The page has each path with its parameters, statuses and example, whole in each language."""
    document = client.get("/data/openapi.json").json()
    for language in ("en", "es", "ru"):
        page = client.get("/data/docs", headers={"accept": "text/html", "accept-language": language}).text
        for path, _, each in operations(document):
            assert f'id="{each["operationId"]}"' in page
            assert f"<code>{path}</code>" in page
            for one in each.get("parameters", ()):
                assert f"<dt><code>{one.get('name', 'lang')}</code>" in page
    assert "Параметры" in page


async def _nothing():
    """A handler."""


def test_paths_are_matched_as_they_were_sent():
    """A template matches escaped segments as they are; rows without parameters go first, then the order of the table."""
    rows = [
        Route("/a/{name}", _nothing, "first"),
        Route("/a/b", _nothing, "exact", methods=QUERY),
        Route("/{kind}/{key}.{suffix}", _nothing, "document", values={"suffix": ("ttl",)}),
        Route("/{kind}/{key}", _nothing, "thing", cacheable=True),
        Route("/c/{rest:path}", _nothing, "rest", repeats=True),
    ]
    table = RouteTable(rows)
    assert table.match("a/b").route.what == "exact"
    assert table.match("a/c%2Fd") == (rows[0], {"name": "c%2Fd"})
    assert table.match("record/1.ttl").parameters == {"kind": "record", "key": "1", "suffix": "ttl"}
    assert table.match("record/1%2Ettl").parameters == {"kind": "record", "key": "1%2Ettl"}
    assert table.match("c/d/e").parameters == {"rest": "d/e"}
    assert [table.match(each) for each in ("a/b/c", "record/a/b", "c/", "d", "")] == [None] * 5
    assert (table.caches["record"], table.caches["c"]) == ((True, False), (False, True))
    assert READ != QUERY


def test_the_framework_is_asked_for_what_is_made_alone(client, monkeypatch):
    """Pages from the cache, HEAD and OPTIONS of direct routes, things and queries come without FastAPI."""
    asked = []
    whole = api.Api.__call__

    async def counted(self, scope, receive, send):
        asked.append(scope["path"])
        await whole(self, scope, receive, send)

    monkeypatch.setattr(api.Api, "__call__", counted)
    for path in ("record/177838", "record/177838.ttl", "sparql?query=ASK{}", "static/kg.css", "healthz"):
        client.get(f"/data/{path}")
        client.options(f"/data/{path}")
    assert asked == []
    monkeypatch.setattr(client.app._live._current, "page_cache", PageCache())
    for path in ("about", "record/", "docs"):
        assert [client.get(f"/data/{path}").status_code for _ in range(3)] == [200] * 3
    assert len(asked) == 3
