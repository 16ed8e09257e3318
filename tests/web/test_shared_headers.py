"""Headers that every answer has, whatever the door: for browsers, and for scripts of other sites."""

import re

import pytest
from locations import ROOT
from starlette.responses import HTMLResponse

from kg.errors import GenerationError
from kg.iris import Base
from kg.web.http.headers import EXPOSED
from kg.web.http.language import keep
from kg.web.server.refusals import _REFUSALS, refusal
from kg.web.serving.live import Live

SAFE = {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
"""Response headers that any script may read (Fetch, 2.2.2)."""

FOR_BROWSERS = re.compile("access-control-.*|content-security-policy|referrer-policy|set-cookie|x-content-type-options")
"""Response headers that speak to the browser alone."""

PLACES = (
    *("", "about", "record/", "record/177838", "record/177838.html", "record/177838.ttl", "record/177838.json"),
    *("record/177838.bib", "record/177838.cite.html", "record/nope", "record", "dumps/", "dumps/kg.nt.gz", "dumps/x"),
    *("data/", "data/record.csv", "data/record.parquet", "terms/", "terms/context.jsonld", "terms/x", "docs"),
    *("openapi.json", "static/style.css", "static/x", "robots.txt", "healthz", "metrics", "search?q=castro"),
    *("search?format=csv", "search?format=atom", "search?format=rss", "search?format=ttl", "search?format=ris"),
    *(
        "search?sort=x",
        "search/suggest?q=c",
        "search/opensearch.xml",
        "timeline",
        "map?format=svg",
        "network?format=png",
    ),
    *("timeline?format=csv", "network?format=graphml", "sparql", "sparql?query=ASK{}", "sparql?query=ASK", "graphs"),
    *("graphs?default", "graphs/terms", "graphs/x", "api/", "api/openapi.json", "api/x", "api/companions"),
    *("workbench/terms.json", "workbench/names.json", "nothing", "search?" + "q=x&" * 300, "record/" + "x" * 9_000),
)


def answers(client, path):
    """Answers of every sort at a path: data, a page, what is known, a part, none, with another method."""
    first = client.get(f"/data/{path}")
    yield first
    yield client.get(f"/data/{path}", headers={"accept": "text/html", "accept-encoding": "identity"})
    yield client.get(f"/data/{path}", headers={"accept": "image/x-nothing"})
    yield client.get(f"/data/{path}", headers={"range": "bytes=0-0"})
    yield client.get(f"/data/{path}", headers={"range": "bytes=999999999-"})
    if "etag" in first.headers:
        known = client.get(f"/data/{path}", headers={"if-none-match": first.headers["etag"]})
        assert known.status_code == 304, path
        yield known
    for method in ("HEAD", "OPTIONS", "POST", "DELETE"):
        yield client.request(method, f"/data/{path}")


@pytest.mark.parametrize("path", PLACES, ids=lambda path: path[:30])
def test_no_answer_is_sniffed_and_what_it_says_can_be_read(client, path):
    """Every answer forbids sniffing, and none has a header that a script of another site may need and can't read."""
    exposed = {name.lower() for name in EXPOSED}
    for answer in answers(client, path):
        assert answer.headers.get("x-content-type-options") == "nosniff", (answer.request.method, answer.status_code)
        others = {name for name in answer.headers if not FOR_BROWSERS.fullmatch(name)}
        assert others <= exposed | SAFE, (answer.request.method, answer.status_code)
        if answer.status_code >= 400:
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["content-type"] in {
                "application/problem+json",
                "text/html; charset=utf-8",
                "text/html",
            }


def test_exposed_headers_are_in_use():
    """Each header that scripts may read is one that some answer has."""
    written = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "kg" / "web").rglob("*.py")).lower()
    assert [name for name in EXPOSED if written.count(f'"{name.lower()}"') < 2] == []


@pytest.mark.parametrize("status", _REFUSALS)
def test_refusals_of_the_connection(status):
    """What is no request is refused with the same headers."""
    head = refusal(status, "", []).partition(b"\r\n\r\n")[0]
    assert b"x-content-type-options: nosniff" in head
    assert b"access-control-allow-origin: *" in head
    assert b"content-type: application/problem+json" in head


@pytest.mark.parametrize("path", [*PLACES, "record/" + "y" * 60_000], ids=lambda path: path[:30])
@pytest.mark.parametrize("origin", ["https://explorer.example.net", "null"])
def test_preflights(client, path, origin):
    """A preflight of any path allows any header, whatever the path leads to: no answer depends on credentials."""
    asked = {
        "origin": origin,
        "access-control-request-method": "GET",
        "access-control-request-headers": "content-type,x-request-id,traceparent",
    }
    answer = client.options(f"/data/{path}", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-headers"] == "*"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in answer.headers


def test_preflight_of_nothing(client, monkeypatch):
    """So does one while nothing can be served, so that the script can read why."""

    def nothing(_live):
        raise GenerationError("nothing is published yet")

    monkeypatch.setattr(Live, "hold", nothing)
    assert client.options("/data/sparql").headers["access-control-allow-headers"] == "*"
    answer = client.get("/data/sparql")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (503, "*")


def test_cookie(client):
    """The cookie of the language goes over TLS alone where the base is an address of https."""
    for _ in range(2):  # from the cache too
        cookie = client.get("/data/?lang=ru").headers["set-cookie"]
        assert "; secure" in cookie.lower()
        assert "; httponly" in cookie.lower()
    page = HTMLResponse("x")
    keep("ru", page, Base("http://localhost/"))
    assert "secure" not in page.headers["set-cookie"].lower()
    client.cookies.clear()
