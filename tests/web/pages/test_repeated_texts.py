"""Boilerplate on pages: shown once, on the page of the container, with a link from each record."""

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

NOTICE = "The deeds were copied in the tower room and checked by two clerks."
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    records = [
        {
            "id": f"record/n{number}",
            "kind": "record",
            "title": {"en": f"Deed {number}"},
            "heldIn": ["archive/a.f"],
            "custodialHistory": {"en": NOTICE if number else f"{NOTICE}\n\nThis one was lost for a year."},
        }
        for number in range(12)
    ]
    levels = [
        {"id": "archive/a", "kind": "archive", "name": {"en": "Archive"}},
        {"id": "archive/a.f", "kind": "archive", "name": {"en": "File of deeds"}, "partOf": ["archive/a"]},
    ]
    made, _ = publish(tmp_path_factory.mktemp("pages"), [*records, *levels])
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client


def page(client, name):
    answer = client.get(f"/data/{name}", headers=HTML)
    assert answer.status_code == 200
    return answer.text


def test_a_record_leads_to_what_it_shares(client):
    """The page of a record names what it has like most others, with a link, and does not repeat it."""
    text = page(client, "record/n3.html")
    assert NOTICE not in text.partition("</head>")[2]
    assert 'href="/data/archive/a.f#repeated"' in text


def test_what_is_its_own_stays(client):
    """Of a text that is boilerplate in part, the other paragraphs stay."""
    text = page(client, "record/n0.html")
    assert "This one was lost for a year." in text
    assert NOTICE not in text.partition("</head>")[2]


def test_it_is_shown_once(client):
    """The page of the file that holds all of those records shows it, and how many have it; the archive's does not."""
    text = page(client, "archive/a.f.html")
    assert text.count(NOTICE) == 1
    assert 'id="repeated"' in text
    assert "12 of 12 records" in text
    assert NOTICE not in page(client, "archive/a.html")


def test_data_have_all(client):
    """The data of a record have what its page leaves out."""
    for suffix in ("json", "ttl", "jsonld"):
        assert NOTICE in client.get(f"/data/record/n3.{suffix}").text


def test_a_search_tells_what_it_leaves_out(client):
    """A search for a word of boilerplate finds nothing, says where it is, and leads to a search that finds it."""
    answer = client.get("/data/search", params={"q": "clerks", "format": "json"}).json()
    assert (answer["total"], answer["repeated_left_out"], answer["suggestion"]) == (0, 12, None)
    text = client.get("/data/search", params={"q": "clerks"}, headers=HTML).text
    assert "q=clerks%20repeated%3Ayes" in text
    assert client.get("/data/search", params={"q": "clerks repeated:yes", "format": "json"}).json()["total"] == 12


def test_a_query_leaves_it_out_too(client):
    """A search inside SPARQL reads boilerplate where it says so."""
    for words, count in (("clerks", 0), ("clerks repeated:yes", 12)):
        query = f'PREFIX kg: <terms/> SELECT ?r {{ SERVICE <search> {{ ?r kg:matches "{words}" }} }}'
        answer = client.get("/data/sparql", params={"query": query, "format": "csv"})
        assert len(answer.text.split()) == 1 + count
