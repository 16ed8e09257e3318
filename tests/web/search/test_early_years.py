"""Years before Christ: found as people write them, and said in words wherever a year is said."""

import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

HTML = {"accept": "text/html"}
DATES = ["-0043-03-15", "-0026", "-0099", "0014", "-04XX"]


@pytest.fixture(scope="module")
def stones(tmp_path_factory):
    records = [
        {"id": f"record/{number}", "title": {"en": f"Stone {number}"}, "dates": [{"role": "document", "edtf": edtf}]}
        for number, edtf in enumerate(DATES)
    ]
    made, _ = publish(tmp_path_factory.mktemp("stones"), records)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client


def found(client, **asked):
    answer = client.get("/data/search", params={"format": "json", "kind": "record", **asked}).json()
    rows = client.get(
        "/data/sparql", params={"query": answer["sparql"]}, headers={"accept": "application/sparql-results+json"}
    )
    assert len(rows.json()["results"]["bindings"]) == answer["total"]
    return {int(each["id"].rpartition("/")[2]) for each in answer["results"]}


@pytest.mark.parametrize(
    ("time", "numbers"),
    [
        ("44 BC", {0}),
        ("15 марта 44 г. до н. э.", {0}),
        ("44 a. C.", {0}),
        ("-0043", {0}),
        ("100–44 BC", {0, 2}),
        ("27 BC – AD 14", {1, 3}),
        ("5th century BC", {4}),
        ("50 BC..", {0, 1, 3}),
    ],
)
def test_a_time_before_christ_is_found_as_it_is_written(stones, time, numbers):
    """The field of the time and the words read it, and the query in SPARQL finds the same."""
    assert found(stones, year=time) == numbers
    assert found(stones, q=f'date:"{time}"') == numbers


@pytest.mark.parametrize("path", ["", "search?kind=record", "search?year=-0043", "timeline", "record/"])
def test_a_year_before_christ_is_said_in_words(stones, path):
    """No page writes the number of ISO 8601 for a reader, on an axis, in a facet, a sentence or a filter."""
    text = re.sub(
        r"<(script|pre|input|title)[^>]*>.*?</\1>|<[^>]*>",
        " ",
        stones.get(f"/data/{path}", headers=HTML).text,
        flags=re.DOTALL,
    )
    assert not re.findall(r"(?<![\w.-])-0\d{3}", text)
    assert "BC" in text


def test_each_language_says_it(stones):
    """In Russian and Spanish the same stands in their words."""
    for language, words in (("ru", "до н. э."), ("es", "a. C.")):
        assert words in stones.get("/data/search", params={"kind": "record", "lang": language}, headers=HTML).text
