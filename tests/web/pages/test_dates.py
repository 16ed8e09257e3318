"""A list says of a date what the page of its thing says, and no more."""

import html
import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

DATES = {
    "1915/1970": "1915 to 1970",
    "1950~/1965~": "about 1950 to about 1965",
    "1963-05~": "about May 1963",
    "1966": "1966",
    "1962-10-16": "16 October 1962",
    "1961?": "1961 (uncertain)",
}


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    records = [
        {"id": f"record/{n}", "title": {"en": f"Paper {n}"}, "dates": [{"role": "document", "edtf": said}]}
        for n, said in enumerate(DATES)
    ]
    records.append({"id": "record/none", "title": {"en": "Paper without"}})
    records.append({"id": "record/reply", "title": {"en": "Reply"}, "replyTo": ["record/named-alone"]})
    settings, _ = publish(tmp_path_factory.mktemp("dated"), records)
    with TestClient(Application(settings), base_url="https://archive.example.org") as client:
        yield client


def _said(page):
    """Title → the date beside it."""
    found = re.findall(r"<time[^>]*>([^<]*)</time>.*?<bdi>(Paper \d)</bdi>", page, re.DOTALL)
    return {title: html.unescape(said) for said, title in found}


def test_a_list_says_what_the_page_says(dated):
    """“About” stays about, a year a year, in lists as on the thing's own page."""
    listed = _said(dated.get("/data/record/").text)
    for n, said in enumerate(DATES.values()):
        assert listed[f"Paper {n}"] == said
        assert said in html.unescape(dated.get(f"/data/record/{n}.html").text)


@pytest.mark.parametrize("path", ["", "timeline", "about"])
def test_a_year_is_no_month(dated, path):
    """What is dated by a year alone is a bar of that year, not of its January."""
    page = dated.get(f"/data/{path}").text
    assert "January" not in page
    assert re.search(r">1966</a></td>", page)
    assert re.search(r">1962</a></td>", page)


def test_what_is_only_named_is_counted_nowhere(dated):
    """Lists, searches, the start page and its gaps count the same documents: those that are only named are none."""
    there = len(DATES) + 2
    assert dated.get("/data/search?kind=record&format=json").json()["total"] == there
    assert dated.get("/data/search?q=named-alone&kind=record&format=json").json()["total"] == 0
    page = dated.get("/data/").text
    assert f"<strong>{there}</strong>" in page
    assert f"{there} documents" in html.unescape(page)
    assert "2 documents have no date." in page
    assert dated.get("/data/search?kind=record&lacks=date&format=json").json()["total"] == 2
    found = dated.get("/data/search?kind=record&format=json").json()["sparql"]
    rows = dated.get("/data/sparql", params={"query": found, "format": "csv"}).text.splitlines()[1:]
    assert len(rows) == there
