"""The facet of languages: a tag finds its variants, and has one number wherever it stands."""

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

LANGUAGES = (["en"], ["en-GB"], ["en", "en-US"], ["en-GB", "ru"], ["fr-CA"], ["ru"])


@pytest.fixture(scope="module")
def letters(tmp_path_factory):
    records = [
        {"id": f"record/{number}", "title": {"en": f"Letter {number}"}, "language": said}
        for number, said in enumerate(LANGUAGES)
    ]
    made, _ = publish(tmp_path_factory.mktemp("languages"), records)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client


def ask(client, **parameters):
    return client.get("/data/search", params={"format": "json", **parameters}).json()


def counts(facet):
    return {each["value"]: each["count"] for each in facet}


@pytest.mark.parametrize(
    ("language", "found"),
    [("en", {0, 1, 2, 3}), ("EN-gb", {1, 3}), ("en-US", {2}), ("ru", {3, 5}), ("fr", {4}), ("eo", set())],
)
def test_a_language_finds_its_variants(letters, language, found):
    """`en` takes what is in `en-GB`, by basic filtering (RFC 4647, 3.3.1); the query of the search finds the same."""
    wanted = {f"record/{number}" for number in found}
    answer = ask(letters, language=language)
    assert {each["id"] for each in answer["results"]} == wanted
    assert {each["id"] for each in ask(letters, q=f"language:{language}")["results"]} == wanted
    rows = letters.get(
        "/data/sparql", params={"query": answer["sparql"]}, headers={"accept": "application/sparql-results+json"}
    )
    assert len(rows.json()["results"]["bindings"]) == len(found)


def test_a_language_has_one_number(letters):
    """The facet, the list of all its values and the search that it leads to have the same number."""
    counted = counts(ask(letters)["facets"]["language"])
    assert (counted["en"], counted["en-GB"], counted["en-US"], counted["ru"]) == (4, 2, 1, 2)
    everything = letters.get("/data/search/values/language", params={"format": "json"}).json()["values"]
    assert counts(everything) == counted
    for language, count in counted.items():
        assert ask(letters, language=language)["total"] == count
