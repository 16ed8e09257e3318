"""What an address says stays with it: through redirects, by the switch of languages; and how long one may be."""

import html
import re

import pytest

THING = "/data/record/177838"


def _switched(page):
    """Where the switch leads for Russian."""
    return html.unescape(re.search(r'<a href="([^"]*)" lang="ru" hreflang="ru"', page.text)[1])


def test_a_redirect_keeps_the_query(client):
    """A thing leads to its document with the query that came; so does its list."""
    assert client.get(f"{THING}?lang=ru&x=a%26b").headers["location"] == f"{THING}.html?lang=ru&x=a%26b"
    assert client.get("/data/record?lang=ru").headers["location"] == "/data/record/?lang=ru"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/data/record/?after=1962-10-01_5", "after=1962-10-01_5"),
        ("/data/search?q=castro&kind=record&limit=5&after=5", "q=castro&kind=record&limit=5&after=5"),
        ("/data/api/companions.html?agent=agent%2Ffidel-castro-ruz", "agent=agent%2Ffidel-castro-ruz"),
        ("/data/record/?after=a%22%3E%3Cscript%3E", "after=a%22%3E%3Cscript%3E"),
        ("/data/sparql?query=ASK%20%7B%7D&format=html", "query=ASK%20%7B%7D&format=html"),
    ],
)
def test_the_switch_of_languages_keeps_the_rest(client, path, kept):
    """Another language shows the same page of a list, the same search, the same values of a saved query."""
    accept = {"accept": "text/html"}
    page = client.get(path, headers=accept)
    assert _switched(page) == f"?{kept}&lang=ru"
    again = client.get(path.partition("?")[0] + _switched(page), headers=accept)
    assert _switched(client.get(f"{path}&lang=es", headers=accept)) == f"?{kept}&lang=ru"
    client.cookies.clear()
    assert '<html lang="ru">' in again.text


def test_a_page_of_a_list_is_its_own(client):
    """The second page of a list is no copy of the first one, to who asks for the canonical address."""
    page = client.get("/data/record/?after=1962-10-01_5")
    address = "https://archive.example.org/data/record/?after=1962-10-01_5"
    assert f'<link rel="canonical" href="{address}">' in page.text
    assert f'hreflang="ru" href="{address}&amp;lang=ru">' in page.text


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_long_address_is_refused_unread(client, accept):
    """An address of more than 8,000 characters is 414, but where it may hold a query."""
    long = "&".join(["q=x"] * 3_000)
    answer = client.get(f"/data/search?{long}&lang=ru", headers={"accept": accept})
    assert answer.status_code == 414
    assert "8,000" in answer.text
    query = "ASK {} #" + "x" * 9_000
    assert client.get("/data/sparql", params={"query": query}).status_code == 200
    assert client.get("/data/graphs", params={"graph": "http://example.org/" + "x" * 9_000}).status_code == 404


def test_long_headers_are_not_remembered(client):
    """What a client takes and speaks may be said at any length, and only short sayings are held."""
    from kg.web.endpoint import formats
    from kg.web.http import language

    before = formats._wanted.cache_info().currsize, language._preferred.cache_info().currsize
    headers = {"accept": "text/csv" + ", text/x" * 300, "accept-language": "ru" + ", de" * 300}
    answer = client.get("/data/sparql", params={"query": "ASK {}"}, headers=headers)
    assert answer.status_code in {200, 406}
    assert (formats._wanted.cache_info().currsize, language._preferred.cache_info().currsize) == before


def test_scripts_of_other_sites_may_read_what_is_told(client):
    """Headers that say what to do next can be read by scripts of any site, in errors too."""
    for answer in (client.get("/data/dumps/SHA256SUMS"), client.get("/data/nothing")):
        exposed = set(answer.headers["access-control-expose-headers"].split(", "))
        assert {"Content-Range", "Retry-After", "Search-Results"} <= exposed
