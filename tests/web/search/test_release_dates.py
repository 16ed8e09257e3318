"""Dates of release: they are of the time of a thing only where it has no other, on every page that draws a time."""

import re
from xml.etree import ElementTree as ET

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

HTML = {"accept": "text/html"}
RELEASED = {"role": "published", "edtf": "1999-10-05"}


def tape(number, *dates):
    return {
        "id": f"record/{number}",
        "title": {"en": f"Conversation {number}"},
        "participants": [{"id": "agent/amery", "name": {"en": "Amery, Joan"}}],
        "dates": [*dates],
    }


RECORDS = [
    tape(1, {"role": "event", "edtf": "1971-02-16"}, RELEASED),
    tape(2, RELEASED, {"role": "event", "edtf": "1973-06"}),
    tape(
        3,
        {"role": "event", "edtf": "1972"},
        {"role": "broadcast", "edtf": "2003"},
        {"role": "uploaded", "edtf": "2013"},
    ),
]
NEWSPAPER = {"id": "record/4", "title": {"en": "Evening paper"}, "dates": [{"role": "published", "edtf": "1970-05-01"}]}


@pytest.fixture(scope="module")
def tapes(tmp_path_factory):
    made, _ = publish(tmp_path_factory.mktemp("tapes"), [*RECORDS, NEWSPAPER])
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client


def ask(client, **parameters):
    return client.get("/data/search", params={"format": "json", **parameters}).json()


def count_by_sparql(client, query):
    rows = client.get("/data/sparql", params={"query": query}, headers={"accept": "application/sparql-results+json"})
    return len(rows.json()["results"]["bindings"])


@pytest.mark.parametrize(
    "path", ["", "timeline", "agent/amery.html", "search?kind=record", "search?person=agent/amery"]
)
def test_a_release_stretches_no_time(tapes, path):
    """Start page, timeline, page of a person, facet and sentence of a search end with what was made, not released."""
    text = re.sub(r"<footer.*", "", tapes.get(f"/data/{path}", headers=HTML).text, flags=re.DOTALL)
    shown = re.sub(r"<[^>]*>", " ", text)
    assert "1973" in shown
    assert not set(re.findall(r"\b(?:1999|2003|2013)\b", shown))


def test_a_bar_and_a_feed_of_years_end_with_what_was_made(tapes):
    """Years that a search counts, and the bars of a timeline, are those of the things."""
    assert [each["year"] for each in ask(tapes, kind="record")["years"]] == [1970, 1971, 1972, 1973]
    ET.fromstring(tapes.get("/data/timeline", params={"format": "svg"}).text)
    rows = tapes.get("/data/timeline", params={"format": "csv"}).text
    assert "1973" in rows
    assert "1999" not in rows


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"year": "1999"}, set()),
        ({"year": "1999", "role": "published"}, {"record/1", "record/2"}),
        ({"year": "2003"}, set()),
        ({"year": "1970"}, {"record/4"}),
        ({"year": "1970", "role": "published"}, {"record/4"}),
        ({"year": "1973"}, {"record/2"}),
        ({"year": "1970..1999", "kind": "record"}, {"record/1", "record/2", "record/3", "record/4"}),
    ],
)
def test_a_time_finds_releases_by_their_role(tapes, asked, found):
    """A release is found where its role is asked for, or where the thing has no other date; SPARQL finds the same."""
    answer = ask(tapes, **asked)
    assert {each["id"] for each in answer["results"]} == found
    assert count_by_sparql(tapes, answer["sparql"]) == len(found)


def test_a_time_without_documents_says_what_was_released_in_it(tapes):
    """Where a time finds nothing, the facet of roles leads to what was published in it, with the right number."""
    answer = ask(tapes, year="1999")
    assert [(each["value"], each["count"]) for each in answer["facets"]["role"]] == [("published", 2)]
    assert "role=published" in tapes.get("/data/search", params={"year": "1999"}, headers=HTML).text


def test_the_date_of_a_thing_is_that_of_its_making(tapes):
    """A list and `kg:dateStart` have the day on which a thing was made, also where its release is written first."""
    query = "PREFIX kg: <https://archive.example.org/data/terms/> SELECT * { <https://archive.example.org/data/record/2> kg:dateStart ?day }"
    rows = tapes.get("/data/sparql", params={"query": query}, headers={"accept": "application/sparql-results+json"})
    assert rows.json()["results"]["bindings"][0]["day"]["value"] == "1973-06-01"


@pytest.mark.parametrize(("years", "count"), [(("1999-01-01", "1999-12-31"), 0), (("1970-01-01", "1999-12-31"), 4)])
def test_the_saved_query_by_time_takes_what_a_search_takes(tapes, years, count):
    """Documents between two days are those of a search, and by the role of a release those that were released."""
    asked = {"from": years[0], "to": years[1], "format": "json"}
    header = {"accept": "application/sparql-results+json"}
    rows = tapes.get("/data/api/documents-between", params=asked, headers=header).json()["results"]["bindings"]
    assert len({row["document"]["value"] for row in rows}) == count
    rows = tapes.get("/data/api/documents-between", params={**asked, "role": "published"}, headers=header).json()
    assert {row["role"]["value"] for row in rows["results"]["bindings"]} == {"published"}
