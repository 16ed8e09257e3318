"""Lists of people in the order of surnames: the list of agents, its letters, a search by title, the values of a facet."""

import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

PEOPLE = {
    "kissinger": {"en": "Henry A. Kissinger", "ru": "Генри А. Киссинджер"},
    "adams": {"en": "Adams, Zoe"},
    "castro": {"en": "Fidel Castro Ruz", "es": "Fidel Castro Ruz"},
    "mao": {"en": "Mao Zedong", "zh": "毛泽东"},
    "khrushchev": {"ru": "Никита Сергеевич Хрущёв"},
}
ORDERED = {
    "en": ["adams", "castro", "kissinger", "mao", "khrushchev"],
    "es": ["adams", "castro", "kissinger", "mao", "khrushchev"],
    "ru": ["kissinger", "khrushchev", "adams", "castro", "mao"],
}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    agents = [{"id": f"agent/{key}", "name": name, "agentType": "person"} for key, name in PEOPLE.items()]
    agents[2]["alternativeNames"] = {"en": ["Fidel Castro"]}
    letter = {"id": "record/1", "title": {"en": "Letter"}, "mentions": [f"agent/{key}" for key in PEOPLE]}
    made, _ = publish(tmp_path_factory.mktemp("surnames"), [*agents, letter])
    with TestClient(Application(made), base_url="https://archive.example.org") as opened:
        yield opened


@pytest.mark.parametrize("language", ["en", "ru", "es"])
def test_people_stand_under_their_surname(client, language):
    """In each language people are in the order of surnames, in the list, in a search by title, among the values of a facet."""
    asked = {"accept-language": language}
    text = client.get("/data/agent/", headers={**asked, "accept": "text/html"}).text
    listed = re.findall(r'href="/data/agent/(\w+)"', text)
    assert list(dict.fromkeys(listed)) == ORDERED[language]
    found = client.get(
        "/data/search", params={"kind": "agent", "sort": "title", "format": "json"}, headers=asked
    ).json()
    assert [each["id"] for each in found["results"]] == [f"agent/{key}" for key in ORDERED[language]]
    values = client.get("/data/search/values/person", params={"sort": "title", "format": "json"}, headers=asked).json()
    assert [each["value"] for each in values["values"]] == [f"agent/{key}" for key in ORDERED[language]]
