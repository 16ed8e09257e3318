"""An address names the same page whatever stands behind it that its route does not know."""

import pytest

from kg.web.http.canonical_address import canonical_path, canonical_query
from kg.web.pages import documents
from kg.web.serving import published
from kg.web.serving.page_cache import PageCache

BASE = "https://archive.example.org/data/"
STRANGE = "utm_source=a&x=1&%78=2&y&=&kind[]=record&%ff=%fe&lang=tlh"


@pytest.fixture
def made(client, monkeypatch):
    """Answers that are made from now on; none is in the cache of pages."""
    monkeypatch.setattr(client.app._live._current, "page_cache", PageCache())
    made = []
    for module in (published, documents):
        whole = module.answer
        monkeypatch.setattr(module, "answer", lambda *args, whole=whole, **more: made.append(1) or whole(*args, **more))
    return made


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("", ""),
        ("about", "about"),
        ("record/", "record/"),
        ("record/?after=1962-10-01_5", "record/?after=1962-10-01_5"),
        ("record/177838.html", "record/177838.html"),
        ("agent/fidel-castro-ruz.html?links=sender&after=1962-10-01_5", "agent/fidel-castro-ruz.html"),
        ("record/177838.ttl", "record/177838.ttl"),
        ("record/177838.jsonld", "record/177838.jsonld"),
        ("record/177838.bib", "record/177838.bib"),
        ("record/177838.cite.html", "record/177838.cite.html"),
        ("terms/", "terms/"),
        ("terms/terms.ttl", "terms/terms.ttl"),
        ("docs", "docs"),
        ("openapi.json", "openapi.json"),
        ("dumps/", "dumps/"),
        ("data/", "data/"),
        ("api/", "api/"),
        ("search?q=Castro&kind=record", "search?q=Castro&kind=record"),
        ("search?q=Castro&format=csv", "search?q=Castro&format=csv"),
        ("search?format=atom", "search?format=atom"),
        ("search/suggest?q=cas", "search/suggest?q=cas"),
        ("search/opensearch.xml", "search/opensearch.xml"),
        ("timeline?format=svg", "timeline?format=svg"),
        ("map", "map"),
        ("network?kind=record&format=csv", "network?kind=record&format=csv"),
    ],
)
def test_what_a_route_does_not_know_makes_no_other_answer(client, made, path, canonical):
    """Unknown parameters change neither the answer nor its place in the cache, and Link names the canonical address."""
    first = client.get(f"/data/{path}")
    assert (first.status_code, len(made)) == (200, 1)
    assert f'<{BASE}{canonical}>; rel="canonical"' in first.headers["link"]
    again = client.get(f"/data/{path}{'&' if '?' in path else '?'}{STRANGE}")
    assert (again.status_code, again.content, again.headers) == (200, first.content, first.headers)
    assert len(made) == 1


@pytest.mark.parametrize(
    "variants",
    [
        (
            "search?q=Castro&kind=record&limit=5",
            "search?limit=5&q=Castro&kind=record",
            "search?limit=5&q=Castro&q=Castro&kind=record&kind=record",
            "search?q=Castr%6f&kind=record&limit=5&sort=&after=",
        ),
        ("search?kind=record&kind=agent", "search?kind=agent&kind=record&kind=agent"),
        ("record/?after=1962-10-01_5", "record/?after=&after=1962%2d10-01_5&after=1962-10-01_5"),
        ("record/177838.html", "record/%31%37%37838.html"),
        ("record/177838.ttl", "record/177838.%74%74l"),
    ],
)
def test_one_address_is_one_answer(client, made, variants):
    """Order and repeats of known parameters, empty values and needless escapes make no other answer."""
    texts = {client.get(f"/data/{each}").text for each in variants}
    assert (len(texts), len(made)) == (1, 1)


@pytest.mark.parametrize(
    "headers", [{"Cookie": "seen=%d"}, {"Accept-Language": "x-%d"}, {"Accept": "x/y%d, */*;q=0.1"}]
)
def test_what_a_client_makes_up_makes_no_other_answer(client, made, headers):
    """Cookies, languages and media types that the server does not know make no other answer."""
    for path in ("record/177838.html", "record/177838.ttl", "search?q=Castro"):
        before = len(made)
        for number in range(3):
            assert client.get(f"/data/{path}", headers={each: headers[each] % number for each in headers}).is_success
        assert len(made) == before + 1, path


def test_head_and_revalidation_are_answered_from_the_cache(client, made):
    """HEAD and If-None-Match fill the cache as GET does."""
    tag = client.head("/data/record/177838.html").headers["etag"]
    for headers in ({}, {"If-None-Match": tag}, {"If-None-Match": "*"}):
        client.head("/data/record/177838.html", headers=headers)
        client.get("/data/record/177838.html", headers=headers)
    assert len(made) == 1
    assert client.get("/data/record/177838.ttl", headers={"If-None-Match": "*"}).status_code == 304
    assert client.get("/data/record/177838.ttl").status_code == 200
    assert len(made) == 2


def test_a_redirect_keeps_what_was_sent(client):
    """What is unknown here may mean something to whoever put it there: 303 and 308 pass it on as it came."""
    for path in ("record/177838", "record"):
        assert client.get(f"/data/{path}?utm_source=a&x=%41").headers["location"].endswith("?utm_source=a&x=%41")


def test_a_contradiction_is_refused_where_it_was(client):
    """Two values of a parameter that has one are refused by a search, also where one of them is in the cache."""
    assert client.get("/data/search?q=Castro").status_code == 200
    assert client.get("/data/search?q=Kennedy&q=Castro").status_code == 400


def test_the_way_to_a_page_stays_its_readers_own(client):
    """A page that was opened from a search keeps all of that search, and is nobody else's."""
    page = client.get("/data/record/177838.html?q=Castro&kind=record&at=1")
    assert page.headers["cache-control"].startswith("private")
    assert "kind=record" in page.text
    assert client.get("/data/record/177838.html?q=Castro").headers["cache-control"].startswith("public")


def test_addresses_that_differ_stay_apart():
    """Escaped dots and slashes, which a key may hold, and signs that mean something in a query keep their escapes."""
    assert canonical_path("record/a%2Eb") != canonical_path("record/a.b")
    assert canonical_path("record/a%2fb") == "record/a%2Fb"
    assert canonical_path("record/%25%34%31") == "record/%2541"
    assert canonical_query(b"q=a%26b%3Dc+d", {b"q": False}) == b"q=a%26b%3Dc%20d"
    assert canonical_query(b"a=2&a=1", {b"a": False}) == b"a=2&a=1"
    assert canonical_query(b"\xff=1&q=\xff%fe", {b"q": False}) == b"q=%FF%FE"
