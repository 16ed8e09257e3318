"""Which path leads where, below any base, and what a client is told where it leads nowhere."""

import functools
import json
import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.publish import build
from kg.web.app import Application
from kg.web.serving import published

RECORDS = [{"id": "record/1", "title": "One"}, {"id": "record/2", "title": "Two"}, {"id": "record/a.ttl", "title": "A"}]
PAGE, PROBLEM = "text/html; charset=utf-8", "application/problem+json"


@pytest.fixture(scope="module")
def withdrawn(tmp_path_factory):
    """A client of a collection from which a record was taken away."""
    folder = tmp_path_factory.mktemp("withdrawn")
    made, _ = publish(folder, RECORDS)
    (folder / "records.jsonl").write_text("\n".join(map(json.dumps, [RECORDS[0], *RECORDS[2:]])))
    build.build(made)
    with TestClient(Application(made), base_url="https://archive.example.org", follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def made_below(tmp_path_factory):
    """From the path of a base to the settings of a collection below it, which is published once."""

    @functools.cache
    def published_below(path):
        return publish(tmp_path_factory.mktemp("below"), RECORDS, base=f"https://archive.example.org{path}")[0]

    return published_below


@pytest.mark.parametrize("base", ["/", "/data/", "/a/b/", "/record/", "/terms/", "/data/record/"])
@pytest.mark.parametrize("stripped", [True, False])
def test_any_base(made_below, base, stripped):
    """Below any base, with a proxy that strips its path or without, things, documents and lists are found."""
    made = made_below(base)
    sent = "/" if stripped else base
    with TestClient(Application(made), base_url="https://archive.example.org", follow_redirects=False) as client:
        thing = client.get(f"{sent}record/1", headers={"accept": "text/turtle"})
        assert (thing.status_code, thing.headers["location"]) == (303, f"{base}record/1.ttl")
        document = client.get(f"{sent}record/1.ttl")
        assert f"<https://archive.example.org{base}record/1>" in document.text
        assert document.headers["content-location"] == f"{base}record/1.ttl"
        for path in ("record/", "terms/", "sparql", "healthz", "static/kg.css"):
            assert client.get(f"{sent}{path}").status_code == 200, path
        assert client.get(f"{sent}nope").status_code == 404
        assert client.get(sent).status_code == 200


@pytest.mark.parametrize("place", ["data", "dumps", "terms", "record", "api"])
def test_a_base_that_is_called_as_a_place_of_ours(made_below, place):
    """Where a proxy strips the base's path and the settings say so, a place of the same name is no start page."""
    shown = {}
    for strips in (True, False):
        made = made_below(f"/{place}/").model_copy(update={"proxy_strips": strips})
        with TestClient(Application(made), base_url="https://archive.example.org", follow_redirects=True) as client:
            sent = "/" if strips else f"/{place}/"
            pages = [client.get(address, headers={"accept": "text/html"}) for address in (sent, f"{sent}{place}/")]
            assert [page.status_code for page in pages] == [200, 200]
            shown[strips] = [re.search("<h1.*?</h1>", page.text, re.DOTALL)[0] for page in pages]
            assert client.get(f"{sent}record/1.ttl").status_code == 200
    assert shown[True] == shown[False]
    assert shown[True][0] != shown[True][1]


@pytest.mark.parametrize(
    ("method", "path", "accept", "status"),
    [
        ("GET", "record/nope", "*/*", 404),
        ("GET", "record/1.xyz", "*/*", 404),
        ("GET", "record/%ff", "*/*", 404),
        ("GET", "record/a/b", "*/*", 404),
        ("GET", "nope/", "*/*", 404),
        ("GET", "dumps/..%2fmanifest.json", "*/*", 404),
        ("GET", "static/..%2f..%2fpages.py", "*/*", 404),
        ("GET", "terms/nope", "*/*", 404),
        ("POST", "record/1", "*/*", 405),
        ("DELETE", "record/1.ttl", "*/*", 405),
        ("PUT", "sparql", "*/*", 405),
        ("GET", "record/1", "image/png", 406),
        ("GET", "terms/dateStart", "image/png", 406),
        ("GET", "record/2", "*/*", 410),
        ("GET", "record/2.ttl", "text/turtle", 410),
    ],
)
def test_problems(withdrawn, method, path, accept, status):
    """What can't be answered is a problem in JSON, and a page for who takes HTML, with the same status and reason."""
    answer = withdrawn.request(method, f"/data/{path}", headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    told = answer.json()
    assert (told["status"], bool(told["title"]), bool(told["detail"])) == (status, True, True)
    assert "Accept" in answer.headers["vary"]
    if status != 406:
        page = withdrawn.request(method, f"/data/{path}", headers={"accept": f"text/html, {accept};q=0.5"})
        assert (page.status_code, page.headers["content-type"]) == (status, PAGE)
        assert told["title"] in page.text.replace("&#39;", "'")
    if status == 405:
        assert "GET" in answer.headers["allow"]


def test_tombstone(withdrawn):
    """What was taken away says what it was, and when it came and went."""
    told = withdrawn.get("/data/record/2").json()
    assert told["id"] == "https://archive.example.org/data/record/2"
    assert "Two" in told["detail"]
    assert told["deleted"][:10] in told["detail"]


def test_key_with_a_suffix(withdrawn):
    """A key that ends like a document keeps its escape, and is found without it too."""
    for path in ("record/a%2Ettl", "record/a.ttl"):
        assert withdrawn.get(f"/data/{path}").headers["location"] == "/data/record/a%2Ettl.html"
    assert withdrawn.get("/data/record/a%2Ettl.nt").status_code == 200


def test_moved_keeps_the_query(client):
    """What has moved leads on with suffix and query."""
    answer = client.get("/data/agent/r-castro.html?links=participants&after=~_1")
    assert answer.headers["location"] == "/data/agent/raul-castro-ruz.html?links=participants&after=~_1"


def test_preflight(client):
    """A script of another site may ask with a condition or for a part of a dump."""
    headers = {
        "origin": "https://elsewhere.example.org",
        "access-control-request-method": "GET",
        "access-control-request-headers": "if-none-match",
    }
    for path in ("record/177838", "record/177838.ttl", "dumps/kg.nt.gz", "sparql"):
        answer = client.options(f"/data/{path}", headers=headers)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")
        assert "GET" in answer.headers["access-control-allow-methods"]
        assert answer.headers["access-control-allow-headers"] == "*"


def test_links(client):
    """A document names what it describes, its own address, the other formats and the licence; a thing, its documents."""
    link = client.get("/data/record/177838.ttl").headers["link"]
    iri = "https://archive.example.org/data/record/177838"
    assert f'<{iri}>; rel="describes"' in link
    assert f'<{iri}.ttl>; rel="canonical"' in link
    assert '</data/record/177838.jsonld>; rel="alternate"; type="application/ld+json"' in link
    assert '.ttl>; rel="alternate"' not in link
    assert 'rel="license"' in link
    thing = client.get("/data/record/177838").headers["link"]
    assert f'<{iri}>; rel="cite-as"' in thing
    assert '</data/record/177838.ttl>; rel="describedby"; type="text/turtle"' in thing


@pytest.mark.parametrize(
    ("accept", "location"),
    [
        ("text/html", "/data/terms/#dateStart"),
        ("*/*", "/data/terms/#dateStart"),
        ("text/turtle", "/data/terms/terms.ttl"),
        ("application/rdf+xml, text/html;q=0.2", "/data/terms/terms.rdf"),
        ("application/ld+json", "/data/terms/terms.jsonld"),
        ("application/trig", "/data/terms/terms.trig"),
        ("text/n3", "/data/terms/terms.ttl"),
        ("text/plain, */*;q=0.1", "/data/terms/terms.nt"),
        ("application/xml", "/data/terms/terms.rdf"),
    ],
)
def test_terms_lead_to_what_says_of_them(client, accept, location):
    """A term leads to the page or to the data about all terms, as Accept asks."""
    answer = client.get("/data/terms/dateStart", headers={"accept": accept})
    assert (answer.status_code, answer.headers["location"]) == (303, location)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # of its own names
def test_terms_are_one_graph(client):
    """The terms are the same graph in each format, and a page."""
    import rdflib

    graphs = {
        suffix: rdflib.Graph().parse(data=client.get(f"/data/terms/terms.{suffix}").content, format=name)
        for suffix, name in (("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml"), ("jsonld", "json-ld"))
    }
    assert set(graphs["ttl"]) == set(graphs["nt"]) == set(graphs["rdf"])
    page = client.get("/data/terms/", headers={"accept": "text/html"})
    assert "Accept" in page.headers["vary"].split(", ")


def test_context_is_the_mapping(client):
    """The published context, put to a record's JSON, gives statements about the record under this base."""
    context = client.get("/data/terms/context.jsonld").json()
    assert "https://archive.example.org/data/terms/" in json.dumps(context)
    assert client.get("/data/terms/context.jsonld").headers["content-type"] == "application/ld+json"


@pytest.mark.parametrize("after", ["~_" + "9" * 30, "9" * 5000, "_", "~_-1", "é_١", "1963_1_1"])
def test_any_cursor(client, after):
    """A cursor is a part of an address: whatever stands in it, there is a page."""
    for path in ("record/", "agent/raul-castro-ruz.html"):
        assert client.get(f"/data/{path}", params={"links": "participants", "after": after}).status_code == 200


def test_pages_of_problems_help(withdrawn, monkeypatch):
    """A page of what is not there, is gone or went wrong says so, leads on, and is kept from search engines."""

    def broken(*_args: object, **_more: object) -> None:
        raise ValueError("what nobody must read")

    monkeypatch.setattr(published, "page", broken)
    for path, status, said in (
        ("record/nope", 404, "Nothing has been published at record/nope"),
        ("record/2", 410, "“Two” (record/2) was published on"),
        ("api/", 500, "can find it in the log by the number "),
    ):
        answer = withdrawn.get(f"/data/{path}", headers={"accept": "text/html"})
        assert (answer.status_code, answer.headers["content-type"]) == (status, PAGE)
        assert said in answer.text
        assert "nobody must read" not in answer.text
        assert '<meta name="robots" content="noindex">' in answer.text
        assert 'role="search"' in answer.text
        for place in ("", "record/", "agent/", "archive/"):
            assert f'<li><a href="/data/{place}">' in answer.text


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("record/177838/", "record/177838"),
        ("record/177838.ttl/", "record/177838.ttl"),
        ("record/177838.cite.html//", "record/177838.cite.html"),
        ("search/?q=letter&sort=newest", "search?q=letter&sort=newest"),
        ("sparql/?query=ASK%7B%7D", "sparql?query=ASK%7B%7D"),
        ("about/", "about"),
        ("workbench/terms.json/", "workbench/terms.json"),
        ("dumps/kg.nt.gz/", "dumps/kg.nt.gz"),
        ("graphs/terms/", "graphs/terms"),
        ("dumps//", "dumps/"),
        ("dumps", "dumps/"),
        ("agent", "agent/"),
        ("/", ""),
    ],
)
def test_slashes_at_the_end(client, path, location):
    """A slash too many, or too few, is 308 to the address that there is, with its query (RFC 9110, 15.4.9)."""
    for method in ("GET", "HEAD"):
        answer = client.request(method, f"/data/{path}")
        assert (answer.status_code, answer.headers["location"]) == (308, f"/data/{location}")
    assert client.get(answer.headers["location"], headers={"accept": "*/*"}).status_code in {200, 303}


def test_a_slash_behind_the_endpoint(client):
    """A query by POST is led on as it is, body and all, also across sites."""
    headers = {"content-type": "application/sparql-query", "accept": "text/csv"}
    answer = client.post("/data/sparql/", content=b"ASK {}", headers=headers, follow_redirects=True)
    assert (answer.history[0].status_code, answer.status_code) == (308, 200)
    preflight = client.options("/data/sparql/", headers={"origin": "https://x.example.org"})
    assert "POST" in preflight.headers["access-control-allow-methods"]


@pytest.mark.parametrize("path", ["nothing/", "record/", "record/nothing/else/", "/other", "static/nothing/"])
def test_slashes_of_what_is_not_there(client, path):
    """Where there is nothing without the slash either, there is no redirect."""
    assert client.get(f"/data/{path}").status_code in {200, 404}
