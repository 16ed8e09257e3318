"""/timeline, /map and /network: pictures of any search, with the table behind them, and as files."""

import csv
import io
import re
from xml.etree import ElementTree as ET

import pytest

VIEWS = ("timeline", "map", "network")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "query", ["", "q=castro", "q=raul+kastor", "person=agent/fidel-castro-ruz&year=1962-10..1962-11", "q=xyzzyx"]
)
def test_page(client, view, query):
    """A page with a picture and its table, for any search, for none, and for one that finds nothing."""
    page = client.get(f"/data/{view}?{query}")
    assert page.status_code == 200
    assert ("<svg" in page.text) == ("xyzzyx" not in query)
    assert ("<table" in page.text) == ("<svg" in page.text)


@pytest.mark.parametrize("view", VIEWS)
def test_files(client, view):
    """SVG is well formed and links nowhere, PNG is one, CSV has the rows of the table."""
    picture = client.get(f"/data/{view}", params={"q": "castro", "format": "svg"})
    assert picture.headers["content-type"] == "image/svg+xml"
    root = ET.fromstring(picture.text)
    assert root.tag == f"{SVG}svg"
    assert not root.findall(f".//{SVG}a")
    assert client.get(f"/data/{view}", params={"q": "castro", "format": "png"}).content.startswith(b"\x89PNG")
    rows = list(csv.reader(io.StringIO(client.get(f"/data/{view}", params={"q": "castro", "format": "csv"}).text)))
    assert len(rows) > 2


def test_a_bar_leads_to_as_many_documents_as_it_counts(client):
    """Each row of the table, those a long way off among them, is the number of documents that its time finds."""
    rows = list(csv.DictReader(io.StringIO(client.get("/data/timeline", params={"format": "csv"}).text)))
    assert [row["time"] for row in rows][-1] == "2026"
    for row in rows:
        asked = {"kind": "record", "year": row["time"], "format": "json"}
        assert client.get("/data/search", params=asked).json()["total"] == int(row["documents"])


def test_a_timeline_tells_what_is_a_long_way_off(client):
    """Notes of the editors of 2026 do not stretch the line, and are told beside it with their number."""
    for page in ("timeline", "", "about"):
        text = client.get(f"/data/{page}", headers={"accept": "text/html"}).text
        chart = text[text.index("<svg xmlns", text.index("<figure")) : text.index("</svg>", text.index("<figure"))]
        assert "1962" in chart
        assert "2026" not in chart, page
        assert re.search(r"not drawn: 5 documents of <a href=\"[^\"]*year=2026", text), page


def test_one_document_is_no_picture(client):
    """A timeline of one document is a sentence."""
    page = client.get("/data/timeline?q=id:record/177838", headers={"accept": "text/html"}).text
    assert "<svg xmlns" not in page
    assert "at least two are needed" in page


def test_map_counts_places(client):
    """The map counts what the facet counts."""
    rows = list(csv.DictReader(io.StringIO(client.get("/data/map", params={"q": "castro", "format": "csv"}).text)))
    facet = client.get("/data/search", params={"q": "castro", "format": "json"}).json()["facets"]["place"]
    counts = {row["place"]: int(row["count"]) for row in rows}
    assert all(counts[value["value"]] == value["count"] for value in facet)


def test_graphml(client):
    """The net as GraphML: its nodes are addresses of people, its edges how often two stand together."""
    asked = {"kind": "record", "format": "graphml"}
    root = ET.fromstring(client.get("/data/network", params=asked).text)
    name = "{http://graphml.graphdrawing.org/xmlns}"
    nodes = {node.get("id") for node in root.iter(f"{name}node")}
    edges = list(root.iter(f"{name}edge"))
    assert edges
    for edge in edges[:20]:
        assert {edge.get("source"), edge.get("target")} <= nodes
        both = [
            iri.removeprefix("https://archive.example.org/data/") for iri in (edge.get("source"), edge.get("target"))
        ]
        pairs = [("person", both[0]), ("person", both[1]), ("kind", "record"), ("format", "json")]
        assert client.get("/data/search", params=pairs).json()["total"] == int(edge[0].text)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("query", ["format=pdf", "q=(", "year=soon", "kind=x", "sort=up"])
def test_refused(client, view, query):
    """What can't be meant is 400."""
    assert client.get(f"/data/{view}?{query}").status_code == 400


def test_hostile_names(tmp_path):
    """Markup in names is text in every picture."""
    from publishing import publish
    from starlette.testclient import TestClient

    from kg.web.app import Application

    hostile = "</svg><script>alert(1)</script>\"'&{{7*7}}"
    records = [
        {
            "id": "record/1",
            "title": {"en": hostile},
            "creator": ["agent/a"],
            "recipient": ["agent/b"],
            "places": ["place/p"],
        },
        {"id": "agent/a", "name": {"en": hostile}},
        {"id": "agent/b", "name": {"en": hostile * 50}},
        {"id": "place/p", "name": {"en": hostile}, "latitude": 1, "longitude": 2},
    ]
    made, _ = publish(tmp_path, records)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        for view in (*VIEWS, "search", "about", "record/", ""):
            assert "<script>" not in client.get(f"/data/{view}").text
        for view in ("map", "network"):
            ET.fromstring(client.get(f"/data/{view}?format=svg").text)
            assert client.get(f"/data/{view}?format=png").content.startswith(b"\x89PNG")
        ET.fromstring(client.get("/data/network?format=graphml").text)
        ET.fromstring(client.get("/data/search?format=atom").text)


@pytest.mark.parametrize("view", VIEWS)
def test_none_for_one_document(client, view):
    """There is no picture of a single document, and the page says why."""
    page = client.get(f"/data/{view}?q=id:record/177838").text
    assert "<svg" not in page
    assert "at least two are needed" in page


@pytest.mark.parametrize("view", ["map", "network"])
def test_one_drawing_for_phones(client, view):
    """A page has a drawing for wide screens and one for phones, as wide as a phone."""
    page = client.get(f"/data/{view}?q=castro").text
    assert page.count("<svg") == 2
    assert 'viewBox="0 0 360 ' in page.partition('class="for-phone"')[2]
