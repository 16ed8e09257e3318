"""Pictures in the pages of things: made by the server, each with the table behind it."""

import html
import re
from urllib.parse import quote

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

PICTURES = {
    "agent/fidel-castro-ruz": {"time", "people-seen", "places-seen"},
    "place/havana": {"tree", "time", "people-seen", "places-seen"},
    "place/cuba": {"tree", "time", "people-seen", "places-seen"},
    "collection/alekseyev-conversations": {"tree", "time", "people-seen", "places-seen"},
    "archive/avp-rf": {"tree"},
    "archive/avp-rf.fond-0104": {"tree"},
    "topic/diplomacy": {"tree", "time", "people-seen", "places-seen"},
    "record/177838": set(),
}
HOSTILE = "</svg><script>alert(1)</script>\"'&{{7*7}}"


def pictures(client, path):
    """Heading of a picture → its section."""
    page = client.get(f"/data/{path}").text
    sections = re.findall(r'<section (?:class="seen" )?aria-labelledby="([^"]+)">(.*?)</section>', page, re.DOTALL)
    return {name: section for name, section in sections if "<svg" in section}


def rows(section):
    """The rows of the table behind a picture, as texts."""
    table = re.search(r"<tbody>(.*?)</tbody>", section, re.DOTALL)[1]
    cells = [
        re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]
    return [[html.unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


@pytest.mark.parametrize("thing", PICTURES)
def test_each_kind_of_thing_shows_its_pictures(client, thing):
    "Timeline, network, map and tree stand in the page, each with a name, and with the table that says the same."
    found = pictures(client, f"{thing}.html")
    assert set(found) == PICTURES[thing]
    for section in found.values():
        assert re.search(r'<svg [^>]*(?:role="(?:img|group)" aria-label="[^"]+"|aria-hidden="true")', section)
        assert rows(section)


@pytest.mark.parametrize("thing", [thing for thing, shown in PICTURES.items() if "time" in shown])
def test_a_bar_leads_to_the_documents_it_counts(client, thing):
    "Each bar leads to a search, narrowed to the thing, that finds at least as many."
    section = pictures(client, f"{thing}.html")["time"]
    links = [html.unescape(each) for each in re.findall(r'<td><a href="([^"]+)"', section)]
    assert len(links) == len(rows(section)) > 1
    for link, (_, count) in zip(links, rows(section), strict=True):
        assert quote(thing, safe="") in link
        assert client.get(f"{link}&format=json").json()["total"] >= int(count)


def test_the_network_of_a_person_says_how_often(client):
    "The number between two people is that of the documents that name both."
    section = pictures(client, "agent/fidel-castro-ruz.html")["people-seen"]
    pairs = re.findall(r'<tr><td><a href="/data/(agent/[^"]+)".*?<td><a href="/data/(agent/[^"]+)"', section)
    counts = [int(row[2]) for row in rows(section)]
    assert len(pairs) == len(counts) > 5
    assert "agent/fidel-castro-ruz" in pairs[0]
    for pair, count in zip(pairs, counts, strict=True):
        people = [("person", each) for each in {*pair, "agent/fidel-castro-ruz"}]
        assert (
            client.get("/data/search", params=[*people, ("kind", "record"), ("format", "json")]).json()["total"]
            == count
        )


def test_the_tree_leads_up_and_down(client):
    "Above and below a part of an archive stand all levels, in order, as links, with the documents in them."
    section = pictures(client, "archive/avp-rf.fond-0104.html")["tree"]
    assert [row[1:] for row in rows(section)] == [
        [name, "1"] for name in ("AVP RF", "Fond 0104", "Opis 19", "Papka 124", "Delo 3")
    ]
    assert 'aria-current="page"' in section
    for link in re.findall(r'<a href="([^"]+)"', section):
        assert client.get(link, follow_redirects=True).status_code == 200


def test_a_tree_ends_where_the_room_does(tmp_path):
    "Of a thousand parts some are shown, the number of the others is said, and a circle ends."
    records = [{"id": "archive/top", "name": {"en": "Top"}, "level": "archive"}]
    records += [{"id": f"archive/{n}", "name": {"en": f"File {n}"}, "partOf": ["archive/top"]} for n in range(1_000)]
    records += [{"id": "topic/a", "name": {"en": "A"}, "broader": ["topic/b"]}]
    records += [{"id": "topic/b", "name": {"en": "B"}, "broader": ["topic/a"]}]
    made, _ = publish(tmp_path, records)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        shown = rows(pictures(client, "archive/top.html")["tree"])
        assert len(shown) == 24
        assert shown[0][1] == "Top 977 more below"
        assert [row[1] for row in rows(pictures(client, "topic/a.html")["tree"])] == ["B", "A"]


def test_without_an_index(tmp_path):
    "Where nothing can be searched, the bars count what links to the thing, and the tree has no numbers."
    records = [
        {"id": "agent/a", "name": {"en": "A"}},
        {"id": "place/p", "name": {"en": "P"}, "partOf": ["place/q"]},
        {"id": "place/q", "name": {"en": "Q"}},
    ]
    records += [
        {
            "id": f"record/{n}",
            "title": {"en": f"{n}"},
            "creator": ["agent/a"],
            "dates": [{"role": "document", "edtf": f"196{n}"}],
        }
        for n in range(4)
    ]
    made, _ = publish(tmp_path, records, search=False)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        assert [row[1] for row in rows(pictures(client, "agent/a.html")["time"])] == ["1"] * 4
        assert [row[1] for row in rows(pictures(client, "place/p.html")["tree"])] == ["Q", "P"]


def test_a_place_that_no_document_names_is_on_the_map(tmp_path):
    "A place stands on the map for its own sake; one without coordinates does not."
    places = [{"id": "place/p", "name": {"en": "P"}, "latitude": 1, "longitude": 2}]
    made, _ = publish(tmp_path, [*places, {"id": "place/q", "name": {"en": "Q"}}])
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        assert [row[0] for row in rows(pictures(client, "place/p.html")["places-seen"])] == ["P"]
        assert pictures(client, "place/q.html") == {}


def test_hostile_names(tmp_path):
    "Markup in names is text in the pictures of a page."
    records = [
        {
            "id": f"record/{n}",
            "title": {"en": HOSTILE},
            "creator": ["agent/a"],
            "recipient": ["agent/b"],
            "places": ["place/p"],
            "heldIn": ["archive/b"],
            "dates": [{"role": "document", "edtf": f"196{n}"}],
        }
        for n in range(3)
    ]
    records += [{"id": f"agent/{key}", "name": {"en": HOSTILE * 3}} for key in "ab"]
    records += [{"id": "place/p", "name": {"en": HOSTILE}, "latitude": 1, "longitude": 2}]
    records += [{"id": "archive/a", "name": {"en": HOSTILE}}]
    records += [{"id": "archive/b", "name": {"en": HOSTILE}, "partOf": ["archive/a"]}]
    made, _ = publish(tmp_path, records)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        for path in ("agent/a", "place/p", "archive/b"):
            assert pictures(client, f"{path}.html")
            page = client.get(f"/data/{path}.html").text
            assert "<script>alert" not in page
            assert "{{7*7}}" in page


@pytest.mark.parametrize("thing", PICTURES)
def test_pages_stay_small(client, thing):
    "A page of a thing has at most 60 kB, pictures and all."
    assert len(client.get(f"/data/{thing}.html").content) <= 60_000
