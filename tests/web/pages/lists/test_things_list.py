"""Lists of a kind: pages, leaps to any of them, and the way from the start page to every document."""

import html
import random
import re
from itertools import pairwise

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.store.generation.things import ListPage, parse_cursor
from kg.web.app import Application
from kg.web.pages.lists.leaps import SIZE, leaps, place

LINK = re.compile(r'<a [^>]*?href="([^"]+)"')


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """A client of 4,000 documents: a thousand without a date, two thousand of one month, the rest over a century."""
    chance = random.Random(7)
    days = [None] * 1_000
    days += [f"1962-10-{chance.randint(1, 31):02}" for _ in range(2_000)]
    days += [f"{chance.randint(1880, 1980)}-05-09" for _ in range(1_000)]
    chance.shuffle(days)
    records = [
        {
            "id": f"record/{n}",
            "title": {"en": f"Letter {n}"},
            "dates": [{"role": "document", "edtf": day}] if day else [],
        }
        for n, day in enumerate(days)
    ]
    made, _ = publish(tmp_path_factory.mktemp("crowd"), records, tables=False)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client


def links(client, path):
    """The paths that a page links to, without their fragments."""
    page = client.get(path, headers={"accept": "text/html"})
    assert page.status_code == 200
    return {html.unescape(each).partition("#")[0] for each in LINK.findall(page.text)}


def test_four_links_to_any_document(crowd):
    """From the start page every one of 4,000 documents is at most four links away, along the lists alone."""
    found, seen, edge = set(), {"/data/"}, {"/data/"}
    for _ in range(4):
        nearer = {link for path in edge for link in links(crowd, path)} - seen
        seen |= nearer
        found |= {each.rpartition("/")[2] for each in nearer if re.fullmatch(r"/data/record/\d+", each)}
        edge = {each for each in nearer if re.fullmatch(r"/data/record/(\?after=[^&]+)?", each)}
    assert len(found) == 4_000


@pytest.mark.parametrize("pages", [1, 2, 3, 7, 80, 81, 2_000, 20_000])
def test_two_leaps_to_any_page(pages):
    """From the first page any page of a list is one leap to its part and one leap inside it away, whatever the size."""
    made = [ListPage("" if n == 0 else f"_record/{n * SIZE:09}", "", "") for n in range(pages)]
    count = pages * SIZE - 3
    reached = set()
    parts, near = leaps(made, 0, count)
    for leap in parts or near:
        inner = leaps(made, place(made, leap.after, parse_cursor), count)[1]
        reached |= {each.after for each in inner}
        assert len(inner) ** 2 <= 2 * pages + 1
    assert reached == {page.cursor for page in made} or pages == 1
    assert len(parts) ** 2 <= 2 * pages + 1
    for shown in (parts, near):
        assert [each.here for each in shown].count(True) == bool(shown)
    ends = [(each.begin, each.end) for each in parts or near]
    if ends:
        assert ends[0][0] == 1
        assert ends[-1][1] == count
        assert all(one[1] + 1 == other[0] for one, other in pairwise(ends))


def test_leaps_are_the_pages_that_next_leads_to(crowd):
    """The pages behind the leaps are those that one comes to from page to page, and each says which it is."""
    path, walked = "/data/record/", []
    while path and len(walked) < 12:
        page = crowd.get(path).text
        walked.append(path)
        here = [html.unescape(each) for each in re.findall(r'<a href="([^"]+)" aria-current="true"', page)]
        assert path in here
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = html.unescape(following[1]) if following else ""
    first = links(crowd, "/data/record/")
    assert set(walked[:9]) <= first


def test_back_and_forth(crowd):
    """Previous leads to the page before."""
    first = crowd.get("/data/record/").text
    second = html.unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])
    third = html.unescape(re.search(r'rel="next" href="([^"]+)"', crowd.get(second).text)[1])
    assert html.unescape(re.search(r'rel="prev" href="([^"]+)"', crowd.get(third).text)[1]) == second
    assert html.unescape(re.search(r'rel="prev" href="([^"]+)"', crowd.get(second).text)[1]) == "/data/record/"


def test_a_short_list_has_no_leaps(client):
    """Where all stands on one page there is nothing to leap to."""
    assert 'class="leaps"' not in client.get("/data/collection/").text


@pytest.mark.parametrize("after", ["1962-10_", "zzz", "_", "1962_99999999999999999999", "<script>", "~"])
def test_any_cursor(crowd, after):
    """A cursor that is none is a place in the list all the same, and never markup."""
    page = crowd.get("/data/record/", params={"after": after})
    assert page.status_code == 200
    assert "<script>" not in page.text


def test_documents_of_a_list_are_picked_for_the_basket(client):
    """Documents, collections and levels of archives have a tick in their list; people and topics, which none cites, have not."""
    for kind in ("record", "collection", "archive"):
        assert f'name="add" value="{kind}/' in client.get(f"/data/{kind}/").text
    assert 'name="add"' not in client.get("/data/agent/").text
