"""From a search into a thing, on to the next one, and back."""

import re

import pytest

SEARCHES = [
    "q=castro+ambassadors",
    "kind=record&year=1963",
    "kind=record&sort=newest&limit=7",
    "q=mikoyan&sort=date",
    "kind=record&sort=title",
    "",
]
WALKED = re.compile(r'<nav class="walk".*?</nav>', re.DOTALL)


def page(client, path):
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer


def walked(client, path):
    """What stands in the line of a search on a page: the text of it, and where its links lead."""
    found = WALKED.search(page(client, path).text)
    assert found, path
    links = {
        rel.split()[0]: href.replace("&amp;", "&")
        for rel, href in re.findall(r'rel="([^"]+)" href="([^"]+)"', found[0])
    }
    back = re.search(r'href="([^"]+)" rel="nofollow"', found[0])[1].replace("&amp;", "&")
    return found[0], links, back


def hits(client, query):
    text = page(client, f"/data/search?{query}").text
    return [each.replace("&amp;", "&") for each in re.findall(r'<h2><a href="([^"]+)"', text)]


@pytest.mark.parametrize("query", SEARCHES)
def test_next_goes_through_the_list_in_its_order(client, query):
    """Next leads through all of a search, across its pages, and previous back again."""
    total = client.get(f"/data/search?format=json&{query}").json()["total"]
    path, seen = hits(client, query)[0], []
    while path:
        said, links, _ = walked(client, path)
        seen.append(path)
        assert f"Result {len(seen)} of {total}" in said
        if len(seen) > 1:
            assert links["prev"] == seen[-2]
        path = links.get("next") if len(seen) < 25 else None
    assert len(seen) == min(total, 25)
    assert seen[: len(hits(client, query))] == hits(client, query)[:25]


def test_the_way_back_leads_to_the_page_of_the_list_with_the_thing_on_it(client):
    """Also where the list goes on, the way back leads to the page that has the thing."""
    for sort in ("date", "newest", "relevance"):
        first = hits(client, f"q=conversation&limit=5&sort={sort}")
        path = first[-1]
        for _ in range(3):
            path = walked(client, path)[1]["next"]
        address, _, place = walked(client, path)[2].partition("#")
        text = page(client, address).text
        assert f'<li id="{place}">' in text
        assert path.replace("&", "&amp;") in text


def test_the_page_itself_is_the_same(client):
    """The canonical address has nothing of the search; neither has the address that is cited."""
    answer = page(client, "/data/record/177838.html?q=castro&at=1")
    assert '<link rel="canonical" href="https://archive.example.org/data/record/177838.html">' in answer.text
    assert '<https://archive.example.org/data/record/177838.html>; rel="canonical"' in answer.headers["link"]
    assert answer.headers["cache-control"].startswith("private")


def test_pages_of_searches_and_plain_ones_are_not_mixed(client):
    """Who comes from no search sees none, whatever was asked for before."""
    path = hits(client, "q=castro")[0]
    walked(client, path)
    plain = page(client, path.partition("?")[0])
    assert not WALKED.search(plain.text)
    assert plain.headers["cache-control"].startswith("public")
    other = hits(client, "q=castro&sort=newest")
    assert walked(client, other[0])[0] != walked(client, path)[0]
    assert not WALKED.search(page(client, path.partition("?")[0]).text)


def test_a_list_that_has_changed(client):
    """Where another thing stands in that place of the list, the page says no place and leads back."""
    said, links, back = walked(client, "/data/record/177838.html?q=mikoyan&at=2")
    assert not links
    assert "Result " not in said
    assert back == "/data/search?q=mikoyan"


@pytest.mark.parametrize(
    "query",
    [
        "at=0",
        "at=10001",
        "at=-1",
        "at=%D9%A3",
        "at=x",
        "at=1&kind=nonsense",
        "at=1&q=(",
        "at=1&q=a&q=b",
        "at=1&lacks=x",
    ],
)
def test_what_can_not_be_meant(client, query):
    """A search or a place that can't be is refused with help."""
    answer = client.get(f"/data/record/177838.html?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_nothing_of_the_search_gets_into_the_page_unescaped(client):
    """Words of a search stand in addresses and in the field, escaped."""
    text = page(client, "/data/record/177838.html?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&at=1").text
    assert "<script>alert" not in text
    assert text.count("<script") == 2  # the data for search engines, and the file that completes names


def test_the_field_keeps_what_was_asked(client):
    """The search field holds the words, that of lists and pictures, and that of the header of things and refusals."""
    field = 'id="find" name="q" type="search" value="mikoyan"'
    for path in ("search?q=mikoyan", "map?q=mikoyan"):
        assert field.replace("find", "q") in page(client, f"/data/{path}").text
    assert field in page(client, "/data/agent/anastas-mikoyan.html?q=mikoyan&at=1").text
    for path in ("", "sparql", "sparql?query=ASK%7B%7D", "api/", "record/"):
        assert field.replace("mikoyan", "") in page(client, f"/data/{path}").text
    refused = client.get("/data/search?q=mikoyan&sort=x", headers={"accept": "text/html"})
    assert refused.status_code == 400
    assert field.replace("find", "q") in refused.text


@pytest.mark.parametrize(
    ("thing", "facet"),
    [
        ("agent/nikita-khrushchev", "from"),
        ("agent/nikita-khrushchev", "person"),
        ("place/havana", "place"),
        ("collection/alekseyev-conversations", "collection"),
        ("archive/avp-rf", "archive"),
    ],
)
def test_a_thing_leads_to_the_search_for_its_documents(client, thing, facet):
    """The page of a thing links to its documents in search with their number, and to the pictures of them."""
    text = page(client, f"/data/{thing}.html").text
    query = f"kind=record&amp;{facet}={thing.replace('/', '%2F')}"
    found = re.search(rf'search\?({re.escape(query)})" rel="nofollow">[^<]+</a> <span class="count">(\d+)', text)
    assert found, text
    total = client.get(f"/data/search?format=json&{query.replace('&amp;', '&')}").json()["total"]
    assert int(found[2]) == total > 0
    if facet != "from":
        assert all(f'/data/{view}?{query}"' in text for view in ("timeline", "map", "network"))


def test_the_start_page_says_what_is_lacking(client):
    """Gaps have a number, and a link to the search that shows just them; the map leads to the whole one."""
    text = page(client, "/data/").text
    gaps = re.findall(r'search\?(kind=record&amp;lacks=\w+)" rel="nofollow">[^<]+</a> <span class="count">(\d+)', text)
    assert len(gaps) > 2
    for query, count in gaps:
        answer = client.get(f"/data/search?format=json&{query.replace('&amp;', '&')}").json()
        assert answer["total"] == int(count)
        assert answer["filters"][1]["facet"] == "lacks"
    assert re.search(r'href="/data/map"><svg [^>]*role="img" aria-label="[^"]+">.*Havana: \d', text, re.DOTALL)
    assert all(f'href="/data/{view}"' in text for view in ("timeline", "map", "network"))


def test_where_somebody_died_stands_no_date_of_birth(client):
    """People who are linked to a thing stand there without a date: the one that is known of them is another one's."""
    died = page(client, "/data/place/havana.html").text.partition('id="g-deathPlace"')[2].partition("</section>")[0]
    assert "/data/agent/fidel-castro-ruz" in died
    assert "<time" not in died
