"""What the collection covers and lacks, and what the start page shows first."""

import html
import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

ROW = re.compile(r'<tr><td><a href="([^"]+)"[^>]*>(.*?)</a></td>(.*?)</tr>', re.DOTALL)


def tables(client, path="/data/about"):
    """Heading → rows of the table below it: (address, label, cells)."""
    page = client.get(path).text
    sections = re.findall(r'<section aria-labelledby="([^"]+)">(.*?)</section>', page, re.DOTALL)
    return {
        name: [
            (html.unescape(href), label, re.findall(r"<td[^>]*>(.*?)</td>", rest))
            for href, label, rest in ROW.findall(section)
        ]
        for name, section in sections
    }


def test_each_number_leads_to_what_it_counts(client):
    """Every number of the page is that of the search behind it, and its share is of all documents."""
    documents = client.get("/data/search?kind=record&format=json").json()["total"]
    shown = tables(client)
    counted = [row for name in ("gaps", "p-type", "p-collection", "p-archive", "p-person") for row in shown[name]]
    assert len(counted) > 20
    for href, _, cells in counted:
        number, share = cells[-2:]
        assert client.get(f"{href}&format=json").json()["total"] == int(number)
        assert share == f"{round(100 * int(number) / documents, 1):g} %"


def test_collections_say_what_time_they_cover(client):
    """A collection has the first and the last day of its documents."""
    rows = {href.rpartition("%2F")[2]: cells for href, _, cells in tables(client)["p-collection"]}
    assert rows["kennedy-khrushchev-letters"][0] == "22 Oct\u2009–\u200921 Nov 1962"


def test_the_start_page_leads_there(client):
    """The start page and the foot of every page lead to it."""
    assert client.get("/data/").text.count('href="/data/about"') == 2
    assert 'href="/data/about"' in client.get("/data/record/177838.html").text


@pytest.mark.parametrize("search", [True, False])
def test_a_collection_that_lacks_nothing_or_everything(tmp_path, search):
    """Nothing published yet, or no index: the page says what it can."""
    made, _ = publish(tmp_path, [{"id": "agent/a", "name": {"en": "A"}}], search=search)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        for path in ("/data/", "/data/about"):
            assert client.get(path).status_code == 200


def _first(client):
    """The references of what the start page shows first, and the section."""
    section = re.search(r'<section aria-labelledby="featured">.*?</section>', client.get("/data/").text, re.DOTALL)
    return re.findall(r'<h3>\s*<a href="/data/([^"]+)"', section[0]), section[0]


def test_what_is_shown_first(client):
    """Where nobody chose, these are documents to which others lead, with what they are about."""
    references, section = _first(client)
    assert len(references) == 3
    assert "record/177838" in references
    assert "Two days of celebrations" in section


def test_what_the_settings_show_first(example):
    """What the settings name is shown, in their order; what is not there is passed over."""
    chosen = ("record/177838", "record/nothing", "agent/r-castro")
    made = example.model_copy(update={"featured": chosen})
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        assert _first(client)[0] == ["record/177838", "agent/raul-castro-ruz"]
