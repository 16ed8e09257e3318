"""All values of a facet: a page of results has the first twelve and leads to all; keys are taken as they are written."""

import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

KEYS = ("GB:9", "A B", "ünï", "a/b", "50%")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A client of a site whose documents name 150 people, and some with keys of many signs."""
    records = [
        {
            "id": f"record/{n}",
            "title": {"en": f"Letter {n}"},
            "mentions": [{"id": f"agent/p{m}", "name": {"en": f"Person {m}"}} for m in range(n * 50, n * 50 + 100)],
        }
        for n in range(2)
    ]
    records += [
        {
            "id": f"record/k{n}",
            "title": {"en": "Key"},
            "creator": [{"id": f"agent/{key}", "name": {"en": f"Keyed {n}"}}],
        }
        for n, key in enumerate(KEYS)
    ]
    made, _ = publish(tmp_path_factory.mktemp("values"), records)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client


def ask(client, path, **parameters):
    answer = client.get(f"/data/{path}", params={**parameters, "format": "json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_facet_leads_to_all_its_values(site):
    """Where a facet has more than twelve values the page links to all of them, with their number."""
    page = site.get("/data/search", params={"kind": "record"}).text
    assert re.search(r'href="/data/search/values/person\?kind=record" rel="nofollow">All 155</a>', page)
    assert "/data/search/values/kind" not in page
    about = site.get("/data/about").text
    assert "/data/search/values/person?kind=record" in about


def test_all_values_page_by_page(site):
    """The pages have each value once with its count, and each count is that of the narrowed search."""
    first = ask(site, "search/values/person", kind="record")
    second = site.get(first["next"]).json()
    values = first["values"] + second["values"]
    assert first["total"] == len(values) == len({each["value"] for each in values}) == 155
    assert second["next"] is None
    assert values[0]["count"] == 2
    for each in (values[0], values[-1]):
        assert ask(site, "search", kind="record", person=each["value"])["total"] == each["count"]


def test_values_by_name(site):
    """With `sort=title` they stand by name, numbers by value."""
    labels = [each["label"] for each in ask(site, "search/values/person", kind="record", sort="title")["values"]]
    assert labels.index("Person 9") < labels.index("Person 10")
    page = site.get("/data/search/values/person", params={"kind": "record", "sort": "title"}).text
    assert page.index("Keyed 0") < page.index("Person 0")


def test_no_facet(site):
    """A facet that there is not is told with those that there are."""
    answer = site.get("/data/search/values/ghost", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert "person" in answer.json()["detail"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("asked", ["person", "from", "q"])
def test_a_key_is_taken_as_it_is_written(site, key, asked):
    """A facet finds its thing by the key of the source and by the key of the address alike, and names it."""
    value = f"agent/{key}"
    canonical = next(
        each["value"]
        for each in ask(site, "search/values/person", sort="title")["values"]
        if each["label"] == f"Keyed {KEYS.index(key)}"
    )
    for written in (value, canonical):
        given = {"q": f'person:"{written}"'} if asked == "q" else {asked: written}
        found = ask(site, "search", kind="record", **given)
        assert [each["id"] for each in found["results"]] == [f"record/k{KEYS.index(key)}"]
        if asked != "q":
            assert f"Keyed {KEYS.index(key)}" in site.get("/data/search", params=given).text
